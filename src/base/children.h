/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The processes that this one started, and those that they left behind: the program is a child
 * subreaper (prctl(2)), so that a process started by a library through a double fork comes back to
 * us, and its exit status, which the library throws away, can be asked for.
 */
#ifndef RELSIG_BASE_CHILDREN_H
#define RELSIG_BASE_CHILDREN_H

#include <sys/types.h>

#include "base/base.h"
#include "base/err.h"

struct pids {
	pid_t *v;
	size_t n;
};
#define PIDS_INIT                                                                                  \
	{                                                                                          \
		0                                                                                  \
	}
void pids_free(struct pids *p);
AUTO_DEFINE(pids)

/* Become a subreaper, see SIGCHLD as by default, leave no core files. Once, before threads. */
int children_adopt(struct err *e) RESULT_USED;

/*
 * In a process that was forked to work with what nobody else may see: it leaves no core file, and
 * no other process of the same user can trace it. It is a process group of its own, and ends when
 * its parent does, with all of that group: not with daemons, which have a session of their own.
 */
int children_set_apart(struct err *e) RESULT_USED;

/* Our children now, zombies included, from /proc. E_IO when /proc does not tell. */
int children_list(struct pids *out, struct err *e) RESULT_USED;

/*
 * Which children did a library call start? Between begin and end no other thread that keeps to this
 * rule starts one or reaps one; every place of relsig that does so goes through this file. end
 * gives the new ones.
 */
int children_begin_start(struct pids *before, struct err *e) RESULT_USED;
int children_end_start(const struct pids *before, struct pids *started, struct err *e) RESULT_USED;
/* Between the two, by the thread that began: the new ones so far. */
int children_started(const struct pids *before, struct pids *started, struct err *e) RESULT_USED;

/* How a child ended, as far as anybody needs to know. */
struct child_end {
	bool exited; /* by exit(3), with status; otherwise by a signal, with its number in status */
	int status;
};
/*
 * Wait for one child until it ends; after timeout_ms kill it. True when it ended by itself in time.
 * It is reaped in every case.
 */
bool child_wait(pid_t pid, int timeout_ms, struct child_end *end);
/* SIGKILL and reap. */
void child_kill(pid_t pid);
/*
 * The same for all that have come since children_adopt and are still there, and for theirs, which
 * become ours by that; waits for none that the kernel does not let go. For the end of the process.
 */
void children_end(void);

#endif
