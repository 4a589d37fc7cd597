/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/policy_source.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"

static int
add_path(struct policy_source *out, const json_t *value, const char *where, struct err *e)
{
	const char *path = json_as_string(value, where, e);

	if (path == NULL)
		return -1;
	*LIST_ADD(out->paths, out->n) = xstrdup(path);
	return 0;
}

static int
add_data(struct policy_source *out, const json_t *value, const char *where, struct err *e)
{
	const char *text = json_as_string(value, where, e);
	AUTO(buf) base64 = BUF_INIT;

	if (text == NULL)
		return -1;
	for (; text[0] != '\0'; text++)
		if (text[0] != '\r' && text[0] != '\n')
			buf_add_byte(&base64, (uint8_t)text[0]);
	if (text_base64_decode(LIST_ADD(out->data, out->n), buf_bytes(&base64), e) != 0)
		return err_wrap(e, "%s", where);
	return 0;
}

typedef int (*add_fn)(struct policy_source *, const json_t *, const char *, struct err *);

static int
add_list(
    struct policy_source *out, const json_t *value, add_fn add, bool may_be_empty, struct err *e)
{
	const json_t *list = json_as_array(value, out->place, e);
	size_t i;

	if (list == NULL)
		return -1;
	if (json_array_size(list) == 0 && !may_be_empty)
		return err_set(e, E_INVALID, "%s: an empty list", out->place);
	if (json_array_size(list) > MAX_POLICY_KEYS)
		return err_set(
		    e, E_TOO_LARGE, "%s: more than %u entries", out->place, MAX_POLICY_KEYS);
	for (i = 0; i < json_array_size(list); i++) {
		AUTO_STR char *where = xasprintf("%s[%zu]", out->place, i);

		if (add(out, json_array_get(list, i), where, e) != 0)
			return -1;
	}
	return 0;
}

/* found: the one of the keys that o has, NULL when it has none. More than one is an error. */
static int
only_member(const char **found, const json_t *o, const char *place, const char *const *keys,
    size_t n, struct err *e)
{
	size_t i;

	*found = NULL;
	for (i = 0; i < n; i++) {
		if (keys[i] == NULL || json_object_get(o, keys[i]) == NULL)
			continue;
		if (*found != NULL)
			return err_set(e, E_INVALID, "%s: both \"%s\" and \"%s\", want one of them",
			    place, *found, keys[i]);
		*found = keys[i];
	}
	return 0;
}

int
policy_source_parse(struct policy_source *out, const json_t *o, const char *place,
    const struct policy_source_members *members, struct err *e)
{
	const char *const keys[] = { members->path, members->paths, members->data, members->datas };
	const char *key;
	const json_t *value;

	*out = (struct policy_source)POLICY_SOURCE_INIT;
	if (only_member(&key, o, place, keys, ARRAY_LEN(keys), e) != 0)
		return -1;
	if (key == NULL)
		return 0;
	value = json_object_get(o, key);
	out->place = xasprintf("%s.%s", place, key);
	out->kind = key == members->path || key == members->paths ? POLICY_SOURCE_FILES
								  : POLICY_SOURCE_DATA;
	if (key == members->paths)
		return add_list(out, value, add_path, members->may_be_empty, e);
	if (key == members->datas)
		return add_list(out, value, add_data, false, e);
	if (key == members->data)
		return add_data(out, value, out->place, e);
	if (add_path(out, value, out->place, e) != 0)
		return -1;
	if (out->paths[0][0] == '\0')
		return err_set(e, E_INVALID, "%s: empty", out->place);
	return 0;
}

void
policy_source_free(struct policy_source *s)
{
	size_t i;

	for (i = 0; i < s->n && s->kind == POLICY_SOURCE_FILES; i++)
		free(s->paths[i]);
	for (i = 0; i < s->n && s->kind == POLICY_SOURCE_DATA; i++)
		buf_free(&s->data[i]);
	free(s->paths);
	free(s->data);
	free(s->place);
	*s = (struct policy_source)POLICY_SOURCE_INIT;
}
