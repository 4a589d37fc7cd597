/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "verify/audit_work.h"

/*
 * --- each one once ------------------------------------------------------------------------------
 */

/* Two sizes of one blob are two leaves: one of them at least is wrong. */
static int
compare_leaves(const void *left, const void *right)
{
	const struct audit_leaf *a = left, *b = right;
	int r = strcmp(a->digest.text, b->digest.text);

	if (r == 0)
		r = strcmp(a->place, b->place);
	if (r == 0)
		r = (a->size > b->size) - (a->size < b->size);
	return r;
}

static struct audit_leaf *
leaf_get(struct audit_node *n, const struct descriptor *d, bool hash, bool *is_new)
{
	struct audit *a = n->audit;
	struct audit_leaf *l = xcalloc(1, sizeof(*l)), *found;

	l->node = n;
	l->place = n->place;
	l->digest = d->digest;
	l->size = d->size;
	pthread_mutex_lock(&a->lock);
	found = *(struct audit_leaf **)must_have(tsearch(l, &a->leaves, compare_leaves));
	*is_new = found == l;
	found->refs++;
	if (*is_new) {
		l->obligation = verdict_require_proof(&a->report->verdict,
		    hash ? "the blob is the one that is named" : "the blob is there with its size",
		    hash ? PROOF_INTACT : PROOF_PRESENT, &l->digest);
		*LIST_ADD(a->all_leaves, a->n_leaves) = l;
		a->progress->blobs_known++;
		if (hash)
			a->progress->bytes_known += l->size;
	}
	pthread_mutex_unlock(&a->lock);
	if (!*is_new)
		audit_leaf_free(l);
	return found;
}

void
audit_leaf_free(struct audit_leaf *l)
{
	audit_problem_free(&l->problem);
	free(l);
}

/*
 * --- one blob -----------------------------------------------------------------------------------
 */

void
audit_note_blob(struct audit *a, struct audit_problems *list, const struct descriptor *d,
    uint64_t got, enum outcome outcome, const char *where, const struct err *e)
{
	enum audit_problem_kind kind = PROBLEM_UNREACHABLE;

	if (outcome == OUTCOME_REFUSED)
		kind = got != d->size ? PROBLEM_BLOB_SIZE : PROBLEM_CORRUPT_BLOB;
	(void)audit_note(a, list, kind, &d->digest, where, err_msg(e));
}

/* It was looked at: with the link, or with the problem that list has. */
static void
finish(struct audit_leaf *l, struct link *link, struct audit_problems *list)
{
	struct audit *a = l->node->audit;

	if (link != NULL) {
		audit_prove_link(a, l->obligation, link);
		l->outcome = OUTCOME_PROVEN;
		l->hashed = !link_is_by_size(link);
	} else if (list->n > 0) {
		l->problem = list->v[0];
		list->v[0] = (struct audit_problem)AUDIT_PROBLEM_INIT;
		l->outcome = l->problem.outcome;
		audit_fail(a, l->obligation, &l->problem);
	}
	audit_problems_free(list);
	a->n_looked++;
	a->progress->blobs_done++;
}

/* HEAD, stat. */
static void
compare_size(void *leaf)
{
	struct audit_leaf *l = leaf;
	struct audit *a = l->node->audit;
	const struct descriptor d = { .digest = l->digest, .size = l->size };
	struct audit_problems problems = { 0 };
	AUTO_PTR(link) link = NULL;
	AUTO_STR char *where = NULL;
	enum reason why = REASON_UNSET;
	AUTO(err) e = ERR_INIT;
	enum outcome outcome;
	uint64_t got = 0;

	if (audit_is_over(a))
		return;
	if (content_blob_size(a->content, &l->node->at, &l->digest, &got, &where, &e) != 0) {
		(void)audit_note_error(a, &problems, PROBLEM_MISSING_BLOB, &l->digest, where, &e);
	} else {
		outcome = link_by_size(&link, l->node->link, &l->digest, l->size, got, &why, &e);
		if (outcome != OUTCOME_PROVEN)
			audit_note_blob(a, &problems, &d, got, outcome, where, &e);
	}
	finish(l, link, &problems);
}

/* All of the blob, into the hash; 1 at its end, 0 when there is no more time. */
static int
read_all(struct audit *a, struct blob *blob, struct link_hash *h, struct err *e)
{
	struct bytes piece = { 0 };

	do {
		if (audit_is_over(a))
			return 0;
		if (blob_next(blob, &piece, e) != 0)
			return -1;
		link_hash_add(h, piece);
		a->progress->bytes_done += piece.n;
	} while (piece.n > 0);
	return 1;
}

/* More bytes than it was opened for: its holder has another size. */
static void
note_failure(
    struct audit_leaf *l, struct audit_problems *problems, const char *where, const struct err *e)
{
	struct audit *a = l->node->audit;

	if (e->code == E_TOO_LARGE)
		(void)audit_note(a, problems, PROBLEM_BLOB_SIZE, &l->digest, where, err_msg(e));
	else
		(void)audit_note_error(a, problems, PROBLEM_MISSING_BLOB, &l->digest, where, e);
}

static void
hash_all(void *leaf)
{
	struct audit_leaf *l = leaf;
	struct audit *a = l->node->audit;
	const struct descriptor d = { .digest = l->digest, .size = l->size };
	struct audit_problems problems = { 0 };
	AUTO_PTR(link_hash) h = link_hash_begin(l->node->link, &l->digest, l->size);
	AUTO_PTR(blob) blob = NULL;
	AUTO_PTR(link) link = NULL;
	enum reason why = REASON_UNSET;
	AUTO(err) e = ERR_INIT;
	enum outcome outcome;
	uint64_t got;
	int r = -1;

	if (audit_is_over(a))
		return;
	if (content_blob_open(a->content, &l->node->at, &l->digest, l->size, &blob, &e) == 0)
		r = read_all(a, blob, h, &e);
	if (r == 0)
		return;
	if (r < 0) {
		note_failure(l, &problems, blob != NULL ? blob_where(blob) : NULL, &e);
	} else {
		got = link_hash_count(h);
		outcome = link_hash_end(&link, steal(&h), &why, &e);
		if (outcome != OUTCOME_PROVEN)
			audit_note_blob(a, &problems, &d, got, outcome, blob_where(blob), &e);
	}
	finish(l, link, &problems);
}

/*
 * --- all of an image ----------------------------------------------------------------------------
 */

/* What was already read is not looked at again. */
static void
settle(struct audit_node *n, struct audit_leaf *l, struct audit_read *read, bool is_new)
{
	struct audit_problems problems = { 0 };

	if (is_new && read->outcome != OUTCOME_PROVEN)
		*LIST_ADD(problems.v, problems.n) = read->problem;
	if (is_new) {
		finish(l, read->link, &problems);
	} else if (read->outcome != OUTCOME_PROVEN) {
		audit_never(n->audit, &read->problem);
		*LIST_ADD(n->problems.v, n->problems.n) = read->problem;
	}
	if (read->outcome != OUTCOME_PROVEN)
		read->problem = (struct audit_problem)AUDIT_PROBLEM_INIT;
}

static struct audit_leaf *
add_leaf(struct audit_node *n, size_t i)
{
	struct audit *a = n->audit;
	struct audit_read *read = n->reads != NULL ? &n->reads[i] : NULL;
	bool was_read = read != NULL && read->outcome != OUTCOME_UNSET;
	bool hash = a->options->blobs == AUDIT_BLOBS_VERIFY;
	struct audit_leaf *l;
	bool is_new;

	if (a->options->blobs == AUDIT_BLOBS_NONE && !was_read)
		return NULL;
	l = leaf_get(n, &n->descriptors.v[i], hash || was_read, &is_new);
	if (was_read)
		settle(n, l, read, is_new);
	else if (is_new)
		crew_add(a->crew, hash ? hash_all : compare_size, l);
	return l;
}

void
audit_node_leaves(struct audit_node *n)
{
	n->result.n_blobs = n->descriptors.n;
	n->result.blobs = xcalloc(n->descriptors.n, sizeof(*n->result.blobs));
	n->leaves = xcalloc(n->descriptors.n, sizeof(*n->leaves));
	for (size_t i = 0; i < n->descriptors.n; i++) {
		struct descriptor *d = &n->descriptors.v[i];
		struct audit_blob *b = &n->result.blobs[i];

		b->digest = d->digest;
		b->size = d->size;
		b->media_type = xstrdup(d->media_type);
		n->leaves[i] = add_leaf(n, i);
	}
	if (n->reads == NULL)
		descriptors_free(&n->descriptors);
}
