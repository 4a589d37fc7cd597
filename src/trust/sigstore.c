/* SPDX-License-Identifier: GPL-3.0-or-later */
/* containers/image, signature/policy_eval_sigstore.go: isSignatureAccepted, for static keys. */
#include "trust/sigstore.h"

#include <string.h>

#include "trust/signed_bytes_make.h"

static enum outcome
refuse(enum reason *why, enum reason reason)
{
	*why = reason;
	return OUTCOME_REFUSED;
}

/* Certificates are not verified here, so what rests on them is refused, not skipped. */
static enum outcome
check_root(const struct sigstore_trust *trust, enum reason *why, struct err *e)
{
	const char *what = "no keys";

	switch (trust->root) {
	case SIGSTORE_ROOT_KEYS:
		return OUTCOME_PROVEN;
	case SIGSTORE_ROOT_FULCIO:
		what = "certificates of a Fulcio CA";
		break;
	case SIGSTORE_ROOT_PKI:
		what = "certificates of a CA (pki)";
		break;
	case SIGSTORE_ROOT_UNSET:
		break;
	}
	(void)err_set(e, E_UNSUPPORTED,
	    "unsupported: sigstore signatures are verified with static keys, not with %s", what);
	return refuse(why, REASON_REJECTED_BY_POLICY);
}

static void
fill_facts(struct sigstore_facts *facts, const struct public_key *key)
{
	facts->verified = true;
	memcpy(facts->fingerprint, key->fingerprint, sizeof(facts->fingerprint));
	facts->kind = key->kind;
	facts->bits = key->bits;
	facts->key_name = public_key_known_name(key->fingerprint);
}

/* The signature by a key, then its place in the log, when the policy asks for one. */
static enum outcome
judge(const struct sigstore_trust *trust, const struct sigstore_signature *signature,
    struct sigstore_facts *facts, enum reason *why, struct err *e)
{
	struct transparency_wanted wanted = { .payload = buf_bytes(&signature->payload) };
	AUTO(buf) octets = BUF_INIT;
	enum outcome outcome = check_root(trust, why, e);

	if (outcome != OUTCOME_PROVEN)
		return outcome;
	if (sigstore_signature_octets(&octets, signature, e) != 0)
		return refuse(why, REASON_NOT_A_SIGNATURE);
	wanted.signature = buf_bytes(&octets);
	outcome = public_keys_verify(trust->keys, wanted.payload, wanted.signature, &wanted.key, e);
	if (outcome != OUTCOME_PROVEN) {
		(void)err_wrap(e, "the sigstore signature");
		*why = outcome == OUTCOME_REFUSED ? REASON_BAD_SIGNATURE : REASON_IO_ERROR;
		return outcome;
	}
	fill_facts(facts, wanted.key);
	if (trust->log_keys == NULL)
		return OUTCOME_PROVEN;
	return transparency_verify(
	    trust->log_keys, signature->annotations.bundle, &wanted, &facts->log, why, e);
}

enum outcome
sigstore_verify(const struct sigstore_trust *trust, const struct sigstore_signature *signature,
    struct signed_bytes **out, struct sigstore_facts *facts, enum reason *why, struct err *e)
{
	enum outcome outcome;

	*out = NULL;
	*why = REASON_UNSET;
	*facts = (struct sigstore_facts){ 0 };
	outcome = judge(trust, signature, facts, why, e);
	if (outcome == OUTCOME_PROVEN)
		*out = signed_bytes_make(PAYLOAD_COSIGN, buf_bytes(&signature->payload));
	return outcome;
}
