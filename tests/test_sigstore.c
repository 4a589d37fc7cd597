/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/text.h"
#include "failing.h"
#include "rows.h"
#include "sigstore_data.h"
#include "suites.h"
#include "trust/claim.h"
#include "trust/sigstore.h"

/* Each line of signatures.txt: file, keys, the log's keys or "-", reason. */
static struct sigstore_row *rows;

static struct subject *subject;
static struct identity identity;

static void
set_up(void)
{
	sigstore_expected(&subject, &identity);
}

static void
tear_down(void)
{
	identity_free(&identity);
	subject_free(steal(&subject));
}

/* Keys and what they make of a signature. */
struct judging {
	struct public_keys keys, log_keys;
	struct sigstore_trust trust;
	struct sigstore_facts facts;
	struct payload seen;
	struct err e;
};

static void
judging_free(struct judging *j)
{
	public_keys_free(&j->keys);
	public_keys_free(&j->log_keys);
	payload_free(&j->seen);
	err_free(&j->e);
}
AUTO_DEFINE(judging)

static void
trust(struct judging *j, const char *keys, const char *log_keys)
{
	*j = (struct judging){ .trust = { .root = SIGSTORE_ROOT_KEYS, .keys = &j->keys } };
	sigstore_keys(&j->keys, keys);
	if (strcmp(log_keys, "-") == 0)
		return;
	sigstore_keys(&j->log_keys, log_keys);
	j->trust.log_keys = &j->log_keys;
}

/* sigstore_verify and claim_make; REASON_ACCEPTED with a claim alone. */
static enum reason
judge(struct judging *j, const struct sigstore_signature *signature)
{
	const struct expectation expected = { .subject = subject,
		.identity = &identity,
		.optional = PAYLOAD_OPTIONAL_MAY_BE_ABSENT };
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO_PTR(claim) claim = NULL;
	enum reason why;
	enum outcome outcome =
	    sigstore_verify(&j->trust, signature, &bytes, &j->facts, &why, &j->e);

	ck_assert_msg((outcome == OUTCOME_PROVEN) == (bytes != NULL), "proven without a proof");
	if (outcome != OUTCOME_PROVEN) {
		ck_assert_int_ne(j->e.code, E_NONE);
		ck_assert_int_ne(why, REASON_UNSET);
		return why;
	}
	ck_assert(j->facts.verified);
	ck_assert_int_eq(signed_bytes_type(bytes), PAYLOAD_COSIGN);
	ck_assert(bytes_equal(signed_bytes_payload(bytes), buf_bytes(&signature->payload)));
	outcome = claim_make(&claim, bytes, &expected, &j->seen, &why, &j->e);
	ck_assert_msg((outcome == OUTCOME_PROVEN) == (claim != NULL), "proven without a claim");
	return outcome == OUTCOME_PROVEN ? REASON_ACCEPTED : why;
}

START_TEST(judges_as_the_table_says)
{
	const char *name = rows[_i].words[0], *want = rows[_i].words[3];
	AUTO(signature_blob) blob = SIGNATURE_BLOB_INIT;
	AUTO(judging) j = { 0 };
	enum reason got;

	sigstore_read(&blob, name);
	trust(&j, rows[_i].words[1], rows[_i].words[2]);
	got = judge(&j, &blob.sigstore);
	ck_assert_msg(strcmp(reason_word(got), want) == 0, "%s: %s, want %s (%s)", name,
	    reason_word(got), want, err_msg(&j.e));
	if (got != REASON_ACCEPTED)
		return;
	ck_assert_msg(j.facts.log.proven == (j.trust.log_keys != NULL), "%s: log", name);
	ck_assert_uint_eq(strlen(j.facts.fingerprint), PUBLIC_KEY_FINGERPRINT_HEX);
	ck_assert_ptr_null(j.facts.key_name);
	ck_assert(j.facts.kind != PUBLIC_KEY_UNSET && j.facts.bits > 0);
}
END_TEST

/* Let each digest fail that is computed on the way, one at a time. */
START_TEST(accepts_nothing_without_a_digest)
{
	AUTO(signature_blob) blob = SIGNATURE_BLOB_INIT;
	enum reason got = REASON_UNSET;
	bool happened = true;
	unsigned n;

	sigstore_read(&blob, "log-good");
	for (n = 0; happened; n++) {
		AUTO(judging) j = { 0 };

		trust(&j, "p256", "log");
		fail_call("EVP_Digest", n);
		got = judge(&j, &blob.sigstore);
		happened = fail_happened();
		ck_assert_msg((got == REASON_ACCEPTED) != happened, "without digest %u: %s", n,
		    reason_word(got));
	}
	ck_assert_uint_gt(n, 2);
}
END_TEST

/* All zero trusts nobody, and certificates are refused, not skipped. */
START_TEST(refuses_other_roots)
{
	static const struct {
		enum sigstore_root root;
		const char *part;
	} roots[] = {
		{ SIGSTORE_ROOT_UNSET, "not with no keys" },
		{ SIGSTORE_ROOT_FULCIO, "not with certificates of a Fulcio CA" },
		{ SIGSTORE_ROOT_PKI, "not with certificates of a CA (pki)" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(roots); i++) {
		AUTO(signature_blob) blob = SIGNATURE_BLOB_INIT;
		AUTO(judging) j = { 0 };

		sigstore_read(&blob, "p256");
		trust(&j, "p256", "-");
		j.trust.root = roots[i].root;
		ck_assert_int_eq(judge(&j, &blob.sigstore), REASON_REJECTED_BY_POLICY);
		row_refused(roots[i].part, -1, &j.e, E_UNSUPPORTED, roots[i].part);
		row_refused(roots[i].part, -1, &j.e, E_UNSUPPORTED, "unsupported: ");
		ck_assert(!j.facts.verified);
	}
}
END_TEST

/* No key is no answer, for the signature and for the log. */
START_TEST(no_verdict_without_keys)
{
	struct public_keys none = PUBLIC_KEYS_INIT;
	AUTO(signature_blob) blob = SIGNATURE_BLOB_INIT;
	AUTO(judging) j = { 0 };

	sigstore_read(&blob, "log-good");
	trust(&j, "p256", "-");
	j.trust.log_keys = &none;
	ck_assert_int_eq(judge(&j, &blob.sigstore), REASON_IO_ERROR);
	ck_assert(!j.facts.log.proven);
	j.trust.log_keys = NULL;
	j.trust.keys = NULL;
	ck_assert_int_eq(judge(&j, &blob.sigstore), REASON_IO_ERROR);
	ck_assert(!j.facts.verified);
}
END_TEST

START_TEST(facts_for_reports)
{
	AUTO(signature_blob) blob = SIGNATURE_BLOB_INIT;
	AUTO(judging) j = { 0 };

	sigstore_read(&blob, "log-good-of-two");
	trust(&j, "rsa2048,p256", "other,log");
	ck_assert_int_eq(judge(&j, &blob.sigstore), REASON_ACCEPTED);
	ck_assert_str_eq(j.facts.fingerprint, j.keys.v[1].fingerprint);
	ck_assert_int_eq(j.facts.kind, PUBLIC_KEY_ECDSA);
	ck_assert_uint_eq(j.facts.bits, 256);
	ck_assert_str_eq(j.facts.log.log_key, j.log_keys.v[1].fingerprint);
	ck_assert_int_eq(j.facts.log.integrated_time, 1590969600);
	ck_assert_int_eq(j.facts.log.log_index, 7);
	/* A known key has a name. */
	memcpy(j.keys.v[1].fingerprint, OPENSHIFT_SIGSTORE_KEY, PUBLIC_KEY_FINGERPRINT_HEX + 1);
	j.trust.log_keys = NULL;
	ck_assert_int_eq(judge(&j, &blob.sigstore), REASON_ACCEPTED);
	ck_assert_str_eq(j.facts.key_name, "OpenShift's release key");
}
END_TEST

/*
 * --- corruption: one bit, one octet at a time ---------------------------------------------------
 */

static const struct {
	const char *name;
	size_t step; /* bits from one flip to the next */
} flipped[] = {
	{ "p256", 1 },
	{ "p384", 1 },
	{ "p521", 1 },
	{ "rsa2048", 5 },
	{ "rsa4096", 31 },
	{ "ed25519", 1 },
};

static void
flip(struct buf *b, size_t bit)
{
	b->p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
}

START_TEST(no_bit_of_a_signature_is_free)
{
	AUTO(signature_blob) blob = SIGNATURE_BLOB_INIT;
	struct sigstore_signature *s = &blob.sigstore;
	AUTO(buf) octets = BUF_INIT;
	AUTO(judging) j = { 0 };
	size_t bit;

	sigstore_read(&blob, flipped[_i].name);
	trust(&j, flipped[_i].name, "-");
	ck_assert_int_eq(sigstore_signature_octets(&octets, s, &j.e), 0);
	for (bit = 0; bit < octets.n * 8; bit += flipped[_i].step) {
		flip(&octets, bit);
		free(s->annotations.signature);
		s->annotations.signature = text_base64(buf_bytes(&octets));
		flip(&octets, bit);
		ck_assert_msg(judge(&j, s) == REASON_BAD_SIGNATURE, "%s: bit %zu of the signature",
		    flipped[_i].name, bit);
	}
	free(s->annotations.signature);
	s->annotations.signature = text_base64(buf_bytes(&octets));
	for (bit = 0; bit < s->payload.n * 8; bit += flipped[_i].step) {
		flip(&s->payload, bit);
		ck_assert_msg(judge(&j, s) == REASON_BAD_SIGNATURE, "%s: bit %zu of the payload",
		    flipped[_i].name, bit);
		flip(&s->payload, bit);
	}
	ck_assert_int_eq(judge(&j, s), REASON_ACCEPTED);
}
END_TEST

/* What is accepted of a changed blob says the same, by the same key, in the same place of the log.
 */
static void
must_be_the_same(const char *what, size_t at, struct judging *j, struct bytes blob,
    const struct sigstore_signature *original)
{
	struct sigstore_facts facts = j->facts;
	AUTO(signature_blob) changed = SIGNATURE_BLOB_INIT;

	if (signature_blob_parse(&changed, blob, &j->e) != 0 ||
	    changed.kind != SIGNATURE_BLOB_SIGSTORE ||
	    judge(j, &changed.sigstore) != REASON_ACCEPTED) {
		j->facts = facts;
		return;
	}
	ck_assert_msg(
	    bytes_equal(buf_bytes(&changed.sigstore.payload), buf_bytes(&original->payload)),
	    "%s %zu: another payload", what, at);
	ck_assert_msg(strcmp(j->facts.fingerprint, facts.fingerprint) == 0 &&
			  j->facts.log.proven == facts.log.proven &&
			  j->facts.log.integrated_time == facts.log.integrated_time &&
			  j->facts.log.log_index == facts.log.log_index &&
			  strcmp(j->facts.log.log_key, facts.log.log_key) == 0,
	    "%s %zu: other facts", what, at);
}

START_TEST(no_change_of_a_blob_says_anything_else)
{
	AUTO(signature_blob) blob = SIGNATURE_BLOB_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO(judging) j = { 0 };
	size_t i;
	int bit;

	sigstore_read(&blob, "log-good");
	sigstore_blob(&text, "log-good");
	trust(&j, "p256", "log");
	ck_assert_int_eq(judge(&j, &blob.sigstore), REASON_ACCEPTED);
	for (i = 0; i < text.n; i++) {
		AUTO(signature_blob) cut = SIGNATURE_BLOB_INIT;

		ck_assert_msg(signature_blob_parse(&cut, bytes_of(text.p, i), &j.e) != 0,
		    "the first %zu octets are a signature", i);
		for (bit = 0; bit < 8; bit++) {
			flip(&text, i * 8 + (size_t)bit);
			must_be_the_same("octet", i, &j, buf_bytes(&text), &blob.sigstore);
			flip(&text, i * 8 + (size_t)bit);
		}
	}
}
END_TEST

Suite *
sigstore_suite(void)
{
	Suite *s = suite_create("sigstore");
	TCase *t = tcase_create("sigstore");
	size_t n = sigstore_rows(&rows, "signatures.txt", 4);

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, judges_as_the_table_says, 0, (int)n);
	tcase_add_test(t, accepts_nothing_without_a_digest);
	tcase_add_test(t, refuses_other_roots);
	tcase_add_test(t, no_verdict_without_keys);
	tcase_add_test(t, facts_for_reports);
	suite_add_tcase(s, t);
	t = tcase_create("each bit");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_tags(t, "mutation");
	tcase_add_loop_test(t, no_bit_of_a_signature_is_free, 0, ARRAY_LEN(flipped));
	tcase_add_test(t, no_change_of_a_blob_says_anything_else);
	suite_add_tcase(s, t);
	return s;
}
