/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/cluster_image_policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "formats/json_write.h"
#include "formats/yaml.h"

static void
one_free(struct cluster_image_policy *p)
{
	free(p->name);
	for (size_t i = 0; i < p->n_scopes; i++)
		free(p->scopes[i]);
	free(p->scopes);
	policy_requirement_free(&p->requirement);
	release_annotations_free(&p->annotations);
}

void
cluster_image_policies_free(struct cluster_image_policies *p)
{
	for (size_t i = 0; i < p->n; i++)
		one_free(&p->v[i]);
	free(p->v);
	*p = (struct cluster_image_policies)CLUSTER_IMAGE_POLICIES_INIT;
}

/*
 * --- into the members of policy.json ------------------------------------------------------------
 *
 * Words and places differ, meanings do not: what is moved here is checked by the reader of
 * policy.json.
 */

struct moved {
	const char *from, *to;
};

/* Move an object's members by their new names; one that is not in the list is E_INVALID. */
static int
move(json_t *to, const json_t *from, const char *place, const struct moved *list, struct err *e)
{
	const char *keys[8] = { NULL };
	json_t *value;

	for (size_t i = 0; list[i].from != NULL; i++)
		keys[i] = list[i].from;
	if (json_only_keys(from, place, keys, e) != 0)
		return -1;
	for (size_t i = 0; list[i].from != NULL; i++) {
		value = json_object_get(from, list[i].from);
		if (value != NULL && list[i].to != NULL)
			json_put(to, list[i].to, json_incref(value));
	}
	return 0;
}

/* An object within o, whose members become those of to. */
static int
move_object(json_t *to, const json_t *o, const char *place, const char *key,
    const struct moved *list, struct err *e)
{
	const json_t *from = json_member_object(o, place, key, e);
	AUTO_STR char *where = xasprintf("%s.%s", place, key);

	return from != NULL ? move(to, from, where, list, e) : -1;
}

static int
convert_public_key(json_t *requirement, const json_t *root, const char *place, struct err *e)
{
	static const struct moved list[] = { { "keyData", "keyData" },
		{ "rekorKeyData", "rekorPublicKeyData" }, { NULL, NULL } };

	return move_object(requirement, root, place, "publicKey", list, e);
}

/* Both kinds with certificates have their own object in policy.json. */
static int
convert_fulcio(json_t *requirement, const json_t *root, const char *place, struct err *e)
{
	static const struct moved outer[] = { { "fulcioCAData", NULL }, { "fulcioSubject", NULL },
		{ "rekorKeyData", "rekorPublicKeyData" }, { NULL, NULL } };
	static const struct moved subject[] = { { "oidcIssuer", "oidcIssuer" },
		{ "signedEmail", "subjectEmail" }, { NULL, NULL } };
	const json_t *from = json_object_get(root, "fulcioCAWithRekor");
	AUTO_STR char *where = xasprintf("%s.fulcioCAWithRekor", place);
	json_t *fulcio = must_have(json_object());

	json_put(requirement, "fulcio", fulcio);
	if (move_object(requirement, root, place, "fulcioCAWithRekor", outer, e) != 0)
		return -1;
	if (json_object_get(from, "fulcioCAData") != NULL)
		json_put(fulcio, "caData", json_incref(json_object_get(from, "fulcioCAData")));
	return move_object(fulcio, from, where, "fulcioSubject", subject, e);
}

static int
convert_pki(json_t *requirement, const json_t *root, const char *place, struct err *e)
{
	static const struct moved list[] = { { "caRootsData", "caRootsData" },
		{ "caIntermediatesData", "caIntermediatesData" }, { "pkiCertificateSubject", NULL },
		{ NULL, NULL } };
	static const struct moved subject[] = { { "email", "subjectEmail" },
		{ "hostname", "subjectHostname" }, { NULL, NULL } };
	AUTO_STR char *where = xasprintf("%s.pki", place);
	json_t *pki = must_have(json_object());

	json_put(requirement, "pki", pki);
	if (move_object(pki, root, place, "pki", list, e) != 0)
		return -1;
	return move_object(
	    pki, json_object_get(root, "pki"), where, "pkiCertificateSubject", subject, e);
}

static int
convert_root(json_t *requirement, const json_t *policy, const char *place, struct err *e)
{
	static const struct {
		const char *type, *member;
		int (*convert)(
		    json_t *requirement, const json_t *root, const char *place, struct err *e);
	} kinds[] = {
		{ "PublicKey", "publicKey", convert_public_key },
		{ "FulcioCAWithRekor", "fulcioCAWithRekor", convert_fulcio },
		{ "PKI", "pki", convert_pki },
	};
	const json_t *root = json_member_object(policy, place, "rootOfTrust", e);
	AUTO_STR char *where = xasprintf("%s.rootOfTrust", place);
	const char *type = root != NULL ? json_member_string(root, where, "policyType", e) : NULL;

	if (type == NULL)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *const keys[] = { "policyType", kinds[i].member, NULL };

		if (strcmp(type, kinds[i].type) != 0)
			continue;
		if (json_only_keys(root, where, keys, e) != 0)
			return -1;
		return kinds[i].convert(requirement, root, where, e);
	}
	return err_set(e, E_INVALID, "%s.policyType: unknown type \"%.100s\"", where, type);
}

static int
convert_identity(json_t *requirement, const json_t *policy, const char *place, struct err *e)
{
	static const struct moved exact[] = { { "repository", "dockerRepository" },
		{ NULL, NULL } };
	static const struct moved remap[] = { { "prefix", "prefix" },
		{ "signedPrefix", "signedPrefix" }, { NULL, NULL } };
	static const struct {
		const char *match, *type, *member;
		const struct moved *list;
	} kinds[] = {
		{ "MatchRepoDigestOrExact", "matchRepoDigestOrExact", NULL, NULL },
		{ "MatchRepository", "matchRepository", NULL, NULL },
		{ "ExactRepository", "exactRepository", "exactRepository", exact },
		{ "RemapIdentity", "remapIdentity", "remapIdentity", remap },
	};
	const json_t *from = json_object_get(policy, "signedIdentity");
	AUTO_STR char *where = xasprintf("%s.signedIdentity", place);
	json_t *identity = must_have(json_object());
	const char *match;

	json_put(requirement, "signedIdentity", identity);
	match = from != NULL ? json_member_string(from, where, "matchPolicy", e)
			     : "MatchRepoDigestOrExact";
	if (match == NULL)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *const keys[] = { "matchPolicy", kinds[i].member, NULL };

		if (strcmp(match, kinds[i].match) != 0)
			continue;
		json_put(identity, "type", json_string(kinds[i].type));
		if (from != NULL && json_only_keys(from, where, keys, e) != 0)
			return -1;
		if (kinds[i].list == NULL)
			return 0;
		return move_object(identity, from, where, kinds[i].member, kinds[i].list, e);
	}
	return err_set(e, E_INVALID, "%s.matchPolicy: unknown policy \"%.100s\"", where, match);
}

/*
 * --- objects ------------------------------------------------------------------------------------
 */

static int
read_scopes(struct cluster_image_policy *p, const json_t *spec, const char *place, struct err *e)
{
	AUTO_STR char *where = xasprintf("%s.scopes", place);
	const json_t *list = json_as_array(json_object_get(spec, "scopes"), where, e);
	json_t *value;
	size_t i;

	if (list == NULL)
		return -1;
	if (json_array_size(list) == 0)
		return err_set(e, E_INVALID, "%s: empty: the policy is for no image", where);
	if (json_array_size(list) > MAX_POLICY_SCOPES)
		return err_set(e, E_TOO_LARGE, "%s: more than %u", where, MAX_POLICY_SCOPES);
	json_array_foreach(list, i, value)
	{
		AUTO_STR char *one = xasprintf("%s[%zu]", where, i);
		const char *scope = json_as_string(value, one, e);

		if (scope == NULL)
			return -1;
		*LIST_ADD(p->scopes, p->n_scopes) = xstrdup(scope);
	}
	return 0;
}

static int
read_spec(struct cluster_image_policy *p, const json_t *spec, const char *place, struct err *e)
{
	static const char *const spec_keys[] = { "scopes", "policy", NULL };
	static const char *const policy_keys[] = { "rootOfTrust", "signedIdentity", NULL };
	const json_t *policy = json_member_object(spec, place, "policy", e);
	AUTO_STR char *where = xasprintf("%s.policy", place);
	AUTO_JSON json_t *requirement = must_have(json_object());

	if (policy == NULL || json_only_keys(spec, place, spec_keys, e) != 0 ||
	    json_only_keys(policy, where, policy_keys, e) != 0 ||
	    read_scopes(p, spec, place, e) != 0)
		return -1;
	json_put(requirement, "type", json_string("sigstoreSigned"));
	if (convert_root(requirement, policy, where, e) != 0 ||
	    convert_identity(requirement, policy, where, e) != 0)
		return -1;
	return policy_requirement_parse(&p->requirement, requirement, where, e);
}

static int
read_one(struct cluster_image_policy *p, const json_t *root, const char *place, struct err *e)
{
	const json_t *metadata = json_member_object(root, place, "metadata", e);
	AUTO_STR char *in_metadata = xasprintf("%s: metadata", place);
	AUTO_STR char *in_spec = xasprintf("%s: spec", place);
	const json_t *spec = metadata != NULL ? json_member_object(root, place, "spec", e) : NULL;
	const char *name =
	    spec != NULL ? json_member_string(metadata, in_metadata, "name", e) : NULL;

	if (name == NULL)
		return -1;
	p->name = xstrdup(name);
	if (release_annotations_read(&p->annotations, metadata, in_metadata, e) != 0)
		return -1;
	return read_spec(p, spec, in_spec, e);
}

/* others: objects of another kind may be there too. */
static int
read_object(struct cluster_image_policies *out, const json_t *root, bool others, const char *place,
    struct err *e)
{
	const char *kind = json_string_value(json_object_get(root, "kind"));
	const char *api = json_string_value(json_object_get(root, "apiVersion"));

	if (others && kind != NULL && strcmp(kind, "ClusterImagePolicy") != 0)
		return 0;
	if (kind == NULL || api == NULL || strcmp(kind, "ClusterImagePolicy") != 0 ||
	    (strcmp(api, "config.openshift.io/v1") != 0 &&
		strcmp(api, "config.openshift.io/v1alpha1") != 0))
		return err_set(
		    e, E_INVALID, "%s: not a ClusterImagePolicy of config.openshift.io/v1", place);
	return read_one(LIST_ADD(out->v, out->n), root, place, e);
}

/* A list's members, or the object itself. */
static int
read_document(struct cluster_image_policies *out, const json_t *root, bool others, const char *file,
    struct err *e)
{
	const json_t *items = json_object_get(root, "items");
	json_t *item;
	size_t i;

	if (!json_is_array(items))
		return read_object(out, root, others, file, e);
	json_array_foreach(items, i, item)
	{
		AUTO_STR char *place = xasprintf("%s: items[%zu]", file, i);

		if (read_object(out, item, others, place, e) != 0)
			return -1;
	}
	return 0;
}

static int
read_stream(struct cluster_image_policies *out, const char *file, struct bytes in, bool others,
    struct err *e)
{
	AUTO(cluster_image_policies) added = CLUSTER_IMAGE_POLICIES_INIT;
	AUTO_JSON json_t *documents = NULL;
	json_t *root;
	size_t i;

	documents = yaml_read_all(in, file, e);
	if (documents == NULL)
		return -1;
	json_array_foreach(documents, i, root)
	{
		if (read_document(&added, root, others, file, e) != 0)
			return -1;
	}
	if (added.n == 0 && !others)
		return err_set(e, E_INVALID, "%s: no ClusterImagePolicy in it", file);
	for (i = 0; i < added.n; i++)
		*LIST_ADD(out->v, out->n) = added.v[i];
	added.n = 0;
	return 0;
}

int
cluster_image_policies_read(
    struct cluster_image_policies *out, const char *file, struct bytes in, struct err *e)
{
	return read_stream(out, file, in, false, e);
}

int
cluster_image_policies_pick(
    struct cluster_image_policies *out, const char *file, struct bytes in, struct err *e)
{
	return read_stream(out, file, in, true, e);
}

static bool
names_scope(const struct cluster_image_policy *p, const char *scope)
{
	for (size_t i = 0; i < p->n_scopes; i++)
		if (strcmp(p->scopes[i], scope) == 0)
			return true;
	return false;
}

const struct cluster_image_policy **
cluster_image_policies_find(
    const struct cluster_image_policies *p, const struct scopes *scopes, size_t *n)
{
	const struct cluster_image_policy **found = NULL;

	*n = 0;
	for (size_t s = 0; s < scopes->n && *n == 0; s++)
		for (size_t i = 0; i < p->n; i++)
			if (names_scope(&p->v[i], scopes->v[s]))
				*LIST_ADD(found, *n) = &p->v[i];
	return found;
}
