/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sigstore signatures that --require wants: where they are looked for, and by whom. */
#include "base/file.h"
#include "base/limits.h"
#include "verify/work.h"

/* A blob for every demand of its kind that is still open. False: it is of another kind. */
static bool
try_sigstore_blob(struct work *w, const char *store, const char *location, struct bytes blob)
{
	AUTO(signature_blob) parsed = SIGNATURE_BLOB_INIT;
	AUTO(err) e = ERR_INIT;
	int r = signature_blob_parse(&parsed, blob, &e);

	if (r == 0 && parsed.kind != SIGNATURE_BLOB_SIGSTORE)
		return false;
	for (size_t i = 0; i < w->n_demands; i++) {
		const struct demand *d = &w->demands[i];
		struct attempt *a;

		if (d->scheme != SCHEME_SIGSTORE || !work_wants(w, d))
			continue;
		a = work_attempt(w, d, store, xstrdup(location), blob.n);
		if (r == 0)
			work_judge_sigstore(w, d, a, &parsed.sigstore);
		else
			work_close_attempt(w, d, a, OUTCOME_REFUSED, REASON_NOT_A_SIGNATURE, &e);
	}
	return true;
}

/* The same note for every demand for sigstore signatures that is still open. */
static void
close_sigstore(struct work *w, const char *store, const char *location, enum outcome outcome,
    enum reason reason, const struct err *e)
{
	for (size_t i = 0; i < w->n_demands; i++) {
		const struct demand *d = &w->demands[i];
		struct attempt *a;

		if (d->scheme != SCHEME_SIGSTORE || !work_is_open(w, d))
			continue;
		a = work_attempt(w, d, store, location != NULL ? xstrdup(location) : NULL, 0);
		work_close_attempt(w, d, a, outcome, reason, e);
	}
}

static bool
any_wants(const struct work *w)
{
	for (size_t i = 0; i < w->n_demands; i++)
		if (w->demands[i].scheme == SCHEME_SIGSTORE && work_wants(w, &w->demands[i]))
			return true;
	return false;
}

/* An iterator's blobs, while any is wanted: one may serve several demands, and each has its own. */
void
work_try_sigstore_store(struct work *w, const char *store, struct store_iter *it)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum store_item item = STORE_ITEM;
	size_t found = 0;

	while (item == STORE_ITEM && any_wants(w) && !work_time_is_up(w)) {
		AUTO_STR char *location = NULL;

		item = store_next(it, &blob, &location, &e);
		switch (item) {
		case STORE_ITEM:
			found += try_sigstore_blob(w, store, location, buf_bytes(&blob));
			break;
		case STORE_END:
			if (found > 0)
				break;
			(void)err_set(&e, E_NOT_FOUND, "no sigstore signature for this digest");
			close_sigstore(w, store, NULL, OUTCOME_REFUSED, REASON_NO_SIGNATURE, &e);
			break;
		case STORE_UNSET:
		case STORE_FAILED:
			close_sigstore(
			    w, store, location, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
			break;
		}
	}
}

static void
try_sigstore_files(struct work *w)
{
	const struct image_options *o = w->run->options;
	AUTO(err) e = ERR_INIT;
	size_t found = 0;

	for (size_t i = 0; i < o->n_signature_files && !work_time_is_up(w); i++) {
		AUTO(buf) blob = BUF_INIT;

		if (file_read_by(
			&blob, o->signature_files[i], MAX_SIGNATURE_BYTES, &o->deadline, &e) != 0) {
			close_sigstore(w, "--signature", o->signature_files[i], OUTCOME_UNDECIDED,
			    reason_of_error(e.code), &e);
			return;
		}
		found +=
		    try_sigstore_blob(w, "--signature", o->signature_files[i], buf_bytes(&blob));
	}
	if (found > 0)
		return;
	(void)err_set(&e, E_NOT_FOUND, "no --signature file has a sigstore signature");
	close_sigstore(w, "--signature", NULL, OUTCOME_REFUSED, REASON_NO_SIGNATURE, &e);
}

/* --signature alone; or what is beside the image where it comes from, and what that place keeps. */
void
work_try_sigstore(struct work *w, struct source *source)
{
	const struct digest *digest = subject_digest(w->subject);
	AUTO_PTR(store_iter) beside = NULL;
	AUTO_PTR(store_iter) kept = NULL;
	AUTO(err) e = ERR_INIT;

	if (w->run->options->n_signature_files > 0) {
		try_sigstore_files(w);
		return;
	}
	if (source_attachments(source, digest, &beside, &e) != 0)
		close_sigstore(
		    w, w->name.given, NULL, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
	if (beside != NULL)
		work_try_sigstore_store(w, work_store_word(w), beside);
	kept = source_signatures(source, digest);
	if (kept != NULL && any_wants(w))
		work_try_sigstore_store(w, work_store_word(w), kept);
}
