/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The judge takes its confinement on: what must be there before, made in the one order that works.
 */
#ifndef RELSIG_CMD_CONFINED_H
#define RELSIG_CMD_CONFINED_H

#include "base/base.h"
#include "base/confine.h"
#include "base/deadline.h"
#include "base/err.h"

struct http;

struct confined {
	char *home; /* owned: where TMPDIR leads now; goes with this struct, after all that is in it
		     */
	struct http *http; /* borrowed; NULL: no fetcher is needed */
	struct confine_report judge, gpg;
};
#define CONFINED_INIT                                                                              \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Make the private directory, start the fetcher (http may be NULL: none is needed), confine this
 * process and the gpg to come, and begin to wait for signals and the deadline (cleanup.h). After
 * children_adopt, before any thread. cache and output (a directory that
 * is written to, or NULL): as confine_judge_paths has them.
 */
int confined_enter(struct confined *out, struct http *http, const char *cache, const char *output,
    const struct deadline *deadline, struct err *e) RESULT_USED;
/*
 * What the fetcher says of itself, which is no more than that; CONFINE_UNKNOWN when it does not say
 * anything. False when none was started.
 */
bool confined_fetcher(const struct confined *c, struct confine_report *out);
/* A line for each part of each process on standard error, for --verbose. */
void confined_tell(const struct confined *c);
/* The end of all processes that are still there, and of the directory. */
void confined_free(struct confined *c);
AUTO_DEFINE(confined)

#endif
