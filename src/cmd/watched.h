/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work in a thread of its own, while this one gives gpg its keys and shows what is going on. */
#ifndef RELSIG_CMD_WATCHED_H
#define RELSIG_CMD_WATCHED_H

#include <stdatomic.h>

#include "cmd/verify_run.h"
#include "verify/progress_counts.h"

/* Everything is borrowed. */
struct watched {
	struct verify_run *run; /* open */
	const struct progress_counts *counts;
	const atomic_bool *stop;  /* as cleanup_stop_first gives it; or NULL */
	void *(*work)(void *arg); /* waits for the keys itself */
	void *arg;
	bool keys_are_given; /* by work before this one */
};

/* Until the work has ended. E_IO: no thread could be started for it. */
int watched_run(const struct watched *w, struct err *e) RESULT_USED;

#endif
