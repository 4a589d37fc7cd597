/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fetcher gone bad: the test program itself, started again with a mode in its environment, says
 * on its standard input what no honest fetcher would. The modes are the names in
 * test_http_session.c.
 */
#ifndef RELSIG_TESTS_FAKE_FETCHER_H
#define RELSIG_TESTS_FAKE_FETCHER_H

/* From now on a program that is started at fake_fetcher_path() behaves like this; NULL: no more. */
void fake_fetcher_mode(const char *mode);
/* This program, for free(). */
char *fake_fetcher_path(void);

#endif
