/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/packets.h"
#include "judge.h"
#include "pgp.h"
#include "signer.h"
#include "suites.h"

#define LINE_A "a8267d09eac58e3c7f0db093f3cba83091390e5ac623b0a0282f6f55102b7681  a\n"
#define LINE_B "f57ab331ad092d8cb1f354b4308046c5ffd15bd143b19f841cb64b0fda89db67  b\n"
#define LIST LINE_A LINE_B
#define CLEARTEXT_HEAD "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"

/* What openpgp_verify_sums says of a blob, with the signer's key or others. */
struct answer {
	enum outcome outcome;
	enum signed_form form;
	enum reason why;
	struct signature_facts facts;
	struct signed_bytes *bytes;
	struct err e;
};

static void
answer_free(struct answer *a)
{
	signed_bytes_free(a->bytes);
	signature_facts_free(&a->facts);
	err_free(&a->e);
	*a = (struct answer){ 0 };
}
AUTO_DEFINE(answer)

static void
ask(const char *keys, struct bytes blob, const struct bytes *text, struct answer *a)
{
	struct judge j;

	answer_free(a);
	judge_must_open(&j, keys);
	a->outcome = openpgp_verify_sums(
	    j.openpgp, blob, text, JUDGE_NOW, &a->bytes, &a->form, &a->facts, &a->why, &a->e);
	judge_must_close(&j);
}

static void
must_be_refused(const char *row, const struct answer *a, enum signed_form form, enum reason why)
{
	ck_assert_msg(a->outcome == OUTCOME_REFUSED && a->why == why, "%s: %d, %s (%s)", row,
	    (int)a->outcome, reason_word(a->why), err_msg(&a->e));
	ck_assert_msg(a->bytes == NULL && !a->facts.verified, "%s: refused with bytes", row);
	ck_assert_msg(a->form == form, "%s: form %d", row, (int)a->form);
}

static void
must_be_proven(const char *row, const struct answer *a, enum signed_form form, const char *list)
{
	ck_assert_msg(a->outcome == OUTCOME_PROVEN && a->bytes != NULL, "%s: %s (%s)", row,
	    reason_word(a->why), err_msg(&a->e));
	ck_assert_msg(a->form == form, "%s: form %d", row, (int)a->form);
	ck_assert_msg(a->facts.verified, "%s: accepted, not verified", row);
	ck_assert_int_eq(signed_bytes_type(a->bytes), PAYLOAD_SUMS);
	ck_assert_msg(bytes_equal(signed_bytes_payload(a->bytes), bytes_of_str(list)),
	    "%s: other bytes", row);
}

/* A list in clear text: what stands there, and the octets that are signed. */
static void
clearsign(struct buf *out, const char *shown, const char *octets)
{
	AUTO(buf) packet = BUF_INIT;
	struct signer s;

	signer_open(&s);
	signer_sign_detached(&s, 1, bytes_of_str(octets), &packet);
	signer_free(&s);
	buf_add_str(out, shown);
	pgp_add_armor(out, "PGP SIGNATURE", buf_bytes(&packet));
}

#define A_OCTETS "a8267d09eac58e3c7f0db093f3cba83091390e5ac623b0a0282f6f55102b7681  a"
#define B_OCTETS "f57ab331ad092d8cb1f354b4308046c5ffd15bd143b19f841cb64b0fda89db67  b"

/* reason REASON_UNSET: proven, as list. */
static const struct {
	const char *name, *shown, *octets, *keys;
	enum reason reason;
	const char *list;
} cleartexts[] = {
	{ "a changed line", CLEARTEXT_HEAD LINE_B, A_OCTETS, SIGNER_KEYS, REASON_BAD_SIGNATURE,
	    NULL },
	{ "an extra line", CLEARTEXT_HEAD LIST, A_OCTETS, SIGNER_KEYS, REASON_BAD_SIGNATURE, NULL },
	{ "an extra empty line", CLEARTEXT_HEAD LINE_A "\n", A_OCTETS, SIGNER_KEYS,
	    REASON_BAD_SIGNATURE, NULL },
	{ "lines that are swapped", CLEARTEXT_HEAD LINE_B LINE_A, A_OCTETS "\r\n" B_OCTETS,
	    SIGNER_KEYS, REASON_BAD_SIGNATURE, NULL },
	{ "signed with LF between", CLEARTEXT_HEAD LIST, A_OCTETS "\n" B_OCTETS, SIGNER_KEYS,
	    REASON_BAD_SIGNATURE, NULL },
	{ "text before", "sums\n" CLEARTEXT_HEAD LINE_A, A_OCTETS, SIGNER_KEYS,
	    REASON_NOT_A_SIGNATURE, NULL },
	{ "CR LF", CLEARTEXT_HEAD A_OCTETS "\r\n", A_OCTETS, SIGNER_KEYS, REASON_NOT_A_SIGNATURE,
	    NULL },
	{ "an unknown key", CLEARTEXT_HEAD LINE_A, A_OCTETS, "release.asc", REASON_UNKNOWN_KEY,
	    NULL },
	{ "one line", CLEARTEXT_HEAD LINE_A, A_OCTETS, SIGNER_KEYS, REASON_UNSET, LINE_A },
	{ "two lines", CLEARTEXT_HEAD LIST, A_OCTETS "\r\n" B_OCTETS, SIGNER_KEYS, REASON_UNSET,
	    LIST },
};

START_TEST(judges_cleartext)
{
	enum signed_form form = SIGNED_CLEARTEXT;
	const char *name = cleartexts[_i].name;
	AUTO(answer) a = { 0 };
	AUTO(buf) blob = BUF_INIT;

	clearsign(&blob, cleartexts[_i].shown, cleartexts[_i].octets);
	ask(cleartexts[_i].keys, buf_bytes(&blob), NULL, &a);
	/* What does not begin as cleartext is taken for an opaque message, and is none. */
	if (strncmp(cleartexts[_i].shown, "-----", 5) != 0)
		form = SIGNED_OPAQUE;
	if (cleartexts[_i].reason != REASON_UNSET)
		must_be_refused(name, &a, form, cleartexts[_i].reason);
	else
		must_be_proven(name, &a, form, cleartexts[_i].list);
}
END_TEST

START_TEST(judges_detached)
{
	struct bytes text = bytes_of_str(LIST), other = bytes_of_str(LINE_A);
	AUTO(answer) a = { 0 };
	AUTO(buf) packet = BUF_INIT;
	struct signer s;

	signer_open(&s);
	signer_sign_detached(&s, 0, text, &packet);
	signer_free(&s);
	ask(SIGNER_KEYS, buf_bytes(&packet), &other, &a);
	must_be_refused("another text", &a, SIGNED_DETACHED, REASON_BAD_SIGNATURE);
	ask(SIGNER_KEYS, buf_bytes(&packet), NULL, &a);
	must_be_refused("no text", &a, SIGNED_OPAQUE, REASON_NOT_A_SIGNATURE);
	ask("release.asc", buf_bytes(&packet), &text, &a);
	must_be_refused("an unknown key", &a, SIGNED_DETACHED, REASON_UNKNOWN_KEY);
	ask(SIGNER_KEYS, buf_bytes(&packet), &text, &a);
	must_be_proven("plain", &a, SIGNED_DETACHED, LIST);
	buf_add_byte(&packet, '\n');
	ask(SIGNER_KEYS, buf_bytes(&packet), &text, &a);
	must_be_refused("a byte after", &a, SIGNED_DETACHED, REASON_NOT_A_SIGNATURE);
}
END_TEST

START_TEST(judges_opaque)
{
	struct bytes text = bytes_of_str(LIST);
	AUTO(answer) a = { 0 };
	AUTO(buf) blob = BUF_INIT;
	struct signer s;

	signer_open(&s);
	signer_sign(&s, text, &blob);
	signer_free(&s);
	ask(SIGNER_KEYS, buf_bytes(&blob), &text, &a);
	must_be_refused("with a text beside it", &a, SIGNED_DETACHED, REASON_NOT_A_SIGNATURE);
	ask(SIGNER_KEYS, buf_bytes(&blob), NULL, &a);
	must_be_proven("plain", &a, SIGNED_OPAQUE, LIST);
}
END_TEST

/* A message that inflates to n bytes, signed. */
static void
compressed_message(struct buf *out, size_t n)
{
	AUTO(buf) message = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) body = BUF_INIT;
	size_t length = n;
	struct signer s;

	signer_open(&s);
	for (int round = 0; round < 2; round++) {
		buf_clear(&text);
		buf_clear(&message);
		while (text.n < length)
			buf_add_byte(&text, 'a');
		signer_sign(&s, buf_bytes(&text), &message);
		length -= message.n - n;
	}
	signer_free(&s);
	ck_assert_uint_eq(message.n, n);
	pgp_add_compressed(&body, 2, buf_bytes(&message));
	pgp_add(out, PGP_TAG_COMPRESSED, buf_bytes(&body));
}

START_TEST(has_a_cap)
{
	AUTO(answer) a = { 0 };
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;

	compressed_message(&above, MAX_SUMS_BYTES + 1);
	ask(SIGNER_KEYS, buf_bytes(&above), NULL, &a);
	must_be_refused("above", &a, SIGNED_OPAQUE, REASON_TOO_LARGE);
	compressed_message(&at, MAX_SUMS_BYTES);
	ask(SIGNER_KEYS, buf_bytes(&at), NULL, &a);
	ck_assert_msg(a.outcome == OUTCOME_PROVEN, "at the cap: %s", err_msg(&a.e));
}
END_TEST

START_TEST(needs_keys)
{
	const struct openpgp_options options = { .timeout_ms = 20000 };
	AUTO_PTR(openpgp) o = NULL;
	AUTO(answer) a = { 0 };

	ck_assert_int_eq(openpgp_open(&o, &options, &a.e), 0);
	a.outcome = openpgp_verify_sums(
	    o, bytes_of_str(LIST), NULL, JUDGE_NOW, &a.bytes, &a.form, &a.facts, &a.why, &a.e);
	ck_assert_int_eq(a.outcome, OUTCOME_UNDECIDED);
	ck_assert_int_eq(a.why, REASON_IO_ERROR);
	ck_assert_int_eq(a.form, SIGNED_FORM_UNSET);
	ck_assert_ptr_null(a.bytes);
}
END_TEST

Suite *
openpgp_sums_suite(void)
{
	Suite *s = suite_create("openpgp_sums");
	TCase *t = tcase_create("openpgp_sums");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, judges_cleartext, 0, ARRAY_LEN(cleartexts));
	tcase_add_test(t, judges_detached);
	tcase_add_test(t, judges_opaque);
	tcase_add_test(t, has_a_cap);
	tcase_add_test(t, needs_keys);
	suite_add_tcase(s, t);
	return s;
}
