/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "formats/policy_scope.h"

static void
free_entry(struct policy_entry *entry)
{
	size_t i;

	for (i = 0; i < entry->n; i++)
		policy_requirement_free(&entry->v[i]);
	free(entry->v);
	free(entry->transport);
	free(entry->scope);
	free(entry->place);
}

void
policy_free(struct policy *p)
{
	size_t i;

	free_entry(&p->fallback);
	for (i = 0; i < p->n; i++)
		free_entry(&p->v[i]);
	free(p->v);
	*p = (struct policy)POLICY_INIT;
}

static int
parse_requirements(struct policy_entry *out, const json_t *value, struct err *e)
{
	const json_t *list = json_as_array(value, out->place, e);
	size_t i;

	if (list == NULL)
		return -1;
	if (json_array_size(list) == 0)
		return err_set(e, E_INVALID, "%s: no requirements, want one or more", out->place);
	if (json_array_size(list) > MAX_POLICY_REQUIREMENTS)
		return err_set(e, E_TOO_LARGE, "%s: more than %u requirements", out->place,
		    MAX_POLICY_REQUIREMENTS);
	for (i = 0; i < json_array_size(list); i++) {
		AUTO_STR char *place = xasprintf("%s[%zu]", out->place, i);

		if (policy_requirement_parse(
			LIST_ADD(out->v, out->n), json_array_get(list, i), place, e) != 0)
			return -1;
	}
	return 0;
}

/* "transports.docker", but in brackets where a name is not a plain word. */
static char *
place_of_transport(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	if (name[0] != '\0' && name[strspn(name, plain)] == '\0')
		return xasprintf("transports.%.300s", name);
	return xasprintf("transports[\"%.300s\"]", name);
}

static int
parse_transport(struct policy *out, const char *name, const json_t *value, struct err *e)
{
	AUTO_STR char *where = place_of_transport(name);
	struct policy_entry *entry;
	const char *scope;
	json_t *list;

	if (json_as_object(value, where, e) == NULL)
		return -1;
	/* The cast is for jansson's iterator, which changes nothing. */
	json_object_foreach((json_t *)value, scope, list)
	{
		if (out->n == MAX_POLICY_SCOPES)
			return err_set(e, E_TOO_LARGE, "%s: more than %u scopes in the policy",
			    where, MAX_POLICY_SCOPES);
		entry = LIST_ADD(out->v, out->n);
		entry->transport = xstrdup(name);
		entry->scope = xstrdup(scope);
		entry->place = xasprintf("%s[\"%.300s\"]", where, scope);
		if (policy_scope_check(name, scope, entry->place, e) != 0 ||
		    parse_requirements(entry, list, e) != 0)
			return -1;
	}
	return 0;
}

static int
parse_document(struct policy *out, const json_t *document, struct err *e)
{
	static const char *const keys[] = { "default", "transports", NULL };
	const json_t *transports = json_object_get(document, "transports");
	const char *name;
	json_t *scopes;

	if (json_only_keys(document, "policy", keys, e) != 0)
		return -1;
	out->fallback.place = xstrdup("default");
	if (parse_requirements(&out->fallback, json_object_get(document, "default"), e) != 0)
		return -1;
	if (transports == NULL)
		return 0;
	if (json_as_object(transports, "transports", e) == NULL)
		return -1;
	json_object_foreach((json_t *)transports, name, scopes)
	{
		if (parse_transport(out, name, scopes, e) != 0)
			return -1;
	}
	return 0;
}

int
policy_parse(struct policy *out, struct bytes in, struct err *e)
{
	AUTO_JSON json_t *document = NULL;

	*out = (struct policy)POLICY_INIT;
	if (in.n > MAX_POLICY_BYTES)
		return err_set(e, E_TOO_LARGE, "policy: more than %zu bytes", MAX_POLICY_BYTES);
	document = json_read(in, "policy", e);
	if (document == NULL)
		return -1;
	if (parse_document(out, document, e) != 0) {
		policy_free(out);
		return -1;
	}
	return 0;
}

static const struct policy_entry *
find_entry(const struct policy *p, const char *transport, const char *scope)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->v[i].scope, scope) == 0 && strcmp(p->v[i].transport, transport) == 0)
			return &p->v[i];
	return NULL;
}

const struct policy_entry *
policy_lookup(const struct policy *p, const char *transport, const struct scopes *scopes)
{
	const struct policy_entry *entry = NULL;
	size_t i;

	for (i = 0; i < scopes->n && entry == NULL; i++)
		entry = find_entry(p, transport, scopes->v[i]);
	if (entry == NULL)
		entry = find_entry(p, transport, "");
	return entry != NULL ? entry : &p->fallback;
}
