/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When the whole run must be over (--timeout). A value: made once by cmd/, then copied and passed
 * down to whatever waits. Each step has a bound of its own besides; the earlier of the two counts.
 */
#ifndef RELSIG_BASE_DEADLINE_H
#define RELSIG_BASE_DEADLINE_H

#include "base/base.h"
#include "base/err.h"

/* All zero: never. */
struct deadline {
	bool is_set;	   /* false: never */
	int64_t at_ms;	   /* by clock_ms */
	unsigned given_ms; /* what was asked for, for messages */
};
#define DEADLINE_NEVER                                                                             \
	{                                                                                          \
		.is_set = false                                                                    \
	}

/* given_ms after the moment start_ms of clock_ms; never when given_ms is 0. */
struct deadline deadline_after(int64_t start_ms, unsigned given_ms);

bool deadline_passed(const struct deadline *d) RESULT_USED;
/* How long a step may wait that is bounded by most_ms: 0 when the deadline has passed. */
int deadline_left_ms(const struct deadline *d, int most_ms);
/* As the timeout of poll(2): -1 for never. */
int deadline_poll_ms(const struct deadline *d);
/* The earlier of the deadline and a moment of clock_ms. */
int64_t deadline_cap(const struct deadline *d, int64_t at_ms);

/* "the run's --timeout of 2 s is over", E_TIMED_OUT. Always -1. */
int deadline_error(const struct deadline *d, struct err *e);
/* A step ran out of time (E_TIMED_OUT): when that is the run's, put this before what e says. */
void deadline_explain(const struct deadline *d, struct err *e);

#endif
