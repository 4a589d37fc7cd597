/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that a test starts, and that do not outlive it. */
#ifndef RELSIG_TESTS_PROCESS_H
#define RELSIG_TESTS_PROCESS_H

#include <sys/types.h>

#include "base/buf.h"

/*
 * fork(2), or the test fails. Check's assertions take a lock, which in the child of a process with
 * threads stays as it was: the child must not use them.
 */
pid_t process_fork(void);
/*
 * Fork: the child has a process group of its own and no signal handler of Check's, and ends with
 * what work returns.
 */
pid_t process_start(int (*work)(void *arg), void *arg);
/*
 * The same twice, as GPGME starts gpg: the process that does the work is an orphan by the time that
 * this returns, and belongs to the nearest subreaper. Safe in a thread.
 */
void process_start_orphan(int (*work)(void *arg), void *arg);
/* work for both: to sleep until it is killed. */
int process_sleep(void *arg);
/* Wait for it to end, and say how, as waitpid(2). */
int process_end(pid_t pid);
/*
 * Run a program found on PATH to its end: its exit status, or -1 when it could not be run or was
 * killed. Its standard output goes to out, standard error nowhere.
 */
int process_run(struct buf *out, char *const argv[]);

#endif
