/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict: obligations, each of which only a proof of its own kind discharges, or a policy's
 * waiver lifts. Computed, never assigned. A verdict of zeros, without obligations, or with one
 * open, does not accept; an error on the way can turn "refused" into "no verdict", never into
 * "accepted".
 */
#ifndef RELSIG_TRUST_VERDICT_H
#define RELSIG_TRUST_VERDICT_H

#include "base/base.h"
#include "trust/claim.h"
#include "trust/reason.h"
#include "trust/waiver.h"

struct agreement;
struct file_claim;
struct link;

/* What discharges an obligation. Nothing else does. */
enum proof {
	PROOF_CLAIM = 0, /* signed bytes: verdict_discharge */
	PROOF_VERDICT,	 /* another verdict that accepts and verified something */
	PROOF_PRESENT,	 /* a link, also one by size alone */
	PROOF_INTACT,	 /* a link whose bytes were hashed */
	PROOF_AGREEMENT, /* what must be equal is */
	PROOF_FILE,	 /* the file of this name was hashed, and is in a signed list */
};

struct obligation {
	char *what; /* owned: "signed by a trusted key as ..."; of PROOF_FILE the file's name */
	enum proof wants;
	/* What was proven is about this: set by verdict_discharge, or before, of the other kinds.
	 */
	struct digest digest;
	bool discharged;    /* set by verdict_discharge and its like alone */
	bool waived;	    /* set by verdict_waive alone */
	bool undecided;	    /* something stood in the way of the evidence */
	enum reason reason; /* why it is open */
	char *detail;	    /* owned: one message for people, or NULL */
};

struct verdict {
	struct obligation *v;
	size_t n;
};
#define VERDICT_INIT                                                                               \
	{                                                                                          \
		0                                                                                  \
	}

/* Add an obligation that a claim discharges; its index. */
size_t verdict_require(struct verdict *v, const char *what);
/*
 * Add one that a proof of this kind discharges, when it is about this digest. Without a digest
 * (NULL, or not set) nothing discharges it, but an agreement, which is about none.
 */
size_t verdict_require_proof(
    struct verdict *v, const char *what, enum proof wants, const struct digest *digest);
/*
 * A NULL proof has no effect, and so has an index that is not there, or an obligation that wants
 * another proof, or one about another digest.
 */
void verdict_discharge(struct verdict *v, size_t i, const struct claim *proof);
void verdict_discharge_verdict(struct verdict *v, size_t i, const struct verdict *proof);
void verdict_discharge_link(struct verdict *v, size_t i, const struct link *proof);
void verdict_discharge_agreement(struct verdict *v, size_t i, const struct agreement *proof);
/* Only for the name that is the obligation's "what": files may have the same bytes. */
void verdict_discharge_file(struct verdict *v, size_t i, const struct file_claim *proof);
/* The policy wants no proof of this one, which is a claim's. The same for a NULL waiver. */
void verdict_waive(struct verdict *v, size_t i, const struct waiver *waiver);
/*
 * Why the obligation is open. The first refusal's reason stays (the later ones are in the report's
 * attempts), "no-signature" gives way to any other; never undoes a discharge.
 */
void verdict_refuse(struct verdict *v, size_t i, enum reason reason, const char *detail);
/* The evidence could not be had: while the obligation is open, there is no verdict. The last reason
 * shows. */
void verdict_undecided(struct verdict *v, size_t i, enum reason reason, const char *detail);

/* PROVEN: there are obligations and every one is discharged or waived. */
enum outcome verdict_outcome(const struct verdict *v) RESULT_USED;
bool verdict_accepted(const struct verdict *v) RESULT_USED;
/* Accepted, and at least one obligation was discharged: something was verified. */
bool verdict_verified(const struct verdict *v) RESULT_USED;
/*
 * The digest that all that was discharged is about; NULL unless something was verified, and by
 * claims, or by verdicts of claims, alone.
 */
const struct digest *verdict_digest(const struct verdict *v) RESULT_USED;
/* One obligation's outcome; UNSET for an index that is not there. */
enum outcome verdict_outcome_of(const struct verdict *v, size_t i) RESULT_USED;
/* One obligation's reason: accepted when it is discharged or waived. */
enum reason verdict_reason_of(const struct verdict *v, size_t i) RESULT_USED;
/* The reason and the detail to show: of the first obligation that decides the outcome. */
enum reason verdict_reason(const struct verdict *v) RESULT_USED;
const char *verdict_detail(const struct verdict *v);

/* Verdicts of one run, counted. All zero: none yet, which is status 2. */
struct tally {
	size_t accepted, refused, undecided;
};
void tally_add(struct tally *t, const struct verdict *v);
/* 0: there are verdicts and all accept; 1: one refuses; 2 otherwise. */
int tally_exit_status(const struct tally *t) RESULT_USED;

void verdict_free(struct verdict *v);
AUTO_DEFINE(verdict)

#endif
