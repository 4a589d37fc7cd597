/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/descriptors.h"

#include <stdlib.h>

#include "base/limits.h"
#include "formats/manifest_read.h"
#include "formats/spelling.h"

void
descriptors_free(struct descriptors *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].media_type);
		free(d->v[i].os);
		free(d->v[i].architecture);
		free(d->v[i].variant);
	}
	free(d->v);
	*d = (struct descriptors)DESCRIPTORS_INIT;
}

/* A string of the platform; NULL when it is absent. */
static int
read_word(char **out, const json_t *platform, const char *where, const char *key, struct err *e)
{
	const char *text;

	if (json_object_get(platform, key) == NULL)
		return 0;
	text = json_member_string(platform, where, key, e);
	if (text == NULL)
		return -1;
	*out = xstrdup(text);
	return 0;
}

static int
read_platform(struct descriptor *out, const json_t *platform, const char *where, struct err *e)
{
	static const char *const members[] = { "os", "architecture", "variant", NULL };

	if (platform == NULL)
		return 0;
	if (spelling_check(platform, members, e) != 0)
		return err_wrap(e, "%s", where);
	if (json_as_object(platform, where, e) == NULL ||
	    read_word(&out->os, platform, where, "os", e) != 0 ||
	    read_word(&out->architecture, platform, where, "architecture", e) != 0)
		return -1;
	return read_word(&out->variant, platform, where, "variant", e);
}

static int
read_one(struct descriptors *out, const json_t *o, const char *where, struct err *e)
{
	static const char *const members[] = { "mediaType", "digest", "size", "platform", "urls",
		NULL };
	AUTO_STR char *platform = xasprintf("%s: platform", where);
	struct descriptor *d;
	const char *type;

	if (out->n == MAX_DESCRIPTORS)
		return err_set(
		    e, E_TOO_LARGE, "manifest: more than %u descriptors", MAX_DESCRIPTORS);
	if (spelling_check(o, members, e) != 0)
		return err_wrap(e, "%s", where);
	type = json_member_string(o, where, "mediaType", e);
	if (type == NULL)
		return -1;
	d = LIST_ADD(out->v, out->n);
	d->media_type = xstrdup(type);
	if (manifest_read_content(&d->digest, &d->size, o, where, e) != 0)
		return -1;
	return read_platform(d, json_object_get(o, "platform"), platform, e);
}

static int
read_array(struct descriptors *out, const json_t *document, const char *key, struct err *e)
{
	AUTO_STR char *where = xasprintf("manifest: %s", key);
	const json_t *array = json_as_array(json_object_get(document, key), where, e);

	if (array == NULL)
		return -1;
	for (size_t i = 0; i < json_array_size(array); i++) {
		AUTO_STR char *at = xasprintf("%s[%zu]", where, i);

		if (read_one(out, json_array_get(array, i), at, e) != 0)
			return -1;
	}
	return 0;
}

static int
read_all(struct descriptors *out, const json_t *document, struct err *e)
{
	if (manifest_is_list(out->kind))
		return read_array(out, document, "manifests", e);
	if (read_one(out, json_object_get(document, "config"), "manifest: config", e) != 0)
		return -1;
	return read_array(out, document, "layers", e);
}

int
descriptors_parse(struct descriptors *out, struct bytes manifest, struct err *e)
{
	AUTO_JSON json_t *document = NULL;
	struct manifest m;

	*out = (struct descriptors)DESCRIPTORS_INIT;
	if (manifest_read(&m, &document, manifest, e) != 0)
		return -1;
	out->kind = m.kind;
	if (read_all(out, document, e) == 0)
		return 0;
	descriptors_free(out);
	return -1;
}
