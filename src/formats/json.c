/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/json.h"

#include <string.h>

#include "base/limits.h"

/*
 * Nesting and number of values, before jansson allocates anything: its own limit of depth is 2048,
 * and it has none for 4 MiB of "{},{},...". What stands in strings does not count; a text that is
 * no JSON may be misread here, jansson refuses it afterwards.
 */
static int
check_size(struct bytes in, const char *what, struct err *e)
{
	/* At most so many: each value but the outermost follows an opening bracket or a comma. */
	size_t values = 1, depth = 0, i;
	bool in_string = false;

	for (i = 0; i < in.n; i++) {
		if (in_string && in.p[i] == '\\')
			i++;
		else if (in.p[i] == '"')
			in_string = !in_string;
		if (in_string)
			continue;
		if (in.p[i] == '{' || in.p[i] == '[') {
			depth++;
			values++;
		} else if ((in.p[i] == '}' || in.p[i] == ']') && depth > 0) {
			depth--;
		} else if (in.p[i] == ',') {
			values++;
		}
		if (depth > MAX_JSON_DEPTH)
			return err_set(e, E_INVALID, "%s: JSON nested deeper than %d levels", what,
			    MAX_JSON_DEPTH);
		if (values > MAX_JSON_VALUES)
			return err_set(e, E_INVALID, "%s: JSON with more than %u values", what,
			    MAX_JSON_VALUES);
	}
	return 0;
}

json_t *
json_read(struct bytes in, const char *what, struct err *e)
{
	json_error_t why;
	json_t *j;

	if (in.n == 0) {
		err_set(e, E_INVALID, "%s: empty, want JSON", what);
		return NULL;
	}
	if (check_size(in, what, e) != 0)
		return NULL;
	j = json_loadb((const char *)in.p, in.n, JSON_REJECT_DUPLICATES, &why);
	if (j == NULL)
		err_set(e, E_INVALID, "%s: not acceptable JSON: line %d column %d: %s", what,
		    why.line, why.column, why.text);
	return j;
}

static const char *
type_name(const json_t *value)
{
	/* jansson has these types and no other (its ABI would change). */
	static const char *const names[] = { [JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",
		[JSON_INTEGER] = "a number",
		[JSON_REAL] = "a number",
		[JSON_TRUE] = "true or false",
		[JSON_FALSE] = "true or false",
		[JSON_NULL] = "null" };

	return names[json_typeof(value)];
}

static json_t *
member(const json_t *o, const char *where, const char *key, json_type want, const char *want_name,
    struct err *e)
{
	json_t *value;

	if (!json_is_object(o)) {
		err_set(e, E_INVALID, "%s: not an object", where);
		return NULL;
	}
	value = json_object_get(o, key);
	if (value == NULL) {
		err_set(e, E_INVALID, "%s: key \"%s\" is missing", where, key);
		return NULL;
	}
	if (json_typeof(value) != want) {
		err_set(e, E_INVALID, "%s: \"%s\" is %s, want %s", where, key, type_name(value),
		    want_name);
		return NULL;
	}
	return value;
}

const char *
json_member_string(const json_t *o, const char *where, const char *key, struct err *e)
{
	json_t *value = member(o, where, key, JSON_STRING, "a string", e);

	/* No string holds a NUL: jansson refuses them without JSON_ALLOW_NUL. */
	return value != NULL ? json_string_value(value) : NULL;
}

json_t *
json_member_object(const json_t *o, const char *where, const char *key, struct err *e)
{
	return member(o, where, key, JSON_OBJECT, "an object", e);
}

static bool
is_of_type(
    const json_t *value, const char *where, json_type want, const char *want_name, struct err *e)
{
	if (value != NULL && json_typeof(value) == want)
		return true;
	(void)err_set(e, E_INVALID, "%s: %s, want %s", where,
	    value != NULL ? type_name(value) : "missing", want_name);
	return false;
}

const char *
json_as_string(const json_t *value, const char *where, struct err *e)
{
	return is_of_type(value, where, JSON_STRING, "a string", e) ? json_string_value(value)
								    : NULL;
}

const json_t *
json_as_object(const json_t *value, const char *where, struct err *e)
{
	return is_of_type(value, where, JSON_OBJECT, "an object", e) ? value : NULL;
}

const json_t *
json_as_array(const json_t *value, const char *where, struct err *e)
{
	return is_of_type(value, where, JSON_ARRAY, "an array", e) ? value : NULL;
}

static bool
is_listed(const char *key, const char *const *keys)
{
	for (; *keys != NULL; keys++)
		if (strcmp(key, *keys) == 0)
			return true;
	return false;
}

int
json_only_keys(const json_t *o, const char *where, const char *const *keys, struct err *e)
{
	const char *key;
	json_t *value;

	if (!json_is_object(o))
		return err_set(e, E_INVALID, "%s: %s, want an object", where,
		    o != NULL ? type_name(o) : "nothing");
	/* The cast is for jansson's iterator, which changes nothing. */
	json_object_foreach((json_t *)o, key, value)
	{
		if (!is_listed(key, keys))
			return err_set(e, E_INVALID, "%s: unknown key \"%s\"", where, key);
	}
	return 0;
}
