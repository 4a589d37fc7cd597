/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is going on, on standard error: one line that is written over and over when it is a
 * terminal, otherwise a line now and then. Nothing of it is left when something else is printed.
 */
#ifndef RELSIG_CMD_PROGRESS_H
#define RELSIG_CMD_PROGRESS_H

#include "base/base.h"
#include "base/buf.h"
#include "verify/progress_counts.h"

/* How often a terminal is written to, and anything else. */
enum { PROGRESS_TERMINAL_MS = 200, PROGRESS_LINE_MS = 5000 };

enum progress_to {
	PROGRESS_NOWHERE = 0,
	PROGRESS_TERMINAL,
	PROGRESS_LINES,
};

struct progress {
	enum progress_to to;
	const struct progress_counts *counts; /* borrowed */
	int64_t begun_ms, shown_ms;
	/* When anything was last done, and how much had been by then. */
	int64_t moved_ms;
	uint64_t moved;
	bool shown; /* a line stands on the terminal */
	bool stop_was_told;
};

/* A terminal: unless quiet. Anything else: with verbose alone. now_ms: by clock_ms. */
void progress_begin(struct progress *p, const struct progress_counts *counts, bool quiet,
    bool verbose, int64_t now_ms);
/* To be called often: something is shown when it is time. stopping: told once. */
void progress_tick(struct progress *p, bool stopping, int64_t now_ms);
/* Take away what stands on the terminal. */
void progress_end(struct progress *p);

/* Append what is shown, without a line's end. */
void progress_text(struct buf *out, const struct progress *p, int64_t now_ms);

#endif
