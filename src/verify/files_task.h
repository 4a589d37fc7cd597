/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file of a signed list, that one thread reads, and fetches before. For verify/files alone. */
#ifndef RELSIG_VERIFY_FILES_TASK_H
#define RELSIG_VERIFY_FILES_TASK_H

#include "base/partial.h"
#include "transport/filetree.h"
#include "trust/file_claim.h"
#include "verify/files.h"

/* Nothing of the report is touched before all are done. */
struct files_task {
	const struct files_wanted *wanted;
	struct filetree *tree; /* where the files are, or shall be */
	const struct signed_sums *list;
	const char *name;
	/* What came of it: a claim, or the outcome and why. */
	struct file_claim *claim;
	uint64_t bytes, fetched;
	enum outcome outcome;
	enum reason reason;
	bool missing;
	struct err e;
};

/* By a thread; arg is the task. */
void files_task_run(void *arg);

/* Hash the file that is there. */
void files_task_hash(struct files_task *t);
/*
 * Hash all of a blob (with keep, also add it there). E_IO, when the run was interrupted;
 * E_TIMED_OUT.
 */
int files_task_read(
    struct files_task *t, struct blob *blob, struct file_hash *h, struct partial *keep) RESULT_USED;
/* What e says has come of it. */
void files_task_fail(struct files_task *t);

#endif
