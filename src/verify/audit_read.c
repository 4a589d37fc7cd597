/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "verify/audit_work.h"

/* A blob that is hashed as somebody reads it. */
struct tee {
	struct audit *audit;
	struct blob *inner;
	struct link_hash *hash;
	struct err failure; /* what the inner one failed with */
};

static int
tee_next(void *state, struct bytes *piece, struct err *e)
{
	struct tee *t = state;

	*piece = (struct bytes){ 0 };
	if (t->failure.code == E_NONE && audit_is_over(t->audit))
		(void)err_set(&t->failure, E_TIMED_OUT, "there is no more time to read it");
	if (t->failure.code == E_NONE && blob_next(t->inner, piece, &t->failure) == 0) {
		link_hash_add(t->hash, *piece);
		return 0;
	}
	return err_set(e, t->failure.code, "%s", err_msg(&t->failure));
}

/* The rest of it, which whoever read it did not want. */
static int
drain(struct tee *t, struct err *e)
{
	struct bytes piece;

	do {
		if (tee_next(t, &piece, e) != 0)
			return -1;
	} while (piece.n > 0);
	return 0;
}

static void
tee_free(struct tee *t)
{
	blob_free(t->inner);
	link_hash_free(t->hash);
	err_free(&t->failure);
}
AUTO_DEFINE(tee)

/* The blob that reads through a tee does not own it. */
static void
keep(void *state)
{
	(void)state;
}

static const struct blob_kind tee_kind = { tee_next, keep };

/* Neither proven nor refused, or there are more bytes than were named. */
static void
note_failure(struct tee *t, const struct descriptor *d, struct audit_problems *problems)
{
	const char *where = t->inner != NULL ? blob_where(t->inner) : NULL;

	if (t->failure.code == E_TOO_LARGE)
		(void)audit_note(
		    t->audit, problems, PROBLEM_BLOB_SIZE, &d->digest, where, err_msg(&t->failure));
	else
		(void)audit_note_error(
		    t->audit, problems, PROBLEM_MISSING_BLOB, &d->digest, where, &t->failure);
}

static void
prove(struct tee *t, const struct descriptor *d, struct audit_read *read,
    struct audit_problems *problems)
{
	const uint64_t got = link_hash_count(t->hash);
	enum reason why = REASON_UNSET;
	AUTO(err) e = ERR_INIT;
	enum outcome outcome = link_hash_end(&read->link, steal(&t->hash), &why, &e);

	if (outcome != OUTCOME_PROVEN)
		audit_note_blob(t->audit, problems, d, got, outcome, blob_where(t->inner), &e);
}

bool
audit_read(struct audit_node *n, size_t i, audit_reader *reader, void *arg, struct err *failure)
{
	struct audit *a = n->audit;
	const struct descriptor *d = &n->descriptors.v[i];
	struct audit_read *read = &n->reads[i];
	AUTO(tee) tee = { .audit = a, .hash = link_hash_begin(n->link, &d->digest, d->size) };
	struct audit_problems problems = { 0 };
	AUTO(err) e = ERR_INIT;
	int r;

	r = content_blob_open(a->content, &n->at, &d->digest, d->size, &tee.inner, &tee.failure);
	if (r == 0) {
		AUTO_PTR(blob)
		blob = blob_new(&tee_kind, &tee, d->size, xstrdup(blob_where(tee.inner)));

		if (reader(arg, blob, failure) != 0)
			(void)err_wrap(failure, "%s", d->digest.text);
		r = drain(&tee, &e);
	}
	if (r == 0)
		prove(&tee, d, read, &problems);
	else
		note_failure(&tee, d, &problems);
	read->outcome = OUTCOME_PROVEN;
	if (problems.n > 0) {
		read->problem = problems.v[0];
		read->outcome = read->problem.outcome;
	}
	free(problems.v);
	return read->link != NULL;
}
