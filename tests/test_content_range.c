/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>

#include "formats/content_range.h"
#include "rows.h"
#include "suites.h"

static const struct {
	const char *name, *text, *part;
} refused[] = {
	{ "nothing", "", "not of bytes" },
	{ "a unit alone", "bytes", "not of bytes" },
	{ "another unit", "lines 0-0/1", "not of bytes" },
	{ "as a request has it", "bytes=0-0/1", "not of bytes" },
	{ "nothing after the unit", "bytes ", "no total" },
	{ "no total", "bytes 0-0", "no total" },
	{ "an empty total", "bytes 0-0/", "the total is no number" },
	{ "two totals", "bytes 0-0/1/1", "the total is no number" },
	{ "a negative total", "bytes 0-0/-1", "the total is no number" },
	{ "a total with a space", "bytes 0-0/1 ", "the total is no number" },
	{ "a total over the largest", "bytes 0-0/9223372036854775808", "the total is no number" },
	{ "a total of many digits", "bytes 0-0/99999999999999999999999", "the total is no number" },
	{ "neither part nor total", "bytes */*", "no part" },
	{ "no dash", "bytes 0/1", "no part" },
	{ "no first", "bytes -0/1", "no part" },
	{ "no last", "bytes 0-/1", "no part" },
	{ "two dashes", "bytes 0-0-0/1", "no part" },
	{ "a first that is no number", "bytes x-0/1", "no part" },
	{ "the last before the first", "bytes 1-0/2", "no part" },
	{ "the last at the total", "bytes 0-1/1", "no part" },
	{ "a part of nothing", "bytes 0-0/0", "no part" },
	{ "a last over the largest", "bytes 0-9223372036854775807/*", "no part" },
	{ "two ranges", "bytes 0-0/1, 1-1/2", "the total is no number" },
};

START_TEST(refuses)
{
	struct content_range got = { .first = 7, .total = 7 };
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name, content_range_parse(&got, bytes_of_str(refused[_i].text), &e),
	    &e, E_INVALID, refused[_i].part);
	ck_assert_msg(got.first == -1 && got.total == -1, "%s: left a range", refused[_i].name);
}
END_TEST

static const struct {
	const char *name, *text;
	int64_t first, total;
} accepted[] = {
	{ "the first byte", "bytes 0-0/1234", 0, 1234 },
	{ "all there is", "bytes 0-0/1", 0, 1 },
	{ "the rest", "bytes 1000-1233/1234", 1000, 1234 },
	{ "capitals", "Bytes 1-2/3", 1, 3 },
	{ "a whole that nobody knows", "bytes 5-9/*", 5, -1 },
	{ "no part, of a whole", "bytes */1234", -1, 1234 },
	{ "no part, of nothing", "bytes */0", -1, 0 },
	{ "the largest", "bytes 9223372036854775806-9223372036854775806/9223372036854775807",
	    INT64_MAX - 1, INT64_MAX },
};

START_TEST(accepts)
{
	const char *name = accepted[_i].name;
	struct content_range got = CONTENT_RANGE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(name, content_range_parse(&got, bytes_of_str(accepted[_i].text), &e), &e);
	ck_assert_msg(got.first == accepted[_i].first, "%s: first %jd", name, (intmax_t)got.first);
	ck_assert_msg(got.total == accepted[_i].total, "%s: total %jd", name, (intmax_t)got.total);
}
END_TEST

Suite *
content_range_suite(void)
{
	Suite *s = suite_create("content_range");
	TCase *t = tcase_create("content_range");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, (int)ARRAY_LEN(accepted));
	suite_add_tcase(s, t);
	return s;
}
