/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every truncation and every one-bit flip of good blobs, and of a payload before it is signed. A
 * mutant may still be accepted (packet headers, the literal's date): then it is the same payload by
 * the same signer.
 */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/signed_message.h"
#include "mutation.h"
#include "signer.h"
#include "suites.h"

/* Seconds: gpg is asked thousands of times. */
enum { TIMEOUT = 3000 };

static const struct {
	const char *name, *keys;
	bool reframed; /* as gpg gets it, uncompressed */
} good[] = {
	{ "gpg-z0", NULL, false },
	{ "v3", NULL, false },
	{ "gpg-zip", NULL, false },
	{ "v3-zip", NULL, false },
	{ "gpg-zlib", NULL, false },
	{ "gpg-ecdsa", "ecdsa.asc", false },
	{ "gpg-ecdsa", "ecdsa.asc", true },
	{ "gpg-ed25519", "ed25519.asc", false },
	{ "gpg-ed25519", "ed25519.asc", true },
};

static void
good_blob(struct buf *out, size_t i)
{
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(err) e = ERR_INIT;

	testdata_blob(out, good[i].name);
	ck_assert_msg(signed_message_parse(&m, buf_bytes(out), MAX_INFLATED_BYTES, false, &e) == 0,
	    "%s: %s", good[i].name, err_msg(&e));
	if (!good[i].reframed)
		return;
	buf_clear(out);
	buf_add(out, m.reframed.p, m.reframed.n);
}

START_TEST(no_truncation_passes_the_preflight)
{
	AUTO(buf) blob = BUF_INIT;

	good_blob(&blob, (size_t)_i);
	for (size_t n = 0; n < blob.n; n++) {
		/* On the heap at its own size, so that a sanitizer sees a read past the end. */
		uint8_t *copy = xmalloc(n > 0 ? n : 1);
		AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
		AUTO(err) e = ERR_INIT;
		int r;

		memcpy(copy, blob.p, n);
		r = signed_message_parse(&m, bytes_of(copy, n), MAX_INFLATED_BYTES, false, &e);
		free(copy);
		ck_assert_msg(r != 0, "%s: its first %zu bytes pass", good[_i].name, n);
	}
}
END_TEST

static void
as_it_is(const struct mutation *m, struct bytes mutant, struct buf *blob)
{
	(void)m;
	buf_add(blob, mutant.p, mutant.n);
}

static bool
same_payload(const struct mutation *m, struct bytes mutant, const struct judged *got)
{
	(void)mutant;
	return bytes_equal(buf_bytes(&got->payload), buf_bytes(&m->accepted.payload));
}

START_TEST(a_changed_blob_has_neither_another_payload_nor_another_signer)
{
	AUTO_STR char *name =
	    xasprintf("signature %s%s", good[_i].name, good[_i].reframed ? ", uncompressed" : "");
	struct mutation m = {
		.name = name, .keys = good[_i].keys, .blob = as_it_is, .same = same_payload
	};

	good_blob(&m.original, (size_t)_i);
	mutation_run(&m);
}
END_TEST

static struct signer signer;

static void
signed_anew(const struct mutation *m, struct bytes mutant, struct buf *blob)
{
	(void)m;
	signer_sign(&signer, mutant, blob);
}

/* What was signed is another text: its claims are the same, and what differs is not critical. */
static bool
same_claims(const struct mutation *m, struct bytes mutant, const struct judged *got)
{
	const struct payload *claims = &m->accepted.seen;
	const char *optional = strstr(buf_str(&m->original), "\"optional\"");
	size_t critical = (size_t)(optional - buf_str(&m->original));

	return bytes_equal(buf_bytes(&got->payload), mutant) && mutant.n > critical &&
	       memcmp(mutant.p, m->original.p, critical) == 0 &&
	       strcmp(got->seen.claimed_reference, claims->claimed_reference) == 0 &&
	       digest_equal(&got->seen.claimed_digest, &claims->claimed_digest);
}

START_TEST(a_changed_payload_that_is_signed_claims_the_same_or_is_refused)
{
	AUTO(signed_message) sample = SIGNED_MESSAGE_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct mutation m = { .name = "payload before it is signed",
		.keys = SIGNER_KEYS,
		.blob = signed_anew,
		.same = same_claims };
	struct bytes payload;

	testdata_blob(&blob, "gpg-z0");
	ck_assert(
	    signed_message_parse(&sample, buf_bytes(&blob), MAX_INFLATED_BYTES, false, &e) == 0);
	payload = signed_message_body(&sample);
	buf_add(&m.original, payload.p, payload.n);
	ck_assert(strstr(buf_str(&m.original), "\"optional\"") != NULL);
	signer_open(&signer);
	mutation_run(&m);
	signer_free(&signer);
}
END_TEST

Suite *
mutation_suite(void)
{
	Suite *s = suite_create("mutation");
	TCase *tc = tcase_create("mutation");

	tcase_set_tags(tc, "mutation");
	tcase_set_timeout(tc, TIMEOUT);
	tcase_add_loop_test(tc, no_truncation_passes_the_preflight, 0, ARRAY_LEN(good));
	tcase_add_loop_test(
	    tc, a_changed_blob_has_neither_another_payload_nor_another_signer, 0, ARRAY_LEN(good));
	tcase_add_test(tc, a_changed_payload_that_is_signed_claims_the_same_or_is_refused);
	suite_add_tcase(s, tc);
	return s;
}
