/* SPDX-License-Identifier: GPL-3.0-or-later */
/* containers-policy.json(5), "Policy Requirements". */
#include "formats/policy_requirement.h"

#include <stdlib.h>
#include <string.h>

static const char *const key_types[] = {
	[POLICY_KEY_GPG_KEYS] = "GPGKeys",
	[POLICY_KEY_SIGNED_BY_GPG_KEYS] = "signedByGPGKeys",
	[POLICY_KEY_X509_CERTIFICATES] = "X509Certificates",
	[POLICY_KEY_SIGNED_BY_X509_CAS] = "signedByX509CAs",
};

const char *
policy_key_type_word(enum policy_key_type type)
{
	return type > POLICY_KEY_UNSET && type < ARRAY_LEN(key_types) ? key_types[type] : "no keys";
}

static int
parse_key_type(struct policy_requirement *out, const json_t *o, struct err *e)
{
	AUTO_STR char *where = xasprintf("%s.keyType", out->place);
	const char *word = json_as_string(json_object_get(o, "keyType"), where, e);
	enum policy_key_type type;

	if (word == NULL)
		return -1;
	for (type = POLICY_KEY_GPG_KEYS; type < ARRAY_LEN(key_types); type++)
		if (strcmp(word, key_types[type]) == 0)
			out->key_type = type;
	if (out->key_type == POLICY_KEY_UNSET)
		return err_set(e, E_INVALID, "%s: unknown type of keys \"%.100s\"", where, word);
	return 0;
}

/* A member that is a string and says something. Without it: an error where it is mandatory. */
static int
parse_name(
    char **out, const json_t *o, const char *key, const char *place, bool mandatory, struct err *e)
{
	AUTO_STR char *where = xasprintf("%s.%s", place, key);
	const json_t *value = json_object_get(o, key);
	const char *text;

	if (value == NULL && !mandatory)
		return 0;
	text = json_as_string(value, where, e);
	if (text == NULL)
		return -1;
	if (text[0] == '\0')
		return err_set(e, E_INVALID, "%s: empty", where);
	*out = xstrdup(text);
	return 0;
}

static int
need_source(
    const struct policy_source *source, const char *place, const char *members, struct err *e)
{
	if (source->kind == POLICY_SOURCE_NONE)
		return err_set(e, E_INVALID, "%s: none of %s, want one of them", place, members);
	return 0;
}

static int
parse_identity(struct policy_requirement *out, const json_t *o, const char *key, struct err *e)
{
	AUTO_STR char *where = xasprintf("%s.%s", out->place, key);

	return policy_identity_parse(&out->identity, json_object_get(o, key), where, e);
}

static int
parse_signed_identity(struct policy_requirement *out, const json_t *o, struct err *e)
{
	if (json_object_get(o, "signedIdentity") != NULL)
		return parse_identity(out, o, "signedIdentity", e);
	out->identity.rule = POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT;
	return 0;
}

static int
parse_nothing(struct policy_requirement *out, const json_t *o, struct err *e)
{
	(void)out;
	(void)o;
	(void)e;
	return 0;
}

static int
parse_signed_by(struct policy_requirement *out, const json_t *o, struct err *e)
{
	/* An empty list is one that no signature satisfies, not one that cannot be read. */
	static const struct policy_source_members keys = {
		.path = "keyPath", .paths = "keyPaths", .data = "keyData", .may_be_empty = true
	};

	if (parse_key_type(out, o, e) != 0 ||
	    policy_source_parse(&out->keys, o, out->place, &keys, e) != 0 ||
	    need_source(&out->keys, out->place, "keyPath, keyPaths and keyData", e) != 0)
		return -1;
	return parse_signed_identity(out, o, e);
}

static int
parse_signed_base_layer(struct policy_requirement *out, const json_t *o, struct err *e)
{
	return parse_identity(out, o, "baseLayerIdentity", e);
}

static int
parse_fulcio(struct policy_requirement *out, const json_t *o, struct err *e)
{
	static const char *const keys[] = { "caPath", "caData", "oidcIssuer", "subjectEmail",
		NULL };
	static const struct policy_source_members ca = { .path = "caPath", .data = "caData" };
	AUTO_STR char *where = xasprintf("%s.fulcio", out->place);
	struct policy_fulcio *f = &out->fulcio;

	if (json_only_keys(o, where, keys, e) != 0 ||
	    policy_source_parse(&f->ca, o, where, &ca, e) != 0 ||
	    need_source(&f->ca, where, "caPath and caData", e) != 0 ||
	    parse_name(&f->oidc_issuer, o, "oidcIssuer", where, true, e) != 0)
		return -1;
	return parse_name(&f->subject_email, o, "subjectEmail", where, true, e);
}

static int
parse_pki(struct policy_requirement *out, const json_t *o, struct err *e)
{
	static const char *const keys[] = { "caRootsPath", "caRootsData", "caIntermediatesPath",
		"caIntermediatesData", "subjectEmail", "subjectHostname", NULL };
	static const struct policy_source_members roots = { .path = "caRootsPath",
		.data = "caRootsData" };
	static const struct policy_source_members intermediates = { .path = "caIntermediatesPath",
		.data = "caIntermediatesData" };
	AUTO_STR char *where = xasprintf("%s.pki", out->place);
	struct policy_pki *p = &out->pki;

	if (json_only_keys(o, where, keys, e) != 0 ||
	    policy_source_parse(&p->roots, o, where, &roots, e) != 0 ||
	    need_source(&p->roots, where, "caRootsPath and caRootsData", e) != 0 ||
	    policy_source_parse(&p->intermediates, o, where, &intermediates, e) != 0 ||
	    parse_name(&p->subject_email, o, "subjectEmail", where, false, e) != 0 ||
	    parse_name(&p->subject_hostname, o, "subjectHostname", where, false, e) != 0)
		return -1;
	if (p->subject_email == NULL && p->subject_hostname == NULL)
		return err_set(e, E_INVALID, "%s: neither subjectEmail nor subjectHostname", where);
	return 0;
}

/* Which of the three kinds of trust it is, and what belongs to that one. */
static int
parse_trust(struct policy_requirement *out, const json_t *o, struct err *e)
{
	static const struct policy_source_members keys = {
		.path = "keyPath", .paths = "keyPaths", .data = "keyData", .datas = "keyDatas"
	};
	const json_t *fulcio = json_object_get(o, "fulcio"), *pki = json_object_get(o, "pki");
	int n;

	if (policy_source_parse(&out->keys, o, out->place, &keys, e) != 0)
		return -1;
	n = (out->keys.kind != POLICY_SOURCE_NONE) + (fulcio != NULL) + (pki != NULL);
	if (n != 1)
		return err_set(e, E_INVALID,
		    "%s: %s keyPath, keyPaths, keyData, keyDatas, fulcio and pki, want one of them",
		    out->place, n == 0 ? "none of" : "more than one of");
	if (fulcio != NULL) {
		out->trust = POLICY_TRUST_FULCIO;
		return parse_fulcio(out, fulcio, e);
	}
	if (pki != NULL) {
		out->trust = POLICY_TRUST_PKI;
		return parse_pki(out, pki, e);
	}
	out->trust = POLICY_TRUST_KEYS;
	return 0;
}

static int
parse_sigstore_signed(struct policy_requirement *out, const json_t *o, struct err *e)
{
	static const char members[] = "rekorPublicKeyPath, rekorPublicKeyPaths, "
				      "rekorPublicKeyData and rekorPublicKeyDatas";
	static const struct policy_source_members rekor = {
		.path = "rekorPublicKeyPath",
		.paths = "rekorPublicKeyPaths",
		.data = "rekorPublicKeyData",
		.datas = "rekorPublicKeyDatas",
	};

	if (parse_trust(out, o, e) != 0 ||
	    policy_source_parse(&out->rekor, o, out->place, &rekor, e) != 0)
		return -1;
	/* Fulcio's certificates live for minutes: the log is what says when one signed. */
	if (out->trust == POLICY_TRUST_FULCIO &&
	    need_source(&out->rekor, out->place, members, e) != 0)
		return -1;
	if (out->trust == POLICY_TRUST_PKI && out->rekor.kind != POLICY_SOURCE_NONE)
		return err_set(e, E_INVALID, "%s: not together with pki", out->rekor.place);
	return parse_signed_identity(out, o, e);
}

static const char *const type_only[] = { "type", NULL };
static const char *const signed_by_keys[] = { "type", "keyType", "keyPath", "keyPaths", "keyData",
	"signedIdentity", NULL };
static const char *const base_layer_keys[] = { "type", "baseLayerIdentity", NULL };
static const char *const sigstore_keys[] = { "type", "keyPath", "keyPaths", "keyData", "keyDatas",
	"fulcio", "pki", "rekorPublicKeyPath", "rekorPublicKeyPaths", "rekorPublicKeyData",
	"rekorPublicKeyDatas", "signedIdentity", NULL };

static const struct kind {
	enum policy_requirement_type type;
	const char *word;
	const char *const *keys; /* no other is known */
	int (*parse)(struct policy_requirement *out, const json_t *o, struct err *e);
} kinds[] = {
	{ POLICY_INSECURE_ACCEPT_ANYTHING, "insecureAcceptAnything", type_only, parse_nothing },
	{ POLICY_REJECT, "reject", type_only, parse_nothing },
	{ POLICY_SIGNED_BY, "signedBy", signed_by_keys, parse_signed_by },
	{ POLICY_SIGNED_BASE_LAYER, "signedBaseLayer", base_layer_keys, parse_signed_base_layer },
	{ POLICY_SIGSTORE_SIGNED, "sigstoreSigned", sigstore_keys, parse_sigstore_signed },
};

const char *
policy_requirement_word(enum policy_requirement_type type)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].type == type)
			return kinds[i].word;
	return "no requirement";
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
	(void)err_set(e, E_INVALID, "%s: unknown type of requirement \"%.100s\"", where, word);
	return NULL;
}

int
policy_requirement_parse(
    struct policy_requirement *out, const json_t *value, const char *place, struct err *e)
{
	const struct kind *kind;

	*out = (struct policy_requirement)POLICY_REQUIREMENT_INIT;
	kind = find_kind(value, place, e);
	if (kind == NULL || json_only_keys(value, place, kind->keys, e) != 0)
		return -1;
	out->type = kind->type;
	out->place = xstrdup(place);
	return kind->parse(out, value, e);
}

void
policy_requirement_free(struct policy_requirement *r)
{
	free(r->place);
	policy_source_free(&r->keys);
	policy_source_free(&r->fulcio.ca);
	free(r->fulcio.oidc_issuer);
	free(r->fulcio.subject_email);
	policy_source_free(&r->pki.roots);
	policy_source_free(&r->pki.intermediates);
	free(r->pki.subject_email);
	free(r->pki.subject_hostname);
	policy_source_free(&r->rekor);
	policy_identity_free(&r->identity);
	*r = (struct policy_requirement)POLICY_REQUIREMENT_INIT;
}
