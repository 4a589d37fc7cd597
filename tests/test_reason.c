/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "trust/reason.h"

/* The words are a promise to scripts: written out here, in the order of the enum, once more. */
static const char *const words[] = { "unset", "no-signature", "not-a-signature", "bad-signature",
	"unknown-key", "untrusted-key", "key-expired", "key-revoked", "signature-expired",
	"weak-crypto", "malformed-payload", "signed-digest-mismatch", "identity-mismatch",
	"manifest-digest-mismatch", "unsupported-manifest", "rejected-by-policy", "unreachable",
	"too-large", "timed-out", "io-error", "usage", "content-missing", "content-mismatch" };

START_TEST(has_a_word)
{
	row_string(words[_i], "the word", reason_word((enum reason)_i), words[_i]);
}
END_TEST

START_TEST(accepted_stands_apart)
{
	ck_assert_str_eq(reason_word(REASON_ACCEPTED), "accepted");
	for (int r = 0; r < 256; r++)
		ck_assert_msg(
		    r == REASON_ACCEPTED || strcmp(reason_word((enum reason)r), "accepted") != 0,
		    "%d is called accepted", r);
	ck_assert_str_eq(reason_word((enum reason)ARRAY_LEN(words)), "unset");
}
END_TEST

static const struct {
	enum errc code;
	enum reason reason;
} errors[] = {
	{ E_NONE, REASON_IO_ERROR },
	{ E_USAGE, REASON_USAGE },
	{ E_NOT_FOUND, REASON_IO_ERROR },
	{ E_INVALID, REASON_IO_ERROR },
	{ E_WEAK, REASON_IO_ERROR },
	{ E_UNSUPPORTED, REASON_IO_ERROR },
	{ E_MISMATCH, REASON_IO_ERROR },
	{ E_TOO_LARGE, REASON_TOO_LARGE },
	{ E_TIMED_OUT, REASON_TIMED_OUT },
	{ E_UNREACHABLE, REASON_UNREACHABLE },
	{ E_DENIED, REASON_UNREACHABLE },
	{ E_IO, REASON_IO_ERROR },
};

START_TEST(names_errors)
{
	enum reason got = reason_of_error(errors[_i].code);

	ck_assert_msg(got == errors[_i].reason, "error %d: %s, want %s", (int)errors[_i].code,
	    reason_word(got), reason_word(errors[_i].reason));
}
END_TEST

Suite *
reason_suite(void)
{
	Suite *s = suite_create("reason");
	TCase *tc = tcase_create("reason");

	tcase_add_loop_test(tc, has_a_word, 0, ARRAY_LEN(words));
	tcase_add_test(tc, accepted_stands_apart);
	tcase_add_loop_test(tc, names_errors, 0, ARRAY_LEN(errors));
	suite_add_tcase(s, tc);
	return s;
}
