/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many images: worked on several at once, reported in the order in which they were given. */
#ifndef RELSIG_VERIFY_BATCH_H
#define RELSIG_VERIFY_BATCH_H

#include "base/base.h"
#include "base/err.h"
#include "verify/image.h"

struct batch;

/*
 * Start up to jobs threads on the names, all of which are borrowed until batch_free. What is not
 * begun at the run's deadline is not begun at all, and reported so.
 */
int batch_start(struct batch **out, const struct image_run *run, char *const *names, size_t n,
    unsigned jobs, struct err *e) RESULT_USED;
/* Wait for the report of the next image in order; false after the last. The caller frees it. */
bool batch_next(struct batch *b, struct image_report *out) RESULT_USED;
/* Waits for the threads, and drops reports that nobody took. NULL is fine. */
void batch_free(struct batch *b);
AUTO_PTR_DEFINE(batch)

#endif
