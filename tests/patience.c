/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "patience.h"

#include <stdlib.h>

#include <check.h>

enum { MAX_PATIENCE = 100 };

unsigned
patience_ms(unsigned ms)
{
	const char *times = getenv("RELSIG_TEST_PATIENCE");
	unsigned long n = times != NULL ? strtoul(times, NULL, 10) : 1;

	ck_assert_msg(n >= 1 && n <= MAX_PATIENCE, "RELSIG_TEST_PATIENCE=%s", times);
	return ms * (unsigned)n;
}
