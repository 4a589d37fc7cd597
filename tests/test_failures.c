/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The judge, while one call of a library fails: no verdict then, never an acceptance. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/children.h"
#include "base/limits.h"
#include "failing.h"
#include "judge.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "trust/gpg.h"

/* A compressed blob, so that it is inflated. */
#define BLOB "gpg-zip"
enum { TIMEOUT_MS = 20000 };

static const struct {
	const char *name, *function;
	unsigned before;
	const char *part;
} undecided[] = {
	{ "a key's fingerprint", "EVP_Digest", 0, "OpenSSL cannot compute SHA-1" },
	{ "inflating", "inflateInit2_", 0, "zlib cannot start" },
	{ "the private home", "setenv", 0, "setting GNUPGHOME" },
	{ "a thread to look for gpg", "pthread_create", 1, "starting a thread to look for gpg" },
	{ "the children before the probe", "children_begin_start", 0, "made to fail" },
	{ "the children after the probe", "children_end_start", 0, "made to fail" },
	{ "the children before gpg", "children_begin_start", 1, "before starting gpg" },
	{ "the children after gpg", "children_end_start", 1, "after starting gpg" },
	{ "a context", "gpgme_new", 0, "GPGME: " },
	{ "the engine", "gpgme_ctx_get_engine_info", 0, "gpg was not found on PATH" },
	{ "the input", "gpgme_data_new_from_mem", 0, "no memory for data" },
	{ "the output", "gpgme_data_new_from_cbs", 0, "no memory for data" },
	{ "starting gpg", "gpgme_op_verify_start", 0, "cannot run gpg: " },
	{ "no gpg comes of starting it", FAIL_NO_PROCESS, 0, "process gpg is: 0 new ones" },
	{ "the end is never told", FAIL_NO_END, 0, "gpg could not verify: " },
	{ "the result", "gpgme_op_verify_result", 0, "reported no signature" },
};

/* Open a judge, let it look at the blob, close it, while the call fails. */
static void
judge_with_failure(const char *function, unsigned before, struct judged *got)
{
	AUTO(err) closing = ERR_INIT;
	AUTO(buf) blob = BUF_INIT;
	struct judge j;
	int closed;

	testdata_blob(&blob, BLOB);
	fail_call(function, before);
	if (judge_open(&j, NULL, TIMEOUT_MS, &got->e) == 0) {
		judge_blob(&j, buf_bytes(&blob), got);
	} else {
		got->outcome = OUTCOME_UNDECIDED;
		got->reason = reason_of_error(got->e.code);
	}
	closed = judge_close(&j, &closing);
	ck_assert_msg(fail_happened(), "%s was not called so often", function);
	ck_assert_msg(closed == 0, "%s: %s", function, err_msg(&closing));
}

START_TEST(does_not_decide)
{
	const char *name = undecided[_i].name;
	AUTO(judged) got = JUDGED_INIT;

	judge_with_failure(undecided[_i].function, undecided[_i].before, &got);
	ck_assert_msg(got.outcome == OUTCOME_UNDECIDED && got.claim == NULL,
	    "%s: outcome %d, %s (%s)", name, (int)got.outcome, reason_word(got.reason),
	    err_msg(&got.e));
	row_string(name, "the reason", reason_word(got.reason), "io-error");
	row_refused(name, -1, &got.e, E_IO, undecided[_i].part);
}
END_TEST

static void
must_be_late(const char *name, const struct judged *got, const char *part)
{
	ck_assert_msg(got->outcome == OUTCOME_UNDECIDED && got->claim == NULL, "%s: outcome %d",
	    name, (int)got->outcome);
	row_string(name, "the reason", reason_word(got->reason), "timed-out");
	row_refused(name, -1, &got->e, E_TIMED_OUT, part);
}

/* Whose children are known at first, and then not. */
START_TEST(does_not_wait_for_a_probe_without_children)
{
	AUTO(judged) got = JUDGED_INIT;

	judge_with_failure("children_started", 1, &got);
	must_be_late("a probe that hangs", &got, "did not answer within");
}
END_TEST

START_TEST(starts_no_gpg_when_it_is_late)
{
	AUTO(judged) got = JUDGED_INIT;
	AUTO(buf) blob = BUF_INIT;
	struct judge j;

	judge_must_open(&j, NULL);
	testdata_blob(&blob, BLOB);
	fail_call("deadline_passed", 0);
	judge_blob(&j, buf_bytes(&blob), &got);
	ck_assert(fail_happened());
	must_be_late("the run's deadline", &got, "the run's --timeout");
	judge_must_close(&j);
}
END_TEST

/* What nothing rests on: gpg's messages for people, and whether it is looked for meanwhile. */
static const struct {
	const char *name, *function;
} harmless[] = {
	{ "a thread for looking for gpg meanwhile", "pthread_create" },
	{ "memory for the diagnostics", "gpgme_data_new" },
	{ "the diagnostics", "gpgme_op_getauditlog" },
	{ "reading the diagnostics", "gpgme_data_seek" },
};

START_TEST(accepts_without)
{
	AUTO(judged) got = JUDGED_INIT;

	judge_with_failure(harmless[_i].function, 0, &got);
	ck_assert_msg(got.outcome == OUTCOME_PROVEN && got.claim != NULL, "%s: %s (%s)",
	    harmless[_i].name, reason_word(got.reason), err_msg(&got.e));
}
END_TEST

START_TEST(computes_no_digest)
{
	AUTO_PTR(subject) s = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	enum outcome o;

	fail_call("EVP_Digest", 0);
	o = subject_from_manifest(&s, bytes_of_str("{}"), NULL, &why, &e);
	ck_assert(fail_happened());
	ck_assert_int_eq(o, OUTCOME_UNDECIDED);
	ck_assert_int_eq(why, REASON_IO_ERROR);
	ck_assert_ptr_null(s);
	row_refused("the manifest", -1, &e, E_IO, "SHA-256");
}
END_TEST

/* A context that was interrupted is thrown away, and there may be no other. */
START_TEST(runs_without_a_context)
{
	static const char *const nobody[] = { "0123456789ABCDEF0123456789ABCDEF01234567", NULL };
	static const struct deadline never = DEADLINE_NEVER;
	AUTO(gpg_result) r = GPG_RESULT_INIT;
	AUTO_STR char *home = tree_path("");
	AUTO_PTR(gpg) gpg = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	setenv("GNUPGHOME", home, 1);
	ck_assert_int_eq(children_adopt(&e), 0);
	ck_assert_msg(gpg_open(&gpg, &never, &e) == 0, "%s", err_msg(&e));
	ck_assert_int_eq(gpg_verify(gpg, bytes_of_str("x"), 1, 0, &r, &e), 0);
	ck_assert(r.timed_out);
	fail_call("gpgme_new", 0);
	row_refused("verify", gpg_verify(gpg, bytes_of_str("x"), 1, TIMEOUT_MS, &r, &e), &e, E_IO,
	    "GPGME: ");
	ck_assert(fail_happened());
	fail_call("gpgme_new", 0);
	row_refused("export", gpg_export(gpg, nobody, MAX_KEY_FILE_BYTES, TIMEOUT_MS, &out, &e), &e,
	    E_IO, "GPGME: ");
	ck_assert(fail_happened());
	fail_call(FAIL_NO_END, 0);
	row_refused("an export without an end",
	    gpg_export(gpg, nobody, MAX_KEY_FILE_BYTES, TIMEOUT_MS, &out, &e), &e, E_IO,
	    "gpg --export: ");
	ck_assert(fail_happened());
	ck_assert_uint_eq(out.n, 0);
	unsetenv("GNUPGHOME");
}
END_TEST

Suite *
failures_suite(void)
{
	Suite *s = suite_create("failures");
	TCase *judge = tcase_create("judge");
	TCase *contexts = tcase_create("contexts");

	tcase_add_loop_test(judge, does_not_decide, 0, ARRAY_LEN(undecided));
	tcase_add_test(judge, does_not_wait_for_a_probe_without_children);
	tcase_add_test(judge, starts_no_gpg_when_it_is_late);
	tcase_add_test(judge, computes_no_digest);
	tcase_add_loop_test(judge, accepts_without, 0, ARRAY_LEN(harmless));
	suite_add_tcase(s, judge);
	tcase_add_checked_fixture(contexts, tree_make, tree_remove);
	tcase_add_test(contexts, runs_without_a_context);
	suite_add_tcase(s, contexts);
	return s;
}
