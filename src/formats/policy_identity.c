/* SPDX-License-Identifier: GPL-3.0-or-later */
/* containers-policy.json(5), "signedIdentity". */
#include "formats/policy_identity.h"

#include <stdlib.h>
#include <string.h>

static const char *const type_only[] = { "type", NULL };
static const char *const reference_keys[] = { "type", "dockerReference", NULL };
static const char *const repository_keys[] = { "type", "dockerRepository", NULL };
static const char *const remap_keys[] = { "type", "prefix", "signedPrefix", NULL };

static const struct kind {
	enum policy_identity_rule rule;
	const char *word;
	const char *const *keys; /* each is mandatory, and no other is known */
	const char *reference;	 /* which of them is one; NULL for none */
} kinds[] = {
	{ POLICY_IDENTITY_MATCH_EXACT, "matchExact", type_only, NULL },
	{ POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT, "matchRepoDigestOrExact", type_only, NULL },
	{ POLICY_IDENTITY_MATCH_REPOSITORY, "matchRepository", type_only, NULL },
	{ POLICY_IDENTITY_EXACT_REFERENCE, "exactReference", reference_keys, "dockerReference" },
	{ POLICY_IDENTITY_EXACT_REPOSITORY, "exactRepository", repository_keys,
	    "dockerRepository" },
	{ POLICY_IDENTITY_REMAP, "remapIdentity", remap_keys, NULL },
};

const char *
policy_identity_word(enum policy_identity_rule rule)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].rule == rule)
			return kinds[i].word;
	return "no rule";
}

static const struct kind *
find_kind(const json_t *value, const char *place, struct err *e)
{
	AUTO_STR char *where = xasprintf("%s.type", place);
	const char *word;
	size_t i;

	if (json_as_object(value, place, e) == NULL)
		return NULL;
	word = json_as_string(json_object_get(value, "type"), where, e);
	if (word == NULL)
		return NULL;
	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(word, kinds[i].word) == 0)
			return &kinds[i];
	(void)err_set(e, E_INVALID, "%s: unknown type of signed identity \"%.100s\"", where, word);
	return NULL;
}

static int
parse_reference(struct policy_identity *out, const json_t *value, const char *key,
    const char *place, struct err *e)
{
	AUTO_STR char *where = xasprintf("%s.%s", place, key);
	const char *text = json_as_string(json_object_get(value, key), where, e);

	if (text == NULL)
		return -1;
	if (reference_parse(&out->reference, text, e) != 0)
		return err_wrap(e, "%s", where);
	/* Without one of them the signatures for all images of a repository would do. */
	if (out->rule == POLICY_IDENTITY_EXACT_REFERENCE && out->reference.tag == NULL &&
	    !digest_is_set(&out->reference.digest))
		return err_set(
		    e, E_INVALID, "%s: \"%s\" has neither a tag nor a digest", where, text);
	return 0;
}

static int
parse_prefix(char **out, const json_t *value, const char *key, const char *place, struct err *e)
{
	AUTO_STR char *where = xasprintf("%s.%s", place, key);
	const char *text = json_as_string(json_object_get(value, key), where, e);

	if (text == NULL)
		return -1;
	if (!reference_is_prefix(text))
		return err_set(e, E_INVALID,
		    "%s: \"%.300s\" is not HOST[:PORT] or the front of a repository after it",
		    where, text);
	*out = xstrdup(text);
	return 0;
}

int
policy_identity_parse(
    struct policy_identity *out, const json_t *value, const char *place, struct err *e)
{
	const struct kind *kind;

	*out = (struct policy_identity)POLICY_IDENTITY_INIT;
	kind = find_kind(value, place, e);
	if (kind == NULL || json_only_keys(value, place, kind->keys, e) != 0)
		return -1;
	out->rule = kind->rule;
	if (kind->reference != NULL)
		return parse_reference(out, value, kind->reference, place, e);
	if (kind->rule != POLICY_IDENTITY_REMAP)
		return 0;
	if (parse_prefix(&out->prefix, value, "prefix", place, e) != 0)
		return -1;
	return parse_prefix(&out->signed_prefix, value, "signedPrefix", place, e);
}

void
policy_identity_free(struct policy_identity *i)
{
	reference_free(&i->reference);
	free(i->prefix);
	free(i->signed_prefix);
	*i = (struct policy_identity)POLICY_IDENTITY_INIT;
}
