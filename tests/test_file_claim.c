/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a signed list to the files that are what it says, and no others. */
#include <string.h>

#include <check.h>

#include "failing.h"
#include "suites.h"
#include "trust/agreement.h"
#include "trust/file_claim.h"
#include "trust/signed_bytes_make.h"
#include "trust/verdict.h"

/* Of the bytes "a", "b" and "c", each with LF; b2 is b's twin. */
#define A "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"
#define B "0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f"
#define C "a3a5e715f0cc574a73c3f9bebb6bc24f32ffd5b67b387244c2c909da779a1478"
#define LIST A "  a\n" B " *b\nSHA256 (d/b2) = " B "\n"
enum { LISTED = 3 };

/*
 * --- the list -----------------------------------------------------------------------------------
 */

/* reason REASON_UNSET: a list. */
static const struct {
	const char *name;
	enum payload_type type;
	const char *text;
	size_t max;
	enum reason reason;
} lists[] = {
	{ "signed as an image's claim", PAYLOAD_ATOMIC, LIST, LISTED, REASON_MALFORMED_PAYLOAD },
	{ "signed as a sigstore claim", PAYLOAD_COSIGN, LIST, LISTED, REASON_MALFORMED_PAYLOAD },
	{ "nothing", PAYLOAD_SUMS, "", LISTED, REASON_MALFORMED_PAYLOAD },
	{ "prose", PAYLOAD_SUMS, LIST "the end\n", LISTED + 1, REASON_MALFORMED_PAYLOAD },
	{ "a path that leads out", PAYLOAD_SUMS, A "  ../a\n", LISTED, REASON_MALFORMED_PAYLOAD },
	{ "an absolute path", PAYLOAD_SUMS, A "  /a\n", LISTED, REASON_MALFORMED_PAYLOAD },
	{ "one file twice", PAYLOAD_SUMS, A "  a\n" B "  a\n", LISTED, REASON_MALFORMED_PAYLOAD },
	{ "one more than may be", PAYLOAD_SUMS, LIST, LISTED - 1, REASON_TOO_LARGE },
	{ "as many as may be", PAYLOAD_SUMS, LIST, LISTED, REASON_UNSET },
};

START_TEST(takes_lists)
{
	AUTO_PTR(signed_bytes)
	bytes = signed_bytes_make(lists[_i].type, bytes_of_str(lists[_i].text));
	AUTO_PTR(signed_sums) s = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_ACCEPTED;
	bool good = lists[_i].reason == REASON_UNSET;
	enum outcome outcome = signed_sums_make(&s, bytes, lists[_i].max, &why, &e);

	ck_assert_msg(outcome == (good ? OUTCOME_PROVEN : OUTCOME_REFUSED), "%s: outcome %d",
	    lists[_i].name, (int)outcome);
	ck_assert_msg(why == lists[_i].reason, "%s: %s", lists[_i].name, reason_word(why));
	ck_assert_msg((s != NULL) == good, "%s: a list", lists[_i].name);
	ck_assert_msg((e.code == E_NONE) == good, "%s: %s", lists[_i].name, err_msg(&e));
	if (good)
		ck_assert_uint_eq(signed_sums_list(s)->n, LISTED);
}
END_TEST

/* The list of the other tests. */
static struct signed_sums *
make_list(void)
{
	AUTO_PTR(signed_bytes) bytes = signed_bytes_make(PAYLOAD_SUMS, bytes_of_str(LIST));
	AUTO(err) e = ERR_INIT;
	struct signed_sums *s;
	enum reason why;

	ck_assert_int_eq(signed_sums_make(&s, bytes, LISTED, &why, &e), OUTCOME_PROVEN);
	return s;
}

START_TEST(tells_digests)
{
	AUTO_PTR(signed_sums) s = make_list();
	struct digest d;

	ck_assert(!signed_sums_digest(s, "b2", &d));
	ck_assert(!digest_is_set(&d));
	ck_assert(!signed_sums_digest(s, "A", &d));
	ck_assert(!signed_sums_digest(s, "", &d));
	ck_assert(signed_sums_digest(s, "d/b2", &d));
	ck_assert_str_eq(d.text, "sha256:" B);
	signed_sums_free(NULL);
}
END_TEST

/*
 * --- files --------------------------------------------------------------------------------------
 */

static enum outcome
hash(const struct signed_sums *s, const char *name, const char *content, struct file_claim **out,
    enum reason *why, struct err *e)
{
	struct file_hash *h = file_hash_begin(s, name);

	for (size_t i = 0; content[i] != '\0'; i++)
		file_hash_add(h, bytes_of(content + i, 1));
	ck_assert_uint_eq(file_hash_count(h), strlen(content));
	return file_hash_end(out, h, why, e);
}

static const struct {
	const char *name, *file, *content;
	enum reason reason;
} files[] = {
	{ "a file that is not listed", "c", "c\n", REASON_NO_SIGNATURE },
	{ "a listed file's bytes by another name", "b2", "b\n", REASON_NO_SIGNATURE },
	{ "another file's bytes", "a", "b\n", REASON_CONTENT_MISMATCH },
	{ "a byte too few", "a", "a", REASON_CONTENT_MISMATCH },
	{ "a byte too many", "a", "a\n\n", REASON_CONTENT_MISMATCH },
	{ "nothing", "a", "", REASON_CONTENT_MISMATCH },
	{ "the file", "a", "a\n", REASON_UNSET },
	{ "a file in a directory", "d/b2", "b\n", REASON_UNSET },
};

START_TEST(compares_files)
{
	AUTO_PTR(signed_sums) s = make_list();
	AUTO_PTR(file_claim) c = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	bool good = files[_i].reason == REASON_UNSET;
	enum outcome outcome = hash(s, files[_i].file, files[_i].content, &c, &why, &e);

	ck_assert_msg(outcome == (good ? OUTCOME_PROVEN : OUTCOME_REFUSED), "%s: outcome %d",
	    files[_i].name, (int)outcome);
	ck_assert_msg(why == files[_i].reason, "%s: %s", files[_i].name, reason_word(why));
	ck_assert_msg((c != NULL) == good, "%s: a claim", files[_i].name);
	ck_assert_msg((e.code == E_NONE) == good, "%s: %s", files[_i].name, err_msg(&e));
	if (good)
		ck_assert_str_eq(file_claim_name(c), files[_i].file);
}
END_TEST

START_TEST(openssl_fails)
{
	AUTO_PTR(signed_sums) s = make_list();
	AUTO_PTR(file_claim) c = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;

	fail_call("EVP_DigestUpdate", 1);
	ck_assert_int_eq(hash(s, "a", "a\n", &c, &why, &e), OUTCOME_UNDECIDED);
	ck_assert(fail_happened());
	ck_assert_ptr_null(c);
	ck_assert_int_eq(why, REASON_IO_ERROR);
	file_hash_free(NULL);
	file_claim_free(NULL);
}
END_TEST

/*
 * --- the verdict --------------------------------------------------------------------------------
 */

/* An obligation about this name and digest: does the claim of the file b discharge it? */
static const struct {
	const char *name, *what, *digest;
	enum proof wants;
	bool discharged;
} obligations[] = {
	{ "another file", "a", "sha256:" A, PROOF_FILE, false },
	{ "another name of the same bytes", "d/b2", "sha256:" B, PROOF_FILE, false },
	{ "another digest of the same name", "b", "sha256:" C, PROOF_FILE, false },
	{ "no digest", "b", NULL, PROOF_FILE, false },
	{ "one that wants a claim", "b", "sha256:" B, PROOF_CLAIM, false },
	{ "one that wants a verdict", "b", "sha256:" B, PROOF_VERDICT, false },
	{ "one that wants a link", "b", "sha256:" B, PROOF_INTACT, false },
	{ "one that wants a link by size", "b", "sha256:" B, PROOF_PRESENT, false },
	{ "one that wants an agreement", "b", "sha256:" B, PROOF_AGREEMENT, false },
	{ "its own", "b", "sha256:" B, PROOF_FILE, true },
};

START_TEST(discharges)
{
	AUTO_PTR(signed_sums) s = make_list();
	AUTO_PTR(file_claim) c = NULL;
	AUTO(verdict) v = VERDICT_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest digest;
	enum reason why;
	size_t i;

	ck_assert_int_eq(hash(s, "b", "b\n", &c, &why, &e), OUTCOME_PROVEN);
	if (obligations[_i].digest != NULL)
		ck_assert_int_eq(
		    digest_parse(&digest, bytes_of_str(obligations[_i].digest), &e), 0);
	i = verdict_require_proof(&v, obligations[_i].what, obligations[_i].wants,
	    obligations[_i].digest != NULL ? &digest : NULL);
	verdict_discharge_file(&v, i, NULL);
	verdict_discharge_file(&v, i + 1, c);
	ck_assert_msg(!verdict_accepted(&v), "%s: by nothing", obligations[_i].name);
	verdict_discharge_file(&v, i, c);
	ck_assert_msg(verdict_accepted(&v) == obligations[_i].discharged, "%s: accepted",
	    obligations[_i].name);
	/* It says nothing of an image. */
	ck_assert_ptr_null(verdict_digest(&v));
}
END_TEST

START_TEST(other_proofs_do_not)
{
	AUTO_PTR(agreement) a = agreement_of_counts(1, 1);
	AUTO(verdict) v = VERDICT_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest digest;

	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(digest_parse(&digest, bytes_of_str("sha256:" B), &e), 0);
	(void)verdict_require_proof(&v, "b", PROOF_FILE, &digest);
	verdict_discharge_agreement(&v, 0, a);
	ck_assert_int_eq(verdict_outcome(&v), OUTCOME_REFUSED);
}
END_TEST

Suite *
file_claim_suite(void)
{
	Suite *s = suite_create("file_claim");
	TCase *tc = tcase_create("file_claim");

	tcase_add_loop_test(tc, takes_lists, 0, ARRAY_LEN(lists));
	tcase_add_test(tc, tells_digests);
	tcase_add_loop_test(tc, compares_files, 0, ARRAY_LEN(files));
	tcase_add_test(tc, openssl_fails);
	tcase_add_loop_test(tc, discharges, 0, ARRAY_LEN(obligations));
	tcase_add_test(tc, other_proofs_do_not);
	suite_add_tcase(s, tc);
	return s;
}
