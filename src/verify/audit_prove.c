/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "verify/audit_work.h"

size_t
audit_require(struct audit *a, enum proof wants, const char *what, const struct digest *digest)
{
	size_t i;

	pthread_mutex_lock(&a->lock);
	i = verdict_require_proof(&a->report->verdict, what, wants, digest);
	pthread_mutex_unlock(&a->lock);
	return i;
}

void
audit_prove_link(struct audit *a, size_t obligation, const struct link *proof)
{
	pthread_mutex_lock(&a->lock);
	verdict_discharge_link(&a->report->verdict, obligation, proof);
	pthread_mutex_unlock(&a->lock);
}

void
audit_prove_verdict(struct audit *a, size_t obligation, const struct verdict *proof)
{
	pthread_mutex_lock(&a->lock);
	verdict_discharge_verdict(&a->report->verdict, obligation, proof);
	pthread_mutex_unlock(&a->lock);
}

void
audit_prove_agreement(struct audit *a, size_t obligation, const struct agreement *proof)
{
	pthread_mutex_lock(&a->lock);
	verdict_discharge_agreement(&a->report->verdict, obligation, proof);
	pthread_mutex_unlock(&a->lock);
}

/*
 * --- problems -----------------------------------------------------------------------------------
 */

static enum reason
reason_of(enum audit_problem_kind kind)
{
	switch (kind) {
	case PROBLEM_MISSING_MANIFEST:
	case PROBLEM_MISSING_BLOB:
	case PROBLEM_NO_IMAGE_REFERENCES:
	case PROBLEM_NO_METADATA:
		return REASON_CONTENT_MISSING;
	case PROBLEM_UNSUPPORTED_MANIFEST:
		return REASON_UNSUPPORTED_MANIFEST;
	case PROBLEM_NO_SIGSTORE:
		return REASON_NO_SIGNATURE;
	case PROBLEM_BAD_SIGSTORE:
		return REASON_BAD_SIGNATURE;
	case PROBLEM_UNREACHABLE:
		return REASON_UNREACHABLE;
	case PROBLEM_UNSET:
	case PROBLEM_CORRUPT_MANIFEST:
	case PROBLEM_BLOB_SIZE:
	case PROBLEM_CORRUPT_BLOB:
	case PROBLEM_BAD_COMPONENT:
	case PROBLEM_VERSION:
	case PROBLEM_ARCHITECTURE:
	case PROBLEM_BAD_POLICY:
		break;
	}
	return REASON_CONTENT_MISMATCH;
}

void
audit_fail(struct audit *a, size_t obligation, const struct audit_problem *p)
{
	struct verdict *v = &a->report->verdict;

	pthread_mutex_lock(&a->lock);
	if (p->outcome == OUTCOME_UNDECIDED)
		verdict_undecided(v, obligation, reason_of(p->kind), p->detail);
	else
		verdict_refuse(v, obligation, reason_of(p->kind), p->detail);
	pthread_mutex_unlock(&a->lock);
}

void
audit_never(struct audit *a, const struct audit_problem *p)
{
	audit_fail(a, audit_require(a, PROOF_AGREEMENT, audit_problem_word(p->kind), NULL), p);
}

static char *
copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

struct audit_problem *
audit_note(struct audit *a, struct audit_problems *list, enum audit_problem_kind kind,
    const struct digest *digest, const char *where, const char *detail)
{
	struct audit_problem *p = LIST_ADD(list->v, list->n);

	p->kind = kind;
	p->outcome = kind == PROBLEM_UNREACHABLE ? OUTCOME_UNDECIDED : OUTCOME_REFUSED;
	if (digest != NULL)
		p->digest = *digest;
	p->where = copy(where);
	p->detail = xstrdup(detail);
	a->progress->problems++;
	return p;
}

struct audit_problem *
audit_note_error(struct audit *a, struct audit_problems *list, enum audit_problem_kind missing,
    const struct digest *digest, const char *where, const struct err *e)
{
	return audit_note(a, list, e->code == E_NOT_FOUND ? missing : PROBLEM_UNREACHABLE, digest,
	    where, err_msg(e));
}

void
audit_problems_free(struct audit_problems *p)
{
	for (size_t i = 0; i < p->n; i++)
		audit_problem_free(&p->v[i]);
	free(p->v);
	*p = (struct audit_problems){ 0 };
}

/*
 * --- time ---------------------------------------------------------------------------------------
 */

bool
audit_is_over(struct audit *a)
{
	const struct audit_options *o = a->options;

	if ((o->stop == NULL || !*o->stop) && !deadline_passed(&a->run->options->deadline))
		return false;
	a->cut = true;
	return true;
}
