/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/registriesd.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "formats/json.h"
#include "formats/yaml.h"

static void
section_free(struct registriesd_section *s)
{
	free(s->scope);
	free(s->file);
	free(s->lookaside);
	free(s->sigstore);
}

void
registriesd_free(struct registriesd *r)
{
	for (size_t i = 0; i < r->n; i++)
		section_free(&r->v[i]);
	free(r->v);
	*r = (struct registriesd)REGISTRIESD_INIT;
}

/* Two sections for the same images? */
static bool
same_scope(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const struct registriesd_section *
find_section(const struct registriesd *r, const char *scope)
{
	for (size_t i = 0; i < r->n; i++)
		if (same_scope(r->v[i].scope, scope))
			return &r->v[i];
	return NULL;
}

/*
 * --- one file -----------------------------------------------------------------------------------
 */

/* An optional text; absent, null and "" are the same, as in Go. */
static int
read_text(char **out, const json_t *ns, const char *where, const char *key, struct err *e)
{
	const json_t *value = json_object_get(ns, key);

	if (value == NULL || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return err_set(e, E_INVALID, "%s: \"%s\" is not a text", where, key);
	if (json_string_length(value) > 0)
		*out = xstrdup(json_string_value(value));
	return 0;
}

/* A text that Go's YAML reader takes for a truth value where one is wanted. */
static enum registriesd_switch
switch_of_text(const char *s)
{
	static const char *const on[] = { "y", "Y", "yes", "on" };
	static const char *const off[] = { "n", "N", "no", "off" };

	for (size_t i = 0; i < ARRAY_LEN(on); i++)
		if (strcmp(s, on[i]) == 0)
			return REGISTRIESD_ON;
	for (size_t i = 0; i < ARRAY_LEN(off); i++)
		if (strcmp(s, off[i]) == 0)
			return REGISTRIESD_OFF;
	return REGISTRIESD_UNSET;
}

static int
read_switch(enum registriesd_switch *out, const json_t *ns, const char *where, const char *key,
    struct err *e)
{
	const json_t *value = json_object_get(ns, key);

	*out = REGISTRIESD_UNSET;
	if (value == NULL || json_is_null(value))
		return 0;
	if (json_is_boolean(value))
		*out = json_is_true(value) ? REGISTRIESD_ON : REGISTRIESD_OFF;
	else if (json_is_string(value))
		*out = switch_of_text(json_string_value(value));
	if (*out == REGISTRIESD_UNSET)
		return err_set(e, E_INVALID, "%s: \"%s\" is neither true nor false", where, key);
	return 0;
}

static int
read_section(struct registriesd_section *out, const json_t *ns, const char *where, struct err *e)
{
	if (json_is_null(ns))
		return 0;
	if (!json_is_object(ns))
		return err_set(e, E_INVALID, "%s: not a mapping", where);
	if (read_text(&out->lookaside, ns, where, "lookaside", e) != 0 ||
	    read_text(&out->sigstore, ns, where, "sigstore", e) != 0)
		return -1;
	return read_switch(&out->attachments, ns, where, "use-sigstore-attachments", e);
}

static int
add_section(
    struct registriesd *r, const char *file, const char *scope, const json_t *ns, struct err *e)
{
	AUTO_STR char *where = scope != NULL ? xasprintf("%s: docker[\"%s\"]", file, scope)
					     : xasprintf("%s: default-docker", file);
	struct registriesd_section *s;

	if (r->n == MAX_REGISTRIESD_SECTIONS)
		return err_set(
		    e, E_TOO_LARGE, "%s: more than %u sections", file, MAX_REGISTRIESD_SECTIONS);
	s = LIST_ADD(r->v, r->n);
	s->scope = scope != NULL ? xstrdup(scope) : NULL;
	s->file = xstrdup(file);
	return read_section(s, ns, where, e);
}

/* The sections of a document, none of which is known from before. */
static int
read_document(struct registriesd *out, const char *file, const json_t *root, struct err *e)
{
	const json_t *fallback = json_object_get(root, "default-docker");
	json_t *docker = json_object_get(root, "docker");
	const char *scope;
	json_t *ns;

	if (!json_is_object(root))
		return err_set(e, E_INVALID, "%s: not a mapping", file);
	if (fallback != NULL && !json_is_null(fallback) &&
	    add_section(out, file, NULL, fallback, e) != 0)
		return -1;
	if (docker == NULL || json_is_null(docker))
		return 0;
	if (!json_is_object(docker))
		return err_set(e, E_INVALID, "%s: docker: not a mapping", file);
	json_object_foreach(docker, scope, ns)
	{
		if (add_section(out, file, scope, ns, e) != 0)
			return -1;
	}
	return 0;
}

static int
check_against(const struct registriesd *known, const struct registriesd *added, const char *file,
    struct err *e)
{
	for (size_t i = 0; i < added->n; i++) {
		const struct registriesd_section *s = &added->v[i];
		const struct registriesd_section *other = find_section(known, s->scope);

		if (other != NULL && s->scope != NULL)
			return err_set(e, E_INVALID, "docker[\"%s\"] is in both %s and %s",
			    s->scope, other->file, s->file);
		if (other != NULL)
			return err_set(e, E_INVALID, "default-docker is in both %s and %s",
			    other->file, s->file);
	}
	if (known->n + added->n > MAX_REGISTRIESD_SECTIONS)
		return err_set(e, E_TOO_LARGE, "%s: more than %u sections with those before", file,
		    MAX_REGISTRIESD_SECTIONS);
	return 0;
}

int
registriesd_add(struct registriesd *r, const char *file, struct bytes in, struct err *e)
{
	AUTO_JSON json_t *documents = NULL;
	AUTO(registriesd) added = REGISTRIESD_INIT;

	documents = yaml_read_all(in, file, e);
	if (documents == NULL)
		return -1;
	if (json_array_size(documents) == 0)
		return 0;
	if (json_array_size(documents) > 1)
		return err_set(e, E_INVALID, "%s: %zu YAML documents, want one", file,
		    json_array_size(documents));
	if (read_document(&added, file, json_array_get(documents, 0), e) != 0 ||
	    check_against(r, &added, file, e) != 0)
		return -1;
	for (size_t i = 0; i < added.n; i++)
		*LIST_ADD(r->v, r->n) = added.v[i];
	added.n = 0;
	return 0;
}

/*
 * --- looking up ---------------------------------------------------------------------------------
 */

static void
consider(struct registriesd_choice *out, const struct registriesd_section *s)
{
	if (s == NULL)
		return;
	if (out->url == NULL) {
		out->url = s->lookaside != NULL ? s->lookaside : s->sigstore;
		out->url_from = out->url != NULL ? s : NULL;
	}
	if (out->attachments_from == NULL && s->attachments != REGISTRIESD_UNSET) {
		out->attachments = s->attachments == REGISTRIESD_ON;
		out->attachments_from = s;
	}
}

void
registriesd_find(const struct registriesd *r, const char *const *scopes, size_t n_scopes,
    struct registriesd_choice *out)
{
	*out = (struct registriesd_choice){ 0 };
	for (size_t i = 0; i < n_scopes; i++)
		consider(out, find_section(r, scopes[i]));
	consider(out, find_section(r, NULL));
}
