/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <limits.h>
#include <stdlib.h>

#include <check.h>

#include "base/clock.h"
#include "base/deadline.h"
#include "rows.h"
#include "suites.h"

#define HOUR_MS (60L * 60 * 1000)

START_TEST(passes)
{
	struct deadline passed = deadline_after(clock_ms() - 3000, 2000);
	struct deadline now = deadline_after(clock_ms() - 2000, 2000);
	AUTO(err) e = ERR_INIT;

	ck_assert(deadline_passed(&passed) && deadline_passed(&now));
	ck_assert_int_eq(deadline_left_ms(&passed, 20000), 0);
	ck_assert_int_eq(deadline_poll_ms(&passed), 0);
	ck_assert_int_eq(deadline_cap(&passed, clock_ms()), passed.at_ms);
	row_refused("the error", deadline_error(&passed, &e), &e, E_TIMED_OUT,
	    "the run's --timeout of 2 s is over");
}
END_TEST

START_TEST(is_ahead)
{
	struct deadline d = deadline_after(clock_ms(), HOUR_MS);

	ck_assert(!deadline_passed(&d));
	ck_assert_int_eq(deadline_left_ms(&d, 20000), 20000);
	ck_assert_int_gt(deadline_left_ms(&d, INT_MAX), 0);
	ck_assert_int_le(deadline_left_ms(&d, INT_MAX), HOUR_MS);
	ck_assert_int_gt(deadline_poll_ms(&d), 0);
	ck_assert_int_eq(deadline_cap(&d, d.at_ms - 1), d.at_ms - 1);
	ck_assert_int_eq(deadline_cap(&d, d.at_ms + 1), d.at_ms);
	/* Further than an int has room for. */
	d.at_ms = INT64_MAX;
	ck_assert_int_eq(deadline_left_ms(&d, INT_MAX), INT_MAX);
}
END_TEST

START_TEST(is_never)
{
	const struct deadline zero = DEADLINE_NEVER;
	const struct deadline not_given = deadline_after(clock_ms() - HOUR_MS, 0);
	const struct deadline *const both[] = { &zero, &not_given };
	const struct deadline *d = both[_i];

	ck_assert(!deadline_passed(d));
	ck_assert_int_eq(deadline_left_ms(d, 20000), 20000);
	ck_assert_int_eq(deadline_poll_ms(d), -1);
	ck_assert_int_eq(deadline_cap(d, INT64_MAX), INT64_MAX);
}
END_TEST

/* Only what came of the deadline is put down to it. */
START_TEST(explains)
{
	struct deadline passed = deadline_after(clock_ms() - 60000, 60000);
	struct deadline ahead = deadline_after(clock_ms(), HOUR_MS);
	AUTO(err) e = ERR_INIT;

	deadline_explain(&passed, &e);
	ck_assert_int_eq(e.code, E_NONE);
	(void)err_set(&e, E_TIMED_OUT, "gpg is slow");
	deadline_explain(&ahead, &e);
	ck_assert_str_eq(err_msg(&e), "gpg is slow");
	deadline_explain(&passed, &e);
	ck_assert_str_eq(err_msg(&e), "the run's --timeout of 60 s is over: gpg is slow");
	ck_assert_int_eq(e.code, E_TIMED_OUT);
	(void)err_set(&e, E_IO, "no gpg");
	deadline_explain(&passed, &e);
	ck_assert_str_eq(err_msg(&e), "no gpg");
}
END_TEST

Suite *
deadline_suite(void)
{
	Suite *s = suite_create("deadline");
	TCase *t = tcase_create("deadline");

	tcase_add_test(t, passes);
	tcase_add_test(t, is_ahead);
	tcase_add_loop_test(t, is_never, 0, 2);
	tcase_add_test(t, explains);
	suite_add_tcase(s, t);
	return s;
}
