/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>

#include "suites.h"
#include "trust/agreement.h"

static const struct {
	const char *values[3];
	size_t n;
	bool agree;
} rows[] = {
	{ { "1" }, 0, false },
	{ { "1" }, 1, false },
	{ { NULL, NULL }, 2, false },
	{ { "1", NULL }, 2, false },
	{ { NULL, "1" }, 2, false },
	{ { "1", "2" }, 2, false },
	{ { "1", "1", "2" }, 3, false },
	{ { "1", "1", "" }, 3, false },
	{ { "1", "1", "2" }, 2, true },
	{ { "1", "1", "1" }, 3, true },
};

START_TEST(of_values)
{
	AUTO_PTR(agreement) a = agreement_of_values(rows[_i].values, rows[_i].n);

	ck_assert_msg((a != NULL) == rows[_i].agree, "row %d", _i);
}
END_TEST

START_TEST(of_counts)
{
	AUTO_PTR(agreement) none = agreement_of_counts(0, 0);
	AUTO_PTR(agreement) fewer = agreement_of_counts(1, 2);
	AUTO_PTR(agreement) more = agreement_of_counts(2, 1);
	AUTO_PTR(agreement) all = agreement_of_counts(2, 2);

	ck_assert(none == NULL && fewer == NULL && more == NULL && all != NULL);
}
END_TEST

Suite *
agreement_suite(void)
{
	Suite *s = suite_create("agreement");
	TCase *t = tcase_create("agreement");

	tcase_add_loop_test(t, of_values, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, of_counts);
	suite_add_tcase(s, t);
	return s;
}
