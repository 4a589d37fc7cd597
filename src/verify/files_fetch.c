/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/files_fetch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "transport/http_file.h"

/* As if nothing had been tried. */
static void
forget(struct files_task *t)
{
	err_free(&t->e);
	t->outcome = OUTCOME_UNSET;
	t->reason = REASON_UNSET;
	t->missing = false;
	t->bytes = t->fetched = 0;
}

/* Is there one that decides? One with other bytes does unless it may be replaced. */
static bool
is_there(struct files_task *t)
{
	files_task_hash(t);
	if (t->missing || (t->wanted->from.overwrites && t->e.code == E_MISMATCH)) {
		forget(t);
		return false;
	}
	if (t->e.code == E_MISMATCH)
		err_wrap(&t->e, "there already, and not replaced without --overwrite");
	return true;
}

/* What an earlier run brought. */
static int
hash_partial(struct files_task *t, struct partial *p, struct file_hash *h)
{
	struct bytes piece;

	do {
		if (partial_next(p, &piece, &t->e) != 0)
			return -1;
		file_hash_add(h, piece);
	} while (piece.n > 0);
	return 0;
}

/* Bring what is missing, and hash all of it. */
static int
bring(struct files_task *t, struct partial *p, struct file_hash *h, bool *resumed)
{
	const struct files_from *from = &t->wanted->from;
	AUTO_STR char *url = http_file_url(from->url, t->name);
	AUTO_PTR(blob) blob = NULL;
	uint64_t at;

	if (http_file_open(from->http, url, partial_size(p), from->max_bytes, &blob, &at, &t->e) !=
	    0)
		return -1;
	*resumed = at > 0;
	if (at == 0 && partial_restart(p, &t->e) != 0)
		return -1;
	if (hash_partial(t, p, h) != 0)
		return -1;
	return blob != NULL ? files_task_read(t, blob, h, p) : 0;
}

/* What is there of a file that is too large is not gone on with. */
static void
fail(struct files_task *t, struct partial *p)
{
	AUTO(err) ignored = ERR_INIT;

	if (t->e.code == E_TOO_LARGE) {
		err_wrap(
		    &t->e, "--max-size allows %" PRIu64 " MiB", t->wanted->from.max_bytes >> 20);
		(void)!partial_restart(p, &ignored);
	}
	files_task_fail(t);
}

/* Only now is it known to be the file. */
static void
finish(struct files_task *t, struct partial *p)
{
	if (partial_finish(p, t->wanted->from.overwrites, &t->e) == 0)
		return;
	file_claim_free(steal(&t->claim));
	files_task_fail(t);
}

/* False: what an earlier run brought was of another file, and all is to be fetched anew. */
static bool
try(struct files_task *t, struct partial *p)
{
	AUTO_PTR(file_hash) h = file_hash_begin(t->list, t->name);
	bool resumed = false;

	if (bring(t, p, h, &resumed) != 0) {
		fail(t, p);
		return true;
	}
	t->bytes = file_hash_count(h);
	t->outcome = file_hash_end(&t->claim, steal(&h), &t->reason, &t->e);
	if (t->outcome == OUTCOME_PROVEN) {
		finish(t, p);
		return true;
	}
	if (t->outcome != OUTCOME_REFUSED)
		return true;
	if (resumed)
		forget(t);
	else
		err_wrap(&t->e, "as the server has it, and so not kept");
	/* Wrong bytes are worth nothing to who comes later. */
	if (partial_restart(p, &t->e) != 0) {
		files_task_fail(t);
		return true;
	}
	return !resumed;
}

void
files_fetch(struct files_task *t)
{
	const struct files_wanted *w = t->wanted;
	const struct beneath root = outdir_beneath(w->from.directory);
	AUTO_PTR(partial) p = NULL;

	if (is_there(t))
		return;
	if (partial_open(&p, &root, t->name, &w->deadline, &t->e) != 0) {
		files_task_fail(t);
		return;
	}
	/* Whoever was waited for may have brought it. */
	if (!is_there(t) && !try(t, p))
		(void)try(t, p);
}
