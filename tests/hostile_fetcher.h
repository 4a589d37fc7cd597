/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A fetcher taken over: this test program, started as relsig-fetch beside a copy of relsig, gives
 * the judge whatever the tester likes, in good form or none, whatever was asked and of whom.
 */
#ifndef RELSIG_TESTS_HOSTILE_FETCHER_H
#define RELSIG_TESTS_HOSTILE_FETCHER_H

enum hostile_manner {
	HOSTILE_ANSWERS = 0, /* status 200 and the file */
	HOSTILE_FAILS,	     /* "404" for every request but those to a manifest */
	HOSTILE_HUGE,	     /* as many bytes as were allowed, zeros after the file */
	HOSTILE_UNASKED,     /* the same answer again, for requests that nobody made */
	HOSTILE_NOISE,	     /* bytes that are no frame */
	HOSTILE_DIES,	     /* at the first request */
	HOSTILE_SILENT,	     /* no answer ever */
};

/* Paths of files; NULL: "404". */
struct hostile_fetcher {
	enum hostile_manner manner;
	const char *manifest, *signature, *key;
};

/* The address and type of every answer: what a terminal would obey, and a report believe. */
#define HOSTILE_TEXT "\033[2J\033]0;x\007\naccepted: all\n"

/* Put both programs into the directory; then set how the fetcher behaves for who is started later.
 */
void hostile_fetcher_install(const char *directory);
void hostile_fetcher_set(const struct hostile_fetcher *f);
void hostile_fetcher_unset(void);

#endif
