/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "cmd/nearest.h"
#include "rows.h"
#include "suites.h"

#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 63 letters */

static const char *const words[] = { LONG "b", LONG, "q", "store", "stores", "verify",
	"verify-files", "signature-configmap" };

static const struct {
	const char *typed, *meant;
} slips[] = {
	{ "", NULL },
	{ "x", NULL },
	{ "4.16.0", NULL },
	{ "sto", NULL },
	{ "erots", NULL },
	{ "verify-everything", NULL },
	{ "signature", NULL },
	{ LONG "b", NULL },
	{ LONG "aa", NULL },
	{ "vrfiy", "verify" },
	{ "stor", "store" },
	{ "sotre", "store" },
	{ "storr", "store" },
	{ "storees", "stores" },
	{ "store", "store" },
	{ "verfy", "verify" },
	{ "evrify", "verify" },
	{ "verify-flies", "verify-files" },
	{ "verify_file", "verify-files" },
	{ "signature-confgmaps", "signature-configmap" },
	{ LONG, LONG },
};

START_TEST(finds_what_was_meant)
{
	row_string(slips[_i].typed, "meant", nearest_word(slips[_i].typed, words, ARRAY_LEN(words)),
	    slips[_i].meant);
}
END_TEST

START_TEST(none_of_none)
{
	ck_assert_ptr_null(nearest_word("store", words, 0));
}
END_TEST

Suite *
nearest_suite(void)
{
	Suite *s = suite_create("nearest");
	TCase *t = tcase_create("words");

	tcase_add_loop_test(t, finds_what_was_meant, 0, (int)ARRAY_LEN(slips));
	tcase_add_test(t, none_of_none);
	suite_add_tcase(s, t);
	return s;
}
