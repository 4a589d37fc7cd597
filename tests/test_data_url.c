/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "formats/data_url.h"
#include "rows.h"
#include "suites.h"

static const struct {
	const char *url;
	enum errc code;
	const char *part;
} refused[] = {
	{ "", E_UNSUPPORTED, "not a data URL" },
	{ "text", E_UNSUPPORTED, "not a data URL" },
	{ "https://example.com/x", E_UNSUPPORTED, "its content is elsewhere" },
	{ "data", E_UNSUPPORTED, "not a data URL" },
	{ "data:", E_INVALID, "no comma" },
	{ "data:text/plain;base64", E_INVALID, "no comma" },
	{ "data:,%", E_INVALID, "without two hex digits" },
	{ "data:,%4", E_INVALID, "without two hex digits" },
	{ "data:,a%zz", E_INVALID, "without two hex digits" },
	{ "data:;base64,aGVsbG8", E_INVALID, "data URL: " },
	{ "data:;base64,aGVs bG8=", E_INVALID, "data URL: " },
	{ "data:;base64,aGVsbG9=", E_INVALID, "data URL: " },
};

START_TEST(refuses)
{
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].url, data_url_read(&out, refused[_i].url, &e), &e, refused[_i].code,
	    refused[_i].part);
}
END_TEST

static const struct {
	const char *url, *content;
} read[] = {
	{ "data:,", "" },
	{ "data:,hello", "hello" },
	{ "DATA:,hello", "hello" },
	{ "data:,a%20b%0A%7b", "a b\n{" },
	{ "data:,a,b", "a,b" },
	{ "data:text/plain,hello", "hello" },
	{ "data:text/plain;charset=utf-8;base64,aGVsbG8=", "hello" },
	{ "data:;base64,aGVsbG8%3D", "hello" },
	{ "data:;BASE64,aGVsbG8=", "hello" },
	{ "data:;base64,", "" },
	{ "data:base64,aGVsbG8=", "aGVsbG8=" },
};

START_TEST(reads)
{
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&out, "before");
	row_accepted(read[_i].url, data_url_read(&out, read[_i].url, &e), &e);
	row_string(read[_i].url, "content", buf_str(&out), read[_i].content);
}
END_TEST

START_TEST(writes)
{
	AUTO(buf) all = BUF_INIT;
	AUTO(buf) again = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *base64 = NULL;
	AUTO_STR char *percent = NULL;
	AUTO_STR char *empty = data_url_of_text(bytes_of_str(""));
	AUTO_STR char *text = data_url_of_text(bytes_of_str("a b/c-d_e~f.g{}\n"));

	for (int c = 0; c < 256; c++)
		buf_add_byte(&all, (uint8_t)c);
	base64 = data_url_of_base64(buf_bytes(&all));
	percent = data_url_of_text(buf_bytes(&all));
	row_accepted("base64", data_url_read(&again, base64, &e), &e);
	ck_assert(bytes_equal(buf_bytes(&again), buf_bytes(&all)));
	row_accepted("percent", data_url_read(&again, percent, &e), &e);
	ck_assert(bytes_equal(buf_bytes(&again), buf_bytes(&all)));
	ck_assert_str_eq(empty, "data:,");
	ck_assert_str_eq(text, "data:,a%20b/c-d_e~f.g%7B%7D%0A");
}
END_TEST

Suite *
data_url_suite(void)
{
	Suite *s = suite_create("data_url");
	TCase *t = tcase_create("data_url");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, reads, 0, (int)ARRAY_LEN(read));
	tcase_add_test(t, writes);
	suite_add_tcase(s, t);
	return s;
}
