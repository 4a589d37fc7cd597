/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every truncation and every one-bit flip of the manifest and of key files, under a good blob. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "formats/armor.h"
#include "mutation.h"
#include "suites.h"

/* Seconds: gpg is asked thousands of times. */
enum { TIMEOUT = 3000 };

/*
 * --- the manifest -------------------------------------------------------------------------------
 */

/* The subject of a manifest, or NULL when it is refused, which must be for one of two reasons. */
static struct subject *
subject_of(struct bytes manifest, const struct digest *asked)
{
	AUTO_PTR(subject) subject = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why;

	if (subject_from_manifest(&subject, manifest, asked, &why, &e) == OUTCOME_PROVEN)
		return steal(&subject);
	ck_assert_msg(why == REASON_UNSUPPORTED_MANIFEST || why == REASON_MANIFEST_DIGEST_MISMATCH,
	    "%s", err_msg(&e));
	return NULL;
}

/* Without a digest that was asked for, the claim refuses; with one, already the subject. */
static void
try_manifest(const struct judge *j, const struct signed_bytes *bytes, struct bytes manifest)
{
	struct expectation expected = { .identity = &j->identity,
		.optional = PAYLOAD_OPTIONAL_MAY_BE_ABSENT };
	AUTO_PTR(subject) subject = subject_of(manifest, NULL);
	AUTO_PTR(claim) claim = NULL;
	AUTO(payload) seen = PAYLOAD_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;

	ck_assert(subject_of(manifest, subject_digest(j->subject)) == NULL);
	if (subject == NULL)
		return;
	expected.subject = subject;
	ck_assert(claim_make(&claim, bytes, &expected, &seen, &why, &e) == OUTCOME_REFUSED);
	ck_assert(claim == NULL && why == REASON_SIGNED_DIGEST_MISMATCH);
}

START_TEST(no_changed_manifest_is_the_one_that_was_signed)
{
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO(signature_facts) facts = SIGNATURE_FACTS_INIT;
	AUTO(buf) manifest = BUF_INIT;
	AUTO(buf) mutant = BUF_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;
	struct judge j;
	size_t n;

	judge_must_open(&j, NULL);
	testdata_read(&manifest, "release/manifest.json");
	testdata_read(&blob, "release/signature-1");
	ck_assert(openpgp_verify(j.openpgp, buf_bytes(&blob), JUDGE_NOW, &bytes, &facts, &why,
		      &e) == OUTCOME_PROVEN);
	n = mutant_count(buf_bytes(&manifest));
	for (size_t i = 0; i < n; i++) {
		mutant_make(&mutant, buf_bytes(&manifest), i);
		try_manifest(&j, bytes, buf_bytes(&mutant));
	}
	mutation_print("manifest", n, 0, 0, 0);
	judge_must_close(&j);
}
END_TEST

/*
 * --- key files ----------------------------------------------------------------------------------
 */

static const struct {
	const char *file, *blob;
	bool binary; /* the armour taken off */
} key_files[] = {
	{ "release.asc", "gpg-z0", false },
	{ "release.asc", "gpg-z0", true },
	{ "ed25519.asc", "gpg-ed25519", false },
	{ "ed25519.asc", "gpg-ed25519", true },
};

struct key_run {
	struct judge judge;
	struct buf blob, original;
	struct buf ring; /* what gpg gets of the original */
	struct judged accepted;
	size_t *passed, n_passed, n_asked, n_accepted;
};

static void
read_key_file(struct buf *out, size_t i)
{
	AUTO_STR char *name = xasprintf("keys/%s", key_files[i].file);
	AUTO(armor_block) block = ARMOR_BLOCK_INIT;
	AUTO(buf) text = BUF_INIT;
	struct bytes rest;

	testdata_read(&text, name);
	rest = buf_bytes(&text);
	if (key_files[i].binary) {
		ck_assert(armor_next(&rest, &block) && block.bad == NULL);
		buf_add(out, block.data.p, block.data.n);
	} else {
		buf_add(out, text.p, text.n);
	}
}

/* Trust every key of this file, and only those; false when there are none. */
static bool
trust(struct judge *j, struct bytes file, struct buf *ring)
{
	AUTO(err) e = ERR_INIT;
	int r;

	buf_clear(ring);
	/* The judge borrows the struct: what is in it may change between verifications. */
	trusted_keys_free(&j->keys);
	r = certificates_add(&j->keys.certificates, file, "a mutant", &e);
	trusted_keys_add_all(&j->keys);
	for (size_t i = 0; i < j->keys.certificates.n; i++) {
		const struct buf *raw = &j->keys.certificates.v[i].raw;

		buf_add(ring, raw->p, raw->n);
	}
	return r == 0;
}

static void
ask_gpg(struct key_run *run, size_t i)
{
	AUTO_STR char *path = xasprintf("%s/pubring.gpg", run->judge.home);
	AUTO_STR char *name = mutant_name(buf_bytes(&run->original), i);
	AUTO(judged) got = JUDGED_INIT;
	AUTO(buf) mutant = BUF_INIT;
	AUTO(buf) ring = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	mutant_make(&mutant, buf_bytes(&run->original), i);
	ck_assert(trust(&run->judge, buf_bytes(&mutant), &ring));
	ck_assert(unlink(path) == 0);
	ck_assert_msg(file_write_private(path, buf_bytes(&ring), &e) == 0, "%s", err_msg(&e));
	judge_blob(&run->judge, buf_bytes(&run->blob), &got);
	run->n_asked++;
	ck_assert_msg(got.outcome != OUTCOME_UNDECIDED, "%s: undecided: %s", name, err_msg(&got.e));
	if (got.outcome == OUTCOME_REFUSED)
		return;
	run->n_accepted++;
	ck_assert_msg(bytes_equal(buf_bytes(&got.payload), buf_bytes(&run->accepted.payload)) &&
			  strcmp(got.facts.fingerprint, run->accepted.facts.fingerprint) == 0,
	    "%s: accepted as something else", name);
}

/* Every mutant is read; one that leaves gpg the very same keys is accepted as the original is. */
static void
choose(struct key_run *run)
{
	AUTO(buf) mutant = BUF_INIT;
	AUTO(buf) ring = BUF_INIT;

	for (size_t i = 0; i < mutant_count(buf_bytes(&run->original)); i++) {
		mutant_make(&mutant, buf_bytes(&run->original), i);
		if (!trust(&run->judge, buf_bytes(&mutant), &ring))
			continue;
		if (bytes_equal(buf_bytes(&ring), buf_bytes(&run->ring)))
			run->n_accepted++;
		else
			*LIST_ADD(run->passed, run->n_passed) = i;
	}
}

START_TEST(a_changed_key_file_makes_nobody_else_the_signer)
{
	AUTO_STR char *name =
	    xasprintf("key file %s%s", key_files[_i].file, key_files[_i].binary ? ", binary" : "");
	struct key_run run = { 0 };

	judge_must_open(&run.judge, key_files[_i].file);
	read_key_file(&run.original, (size_t)_i);
	testdata_blob(&run.blob, key_files[_i].blob);
	judge_blob(&run.judge, buf_bytes(&run.blob), &run.accepted);
	ck_assert_msg(run.accepted.claim != NULL, "%s: %s", name, err_msg(&run.accepted.e));
	ck_assert(trust(&run.judge, buf_bytes(&run.original), &run.ring));
	choose(&run);
	for (size_t i = 0; i < run.n_passed; i++)
		if (mutation_sampled(i, run.n_passed))
			ask_gpg(&run, run.passed[i]);
	mutation_print(name, mutant_count(buf_bytes(&run.original)), run.n_passed, run.n_asked,
	    run.n_accepted);
	judge_must_close(&run.judge);
	judged_free(&run.accepted);
	free(run.passed);
	buf_free(&run.ring);
	buf_free(&run.blob);
	buf_free(&run.original);
}
END_TEST

Suite *
mutation_inputs_suite(void)
{
	Suite *s = suite_create("mutation_inputs");
	TCase *tc = tcase_create("mutation_inputs");

	tcase_set_tags(tc, "mutation");
	tcase_set_timeout(tc, TIMEOUT);
	tcase_add_test(tc, no_changed_manifest_is_the_one_that_was_signed);
	tcase_add_loop_test(
	    tc, a_changed_key_file_makes_nobody_else_the_signer, 0, ARRAY_LEN(key_files));
	suite_add_tcase(s, tc);
	return s;
}
