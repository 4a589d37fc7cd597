/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "base/text.h"
#include "formats/sums.h"
#include "rows.h"
#include "suites.h"

#define A "a8267d09eac58e3c7f0db093f3cba83091390e5ac623b0a0282f6f55102b7681"
#define B "f57ab331ad092d8cb1f354b4308046c5ffd15bd143b19f841cb64b0fda89db67"
#define NOT_A_SUM "is not a SHA-256 sum and a name"
#define ELSEWHERE "leads elsewhere"
#define ESCAPE "an escape that sha256sum never writes"
#define CONTROL "has a control character"

enum { MAX_HERE = 4 };

static const struct {
	const char *name, *text;
	enum errc code;
	const char *part;
} refused[] = {
	{ "empty", "", E_INVALID, "is empty" },
	{ "a blank line", "\n", E_INVALID, "line 1 of the list of sums " NOT_A_SUM },
	{ "a blank line at the end", A "  f\n\n", E_INVALID, "line 2" },
	{ "a comment", "# sums\n" A "  f\n", E_INVALID, NOT_A_SUM },
	{ "prose after the sums", A "  f\nsigned yesterday\n", E_INVALID, "line 2" },
	{ "white space before a sum", " " A "  f\n", E_INVALID, NOT_A_SUM },
	{ "63 digits", "a8267d09eac58e3c7f0db093f3cba83091390e5ac623b0a0282f6f55102b768  f\n",
	    E_INVALID, NOT_A_SUM },
	{ "65 digits", A "0  f\n", E_INVALID, NOT_A_SUM },
	{ "SHA-1", "da39a3ee5e6b4b0d3255bfef95601890afd80709  f\n", E_INVALID, NOT_A_SUM },
	{ "no hexadecimal", "g8267d09eac58e3c7f0db093f3cba83091390e5ac623b0a0282f6f55102b7681  f\n",
	    E_INVALID, NOT_A_SUM },
	{ "a sum alone", A "\n", E_INVALID, NOT_A_SUM },
	{ "one space", A " f\n", E_INVALID, NOT_A_SUM },
	{ "a tab", A "\tf\n", E_INVALID, CONTROL },
	{ "CR LF", A "  f\r\n", E_INVALID, CONTROL },
	{ "a form feed", A "  f\f\n", E_INVALID, CONTROL },
	{ "DEL", A "  f\x7f\n", E_INVALID, CONTROL },
	{ "an escape sequence", A "  \x1b[31mf\n", E_INVALID, CONTROL },
	{ "no name", A "  \n", E_INVALID, ELSEWHERE },
	{ "no name, binary", A " *\n", E_INVALID, ELSEWHERE },
	{ "absolute", A "  /etc/passwd\n", E_INVALID, ELSEWHERE },
	{ "dot", A "  .\n", E_INVALID, ELSEWHERE },
	{ "dot dot", A "  ..\n", E_INVALID, ELSEWHERE },
	{ "dot first", A "  ./f\n", E_INVALID, ELSEWHERE },
	{ "dot dot first", A "  ../f\n", E_INVALID, ELSEWHERE },
	{ "dot dot inside", A "  d/../f\n", E_INVALID, ELSEWHERE },
	{ "dot dot last", A "  d/..\n", E_INVALID, ELSEWHERE },
	{ "two slashes", A "  d//f\n", E_INVALID, ELSEWHERE },
	{ "a slash last", A "  d/\n", E_INVALID, ELSEWHERE },
	{ "dot dot, binary", A " *../f\n", E_INVALID, ELSEWHERE },
	{ "dot dot, BSD", "SHA256 (../f) = " A "\n", E_INVALID, ELSEWHERE },
	{ "dot dot, escaped line", "\\" A "  ../f\\n\n", E_INVALID, ELSEWHERE },
	{ "an unknown escape", "\\" A "  f\\x2f\n", E_INVALID, ESCAPE },
	{ "half an escape", "\\" A "  f\\\n", E_INVALID, ESCAPE },
	{ "two backslashes before the line", "\\\\" A "  f\n", E_INVALID, NOT_A_SUM },
	{ "BSD without a name", "SHA256 () = " A "\n", E_INVALID, ELSEWHERE },
	{ "BSD cut off", "SHA256 (f", E_INVALID, NOT_A_SUM },
	{ "BSD without its middle", "SHA256 (f)== " A "\n", E_INVALID, NOT_A_SUM },
	{ "BSD with more after the sum", "SHA256 (f) = " A " \n", E_INVALID, NOT_A_SUM },
	{ "BSD with another hash", "SHA512 (f) = " A "\n", E_INVALID, NOT_A_SUM },
	{ "BSD in lower case", "sha256 (f) = " A "\n", E_INVALID, NOT_A_SUM },
	{ "as openssl dgst has it", "SHA256(f)= " A "\n", E_INVALID, NOT_A_SUM },
	{ "a name twice", A "  f\n" B "  f\n", E_INVALID, "names \"f\" twice" },
	{ "a name twice, the same sum", A "  f\n" A "  f\n", E_INVALID, "names \"f\" twice" },
	{ "a name twice, in two forms", A "  f\n" A "  e\nSHA256 (f) = " B "\n", E_INVALID,
	    "names \"f\" twice" },
	{ "a name twice, once escaped", A "  f\n\\" A "  f\n", E_INVALID, "names \"f\" twice" },
	{ "one above the cap", A "  a\n" A "  b\n" A "  c\n" A "  d\n" A "  e\n", E_TOO_LARGE,
	    "more than 4 files" },
};

START_TEST(refuses)
{
	struct sums s = { .n = 7 };
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name, sums_parse(&s, bytes_of_str(refused[_i].text), MAX_HERE, &e),
	    &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(s.n == 0 && s.v == NULL, "%s: left something behind", refused[_i].name);
}
END_TEST

/* A NUL would end the name early for whoever opens the file. */
START_TEST(refuses_nul)
{
	static const char text[] = A "  f\0g\n";
	AUTO(sums) s = SUMS_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("NUL", sums_parse(&s, bytes_of(text, sizeof(text) - 1), MAX_HERE, &e), &e,
	    E_INVALID, CONTROL);
}
END_TEST

/* The names, in the order in which they are kept, and the digest of the first. */
static const struct {
	const char *name, *text, *digest, *want[MAX_HERE + 1];
} accepted[] = {
	{ "GNU", A "  f\n", A, { "f" } },
	{ "GNU, binary", A " *f\n", A, { "f" } },
	{ "BSD", "SHA256 (f) = " A "\n", A, { "f" } },
	{ "no line's end after the last", A "  f\n" B "  g", A, { "f", "g" } },
	{ "upper case", "A8267D09EAC58E3C7F0DB093F3CBA83091390E5AC623B0A0282F6F55102B7681  f\n", A,
	    { "f" } },
	{ "put in order", A "  g\n" B "  f\n", B, { "f", "g" } },
	{ "at the cap", A "  a\n" A "  b\n" A "  c\n" A "  d\n", A, { "a", "b", "c", "d" } },
	{ "both forms", A " *a\nSHA256 (b) = " B "\n", A, { "a", "b" } },
	{ "in directories", A "  d/e/f\n", A, { "d/e/f" } },
	{ "dots that are names", A "  .f\n" A "  ...\n" A "  ..f\n" A "  f.\n", A,
	    { "...", "..f", ".f", "f." } },
	{ "a space first", A "   f\n", A, { " f" } },
	{ "a star first", A "  *f\n", A, { "*f" } },
	{ "a name like a line", A "  " B "  f\n", A, { B "  f" } },
	{ "BSD, a name like a line's end", "SHA256 (f) = " B ") = " A "\n", A, { "f) = " B } },
	{ "no escape without the mark", A "  f\\n\n", A, { "f\\n" } },
	{ "escapes", "\\" A "  a\\\\b\\nc\\rd\n", A, { "a\\b\nc\rd" } },
	{ "escapes, BSD", "\\SHA256 (a\\\\n) = " A "\n", A, { "a\\n" } },
	{ "bytes above ASCII", A "  \xc3\xa9\xff\n", A, { "\xc3\xa9\xff" } },
};

START_TEST(accepts)
{
	AUTO(sums) s = SUMS_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *hex = NULL;
	size_t n = 0;

	row_accepted(
	    accepted[_i].name, sums_parse(&s, bytes_of_str(accepted[_i].text), MAX_HERE, &e), &e);
	for (; accepted[_i].want[n] != NULL; n++) {
		ck_assert_msg(n < s.n, "%s: entry %zu is missing", accepted[_i].name, n);
		row_string(accepted[_i].name, "a name", s.v[n].name, accepted[_i].want[n]);
		ck_assert_msg(sums_find(&s, accepted[_i].want[n]) == &s.v[n],
		    "%s: entry %zu is not found", accepted[_i].name, n);
	}
	ck_assert_msg(n == s.n, "%s: %zu entries, want %zu", accepted[_i].name, s.n, n);
	hex = text_hex(s.v[0].digest, SUMS_DIGEST_BYTES);
	row_string(accepted[_i].name, "the digest", hex, accepted[_i].digest);
}
END_TEST

START_TEST(finds_exact_names_alone)
{
	static const char *const absent[] = { "", "F", "./f", "f ", "d", "d/", "/f" };
	AUTO(sums) s = SUMS_INIT;
	AUTO(err) e = ERR_INIT;

	ck_assert_ptr_null(sums_find(&s, "f"));
	ck_assert_int_eq(sums_parse(&s, bytes_of_str(A "  f\n" B "  d/f\n"), MAX_HERE, &e), 0);
	for (size_t i = 0; i < ARRAY_LEN(absent); i++)
		ck_assert_msg(sums_find(&s, absent[i]) == NULL, "found \"%s\"", absent[i]);
}
END_TEST

Suite *
sums_suite(void)
{
	Suite *s = suite_create("sums");
	TCase *t = tcase_create("sums");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, refuses_nul);
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_test(t, finds_exact_names_alone);
	suite_add_tcase(s, t);
	return s;
}
