/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdatomic.h>

#include <check.h>

#include "failing.h"
#include "suites.h"
#include "verify/crew.h"

static struct {
	struct crew *crew;
	atomic_uint done;
} test;

static void
count(void *arg)
{
	(void)arg;
	test.done++;
}

/* Each adds two of the next level. */
static void
branch(void *arg)
{
	unsigned *levels = arg;

	test.done++;
	if (*levels == 0)
		return;
	for (int i = 0; i < 2; i++)
		crew_add(test.crew, levels[-1] == 0 ? count : branch, levels - 1);
}

static const unsigned jobs[] = { 0, 1, 2, 8 };

START_TEST(does_all)
{
	static unsigned levels[] = { 0, 1, 2, 3, 4, 5 };

	test.done = 0;
	test.crew = crew_new(jobs[_i]);
	crew_wait(test.crew);
	for (int i = 0; i < 100; i++)
		crew_add(test.crew, count, NULL);
	crew_wait(test.crew);
	ck_assert_uint_eq(test.done, 100);
	crew_add(test.crew, branch, &levels[5]);
	crew_wait(test.crew);
	ck_assert_uint_eq(test.done, 100 + 63);
	crew_free(test.crew);
}
END_TEST

START_TEST(works_alone)
{
	test.done = 0;
	fail_call("pthread_create", 0);
	test.crew = crew_new(4);
	ck_assert(fail_happened());
	crew_add(test.crew, count, NULL);
	crew_wait(test.crew);
	ck_assert_uint_eq(test.done, 1);
	crew_free(test.crew);
	crew_free(NULL);
}
END_TEST

Suite *
crew_suite(void)
{
	Suite *s = suite_create("crew");
	TCase *t = tcase_create("crew");

	tcase_add_loop_test(t, does_all, 0, (int)ARRAY_LEN(jobs));
	tcase_add_test(t, works_alone);
	suite_add_tcase(s, t);
	return s;
}
