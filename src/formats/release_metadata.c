/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/release_metadata.h"

#include <stdlib.h>
#include <string.h>

#include "formats/json.h"

#define KIND "cincinnati-metadata-v0"

static const char what[] = "release-metadata";

void
release_metadata_free(struct release_metadata *m)
{
	free(m->version);
	free(m->url);
	*m = (struct release_metadata)RELEASE_METADATA_INIT;
}

static int
read_version(struct release_metadata *out, const json_t *document, struct err *e)
{
	const char *kind = json_member_string(document, what, "kind", e);
	const char *version;

	if (kind == NULL)
		return -1;
	if (strcmp(kind, KIND) != 0)
		return err_set(e, E_INVALID, "%s: kind \"%.200s\", want \"" KIND "\"", what, kind);
	version = json_member_string(document, what, "version", e);
	if (version == NULL)
		return -1;
	if (version[0] == '\0')
		return err_set(e, E_INVALID, "%s: \"version\" is empty", what);
	out->version = xstrdup(version);
	return 0;
}

/* Nobody asks which releases came before; only that the member is what it should be. */
static int
check_previous(const json_t *previous, struct err *e)
{
	if (previous == NULL || json_is_null(previous))
		return 0;
	return json_as_array(previous, "release-metadata: previous", e) != NULL ? 0 : -1;
}

static int
read_url(struct release_metadata *out, const json_t *metadata, struct err *e)
{
	static const char where[] = "release-metadata: metadata";
	const char *url;

	if (metadata == NULL || json_is_null(metadata))
		return 0;
	if (json_as_object(metadata, where, e) == NULL)
		return -1;
	if (json_object_get(metadata, "url") == NULL)
		return 0;
	url = json_member_string(metadata, where, "url", e);
	if (url == NULL)
		return -1;
	out->url = xstrdup(url);
	return 0;
}

int
release_metadata_parse(struct release_metadata *out, struct bytes json, struct err *e)
{
	AUTO_JSON json_t *document = json_read(json, what, e);

	*out = (struct release_metadata)RELEASE_METADATA_INIT;
	if (document != NULL && read_version(out, document, e) == 0 &&
	    check_previous(json_object_get(document, "previous"), e) == 0 &&
	    read_url(out, json_object_get(document, "metadata"), e) == 0)
		return 0;
	release_metadata_free(out);
	return -1;
}
