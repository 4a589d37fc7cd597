/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "corpus.h"
#include "formats/signed_message.h"
#include "judge.h"
#include "rows.h"
#include "suites.h"

/*
 * --- the whole corpus: each signature in testdata/adversary is a row -----------------------------
 */

/* So many rows are one test: they are judged by one judge as long as they trust the same keys. */
enum { ROWS_A_TEST = 20 };

/* These sign other text than the plain case, on purpose; all others accepted sign the same. */
static bool
has_own_payload(const char *name)
{
	static const char *const own[] = { "inflated-cap", "mode-b-cr" };

	if (strncmp(name, "payload-", 8) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return false;
}

static void
must_be_proven(const char *name, const struct judged *got)
{
	ck_assert_msg(got->outcome == OUTCOME_PROVEN && got->claim != NULL, "%s: no claim", name);
	ck_assert_msg(got->facts.verified, "%s: accepted, not verified", name);
	ck_assert_msg(
	    strlen(got->facts.fingerprint) == FINGERPRINT_HEX, "%s: no fingerprint", name);
	ck_assert_msg(got->payload.n > 0, "%s: no payload", name);
}

static void
must_sign_the_same(const char *name, const struct judged *got)
{
	AUTO(signed_message) plain = SIGNED_MESSAGE_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	testdata_blob(&blob, "gpg-z0");
	ck_assert_msg(
	    signed_message_parse(&plain, buf_bytes(&blob), 0, false, &e) == 0, "%s", err_msg(&e));
	ck_assert_msg(bytes_equal(buf_bytes(&got->payload), signed_message_body(&plain)),
	    "%s: another payload than gpg-z0", name);
}

static void
must_give_the_reason(const struct corpus_case *c, const struct judge *j)
{
	AUTO(judged) got = JUDGED_INIT;
	AUTO(buf) blob = BUF_INIT;

	testdata_blob(&blob, c->name);
	/* No blob above this size comes out of a store or a file: verify/ says so for it. */
	if (blob.n > MAX_SIGNATURE_BYTES) {
		row_string(c->name, "the reason", "too-large", c->word);
		return;
	}
	judge_blob(j, buf_bytes(&blob), &got);
	ck_assert_msg(strcmp(reason_word(got.reason), c->word) == 0, "%s: %s, want %s (%s)",
	    c->name, reason_word(got.reason), c->word, err_msg(&got.e));
	if (got.reason == REASON_ACCEPTED) {
		must_be_proven(c->name, &got);
		if (!has_own_payload(c->name))
			must_sign_the_same(c->name, &got);
		return;
	}
	ck_assert_msg(got.outcome == (c->status == 1 ? OUTCOME_REFUSED : OUTCOME_UNDECIDED),
	    "%s: outcome %d", c->name, (int)got.outcome);
	ck_assert_msg(got.claim == NULL, "%s: refused with a claim", c->name);
	ck_assert_msg(err_msg(&got.e)[0] != '\0', "%s: refused without a word", c->name);
}

static bool
trust_the_same(const struct corpus_case *a, const struct corpus_case *b)
{
	return strcmp(a->keys, b->keys) == 0 && a->only == NULL && b->only == NULL;
}

START_TEST(gives_the_reason)
{
	AUTO(corpus_case) before = CORPUS_CASE_INIT;
	size_t n, first = (size_t)_i * ROWS_A_TEST;
	char *const *names = corpus_signatures(&n);
	struct judge j;

	ck_assert_msg(n > 0, "no case");
	for (size_t i = first; i < n && i < first + ROWS_A_TEST; i++) {
		AUTO(corpus_case) c = CORPUS_CASE_INIT;

		corpus_read(&c, names[i]);
		if (i == first || !trust_the_same(&before, &c)) {
			if (i > first)
				judge_must_close(&j);
			corpus_open_judge(&c, &j);
		}
		must_give_the_reason(&c, &j);
		corpus_case_free(&before);
		before = c;
		c = (struct corpus_case)CORPUS_CASE_INIT;
	}
	judge_must_close(&j);
}
END_TEST

/*
 * --- what the facts say --------------------------------------------------------------------------
 */

START_TEST(resolves_a_subkey_to_its_primary)
{
	AUTO_STR char *primary = testdata_fingerprints("subkey.asc");
	AUTO(judged) got = JUDGED_INIT;
	AUTO(buf) blob = BUF_INIT;
	struct judge j;

	judge_must_open(&j, "subkey.asc");
	testdata_blob(&blob, "subkey");
	judge_blob(&j, buf_bytes(&blob), &got);
	ck_assert_msg(got.claim != NULL, "%s", err_msg(&got.e));
	ck_assert_str_eq(got.facts.fingerprint, primary);
	ck_assert_str_ne(got.facts.signing_key, got.facts.fingerprint);
	ck_assert_str_eq(got.facts.signing_key + FINGERPRINT_HEX - 16, got.facts.issuer);
	judge_must_close(&j);
}
END_TEST

START_TEST(tells_who_when_and_how)
{
	AUTO_STR char *key = testdata_fingerprints("release.asc");
	AUTO(judged) got = JUDGED_INIT;
	AUTO(buf) blob = BUF_INIT;
	struct judge j;

	judge_must_open(&j, NULL);
	testdata_blob(&blob, "v3-zip");
	judge_blob(&j, buf_bytes(&blob), &got);
	ck_assert_msg(got.claim != NULL, "%s", err_msg(&got.e));
	ck_assert_str_eq(got.facts.fingerprint, key);
	ck_assert_str_eq(got.facts.issuer, key + FINGERPRINT_HEX - 16);
	ck_assert_str_eq(got.facts.user_id, "relsig test release <test@relsig.invalid>");
	ck_assert_int_eq(got.facts.created, 1590969600);
	ck_assert_uint_eq(got.facts.version, 3);
	ck_assert_uint_eq(got.facts.hash_algorithm, 8);
	ck_assert_uint_eq(got.facts.key_algorithm, 1);
	judge_must_close(&j);
}
END_TEST

/* Before a signature is verified its facts are hints, and say so. */
START_TEST(a_refusal_verifies_nothing)
{
	AUTO_STR char *key = testdata_fingerprints("release.asc");
	AUTO(judged) got = JUDGED_INIT;
	AUTO(buf) blob = BUF_INIT;
	struct judge j;

	judge_must_open(&j, NULL);
	testdata_blob(&blob, "flipped-payload");
	judge_blob(&j, buf_bytes(&blob), &got);
	ck_assert_int_eq(got.reason, REASON_BAD_SIGNATURE);
	ck_assert(!got.facts.verified);
	ck_assert_str_eq(got.facts.fingerprint, "");
	ck_assert_str_eq(got.facts.signing_key, "");
	ck_assert_ptr_null(got.facts.user_id);
	ck_assert_int_eq(got.facts.created, 0);
	ck_assert_str_eq(got.facts.issuer, key + FINGERPRINT_HEX - 16);
	judge_must_close(&j);
}
END_TEST

/*
 * --- keys, time, options -------------------------------------------------------------------------
 */

START_TEST(a_key_that_is_not_trusted_is_refused)
{
	AUTO_STR char *key = testdata_fingerprints("release.asc");
	AUTO(judged) got = JUDGED_INIT;
	AUTO(buf) blob = BUF_INIT;
	struct judge j;

	/* Both keys are in the file, and in gpg's home; one of them counts. */
	judge_must_open(&j, "two.asc");
	free(j.keys.fingerprints);
	j.keys.fingerprints = NULL;
	j.keys.n_fingerprints = 0;
	trusted_keys_add(&j.keys, key);
	testdata_blob(&blob, "other-trusted");
	judge_blob(&j, buf_bytes(&blob), &got);
	ck_assert_int_eq(got.reason, REASON_UNTRUSTED_KEY);
	ck_assert_ptr_null(got.claim);
	testdata_blob(&blob, "gpg-z0");
	judge_blob(&j, buf_bytes(&blob), &got);
	ck_assert_int_eq(got.reason, REASON_ACCEPTED);
	judge_must_close(&j);
}
END_TEST

/* Of the keys that gpg has, only those count that are named for one verification. */
START_TEST(trusts_the_keys_of_one_verification)
{
	AUTO(trusted_keys) none = TRUSTED_KEYS_INIT;
	AUTO(trusted_keys) some = TRUSTED_KEYS_INIT;
	AUTO(signature_facts) facts = SIGNATURE_FACTS_INIT;
	AUTO_PTR(signed_bytes) refused = NULL;
	AUTO_PTR(signed_bytes) proven = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(buf) other = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;
	struct judge j;

	judge_must_open(&j, "two.asc");
	testdata_blob(&blob, "gpg-z0");
	ck_assert_int_eq(openpgp_verify_by(j.openpgp, &none, buf_bytes(&blob), JUDGE_NOW, &refused,
			     &facts, &why, &e),
	    OUTCOME_REFUSED);
	ck_assert_ptr_null(refused);
	ck_assert_int_eq(openpgp_verify_by(j.openpgp, NULL, buf_bytes(&blob), JUDGE_NOW, &refused,
			     &facts, &why, &e),
	    OUTCOME_UNDECIDED);
	ck_assert_int_eq(why, REASON_IO_ERROR);
	ck_assert_ptr_null(refused);
	testdata_read(&other, "keys/other.asc");
	ck_assert_int_eq(
	    certificates_add(&some.certificates, buf_bytes(&other), "other.asc", &e), 0);
	trusted_keys_add_all(&some);
	ck_assert_int_eq(openpgp_verify_by(j.openpgp, &some, buf_bytes(&blob), JUDGE_NOW, &refused,
			     &facts, &why, &e),
	    OUTCOME_REFUSED);
	ck_assert_ptr_null(refused);
	ck_assert_int_eq(openpgp_verify_by(j.openpgp, &j.keys, buf_bytes(&blob), JUDGE_NOW, &proven,
			     &facts, &why, &e),
	    OUTCOME_PROVEN);
	judge_must_close(&j);
}
END_TEST

START_TEST(without_keys_there_is_no_verdict)
{
	const struct openpgp_options options = { .timeout_ms = 1000 };
	AUTO(signature_facts) facts = SIGNATURE_FACTS_INIT;
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO_PTR(openpgp) o = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;

	ck_assert_msg(openpgp_open(&o, &options, &e) == 0, "%s", err_msg(&e));
	ck_assert_str_eq(openpgp_gpg_version(o), "");
	testdata_blob(&blob, "gpg-z0");
	ck_assert_int_eq(openpgp_verify(o, buf_bytes(&blob), JUDGE_NOW, &bytes, &facts, &why, &e),
	    OUTCOME_UNDECIDED);
	ck_assert_int_eq(why, REASON_IO_ERROR);
	ck_assert_ptr_null(bytes);
	openpgp_free(steal(&o)); /* no thread of it reads the environment any more */
	unsetenv("GNUPGHOME");
}
END_TEST

/* The signature was made at 1590969600. */
static const struct {
	int64_t now;
	enum outcome outcome;
} clocks[] = {
	{ 0, OUTCOME_REFUSED },
	{ 1590969600 - MAX_CLOCK_SKEW_SECONDS - 1, OUTCOME_REFUSED },
	{ 1590969600 - MAX_CLOCK_SKEW_SECONDS, OUTCOME_PROVEN },
	{ 1590969600, OUTCOME_PROVEN },
	{ INT64_C(253402300799), OUTCOME_PROVEN },
};

START_TEST(minds_the_clock)
{
	AUTO(signature_facts) facts = SIGNATURE_FACTS_INIT;
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;
	enum outcome o;
	struct judge j;

	judge_must_open(&j, NULL);
	testdata_blob(&blob, "gpg-z0");
	o = openpgp_verify(j.openpgp, buf_bytes(&blob), clocks[_i].now, &bytes, &facts, &why, &e);
	ck_assert_msg(
	    o == clocks[_i].outcome, "now %lld: %s", (long long)clocks[_i].now, err_msg(&e));
	ck_assert((bytes != NULL) == (o == OUTCOME_PROVEN));
	if (o == OUTCOME_REFUSED) {
		ck_assert_int_eq(why, REASON_BAD_SIGNATURE);
		ck_assert_msg(
		    strstr(err_msg(&e), "2020-06-01T00:00:00Z") != NULL, "%s", err_msg(&e));
	}
	judge_must_close(&j);
}
END_TEST

/* What --allow-weak-crypto lets through, and what not even that does. */
static const struct {
	const char *name, *keys;
	enum outcome outcome;
} weak[] = {
	{ "md5", NULL, OUTCOME_REFUSED },
	{ "flipped-payload", NULL, OUTCOME_REFUSED },
	{ "gpg-rsa1024", "release.asc", OUTCOME_REFUSED },
	{ "gpg-sha1", NULL, OUTCOME_PROVEN },
	{ "gpg-sha224", NULL, OUTCOME_PROVEN },
	{ "gpg-ripemd160", NULL, OUTCOME_PROVEN },
	{ "gpg-rsa1024", "rsa1024.asc", OUTCOME_PROVEN },
	{ "gpg-dsa1024", "dsa1024.asc", OUTCOME_PROVEN },
	{ "gpg-z0", NULL, OUTCOME_PROVEN },
};

START_TEST(allows_weak_crypto_when_asked)
{
	const struct openpgp_options options = { .allow_weak = true, .timeout_ms = 20000 };
	AUTO(signature_facts) facts = SIGNATURE_FACTS_INIT;
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO_PTR(openpgp) lenient = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct judge j;
	enum reason why;
	enum outcome o;

	judge_must_open(&j, weak[_i].keys);
	ck_assert_int_eq(openpgp_open(&lenient, &options, &e), 0);
	ck_assert_msg(openpgp_trust(lenient, &j.keys, &e) == 0, "%s", err_msg(&e));
	testdata_blob(&blob, weak[_i].name);
	o = openpgp_verify(lenient, buf_bytes(&blob), JUDGE_NOW, &bytes, &facts, &why, &e);
	ck_assert_msg(o == weak[_i].outcome, "%s: %d, %s (%s)", weak[_i].name, (int)o,
	    reason_word(why), err_msg(&e));
	openpgp_free(steal(&lenient));
	judge_must_close(&j);
}
END_TEST

/*
 * --- threads -------------------------------------------------------------------------------------
 */

enum { THREADS = 4, ROUNDS = 50 };

static const struct {
	const char *name;
	enum reason reason;
} mixed[] = {
	{ "gpg-z0", REASON_ACCEPTED },
	{ "flipped-payload", REASON_BAD_SIGNATURE },
	{ "v3-zip", REASON_ACCEPTED },
	{ "unknown-key", REASON_UNKNOWN_KEY },
	{ "payload-other-tag", REASON_IDENTITY_MISMATCH },
	{ "html", REASON_NOT_A_SIGNATURE },
	{ "created-before-key", REASON_BAD_SIGNATURE },
};

struct worker {
	const struct judge *judge;
	struct buf blobs[ARRAY_LEN(mixed)];
	size_t first;
	size_t wrong;  /* answers that were not the expected one */
	char *message; /* of the first of them; owned */
};

/* Checks belong to the main thread: here answers are counted. */
static void *
work(void *arg)
{
	struct worker *w = arg;

	for (size_t i = 0; i < ROUNDS; i++) {
		size_t k = (w->first + i) % ARRAY_LEN(mixed);
		AUTO(judged) got = JUDGED_INIT;

		judge_blob(w->judge, buf_bytes(&w->blobs[k]), &got);
		if (got.reason == mixed[k].reason &&
		    (got.claim != NULL) == (got.reason == REASON_ACCEPTED))
			continue;
		if (w->wrong++ == 0)
			w->message = xasprintf("%s: %s, want %s (%s)", mixed[k].name,
			    reason_word(got.reason), reason_word(mixed[k].reason), err_msg(&got.e));
	}
	return NULL;
}

START_TEST(answers_threads_each_its_own)
{
	struct worker workers[THREADS] = { 0 };
	pthread_t threads[THREADS];
	struct judge j;

	judge_must_open(&j, NULL);
	for (size_t i = 0; i < THREADS; i++) {
		workers[i].judge = &j;
		workers[i].first = i;
		for (size_t k = 0; k < ARRAY_LEN(mixed); k++)
			testdata_blob(&workers[i].blobs[k], mixed[k].name);
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_msg(workers[i].wrong == 0, "thread %zu: %zu wrong, the first: %s", i,
		    workers[i].wrong, workers[i].message);
		for (size_t k = 0; k < ARRAY_LEN(mixed); k++)
			buf_free(&workers[i].blobs[k]);
	}
	judge_must_close(&j);
}
END_TEST

Suite *
openpgp_suite(void)
{
	Suite *s = suite_create("openpgp");
	TCase *corpus = tcase_create("corpus");
	TCase *tc = tcase_create("openpgp");
	size_t n;

	(void)corpus_signatures(&n);
	/* Once for an empty corpus too, which fails. */
	tcase_add_loop_test(
	    corpus, gives_the_reason, 0, n == 0 ? 1 : (int)((n + ROWS_A_TEST - 1) / ROWS_A_TEST));
	suite_add_tcase(s, corpus);
	tcase_add_test(tc, a_key_that_is_not_trusted_is_refused);
	tcase_add_test(tc, trusts_the_keys_of_one_verification);
	tcase_add_test(tc, without_keys_there_is_no_verdict);
	tcase_add_test(tc, a_refusal_verifies_nothing);
	tcase_add_loop_test(tc, minds_the_clock, 0, ARRAY_LEN(clocks));
	tcase_add_loop_test(tc, allows_weak_crypto_when_asked, 0, ARRAY_LEN(weak));
	tcase_add_test(tc, resolves_a_subkey_to_its_primary);
	tcase_add_test(tc, tells_who_when_and_how);
	tcase_add_test(tc, answers_threads_each_its_own);
	suite_add_tcase(s, tc);
	return s;
}
