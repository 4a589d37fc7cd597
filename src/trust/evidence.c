/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/evidence.h"

#include <stdlib.h>
#include <string.h>

#include <gpgme.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/packets.h"

/* RSA and DSA below this are within reach of those who would pay for a forged release. */
enum { MIN_KEY_BITS = 2048 };

/* What goes through the rules: the evidence, and where a rule that fails says so. */
struct judgment {
	const struct evidence *evidence;
	enum reason *why;
	struct err *e;
};

static enum outcome
refuse(const struct judgment *j, enum reason why)
{
	*j->why = why;
	return OUTCOME_REFUSED;
}

static enum outcome
undecided(const struct judgment *j, enum reason why)
{
	*j->why = why;
	return OUTCOME_UNDECIDED;
}

/* The text that gpg printed, for the end of a message. */
static char *
gpg_said(const struct gpg_result *r)
{
	const char *d = r->diagnostics;

	if (d == NULL || d[0] == '\0')
		return xstrdup("");
	return xasprintf(" (gpg says: %s)", d);
}

/* P1: did gpg run to its end, and does it call the operation one at all? */
static enum outcome
check_operation(const struct judgment *j)
{
	const struct gpg_result *r = j->evidence->result;
	AUTO_STR char *said = gpg_said(r);

	if (r->timed_out) {
		(void)err_set(j->e, E_TIMED_OUT, "gpg did not finish within %d ms and was killed",
		    j->evidence->timeout_ms);
		return undecided(j, REASON_TIMED_OUT);
	}
	if (r->talkative) {
		(void)err_set(j->e, E_IO, "gpg printed more than %zu bytes and was killed",
		    MAX_GPG_TALK_BYTES);
		return undecided(j, REASON_IO_ERROR);
	}
	if (gpg_status_has(r, "FAILURE", "option-parser")) {
		(void)err_set(j->e, E_IO, "GnuPG configuration error: look at /etc/gnupg%s", said);
		return undecided(j, REASON_IO_ERROR);
	}
	if (r->capped) {
		(void)err_set(j->e, E_INVALID, "gpg puts out more than was signed");
		return refuse(j, REASON_BAD_SIGNATURE);
	}
	/*
	 * GPGME's words for "this is no signed message"; after the preflight they are not expected.
	 */
	if (r->op_error == GPG_ERR_BAD_DATA || r->op_error == GPG_ERR_NO_DATA) {
		(void)err_set(j->e, E_INVALID, "gpg does not take it for a signed message: %s%s",
		    r->op_message, said);
		return refuse(j, REASON_NOT_A_SIGNATURE);
	}
	if (r->op_error != 0) {
		(void)err_set(j->e, E_IO, "gpg could not verify: %s%s", r->op_message, said);
		return undecided(j, REASON_IO_ERROR);
	}
	if (!r->exited) {
		(void)err_set(j->e, E_IO, "gpg was killed by signal %d", r->exit_status);
		return undecided(j, REASON_IO_ERROR);
	}
	if (r->n_signatures == 0) {
		(void)err_set(j->e, E_IO, "gpg ended with status %d and reported no signature%s",
		    r->exit_status, said);
		return undecided(j, REASON_IO_ERROR);
	}
	return OUTCOME_PROVEN;
}

/* gpg does not use a key that is in the files: it could be the key, or this machine's GnuPG. */
static enum outcome
refuse_unusable_key(const struct judgment *j)
{
	AUTO_STR char *said = gpg_said(j->evidence->result);
	bool keyboxd = strstr(said, "eybox") != NULL;

	if (!certificates_has_key_id(
		&j->evidence->keys->certificates, j->evidence->message->issuer)) {
		(void)err_set(j->e, E_INVALID, "signed by the key %s, which was not given",
		    j->evidence->message->issuer);
		return refuse(j, REASON_UNKNOWN_KEY);
	}
	if (keyboxd) {
		(void)err_set(j->e, E_IO,
		    "GnuPG ignores the keys it is given: \"use-keyboxd\" in "
		    "/etc/gnupg/common.conf forces its own store; remove it%s",
		    said);
		return undecided(j, REASON_IO_ERROR);
	}
	(void)err_set(j->e, E_INVALID,
	    "GnuPG refuses to use the key %s (no usable self-signature, not for "
	    "signing, or an algorithm that this system's policy or FIPS mode "
	    "forbids)%s",
	    j->evidence->message->issuer, said);
	return refuse(j, REASON_UNTRUSTED_KEY);
}

/* P2, the code that GPGME gives the one signature. Only GPG_ERR_NO_ERROR goes on. */
static enum outcome
check_status(const struct judgment *j, unsigned status)
{
	AUTO_STR char *said = gpg_said(j->evidence->result);

	switch (status) {
	case GPG_ERR_NO_ERROR:
		return OUTCOME_PROVEN;
	case GPG_ERR_BAD_SIGNATURE:
		(void)err_set(j->e, E_INVALID, "the signature does not fit what it claims to sign");
		return refuse(j, REASON_BAD_SIGNATURE);
	case GPG_ERR_NO_PUBKEY:
	case GPG_ERR_BAD_PUBKEY:
	case GPG_ERR_WRONG_KEY_USAGE:
	case GPG_ERR_UNUSABLE_PUBKEY:
	case GPG_ERR_PUBKEY_ALGO:
		return refuse_unusable_key(j);
	case GPG_ERR_KEY_EXPIRED:
		(void)err_set(
		    j->e, E_INVALID, "the key %s has expired", j->evidence->message->issuer);
		return refuse(j, REASON_KEY_EXPIRED);
	case GPG_ERR_CERT_REVOKED:
		(void)err_set(
		    j->e, E_INVALID, "the key %s has been revoked", j->evidence->message->issuer);
		return refuse(j, REASON_KEY_REVOKED);
	case GPG_ERR_SIG_EXPIRED:
		(void)err_set(j->e, E_INVALID, "the signature has expired");
		return refuse(j, REASON_SIGNATURE_EXPIRED);
	case GPG_ERR_DIGEST_ALGO:
		(void)err_set(j->e, E_WEAK, "GnuPG refuses the hash that was signed%s", said);
		return refuse(j, REASON_WEAK_CRYPTO);
	case GPG_ERR_TIME_CONFLICT:
		(void)err_set(j->e, E_INVALID, "the signature is older than its key");
		return refuse(j, REASON_BAD_SIGNATURE);
	default:
		(void)err_set(
		    j->e, E_INVALID, "GnuPG refuses the signature: error %u%s", status, said);
		return refuse(j, REASON_BAD_SIGNATURE);
	}
}

/* P2, the rest: a good signature has none of these, and its summary is 0 or says "valid". */
static bool
result_is_clean(const struct gpg_signature *s)
{
	return !s->wrong_key_usage && s->validity_reason == 0 &&
	       s->validity != GPGME_VALIDITY_NEVER &&
	       (s->summary & ~(unsigned)(GPGME_SIGSUM_VALID | GPGME_SIGSUM_GREEN)) == 0;
}

/* P1 to P3: all that gpg and GPGME say agrees with one good signature over exactly the body. */
static enum outcome
check_evidence(const struct judgment *j, struct validsig *v)
{
	const struct gpg_result *r = j->evidence->result;
	const struct gpg_signature *s = &r->signatures[0];
	enum outcome o;

	if (r->n_signatures != 1) {
		(void)err_set(j->e, E_INVALID, "%zu signatures, want one", r->n_signatures);
		return refuse(j, REASON_NOT_A_SIGNATURE);
	}
	o = check_status(j, s->status);
	if (o != OUTCOME_PROVEN)
		return o;
	if (r->exit_status != 0) {
		AUTO_STR char *said = gpg_said(r);

		(void)err_set(j->e, E_INVALID,
		    "gpg finds the signature good and still ends with status %d: "
		    "an assertion in /etc/gnupg/gpg.conf?%s",
		    r->exit_status, said);
		return refuse(j, REASON_UNTRUSTED_KEY);
	}
	if (!result_is_clean(s)) {
		(void)err_set(j->e, E_INVALID, "GPGME has doubts: summary %#x, validity %u",
		    s->summary, s->validity);
		return refuse(j, REASON_BAD_SIGNATURE);
	}
	if (validsig_read(v, r, j->evidence->message->body_length, j->e) != 0)
		return refuse(j, REASON_BAD_SIGNATURE);
	if (strcmp(v->signing_key, s->fingerprint) != 0 ||
	    v->signature_class != j->evidence->message->signature_class ||
	    v->hash_algorithm != j->evidence->message->hash_algorithm ||
	    v->key_algorithm != j->evidence->message->key_algorithm ||
	    v->version != j->evidence->message->signature_version ||
	    !bytes_equal(buf_bytes(&r->output), signed_message_body(j->evidence->message))) {
		(void)err_set(j->e, E_INVALID, "what gpg verified is not what the blob holds");
		return refuse(j, REASON_BAD_SIGNATURE);
	}
	return OUTCOME_PROVEN;
}

/*
 * P4: by fingerprints read from the key files themselves, never by what gpg found in some keyring.
 */
static enum outcome
check_signer(const struct judgment *j, const struct validsig *v)
{
	const struct certificate *c;

	if (!trusted_keys_trust(j->evidence->keys, v->primary)) {
		(void)err_set(j->e, E_INVALID,
		    "signed by the key %s, which is not among the trusted ones", v->primary);
		return refuse(j, REASON_UNTRUSTED_KEY);
	}
	c = certificates_by_key(&j->evidence->keys->certificates, v->signing_key);
	if (c == NULL || strcmp(c->keys[0].fingerprint, v->primary) != 0) {
		(void)err_set(j->e, E_INVALID,
		    "signed by the subkey %s, which is not in the certificate %s "
		    "of the key file",
		    v->signing_key, v->primary);
		return refuse(j, REASON_UNTRUSTED_KEY);
	}
	for (size_t i = 0; i < c->n_keys; i++) {
		if (strcmp(c->keys[i].fingerprint, v->signing_key) != 0 || c->keys[i].bits == 0 ||
		    c->keys[i].bits >= MIN_KEY_BITS || j->evidence->allow_weak)
			continue;
		(void)err_set(j->e, E_WEAK, "signed by a key of %u bits, want %d or more",
		    c->keys[i].bits, MIN_KEY_BITS);
		return refuse(j, REASON_WEAK_CRYPTO);
	}
	return OUTCOME_PROVEN;
}

/* P5: gpg does not mind signatures from the future. */
static enum outcome
check_time(const struct judgment *j, const struct validsig *v, int64_t now)
{
	AUTO_STR char *created = text_utc(v->created);

	if (v->created <= now + MAX_CLOCK_SKEW_SECONDS)
		return OUTCOME_PROVEN;
	(void)err_set(j->e, E_INVALID,
	    "made on %s, which is in the future (is this machine's clock right?)", created);
	return refuse(j, REASON_BAD_SIGNATURE);
}

/* Sequoia's replacement for gpg never takes these; do not let that look like tampering. */
static void
explain_version_3(const struct signed_message *m, const struct gpg_result *r, struct err *e)
{
	if (m->signature_version == 3 && r->diagnostics != NULL &&
	    (strstr(r->diagnostics, "equoia") != NULL || strstr(r->diagnostics, "v3 ") != NULL))
		(void)err_wrap(e,
		    "a version 3 signature, which GnuPG accepts and some replacements of "
		    "gpg refuse");
}

enum outcome
evidence_judge(const struct evidence *evidence, int64_t now, struct validsig *v, enum reason *why,
    struct err *e)
{
	const struct judgment j = { .evidence = evidence, .why = why, .e = e };
	enum outcome o = check_operation(&j);

	if (o == OUTCOME_PROVEN)
		o = check_evidence(&j, v);
	if (o == OUTCOME_PROVEN)
		o = check_signer(&j, v);
	if (o == OUTCOME_PROVEN)
		o = check_time(&j, v, now);
	if (o != OUTCOME_PROVEN)
		explain_version_3(evidence->message, evidence->result, e);
	return o;
}
