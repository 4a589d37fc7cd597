/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mutation.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/signed_message.h"

enum { THREADS = 2 };

size_t
mutant_count(struct bytes original)
{
	return original.n * 9;
}

void
mutant_make(struct buf *out, struct bytes original, size_t i)
{
	size_t flips = original.n * 8;

	buf_clear(out);
	buf_add(out, original.p, i < flips ? original.n : i - flips);
	if (i < flips)
		out->p[i / 8] ^= (uint8_t)(1u << (i % 8));
}

char *
mutant_name(struct bytes original, size_t i)
{
	size_t flips = original.n * 8;

	return i < flips ? xasprintf("bit %zu", i) : xasprintf("the first %zu bytes", i - flips);
}

static bool
is_asked_for(const char *word)
{
	const char *which = getenv("MUTATION");

	return which != NULL && strcmp(which, word) == 0;
}

bool
mutation_all(void)
{
	return is_asked_for("all");
}

bool
mutation_few(void)
{
	return is_asked_for("few");
}

bool
mutation_sampled(size_t i, size_t n)
{
	bool few = mutation_few();
	size_t complete = few ? MUTANTS_FEW : MUTANTS_COMPLETE;
	uint64_t x = i + 1;

	if (mutation_all() || n <= complete)
		return true;
	/* The finalizer of splitmix64: neighbours are not chosen together. */
	x *= UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (x ^ x >> 31) % n < (few ? MUTANTS_FEW : MUTANTS_SAMPLE);
}

void
mutation_print(const char *name, size_t mutants, size_t passed, size_t asked, size_t accepted)
{
	fprintf(stderr,
	    "mutation: %s: %zu mutants, gpg was asked about %zu of %zu, %zu accepted, all with the "
	    "same payload and signer\n",
	    name, mutants, asked, passed, accepted);
	if (mutation_all())
		fprintf(stderr, "figure: mutants %zu\n", mutants);
}

static bool
passes_preflight(struct bytes blob, struct signed_message *m)
{
	AUTO(err) e = ERR_INIT;

	return signed_message_parse(m, blob, MAX_INFLATED_BYTES, false, &e) == 0;
}

/* Would these claims be accepted, if the right key had signed them? */
static bool
claims_fit(const struct judge *j, struct bytes body)
{
	const struct digest *want = subject_digest(j->subject);
	AUTO(payload) p = PAYLOAD_INIT;
	AUTO(err) e = ERR_INIT;

	return payload_parse(&p, body, PAYLOAD_ATOMIC, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, &e) == 0 &&
	       digest_equal(&p.claimed_digest, want) &&
	       identity_match(&j->identity, p.claimed_reference, want, &e) == 0;
}

/*
 * Every mutant goes through the preflight. One after which gpg would be handed the very same
 * packets is accepted as the original is. Claims that do not fit are refused without gpg, unless
 * every mutant is wanted.
 */
static void
choose(struct mutation *m)
{
	struct bytes original = buf_bytes(&m->original);

	for (size_t i = 0; i < mutant_count(original); i++) {
		AUTO(signed_message) message = SIGNED_MESSAGE_INIT;
		AUTO(buf) mutant = BUF_INIT;
		AUTO(buf) blob = BUF_INIT;

		mutant_make(&mutant, original, i);
		m->blob(m, buf_bytes(&mutant), &blob);
		if (!passes_preflight(buf_bytes(&blob), &message))
			continue;
		if (bytes_equal(buf_bytes(&message.reframed), buf_bytes(&m->packets)))
			m->n_accepted++;
		else if (mutation_all() || claims_fit(&m->judge, signed_message_body(&message)))
			*LIST_ADD(m->passed, m->n_passed) = i;
	}
}

struct worker {
	const struct mutation *m;
	size_t first, n_asked, n_accepted;
	char *wrong; /* the first finding; owned */
};

static void
judge_mutant(struct worker *w, size_t i)
{
	const struct mutation *m = w->m;
	AUTO_STR char *name = mutant_name(buf_bytes(&m->original), i);
	AUTO(judged) got = JUDGED_INIT;
	AUTO(buf) mutant = BUF_INIT;
	AUTO(buf) blob = BUF_INIT;

	mutant_make(&mutant, buf_bytes(&m->original), i);
	m->blob(m, buf_bytes(&mutant), &blob);
	judge_blob(&m->judge, buf_bytes(&blob), &got);
	w->n_asked++;
	/* A mutant is evidence that says no, never a machine that fails. */
	if (got.outcome == OUTCOME_UNDECIDED && w->wrong == NULL)
		w->wrong = xasprintf("%s: undecided: %s", name, err_msg(&got.e));
	if (got.outcome == OUTCOME_UNDECIDED || got.outcome == OUTCOME_REFUSED)
		return;
	w->n_accepted++;
	if (w->wrong == NULL &&
	    (got.outcome != OUTCOME_PROVEN ||
		strcmp(got.facts.fingerprint, m->accepted.facts.fingerprint) != 0 ||
		strcmp(got.facts.signing_key, m->accepted.facts.signing_key) != 0 ||
		!m->same(m, buf_bytes(&mutant), &got)))
		w->wrong = xasprintf("%s: accepted as something else", name);
}

static void *
judge_some(void *arg)
{
	struct worker *w = arg;
	size_t n = w->m->n_passed;

	for (size_t i = w->first; i < n; i += THREADS)
		if (mutation_sampled(i, n))
			judge_mutant(w, w->m->passed[i]);
	return NULL;
}

static void
judge_all(struct mutation *m)
{
	struct worker workers[THREADS] = { 0 };
	pthread_t threads[THREADS];
	size_t n_asked = 0;

	for (size_t i = 0; i < THREADS; i++) {
		workers[i].m = m;
		workers[i].first = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, judge_some, &workers[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		n_asked += workers[i].n_asked;
		m->n_accepted += workers[i].n_accepted;
	}
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_msg(workers[i].wrong == NULL, "%s: %s", m->name, workers[i].wrong);
	mutation_print(
	    m->name, mutant_count(buf_bytes(&m->original)), m->n_passed, n_asked, m->n_accepted);
}

void
mutation_run(struct mutation *m)
{
	AUTO(signed_message) message = SIGNED_MESSAGE_INIT;
	AUTO(buf) blob = BUF_INIT;

	judge_must_open(&m->judge, m->keys);
	m->blob(m, buf_bytes(&m->original), &blob);
	judge_blob(&m->judge, buf_bytes(&blob), &m->accepted);
	ck_assert_msg(m->accepted.claim != NULL, "%s: %s", m->name, err_msg(&m->accepted.e));
	ck_assert(passes_preflight(buf_bytes(&blob), &message));
	buf_add(&m->packets, message.reframed.p, message.reframed.n);
	choose(m);
	judge_all(m);
	judge_must_close(&m->judge);
	free(m->passed);
	judged_free(&m->accepted);
	buf_free(&m->packets);
	buf_free(&m->original);
}
