/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program that GPGME takes for gpg: a shell script in tests/tree's directory that stands in for
 * the versions that are not here, and for what no version does.
 */
#ifndef RELSIG_TESTS_FAKE_GPG_H
#define RELSIG_TESTS_FAKE_GPG_H

#include "fresh.h"

/*
 * Setup and teardown of a checked fixture: a tree with bin/ for the fake and tmp/ for the private
 * home, which must be empty at the end.
 */
void fake_gpg_set_up(void);
void fake_gpg_tear_down(void);

/* What the shell commands of a fake may use, besides a shell and coreutils:
 *   say WORD...      a status line
 *   body, begin      the signed bytes; PLAINTEXT, its length and the signed bytes
 *   sig, good, valid NEWSIG, GOODSIG and VALIDSIG as they should be
 *   all              these four in order
 *   log TEXT         what gpg prints for people
 * by $fpr, $primary, $key_id, $length, $version, $key_algorithm, $hash, $class, which may be set
 * before. They are those of testdata/adversary/CASE, signed by release.asc.
 */
struct fake_gpg {
	const char *blob;   /* CASE; NULL for gpg-z0 */
	const char *probe;  /* instead of the answer to --version; NULL for a good one */
	const char *verify; /* the verification; NULL for "all" */
	bool deaf;	    /* it does not read its input */
	int timeout_ms;
	void (*prepare)(void);
};

/* Write it, as bin/gpg of the tree. */
void fake_gpg_write(const struct fake_gpg *g);
/* Write it, put it first on PATH, and ask a fresh judge. */
void fake_gpg_ask(const struct fake_gpg *g, struct answer *out);

#endif
