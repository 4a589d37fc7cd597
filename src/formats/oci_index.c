/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/oci_index.h"

#include <stdlib.h>
#include <string.h>

#include "formats/json.h"

#define REF_NAME "org.opencontainers.image.ref.name"

static int
read_entry(struct oci_index_entry *out, const json_t *entry, const char *where, struct err *e)
{
	const char *digest = json_member_string(entry, where, "digest", e);
	const json_t *annotations = json_object_get(entry, "annotations");
	const char *name;

	if (digest == NULL)
		return -1;
	if (digest_parse(&out->digest, bytes_of_str(digest), e) != 0)
		return err_wrap(e, "%s", where);
	if (annotations == NULL || json_object_get(annotations, REF_NAME) == NULL)
		return 0;
	name = json_member_string(annotations, where, REF_NAME, e);
	if (name == NULL)
		return -1;
	out->name = xstrdup(name);
	return 0;
}

static int
read_entries(struct oci_index *out, const json_t *manifests, struct err *e)
{
	if (json_as_array(manifests, "index.json: manifests", e) == NULL)
		return -1;
	for (size_t i = 0; i < json_array_size(manifests); i++) {
		AUTO_STR char *where = xasprintf("index.json: manifests[%zu]", i);

		if (read_entry(LIST_ADD(out->v, out->n), json_array_get(manifests, i), where, e) !=
		    0)
			return -1;
	}
	return 0;
}

int
oci_index_parse(struct oci_index *out, struct bytes raw, struct err *e)
{
	AUTO_JSON json_t *document = NULL;

	*out = (struct oci_index)OCI_INDEX_INIT;
	document = json_read(raw, "index.json", e);
	if (document != NULL && json_as_object(document, "index.json", e) != NULL &&
	    read_entries(out, json_object_get(document, "manifests"), e) == 0)
		return 0;
	oci_index_free(out);
	return -1;
}

static bool
is_called(const struct oci_index_entry *entry, const char *name)
{
	return name == NULL || (entry->name != NULL && strcmp(entry->name, name) == 0);
}

int
oci_index_find(struct digest *out, const struct oci_index *index, const char *name, struct err *e)
{
	size_t found = 0;

	*out = (struct digest){ { 0 } };
	for (size_t i = 0; i < index->n; i++) {
		if (!is_called(&index->v[i], name))
			continue;
		*out = index->v[i].digest;
		found++;
	}
	if (found == 1)
		return 0;
	*out = (struct digest){ { 0 } };
	if (found == 0)
		return err_set(e, E_NOT_FOUND, "index.json: no image %s", name != NULL ? name : "");
	if (name == NULL)
		return err_set(e, E_INVALID,
		    "index.json: %zu images: which one is meant must be said by its name", found);
	return err_set(e, E_INVALID, "index.json: %zu images are called \"%s\"", found, name);
}

void
oci_index_free(struct oci_index *index)
{
	for (size_t i = 0; i < index->n; i++)
		free(index->v[i].name);
	free(index->v);
	*index = (struct oci_index)OCI_INDEX_INIT;
}
