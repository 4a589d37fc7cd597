/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signs payloads with the Ed25519 key of testdata/secret, without gpg: thousands in a second. */
#ifndef RELSIG_TESTS_SIGNER_H
#define RELSIG_TESTS_SIGNER_H

#include <openssl/evp.h>

#include "base/base.h"
#include "base/buf.h"

struct signer {
	EVP_PKEY *key;
	uint8_t fingerprint[20];
};

/* The file of testdata/keys with the public key. */
#define SIGNER_KEYS "ed25519.asc"

/* Failing these fails the test. */
void signer_open(struct signer *s);
void signer_free(struct signer *s);
/* The uncompressed signed message of a payload, made on 2020-06-01. */
void signer_sign(const struct signer *s, struct bytes payload, struct buf *message);
/* The signature packet alone, of this class, over these octets. */
void signer_sign_detached(
    const struct signer *s, uint8_t signature_class, struct bytes octets, struct buf *packet);

#endif
