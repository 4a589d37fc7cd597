/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/verdict.h"

#include <stdlib.h>

size_t
verdict_require(struct verdict *v, const char *what)
{
	struct obligation *o = LIST_ADD(v->v, v->n);

	o->what = xstrdup(what);
	return v->n - 1;
}

void
verdict_discharge(struct verdict *v, size_t i, const struct claim *proof)
{
	if (proof == NULL || i >= v->n)
		return;
	v->v[i].discharged = true;
}

void
verdict_waive(struct verdict *v, size_t i, const struct waiver *waiver)
{
	if (waiver == NULL || i >= v->n)
		return;
	v->v[i].waived = true;
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

enum outcome
verdict_outcome_of(const struct verdict *v, size_t i)
{
	return i < v->n ? obligation_outcome(&v->v[i]) : OUTCOME_UNSET;
}

enum reason
verdict_reason(const struct verdict *v)
{
	const struct obligation *o = deciding(v);

	if (verdict_accepted(v))
		return REASON_ACCEPTED;
	if (o == NULL || o->reason == REASON_UNSET)
		return REASON_NO_SIGNATURE;
	return o->reason;
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
