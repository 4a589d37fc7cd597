/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rows.h"

#include <string.h>

#include <check.h>

void
row_refused(const char *row, int result, const struct err *e, enum errc code, const char *part)
{
	ck_assert_msg(result == -1, "%s: accepted", row);
	ck_assert_msg(
	    e->code == code, "%s: code %d, want %d (%s)", row, (int)e->code, (int)code, err_msg(e));
	ck_assert_msg(
	    strstr(err_msg(e), part) != NULL, "%s: \"%s\" lacks \"%s\"", row, err_msg(e), part);
}

void
row_accepted(const char *row, int result, const struct err *e)
{
	ck_assert_msg(result == 0, "%s: refused: %s", row, err_msg(e));
	ck_assert_msg(e->code == E_NONE, "%s: accepted, yet with code %d", row, (int)e->code);
}

void
row_string(const char *row, const char *what, const char *got, const char *want)
{
	bool same = got != NULL && want != NULL ? strcmp(got, want) == 0 : got == want;

	ck_assert_msg(same, "%s: %s is \"%s\", want \"%s\"", row, what,
	    got != NULL ? got : "(none)", want != NULL ? want : "(none)");
}
