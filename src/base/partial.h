/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file that comes piece by piece, perhaps in more than one run: until it is whole it stands under
 * a hidden name beside its place, ".NAME.relsig-partial", which is always the same, so that who
 * comes later goes on with it. What is in it is worth nothing until somebody has hashed all of it.
 */
#ifndef RELSIG_BASE_PARTIAL_H
#define RELSIG_BASE_PARTIAL_H

#include "base/base.h"
#include "base/beneath.h"
#include "base/deadline.h"
#include "base/err.h"

struct partial;

/*
 * Open what there is of a file, by its path in the directory, or begin it; directories on the way
 * are made, and no symbolic link is followed. Nobody else writes to it meanwhile: who does is
 * waited for, and may have given it its name by then. E_TIMED_OUT; E_IO.
 */
int partial_open(struct partial **out, const struct beneath *d, const char *name,
    const struct deadline *deadline, struct err *e) RESULT_USED;
/* How many bytes there are. */
uint64_t partial_size(const struct partial *p) RESULT_USED;
/*
 * The next of the bytes that were there when it was opened, borrowed until the next call; none (n
 * is 0) at the end. E_IO, also when others than were there come.
 */
int partial_next(struct partial *p, struct bytes *piece, struct err *e) RESULT_USED;
/* Append. A full disk is E_IO, and what is there stays. */
int partial_add(struct partial *p, struct bytes piece, struct err *e) RESULT_USED;
/* Begin again, with nothing. E_IO. */
int partial_restart(struct partial *p, struct err *e) RESULT_USED;
/*
 * It is whole: flush it and give it its name, with the mode 0644. Unless it replaces, what has come
 * there meanwhile stays: E_IO, as for all else.
 */
int partial_finish(struct partial *p, bool replaces, struct err *e) RESULT_USED;
/* Let go of it; unless finished it stays for who comes later, when there is anything in it. NULL is
 * fine. */
void partial_free(struct partial *p);
AUTO_PTR_DEFINE(partial)

#endif
