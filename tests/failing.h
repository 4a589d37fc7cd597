/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One call of a library's function, or of base/children's, that fails, in this process and whatever
 * the machine is like. The Makefile's WRAPPED names those that can be made to; what the whole
 * program does when any call fails is tests/fault's to try.
 */
#ifndef RELSIG_TESTS_FAILING_H
#define RELSIG_TESTS_FAILING_H

#include "base/base.h"

/* What is no function's failure: GPGME starts no process; it never says that it is at its end. */
#define FAIL_NO_PROCESS "no process"
#define FAIL_NO_END "no end"
/* What gpg wrote and GPGME kept: nothing; much more than what was asked for; a few zero bytes. */
#define FAIL_NO_DATA "no data"
#define FAIL_MUCH_DATA "much data"
#define FAIL_OTHER_DATA "other data"

/* After so many calls that work, one fails. A static string; no other thread calls it yet. */
void fail_call(const char *function, unsigned before);
/* True when it has failed by now. Nothing is planned any more. */
bool fail_happened(void);

#endif
