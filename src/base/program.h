/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running another program to its end: a few bytes in, what it prints out, both under caps. */
#ifndef RELSIG_BASE_PROGRAM_H
#define RELSIG_BASE_PROGRAM_H

#include "base/base.h"
#include "base/buf.h"
#include "base/children.h"
#include "base/deadline.h"
#include "base/err.h"

/* So much goes into an empty pipe at once, whoever reads it when (PIPE_BUF). */
#define MAX_PROGRAM_INPUT_BYTES ((size_t)4096)

struct program {
	char *const *argv; /* argv[0] is its path; nothing is looked for */
	char *const *envp;
	struct bytes input;	  /* at most MAX_PROGRAM_INPUT_BYTES */
	size_t max_output;	  /* of standard output, and of standard error */
	unsigned timeout_ms;	  /* after which it is killed, */
	struct deadline deadline; /* or at this */
};

struct program_result {
	struct buf out, err;
	struct child_end end;
};
#define PROGRAM_RESULT_INIT                                                                        \
	{                                                                                          \
		0                                                                                  \
	}
/* Wipes, then frees. */
void program_result_free(struct program_result *r);
AUTO_DEFINE(program_result)

/*
 * Run it until it has ended and closed what it prints to. It is of our process group, so that it
 * may ask at the terminal and a Ctrl-C reaches it, and is killed when this process ends. How it
 * ended is no error; E_TOO_LARGE, E_TIMED_OUT: it printed too much or took too long, and was
 * killed. What it leaves running is children_end()'s. E_IO. To be called while there is one thread.
 */
int program_run(struct program_result *out, const struct program *p, struct err *e) RESULT_USED;

/* The path of the program with this name in the absolute directories of PATH, for free(); or NULL.
 */
char *program_find(const char *path, const char *name);

#endif
