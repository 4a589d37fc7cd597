/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * OpenPGP key files: armoured blocks with prose between them, or a binary keyring, cut into whole
 * version 4 certificates. Fingerprints are computed here, from the file's own bytes (RFC 4880
 * §12.2), so that what is trusted never depends on what gpg thinks it imported.
 */
#ifndef RELSIG_FORMATS_CERTIFICATES_H
#define RELSIG_FORMATS_CERTIFICATES_H

#include "base/base.h"
#include "base/err.h"
#include "formats/certificate.h"

struct certificates {
	struct certificate *v;
	size_t n;
	struct key_notes skipped; /* what was left out and why, one line each, untrusted text */
};
#define CERTIFICATES_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Add every certificate of a key file to out. Left out, and named in skipped: other versions than 4
 * (post-quantum v6 keys), secret keys, blocks with a bad checksum, packets that do not belong to a
 * certificate. name is the file's, for messages. E_INVALID when nothing could be read; E_TOO_LARGE
 * over MAX_CERTIFICATES or MAX_KEYS_PER_CERTIFICATE. The same primary key twice is kept once (the
 * packets of both, first come first); the same subkey under two primaries is E_INVALID: nobody
 * could say who signed.
 */
int certificates_add(
    struct certificates *out, struct bytes file, const char *name, struct err *e) RESULT_USED;
/* The certificate with that primary fingerprint, or that has such a key at all; NULL when there is
 * none. */
const struct certificate *certificates_by_primary(
    const struct certificates *c, const char *fingerprint);
const struct certificate *certificates_by_key(
    const struct certificates *c, const char *fingerprint);
/* True when a key whose fingerprint ends in this 16 digit key ID is there. */
bool certificates_has_key_id(const struct certificates *c, const char *key_id) RESULT_USED;
/* Drop every certificate but the one with that primary fingerprint. */
void certificates_keep(struct certificates *c, const char *fingerprint);
void certificates_free(struct certificates *c);
AUTO_DEFINE(certificates)

#endif
