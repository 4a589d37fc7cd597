/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/files_task.h"

#include "verify/files_fetch.h"

static int
check_time(struct files_task *t)
{
	const struct files_wanted *w = t->wanted;

	if (deadline_passed(&w->deadline))
		return deadline_error(&w->deadline, &t->e);
	if (w->stop != NULL && *w->stop)
		return err_set(&t->e, E_IO, "interrupted");
	return 0;
}

int
files_task_read(struct files_task *t, struct blob *blob, struct file_hash *h, struct partial *keep)
{
	struct progress_counts *progress = t->wanted->progress;
	struct bytes piece;

	do {
		if (check_time(t) != 0 || blob_next(blob, &piece, &t->e) != 0 ||
		    (keep != NULL && partial_add(keep, piece, &t->e) != 0))
			return -1;
		file_hash_add(h, piece);
		if (keep != NULL)
			t->fetched += piece.n;
		if (progress != NULL)
			progress->bytes_done += piece.n;
	} while (piece.n > 0);
	return 0;
}

/* A file that is not there is a refusal, and so is what is none: a link, a directory, a device. */
void
files_task_fail(struct files_task *t)
{
	t->missing = t->e.code == E_NOT_FOUND;
	t->outcome = OUTCOME_REFUSED;
	t->reason = t->missing ? REASON_CONTENT_MISSING : REASON_CONTENT_MISMATCH;
	if (t->missing || t->e.code == E_INVALID)
		return;
	t->outcome = OUTCOME_UNDECIDED;
	t->reason = reason_of_error(t->e.code);
}

/* Memory does not grow with the file, so that it has no cap. */
void
files_task_hash(struct files_task *t)
{
	AUTO_PTR(file_hash) h = file_hash_begin(t->list, t->name);
	AUTO_PTR(blob) blob = NULL;

	if (filetree_open_blob(t->tree, t->name, UINT64_MAX, &blob, &t->e) != 0 ||
	    files_task_read(t, blob, h, NULL) != 0) {
		files_task_fail(t);
		return;
	}
	t->bytes = file_hash_count(h);
	t->outcome = file_hash_end(&t->claim, steal(&h), &t->reason, &t->e);
}

/* What is not listed need not be read to be refused. */
static void
refuse_unlisted(struct files_task *t)
{
	t->outcome = file_hash_end(&t->claim, file_hash_begin(t->list, t->name), &t->reason, &t->e);
}

void
files_task_run(void *arg)
{
	struct files_task *t = arg;
	struct progress_counts *progress = t->wanted->progress;
	struct digest digest;

	if (!signed_sums_digest(t->list, t->name, &digest))
		refuse_unlisted(t);
	else if (check_time(t) != 0)
		files_task_fail(t);
	else if (t->wanted->from.url != NULL)
		files_fetch(t);
	else
		files_task_hash(t);
	if (progress == NULL)
		return;
	progress->files_done++;
	if (t->claim == NULL && !(t->missing && t->wanted->ignore_missing))
		progress->problems++;
}
