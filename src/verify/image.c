/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/image.h"

#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/limits.h"
#include "transport/source.h"
#include "transport/store.h"
#include "trust/claim.h"
#include "trust/identity.h"
#include "trust/subject.h"

/* One image on its way through the trust argument. */
struct work {
	const struct image_run *run;
	struct image_report *report;
	size_t obligation;
	struct image_name name;
	struct identity identity;
	struct subject *subject;
	struct store_iter *first_store; /* the first store, asked ahead of time; or NULL */
	size_t accepted;		/* index of the attempt + 1; 0 for none */
};

static void
attempt_free(struct attempt *a)
{
	free(a->store);
	free(a->location);
	free(a->detail);
	signature_facts_free(&a->facts);
	payload_free(&a->payload);
}

void
image_report_free(struct image_report *r)
{
	for (size_t i = 0; i < r->n_attempts; i++)
		attempt_free(&r->attempts[i]);
	free(r->attempts);
	free(r->given);
	free(r->expected_identity);
	free(r->manifest_location);
	verdict_free(&r->verdict);
	*r = (struct image_report)IMAGE_REPORT_INIT;
}

static void
work_free(struct work *w)
{
	store_iter_free(w->first_store);
	subject_free(w->subject);
	identity_free(&w->identity);
	image_name_free(&w->name);
}
AUTO_DEFINE(work)

/* Note that the obligation stays open, for an error that kept us from the evidence. */
static void
no_verdict(struct work *w, const struct err *e)
{
	verdict_undecided(&w->report->verdict, w->obligation, reason_of_error(e->code), err_msg(e));
}

/* Nothing more is begun; a note of it, unless there is a verdict already. */
static bool
time_is_up(struct work *w)
{
	const struct deadline *deadline = &w->run->options->deadline;
	AUTO(err) e = ERR_INIT;

	if (!deadline_passed(deadline))
		return false;
	(void)deadline_error(deadline, &e);
	no_verdict(w, &e);
	return true;
}

/*
 * --- signatures ---------------------------------------------------------------------------------
 */

static struct attempt *
add_attempt(struct work *w, const char *store, char *location, size_t bytes)
{
	struct attempt *a = LIST_ADD(w->report->attempts, w->report->n_attempts);

	a->store = xstrdup(store);
	a->location = location;
	a->bytes = bytes;
	return a;
}

/* The attempt came to nothing: say so there, and at the obligation, which stays open. */
static void
close_attempt(struct work *w, struct attempt *a, enum outcome outcome, enum reason reason,
    const struct err *e)
{
	a->outcome = outcome;
	a->reason = reason;
	a->detail = xstrdup(err_msg(e));
	if (outcome == OUTCOME_REFUSED)
		verdict_refuse(&w->report->verdict, w->obligation, reason, a->detail);
	else
		verdict_undecided(&w->report->verdict, w->obligation, reason, a->detail);
}

/* A blob to a claim, and the claim to the verdict: the only place where an image is accepted. */
static void
judge_blob(struct work *w, struct attempt *a, struct bytes blob)
{
	const struct expectation expected = { .subject = w->subject,
		.identity = &w->identity,
		.optional = PAYLOAD_OPTIONAL_MAY_BE_ABSENT };
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO_PTR(claim) claim = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	enum outcome outcome;

	if (ready_wait(w->run->keys, &w->run->options->deadline, &e) != 0) {
		close_attempt(w, a, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
		return;
	}
	outcome =
	    openpgp_verify(w->run->openpgp, blob, (int64_t)time(NULL), &bytes, &a->facts, &why, &e);
	if (outcome == OUTCOME_PROVEN)
		outcome = claim_make(&claim, bytes, &expected, &a->payload, &why, &e);
	if (outcome != OUTCOME_PROVEN) {
		close_attempt(w, a, outcome, why, &e);
		return;
	}
	verdict_discharge(&w->report->verdict, w->obligation, claim);
	a->outcome = OUTCOME_PROVEN;
	a->reason = REASON_ACCEPTED;
	w->accepted = w->report->n_attempts;
}

/* Every blob of one store, until one is accepted. */
static void
try_store(struct work *w, const char *store, struct store_iter *it)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum store_item item = STORE_ITEM;
	size_t found = 0;

	while (w->accepted == 0 && item == STORE_ITEM && !time_is_up(w)) {
		struct attempt *a;
		char *location = NULL;

		item = store_next(it, &blob, &location, &e);
		switch (item) {
		case STORE_ITEM:
			found++;
			a = add_attempt(w, store, location, blob.n);
			judge_blob(w, a, buf_bytes(&blob));
			break;
		case STORE_END:
			free(location);
			if (found > 0)
				break;
			a = add_attempt(w, store, NULL, 0);
			(void)err_set(&e, E_NOT_FOUND, "no signature for this digest");
			close_attempt(w, a, OUTCOME_REFUSED, REASON_NO_SIGNATURE, &e);
			break;
		case STORE_UNSET:
		case STORE_FAILED:
			a = add_attempt(w, store, location, 0);
			close_attempt(w, a, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
			break;
		}
	}
}

static void
try_signature_file(struct work *w, const char *path)
{
	struct attempt *a = add_attempt(w, "--signature", xstrdup(path), 0);
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (file_read_by(&blob, path, MAX_SIGNATURE_BYTES, &w->run->options->deadline, &e) != 0) {
		close_attempt(w, a, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
		return;
	}
	a->bytes = blob.n;
	judge_blob(w, a, buf_bytes(&blob));
}

static void
try_store_url(struct work *w, size_t i)
{
	const char *url = w->run->options->stores[i];
	AUTO_PTR(store_iter) it = NULL;
	AUTO(err) e = ERR_INIT;

	if (i == 0 && w->first_store != NULL) {
		it = steal(&w->first_store);
	} else if (store_open(&it, url, subject_digest(w->subject), w->run->http, &e) != 0) {
		struct attempt *a = add_attempt(w, url, NULL, 0);

		close_attempt(w, a, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
		return;
	}
	try_store(w, url, it);
}

/* Default stores are on the network: a run that must not touch it does without them. */
static bool
asks_stores(const struct work *w)
{
	const struct image_options *o = w->run->options;

	return o->n_signature_files == 0 &&
	       !(o->stores_are_default && http_is_offline(w->run->http));
}

/* --signature alone; or what the image brings, then the stores, in order. */
static void
try_signatures(struct work *w, struct source *source)
{
	const struct image_options *o = w->run->options;
	AUTO_PTR(store_iter) own = NULL;
	size_t before;

	for (size_t i = 0; i < o->n_signature_files && w->accepted == 0 && !time_is_up(w); i++)
		try_signature_file(w, o->signature_files[i]);
	if (o->n_signature_files > 0)
		return;
	before = w->report->n_attempts;
	own = source_signatures(source);
	if (own != NULL)
		try_store(w, w->name.given, own);
	/* An image that brings signatures speaks for itself, unless the user names a store. */
	if (o->stores_are_default && w->report->n_attempts > before &&
	    w->report->attempts[before].location != NULL)
		return;
	for (size_t i = 0; asks_stores(w) && i < o->n_stores && w->accepted == 0 && !time_is_up(w);
	     i++)
		try_store_url(w, i);
}

/*
 * --- the image ----------------------------------------------------------------------------------
 */

static int
read_name(struct work *w, const char *name, struct err *e)
{
	const struct image_options *o = w->run->options;

	if (image_name_parse(&w->name, name, o->machine, e) != 0)
		return -1;
	identity_for_image(&w->identity, o->identity, w->name.reference.tag);
	w->report->expected_identity = identity_describe(&w->identity);
	w->report->digest = w->name.reference.digest;
	w->report->digest_only = o->digest_only;
	if (o->digest_only && !digest_is_set(&w->name.reference.digest))
		return err_set(e, E_USAGE, "--digest-only needs the digest: write NAME@sha256:HEX");
	return 0;
}

/* When the digest is known, ask for its signature while the manifest is on its way. */
static void
ask_first_store(struct work *w)
{
	const struct image_options *o = w->run->options;
	AUTO(err) e = ERR_INIT;

	if (w->name.kind != IMAGE_REGISTRY || !digest_is_set(&w->name.reference.digest) ||
	    !asks_stores(w) || o->n_stores == 0 || !store_needs_network(o->stores[0]))
		return;
	/*
	 * What goes wrong here goes wrong again when the store's turn comes, and is reported then.
	 */
	if (store_open(
		&w->first_store, o->stores[0], &w->name.reference.digest, w->run->http, &e) != 0)
		w->first_store = NULL;
}

/*
 * The subject: the digest of the manifest's raw bytes, or the digest alone when that was asked for.
 */
static enum outcome
find_subject(struct work *w, struct source *source, enum reason *why, struct err *e)
{
	struct image_report *r = w->report;
	AUTO(buf) manifest = BUF_INIT;
	enum outcome outcome;

	if (w->run->options->digest_only)
		return subject_from_digest(&w->subject, &w->name.reference.digest, why, e);
	if (source_manifest(source, &manifest, &r->manifest_location, e) != 0) {
		*why = reason_of_error(e->code);
		/* Not there: in a registry somebody else's business, in a file system this
		 * machine's. */
		if (e->code == E_NOT_FOUND && w->name.kind == IMAGE_REGISTRY &&
		    w->run->options->manifest_file == NULL)
			*why = REASON_UNREACHABLE;
		return OUTCOME_UNDECIDED;
	}
	r->manifest_bytes = manifest.n;
	outcome = subject_from_manifest(
	    &w->subject, buf_bytes(&manifest), &w->name.reference.digest, why, e);
	if (outcome == OUTCOME_PROVEN) {
		r->digest = *subject_digest(w->subject);
		r->manifest_kind = subject_manifest_kind(w->subject);
	}
	return outcome;
}

static void
work_on(struct work *w)
{
	struct source_options so = { .registry = w->run->registry,
		.manifest_file = w->run->options->manifest_file,
		.deadline = w->run->options->deadline };
	AUTO_PTR(source) source = source_open(&w->name, &so);
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;

	ask_first_store(w);
	switch (find_subject(w, source, &why, &e)) {
	case OUTCOME_PROVEN:
		break;
	case OUTCOME_REFUSED:
		verdict_refuse(&w->report->verdict, w->obligation, why, err_msg(&e));
		return;
	case OUTCOME_UNDECIDED:
	case OUTCOME_UNSET:
		verdict_undecided(&w->report->verdict, w->obligation, why, err_msg(&e));
		return;
	}
	try_signatures(w, source);
	if (w->report->n_attempts > 0 || time_is_up(w))
		return;
	(void)err_set(&e, E_USAGE,
	    "nowhere to look for a signature: offline, and neither --store nor "
	    "--signature is given");
	no_verdict(w, &e);
}

void
image_verify(const struct image_run *run, const char *name, struct image_report *out)
{
	AUTO(work) w = { .run = run, .report = out };
	AUTO(err) e = ERR_INIT;

	*out = (struct image_report)IMAGE_REPORT_INIT;
	out->given = xstrdup(name);
	w.obligation =
	    verdict_require(&out->verdict, "a trusted key signed this image by its name");
	if (read_name(&w, name, &e) != 0)
		no_verdict(&w, &e);
	else if (!time_is_up(&w))
		work_on(&w);
	if (w.accepted > 0)
		out->accepted = &out->attempts[w.accepted - 1];
}
