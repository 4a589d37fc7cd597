/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every mutant of an input: each of its bits flipped, and each beginning of it that is shorter. All
 * of them are read; with those that may be accepted gpg is asked. Of more than MUTANTS_COMPLETE it
 * is asked about MUTANTS_SAMPLE or so, always the same, but about all when the environment has
 * MUTATION=all ("make check-mutation"), and about MUTANTS_FEW with MUTATION=few: starting gpg is
 * what takes time where the sanitizers watch the rest.
 */
#ifndef RELSIG_TESTS_MUTATION_H
#define RELSIG_TESTS_MUTATION_H

#include "base/base.h"
#include "base/buf.h"
#include "judge.h"

/* The first is enough for the signatures of small keys. */
enum { MUTANTS_COMPLETE = 850, MUTANTS_SAMPLE = 400, MUTANTS_FEW = 40 };

/* Flips come first: the mutant i is the one with bit i flipped when i < 8 * original.n. */
size_t mutant_count(struct bytes original);
void mutant_make(struct buf *out, struct bytes original, size_t i);
/* "bit 12", "the first 3 bytes"; for free(). */
char *mutant_name(struct bytes original, size_t i);

/* Is $MUTATION "few": is it to be over soon, as with the sanitizers? */
bool mutation_few(void);
/* Does the environment ask for every one? */
bool mutation_all(void) RESULT_USED;
/* Is the mutant i of those n that gpg could be asked about in the sample? */
bool mutation_sampled(size_t i, size_t n) RESULT_USED;
/* One line for people. asked: how many of passed went to gpg. */
void mutation_print(const char *name, size_t mutants, size_t passed, size_t asked, size_t accepted);

/* Mutants that become signature blobs. Set name, original, blob and same; the rest is zero. */
struct mutation {
	const char *name;
	const char *keys; /* as for judge_open */
	struct buf original;
	/* The blob that is judged for a mutant (or the original). */
	void (*blob)(const struct mutation *m, struct bytes mutant, struct buf *blob);
	/* Is what a mutant was accepted as what the original was accepted as? */
	bool (*same)(const struct mutation *m, struct bytes mutant, const struct judged *got);

	struct judge judge;
	struct judged accepted; /* the original */
	struct buf packets;	/* what gpg is handed for the original */
	size_t *passed;		/* mutants that gpg has to be asked about */
	size_t n_passed;
	size_t n_accepted;
};

/* Judge all of it; a mutant accepted as something else fails the test. Frees everything. */
void mutation_run(struct mutation *m);

#endif
