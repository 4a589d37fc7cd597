/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One OpenPGP certificate (a transferable public key, RFC 4880 §11.1) out of a row of packets. Its
 * fingerprints are computed here, from these very bytes.
 */
#ifndef RELSIG_FORMATS_CERTIFICATE_H
#define RELSIG_FORMATS_CERTIFICATE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/fingerprint.h"

struct certificate_key {
	char fingerprint[FINGERPRINT_HEX + 1];
	uint8_t algorithm; /* PGP_PK_... */
	unsigned bits;	   /* of the RSA modulus or DSA prime; 0 for other algorithms */
};

/* One transferable public key (RFC 4880 §11.1). keys[0] is the primary key. */
struct certificate {
	struct certificate_key *keys;
	size_t n_keys;
	char *user_id; /* the first one, as it stands in the file (untrusted); "" when there is none
			*/
	struct buf raw; /* the packets, whole: what goes into pubring.gpg */
};

void certificate_free(struct certificate *cert);
AUTO_DEFINE(certificate)

/* What was left out while reading key files, and why: a line each, untrusted text. */
struct key_notes {
	char **v;
	size_t n;
};
void key_note(struct key_notes *notes, const char *fmt, ...) PRINTF_LIKE(2, 3);
void key_notes_free(struct key_notes *notes);

/* Does a version 4 public key packet stand at the front? */
bool certificate_starts(struct bytes ring) RESULT_USED;
/*
 * Cut the certificate that certificate_starts at the front of rest off it. Packets that gpg does
 * not know in a keyring, subkeys and signatures of other versions are left out, the former two
 * noted. Revocations are put where gpg looks for them, wherever they stood. name is the file's, for
 * messages. E_TOO_LARGE over the caps of limits.h.
 */
int certificate_read(struct certificate *out, struct bytes *rest, struct key_notes *notes,
    const char *name, struct err *e) RESULT_USED;
/* Two copies of a certificate become one in have, so that a revocation in either counts. */
int certificate_merge(struct certificate *have, const struct certificate *more,
    struct key_notes *notes, const char *name, struct err *e) RESULT_USED;
/* Is this packet's body that of a revocation of a whole key (class 20)? */
bool certificate_revokes(struct bytes signature) RESULT_USED;
/*
 * Add signature packets that stood apart from the certificate, such as a revocation that
 * "gpg --gen-revoke" wrote. Those that are not about it make no difference to gpg.
 */
int certificate_restrict(struct certificate *cert, struct bytes signatures, struct key_notes *notes,
    const char *name, struct err *e) RESULT_USED;

#endif
