/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "judge.h"
#include "suites.h"
#include "trust/verdict.h"

/* A claim cannot be made up: a judge looks at the sample release's own signature. */
static struct judge judge;
static struct judged proven;

static void
set_up(void)
{
	AUTO(buf) blob = BUF_INIT;

	judge_must_open(&judge, NULL);
	testdata_read(&blob, "release/signature-1");
	judge_blob(&judge, buf_bytes(&blob), &proven);
	ck_assert_msg(proven.claim != NULL, "%s", err_msg(&proven.e));
}

static void
tear_down(void)
{
	judged_free(&proven);
	judge_must_close(&judge);
}

static void
must_refuse(const struct verdict *v, const char *when)
{
	struct tally t = { 0 };

	ck_assert_msg(!verdict_accepted(v), "%s: accepted", when);
	ck_assert_msg(verdict_outcome(v) == OUTCOME_REFUSED, "%s: not refused", when);
	ck_assert_msg(verdict_reason(v) != REASON_ACCEPTED, "%s: the reason is accepted", when);
	tally_add(&t, v);
	ck_assert_msg(
	    tally_exit_status(&t) == 1, "%s: exit status %d", when, tally_exit_status(&t));
}

START_TEST(refuses_zeros)
{
	AUTO(verdict) v = VERDICT_INIT;

	must_refuse(&v, "no obligations");
	ck_assert_int_eq(verdict_reason(&v), REASON_NO_SIGNATURE);
	ck_assert_str_eq(verdict_detail(&v), "");
	verdict_discharge(&v, 0, proven.claim);
	must_refuse(&v, "a discharge of nothing");
	verdict_refuse(&v, 0, REASON_BAD_SIGNATURE, "x");
	verdict_undecided(&v, 0, REASON_UNREACHABLE, "x");
	must_refuse(&v, "reasons for nothing");
}
END_TEST

START_TEST(refuses_an_open_one)
{
	AUTO(verdict) v = VERDICT_INIT;

	ck_assert_uint_eq(verdict_require(&v, "one"), 0);
	must_refuse(&v, "one open");
	ck_assert_str_eq(verdict_detail(&v), "");
	verdict_discharge(&v, 0, NULL);
	must_refuse(&v, "no proof");
	verdict_discharge(&v, 1, proven.claim);
	verdict_discharge(&v, (size_t)-1, proven.claim);
	must_refuse(&v, "another index");
}
END_TEST

START_TEST(refuses_half_done)
{
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require(&v, "one");
	ck_assert_uint_eq(verdict_require(&v, "two"), 1);
	verdict_discharge(&v, (size_t)_i, proven.claim);
	must_refuse(&v, "one open of two");
	verdict_discharge(&v, (size_t)_i, proven.claim);
	must_refuse(&v, "the same one twice");
	verdict_refuse(&v, (size_t)!_i, REASON_UNKNOWN_KEY, "who?");
	must_refuse(&v, "one refused of two");
	ck_assert_int_eq(verdict_reason(&v), REASON_UNKNOWN_KEY);
	ck_assert_str_eq(verdict_detail(&v), "who?");
	verdict_discharge(&v, (size_t)!_i, proven.claim);
	ck_assert(verdict_accepted(&v));
	ck_assert_int_eq(verdict_reason(&v), REASON_ACCEPTED);
	(void)verdict_require(&v, "three");
	must_refuse(&v, "one more");
}
END_TEST

/* Only insecureAcceptAnything gives a waiver. */
static struct waiver *
waiver_of(enum policy_requirement_type type)
{
	const struct policy_requirement r = { .type = type };

	return waiver_make(&r);
}

START_TEST(makes_no_other_waivers)
{
	static const enum policy_requirement_type types[] = { POLICY_UNSET, POLICY_REJECT,
		POLICY_SIGNED_BY, POLICY_SIGNED_BASE_LAYER, POLICY_SIGSTORE_SIGNED };

	ck_assert(waiver_of(types[_i]) == NULL);
}
END_TEST

START_TEST(a_waiver_verifies_nothing)
{
	AUTO_PTR(waiver) waiver = waiver_of(POLICY_INSECURE_ACCEPT_ANYTHING);
	AUTO(verdict) v = VERDICT_INIT;

	verdict_waive(&v, 0, waiver);
	must_refuse(&v, "a waiver of nothing");
	(void)verdict_require(&v, "one");
	verdict_waive(&v, 0, NULL);
	verdict_waive(&v, 1, waiver);
	must_refuse(&v, "no waiver");
	verdict_waive(&v, 0, waiver);
	verdict_refuse(&v, 0, REASON_BAD_SIGNATURE, "late");
	verdict_undecided(&v, 0, REASON_UNREACHABLE, "late");
	ck_assert(verdict_accepted(&v) && !verdict_verified(&v));
	ck_assert_int_eq(verdict_outcome_of(&v, 0), OUTCOME_PROVEN);
	ck_assert_int_eq(verdict_reason_of(&v, 0), REASON_ACCEPTED);
	(void)verdict_require(&v, "two");
	ck_assert_int_eq(verdict_reason_of(&v, 1), REASON_NO_SIGNATURE);
	verdict_refuse(&v, 1, REASON_BAD_SIGNATURE, "bad");
	ck_assert_int_eq(verdict_reason_of(&v, 1), REASON_BAD_SIGNATURE);
	ck_assert_int_eq(verdict_reason_of(&v, 2), REASON_NO_SIGNATURE);
	must_refuse(&v, "one waived of two");
	ck_assert(!verdict_verified(&v));
	ck_assert_int_eq(verdict_outcome_of(&v, 1), OUTCOME_REFUSED);
	ck_assert_int_eq(verdict_outcome_of(&v, 2), OUTCOME_UNSET);
	verdict_discharge(&v, 1, proven.claim);
	ck_assert(verdict_accepted(&v) && verdict_verified(&v));
}
END_TEST

START_TEST(a_discharge_alone_does_not_verify_the_rest)
{
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require(&v, "one");
	(void)verdict_require(&v, "two");
	verdict_discharge(&v, 0, proven.claim);
	ck_assert(!verdict_verified(&v));
}
END_TEST

START_TEST(a_discharge_stays)
{
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require(&v, "one");
	verdict_discharge(&v, 0, proven.claim);
	verdict_refuse(&v, 0, REASON_BAD_SIGNATURE, "late");
	verdict_undecided(&v, 0, REASON_UNREACHABLE, "late");
	ck_assert(verdict_accepted(&v));
	ck_assert_int_eq(verdict_reason(&v), REASON_ACCEPTED);
	ck_assert_str_eq(verdict_detail(&v), "");
}
END_TEST

START_TEST(a_refusal_or_doubt_before_does_not_matter)
{
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require(&v, "one");
	verdict_refuse(&v, 0, REASON_BAD_SIGNATURE, "first blob");
	verdict_undecided(&v, 0, REASON_UNREACHABLE, "second store");
	verdict_discharge(&v, 0, proven.claim);
	ck_assert(verdict_accepted(&v));
}
END_TEST

/* Steps in a word: r refuse (bad-signature), n refuse (no-signature), k refuse (unknown-key), u
 * undecided (unreachable), t undecided (timed-out), m undecided (no-signature). */
static const struct {
	const char *steps;
	enum outcome outcome;
	enum reason reason;
} orders[] = {
	{ "", OUTCOME_REFUSED, REASON_NO_SIGNATURE },
	{ "r", OUTCOME_REFUSED, REASON_BAD_SIGNATURE },
	{ "n", OUTCOME_REFUSED, REASON_NO_SIGNATURE },
	{ "nr", OUTCOME_REFUSED, REASON_BAD_SIGNATURE },
	{ "rn", OUTCOME_REFUSED, REASON_BAD_SIGNATURE },
	{ "nnk", OUTCOME_REFUSED, REASON_UNKNOWN_KEY },
	{ "rk", OUTCOME_REFUSED, REASON_BAD_SIGNATURE },
	{ "kr", OUTCOME_REFUSED, REASON_UNKNOWN_KEY },
	{ "u", OUTCOME_UNDECIDED, REASON_UNREACHABLE },
	{ "ur", OUTCOME_UNDECIDED, REASON_UNREACHABLE },
	{ "ru", OUTCOME_UNDECIDED, REASON_UNREACHABLE },
	{ "un", OUTCOME_UNDECIDED, REASON_UNREACHABLE },
	{ "nu", OUTCOME_UNDECIDED, REASON_UNREACHABLE },
	{ "nur", OUTCOME_UNDECIDED, REASON_UNREACHABLE },
	{ "mr", OUTCOME_UNDECIDED, REASON_NO_SIGNATURE },
	{ "rutn", OUTCOME_UNDECIDED, REASON_TIMED_OUT },
};

static void
step(struct verdict *v, size_t i, char what)
{
	if (what == 'r')
		verdict_refuse(v, i, REASON_BAD_SIGNATURE, "r");
	else if (what == 'n')
		verdict_refuse(v, i, REASON_NO_SIGNATURE, NULL);
	else if (what == 'k')
		verdict_refuse(v, i, REASON_UNKNOWN_KEY, "k");
	else if (what == 'm')
		verdict_undecided(v, i, REASON_NO_SIGNATURE, NULL);
	else
		verdict_undecided(v, i, what == 'u' ? REASON_UNREACHABLE : REASON_TIMED_OUT, "u");
}

START_TEST(keeps_the_reason)
{
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require(&v, "one");
	for (const char *s = orders[_i].steps; *s != '\0'; s++)
		step(&v, 0, *s);
	ck_assert_msg(verdict_outcome(&v) == orders[_i].outcome, "\"%s\": outcome %d",
	    orders[_i].steps, (int)verdict_outcome(&v));
	ck_assert_msg(verdict_reason(&v) == orders[_i].reason, "\"%s\": %s", orders[_i].steps,
	    reason_word(verdict_reason(&v)));
	ck_assert(!verdict_accepted(&v));
}
END_TEST

/* The evidence that says no weighs more than the evidence that is missing. */
START_TEST(a_refusal_decides_over_a_doubt)
{
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require(&v, "one");
	(void)verdict_require(&v, "two");
	step(&v, (size_t)_i, 'u');
	step(&v, (size_t)!_i, 'r');
	ck_assert_int_eq(verdict_outcome(&v), OUTCOME_REFUSED);
	ck_assert_int_eq(verdict_reason(&v), REASON_BAD_SIGNATURE);
	ck_assert_str_eq(verdict_detail(&v), "r");
}
END_TEST

/* Of several doubts the first is told. */
START_TEST(the_first_doubt_decides)
{
	AUTO(verdict) v = VERDICT_INIT;

	(void)verdict_require(&v, "one");
	(void)verdict_require(&v, "two");
	step(&v, 1, 't');
	step(&v, 0, 'u');
	ck_assert_int_eq(verdict_outcome(&v), OUTCOME_UNDECIDED);
	ck_assert_int_eq(verdict_reason(&v), REASON_UNREACHABLE);
}
END_TEST

static const struct {
	struct tally tally;
	int status;
} runs[] = {
	{ { .accepted = 0 }, 2 },
	{ { .refused = 1 }, 1 },
	{ { .undecided = 1 }, 2 },
	{ { .refused = 1, .undecided = 1 }, 1 },
	{ { .accepted = 5, .refused = 1 }, 1 },
	{ { .accepted = 5, .undecided = 1 }, 2 },
	{ { .accepted = 5, .refused = 1, .undecided = 1 }, 1 },
	{ { .accepted = 1 }, 0 },
	{ { .accepted = 5 }, 0 },
};

START_TEST(counts)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < runs[_i].tally.accepted; i++) {
		AUTO(verdict) v = VERDICT_INIT;

		verdict_discharge(&v, verdict_require(&v, "x"), proven.claim);
		tally_add(&t, &v);
	}
	for (size_t i = 0; i < runs[_i].tally.undecided; i++) {
		AUTO(verdict) v = VERDICT_INIT;

		step(&v, verdict_require(&v, "x"), 'u');
		tally_add(&t, &v);
	}
	for (size_t i = 0; i < runs[_i].tally.refused; i++) {
		AUTO(verdict) v = VERDICT_INIT;

		tally_add(&t, &v);
	}
	ck_assert_uint_eq(t.accepted, runs[_i].tally.accepted);
	ck_assert_uint_eq(t.refused, runs[_i].tally.refused);
	ck_assert_uint_eq(t.undecided, runs[_i].tally.undecided);
	ck_assert_msg(tally_exit_status(&t) == runs[_i].status, "run %d: %d, want %d", _i,
	    tally_exit_status(&t), runs[_i].status);
}
END_TEST

Suite *
verdict_suite(void)
{
	Suite *s = suite_create("verdict");
	TCase *tc = tcase_create("verdict");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, refuses_zeros);
	tcase_add_test(tc, refuses_an_open_one);
	tcase_add_loop_test(tc, refuses_half_done, 0, 2);
	tcase_add_loop_test(tc, makes_no_other_waivers, 0, 5);
	tcase_add_test(tc, a_waiver_verifies_nothing);
	tcase_add_test(tc, a_discharge_alone_does_not_verify_the_rest);
	tcase_add_test(tc, a_discharge_stays);
	tcase_add_test(tc, a_refusal_or_doubt_before_does_not_matter);
	tcase_add_loop_test(tc, keeps_the_reason, 0, ARRAY_LEN(orders));
	tcase_add_loop_test(tc, a_refusal_decides_over_a_doubt, 0, 2);
	tcase_add_test(tc, the_first_doubt_decides);
	tcase_add_loop_test(tc, counts, 0, ARRAY_LEN(runs));
	suite_add_tcase(s, tc);
	return s;
}
