/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The preflight of a signature blob: is it one opaque OpenPGP signed message (RFC 4880 §11.3, the
 * one-pass form), and nothing else? Decided by walking every byte before gpg sees any of them.
 *
 *     [compressed{] one-pass signature, literal data, signature [}]
 *
 * binary; nothing before, between or after; one layer of compression at most (ZIP or ZLIB, inflated
 * by zlib under a cap, no byte left over); one-pass version 3 with the "last" flag; signature
 * version 3 or 4, class 00, its hash, key algorithm and key ID those of the one-pass packet; a
 * version 4 issuer fingerprint subpacket, if any, ends in that key ID; literal mode 'b', or 't'
 * when the body has no CR.
 */
#ifndef RELSIG_FORMATS_SIGNED_MESSAGE_H
#define RELSIG_FORMATS_SIGNED_MESSAGE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct signed_message {
	uint8_t hash_algorithm;
	uint8_t key_algorithm;
	uint8_t signature_version; /* 3 or 4 */
	uint8_t signature_class;   /* 0, binary document; 1, text (formats/signed_text alone) */
	char issuer[17];	   /* key ID, 16 upper-case hex digits: a hint, not an identity */
	struct buf reframed;	   /* the three packets, uncompressed, new headers: what gpg gets */
	size_t body_offset;	   /* the literal body inside reframed */
	size_t body_length;
};
#define SIGNED_MESSAGE_INIT                                                                        \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Errors: E_INVALID, not such a message (with what it is instead, when that can be said: armour,
 * text, HTML, encrypted, detached, two messages); E_TOO_LARGE, inflates to more than max_inflated;
 * E_WEAK, a hash other than SHA-256, SHA-384, SHA-512 (with allow_weak also SHA-1, SHA-224 and
 * RIPEMD-160 pass; MD5 never does). On failure out is zeroed.
 */
int signed_message_parse(struct signed_message *out, struct bytes blob, size_t max_inflated,
    bool allow_weak, struct err *e) RESULT_USED;
/*
 * The same for a message whose signature is of this class: 0 is what signed_message_parse wants, 1
 * is what a cleartext signature has. The literal body is what is signed, octet for octet.
 */
int signed_message_parse_class(struct signed_message *out, struct bytes blob, size_t max_inflated,
    uint8_t signature_class, bool allow_weak, struct err *e) RESULT_USED;
/* The literal body: what the signature covers, if it verifies. Borrowed. */
struct bytes signed_message_body(const struct signed_message *m);
void signed_message_free(struct signed_message *m);
AUTO_DEFINE(signed_message)

#endif
