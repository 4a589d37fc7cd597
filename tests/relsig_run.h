/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole program, in tests/tree's directory: bin/ is first on PATH, tmp/ is TMPDIR (see
 * fake_gpg_set_up).
 */
#ifndef RELSIG_TESTS_RELSIG_RUN_H
#define RELSIG_TESTS_RELSIG_RUN_H

#include "base/buf.h"

/* The longest run, after which it is killed by a signal; arguments, with the program's name. */
enum { RELSIG_RUN_SECONDS = 80, RELSIG_RUN_ARGUMENTS = 24 };

/* A run: what it is given, what came of it. */
struct relsig_run {
	const char *argv[RELSIG_RUN_ARGUMENTS];
	int in; /* its standard input; -1: nothing */
	int to; /* where its report goes; -1: to out */
	/* By a kernel that has none: root's gpg may then start processes. */
	bool without_seccomp;
	int status; /* -1: a signal ended it */
	struct buf out, err;
};
#define RELSIG_RUN_INIT                                                                            \
	{                                                                                          \
		.in = -1, .to = -1                                                                 \
	}
void relsig_run_free(struct relsig_run *r);
AUTO_DEFINE(relsig_run)

/* relsig COMMAND ARGUMENT..., the last being NULL. Fails the test when a process of it is left. */
void relsig_run(struct relsig_run *r, const char *const *arguments);
/* How often part stands in out. */
size_t relsig_run_count(const struct relsig_run *r, const char *part);

#endif
