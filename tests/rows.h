/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every table of cases checks: the row's name stands in each failure. */
#ifndef RELSIG_TESTS_ROWS_H
#define RELSIG_TESTS_ROWS_H

#include "base/err.h"

/* result is -1, the error has the code, and its message holds part (which may be ""). */
void row_refused(
    const char *row, int result, const struct err *e, enum errc code, const char *part);
/* result is 0 and no error was recorded. */
void row_accepted(const char *row, int result, const struct err *e);
/* Two strings, either of which may be NULL. */
void row_string(const char *row, const char *what, const char *got, const char *want);

#endif
