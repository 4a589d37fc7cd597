/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requirements with their key sources and signed identities, each read at the place "r". */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/policy_requirement.h"
#include "rows.h"
#include "suites.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* "nonsense" and "other" in base64. */
#define NONSENSE "bm9uc2Vuc2U="
#define OTHER "b3RoZXI="

#define OF(type, members) "{\"type\":\"" type "\"," members "}"
#define SIGNED_BY(members) OF("signedBy", "\"keyType\":\"GPGKeys\"," members)
#define KEY_PATH "\"keyPath\":\"/k\""
#define SIGSTORE(members) OF("sigstoreSigned", members)
#define REKOR "\"rekorPublicKeyPath\":\"/r\""
#define FULCIO_OF(members) SIGSTORE(REKOR ",\"fulcio\":{" members "}")
#define CA "\"caPath\":\"/ca\""
#define ISSUER "\"oidcIssuer\":\"https://issuer\""
#define EMAIL "\"subjectEmail\":\"a@b\""
#define PKI_OF(members) SIGSTORE("\"pki\":{" members "}")
#define ROOTS "\"caRootsPath\":\"/roots\""
#define WITH_IDENTITY(value) SIGNED_BY(KEY_PATH ",\"signedIdentity\":" value)
#define REMAP(prefix, signed_prefix)                                                               \
	WITH_IDENTITY("{\"type\":\"remapIdentity\",\"prefix\":" prefix                             \
		      ",\"signedPrefix\":" signed_prefix "}")

static const struct {
	const char *text, *part;
} refused[] = {
	/* The type. */
	{ "{}", "r.type: missing, want a string" },
	{ "{\"type\":null}", "r.type: null" },
	{ "{\"type\":1}", "r.type: a number" },
	{ "{\"type\":\"\"}", "r.type: unknown type of requirement \"\"" },
	{ "{\"type\":\"this is invalid\"}", "unknown type of requirement" },
	{ "{\"type\":\"Reject\"}", "unknown type of requirement" },
	{ "{\"Type\":\"reject\"}", "r.type: missing" },
	{ OF("reject", "\"type\":\"reject\""), "duplicate" },
	{ OF("reject", "\"unknown\":\"foo\""), "r: unknown key \"unknown\"" },
	{ OF("reject", KEY_PATH), "r: unknown key \"keyPath\"" },
	{ OF("insecureAcceptAnything", "\"unknown\":\"foo\""), "r: unknown key \"unknown\"" },
	/* signedBy. */
	{ OF("signedBy", KEY_PATH), "r.keyType: missing" },
	{ OF("signedBy", KEY_PATH ",\"keyType\":null"), "r.keyType: null" },
	{ OF("signedBy", KEY_PATH ",\"keyType\":\"\""), "r.keyType: unknown type of keys" },
	{ OF("signedBy", KEY_PATH ",\"keyType\":\"gpgKeys\""), "unknown type of keys" },
	{ SIGNED_BY("\"unexpected\":1," KEY_PATH), "r: unknown key \"unexpected\"" },
	{ SIGNED_BY("\"keyDatas\":[\"" NONSENSE "\"]"), "r: unknown key \"keyDatas\"" },
	{ OF("signedBy", "\"keyType\":\"GPGKeys\""), "r: none of keyPath, keyPaths and keyData" },
	{ SIGNED_BY(KEY_PATH ",\"keyPaths\":[\"/1\"]"), "both \"keyPath\" and \"keyPaths\"" },
	{ SIGNED_BY(KEY_PATH ",\"keyPaths\":null"), "both \"keyPath\" and \"keyPaths\"" },
	{ SIGNED_BY(KEY_PATH ",\"keyData\":\"\""), "both \"keyPath\" and \"keyData\"" },
	{ SIGNED_BY("\"keyPaths\":[],\"keyData\":\"" NONSENSE "\""),
	    "both \"keyPaths\" and \"keyData\"" },
	{ SIGNED_BY(KEY_PATH ",\"keyPaths\":[\"/1\"],\"keyData\":\"" NONSENSE "\""), "r: both" },
	{ SIGNED_BY("\"keyPath\":\"\""), "r.keyPath: empty" },
	{ SIGNED_BY("\"keyPath\":null"), "r.keyPath: null, want a string" },
	{ SIGNED_BY("\"keyPath\":[\"/k\"]"), "r.keyPath: an array" },
	{ SIGNED_BY("\"keyPath\":\"/k\\u0000\""), "not acceptable JSON" },
	{ SIGNED_BY("\"keyPaths\":1"), "r.keyPaths: a number, want an array" },
	{ SIGNED_BY("\"keyPaths\":null"), "r.keyPaths: null" },
	{ SIGNED_BY("\"keyPaths\":\"/k\""), "r.keyPaths: a string" },
	{ SIGNED_BY("\"keyPaths\":[1]"), "r.keyPaths[0]: a number, want a string" },
	{ SIGNED_BY("\"keyPaths\":[\"/1\",null]"), "r.keyPaths[1]: null" },
	{ SIGNED_BY("\"keyData\":1"), "r.keyData: a number" },
	{ SIGNED_BY("\"keyData\":null"), "r.keyData: null" },
	{ SIGNED_BY("\"keyData\":\"this is invalid base64\""), "r.keyData: base64" },
	{ SIGNED_BY("\"keyData\":\"bm9uc2Vuc2U\""), "r.keyData: base64" },
	{ SIGNED_BY("\"keyData\":\"bm9uc2Vuc2V=\""), "r.keyData: base64" },
	{ SIGNED_BY("\"keyData\":\"bm9u c2Vuc2U=\""), "r.keyData: base64" },
	{ SIGNED_BY("\"keyData\":\"bm9uc2Vuc2_=\""), "r.keyData: base64" },
	/* signedBaseLayer. */
	{ "{\"type\":\"signedBaseLayer\"}", "r.baseLayerIdentity: missing, want an object" },
	{ OF("signedBaseLayer", "\"baseLayerIdentity\":null"), "r.baseLayerIdentity: null" },
	{ OF("signedBaseLayer", "\"baseLayerIdentity\":\"this is invalid\""), "a string, want" },
	{ OF("signedBaseLayer", "\"baseLayerIdentity\":{\"type\":\"matchExact\"},\"x\":1"),
	    "r: unknown key \"x\"" },
	/* sigstoreSigned. */
	{ "{\"type\":\"sigstoreSigned\"}", "r: none of keyPath, keyPaths, keyData, keyDatas" },
	{ SIGSTORE(REKOR), "r: none of" },
	{ SIGSTORE(KEY_PATH ",\"keyType\":\"GPGKeys\""), "r: unknown key \"keyType\"" },
	{ SIGSTORE(KEY_PATH ",\"keyDatas\":[\"" NONSENSE "\"]"), "r: both" },
	{ SIGSTORE(KEY_PATH ",\"fulcio\":null"), "r: more than one of" },
	{ SIGSTORE(KEY_PATH ",\"pki\":{}"), "r: more than one of" },
	{ SIGSTORE("\"fulcio\":{},\"pki\":{}"), "r: more than one of" },
	{ SIGSTORE("\"keyPath\":\"\""), "r.keyPath: empty" },
	{ SIGSTORE("\"keyPaths\":[]"), "r.keyPaths: an empty list" },
	{ SIGSTORE("\"keyDatas\":[]"), "r.keyDatas: an empty list" },
	{ SIGSTORE("\"keyDatas\":\"" NONSENSE "\""), "r.keyDatas: a string, want an array" },
	{ SIGSTORE("\"keyDatas\":null"), "r.keyDatas: null" },
	{ SIGSTORE("\"keyDatas\":[\"" NONSENSE "\",null]"), "r.keyDatas[1]: null" },
	{ SIGSTORE("\"keyDatas\":[\"" NONSENSE "\",\"*\"]"), "r.keyDatas[1]: base64" },
	{ SIGSTORE(KEY_PATH "," REKOR ",\"rekorPublicKeyData\":\"" NONSENSE "\""), "r: both" },
	{ SIGSTORE(KEY_PATH "," REKOR ",\"rekorPublicKeyPaths\":[\"/r\"]"), "r: both" },
	{ SIGSTORE(KEY_PATH ",\"rekorPublicKeyPath\":\"\""), "r.rekorPublicKeyPath: empty" },
	{ SIGSTORE(KEY_PATH ",\"rekorPublicKeyPath\":null"), "r.rekorPublicKeyPath: null" },
	{ SIGSTORE(KEY_PATH ",\"rekorPublicKeyPaths\":[]"), "rekorPublicKeyPaths: an empty list" },
	{ SIGSTORE(KEY_PATH ",\"rekorPublicKeyDatas\":[]"), "rekorPublicKeyDatas: an empty list" },
	{ SIGSTORE(KEY_PATH ",\"rekorPublicKeyData\":\"*\""), "r.rekorPublicKeyData: base64" },
	{ SIGSTORE(KEY_PATH ",\"signedIdentity\":null"), "r.signedIdentity: null" },
	/* Fulcio. */
	{ SIGSTORE(REKOR ",\"fulcio\":null"), "r.fulcio: null, want an object" },
	{ SIGSTORE(REKOR ",\"fulcio\":[]"), "r.fulcio: an array" },
	{ SIGSTORE("\"fulcio\":{" CA "," ISSUER "," EMAIL "}"), "r: none of rekorPublicKeyPath" },
	{ FULCIO_OF(CA "," ISSUER "," EMAIL ",\"x\":1"), "r.fulcio: unknown key \"x\"" },
	{ FULCIO_OF(ISSUER "," EMAIL), "r.fulcio: none of caPath and caData" },
	{ FULCIO_OF(CA ",\"caData\":\"\"," ISSUER "," EMAIL), "r.fulcio: both" },
	{ FULCIO_OF("\"caPath\":\"\"," ISSUER "," EMAIL), "r.fulcio.caPath: empty" },
	{ FULCIO_OF("\"caData\":\"*\"," ISSUER "," EMAIL), "r.fulcio.caData: base64" },
	{ FULCIO_OF(CA "," EMAIL), "r.fulcio.oidcIssuer: missing" },
	{ FULCIO_OF(CA "," EMAIL ",\"oidcIssuer\":\"\""), "r.fulcio.oidcIssuer: empty" },
	{ FULCIO_OF(CA "," ISSUER), "r.fulcio.subjectEmail: missing" },
	{ FULCIO_OF(CA "," ISSUER ",\"subjectEmail\":null"), "r.fulcio.subjectEmail: null" },
	/* PKI. */
	{ SIGSTORE("\"pki\":null"), "r.pki: null, want an object" },
	{ SIGSTORE(REKOR ",\"pki\":{" ROOTS "," EMAIL "}"),
	    "r.rekorPublicKeyPath: not together with pki" },
	{ PKI_OF(ROOTS "," EMAIL ",\"x\":1"), "r.pki: unknown key \"x\"" },
	{ PKI_OF(EMAIL), "r.pki: none of caRootsPath and caRootsData" },
	{ PKI_OF(ROOTS ",\"caRootsData\":\"\"," EMAIL), "r.pki: both" },
	{ PKI_OF("\"caRootsPath\":1," EMAIL), "r.pki.caRootsPath: a number" },
	{ PKI_OF(ROOTS ",\"caIntermediatesPath\":\"\"," EMAIL), "caIntermediatesPath: empty" },
	{ PKI_OF(ROOTS ",\"caIntermediatesPath\":\"/i\",\"caIntermediatesData\":\"\"," EMAIL),
	    "r.pki: both" },
	{ PKI_OF(ROOTS), "r.pki: neither subjectEmail nor subjectHostname" },
	{ PKI_OF(ROOTS ",\"subjectEmail\":\"\""), "r.pki.subjectEmail: empty" },
	{ PKI_OF(ROOTS "," EMAIL ",\"subjectHostname\":\"\""), "r.pki.subjectHostname: empty" },
	{ PKI_OF(ROOTS "," EMAIL ",\"subjectHostname\":1"), "r.pki.subjectHostname: a number" },
	/* Signed identities. */
	{ WITH_IDENTITY("null"), "r.signedIdentity: null, want an object" },
	{ WITH_IDENTITY("1"), "r.signedIdentity: a number" },
	{ WITH_IDENTITY("\"matchExact\""), "r.signedIdentity: a string" },
	{ WITH_IDENTITY("{}"), "r.signedIdentity.type: missing" },
	{ WITH_IDENTITY("{\"type\":1}"), "r.signedIdentity.type: a number" },
	{ WITH_IDENTITY("{\"type\":\"\"}"), "unknown type of signed identity" },
	{ WITH_IDENTITY("{\"type\":\"matchAny\"}"),
	    "unknown type of signed identity \"matchAny\"" },
	{ WITH_IDENTITY("{\"type\":\"matchExact\",\"type\":\"matchExact\"}"), "duplicate" },
	{ WITH_IDENTITY("{\"type\":\"matchExact\",\"x\":1}"),
	    "r.signedIdentity: unknown key \"x\"" },
	{ WITH_IDENTITY("{\"type\":\"matchRepoDigestOrExact\",\"x\":1}"), "unknown key \"x\"" },
	{ WITH_IDENTITY("{\"type\":\"matchRepository\",\"dockerReference\":\"a:1\"}"),
	    "unknown key \"dockerReference\"" },
	{ WITH_IDENTITY("{\"type\":\"exactReference\"}"),
	    "r.signedIdentity.dockerReference: missing" },
	{ WITH_IDENTITY("{\"type\":\"exactReference\",\"dockerReference\":1}"),
	    "dockerReference: a number" },
	{ WITH_IDENTITY("{\"type\":\"exactReference\",\"dockerReference\":\"\"}"), "it is empty" },
	{ WITH_IDENTITY("{\"type\":\"exactReference\",\"dockerReference\":\"INVALID:latest\"}"),
	    "r.signedIdentity.dockerReference: " },
	{ WITH_IDENTITY("{\"type\":\"exactReference\",\"dockerReference\":\"library/busybox\"}"),
	    "neither a tag nor a digest" },
	{ WITH_IDENTITY("{\"type\":\"exactReference\",\"dockerReference\":\"a:1\",\"x\":1}"),
	    "unknown key \"x\"" },
	{ WITH_IDENTITY("{\"type\":\"exactRepository\"}"),
	    "r.signedIdentity.dockerRepository: missing" },
	{ WITH_IDENTITY("{\"type\":\"exactRepository\",\"dockerRepository\":\"INVALID\"}"),
	    "lowercase" },
	{ WITH_IDENTITY("{\"type\":\"exactRepository\",\"dockerReference\":\"a\"}"),
	    "unknown key \"dockerReference\"" },
	{ WITH_IDENTITY("{\"type\":\"remapIdentity\",\"prefix\":\"a.b\"}"),
	    "r.signedIdentity.signedPrefix: missing" },
	{ WITH_IDENTITY("{\"type\":\"remapIdentity\",\"signedPrefix\":\"a.b\"}"),
	    "r.signedIdentity.prefix: missing" },
	{ REMAP("1", "\"a.b\""), "r.signedIdentity.prefix: a number" },
	{ REMAP("\"\"", "\"a.b\""), "r.signedIdentity.prefix: \"\" is not HOST" },
	{ REMAP("\"this is invalid\"", "\"a.b\""), "is not HOST" },
	{ REMAP("\"a.b\"", "\"\""), "r.signedIdentity.signedPrefix: \"\" is not HOST" },
	{ REMAP("\"a.b\"", "\"a.b/UPPERCASE\""), "is not HOST" },
	{ REMAP("\"a.b\"", "\"a.b/c:tag\""), "is not HOST" },
};

static int
parse(struct policy_requirement *out, const char *text, struct err *e)
{
	AUTO_JSON json_t *j = json_read(bytes_of_str(text), "text", e);

	*out = (struct policy_requirement)POLICY_REQUIREMENT_INIT;
	return j != NULL ? policy_requirement_parse(out, j, "r", e) : -1;
}

START_TEST(refuses)
{
	AUTO(policy_requirement) r = POLICY_REQUIREMENT_INIT;
	AUTO(err) e = ERR_INIT;
	const char *text = refused[_i].text;

	row_refused(text, parse(&r, text, &e), &e, E_INVALID, refused[_i].part);
}
END_TEST

/* What each accepted one is read as. n and first are the keys: how many, and the first of them. */
static const struct {
	const char *text;
	enum policy_requirement_type type;
	enum policy_key_type key_type;
	enum policy_trust trust;
	enum policy_source_kind kind;
	size_t n;
	const char *first;
	enum policy_identity_rule identity;
} accepted[] = {
	{ "{\"type\":\"reject\"}", POLICY_REJECT, 0, 0, POLICY_SOURCE_NONE, 0, NULL, 0 },
	{ "{\"type\":\"insecureAcceptAnything\"}", POLICY_INSECURE_ACCEPT_ANYTHING, 0, 0,
	    POLICY_SOURCE_NONE, 0, NULL, 0 },
	{ SIGNED_BY(KEY_PATH), POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0, POLICY_SOURCE_FILES, 1,
	    "/k", POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ SIGNED_BY("\"keyPaths\":[\"/1\",\"/2\"]"), POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0,
	    POLICY_SOURCE_FILES, 2, "/1", POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ SIGNED_BY("\"keyPaths\":[\"\"]"), POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0,
	    POLICY_SOURCE_FILES, 1, "", POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ SIGNED_BY("\"keyData\":\"" NONSENSE "\""), POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0,
	    POLICY_SOURCE_DATA, 1, "nonsense", POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ SIGNED_BY("\"keyData\":\"bm9u\\r\\nc2Vuc2U=\\n\""), POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS,
	    0, POLICY_SOURCE_DATA, 1, "nonsense", POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	/* What is read but never satisfied. */
	{ SIGNED_BY("\"keyPaths\":[]"), POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0,
	    POLICY_SOURCE_FILES, 0, NULL, POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ SIGNED_BY("\"keyData\":\"\""), POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0,
	    POLICY_SOURCE_DATA, 1, "", POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ OF("signedBy", "\"keyType\":\"signedByGPGKeys\"," KEY_PATH), POLICY_SIGNED_BY,
	    POLICY_KEY_SIGNED_BY_GPG_KEYS, 0, POLICY_SOURCE_FILES, 1, "/k",
	    POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ OF("signedBy", "\"keyType\":\"X509Certificates\"," KEY_PATH), POLICY_SIGNED_BY,
	    POLICY_KEY_X509_CERTIFICATES, 0, POLICY_SOURCE_FILES, 1, "/k",
	    POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ OF("signedBy", "\"keyType\":\"signedByX509CAs\"," KEY_PATH), POLICY_SIGNED_BY,
	    POLICY_KEY_SIGNED_BY_X509_CAS, 0, POLICY_SOURCE_FILES, 1, "/k",
	    POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ OF("signedBaseLayer", "\"baseLayerIdentity\":{\"type\":\"matchRepository\"}"),
	    POLICY_SIGNED_BASE_LAYER, 0, 0, POLICY_SOURCE_NONE, 0, NULL,
	    POLICY_IDENTITY_MATCH_REPOSITORY },
	/* sigstoreSigned. */
	{ SIGSTORE(KEY_PATH), POLICY_SIGSTORE_SIGNED, 0, POLICY_TRUST_KEYS, POLICY_SOURCE_FILES, 1,
	    "/k", POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ SIGSTORE("\"keyPaths\":[\"/1\"]," REKOR), POLICY_SIGSTORE_SIGNED, 0, POLICY_TRUST_KEYS,
	    POLICY_SOURCE_FILES, 1, "/1", POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ SIGSTORE("\"keyData\":\"" NONSENSE "\""), POLICY_SIGSTORE_SIGNED, 0, POLICY_TRUST_KEYS,
	    POLICY_SOURCE_DATA, 1, "nonsense", POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ SIGSTORE("\"keyDatas\":[\"" OTHER "\",\"" NONSENSE "\"],"
		   "\"signedIdentity\":{\"type\":\"matchExact\"}"),
	    POLICY_SIGSTORE_SIGNED, 0, POLICY_TRUST_KEYS, POLICY_SOURCE_DATA, 2, "other",
	    POLICY_IDENTITY_MATCH_EXACT },
	{ FULCIO_OF(CA "," ISSUER "," EMAIL), POLICY_SIGSTORE_SIGNED, 0, POLICY_TRUST_FULCIO,
	    POLICY_SOURCE_NONE, 0, NULL, POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ PKI_OF(ROOTS "," EMAIL), POLICY_SIGSTORE_SIGNED, 0, POLICY_TRUST_PKI, POLICY_SOURCE_NONE,
	    0, NULL, POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	/* Signed identities. */
	{ WITH_IDENTITY("{\"type\":\"matchExact\"}"), POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0,
	    POLICY_SOURCE_FILES, 1, "/k", POLICY_IDENTITY_MATCH_EXACT },
	{ WITH_IDENTITY("{\"type\":\"matchRepoDigestOrExact\"}"), POLICY_SIGNED_BY,
	    POLICY_KEY_GPG_KEYS, 0, POLICY_SOURCE_FILES, 1, "/k",
	    POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ WITH_IDENTITY("{\"type\":\"exactReference\",\"dockerReference\":\"a@sha256:" HEX64 "\"}"),
	    POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0, POLICY_SOURCE_FILES, 1, "/k",
	    POLICY_IDENTITY_EXACT_REFERENCE },
	{ WITH_IDENTITY("{\"type\":\"exactRepository\",\"dockerRepository\":\"a:latest\"}"),
	    POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0, POLICY_SOURCE_FILES, 1, "/k",
	    POLICY_IDENTITY_EXACT_REPOSITORY },
	{ REMAP("\"a.b\"", "\"ns/c\""), POLICY_SIGNED_BY, POLICY_KEY_GPG_KEYS, 0,
	    POLICY_SOURCE_FILES, 1, "/k", POLICY_IDENTITY_REMAP },
};

static void
check_keys(const char *row, const struct policy_source *keys, const char *first)
{
	if (keys->kind == POLICY_SOURCE_FILES && keys->n > 0)
		row_string(row, "the first file", keys->paths[0], first);
	if (keys->kind == POLICY_SOURCE_DATA)
		row_string(row, "the first key", buf_str(&keys->data[0]), first);
}

START_TEST(accepts)
{
	AUTO(policy_requirement) r = POLICY_REQUIREMENT_INIT;
	AUTO(err) e = ERR_INIT;
	const char *row = accepted[_i].text;

	row_accepted(row, parse(&r, row, &e), &e);
	row_string(row, "the place", r.place, "r");
	ck_assert_msg(r.type == accepted[_i].type, "%s: type %d", row, (int)r.type);
	ck_assert_msg(r.key_type == accepted[_i].key_type, "%s: keyType %d", row, (int)r.key_type);
	ck_assert_msg(r.trust == accepted[_i].trust, "%s: trust %d", row, (int)r.trust);
	ck_assert_msg(r.keys.kind == accepted[_i].kind && r.keys.n == accepted[_i].n,
	    "%s: kind %d, %zu keys", row, (int)r.keys.kind, r.keys.n);
	check_keys(row, &r.keys, accepted[_i].first);
	ck_assert_msg(r.identity.rule == accepted[_i].identity, "%s: identity %s", row,
	    policy_identity_word(r.identity.rule));
}
END_TEST

START_TEST(reads_fulcio)
{
	AUTO(policy_requirement) r = POLICY_REQUIREMENT_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("Fulcio",
	    parse(&r,
		SIGSTORE("\"fulcio\":{\"caData\":\"" NONSENSE "\"," ISSUER "," EMAIL
			 "},\"rekorPublicKeyDatas\":[\"" OTHER "\"]"),
		&e),
	    &e);
	ck_assert_str_eq(r.fulcio.ca.place, "r.fulcio.caData");
	ck_assert_str_eq(buf_str(&r.fulcio.ca.data[0]), "nonsense");
	ck_assert_str_eq(r.fulcio.oidc_issuer, "https://issuer");
	ck_assert_str_eq(r.fulcio.subject_email, "a@b");
	ck_assert_str_eq(r.rekor.place, "r.rekorPublicKeyDatas");
	ck_assert_str_eq(buf_str(&r.rekor.data[0]), "other");
	ck_assert_int_eq(r.keys.kind, POLICY_SOURCE_NONE);
	ck_assert_int_eq(r.pki.roots.kind, POLICY_SOURCE_NONE);
}
END_TEST

START_TEST(reads_pki)
{
	AUTO(policy_requirement) r = POLICY_REQUIREMENT_INIT;
	AUTO(policy_requirement) host = POLICY_REQUIREMENT_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("PKI",
	    parse(&r,
		PKI_OF("\"caRootsData\":\"" NONSENSE "\",\"caIntermediatesPath\":\"/i\"," EMAIL),
		&e),
	    &e);
	ck_assert_str_eq(buf_str(&r.pki.roots.data[0]), "nonsense");
	ck_assert(r.pki.intermediates.paths != NULL);
	ck_assert_str_eq(r.pki.intermediates.paths[0], "/i");
	ck_assert_str_eq(r.pki.subject_email, "a@b");
	ck_assert(r.pki.subject_hostname == NULL);
	ck_assert_int_eq(r.rekor.kind, POLICY_SOURCE_NONE);
	row_accepted("host", parse(&host, PKI_OF(ROOTS ",\"subjectHostname\":\"h\""), &e), &e);
	ck_assert(host.pki.roots.paths != NULL);
	ck_assert_str_eq(host.pki.roots.paths[0], "/roots");
	ck_assert_int_eq(host.pki.intermediates.kind, POLICY_SOURCE_NONE);
	ck_assert_str_eq(host.pki.subject_hostname, "h");
	ck_assert(host.pki.subject_email == NULL);
}
END_TEST

START_TEST(reads_identities)
{
	AUTO(policy_requirement) exact = POLICY_REQUIREMENT_INIT;
	AUTO(policy_requirement) remap = POLICY_REQUIREMENT_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *name = NULL;

	row_accepted("exactReference",
	    parse(&exact,
		WITH_IDENTITY("{\"type\":\"exactReference\",\"dockerReference\":\"a:1\"}"), &e),
	    &e);
	name = reference_string(&exact.identity.reference);
	ck_assert_str_eq(name, "docker.io/library/a:1");
	row_accepted(
	    "remapIdentity", parse(&remap, REMAP("\"m:5000/v\"", "\"vendor.example\""), &e), &e);
	ck_assert_str_eq(remap.identity.prefix, "m:5000/v");
	ck_assert_str_eq(remap.identity.signed_prefix, "vendor.example");
}
END_TEST

START_TEST(has_words)
{
	ck_assert_str_eq(policy_requirement_word(POLICY_UNSET), "no requirement");
	ck_assert_str_eq(policy_requirement_word(POLICY_SIGSTORE_SIGNED), "sigstoreSigned");
	ck_assert_str_eq(
	    policy_requirement_word((enum policy_requirement_type)99), "no requirement");
	ck_assert_str_eq(policy_key_type_word(POLICY_KEY_UNSET), "no keys");
	ck_assert_str_eq(policy_key_type_word(POLICY_KEY_SIGNED_BY_X509_CAS), "signedByX509CAs");
	ck_assert_str_eq(policy_key_type_word((enum policy_key_type)99), "no keys");
	ck_assert_str_eq(policy_identity_word(POLICY_IDENTITY_UNSET), "no rule");
	ck_assert_str_eq(policy_identity_word(POLICY_IDENTITY_REMAP), "remapIdentity");
}
END_TEST

Suite *
policy_requirement_suite(void)
{
	Suite *s = suite_create("policy_requirement");
	TCase *t = tcase_create("policy_requirement");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, (int)ARRAY_LEN(accepted));
	tcase_add_test(t, reads_fulcio);
	tcase_add_test(t, reads_pki);
	tcase_add_test(t, reads_identities);
	tcase_add_test(t, has_words);
	suite_add_tcase(s, t);
	return s;
}
