/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "trust/agreement.h"
#include "trust/file_claim.h"
#include "trust/link.h"

size_t
verdict_require_proof(
    struct verdict *v, const char *what, enum proof wants, const struct digest *digest)
{
	struct obligation *o = LIST_ADD(v->v, v->n);

	o->what = xstrdup(what);
	o->wants = wants;
	if (digest != NULL)
		o->digest = *digest;
	return v->n - 1;
}

size_t
verdict_require(struct verdict *v, const char *what)
{
	return verdict_require_proof(v, what, PROOF_CLAIM, NULL);
}

/* The obligation, when it is there and a proof of this kind may discharge it. */
static struct obligation *
wanting(struct verdict *v, size_t i, enum proof kind)
{
	return i < v->n && v->v[i].wants == kind ? &v->v[i] : NULL;
}

void
verdict_discharge(struct verdict *v, size_t i, const struct claim *proof)
{
	struct obligation *o = wanting(v, i, PROOF_CLAIM);

	if (o == NULL || proof == NULL)
		return;
	o->digest = *claim_digest(proof);
	o->discharged = true;
}

void
verdict_discharge_verdict(struct verdict *v, size_t i, const struct verdict *proof)
{
	struct obligation *o = wanting(v, i, PROOF_VERDICT);
	const struct digest *about = proof != NULL ? verdict_digest(proof) : NULL;

	if (o != NULL && about != NULL && digest_equal(about, &o->digest))
		o->discharged = true;
}

void
verdict_discharge_link(struct verdict *v, size_t i, const struct link *proof)
{
	struct obligation *o = wanting(v, i, PROOF_INTACT);

	if (proof == NULL)
		return;
	if (o == NULL || link_is_by_size(proof))
		o = wanting(v, i, PROOF_PRESENT);
	if (o != NULL && digest_equal(link_digest(proof), &o->digest))
		o->discharged = true;
}

void
verdict_discharge_agreement(struct verdict *v, size_t i, const struct agreement *proof)
{
	struct obligation *o = wanting(v, i, PROOF_AGREEMENT);

	if (o != NULL && proof != NULL)
		o->discharged = true;
}

void
verdict_discharge_file(struct verdict *v, size_t i, const struct file_claim *proof)
{
	struct obligation *o = wanting(v, i, PROOF_FILE);

	if (o != NULL && proof != NULL && strcmp(o->what, file_claim_name(proof)) == 0 &&
	    digest_equal(file_claim_digest(proof), &o->digest))
		o->discharged = true;
}

void
verdict_waive(struct verdict *v, size_t i, const struct waiver *waiver)
{
	struct obligation *o = wanting(v, i, PROOF_CLAIM);

	if (o != NULL && waiver != NULL)
		o->waived = true;
}

static bool
is_open(const struct verdict *v, size_t i)
{
	return i < v->n && !v->v[i].discharged && !v->v[i].waived;
}

static void
set_reason(struct obligation *o, enum reason reason, const char *detail)
{
	o->reason = reason;
	free(o->detail);
	o->detail = detail != NULL ? xstrdup(detail) : NULL;
}

void
verdict_refuse(struct verdict *v, size_t i, enum reason reason, const char *detail)
{
	struct obligation *o;

	if (!is_open(v, i))
		return;
	o = &v->v[i];
	if (o->reason == REASON_UNSET || (o->reason == REASON_NO_SIGNATURE && !o->undecided))
		set_reason(o, reason, detail);
}

void
verdict_undecided(struct verdict *v, size_t i, enum reason reason, const char *detail)
{
	if (!is_open(v, i))
		return;
	v->v[i].undecided = true;
	set_reason(&v->v[i], reason, detail);
}

static enum outcome
obligation_outcome(const struct obligation *o)
{
	if (o->discharged || o->waived)
		return OUTCOME_PROVEN;
	return o->undecided ? OUTCOME_UNDECIDED : OUTCOME_REFUSED;
}

/*
 * The obligation that decides: an open one that is refused, else one that is undecided, else none.
 */
static const struct obligation *
deciding(const struct verdict *v)
{
	const struct obligation *found = NULL;

	for (size_t i = 0; i < v->n; i++) {
		switch (obligation_outcome(&v->v[i])) {
		case OUTCOME_PROVEN:
			break;
		case OUTCOME_REFUSED:
			return &v->v[i];
		case OUTCOME_UNDECIDED:
		case OUTCOME_UNSET:
			if (found == NULL)
				found = &v->v[i];
			break;
		}
	}
	return found;
}

enum outcome
verdict_outcome(const struct verdict *v)
{
	const struct obligation *o = deciding(v);

	if (v->n == 0)
		return OUTCOME_REFUSED;
	return o == NULL ? OUTCOME_PROVEN : obligation_outcome(o);
}

bool
verdict_accepted(const struct verdict *v)
{
	return verdict_outcome(v) == OUTCOME_PROVEN;
}

bool
verdict_verified(const struct verdict *v)
{
	bool verified = false;

	for (size_t i = 0; i < v->n; i++)
		verified = verified || v->v[i].discharged;
	return verified && verdict_accepted(v);
}

const struct digest *
verdict_digest(const struct verdict *v)
{
	const struct digest *about = NULL;

	if (!verdict_verified(v))
		return NULL;
	for (size_t i = 0; i < v->n; i++) {
		const struct obligation *o = &v->v[i];

		if (!o->discharged)
			continue;
		if (o->wants != PROOF_CLAIM && o->wants != PROOF_VERDICT)
			return NULL;
		if (about != NULL && !digest_equal(about, &o->digest))
			return NULL;
		about = &o->digest;
	}
	return about;
}

enum outcome
verdict_outcome_of(const struct verdict *v, size_t i)
{
	return i < v->n ? obligation_outcome(&v->v[i]) : OUTCOME_UNSET;
}

/* Of one that is open, or of none: nothing was proven. */
static enum reason
open_reason(const struct obligation *o)
{
	return o == NULL || o->reason == REASON_UNSET ? REASON_NO_SIGNATURE : o->reason;
}

enum reason
verdict_reason_of(const struct verdict *v, size_t i)
{
	if (verdict_outcome_of(v, i) == OUTCOME_PROVEN)
		return REASON_ACCEPTED;
	return open_reason(i < v->n ? &v->v[i] : NULL);
}

enum reason
verdict_reason(const struct verdict *v)
{
	return verdict_accepted(v) ? REASON_ACCEPTED : open_reason(deciding(v));
}

const char *
verdict_detail(const struct verdict *v)
{
	const struct obligation *o = deciding(v);

	return o != NULL && o->detail != NULL ? o->detail : "";
}

void
tally_add(struct tally *t, const struct verdict *v)
{
	switch (verdict_outcome(v)) {
	case OUTCOME_PROVEN:
		t->accepted++;
		return;
	case OUTCOME_REFUSED:
		t->refused++;
		return;
	case OUTCOME_UNDECIDED:
	case OUTCOME_UNSET:
		break;
	}
	t->undecided++;
}

int
tally_exit_status(const struct tally *t)
{
	if (t->refused > 0)
		return 1;
	return t->accepted > 0 && t->undecided == 0 ? 0 : 2;
}

void
verdict_free(struct verdict *v)
{
	for (size_t i = 0; i < v->n; i++) {
		free(v->v[i].what);
		free(v->v[i].detail);
	}
	free(v->v);
	*v = (struct verdict)VERDICT_INIT;
}
