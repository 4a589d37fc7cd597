/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * As a node decides: every requirement of the policy's entry must hold; each may be met by another
 * signature; and when not all signatures can be had, there is no verdict, whatever those say that
 * are there.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "transport/attachment.h"
#include "verify/work.h"

/*
 * --- all signatures -----------------------------------------------------------------------------
 */

/* One that is stored somewhere. Everything is owned. */
struct found {
	char *store, *location;
	size_t bytes;
	struct buf blob; /* parsed borrows from it */
	struct signature_blob parsed;
};

struct signatures {
	struct found *v;
	size_t n;
};

static void
signatures_free(struct signatures *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].store);
		free(s->v[i].location);
		signature_blob_free(&s->v[i].parsed);
		buf_free(&s->v[i].blob);
	}
	free(s->v);
}
AUTO_DEFINE(signatures)

/* What stands in the way of one signature stands in the way of all demands. */
static int
give_up(struct work *w, const char *store, const char *location, const struct err *e)
{
	for (size_t i = 0; i < w->n_demands; i++) {
		const struct demand *d = &w->demands[i];
		struct attempt *a =
		    work_attempt(w, d, store, location != NULL ? xstrdup(location) : NULL, 0);

		work_close_attempt(w, d, a, OUTCOME_UNDECIDED, reason_of_error(e->code), e);
	}
	return -1;
}

/* A blob of no known kind ends it too: containers/image reads no signature after it. */
static int
add_found(struct work *w, struct signatures *out, const char *store, const char *location,
    struct bytes blob)
{
	struct found *f = LIST_ADD(out->v, out->n);
	AUTO(err) e = ERR_INIT;

	f->store = xstrdup(store);
	f->location = xstrdup(location);
	f->bytes = blob.n;
	buf_add(&f->blob, blob.p, blob.n);
	if (signature_blob_parse(&f->parsed, buf_bytes(&f->blob), &e) == 0)
		return 0;
	for (size_t i = 0; i < w->n_demands; i++) {
		const struct demand *d = &w->demands[i];
		struct attempt *a = work_attempt(w, d, store, xstrdup(location), blob.n);

		work_close_attempt(w, d, a, OUTCOME_REFUSED, REASON_NOT_A_SIGNATURE, &e);
	}
	return -1;
}

/* All of one iterator; it is consumed. -1: it could not be read to its end. */
static int
gather(struct work *w, struct signatures *out, const char *store, struct store_iter *iter)
{
	AUTO_PTR(store_iter) it = iter;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	while (!work_time_is_up(w)) {
		AUTO_STR char *location = NULL;

		switch (store_next(it, &blob, &location, &e)) {
		case STORE_ITEM:
			if (add_found(w, out, store, location, buf_bytes(&blob)) != 0)
				return -1;
			break;
		case STORE_END:
			return 0;
		case STORE_UNSET:
		case STORE_FAILED:
			return give_up(w, store, location, &e);
		}
	}
	return -1;
}

/* The stores that registries.d has for an image by the name that it has where it is. */
static int
note_stores(struct work *w, const struct reference *image, struct err *e)
{
	struct policy_report *p = &w->report->policy;
	AUTO(node_stores) stores = NODE_STORES_INIT;

	if (node_config_stores(w->run->options->policy->config, image, &stores, e) != 0)
		return -1;
	free(p->lookaside);
	free(p->lookaside_from);
	free(p->attachments_from);
	p->lookaside = steal(&stores.lookaside);
	p->lookaside_from = steal(&stores.lookaside_from);
	p->attachments = stores.attachments;
	p->attachments_from = steal(&stores.attachments_from);
	return 0;
}

/*
 * The store that registries.d has for the image, then what its registry has beside it. As for a
 * node, an image from a mirror is in this the mirror's; in all else it stays what it is upstream.
 */
static int
gather_of_registry(struct work *w, struct signatures *out, const struct reference *image)
{
	const struct policy_report *p = &w->report->policy;
	const struct digest *digest = subject_digest(w->subject);
	struct store_iter *it = NULL;
	AUTO(err) e = ERR_INIT;

	if (!reference_same_repository(image, &w->name.reference) && note_stores(w, image, &e) != 0)
		return give_up(w, w->name.given, NULL, &e);
	if (store_open_lookaside(&it, p->lookaside, image, digest, w->run->http, &e) != 0)
		return give_up(w, p->lookaside, NULL, &e);
	if (gather(w, out, p->lookaside, it) != 0)
		return -1;
	if (!p->attachments)
		return 0;
	if (attachment_open(&it, w->run->registry, image, digest, &e) != 0)
		return give_up(w, w->name.given, NULL, &e);
	return gather(w, out, w->name.given, it);
}

static int
gather_all(struct work *w, struct signatures *out, struct source *source)
{
	struct store_iter *own = source_signatures(source, subject_digest(w->subject));

	if (own != NULL)
		return gather(w, out, w->name.given, own);
	return gather_of_registry(w, out, source_reference(source));
}

static enum scheme
scheme_of(const struct found *f)
{
	switch (f->parsed.kind) {
	case SIGNATURE_BLOB_UNSET:
		break;
	case SIGNATURE_BLOB_OPENPGP:
		return SCHEME_OPENPGP;
	case SIGNATURE_BLOB_SIGSTORE:
		return SCHEME_SIGSTORE;
	}
	return SCHEME_UNSET;
}

/* Every signature of the demand's kind, until one meets it. */
static void
judge(struct work *w, const struct demand *d, const struct signatures *all)
{
	AUTO(err) e = ERR_INIT;
	struct attempt *a;
	size_t tried = 0;

	for (size_t i = 0; i < all->n && work_wants(w, d) && !work_time_is_up(w); i++) {
		const struct found *f = &all->v[i];

		if (scheme_of(f) != d->scheme)
			continue;
		tried++;
		a = work_attempt(w, d, f->store, xstrdup(f->location), f->bytes);
		if (d->scheme == SCHEME_OPENPGP)
			work_judge_openpgp(w, d, a, f->parsed.openpgp);
		else
			work_judge_sigstore(w, d, a, &f->parsed.sigstore);
	}
	if (tried > 0 || !work_is_open(w, d))
		return;
	(void)err_set(&e, E_NOT_FOUND,
	    "a signature is required, and there is none of this kind (%zu of another)", all->n);
	verdict_refuse(&w->report->verdict, d->obligation, REASON_NO_SIGNATURE, err_msg(&e));
}

/*
 * --- what is wanted -----------------------------------------------------------------------------
 */

static char *
copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static int
note_policy(struct work *w, const struct policy_entry *entry, struct err *e)
{
	struct policy_report *p = &w->report->policy;

	p->place = xstrdup(entry->place);
	p->transport = copy(entry->transport);
	p->scope = copy(entry->scope);
	return w->name.kind == IMAGE_REGISTRY ? note_stores(w, &w->name.reference, e) : 0;
}

/* The entry that decides, each of its requirements an obligation; NULL: there is no verdict. */
static const struct policy_entry *
want_requirements(struct work *w)
{
	const struct policy_run *policy = w->run->options->policy;
	const struct policy_entry *entry;
	AUTO(err) e = ERR_INIT;

	w->report->policy.file = xstrdup(policy->config->policy_file);
	entry = policy_run_entry(policy, &w->name, &e);
	for (size_t i = 0; entry != NULL && i < entry->n; i++)
		(void)work_require(w, policy_requirement_word(entry->v[i].type), entry->v[i].place,
		    "a requirement of the policy");
	if (entry != NULL && note_policy(w, entry, &e) == 0)
		return entry;
	if (w->report->n_requirements == 0)
		(void)work_require(w, "policy", NULL, "the policy decides");
	e.code = e.code == E_INVALID ? E_USAGE : e.code;
	work_no_verdict(w, &e);
	return NULL;
}

/* The obligations that no signature has to do with, and the demands of the others. */
static void
want_signatures(struct work *w, const struct policy_entry *entry)
{
	const struct reference *image = w->name.kind == IMAGE_REGISTRY ? &w->name.reference : NULL;

	for (size_t i = 0; i < entry->n; i++) {
		const struct requirement_keys *keys =
		    policy_run_keys(w->run->options->policy, &entry->v[i]);
		AUTO_PTR(waiver) waiver = waiver_make(&entry->v[i]);

		if (waiver != NULL)
			verdict_waive(
			    &w->report->verdict, w->report->requirements[i].obligation, waiver);
		else if (keys != NULL)
			work_demand_of(w, i, keys, image);
		else
			verdict_undecided(&w->report->verdict,
			    w->report->requirements[i].obligation, REASON_IO_ERROR,
			    "its keys were not read: when the run began, the image's path did "
			    "not lead here");
	}
}

static void
require_signed(struct work *w)
{
	const struct verdict *v = &w->report->verdict;

	if (!w->run->options->require_signed || !verdict_accepted(v) || verdict_verified(v))
		return;
	work_refuse_one(w, work_require(w, "--require-signed", NULL, "something was verified"),
	    REASON_REJECTED_BY_POLICY,
	    "the policy accepts this image without verifying anything, and --require-signed wants "
	    "more");
}

void
work_under_policy(struct work *w, struct source *source)
{
	const struct policy_entry *entry = want_requirements(w);
	AUTO(signatures) all = { 0 };

	if (entry == NULL || work_time_is_up(w) || !work_find_subject(w, source) ||
	    !work_find_instance(w, source))
		return;
	want_signatures(w, entry);
	if (w->n_demands > 0 && gather_all(w, &all, source) == 0)
		for (size_t i = 0; i < w->n_demands; i++)
			judge(w, &w->demands[i], &all);
	require_signed(w);
}
