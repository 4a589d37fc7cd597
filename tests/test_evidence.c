/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Evidence that is good but for one thing, also such as no gpg and no GPGME gives. */
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <gpgme.h>

#include "base/limits.h"
#include "judge.h"
#include "rows.h"
#include "suites.h"
#include "trust/evidence.h"

#define NOBODY "0123456789ABCDEF0123456789ABCDEF01234567"

/* The one thing; what is zero stays as it should be. */
struct flaw {
	const char *name, *blob, *keys;
	bool timed_out, capped, talkative, killed;
	unsigned op_error, n_signatures_plus_1, status, summary, validity, validity_reason;
	bool wrong_key_usage;
	int exit_status;
	const char *fingerprint, *primary; /* a key file's, or NOBODY */
	const char *class;		   /* of the signature, as VALIDSIG has it; NULL for 00 */
	const char *diagnostics;
	bool no_diagnostics;
	const char *reason, *part; /* NULL: accepted */
};

static const struct flaw flaws[] = {
	/* P1. */
	{ "timed out", .timed_out = true, .reason = "timed-out", .part = "within 1000 ms" },
	{ "capped", .capped = true, .reason = "bad-signature", .part = "more than was signed" },
	{ "talkative", .talkative = true, .reason = "io-error", .part = "gpg printed more than" },
	{ "bad data", .op_error = GPG_ERR_BAD_DATA, .reason = "not-a-signature", .part = "" },
	{ "no data", .op_error = GPG_ERR_NO_DATA, .reason = "not-a-signature", .part = "" },
	{ "another error", .op_error = GPG_ERR_GENERAL, .reason = "io-error",
	    .part = "gpg could not verify" },
	{ "a signal", .killed = true, .reason = "io-error", .part = "killed by signal" },
	{ "no signature", .n_signatures_plus_1 = 1, .reason = "io-error",
	    .part = "reported no signature" },
	/* P2. */
	{ "two signatures", .n_signatures_plus_1 = 3, .reason = "not-a-signature",
	    .part = "2 signatures, want one" },
	{ "bad", .status = GPG_ERR_BAD_SIGNATURE, .reason = "bad-signature", .part = "" },
	{ "no public key", .status = GPG_ERR_NO_PUBKEY, .reason = "untrusted-key",
	    .part = "GnuPG refuses to use the key" },
	{ "no public key, not even in the files", .keys = "other.asc", .status = GPG_ERR_NO_PUBKEY,
	    .reason = "unknown-key", .part = "which was not given" },
	{ "no public key for keyboxd", .status = GPG_ERR_NO_PUBKEY,
	    .diagnostics = "No Keybox daemon", .reason = "io-error", .part = "use-keyboxd" },
	{ "bad public key", .status = GPG_ERR_BAD_PUBKEY, .reason = "untrusted-key", .part = "" },
	{ "not for signing", .status = GPG_ERR_WRONG_KEY_USAGE, .reason = "untrusted-key",
	    .part = "" },
	{ "unusable key", .status = GPG_ERR_UNUSABLE_PUBKEY, .reason = "untrusted-key",
	    .part = "" },
	{ "unknown algorithm", .status = GPG_ERR_PUBKEY_ALGO, .reason = "untrusted-key",
	    .part = "" },
	{ "expired key", .status = GPG_ERR_KEY_EXPIRED, .reason = "key-expired", .part = "" },
	{ "revoked key", .status = GPG_ERR_CERT_REVOKED, .reason = "key-revoked", .part = "" },
	{ "expired", .status = GPG_ERR_SIG_EXPIRED, .reason = "signature-expired", .part = "" },
	{ "hash", .status = GPG_ERR_DIGEST_ALGO, .reason = "weak-crypto", .part = "" },
	{ "older than its key", .status = GPG_ERR_TIME_CONFLICT, .reason = "bad-signature",
	    .part = "older than its key" },
	{ "a new error", .status = GPG_ERR_USER_16, .reason = "bad-signature", .part = "error " },
	{ "wrong key usage", .wrong_key_usage = true, .reason = "bad-signature",
	    .part = "GPGME has doubts" },
	{ "a reason for a validity", .validity_reason = GPG_ERR_GENERAL, .reason = "bad-signature",
	    .part = "GPGME has doubts" },
	{ "never valid", .validity = GPGME_VALIDITY_NEVER, .reason = "bad-signature",
	    .part = "GPGME has doubts" },
	{ "red", .summary = GPGME_SIGSUM_RED, .reason = "bad-signature",
	    .part = "GPGME has doubts" },
	{ "green, of a missing key", .summary = GPGME_SIGSUM_GREEN | GPGME_SIGSUM_KEY_MISSING,
	    .reason = "bad-signature", .part = "GPGME has doubts" },
	{ "exit status", .exit_status = 2, .diagnostics = "who knows", .reason = "untrusted-key",
	    .part = "status 2: an assertion in /etc/gnupg/gpg.conf? (gpg says: who knows)" },
	{ "exit status, and not a word", .exit_status = 2, .no_diagnostics = true,
	    .reason = "untrusted-key", .part = "still ends with status 2" },
	/* P3, P4. */
	{ "another key than the status line's", .fingerprint = NOBODY, .reason = "bad-signature",
	    .part = "what gpg verified" },
	{ "a trusted key that is not the signer's primary", .keys = "release.asc other.asc",
	    .primary = "other.asc", .reason = "untrusted-key", .part = "signed by the subkey" },
	{ "an untrusted key", .primary = NOBODY, .reason = "untrusted-key",
	    .part = "not among the trusted" },
	/* A version 3 signature that gpg refuses. */
	{ "version 3, by Sequoia", .blob = "v3", .status = GPG_ERR_GENERAL,
	    .diagnostics = "sequoia says", .reason = "bad-signature",
	    .part = "some replacements of gpg refuse" },
	{ "version 3, refused by name", .blob = "v3", .status = GPG_ERR_GENERAL,
	    .diagnostics = "v3 is old", .reason = "bad-signature",
	    .part = "some replacements of gpg refuse" },
	{ "version 3, by gpg", .blob = "v3", .status = GPG_ERR_GENERAL, .diagnostics = "no",
	    .reason = "bad-signature", .part = "GnuPG refuses the signature" },
	{ "version 3, and not a word", .blob = "v3", .status = GPG_ERR_GENERAL,
	    .no_diagnostics = true, .reason = "bad-signature",
	    .part = "GnuPG refuses the signature" },
	/* Nothing wrong. */
	{ "a text signature of a binary one", .class = "01", .reason = "bad-signature",
	    .part = "what gpg verified is not" },
	{ .name = "as it should be" },
	{ .name = "version 3", .blob = "v3" },
	{ "valid and green", .summary = GPGME_SIGSUM_VALID | GPGME_SIGSUM_GREEN,
	    .validity = GPGME_VALIDITY_FULL },
	{ "talk", .diagnostics = "Good signature" },
};

struct setting {
	struct trusted_keys keys;
	struct signed_message message;
	struct gpg_result result;
};

static void
add_keys(struct setting *s, const char *names)
{
	AUTO_STR char *copy = xstrdup(names);
	AUTO(err) e = ERR_INIT;
	char *rest = copy, *name;

	while ((name = strsep(&rest, " ")) != NULL) {
		AUTO_STR char *path = xasprintf("keys/%s", name);
		AUTO(buf) file = BUF_INIT;

		testdata_read(&file, path);
		ck_assert_int_eq(
		    certificates_add(&s->keys.certificates, buf_bytes(&file), name, &e), 0);
	}
	trusted_keys_add_all(&s->keys);
}

static void
say(struct gpg_result *r, const char *keyword, const char *args)
{
	struct gpg_status *line = LIST_ADD(r->status, r->n_status);

	line->keyword = xstrdup(keyword);
	line->args = xstrdup(args);
}

static char *
fingerprint_of(const char *whose)
{
	return strchr(whose, '.') != NULL ? testdata_fingerprints(whose) : xstrdup(whose);
}

static void
add_result(struct setting *s, const struct flaw *f)
{
	AUTO_STR char *key = testdata_fingerprints("release.asc");
	AUTO_STR char *primary = fingerprint_of(f->primary != NULL ? f->primary : key);
	AUTO_STR char *valid = xasprintf("%s 2020-06-01 1590969600 0 %u 0 %u %u %s %s", key,
	    s->message.signature_version, s->message.key_algorithm, s->message.hash_algorithm,
	    f->class != NULL ? f->class : "00", primary);
	struct bytes body = signed_message_body(&s->message);
	struct gpg_result *r = &s->result;

	say(r, "PLAINTEXT", "62 0 x");
	say(r, "NEWSIG", "");
	say(r, "GOODSIG", "0123456789ABCDEF Some One");
	say(r, "VALIDSIG", valid);
	buf_add(&r->output, body.p, body.n);
	for (unsigned i = 0; i + 1 < (f->n_signatures_plus_1 > 0 ? f->n_signatures_plus_1 : 2); i++)
		*LIST_ADD(r->signatures, r->n_signatures) =
		    (struct gpg_signature){ .status = f->status,
			    .summary = f->summary,
			    .validity = f->validity,
			    .validity_reason = f->validity_reason,
			    .wrong_key_usage = f->wrong_key_usage,
			    .fingerprint =
				fingerprint_of(f->fingerprint != NULL ? f->fingerprint : key) };
	r->op_error = f->op_error;
	r->op_message = xstrdup("the operation's text");
	r->timed_out = f->timed_out;
	r->capped = f->capped;
	r->talkative = f->talkative;
	r->exited = !f->killed;
	r->exit_status = f->exit_status;
	if (!f->no_diagnostics)
		r->diagnostics = xstrdup(f->diagnostics != NULL ? f->diagnostics : "");
}

static void
open_setting(struct setting *s, const struct flaw *f)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	*s = (struct setting){ .result = GPG_RESULT_INIT };
	add_keys(s, f->keys != NULL ? f->keys : "release.asc");
	testdata_blob(&blob, f->blob != NULL ? f->blob : "gpg-z0");
	ck_assert_int_eq(
	    signed_message_parse(&s->message, buf_bytes(&blob), MAX_INFLATED_BYTES, false, &e), 0);
	add_result(s, f);
}

START_TEST(judges)
{
	const struct flaw *f = &flaws[_i];
	AUTO(validsig) v = VALIDSIG_INIT;
	enum reason why = REASON_UNSET;
	AUTO(err) e = ERR_INIT;
	struct setting s;
	enum outcome o;

	open_setting(&s, f);
	o = evidence_judge(
	    &(struct evidence){
		.keys = &s.keys, .message = &s.message, .result = &s.result, .timeout_ms = 1000 },
	    JUDGE_NOW, &v, &why, &e);
	if (f->reason == NULL) {
		row_accepted(f->name, o == OUTCOME_PROVEN ? 0 : -1, &e);
	} else {
		row_refused(f->name, o == OUTCOME_PROVEN ? 0 : -1, &e, e.code, f->part);
		row_string(f->name, "the reason", reason_word(why), f->reason);
	}
	trusted_keys_free(&s.keys);
	signed_message_free(&s.message);
	gpg_result_free(&s.result);
}
END_TEST

Suite *
evidence_suite(void)
{
	Suite *s = suite_create("evidence");
	TCase *tc = tcase_create("evidence");

	tcase_add_loop_test(tc, judges, 0, ARRAY_LEN(flaws));
	suite_add_tcase(s, tc);
	return s;
}
