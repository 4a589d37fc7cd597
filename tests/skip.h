/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests that this machine does not permit: each is named, and the run ends with their number. */
#ifndef RELSIG_TESTS_SKIP_H
#define RELSIG_TESTS_SKIP_H

/*
 * To be called when a suite that may skip is made: from then on skips are counted, over forks too.
 */
void skip_prepare(void);
/*
 * "unit: skipped: what: why" on standard error; a failure when RELSIG_NO_SKIP is set and not empty.
 */
void skip_test(const char *what, const char *why);

#endif
