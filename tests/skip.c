/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "skip.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <check.h>

static unsigned *count; /* shared with the processes that Check forks */
static pid_t owner;

static void
say_count(void)
{
	if (getpid() == owner && *count > 0)
		fprintf(stderr, "unit: %u skipped\n", *count);
}

void
skip_prepare(void)
{
	void *shared;

	if (count != NULL)
		return;
	shared =
	    mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	count = shared;
	owner = getpid();
	atexit(say_count);
}

void
skip_test(const char *what, const char *why)
{
	const char *no = getenv("RELSIG_NO_SKIP");

	ck_assert_msg(no == NULL || no[0] == '\0', "skipped: %s: %s", what, why);
	fprintf(stderr, "unit: skipped: %s: %s\n", what, why);
	__atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
}
