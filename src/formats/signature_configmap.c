/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/signature_configmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/json.h"
#include "formats/json_write.h"
#include "formats/yaml.h"

#define SIGNATURES_LABEL "release.openshift.io/verification-signatures"
#define KEY_PREFIX "sha256-"
#define HEX_DIGITS 64u

static void
signature_free(struct configmap_signature *s)
{
	free(s->place);
	buf_free(&s->blob);
}

void
signature_configmaps_free(struct signature_configmaps *c)
{
	for (size_t i = 0; i < c->n; i++)
		signature_free(&c->v[i]);
	free(c->v);
	*c = (struct signature_configmaps)SIGNATURE_CONFIGMAPS_INIT;
}

/* Digest and number of "sha256-HEX" or "sha256-HEX-NUMBER". */
static bool
read_key(struct configmap_signature *s, const char *key)
{
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *digest = NULL;
	const char *rest;
	uint64_t number;

	if (!text_starts_with(key, KEY_PREFIX) ||
	    strlen(key) < strlen(KEY_PREFIX) + (size_t)HEX_DIGITS)
		return false;
	digest = xasprintf("sha256:%.*s", (int)HEX_DIGITS, key + strlen(KEY_PREFIX));
	if (digest_parse(&s->digest, bytes_of_str(digest), &e) != 0)
		return false;
	rest = key + strlen(KEY_PREFIX) + HEX_DIGITS;
	s->number = -1;
	if (*rest == '\0')
		return true;
	/* Each number has one spelling, so that none stands there twice. */
	if (rest[0] != '-' || (rest[1] == '0' && rest[2] != '\0') ||
	    !text_number(&number, bytes_of_str(rest + 1), 0, UINT32_MAX))
		return false;
	s->number = (int64_t)number;
	return true;
}

static int
read_signature(struct signature_configmaps *out, const char *key, const json_t *value,
    const char *what, const char *object, struct err *e)
{
	AUTO_STR char *place = xasprintf("%sbinaryData[\"%s\"]", object, key);
	AUTO_STR char *where = xasprintf("%s: %s", what, place);
	struct configmap_signature *s;
	const char *base64;

	s = LIST_ADD(out->v, out->n);
	s->place = steal(&place);
	if (!read_key(s, key))
		return err_set(e, E_INVALID,
		    "%s: want a key sha256-HEX or sha256-HEX-NUMBER, with 64 lower-case digits",
		    where);
	base64 = json_as_string(value, where, e);
	if (base64 == NULL)
		return -1;
	if (text_base64_decode(&s->blob, bytes_of_str(base64), e) != 0)
		return err_wrap(e, "%s", where);
	if (s->blob.n > MAX_SIGNATURE_BYTES)
		return err_set(
		    e, E_TOO_LARGE, "%s: more than %zu bytes", where, MAX_SIGNATURE_BYTES);
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	const struct configmap_signature *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->place, y->place);
}

static bool
has_signature_key(const json_t *data)
{
	const char *key;
	json_t *value;

	/* The cast is for jansson's iterator, which changes nothing. */
	json_object_foreach((json_t *)data, key, value)
	{
		if (text_starts_with(key, KEY_PREFIX))
			return true;
	}
	return false;
}

static bool
is_of_signatures(const json_t *root)
{
	const char *kind = json_string_value(json_object_get(root, "kind"));
	const char *api = json_string_value(json_object_get(root, "apiVersion"));
	const json_t *labels = json_object_get(json_object_get(root, "metadata"), "labels");

	if (kind == NULL || api == NULL || strcmp(kind, "ConfigMap") != 0 || strcmp(api, "v1") != 0)
		return false;
	return json_object_get(labels, SIGNATURES_LABEL) != NULL ||
	       has_signature_key(json_object_get(root, "binaryData")) ||
	       has_signature_key(json_object_get(root, "data"));
}

/* An object that must be there only when its key is. */
static int
check_optional(
    const json_t *value, const char *what, const char *object, const char *key, struct err *e)
{
	AUTO_STR char *where = xasprintf("%s: %s%s", what, object, key);

	return value == NULL || json_as_object(value, where, e) != NULL ? 0 : -1;
}

static int
read_configmap(struct signature_configmaps *out, const json_t *root, const char *what,
    const char *object, struct err *e)
{
	json_t *binary = json_object_get(root, "binaryData");
	json_t *data = json_object_get(root, "data");
	size_t first = out->n;
	const char *key;
	json_t *value;

	if (check_optional(binary, what, object, "binaryData", e) != 0 ||
	    check_optional(data, what, object, "data", e) != 0)
		return -1;
	json_object_foreach(data, key, value)
	{
		return err_set(e, E_INVALID,
		    "%s: %sdata[\"%s\"]: a cluster reads signatures in binaryData alone", what,
		    object, key);
	}
	json_object_foreach(binary, key, value)
	{
		if (read_signature(out, key, value, what, object, e) != 0)
			return -1;
	}
	if (out->n > first)
		qsort(out->v + first, out->n - first, sizeof(*out->v), by_number);
	out->n_objects++;
	return 0;
}

/* object: "" or "items[0]: ", for places. */
static int
read_object(struct signature_configmaps *out, const json_t *root, const char *what,
    const char *object, enum other_objects others, struct err *e)
{
	const char *kind;

	if (is_of_signatures(root))
		return read_configmap(out, root, what, object, e);
	if (others == OTHER_OBJECTS_LEFT_OUT)
		return 0;
	kind = json_string_value(json_object_get(root, "kind"));
	return err_set(e, E_INVALID,
	    "%s: %s%s%.100s%s: not a ConfigMap with signatures of releases", what, object,
	    kind != NULL ? "\"" : "no", kind != NULL ? kind : " kind", kind != NULL ? "\"" : "");
}

static bool
is_list(const json_t *root)
{
	const char *kind = json_string_value(json_object_get(root, "kind"));

	return kind != NULL && (strcmp(kind, "List") == 0 || strcmp(kind, "ConfigMapList") == 0);
}

/* object: "" or "document 2: ". */
static int
read_document(struct signature_configmaps *out, const json_t *root, const char *what,
    const char *object, enum other_objects others, struct err *e)
{
	AUTO_STR char *in_list = xasprintf("%s: %sitems", what, object);
	const json_t *items;
	json_t *item;
	size_t i;

	if (!is_list(root))
		return read_object(out, root, what, object, others, e);
	items = json_as_array(json_object_get(root, "items"), in_list, e);
	if (items == NULL)
		return -1;
	json_array_foreach(items, i, item)
	{
		AUTO_STR char *place = xasprintf("%sitems[%zu]: ", object, i);

		if (read_object(out, item, what, place, others, e) != 0)
			return -1;
	}
	return 0;
}

/* Every document, as an array. JSON is read as JSON: what YAML would make of it is not asked. */
static json_t *
read_text(struct bytes text, const char *what, struct err *e)
{
	size_t i = 0;
	json_t *all, *one;

	while (i < text.n && strchr(" \t\r\n", text.p[i]) != NULL && text.p[i] != '\0')
		i++;
	if (i == text.n || text.p[i] != '{')
		return yaml_read_all(text, what, e);
	one = json_read(text, what, e);
	if (one == NULL)
		return NULL;
	all = must_have(json_array());
	json_push(all, one);
	return all;
}

int
signature_configmaps_read(struct signature_configmaps *out, struct bytes text, const char *what,
    enum other_objects others, struct err *e)
{
	AUTO(signature_configmaps) added = SIGNATURE_CONFIGMAPS_INIT;
	AUTO_JSON json_t *documents = read_text(text, what, e);
	json_t *root;
	size_t i;

	if (documents == NULL)
		return -1;
	json_array_foreach(documents, i, root)
	{
		AUTO_STR char *place = json_array_size(documents) > 1
					   ? xasprintf("document %zu: ", i + 1)
					   : xstrdup("");

		if (read_document(&added, root, what, place, others, e) != 0)
			return -1;
	}
	if (added.n_objects == 0 && others != OTHER_OBJECTS_LEFT_OUT)
		return err_set(
		    e, E_INVALID, "%s: no ConfigMap with signatures of releases in it", what);
	for (i = 0; i < added.n; i++)
		*LIST_ADD(out->v, out->n) = added.v[i];
	added.n = 0;
	out->n_objects += added.n_objects;
	return 0;
}
