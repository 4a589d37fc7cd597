/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/text.h"
#include "rows.h"
#include "suites.h"

#define ROW(text, want)                                                                            \
	{                                                                                          \
		text, sizeof(text) - 1, want                                                       \
	}

static const struct {
	const char *text;
	size_t n;
	const char *want;
} escapes[] = {
	ROW("", ""),
	ROW("plain ~ text", "plain ~ text"),
	ROW("a\\b", "a\\\\b"),
	ROW("a\0b", "a\\x00b"),
	ROW("\n\r\t\b\x1b[31m", "\\x0a\\x0d\\x09\\x08\\x1b[31m"),
	ROW("\x7f", "\\x7f"),
	ROW("\xc2\x9b"
	    "31m",
	    "\\xc2\\x9b31m"),
	/* Characters that a terminal shows. */
	ROW("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"),
	ROW("\xc2\xa0", "\xc2\xa0"),
	ROW("\xef\xbf\xbd", "\xef\xbf\xbd"),
	/* Characters that hide, join or reorder. */
	ROW("\xc2\xad", "\\xc2\\xad"),
	ROW("\xcd\x8f", "\\xcd\\x8f"),
	ROW("\xe2\x80\x8b", "\\xe2\\x80\\x8b"),
	ROW("\xe2\x80\xa8", "\\xe2\\x80\\xa8"),
	ROW("\xe2\x80\xae", "\\xe2\\x80\\xae"),
	ROW("\xe2\x81\xa6", "\\xe2\\x81\\xa6"),
	ROW("\xe3\x85\xa4", "\\xe3\\x85\\xa4"),
	ROW("\xef\xb8\x8f", "\\xef\\xb8\\x8f"),
	ROW("\xef\xbb\xbf", "\\xef\\xbb\\xbf"),
	ROW("\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"),
	ROW("\xf3\xa0\x84\x80", "\\xf3\\xa0\\x84\\x80"),
	/* What is no UTF-8: byte by byte. */
	ROW("\x80", "\\x80"),
	ROW("\xff\xfe", "\\xff\\xfe"),
	ROW("\xc0\x80", "\\xc0\\x80"),
	ROW("\xe0\x80\xaf", "\\xe0\\x80\\xaf"),
	ROW("\xed\xa0\x80", "\\xed\\xa0\\x80"),
	ROW("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"),
	ROW("\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"),
	ROW("\xe2\x82", "\\xe2\\x82"),
	ROW("\xe2\x82x", "\\xe2\\x82x"),
	ROW("\xc3(", "\\xc3("),
};

START_TEST(escaping)
{
	AUTO(buf) b = BUF_INIT;

	text_escape(&b, bytes_of(escapes[_i].text, escapes[_i].n));
	row_string(escapes[_i].want, "escaped", buf_str(&b), escapes[_i].want);
}
END_TEST

START_TEST(escaping_nothing)
{
	AUTO_STR char *none = text_escaped(NULL);
	AUTO_STR char *some = text_escaped("a\nb");
	AUTO(buf) b = BUF_INIT;

	ck_assert_str_eq(none, "");
	ck_assert_str_eq(some, "a\\x0ab");
	buf_add_str(&b, "kept ");
	text_escape(&b, bytes_of(NULL, 0));
	text_escape(&b, bytes_of_str("\x01"));
	ck_assert_str_eq(buf_str(&b), "kept \\x01");
}
END_TEST

/* Nothing of it closes an element, an attribute or a comment, or begins one. */
static const struct {
	const char *text, *want;
} html[] = {
	{ "</td><script>alert(1)</script>", "&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;" },
	{ "\" onload=\"x", "&quot; onload=&quot;x" },
	{ "' style='x", "&#39; style=&#39;x" },
	{ "--><!--", "--&gt;&lt;!--" },
	{ "]]></style>", "]]&gt;&lt;/style&gt;" },
	{ "&lt;&#60;&", "&amp;lt;&amp;#60;&amp;" },
	{ "a\nb\x01", "a\\x0ab\\x01" },
	{ "\xff<", "\\xff&lt;" },
	/* An overlong "<", and one of UTF-7. */
	{ "\xc0\xbc", "\\xc0\\xbc" },
	{ "+ADw-script", "+ADw-script" },
	{ "\xe2\x80\xae"
	  "evil",
	    "\\xe2\\x80\\xaeevil" },
	{ "\\x3c", "\\\\x3c" },
	{ "", "" },
	{ NULL, "" },
	{ "plain \xc3\xa4 \xf0\x9f\x98\x80", "plain \xc3\xa4 \xf0\x9f\x98\x80" },
};

START_TEST(writing_html)
{
	AUTO(buf) b = BUF_INIT;

	text_html(&b, html[_i].text);
	row_string(html[_i].want, "as HTML", buf_str(&b), html[_i].want);
}
END_TEST

static const struct {
	const char *text;
	size_t n;
	bool unhex, lower;
} hex[] = {
	{ "", 0, true, true },
	{ "00ff", 2, true, true },
	{ "abcdef", 3, true, true },
	{ "ABCDEF", 3, true, false },
	{ "aBcD", 2, true, false },
	{ "", 1, false, false },
	{ "00f", 2, false, false },
	{ "00fff", 2, false, false },
	{ "0g", 1, false, false },
	{ "g0", 1, false, false },
	{ "0x", 1, false, false },
	{ " 0", 1, false, false },
	{ "-1", 1, false, false },
	{ "@`", 1, false, false },
	{ "/:", 1, false, false },
};

START_TEST(hexadecimal)
{
	const char *text = hex[_i].text;
	uint8_t out[4] = { 0 };

	ck_assert_msg(
	    text_unhex(out, hex[_i].n, bytes_of_str(text)) == hex[_i].unhex, "unhex \"%s\"", text);
	ck_assert_msg(text_is_lower_hex(bytes_of_str(text), 2 * hex[_i].n) == hex[_i].lower,
	    "lower \"%s\"", text);
}
END_TEST

START_TEST(hexadecimal_values)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0x9a, 0xbc, 0xff };
	AUTO_STR char *text = text_hex(bytes, sizeof(bytes));
	AUTO_STR char *none = text_hex(NULL, 0);
	uint8_t out[sizeof(bytes)];

	ck_assert_str_eq(text, "00019abcff");
	ck_assert_str_eq(none, "");
	ck_assert(text_unhex(out, sizeof(out), bytes_of_str("00019AbCfF")));
	ck_assert_mem_eq(out, bytes, sizeof(bytes));
	ck_assert(!text_is_lower_hex(bytes_of("a\0", 2), 2));
}
END_TEST

static const struct {
	const char *name, *text;
	size_t n;
} bad_base64[] = {
	{ "one character", "Q", 1 },
	{ "three characters", "QUJ", 3 },
	{ "no padding", "QUI", 3 },
	{ "padding alone", "====", 4 },
	{ "too much padding", "Q===", 4 },
	{ "padding twice", "QQ==QQ==", 8 },
	{ "padding first", "=QUJ", 4 },
	{ "padding in the middle", "QU=J", 4 },
	{ "stray bits", "QR==", 4 },
	{ "stray bits after two", "QUJ=", 4 },
	{ "space before", " QUJD", 5 },
	{ "four spaces before", "    QUJD", 8 },
	{ "four spaces after", "QUJD    ", 8 },
	{ "newline after", "QUJD\n", 5 },
	{ "newlines inside", "QUJD\n\n\n\nQUJD", 12 },
	{ "spaces alone", "    ", 4 },
	{ "hyphens after", "QUJD----", 8 },
	{ "URL alphabet", "_-_-", 4 },
	{ "NUL inside", "QU\0D", 4 },
	{ "NUL after", "QUJD\0\0\0", 8 },
	{ "not ASCII", "QUJ\xc4", 4 },
};

START_TEST(base64_refuses)
{
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&b, "old");
	row_refused(bad_base64[_i].name,
	    text_base64_decode(&b, bytes_of(bad_base64[_i].text, bad_base64[_i].n), &e), &e,
	    E_INVALID, "base64: ");
	ck_assert_msg(b.n == 0, "%s: left %zu bytes", bad_base64[_i].name, b.n);
}
END_TEST

/* RFC 4648 section 10, and the last two characters of the alphabet. */
static const struct {
	const char *plain, *coded;
} good_base64[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xfb\xff\xbf", "+/+/" },
};

START_TEST(base64_accepts)
{
	AUTO_STR char *coded = text_base64(bytes_of_str(good_base64[_i].plain));
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_string("encoding", good_base64[_i].plain, coded, good_base64[_i].coded);
	row_accepted(coded, text_base64_decode(&b, bytes_of_str(coded), &e), &e);
	ck_assert_str_eq(buf_str(&b), good_base64[_i].plain);
}
END_TEST

/* Over the size of one call of OpenSSL's. */
START_TEST(base64_large)
{
	size_t i, n = ((size_t)7 << 20) + 1;
	uint8_t *plain = xmalloc(n);
	AUTO_STR char *coded = NULL;
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	for (i = 0; i < n; i++)
		plain[i] = (uint8_t)(i * 2654435761u >> 24);
	coded = text_base64(bytes_of(plain, n));
	ck_assert_uint_eq(strlen(coded), (n + 2) / 3 * 4);
	row_accepted("large", text_base64_decode(&b, bytes_of_str(coded), &e), &e);
	ck_assert(bytes_equal(buf_bytes(&b), bytes_of(plain, n)));
	free(plain);
}
END_TEST

static const struct {
	const char *text;
	uint64_t min, max;
	bool ok;
	uint64_t want;
} numbers[] = {
	{ "", 0, 10, false, 0 },
	{ "-1", 0, 10, false, 0 },
	{ "+1", 0, 10, false, 0 },
	{ " 1", 0, 10, false, 0 },
	{ "1 ", 0, 10, false, 0 },
	{ "1.0", 0, 10, false, 0 },
	{ "0x1", 0, 10, false, 0 },
	{ "11", 0, 10, false, 0 },
	{ "4", 5, 10, false, 0 },
	{ "18446744073709551616", 0, UINT64_MAX, false, 0 },
	{ "18446744073709551620", 0, UINT64_MAX, false, 0 },
	{ "99999999999999999999", 0, UINT64_MAX, false, 0 },
	{ "18446744073709551615", 0, UINT64_MAX, true, UINT64_MAX },
	{ "0", 0, 10, true, 0 },
	{ "10", 0, 10, true, 10 },
	{ "5", 5, 10, true, 5 },
};

START_TEST(number)
{
	uint64_t got = 77;
	bool ok =
	    text_number(&got, bytes_of_str(numbers[_i].text), numbers[_i].min, numbers[_i].max);

	ck_assert_msg(ok == numbers[_i].ok, "\"%s\"", numbers[_i].text);
	ck_assert_msg(got == (ok ? numbers[_i].want : 77), "\"%s\": %llu", numbers[_i].text,
	    (unsigned long long)got);
}
END_TEST

static const struct {
	int64_t seconds;
	const char *want;
} times[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ -1, "1969-12-31T23:59:59Z" },
	{ 1708942272, "2024-02-26T10:11:12Z" },
	{ 4102444800, "2100-01-01T00:00:00Z" },
	{ INT64_MAX, "9223372036854775807 seconds after 1970" },
	{ INT64_MIN, "-9223372036854775808 seconds after 1970" },
};

START_TEST(utc)
{
	AUTO_STR char *text = text_utc(times[_i].seconds);

	ck_assert_str_eq(text, times[_i].want);
}
END_TEST

START_TEST(ends)
{
	ck_assert(text_starts_with("abc", ""));
	ck_assert(text_starts_with("abc", "abc"));
	ck_assert(!text_starts_with("abc", "abcd"));
	ck_assert(!text_starts_with("abc", "b"));
	ck_assert(!text_starts_with("", "a"));
	ck_assert(text_ends_with("abc", ""));
	ck_assert(text_ends_with("abc", "bc"));
	ck_assert(text_ends_with("abc", "abc"));
	ck_assert(!text_ends_with("abc", "xabc"));
	ck_assert(!text_ends_with("abc", "b"));
	ck_assert(!text_ends_with("", "a"));
}
END_TEST

Suite *
text_suite(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, escaping, 0, ARRAY_LEN(escapes));
	tcase_add_loop_test(t, writing_html, 0, ARRAY_LEN(html));
	tcase_add_test(t, escaping_nothing);
	tcase_add_loop_test(t, hexadecimal, 0, ARRAY_LEN(hex));
	tcase_add_test(t, hexadecimal_values);
	tcase_add_loop_test(t, base64_refuses, 0, ARRAY_LEN(bad_base64));
	tcase_add_loop_test(t, base64_accepts, 0, ARRAY_LEN(good_base64));
	tcase_add_test(t, base64_large);
	tcase_add_loop_test(t, number, 0, ARRAY_LEN(numbers));
	tcase_add_loop_test(t, utc, 0, ARRAY_LEN(times));
	tcase_add_test(t, ends);
	suite_add_tcase(s, t);
	return s;
}
