/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/cluster_image_policy.h"
#include "rows.h"
#include "suites.h"

#define HEAD "{apiVersion: config.openshift.io/v1, kind: ClusterImagePolicy, "
#define OBJECT(spec) HEAD "metadata: {name: p}, spec: {" spec "}}\n"
#define SCOPES "scopes: [quay.io/a, quay.io/b]"
#define POLICY(policy) OBJECT(SCOPES ", policy: {" policy "}")
#define ROOT(root) POLICY("rootOfTrust: {" root "}")
#define KEY "policyType: PublicKey, publicKey: {keyData: a2V5}"
#define IDENTITY(identity) POLICY("rootOfTrust: {" KEY "}, signedIdentity: {" identity "}")

static const struct {
	const char *text, *part;
} refused[] = {
	{ "", "f: no ClusterImagePolicy in it" },
	{ "{items: []}", "f: no ClusterImagePolicy in it" },
	{ "a: [", "not acceptable YAML" },
	{ "text", "f: not a ClusterImagePolicy" },
	{ "{kind: ClusterImagePolicy}", "f: not a ClusterImagePolicy" },
	{ "{kind: ImagePolicy, apiVersion: config.openshift.io/v1}", "not a ClusterImagePolicy" },
	{ "{kind: ClusterImagePolicy, apiVersion: v1}", "not a ClusterImagePolicy" },
	{ "{items: [{kind: Pod}]}", "f: items[0]: not a ClusterImagePolicy" },
	{ HEAD "spec: {}}", "f: key \"metadata\" is missing" },
	{ HEAD "metadata: {name: p}}", "f: key \"spec\" is missing" },
	{ HEAD "metadata: {}, spec: {}}", "f: metadata: key \"name\" is missing" },
	{ HEAD "metadata: {name: p, annotations: []}, spec: {}}", "f: metadata.annotations: " },
	{ OBJECT(""), "f: spec: key \"policy\" is missing" },
	{ OBJECT("x: 1, policy: {}"), "f: spec: unknown key \"x\"" },
	{ POLICY("x: 1"), "f: spec.policy: unknown key \"x\"" },
	{ OBJECT("policy: {}"), "f: spec.scopes: " },
	{ OBJECT("policy: {}, scopes: quay.io"), "f: spec.scopes: " },
	{ OBJECT("policy: {}, scopes: []"), "the policy is for no image" },
	{ OBJECT("policy: {}, scopes: [quay.io, 1]"), "f: spec.scopes[1]: " },
	{ POLICY(""), "key \"rootOfTrust\" is missing" },
	{ ROOT(""), "spec.policy.rootOfTrust: key \"policyType\" is missing" },
	{ ROOT("policyType: Prayer"), "policyType: unknown type \"Prayer\"" },
	{ ROOT("policyType: PublicKey"), "key \"publicKey\" is missing" },
	{ ROOT(KEY ", pki: {}"), "rootOfTrust: unknown key \"pki\"" },
	{ ROOT("policyType: PublicKey, publicKey: {}"), "spec.policy" },
	{ ROOT("policyType: PublicKey, publicKey: {keyData: '***'}"), "spec.policy.keyData" },
	{ ROOT("policyType: PublicKey, publicKey: {keyData: a2V5, x: 1}"),
	    "rootOfTrust.publicKey: unknown key \"x\"" },
	{ ROOT("policyType: PublicKey, publicKey: {keyData: a2V5, rekorKeyData: 1}"),
	    "spec.policy.rekorPublicKeyData" },
	{ ROOT("policyType: FulcioCAWithRekor"), "key \"fulcioCAWithRekor\" is missing" },
	{ ROOT("policyType: FulcioCAWithRekor, fulcioCAWithRekor: {}"),
	    "key \"fulcioSubject\" is missing" },
	{ ROOT("policyType: FulcioCAWithRekor, fulcioCAWithRekor: {fulcioCAData: a2V5, "
	       "fulcioSubject: {oidcIssuer: i, signedEmail: e}}"),
	    "rekor" },
	{ ROOT("policyType: PKI"), "key \"pki\" is missing" },
	{ ROOT("policyType: PKI, pki: {caRootsData: a2V5}"),
	    "key \"pkiCertificateSubject\" is missing" },
	{ ROOT("policyType: PKI, pki: {caRootsData: a2V5, pkiCertificateSubject: {}}"),
	    "spec.policy.pki" },
	{ IDENTITY(""), "signedIdentity: key \"matchPolicy\" is missing" },
	{ IDENTITY("matchPolicy: 1"), "\"matchPolicy\" is a number" },
	{ IDENTITY("matchPolicy: matchRepository"), "unknown policy \"matchRepository\"" },
	{ IDENTITY("matchPolicy: MatchRepository, x: 1"), "unknown key \"x\"" },
	{ IDENTITY("matchPolicy: ExactRepository"), "key \"exactRepository\" is missing" },
	{ IDENTITY("matchPolicy: ExactRepository, exactRepository: {}"), "dockerRepository" },
	{ IDENTITY("matchPolicy: RemapIdentity, remapIdentity: {prefix: q.io}"), "signedPrefix" },
	{ ROOT(KEY) "---\ntext\n", "f: not a ClusterImagePolicy" },
};

START_TEST(refuses)
{
	AUTO(cluster_image_policies) p = CLUSTER_IMAGE_POLICIES_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].text,
	    cluster_image_policies_read(&p, "f", bytes_of_str(refused[_i].text), &e), &e, E_INVALID,
	    refused[_i].part);
	ck_assert_uint_eq(p.n, 0);
}
END_TEST

static const struct {
	const char *text;
	enum policy_trust trust;
	bool rekor;
	enum policy_identity_rule rule;
} read[] = {
	{ ROOT(KEY), POLICY_TRUST_KEYS, false, POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ ROOT("policyType: PublicKey, publicKey: {keyData: a2V5, rekorKeyData: a2V5}"),
	    POLICY_TRUST_KEYS, true, POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ ROOT("policyType: FulcioCAWithRekor, fulcioCAWithRekor: {fulcioCAData: a2V5, "
	       "rekorKeyData: "
	       "a2V5, fulcioSubject: {oidcIssuer: i, signedEmail: e}}"),
	    POLICY_TRUST_FULCIO, true, POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ ROOT("policyType: PKI, pki: {caRootsData: a2V5, caIntermediatesData: a2V5, "
	       "pkiCertificateSubject: {email: e, hostname: h}}"),
	    POLICY_TRUST_PKI, false, POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ IDENTITY("matchPolicy: MatchRepoDigestOrExact"), POLICY_TRUST_KEYS, false,
	    POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT },
	{ IDENTITY("matchPolicy: MatchRepository"), POLICY_TRUST_KEYS, false,
	    POLICY_IDENTITY_MATCH_REPOSITORY },
	{ IDENTITY("matchPolicy: ExactRepository, exactRepository: {repository: q.io/r}"),
	    POLICY_TRUST_KEYS, false, POLICY_IDENTITY_EXACT_REPOSITORY },
	{ IDENTITY("matchPolicy: RemapIdentity, remapIdentity: {prefix: m.io, signedPrefix: q.io}"),
	    POLICY_TRUST_KEYS, false, POLICY_IDENTITY_REMAP },
};

START_TEST(reads)
{
	AUTO(cluster_image_policies) p = CLUSTER_IMAGE_POLICIES_INIT;
	const char *row = read[_i].text;
	const struct policy_requirement *r;
	AUTO(err) e = ERR_INIT;

	row_accepted(row, cluster_image_policies_read(&p, "f", bytes_of_str(row), &e), &e);
	ck_assert_uint_eq(p.n, 1);
	row_string(row, "name", p.v[0].name, "p");
	ck_assert_uint_eq(p.v[0].n_scopes, 2);
	row_string(row, "scope", p.v[0].scopes[1], "quay.io/b");
	r = &p.v[0].requirement;
	ck_assert_int_eq(r->type, POLICY_SIGSTORE_SIGNED);
	ck_assert_msg(r->trust == read[_i].trust, "%s", row);
	ck_assert_msg((r->rekor.kind != POLICY_SOURCE_NONE) == read[_i].rekor, "%s", row);
	ck_assert_msg(r->identity.rule == read[_i].rule, "%s", row);
}
END_TEST

/* A release image has all kinds of objects, and the CRD of this one. */
static const struct {
	const char *text, *part;
	size_t n;
} picked[] = {
	{ "a: [", "not acceptable YAML", 0 },
	{ "{a: b}", "f: not a ClusterImagePolicy", 0 },
	{ "{kind: ClusterImagePolicy, apiVersion: v1}", "f: not a ClusterImagePolicy", 0 },
	{ ROOT("") "---\n{kind: Pod}", "key \"policyType\" is missing", 0 },
	{ "", NULL, 0 },
	{ "{apiVersion: config.openshift.io/v1alpha1, kind: ClusterImagePolicy, metadata: {name: "
	  "p}, "
	  "spec: {" SCOPES ", policy: {rootOfTrust: {" KEY "}}}}",
	    NULL, 1 },
	{ "{kind: CustomResourceDefinition, spec: {names: {kind: ClusterImagePolicy}}}", NULL, 0 },
	{ "{kind: Pod}\n---\n" ROOT(KEY) "---\n{kind: List, items: [{kind: Pod}]}", NULL, 1 },
};

START_TEST(picks)
{
	AUTO(cluster_image_policies) p = CLUSTER_IMAGE_POLICIES_INIT;
	AUTO(err) e = ERR_INIT;
	const char *row = picked[_i].text;
	int r = cluster_image_policies_pick(&p, "f", bytes_of_str(row), &e);

	if (picked[_i].part != NULL)
		row_refused(row, r, &e, E_INVALID, picked[_i].part);
	else
		row_accepted(row, r, &e);
	ck_assert_uint_eq(p.n, picked[_i].n);
}
END_TEST

START_TEST(finds_by_scope)
{
	static const char text[] =
	    "{items: [" HEAD
	    "metadata: {name: one}, spec: {scopes: [quay.io, quay.io/a/b], policy: "
	    "{rootOfTrust: {" KEY "}}}},\n" HEAD
	    "metadata: {name: two}, spec: {scopes: [quay.io/a/b], policy: {rootOfTrust: {" KEY
	    "}}}}]}\n";
	static const struct {
		const char *image, *first;
		size_t n;
	} rows[] = {
		{ "quay.io/a/b:t", "one", 2 },
		{ "quay.io/a/c:t", "one", 1 },
		{ "quay.io/a/b/c:t", "one", 2 },
		{ "registry.io/a/b:t", NULL, 0 },
	};
	AUTO(cluster_image_policies) p = CLUSTER_IMAGE_POLICIES_INIT;
	const struct cluster_image_policy **found;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(scopes) scopes = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	size_t n;

	row_accepted("text", cluster_image_policies_read(&p, "f", bytes_of_str(text), &e), &e);
	row_accepted("image", reference_parse(&image, rows[_i].image, &e), &e);
	row_accepted("scopes", scopes_of_reference(&scopes, &image, &e), &e);
	found = cluster_image_policies_find(&p, &scopes, &n);
	ck_assert_uint_eq(n, rows[_i].n);
	row_string(rows[_i].image, "first", n > 0 ? found[0]->name : NULL, rows[_i].first);
	free(found);
}
END_TEST

START_TEST(limits_scopes)
{
	AUTO(cluster_image_policies) p = CLUSTER_IMAGE_POLICIES_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&text, HEAD "metadata: {name: p}, spec: {policy: {}, scopes: [s");
	for (size_t i = 1; i <= MAX_POLICY_SCOPES; i++)
		buf_add_str(&text, ", s");
	buf_add_str(&text, "]}}");
	row_refused("one above", cluster_image_policies_read(&p, "f", buf_bytes(&text), &e), &e,
	    E_TOO_LARGE, "f: spec.scopes: more than");
}
END_TEST

Suite *
cluster_image_policy_suite(void)
{
	Suite *s = suite_create("cluster_image_policy");
	TCase *t = tcase_create("cluster_image_policy");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_test(t, limits_scopes);
	tcase_add_loop_test(t, reads, 0, (int)ARRAY_LEN(read));
	tcase_add_loop_test(t, picks, 0, (int)ARRAY_LEN(picked));
	tcase_add_loop_test(t, finds_by_scope, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
