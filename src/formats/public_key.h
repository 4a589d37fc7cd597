/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A public key in a PEM file, as sigstore's keys are given: ECDSA on P-256, P-384 or P-521, RSA,
 * Ed25519; read by OpenSSL, and then held to one form of each.
 */
#ifndef RELSIG_FORMATS_PUBLIC_KEY_H
#define RELSIG_FORMATS_PUBLIC_KEY_H

#include <openssl/evp.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

enum public_key_kind {
	PUBLIC_KEY_UNSET = 0,
	PUBLIC_KEY_ECDSA,
	PUBLIC_KEY_RSA,
	PUBLIC_KEY_ED25519,
};

/* Hex digits of the SHA-256 of a key's SubjectPublicKeyInfo. */
#define PUBLIC_KEY_FINGERPRINT_HEX 64

/* All zero is no key. */
struct public_key {
	EVP_PKEY *key; /* owned; several threads may verify with it at once */
	enum public_key_kind kind;
	unsigned bits;	 /* of the modulus or the curve's field; 256 for Ed25519 */
	struct buf spki; /* DER of its SubjectPublicKeyInfo */
	char fingerprint[PUBLIC_KEY_FINGERPRINT_HEX + 1]; /* of spki, lower-case hex */
};
#define PUBLIC_KEY_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * The first PEM block of a file, "PUBLIC KEY" (RFC 5280's SubjectPublicKeyInfo) or "RSA PUBLIC KEY"
 * (PKCS #1); text before it and everything after it is ignored, as containers/image does. The block
 * must be DER to the last byte, an EC point uncompressed, on its curve, and the curve named.
 *
 * E_WEAK: RSA under 2048 bits, unless allow_weak. E_UNSUPPORTED: a key of another kind, or another
 * kind of PEM block. E_TOO_LARGE: over MAX_KEY_FILE_BYTES. E_INVALID: all else. On failure out is
 * zeroed.
 */
int public_key_read(
    struct public_key *out, struct bytes pem, bool allow_weak, struct err *e) RESULT_USED;
/* "ECDSA", "RSA", "Ed25519"; "" for none. */
const char *public_key_kind_name(enum public_key_kind kind);
/* "PUBLIC KEY" in PEM, for free(). */
char *public_key_pem(const struct public_key *k);
/* True for two keys that are there and are the same. */
bool public_key_equal(const struct public_key *a, const struct public_key *b) RESULT_USED;
void public_key_free(struct public_key *k);
AUTO_DEFINE(public_key)

#endif
