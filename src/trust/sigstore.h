/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is this sigstore signature made by a trusted key, and what exactly was signed? With OpenSSL, over
 * the payload's octets as they came; the payload is read afterwards (trust/claim).
 */
#ifndef RELSIG_TRUST_SIGSTORE_H
#define RELSIG_TRUST_SIGSTORE_H

#include "base/base.h"
#include "base/err.h"
#include "formats/sigstore_signature.h"
#include "trust/public_keys.h"
#include "trust/reason.h"
#include "trust/signed_bytes.h"
#include "trust/transparency.h"

/* What a signer is known by (policy.json, "sigstoreSigned"). Unset refuses. */
enum sigstore_root {
	SIGSTORE_ROOT_UNSET = 0,
	SIGSTORE_ROOT_KEYS,   /* one of the keys */
	SIGSTORE_ROOT_FULCIO, /* a certificate of a Fulcio CA: not supported, refuses */
	SIGSTORE_ROOT_PKI,    /* a certificate of another CA: not supported, refuses */
};

/* Borrowed. All zero trusts nobody. */
struct sigstore_trust {
	enum sigstore_root root;
	const struct public_keys *keys;
	/* When not NULL, the signature must be in the Rekor log with one of these (ECDSA) keys. */
	const struct public_keys *log_keys;
};

/* For reports. All zero until the signature itself was verified. */
struct sigstore_facts {
	bool verified;
	char fingerprint[PUBLIC_KEY_FINGERPRINT_HEX + 1]; /* of the key: SHA-256 of its SPKI */
	enum public_key_kind kind;
	unsigned bits;
	const char *key_name;	       /* for people, when the key is a known one; otherwise NULL */
	struct transparency_facts log; /* proven when the policy asked for it */
};

/*
 * OUTCOME_PROVEN: *out is set, facts are verified. OUTCOME_REFUSED: why and e say which rule
 * failed: not-a-signature (another media type, no signature annotation, not base64, a bundle that
 * is none), bad-signature (no trusted key made it, or the log's promise or entry is not for it),
 * rejected-by-policy (a promise is required and there is none; unsupported roots).
 * OUTCOME_UNDECIDED: there are no keys, or OpenSSL cannot use them (io-error). May be called by
 * several threads at once.
 */
enum outcome sigstore_verify(const struct sigstore_trust *trust,
    const struct sigstore_signature *signature, struct signed_bytes **out,
    struct sigstore_facts *facts, enum reason *why, struct err *e) RESULT_USED;

#endif
