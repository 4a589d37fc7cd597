/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time for deadlines: it never jumps, and says nothing about the date. */
#ifndef RELSIG_BASE_CLOCK_H
#define RELSIG_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The same moment for functions that take a timespec of CLOCK_MONOTONIC. */
static inline struct timespec
clock_timespec(int64_t ms)
{
	return (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
}

#endif
