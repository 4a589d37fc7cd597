/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RELSIG_TESTS_PATIENCE_H
#define RELSIG_TESTS_PATIENCE_H

/*
 * A time limit, in milliseconds, as many times as long as $RELSIG_TEST_PATIENCE says: under
 * valgrind what answers at once takes seconds. No time limit (0) stays none.
 */
unsigned patience_ms(unsigned ms);

#endif
