/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chains of digests: each begins with what was accepted, and each step is compared. */
#include <string.h>

#include <check.h>
#include <openssl/evp.h>

#include "failing.h"
#include "judge.h"
#include "sigstore_data.h"
#include "suites.h"
#include "trust/agreement.h"
#include "trust/link.h"
#include "trust/sigstore.h"

/* The sample release's own signature accepts its manifest. */
static struct {
	struct judge judge;
	struct judged proven;
	struct buf manifest;
	struct digest digest;
	struct verdict accepted;
	struct link *root;
	struct digest content, other;
} sample;

#define CONTENT "content"
#define OTHER "another content"

static void
set_up(void)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;

	memset(&sample, 0, sizeof(sample));
	judge_must_open(&sample.judge, NULL);
	testdata_read(&blob, "release/signature-1");
	testdata_read(&sample.manifest, "release/manifest.json");
	judge_blob(&sample.judge, buf_bytes(&blob), &sample.proven);
	ck_assert(sample.proven.claim != NULL);
	sample.digest = *claim_digest(sample.proven.claim);
	(void)verdict_require(&sample.accepted, "signed");
	verdict_discharge(&sample.accepted, 0, sample.proven.claim);
	ck_assert_int_eq(link_begin(&sample.root, &sample.accepted, &sample.digest,
			     buf_bytes(&sample.manifest), &why, &e),
	    OUTCOME_PROVEN);
	ck_assert_int_eq(digest_of_bytes(&sample.content, bytes_of_str(CONTENT), &e), 0);
	ck_assert_int_eq(digest_of_bytes(&sample.other, bytes_of_str(OTHER), &e), 0);
}

static void
tear_down(void)
{
	link_free(sample.root);
	verdict_free(&sample.accepted);
	buf_free(&sample.manifest);
	judged_free(&sample.proven);
	judge_must_close(&sample.judge);
}

static void
must_be(const char *row, enum outcome got, enum outcome want, const struct link *l, enum reason why,
    const struct err *e)
{
	ck_assert_msg(got == want, "%s: outcome %d, want %d", row, (int)got, (int)want);
	ck_assert_msg((l != NULL) == (want == OUTCOME_PROVEN), "%s: a link", row);
	if (want == OUTCOME_PROVEN)
		return;
	ck_assert_msg(why == (want == OUTCOME_REFUSED ? REASON_CONTENT_MISMATCH : REASON_IO_ERROR),
	    "%s: %s", row, reason_word(why));
	ck_assert_msg(e->code != E_NONE, "%s: no message", row);
}

/*
 * --- the beginning ------------------------------------------------------------------------------
 */

static void
must_not_begin(
    const char *row, const struct verdict *v, const struct digest *digest, struct bytes manifest)
{
	AUTO_PTR(link) l = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	enum outcome outcome = link_begin(&l, v, digest, manifest, &why, &e);

	must_be(row, outcome, OUTCOME_REFUSED, l, why, &e);
}

START_TEST(begins_with_nothing_else)
{
	const struct policy_requirement anything = { .type = POLICY_INSECURE_ACCEPT_ANYTHING };
	AUTO_PTR(waiver) waiver = waiver_make(&anything);
	const struct bytes manifest = buf_bytes(&sample.manifest);
	struct digest none = { 0 };
	AUTO(verdict) v = VERDICT_INIT;

	must_not_begin("a verdict of zeros", &v, &sample.digest, manifest);
	(void)verdict_require(&v, "one");
	must_not_begin("an open one", &v, &sample.digest, manifest);
	verdict_waive(&v, 0, waiver);
	ck_assert(verdict_accepted(&v));
	must_not_begin("nothing was verified", &v, &sample.digest, manifest);
	must_not_begin("another digest", &sample.accepted, &sample.content, manifest);
	must_not_begin("another digest and its bytes", &sample.accepted, &sample.content,
	    bytes_of_str(CONTENT));
	must_not_begin("no digest", &sample.accepted, &none, manifest);
	must_not_begin("other bytes", &sample.accepted, &sample.digest, bytes_of_str(CONTENT));
	must_not_begin("no bytes", &sample.accepted, &sample.digest, bytes_of(NULL, 0));
	(void)verdict_require(&sample.accepted, "two");
	must_not_begin("one open of two", &sample.accepted, &sample.digest, manifest);
}
END_TEST

/*
 * --- each step ----------------------------------------------------------------------------------
 */

static struct link *
by_size(const struct link *parent)
{
	AUTO(err) e = ERR_INIT;
	enum reason why;
	struct link *l;

	ck_assert_int_eq(link_by_size(&l, parent, &sample.content, 7, 7, &why, &e), OUTCOME_PROVEN);
	ck_assert(link_is_by_size(l) && digest_equal(link_digest(l), &sample.content));
	return l;
}

/* The same in one piece and in several. */
static void
try(const char *row, const struct link *parent, const struct digest *named, uint64_t size,
    const char *text, enum outcome want)
{
	struct link_hash *h = link_hash_begin(parent, named, size);
	AUTO_PTR(link) whole = NULL;
	AUTO_PTR(link) pieces = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	enum outcome outcome =
	    link_follow(&whole, parent, named, &size, bytes_of_str(text), &why, &e);

	must_be(row, outcome, want, whole, why, &e);
	for (size_t i = 0; text[i] != '\0'; i++)
		link_hash_add(h, bytes_of(text + i, 1));
	link_hash_add(h, bytes_of(NULL, 0));
	ck_assert_uint_eq(link_hash_count(h), strlen(text));
	why = REASON_UNSET;
	outcome = link_hash_end(&pieces, h, &why, &e);
	must_be(row, outcome, want, pieces, why, &e);
	if (pieces != NULL)
		ck_assert(!link_is_by_size(pieces) && digest_equal(link_digest(pieces), named));
}

START_TEST(follows)
{
	AUTO_PTR(link) sized = by_size(sample.root);
	const struct digest none = { 0 };
	const struct link *root = sample.root;

	try("no parent", NULL, &sample.content, 7, CONTENT, OUTCOME_REFUSED);
	try("a parent by size", sized, &sample.content, 7, CONTENT, OUTCOME_REFUSED);
	try("another digest", root, &sample.other, 7, CONTENT, OUTCOME_REFUSED);
	try("no digest", root, &none, 7, CONTENT, OUTCOME_REFUSED);
	try("one byte less", root, &sample.content, 7, "conten", OUTCOME_REFUSED);
	try("one byte more", root, &sample.content, 7, CONTENT "x", OUTCOME_REFUSED);
	try("other bytes", root, &sample.content, 7, "Content", OUTCOME_REFUSED);
	try("another size", root, &sample.content, 8, CONTENT, OUTCOME_REFUSED);
	try("all is right", root, &sample.content, 7, CONTENT, OUTCOME_PROVEN);
}
END_TEST

START_TEST(needs_no_size)
{
	AUTO_PTR(link) l = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why;

	ck_assert_int_eq(
	    link_follow(&l, sample.root, &sample.content, NULL, bytes_of_str(CONTENT), &why, &e),
	    OUTCOME_PROVEN);
}
END_TEST

START_TEST(compares_sizes)
{
	AUTO_PTR(link) sized = by_size(sample.root);
	const struct digest none = { 0 };
	AUTO(err) e = ERR_INIT;
	enum reason why;
	struct link *l;

	ck_assert_int_eq(link_by_size(&l, NULL, &sample.content, 7, 7, &why, &e), OUTCOME_REFUSED);
	ck_assert_int_eq(link_by_size(&l, sized, &sample.content, 7, 7, &why, &e), OUTCOME_REFUSED);
	ck_assert_int_eq(link_by_size(&l, sample.root, &none, 7, 7, &why, &e), OUTCOME_REFUSED);
	ck_assert_int_eq(
	    link_by_size(&l, sample.root, &sample.content, 7, 8, &why, &e), OUTCOME_REFUSED);
	must_be("another size", OUTCOME_REFUSED, OUTCOME_REFUSED, l, why, &e);
}
END_TEST

START_TEST(openssl_fails)
{
	static const char *const functions[] = { "EVP_DigestInit_ex", "EVP_DigestUpdate",
		"EVP_DigestFinal_ex", "EVP_Digest" };
	const char *row = functions[_i];
	struct link_hash *h;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	enum outcome outcome;
	struct link *l;

	fail_call(row, 0);
	h = link_hash_begin(sample.root, &sample.content, 7);
	link_hash_add(h, bytes_of_str(CONTENT));
	if (strcmp(row, "EVP_Digest") == 0) {
		link_hash_free(h);
		outcome = link_follow(
		    &l, sample.root, &sample.content, NULL, bytes_of_str(CONTENT), &why, &e);
	} else {
		outcome = link_hash_end(&l, h, &why, &e);
	}
	must_be(row, outcome, OUTCOME_UNDECIDED, l, why, &e);
	ck_assert(fail_happened());
	link_hash_free(NULL);
}
END_TEST

/*
 * --- what a link discharges ---------------------------------------------------------------------
 */

static bool
discharges(const struct link *l, enum proof wants, const struct digest *about)
{
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require_proof(&v, "one", wants, about);
	verdict_discharge_link(&v, 0, l);
	verdict_discharge_link(&v, 1, l);
	ck_assert(verdict_accepted(&v) == v.v[0].discharged);
	return verdict_accepted(&v);
}

START_TEST(discharges_what_it_proves)
{
	AUTO_PTR(link) sized = by_size(sample.root);
	const struct link *root = sample.root;
	const struct digest none = { 0 };

	ck_assert(!discharges(NULL, PROOF_INTACT, &sample.digest));
	ck_assert(!discharges(root, PROOF_CLAIM, &sample.digest));
	ck_assert(!discharges(root, PROOF_VERDICT, &sample.digest));
	ck_assert(!discharges(root, PROOF_AGREEMENT, &sample.digest));
	ck_assert(!discharges(root, PROOF_INTACT, &sample.content));
	ck_assert(!discharges(root, PROOF_INTACT, &none));
	ck_assert(!discharges(root, PROOF_INTACT, NULL));
	ck_assert(!discharges(root, PROOF_PRESENT, &sample.content));
	ck_assert(!discharges(sized, PROOF_INTACT, &sample.content));
	ck_assert(!discharges(sized, PROOF_PRESENT, &sample.digest));
	ck_assert(discharges(sized, PROOF_PRESENT, &sample.content));
	ck_assert(discharges(root, PROOF_PRESENT, &sample.digest));
	ck_assert(discharges(root, PROOF_INTACT, &sample.digest));
}
END_TEST

START_TEST(no_other_proof_does)
{
	const struct policy_requirement anything = { .type = POLICY_INSECURE_ACCEPT_ANYTHING };
	AUTO_PTR(waiver) waiver = waiver_make(&anything);
	AUTO_PTR(agreement) agreement = agreement_of_counts(1, 1);

	for (enum proof wants = PROOF_VERDICT; wants <= PROOF_AGREEMENT; wants++) {
		AUTO(verdict) v = VERDICT_INIT;

		(void)verdict_require_proof(&v, "one", wants, &sample.digest);
		verdict_discharge(&v, 0, sample.proven.claim);
		verdict_waive(&v, 0, waiver);
		if (wants != PROOF_VERDICT)
			verdict_discharge_verdict(&v, 0, &sample.accepted);
		if (wants != PROOF_AGREEMENT)
			verdict_discharge_agreement(&v, 0, agreement);
		verdict_discharge_agreement(&v, 0, NULL);
		ck_assert_msg(!verdict_accepted(&v), "%d", (int)wants);
		if (wants == PROOF_AGREEMENT)
			verdict_discharge_agreement(&v, 0, agreement);
		ck_assert(verdict_accepted(&v) == (wants == PROOF_AGREEMENT));
	}
}
END_TEST

START_TEST(another_verdict_does)
{
	AUTO(verdict) open = VERDICT_INIT;
	AUTO(verdict) other = VERDICT_INIT;
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require(&open, "open");
	(void)verdict_require_proof(&other, "other", PROOF_VERDICT, &sample.content);
	(void)verdict_require_proof(&v, "one", PROOF_VERDICT, &sample.digest);
	verdict_discharge_verdict(&v, 0, NULL);
	verdict_discharge_verdict(&v, 0, &open);
	verdict_discharge_verdict(&v, 1, &sample.accepted);
	verdict_discharge_verdict(&other, 0, &sample.accepted);
	ck_assert(!verdict_accepted(&v) && !verdict_accepted(&other));
	verdict_discharge_verdict(&v, 0, &sample.accepted);
	ck_assert(verdict_accepted(&v));
	ck_assert(digest_equal(verdict_digest(&v), &sample.digest));
	(void)verdict_require_proof(&v, "two", PROOF_INTACT, &sample.digest);
	verdict_discharge_link(&v, 1, sample.root);
	ck_assert_msg(verdict_accepted(&v) && verdict_digest(&v) == NULL,
	    "what was not signed is no beginning");
}
END_TEST

/* That a key signed another digest. */
static struct claim *
other_claim(void)
{
	AUTO_STR char *text =
	    xasprintf("{\"critical\":{\"identity\":{\"docker-reference\":\"q.io/a:1\"},\"image\":"
		      "{\"docker-manifest-digest\":\"%s\"},\"type\":\"cosign container image "
		      "signature\"},\"optional\":{}}",
		sample.other.text);
	AUTO(public_keys) keys = PUBLIC_KEYS_INIT;
	AUTO(reference) reference = REFERENCE_INIT;
	AUTO(identity) identity = IDENTITY_INIT;
	AUTO(sigstore_signature) s = SIGSTORE_SIGNATURE_INIT;
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO_PTR(subject) subject = NULL;
	AUTO(payload) seen = PAYLOAD_INIT;
	const struct sigstore_trust trust = { .root = SIGSTORE_ROOT_KEYS, .keys = &keys };
	struct expectation expected = { .identity = &identity,
		.optional = PAYLOAD_OPTIONAL_REQUIRED };
	struct sigstore_facts facts;
	AUTO(buf) octets = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;
	struct claim *claim;

	sigstore_keys(&keys, "p256");
	sigstore_sign(&octets, "p256", bytes_of_str(text));
	s.media_type = xstrdup(SIGSTORE_SIGNATURE_TYPE);
	s.annotations.signature = xcalloc(1, octets.n * 2);
	(void)EVP_EncodeBlock((unsigned char *)s.annotations.signature, octets.p, (int)octets.n);
	buf_add_str(&s.payload, text);
	ck_assert_int_eq(reference_parse(&reference, "q.io/a:1", &e), 0);
	identity_exact(&identity, &reference);
	ck_assert_int_eq(subject_from_digest(&subject, &sample.other, &why, &e), OUTCOME_PROVEN);
	ck_assert_int_eq(sigstore_verify(&trust, &s, &bytes, &facts, &why, &e), OUTCOME_PROVEN);
	expected.subject = subject;
	ck_assert_int_eq(claim_make(&claim, bytes, &expected, &seen, &why, &e), OUTCOME_PROVEN);
	return claim;
}

START_TEST(a_verdict_is_about_one_digest)
{
	const struct policy_requirement anything = { .type = POLICY_INSECURE_ACCEPT_ANYTHING };
	AUTO_PTR(waiver) waiver = waiver_make(&anything);
	AUTO_PTR(claim) other = other_claim();
	AUTO(verdict) twice = VERDICT_INIT;
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require(&twice, "one");
	(void)verdict_require(&twice, "two");
	verdict_discharge(&twice, 0, sample.proven.claim);
	verdict_discharge(&twice, 1, sample.proven.claim);
	ck_assert(digest_equal(verdict_digest(&twice), &sample.digest));
	(void)verdict_require(&v, "one");
	(void)verdict_require(&v, "waived");
	verdict_waive(&v, 1, waiver);
	ck_assert(verdict_digest(&v) == NULL);
	verdict_discharge(&v, 0, other);
	ck_assert(digest_equal(verdict_digest(&v), &sample.other));
	(void)verdict_require(&v, "two");
	ck_assert(verdict_digest(&v) == NULL);
	verdict_discharge(&v, 2, sample.proven.claim);
	ck_assert(verdict_accepted(&v) && verdict_digest(&v) == NULL);
}
END_TEST

Suite *
link_suite(void)
{
	Suite *s = suite_create("link");
	TCase *t = tcase_create("link");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, begins_with_nothing_else);
	tcase_add_test(t, follows);
	tcase_add_test(t, needs_no_size);
	tcase_add_test(t, compares_sizes);
	tcase_add_loop_test(t, openssl_fails, 0, 4);
	tcase_add_test(t, discharges_what_it_proves);
	tcase_add_test(t, no_other_proof_does);
	tcase_add_test(t, another_verdict_does);
	tcase_add_test(t, a_verdict_is_about_one_digest);
	suite_add_tcase(s, t);
	return s;
}
