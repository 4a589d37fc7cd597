/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/openpgp.h"

#include <stdlib.h>
#include <string.h>

#include <gpgme.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/packets.h"
#include "formats/signed_message.h"
#include "trust/gpg.h"
#include "trust/gpghome.h"
#include "trust/validsig.h"

struct openpgp {
	struct openpgp_options options;
	const struct trusted_keys *keys; /* borrowed; NULL before openpgp_trust */
	struct gpghome *home;
	struct gpg *gpg;
};

struct signed_bytes {
	struct buf payload;
};

/* RSA and DSA below this are within reach of those who would pay for a forged release. */
enum { MIN_KEY_BITS = 2048 };

struct bytes
signed_bytes_payload(const struct signed_bytes *s)
{
	return buf_bytes(&s->payload);
}

void
signed_bytes_free(struct signed_bytes *s)
{
	if (s == NULL)
		return;
	buf_free(&s->payload);
	free(s);
}

void
signature_facts_free(struct signature_facts *f)
{
	free(f->user_id);
	*f = (struct signature_facts)SIGNATURE_FACTS_INIT;
}

int
openpgp_open(struct openpgp **out, const struct openpgp_options *options, struct err *e)
{
	AUTO_PTR(openpgp) o = xcalloc(1, sizeof(*o));

	*out = NULL;
	o->options = *options;
	if (gpghome_make(&o->home, e) != 0)
		return -1;
	*out = steal(&o);
	return 0;
}

int
openpgp_trust(struct openpgp *o, const struct trusted_keys *keys, struct err *e)
{
	if (gpghome_fill(o->home, &keys->certificates, e) != 0 || gpg_open(&o->gpg, e) != 0)
		return -1;
	o->keys = keys;
	return 0;
}

const char *
openpgp_gpg_version(const struct openpgp *o)
{
	return o->gpg != NULL ? gpg_version(o->gpg) : "";
}

void
openpgp_free(struct openpgp *o)
{
	if (o == NULL)
		return;
	gpg_free(o->gpg);
	gpghome_free(o->home);
	free(o);
}

/* --- the rules ---------------------------------------------------------------------------------- */

/* What one verification has in hand while it goes through the rules. */
struct judgment {
	const struct openpgp *o;
	const struct signed_message *message;
	const struct gpg_result *result;
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
	const struct gpg_result *r = j->result;
	AUTO_STR char *said = gpg_said(r);

	if (r->timed_out) {
		(void)err_set(j->e, E_TIMED_OUT, "gpg did not finish within %d ms and was killed",
		    j->o->options.timeout_ms);
		return undecided(j, REASON_TIMED_OUT);
	}
	if (gpg_status_has(r, "FAILURE", "option-parser")) {
		(void)err_set(j->e, E_IO, "GnuPG configuration error: look at /etc/gnupg%s", said);
		return undecided(j, REASON_IO_ERROR);
	}
	if (r->capped) {
		(void)err_set(j->e, E_INVALID, "gpg puts out more than was signed");
		return refuse(j, REASON_BAD_SIGNATURE);
	}
	/* GPGME's words for "this is no signed message"; after the preflight they are not expected. */
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
	AUTO_STR char *said = gpg_said(j->result);
	bool keyboxd = strstr(said, "eybox") != NULL;

	if (!certificates_has_key_id(&j->o->keys->certificates, j->message->issuer)) {
		(void)err_set(j->e, E_INVALID, "signed by the key %s, which was not given",
		    j->message->issuer);
		return refuse(j, REASON_UNKNOWN_KEY);
	}
	if (keyboxd) {
		(void)err_set(j->e, E_IO, "GnuPG ignores the keys it is given: \"use-keyboxd\" in "
					  "/etc/gnupg/common.conf forces its own store; remove it%s", said);
		return undecided(j, REASON_IO_ERROR);
	}
	(void)err_set(j->e, E_INVALID, "GnuPG refuses to use the key %s (no usable self-signature, not for "
				       "signing, or an algorithm that this system's policy or FIPS mode "
				       "forbids)%s", j->message->issuer, said);
	return refuse(j, REASON_UNTRUSTED_KEY);
}

/* P2, the code that GPGME gives the one signature. Only GPG_ERR_NO_ERROR goes on. */
static enum outcome
check_status(const struct judgment *j, unsigned status)
{
	AUTO_STR char *said = gpg_said(j->result);

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
		(void)err_set(j->e, E_INVALID, "the key %s has expired", j->message->issuer);
		return refuse(j, REASON_KEY_EXPIRED);
	case GPG_ERR_CERT_REVOKED:
		(void)err_set(j->e, E_INVALID, "the key %s has been revoked", j->message->issuer);
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
		(void)err_set(j->e, E_INVALID, "GnuPG refuses the signature: error %u%s", status, said);
		return refuse(j, REASON_BAD_SIGNATURE);
	}
}

/* P2, the rest: a good signature has none of these, and its summary is 0 or says "valid". */
static bool
result_is_clean(const struct gpg_signature *s)
{
	return !s->wrong_key_usage && s->validity_reason == 0 && s->validity != GPGME_VALIDITY_NEVER &&
	    (s->summary & ~(unsigned)(GPGME_SIGSUM_VALID | GPGME_SIGSUM_GREEN)) == 0;
}

/* P1 to P3: all that gpg and GPGME say agrees with one good signature over exactly the body. */
static enum outcome
check_evidence(const struct judgment *j, struct validsig *v)
{
	const struct gpg_result *r = j->result;
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

		(void)err_set(j->e, E_INVALID, "gpg finds the signature good and still ends with status %d: "
					       "an assertion in /etc/gnupg/gpg.conf?%s", r->exit_status, said);
		return refuse(j, REASON_UNTRUSTED_KEY);
	}
	if (!result_is_clean(s)) {
		(void)err_set(j->e, E_INVALID, "GPGME has doubts: summary %#x, validity %u", s->summary,
		    s->validity);
		return refuse(j, REASON_BAD_SIGNATURE);
	}
	if (validsig_read(v, r, j->message->body_length, j->e) != 0)
		return refuse(j, REASON_BAD_SIGNATURE);
	if (strcmp(v->signing_key, s->fingerprint) != 0 || v->signature_class != 0 ||
	    v->hash_algorithm != j->message->hash_algorithm ||
	    v->key_algorithm != j->message->key_algorithm ||
	    v->version != j->message->signature_version ||
	    !bytes_equal(buf_bytes(&r->output), signed_message_body(j->message))) {
		(void)err_set(j->e, E_INVALID, "what gpg verified is not what the blob holds");
		return refuse(j, REASON_BAD_SIGNATURE);
	}
	return OUTCOME_PROVEN;
}

/* P4: by fingerprints read from the key files themselves, never by what gpg found in some keyring. */
static enum outcome
check_signer(const struct judgment *j, const struct validsig *v)
{
	const struct certificate *c;

	if (!trusted_keys_trust(j->o->keys, v->primary)) {
		(void)err_set(j->e, E_INVALID, "signed by the key %s, which is not among the trusted ones",
		    v->primary);
		return refuse(j, REASON_UNTRUSTED_KEY);
	}
	c = certificates_by_key(&j->o->keys->certificates, v->signing_key);
	if (c == NULL || strcmp(c->keys[0].fingerprint, v->primary) != 0) {
		(void)err_set(j->e, E_INVALID, "signed by the subkey %s, which is not in the certificate %s "
					       "of the key file", v->signing_key, v->primary);
		return refuse(j, REASON_UNTRUSTED_KEY);
	}
	for (size_t i = 0; i < c->n_keys; i++) {
		if (strcmp(c->keys[i].fingerprint, v->signing_key) != 0 || c->keys[i].bits == 0 ||
		    c->keys[i].bits >= MIN_KEY_BITS || j->o->options.allow_weak)
			continue;
		(void)err_set(j->e, E_WEAK, "signed by a key of %u bits, want %d or more", c->keys[i].bits,
		    MIN_KEY_BITS);
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
	(void)err_set(j->e, E_INVALID, "made on %s, which is in the future (is this machine's clock right?)",
	    created);
	return refuse(j, REASON_BAD_SIGNATURE);
}

static enum outcome
judge(const struct judgment *j, struct validsig *v, int64_t now)
{
	enum outcome o = check_operation(j);

	if (o == OUTCOME_PROVEN)
		o = check_evidence(j, v);
	if (o == OUTCOME_PROVEN)
		o = check_signer(j, v);
	if (o == OUTCOME_PROVEN)
		o = check_time(j, v, now);
	return o;
}

/* --- one blob ----------------------------------------------------------------------------------- */

static enum outcome
preflight(const struct openpgp *o, struct bytes blob, struct signed_message *message,
    enum reason *why, struct err *e)
{
	if (signed_message_parse(message, blob, MAX_INFLATED_BYTES, o->options.allow_weak, e) == 0)
		return OUTCOME_PROVEN;
	switch (e->code) {
	case E_WEAK:
		*why = REASON_WEAK_CRYPTO;
		return OUTCOME_REFUSED;
	case E_TOO_LARGE:
		*why = REASON_TOO_LARGE;
		return OUTCOME_REFUSED;
	case E_IO:
		*why = REASON_IO_ERROR;
		return OUTCOME_UNDECIDED;
	case E_NONE:
	case E_USAGE:
	case E_NOT_FOUND:
	case E_INVALID:
	case E_UNSUPPORTED:
	case E_MISMATCH:
	case E_TIMED_OUT:
	case E_UNREACHABLE:
	case E_DENIED:
		break;
	}
	*why = REASON_NOT_A_SIGNATURE;
	return OUTCOME_REFUSED;
}

static void
fill_facts(struct signature_facts *facts, struct validsig *v)
{
	facts->verified = true;
	memcpy(facts->fingerprint, v->primary, sizeof(facts->fingerprint));
	memcpy(facts->signing_key, v->signing_key, sizeof(facts->signing_key));
	facts->created = v->created;
	facts->user_id = steal(&v->user_id);
}

/* Sequoia's replacement for gpg never takes these; do not let that look like tampering. */
static void
explain_version_3(const struct signed_message *m, const struct gpg_result *r, struct err *e)
{
	if (m->signature_version == 3 && r->diagnostics != NULL &&
	    (strstr(r->diagnostics, "equoia") != NULL || strstr(r->diagnostics, "v3 ") != NULL))
		(void)err_wrap(e, "a version 3 signature, which GnuPG accepts and some replacements of "
				  "gpg refuse");
}

enum outcome
openpgp_verify(struct openpgp *o, struct bytes blob, int64_t now, struct signed_bytes **out,
    struct signature_facts *facts, enum reason *why, struct err *e)
{
	AUTO(signed_message) message = SIGNED_MESSAGE_INIT;
	AUTO(gpg_result) result = GPG_RESULT_INIT;
	AUTO(validsig) v = VALIDSIG_INIT;
	struct judgment j = { .o = o, .message = &message, .result = &result, .why = why, .e = e };
	enum outcome outcome;

	*out = NULL;
	*why = REASON_UNSET;
	signature_facts_free(facts);
	if (o->gpg == NULL || o->keys == NULL) {
		(void)err_set(e, E_IO, "no keys were given to gpg");
		return undecided(&j, REASON_IO_ERROR);
	}
	outcome = preflight(o, blob, &message, why, e);
	if (outcome != OUTCOME_PROVEN)
		return outcome;
	memcpy(facts->issuer, message.issuer, sizeof(facts->issuer));
	facts->hash_algorithm = message.hash_algorithm;
	facts->key_algorithm = message.key_algorithm;
	facts->version = message.signature_version;
	if (gpg_verify(o->gpg, buf_bytes(&message.reframed), message.body_length,
		o->options.timeout_ms, &result, e) != 0)
		return undecided(&j, REASON_IO_ERROR);
	outcome = judge(&j, &v, now);
	if (outcome != OUTCOME_PROVEN) {
		explain_version_3(&message, &result, e);
		return outcome;
	}
	fill_facts(facts, &v);
	*out = xcalloc(1, sizeof(**out));
	buf_add(&(*out)->payload, result.output.p, result.output.n);
	return OUTCOME_PROVEN;
}
