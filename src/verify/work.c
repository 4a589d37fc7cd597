/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/work.h"

#include <stdlib.h>
#include <time.h>

#include "base/limits.h"

void
work_free(struct work *w)
{
	for (size_t i = 0; i < w->n_demands; i++)
		identity_free(&w->demands[i].identity);
	free(w->demands);
	store_iter_free(w->first_store);
	subject_free(w->subject);
	buf_free(&w->manifest);
	image_name_free(&w->name);
}

/*
 * --- what is wanted -----------------------------------------------------------------------------
 */

size_t
work_require(struct work *w, const char *type, const char *place, const char *what)
{
	struct image_report *r = w->report;
	struct requirement_report *line = LIST_ADD(r->requirements, r->n_requirements);

	line->type = type;
	line->place = place != NULL ? xstrdup(place) : NULL;
	line->obligation = verdict_require(&r->verdict, what);
	return r->n_requirements - 1;
}

struct demand *
work_demand(struct work *w, size_t requirement, enum scheme scheme)
{
	struct demand *d = LIST_ADD(w->demands, w->n_demands);

	d->scheme = scheme;
	d->requirement = requirement;
	d->obligation = w->report->requirements[requirement].obligation;
	return d;
}

void
work_refuse_one(struct work *w, size_t requirement, enum reason reason, const char *detail)
{
	verdict_refuse(
	    &w->report->verdict, w->report->requirements[requirement].obligation, reason, detail);
}

static enum sigstore_root
root_of(enum policy_trust trust)
{
	switch (trust) {
	case POLICY_TRUST_UNSET:
		break;
	case POLICY_TRUST_KEYS:
		return SIGSTORE_ROOT_KEYS;
	case POLICY_TRUST_FULCIO:
		return SIGSTORE_ROOT_FULCIO;
	case POLICY_TRUST_PKI:
		return SIGSTORE_ROOT_PKI;
	}
	return SIGSTORE_ROOT_UNSET;
}

/* What the node would reject whatever is signed; NULL when it depends on the signatures. */
static const char *
never_accepted(const struct policy_requirement *r)
{
	switch (r->type) {
	case POLICY_SIGNED_BY:
		if (r->key_type != POLICY_KEY_GPG_KEYS)
			return "unsupported: a keyType other than GPGKeys, which no node "
			       "implements";
		return r->keys.n == 0 ? "there are no keys, so nothing can be signed by them"
				      : NULL;
	case POLICY_SIGSTORE_SIGNED:
		if (r->trust != POLICY_TRUST_KEYS)
			return "unsupported: certificates (fulcio, pki) instead of keys; a node "
			       "may "
			       "accept this image, relsig cannot tell";
		return NULL;
	case POLICY_REJECT:
		return "the policy rejects every such image";
	case POLICY_SIGNED_BASE_LAYER:
		return "signedBaseLayer, which no node implements";
	case POLICY_INSECURE_ACCEPT_ANYTHING:
	case POLICY_UNSET:
		break;
	}
	return "not a requirement that a signature can meet";
}

void
work_demand_of(struct work *w, size_t requirement, const struct requirement_keys *keys,
    const struct reference *image)
{
	const struct policy_requirement *r = keys->requirement;
	const char *never = never_accepted(r);
	struct demand *d;

	if (never != NULL) {
		work_refuse_one(w, requirement, REASON_REJECTED_BY_POLICY, never);
		return;
	}
	if (keys->failure.code != E_NONE) {
		verdict_undecided(&w->report->verdict,
		    w->report->requirements[requirement].obligation,
		    keys->failure.code == E_TIMED_OUT ? REASON_TIMED_OUT : REASON_IO_ERROR,
		    err_msg(&keys->failure));
		return;
	}
	d = work_demand(
	    w, requirement, r->type == POLICY_SIGNED_BY ? SCHEME_OPENPGP : SCHEME_SIGSTORE);
	identity_for_policy(&d->identity, &r->identity, image);
	d->optional = PAYLOAD_OPTIONAL_REQUIRED;
	d->keys = &keys->openpgp;
	d->sigstore = (struct sigstore_trust){ .root = root_of(r->trust),
		.keys = &keys->sigstore,
		.log_keys = r->rekor.kind != POLICY_SOURCE_NONE ? &keys->log : NULL };
	w->report->requirements[requirement].identity = identity_describe(&d->identity);
}

bool
work_is_open(const struct work *w, const struct demand *d)
{
	return verdict_outcome_of(&w->report->verdict, d->obligation) != OUTCOME_PROVEN;
}

bool
work_wants(const struct work *w, const struct demand *d)
{
	return w->run->options->keep || work_is_open(w, d);
}

void
work_undecided(struct work *w, enum reason reason, const char *detail)
{
	for (size_t i = 0; i < w->report->n_requirements; i++)
		verdict_undecided(
		    &w->report->verdict, w->report->requirements[i].obligation, reason, detail);
}

void
work_no_verdict(struct work *w, const struct err *e)
{
	work_undecided(w, reason_of_error(e->code), err_msg(e));
}

void
work_refuse(struct work *w, enum reason reason, const struct err *e)
{
	for (size_t i = 0; i < w->report->n_requirements; i++)
		verdict_refuse(
		    &w->report->verdict, w->report->requirements[i].obligation, reason, err_msg(e));
}

bool
work_time_is_up(struct work *w)
{
	const struct deadline *deadline = &w->run->options->deadline;
	AUTO(err) e = ERR_INIT;

	if (!deadline_passed(deadline))
		return false;
	(void)deadline_error(deadline, &e);
	work_no_verdict(w, &e);
	return true;
}

/*
 * --- the subject --------------------------------------------------------------------------------
 */

static void
note_place(struct image_report *r, const struct place *place)
{
	free(steal(&r->place.path));
	free(steal(&r->place.kind));
	if (place == NULL)
		return;
	r->place.path = xstrdup(place_path(place));
	r->place.kind = xstrdup(place_word(place));
}

/*
 * The digest of the manifest's raw bytes, or the digest alone when that was asked for.
 */
static enum outcome
find_subject(struct work *w, struct source *source, enum reason *why, struct err *e)
{
	struct image_report *r = w->report;
	const struct digest *asked = &w->asked;
	enum outcome outcome;

	if (w->run->options->digest_only)
		return subject_from_digest(&w->subject, &w->asked, why, e);
	if (source_manifest(source, &w->manifest, &r->manifest_location, e) != 0) {
		*why = reason_of_error(e->code);
		/* Not there: in a registry somebody else's business, in a file system this
		 * machine's. */
		if (e->code == E_NOT_FOUND && source_is_remote(source))
			*why = REASON_UNREACHABLE;
		return OUTCOME_UNDECIDED;
	}
	note_place(r, source_place(source));
	r->manifest_bytes = w->manifest.n;
	/* What a tag leads to in a tree of files must be what its name says. */
	if (!digest_is_set(asked))
		asked = source_digest(source);
	outcome = subject_from_manifest(&w->subject, buf_bytes(&w->manifest), asked, why, e);
	if (outcome == OUTCOME_PROVEN) {
		r->digest = *subject_digest(w->subject);
		r->manifest_kind = subject_manifest_kind(w->subject);
		if (w->run->options->keep)
			buf_add(&r->manifest_kept, w->manifest.p, w->manifest.n);
	}
	return outcome;
}

bool
work_find_subject(struct work *w, struct source *source)
{
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;

	switch (find_subject(w, source, &why, &e)) {
	case OUTCOME_PROVEN:
		return true;
	case OUTCOME_REFUSED:
		work_refuse(w, why, &e);
		return false;
	case OUTCOME_UNDECIDED:
	case OUTCOME_UNSET:
		break;
	}
	work_undecided(w, why, err_msg(&e));
	return false;
}

/*
 * --- signatures ---------------------------------------------------------------------------------
 */

const char *
work_store_word(const struct work *w)
{
	bool from = w->run->options->places != NULL && w->name.kind != IMAGE_DIR;

	return from ? "--from" : w->name.given;
}

struct attempt *
work_attempt(
    struct work *w, const struct demand *d, const char *store, char *location, size_t bytes)
{
	struct attempt *a = LIST_ADD(w->report->attempts, w->report->n_attempts);
	const char *place = w->report->requirements[d->requirement].place;

	a->scheme = d->scheme;
	a->requirement = place != NULL ? xstrdup(place) : NULL;
	a->store = xstrdup(store);
	a->location = location;
	a->bytes = bytes;
	return a;
}

void
work_close_attempt(struct work *w, const struct demand *d, struct attempt *a, enum outcome outcome,
    enum reason reason, const struct err *e)
{
	a->outcome = outcome;
	a->reason = reason;
	a->detail = xstrdup(err_msg(e));
	if (outcome == OUTCOME_REFUSED)
		verdict_refuse(&w->report->verdict, d->obligation, reason, a->detail);
	else
		verdict_undecided(&w->report->verdict, d->obligation, reason, a->detail);
}

/* What was proven to be signed, to a claim, and the claim to the verdict. */
static void
discharge(
    struct work *w, const struct demand *d, struct attempt *a, const struct signed_bytes *bytes)
{
	const struct expectation expected = {
		.subject = w->subject, .identity = &d->identity, .optional = d->optional
	};
	AUTO_PTR(claim) claim = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	enum outcome outcome = claim_make(&claim, bytes, &expected, &a->payload, &why, &e);

	if (outcome != OUTCOME_PROVEN) {
		work_close_attempt(w, d, a, outcome, why, &e);
		return;
	}
	verdict_discharge(&w->report->verdict, d->obligation, claim);
	a->outcome = OUTCOME_PROVEN;
	a->reason = REASON_ACCEPTED;
	if (w->report->requirements[d->requirement].accepted == 0)
		w->report->requirements[d->requirement].accepted = w->report->n_attempts;
}

static bool
is_kept(const struct work *w, const struct attempt *a)
{
	return w->run->options->keep && a->outcome == OUTCOME_PROVEN;
}

void
work_judge_openpgp(struct work *w, const struct demand *d, struct attempt *a, struct bytes blob)
{
	const int64_t now = (int64_t)time(NULL);
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	enum outcome outcome;

	if (ready_wait(w->run->keys, &w->run->options->deadline, &e) != 0) {
		work_close_attempt(w, d, a, OUTCOME_UNDECIDED, reason_of_error(e.code), &e);
		return;
	}
	outcome = d->keys != NULL
		      ? openpgp_verify_by(
			    w->run->openpgp, d->keys, blob, now, &bytes, &a->facts, &why, &e)
		      : openpgp_verify(w->run->openpgp, blob, now, &bytes, &a->facts, &why, &e);
	if (outcome == OUTCOME_PROVEN)
		discharge(w, d, a, bytes);
	else
		work_close_attempt(w, d, a, outcome, why, &e);
	if (is_kept(w, a))
		buf_add(&a->kept, blob.p, blob.n);
}

void
work_judge_sigstore(struct work *w, const struct demand *d, struct attempt *a,
    const struct sigstore_signature *signature)
{
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	enum outcome outcome;

	outcome = sigstore_verify(&d->sigstore, signature, &bytes, &a->sigstore, &why, &e);
	if (outcome == OUTCOME_PROVEN)
		discharge(w, d, a, bytes);
	else
		work_close_attempt(w, d, a, outcome, why, &e);
	if (is_kept(w, a))
		signature_blob_add_sigstore(&a->kept, signature);
}
