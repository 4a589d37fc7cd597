/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trusted public keys, of which any one may have signed: sigstore's, and those of logs. */
#ifndef RELSIG_TRUST_PUBLIC_KEYS_H
#define RELSIG_TRUST_PUBLIC_KEYS_H

#include "base/base.h"
#include "base/err.h"
#include "formats/public_key.h"
#include "trust/reason.h"

/*
 * The SHA-256 of the SubjectPublicKeyInfo of the key that signs OpenShift releases with sigstore:
 * RSA of 4096 bits, in the ClusterImagePolicy "openshift" of releases from 4.18 on.
 */
#define OPENSHIFT_SIGSTORE_KEY "ba9d26350d78893a20f337e2153a113108bfcf064085afaee60d446e63405576"

/* All zero trusts nobody. */
struct public_keys {
	struct public_key *v;
	size_t n;
};
#define PUBLIC_KEYS_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/* Add the key of a PEM file. Errors as public_key_read has them, and then nothing is added. */
int public_keys_add(
    struct public_keys *k, struct bytes pem, bool allow_weak, struct err *e) RESULT_USED;
/*
 * Did one of the keys sign message? SHA-256 throughout, PKCS #1 v1.5 for RSA, strict DER for ECDSA,
 * pure Ed25519. PROVEN: *signer is that key, borrowed. REFUSED: none of them did; whether the
 * message was altered or another key signed it cannot be told apart. UNDECIDED: there are no keys,
 * or OpenSSL cannot use one and no other signed. Several threads may do this at once.
 */
enum outcome public_keys_verify(const struct public_keys *k, struct bytes message,
    struct bytes signature, const struct public_key **signer, struct err *e) RESULT_USED;
/* "OpenShift's release key" for a fingerprint that is known here, otherwise NULL. */
const char *public_key_known_name(const char *fingerprint);
void public_keys_free(struct public_keys *k);
AUTO_DEFINE(public_keys)

#endif
