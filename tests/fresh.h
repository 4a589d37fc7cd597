/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A judge in a process of its own: what a library keeps for the life of a process (GPGME: which
 * gpg, and its version), and what a process gets from its parent, can be tried with no trace in the
 * test's own.
 */
#ifndef RELSIG_TESTS_FRESH_H
#define RELSIG_TESTS_FRESH_H

#include "base/base.h"
#include "trust/reason.h"

struct fresh {
	const char *blob;	    /* case of testdata/adversary; NULL for gpg-z0 */
	const char *keys;	    /* as for judge_open */
	int timeout_ms;		    /* of each run of gpg; 0 for 20 seconds */
	const char *environment[8]; /* "NAME=VALUE", or "NAME" to unset it; ended by NULL */
	void (*prepare)(void);	    /* called in the new process before it starts anew; or NULL */
};

struct answer {
	enum outcome outcome;
	char *reason;  /* the word */
	char *version; /* of gpg; "" when it was not found */
	char *message;
};
#define ANSWER_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}
void answer_free(struct answer *a);
AUTO_DEFINE(answer)

/*
 * Ask it. Fails the test when the process does not answer, crashes, or leaves a child process or
 * its private home behind. With a claim the outcome is OUTCOME_PROVEN and the reason "accepted".
 */
void fresh_ask(const struct fresh *f, struct answer *out);

#endif
