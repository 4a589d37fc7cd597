/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Temporary directories and files that do not outlive the process: removed by their owner on every
 * path, and by a thread of their own when SIGINT, SIGTERM, SIGHUP or its deadline ends the process,
 * which also ends its children.
 */
#ifndef RELSIG_BASE_CLEANUP_H
#define RELSIG_BASE_CLEANUP_H

#include <stdatomic.h>

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"

/*
 * Keep the three signals back until cleanup_on_signals, for work that must come before the first
 * thread and makes directories.
 */
int cleanup_hold_signals(struct err *e) RESULT_USED;

/*
 * From now on the three signals are waited for in a thread: directories go, children are killed,
 * then the process ends by that signal, as a shell expects. The same, with status 2 and a line on
 * standard error, RUN_GRACE_MS after the deadline, for what no thread can be called back from: a
 * write that nobody reads, a file system that does not answer. Once, before any other thread starts
 * (they inherit the signal mask).
 */
int cleanup_on_signals(const struct deadline *deadline, struct err *e) RESULT_USED;
/*
 * From now on the first SIGINT or SIGTERM ends nothing: it makes true what this gives, for the
 * work to be cut short and what was found so far to be told. The next one ends the process as
 * above, and so does SIGHUP.
 */
const atomic_bool *cleanup_stop_first(void);

/*
 * A file or directory that goes with the process unless it is forgotten, by its name in a directory
 * that stays open until then. Remember it before it is made.
 */
struct leftover;
struct leftover *cleanup_remember(int directory, const char *name);
/* It shall stay. NULL is fine. */
void cleanup_forget(struct leftover *l);
/* Remove it and all that is in it. NULL is fine. */
void cleanup_remove(struct leftover *l);

/* A new private (0700) directory ${TMPDIR:-/tmp}/relsig-XXXXXX; its path, for tmpdir_remove. */
char *tmpdir_make(struct err *e) RESULT_USED;
/* Remove it and all that is in it, and free the path. NULL is fine. */
void tmpdir_remove(char *path);

#endif
