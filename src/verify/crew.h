/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads and the queue of what they do, to which what is done may add. First in, first out. */
#ifndef RELSIG_VERIFY_CREW_H
#define RELSIG_VERIFY_CREW_H

#include "base/base.h"

struct crew;

/*
 * For work by so many at once, the caller of crew_wait among them: where fewer threads can be
 * started, fewer do the same work.
 */
struct crew *crew_new(unsigned jobs);
/* By any thread, also from work. */
void crew_add(struct crew *c, void (*work)(void *arg), void *arg);
/* Until the queue is empty and nobody works any more; the caller works too. */
void crew_wait(struct crew *c);
/* After crew_wait. NULL is fine. */
void crew_free(struct crew *c);
AUTO_PTR_DEFINE(crew)

#endif
