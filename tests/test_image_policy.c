/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sample release under policies, without a network: nothing is accepted without a signature
 * that meets every requirement, or a requirement that asks for none and says so.
 */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/children.h"
#include "base/clock.h"
#include "judge.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "verify/image.h"

#define DATA TEST_SRCDIR "/testdata/"
#define UPSTREAM "quay.io/openshift-release-dev/ocp-release"
#define TAG UPSTREAM ":4.99.0-x86_64"
#define HEX "b1f20f1510a77dced94eb382a5b02abe7ca3b63d8aa94ad5a52c49321dffb50c"
#define SAMPLE "sha256:" HEX
#define KEPT "store/openshift-release-dev/ocp-release@sha256=" HEX "/signature-"
#define KEY(name) ",\"keyPath\":\"" DATA "keys/" name "\""
#define GPG(name, more) "{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\"" KEY(name) more "}"
#define PEM(name, more)                                                                            \
	"{\"type\":\"sigstoreSigned\",\"keyPath\":\"" DATA "sigstore/keys/" name ".pem\"" more "}"
#define IDENTITY(rule) ",\"signedIdentity\":{\"type\":\"" rule "\"}"
#define EXACT(name)                                                                                \
	",\"signedIdentity\":{\"type\":\"exactReference\",\"dockerReference\":\"" name "\"}"
#define ANYTHING "{\"type\":\"insecureAcceptAnything\"}"
#define REJECT "{\"type\":\"reject\"}"
#define RELEASE GPG("release.asc", "")
#define OTHER GPG("other.asc", "")
#define SIGSTORE PEM("p256", EXACT(TAG))

static struct {
	struct node_config config;
	struct trusted_keys ring;
	struct policy_run policy;
	struct http *http;
	struct openpgp *openpgp;
	struct ready *ready;
	struct image_options options;
} node;

/* registries.d of the tree leads to the store in the tree. */
static void
set_up(void)
{
	static const struct http_options offline = { .offline = true, .timeout_ms = 1000 };
	AUTO_STR char *store = NULL;
	AUTO_STR char *text = NULL;
	AUTO(err) e = ERR_INIT;

	memset(&node, 0, sizeof(node));
	tree_make();
	store = tree_path("store");
	text = xasprintf("default-docker: {lookaside: 'file://%s'}\n", store);
	tree_write_str("d/a.yaml", text);
	ck_assert_msg(
	    children_adopt(&e) == 0 && http_open(&node.http, &offline, &e) == 0, "%s", err_msg(&e));
	node.options = (struct image_options){ .policy = &node.policy,
		.manifest_file = DATA "release/manifest.json",
		.machine = "x86_64" };
}

static void
forget_policy(void)
{
	ready_free(node.ready);
	openpgp_free(node.openpgp);
	policy_run_free(&node.policy);
	trusted_keys_free(&node.ring);
	node_config_free(&node.config);
	node.ready = NULL;
	node.openpgp = NULL;
}

static void
tear_down(void)
{
	forget_policy();
	http_free(node.http);
	unsetenv("GNUPGHOME");
	tree_remove();
}

/* The sample's signature, or another blob of testdata, as signature-N of the release's store. */
static void
keep(const char *blob, unsigned n)
{
	AUTO_STR char *name = xasprintf(KEPT "%u", n);
	AUTO(buf) content = BUF_INIT;

	testdata_read(&content, blob);
	tree_write(name, buf_bytes(&content));
}

static void
decide(const char *policy, const char *image, struct image_report *out)
{
	AUTO_STR char *file = tree_path("policy.json");
	AUTO_STR char *d = tree_path("d");
	const struct node_config_options where = { .policy_file = file, .registriesd = d };
	const struct openpgp_options oo = { .timeout_ms = 20000 };
	char *const names[] = { xstrdup(image) };
	struct image_run run = { .options = &node.options, .http = node.http };
	AUTO(err) e = ERR_INIT;

	tree_write_str("policy.json", policy);
	row_accepted("the policy", node_config_read(&node.config, &where, &e), &e);
	row_accepted("its keys",
	    policy_run_make(&node.policy, &node.config, names, 1, "x86_64", false, &node.ring, &e),
	    &e);
	row_accepted("gpg's home", openpgp_open(&node.openpgp, &oo, &e), &e);
	node.ready = ready_new();
	ready_set(node.ready, openpgp_trust(node.openpgp, &node.ring, &e) == 0 ? NULL : &e);
	run.openpgp = node.openpgp;
	run.keys = node.ready;
	image_verify(&run, image, out);
	free(names[0]);
}

static void
expect(const char *row, const struct image_report *r, enum reason want, bool verified)
{
	const struct verdict *v = &r->verdict;

	ck_assert_msg(verdict_reason(v) == want, "%s: %s (%s), want %s", row,
	    reason_word(verdict_reason(v)), verdict_detail(v), reason_word(want));
	ck_assert_msg(verdict_accepted(v) == (want == REASON_ACCEPTED), "%s: accepted?", row);
	ck_assert_msg(verdict_verified(v) == verified, "%s: verified?", row);
	ck_assert_msg(r->n_requirements == v->n && v->n > 0, "%s: %zu obligations, %zu in report",
	    row, v->n, r->n_requirements);
	for (size_t i = 0; i < r->n_requirements; i++) {
		const struct obligation *o = &v->v[r->requirements[i].obligation];

		ck_assert_msg(o->discharged == (r->requirements[i].accepted > 0),
		    "%s: requirement %zu: discharged without an attempt, or the other way", row, i);
		ck_assert_msg(
		    !o->waived || strcmp(r->requirements[i].type, "insecureAcceptAnything") == 0,
		    "%s: requirement %zu is waived", row, i);
	}
}

static const struct {
	const char *name, *requirements, *image;
	const char *blobs[3];
	enum reason reason;
	bool verified;
} rows[] = {
	{ "reject", REJECT, TAG, { "release/signature-1" }, REASON_REJECTED_BY_POLICY, false },
	{ "reject beside a signature", RELEASE "," REJECT, TAG, { "release/signature-1" },
	    REASON_REJECTED_BY_POLICY, false },
	{ "reject beside anything", ANYTHING "," REJECT, TAG, { NULL }, REASON_REJECTED_BY_POLICY,
	    false },
	{ "signedBaseLayer",
	    "{\"type\":\"signedBaseLayer\",\"baseLayerIdentity\":{\"type\":\"matchExact\"}}", TAG,
	    { "release/signature-1" }, REASON_REJECTED_BY_POLICY, false },
	{ "a keyType that nobody implements",
	    "{\"type\":\"signedBy\",\"keyType\":\"signedByGPGKeys\"" KEY("release.asc") "}", TAG,
	    { "release/signature-1" }, REASON_REJECTED_BY_POLICY, false },
	{ "no keys", "{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPaths\":[]}", TAG,
	    { "release/signature-1" }, REASON_REJECTED_BY_POLICY, false },
	{ "certificates",
	    "{\"type\":\"sigstoreSigned\",\"pki\":{\"caRootsPath\":\"" DATA
	    "sigstore/keys/certificate.pem\",\"subjectEmail\":\"a@b\"}}",
	    TAG, { "sigstore/signatures/p256" }, REASON_REJECTED_BY_POLICY, false },
	{ "a key file that is not there", GPG("nothing.asc", ""), TAG, { "release/signature-1" },
	    REASON_IO_ERROR, false },
	{ "one of two is not there", RELEASE "," GPG("nothing.asc", ""), TAG,
	    { "release/signature-1" }, REASON_IO_ERROR, false },
	{ "a key that is none", GPG("garbage.asc", ""), TAG, { "release/signature-1" },
	    REASON_IO_ERROR, false },
	{ "no signature", RELEASE, TAG, { NULL }, REASON_NO_SIGNATURE, false },
	{ "no signature of this kind", RELEASE, TAG, { "sigstore/signatures/p256" },
	    REASON_NO_SIGNATURE, false },
	{ "no signature of that kind", SIGSTORE, TAG, { "release/signature-1" },
	    REASON_NO_SIGNATURE, false },
	{ "another key", OTHER, TAG, { "release/signature-1" }, REASON_UNKNOWN_KEY, false },
	{ "another requirement's key", RELEASE "," OTHER, TAG, { "release/signature-1" },
	    REASON_UNTRUSTED_KEY, false },
	{ "another tag", RELEASE, UPSTREAM ":4.99.1-x86_64", { "release/signature-1" },
	    REASON_IDENTITY_MISMATCH, false },
	{ "matchExact and a digest", GPG("release.asc", IDENTITY("matchExact")),
	    UPSTREAM "@" SAMPLE, { "release/signature-1" }, REASON_IDENTITY_MISMATCH, false },
	{ "another digest", RELEASE, TAG, { "release-multi/signature-1" },
	    REASON_SIGNED_DIGEST_MISMATCH, false },
	{ "no \"optional\"", RELEASE, TAG, { "adversary/payload-optional-absent/blob" },
	    REASON_MALFORMED_PAYLOAD, false },
	{ "a good one, then what is none", RELEASE, TAG,
	    { "release/signature-1", "adversary/html/blob" }, REASON_NOT_A_SIGNATURE, false },
	{ "a good one, then nothing", RELEASE, TAG,
	    { "release/signature-1", "adversary/empty/blob" }, REASON_NOT_A_SIGNATURE, false },
	{ "a tag and a digest", RELEASE, TAG "@" SAMPLE, { "release/signature-1" }, REASON_USAGE,
	    false },
	{ "a tag and a digest, anything", ANYTHING, TAG "@" SAMPLE, { NULL }, REASON_USAGE, false },
	{ "another digest than asked for", ANYTHING,
	    UPSTREAM "@sha256:1111111111111111111111111111111111111111111111111111111111111111",
	    { NULL }, REASON_MANIFEST_DIGEST_MISMATCH, false },
	{ "no name", ANYTHING, "Not//A:Name@", { NULL }, REASON_USAGE, false },
	{ "sigstore by another key", PEM("other", EXACT(TAG)), TAG, { "sigstore/signatures/p256" },
	    REASON_BAD_SIGNATURE, false },
	{ "sigstore by another name", PEM("p256", EXACT("quay.io/a/b:1")), TAG,
	    { "sigstore/signatures/p256" }, REASON_IDENTITY_MISMATCH, false },
	{ "OpenPGP without sigstore", RELEASE "," SIGSTORE, TAG, { "release/signature-1" },
	    REASON_NO_SIGNATURE, false },

	{ "anything", ANYTHING, TAG, { NULL }, REASON_ACCEPTED, false },
	{ "signed", RELEASE, TAG, { "release/signature-1" }, REASON_ACCEPTED, true },
	{ "signed, by digest", RELEASE, UPSTREAM "@" SAMPLE, { "release/signature-1" },
	    REASON_ACCEPTED, true },
	{ "signed beside anything", ANYTHING "," RELEASE, TAG, { "release/signature-1" },
	    REASON_ACCEPTED, true },
	{ "the third of three", RELEASE, TAG,
	    { "adversary/unknown-key/blob", "adversary/payload-other-tag/blob",
		"release/signature-1" },
	    REASON_ACCEPTED, true },
	{ "two requirements, one signature", RELEASE "," GPG("two.asc", ""), TAG,
	    { "release/signature-1" }, REASON_ACCEPTED, true },
	{ "two requirements, two signatures", RELEASE "," OTHER, TAG,
	    { "release/signature-1", "adversary/other-trusted/blob" }, REASON_ACCEPTED, true },
	{ "two kinds of signatures", SIGSTORE "," RELEASE, TAG,
	    { "release/signature-1", "sigstore/signatures/p256" }, REASON_ACCEPTED, true },
};

static void
fill_store(size_t row)
{
	for (unsigned i = 0; i < 3 && rows[row].blobs[i] != NULL; i++)
		keep(rows[row].blobs[i], i + 1);
}

START_TEST(decides)
{
	AUTO_STR char *policy = xasprintf("{\"default\":[%s]}", rows[_i].requirements);
	AUTO(image_report) r = IMAGE_REPORT_INIT;

	fill_store((size_t)_i);
	decide(policy, rows[_i].image, &r);
	expect(rows[_i].name, &r, rows[_i].reason, rows[_i].verified);
}
END_TEST

/* Whatever the policy says and the store has: after the deadline nothing is accepted. */
START_TEST(accepts_nothing_late)
{
	AUTO_STR char *policy = xasprintf("{\"default\":[%s]}", rows[_i].requirements);
	AUTO(image_report) r = IMAGE_REPORT_INIT;

	fill_store((size_t)_i);
	node.options.deadline = deadline_after(clock_ms() - 2000, 2000);
	decide(policy, rows[_i].image, &r);
	ck_assert_msg(!verdict_accepted(&r.verdict), "%s: accepted late", rows[_i].name);
	ck_assert_msg(
	    verdict_outcome(&r.verdict) == OUTCOME_UNDECIDED, "%s: decided late", rows[_i].name);
}
END_TEST

/* --require-signed: what was accepted unverified is refused, all else stays. */
START_TEST(requires_signatures)
{
	AUTO_STR char *policy = xasprintf("{\"default\":[%s]}", rows[_i].requirements);
	AUTO(image_report) r = IMAGE_REPORT_INIT;
	enum reason want = rows[_i].reason;

	fill_store((size_t)_i);
	node.options.require_signed = true;
	if (want == REASON_ACCEPTED && !rows[_i].verified)
		want = REASON_REJECTED_BY_POLICY;
	decide(policy, rows[_i].image, &r);
	expect(rows[_i].name, &r, want, rows[_i].verified);
}
END_TEST

/* All signatures must be had, also those that would not be needed. */
START_TEST(reads_to_the_end)
{
	static const char *const broken[] = { KEPT "2/x", "d/a.yaml" };
	AUTO(image_report) r = IMAGE_REPORT_INIT;

	keep("release/signature-1", 1);
	tree_write_str(broken[_i], "default-docker: {lookaside: 'https://127.0.0.1:1/x'}\n");
	decide("{\"default\":[" RELEASE "]}", TAG, &r);
	ck_assert_int_eq(verdict_outcome(&r.verdict), OUTCOME_UNDECIDED);
	ck_assert_uint_eq(r.requirements[0].accepted, 0);
}
END_TEST

/* A list: the image in it that is for the machine, by its own signatures and the list's name. */
static const struct {
	const char *name, *machine, *manifest;
	bool keep_signature; /* of the image */
	enum reason reason;
} lists[] = {
	{ "no machine", NULL, NULL, true, REASON_UNSUPPORTED_MANIFEST },
	{ "a machine that is not in it", "s390x", NULL, true, REASON_UNSUPPORTED_MANIFEST },
	{ "without the image's signature", "x86_64", NULL, false, REASON_NO_SIGNATURE },
	{ "another manifest under its name", "x86_64", "{ }", true,
	    REASON_MANIFEST_DIGEST_MISMATCH },
	{ "as it should be", "x86_64", NULL, true, REASON_ACCEPTED },
	{ "another machine", "aarch64", NULL, true, REASON_ACCEPTED },
};

static void
copy_list(const char *manifest, bool keep_signature)
{
	static const char *const children[] = {
		"311008534a232a98bb50a0fba897fc036271ef810e9bd204afa0435eb6ffd56e",
		"71774e970146f9baec984b177efbab05570579545e891e3b4c0803eab2e0ddc2"
	};
	static const char *const files[] = { "manifest.json", "signature-1" };

	for (size_t i = 0; i <= ARRAY_LEN(children); i++)
		for (size_t f = 0; f < ARRAY_LEN(files); f++) {
			bool list = i == ARRAY_LEN(children);
			AUTO_STR char *from = xasprintf("release-multi/%s%s%s",
			    list ? "" : children[i], list ? "" : ".", files[f]);
			AUTO_STR char *to = xasprintf("image/%s", from + strlen("release-multi/"));
			AUTO(buf) content = BUF_INIT;

			testdata_read(&content, from);
			if (!list && f == 0 && manifest != NULL)
				tree_write_str(to, manifest);
			else if (list || f == 0 || keep_signature)
				tree_write(to, buf_bytes(&content));
		}
}

START_TEST(takes_one_of_a_list)
{
	AUTO_STR char *path = tree_path("image");
	AUTO_STR char *image = xasprintf("dir:%s", path);
	AUTO(image_report) r = IMAGE_REPORT_INIT;

	copy_list(lists[_i].manifest, lists[_i].keep_signature);
	node.options.manifest_file = NULL;
	node.options.machine = lists[_i].machine;
	decide(
	    "{\"default\":[" GPG("release.asc", EXACT(UPSTREAM ":4.99.0-multi")) "]}", image, &r);
	expect(lists[_i].name, &r, lists[_i].reason, lists[_i].reason == REASON_ACCEPTED);
	if (lists[_i].reason == REASON_ACCEPTED)
		ck_assert_msg(
		    digest_is_set(&r.list.digest) && !digest_equal(&r.list.digest, &r.digest),
		    "%s: the list is not told of", lists[_i].name);
}
END_TEST

/* A link that led to another entry when the keys were read: no keys, no verdict. */
START_TEST(wants_the_keys_it_read)
{
	AUTO_STR char *link = tree_path("link");
	AUTO_STR char *elsewhere = tree_path("elsewhere");
	AUTO_STR char *real = NULL;
	AUTO_STR char *policy = NULL;
	AUTO_STR char *image = xasprintf("dir:%s", link);
	struct image_run run = { .options = &node.options, .http = node.http };
	AUTO(image_report) first = IMAGE_REPORT_INIT;
	AUTO(image_report) second = IMAGE_REPORT_INIT;

	tree_directory("elsewhere");
	tree_link("link", DATA "release");
	real = realpath(elsewhere, NULL);
	policy = xasprintf("{\"default\":[" GPG("release.asc",
			       EXACT(TAG)) "],\"transports\":"
					   "{\"dir\":{\"%s\":[" GPG("two.asc", EXACT(TAG)) "]}}}",
	    real);
	node.options.manifest_file = NULL;
	decide(policy, image, &first);
	expect("as it was", &first, REASON_ACCEPTED, true);
	ck_assert_int_eq(remove(link), 0);
	tree_link("link", "elsewhere");
	node.options.manifest_file = DATA "release/manifest.json";
	run.openpgp = node.openpgp;
	run.keys = node.ready;
	image_verify(&run, image, &second);
	expect("changed", &second, REASON_IO_ERROR, false);
	ck_assert_int_eq(verdict_outcome(&second.verdict), OUTCOME_UNDECIDED);
}
END_TEST

Suite *
image_policy_suite(void)
{
	Suite *s = suite_create("image_policy");
	TCase *t = tcase_create("image_policy");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, decides, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, requires_signatures, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, accepts_nothing_late, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, reads_to_the_end, 0, 2);
	tcase_add_loop_test(t, takes_one_of_a_list, 0, ARRAY_LEN(lists));
	tcase_add_test(t, wants_the_keys_it_read);
	suite_add_tcase(s, t);
	return s;
}
