/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every truncation and every one-bit flip of good blobs. A flip may still be accepted (packet
 * headers, the literal's date): then it is the same payload by the same signer.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/signed_message.h"
#include "judge.h"
#include "suites.h"

enum { THREADS = 2, MAX_GPG_RUNS = 80 };

static const char *const good[] = { "gpg-z0", "v3", "gpg-zip", "v3-zip" };

static bool
passes_preflight(struct bytes blob, struct buf *reframed)
{
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(err) e = ERR_INIT;

	buf_clear(reframed);
	if (signed_message_parse(&m, blob, MAX_INFLATED_BYTES, false, &e) != 0)
		return false;
	buf_add(reframed, m.reframed.p, m.reframed.n);
	return true;
}

START_TEST(no_truncation_passes_the_preflight)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO(buf) reframed = BUF_INIT;

	testdata_blob(&blob, good[_i]);
	ck_assert(passes_preflight(buf_bytes(&blob), &reframed));
	for (size_t n = 0; n < blob.n; n++) {
		/* On the heap at its own size, so that a sanitizer sees a read past the end. */
		uint8_t *copy = xmalloc(n + 1);
		bool passed;

		memcpy(copy, blob.p, n);
		copy = xreallocarray(copy, n > 0 ? n : 1, 1);
		passed = passes_preflight(bytes_of(copy, n), &reframed);
		free(copy);
		ck_assert_msg(!passed, "%s: its first %zu bytes pass", good[_i], n);
	}
}
END_TEST

struct flips {
	const char *name;
	struct judge judge;
	struct buf blob;
	struct judged original;
	size_t *bits; /* the flips that gpg is asked about */
	size_t n_bits;
};

struct worker {
	const struct flips *flips;
	size_t first;
	char *wrong; /* the first finding; owned */
};

/* What should not be about one flip, for free(), or NULL. */
static char *
finding(const struct flips *f, size_t bit, const struct judged *got)
{
	/* A flip is evidence that says no, never a machine that fails. */
	if (got->outcome == OUTCOME_UNDECIDED)
		return xasprintf("bit %zu: undecided: %s", bit, err_msg(&got->e));
	if (got->outcome == OUTCOME_REFUSED)
		return NULL;
	if (got->outcome == OUTCOME_PROVEN &&
	    bytes_equal(buf_bytes(&got->payload), buf_bytes(&f->original.payload)) &&
	    strcmp(got->facts.fingerprint, f->original.facts.fingerprint) == 0 &&
	    strcmp(got->facts.signing_key, f->original.facts.signing_key) == 0)
		return NULL;
	return xasprintf("bit %zu: accepted as something else", bit);
}

static void *
ask_gpg(void *arg)
{
	struct worker *w = arg;
	const struct flips *f = w->flips;

	for (size_t i = w->first; i < f->n_bits; i += THREADS) {
		AUTO(judged) got = JUDGED_INIT;
		AUTO(buf) blob = BUF_INIT;

		buf_add(&blob, f->blob.p, f->blob.n);
		blob.p[f->bits[i] / 8] ^= (uint8_t)(1u << (f->bits[i] % 8));
		judge_blob(&f->judge, buf_bytes(&blob), &got);
		if (w->wrong == NULL)
			w->wrong = finding(f, f->bits[i], &got);
	}
	return NULL;
}

/*
 * All flips go through the preflight. Those after which gpg would be handed the very same packets
 * need no gpg; of the others gpg is asked about an even selection.
 */
static void
choose(struct flips *f)
{
	AUTO(buf) original = BUF_INIT;
	AUTO(buf) reframed = BUF_INIT;
	size_t *all = NULL, n = 0, same = 0;

	ck_assert(passes_preflight(buf_bytes(&f->blob), &original));
	for (size_t bit = 0; bit < f->blob.n * 8; bit++) {
		f->blob.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		if (passes_preflight(buf_bytes(&f->blob), &reframed)) {
			if (bytes_equal(buf_bytes(&reframed), buf_bytes(&original)))
				same++;
			else
				*LIST_ADD(all, n) = bit;
		}
		f->blob.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
	for (size_t i = 0; i < n; i++)
		if (n <= MAX_GPG_RUNS || i * MAX_GPG_RUNS / n != (i + 1) * MAX_GPG_RUNS / n)
			*LIST_ADD(f->bits, f->n_bits) = all[i];
	fprintf(stderr,
	    "unit: %s: %zu flips, %zu change nothing that counts, %zu pass the preflight, %zu "
	    "go to gpg\n",
	    f->name, f->blob.n * 8, same, n, f->n_bits);
	free(all);
}

START_TEST(a_flip_changes_neither_payload_nor_signer)
{
	struct flips f = { .name = good[_i] };
	struct worker workers[THREADS] = { 0 };
	pthread_t threads[THREADS];

	judge_must_open(&f.judge, NULL);
	testdata_blob(&f.blob, f.name);
	judge_blob(&f.judge, buf_bytes(&f.blob), &f.original);
	ck_assert_msg(f.original.claim != NULL, "%s: %s", f.name, err_msg(&f.original.e));
	choose(&f);
	for (size_t i = 0; i < THREADS; i++) {
		workers[i].flips = &f;
		workers[i].first = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_gpg, &workers[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		ck_assert_msg(workers[i].wrong == NULL, "%s: %s", f.name, workers[i].wrong);
	free(f.bits);
	buf_free(&f.blob);
	judged_free(&f.original);
	judge_must_close(&f.judge);
}
END_TEST

Suite *
mutation_suite(void)
{
	Suite *s = suite_create("mutation");
	TCase *tc = tcase_create("mutation");

	tcase_add_loop_test(tc, no_truncation_passes_the_preflight, 0, ARRAY_LEN(good));
	tcase_add_loop_test(tc, a_flip_changes_neither_payload_nor_signer, 0, ARRAY_LEN(good));
	suite_add_tcase(s, tc);
	return s;
}
