/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mirrors_read: the objects of a cluster that mirrors are written in. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/json.h"
#include "formats/mirrors.h"
#include "formats/yaml.h"

/* A kind of object: its list in spec, and whether its entries have a mirrorSourcePolicy. */
struct kind {
	const char *api, *name, *list;
	enum mirror_use use;
	bool policy;
};

static const struct kind kinds[] = {
	{ "config.openshift.io/v1", "ImageDigestMirrorSet", "imageDigestMirrors", MIRROR_DIGEST,
	    true },
	{ "config.openshift.io/v1", "ImageTagMirrorSet", "imageTagMirrors", MIRROR_TAG, true },
	{ "operator.openshift.io/v1alpha1", "ImageContentSourcePolicy", "repositoryDigestMirrors",
	    MIRROR_DIGEST, false },
};

static int
read_policy(struct mirror_set *set, const json_t *entry, const char *place, struct err *e)
{
	const char *policy;

	if (json_object_get(entry, "mirrorSourcePolicy") == NULL)
		return 0;
	policy = json_member_string(entry, place, "mirrorSourcePolicy", e);
	if (policy == NULL)
		return -1;
	set->never = strcmp(policy, "NeverContactSource") == 0;
	if (!set->never && strcmp(policy, "AllowContactingSource") != 0)
		return err_set(e, E_INVALID,
		    "%s: mirrorSourcePolicy \"%.100s\": want AllowContactingSource or "
		    "NeverContactSource",
		    place, policy);
	return 0;
}

/* The strings stay the entry's; the array is the caller's. */
static int
read_list(struct mirror_set *set, const json_t *entry, const char *place, struct err *e)
{
	AUTO_STR char *where = xasprintf("%s.mirrors", place);
	const json_t *list = json_object_get(entry, "mirrors");
	json_t *value;
	size_t i;

	if (list == NULL)
		return 0;
	if (json_as_array(list, where, e) == NULL)
		return -1;
	if (json_array_size(list) > MAX_MIRRORS_PER_SOURCE)
		return err_set(e, E_TOO_LARGE, "%s: more than %u", where, MAX_MIRRORS_PER_SOURCE);
	json_array_foreach(list, i, value)
	{
		AUTO_STR char *one = xasprintf("%s[%zu]", where, i);
		const char *mirror = json_as_string(value, one, e);

		if (mirror == NULL)
			return -1;
		*LIST_ADD(set->v, set->n) = (char *)mirror;
	}
	return 0;
}

static int
read_entry(struct mirrors *out, const struct kind *kind, const json_t *entry, const char *place,
    struct err *e)
{
	const char *const keys[] = { "source", "mirrors",
		kind->policy ? "mirrorSourcePolicy" : NULL, NULL };
	struct mirror_set set = { .use = kind->use };
	int r = -1;

	if (json_only_keys(entry, place, keys, e) != 0)
		return -1;
	set.source = (char *)json_member_string(entry, place, "source", e);
	if (set.source != NULL && read_policy(&set, entry, place, e) == 0 &&
	    read_list(&set, entry, place, e) == 0)
		r = mirrors_add(out, &set, place, e);
	free(set.v);
	return r;
}

static int
read_spec(struct mirrors *out, const struct kind *kind, const json_t *root, const char *place,
    struct err *e)
{
	const char *const keys[] = { kind->list, NULL };
	AUTO_STR char *in_spec = xasprintf("%s: spec", place);
	AUTO_STR char *where = xasprintf("%s.%s", in_spec, kind->list);
	const json_t *spec = json_member_object(root, place, "spec", e);
	const json_t *list;
	json_t *entry;
	size_t i;

	if (spec == NULL || json_only_keys(spec, in_spec, keys, e) != 0)
		return -1;
	list = json_object_get(spec, kind->list);
	if (list == NULL)
		return 0;
	if (json_as_array(list, where, e) == NULL)
		return -1;
	json_array_foreach(list, i, entry)
	{
		AUTO_STR char *one = xasprintf("%s[%zu]", where, i);

		if (read_entry(out, kind, entry, one, e) != 0)
			return -1;
	}
	return 0;
}

static int
read_object(struct mirrors *out, const json_t *root, const char *place, struct err *e)
{
	static const char *const keys[] = { "apiVersion", "kind", "metadata", "spec", "status",
		NULL };
	const char *api = json_string_value(json_object_get(root, "apiVersion"));
	const char *name = json_string_value(json_object_get(root, "kind"));

	for (size_t i = 0; api != NULL && name != NULL && i < ARRAY_LEN(kinds); i++) {
		if (strcmp(api, kinds[i].api) != 0 || strcmp(name, kinds[i].name) != 0)
			continue;
		if (json_only_keys(root, place, keys, e) != 0)
			return -1;
		return read_spec(out, &kinds[i], root, place, e);
	}
	return err_set(e, E_INVALID,
	    "%s: not an ImageDigestMirrorSet or ImageTagMirrorSet of config.openshift.io/v1, nor "
	    "an ImageContentSourcePolicy of operator.openshift.io/v1alpha1",
	    place);
}

/* A list's members, or the object itself; n counts them. */
static int
read_document(struct mirrors *out, const json_t *root, const char *file, size_t *n, struct err *e)
{
	static const char *const keys[] = { "apiVersion", "kind", "metadata", "items", NULL };
	const char *kind = json_string_value(json_object_get(root, "kind"));
	const json_t *items = json_object_get(root, "items");
	json_t *item;
	size_t i;

	if (kind == NULL || !text_ends_with(kind, "List") || !json_is_array(items)) {
		++*n;
		return read_object(out, root, file, e);
	}
	if (json_only_keys(root, file, keys, e) != 0)
		return -1;
	json_array_foreach(items, i, item)
	{
		AUTO_STR char *place = xasprintf("%s: items[%zu]", file, i);

		++*n;
		if (read_object(out, item, place, e) != 0)
			return -1;
	}
	return 0;
}

int
mirrors_read(struct mirrors *out, const char *file, struct bytes in, struct err *e)
{
	AUTO_JSON json_t *documents = yaml_read_all(in, file, e);
	size_t before = out->n, objects = 0;
	json_t *root;
	size_t i;

	if (documents == NULL)
		return -1;
	json_array_foreach(documents, i, root)
	{
		if (read_document(out, root, file, &objects, e) != 0) {
			mirrors_cut(out, before);
			return -1;
		}
	}
	if (objects == 0)
		return err_set(e, E_INVALID, "%s: no mirror set in it", file);
	return 0;
}
