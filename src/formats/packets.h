/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenPGP packets (RFC 4880 §4): headers, lengths, subpackets and the numbers of algorithms. */
#ifndef RELSIG_FORMATS_PACKETS_H
#define RELSIG_FORMATS_PACKETS_H

#include "base/base.h"
#include "base/buf.h"

/* RFC 4880 §4.3: the tags that are told apart here. */
enum {
	PGP_TAG_PKESK = 1,
	PGP_TAG_SIGNATURE = 2,
	PGP_TAG_SKESK = 3,
	PGP_TAG_ONE_PASS = 4,
	PGP_TAG_SECRET_KEY = 5,
	PGP_TAG_PUBLIC_KEY = 6,
	PGP_TAG_SECRET_SUBKEY = 7,
	PGP_TAG_COMPRESSED = 8,
	PGP_TAG_ENCRYPTED = 9,
	PGP_TAG_LITERAL = 11,
	PGP_TAG_USER_ID = 13,
	PGP_TAG_PUBLIC_SUBKEY = 14,
	PGP_TAG_USER_ATTRIBUTE = 17,
	PGP_TAG_SEIPD = 18,
};

/* RFC 4880 §9.4 and §9.1: the numbers that OpenPGP gives hashes and key algorithms. */
enum {
	PGP_HASH_MD5 = 1,
	PGP_HASH_SHA1 = 2,
	PGP_HASH_RIPEMD160 = 3,
	PGP_HASH_SHA256 = 8,
	PGP_HASH_SHA384 = 9,
	PGP_HASH_SHA512 = 10,
	PGP_HASH_SHA224 = 11,
};
enum {
	PGP_PK_RSA = 1,
	PGP_PK_RSA_E = 2,
	PGP_PK_RSA_S = 3,
	PGP_PK_ELGAMAL = 16,
	PGP_PK_DSA = 17,
	PGP_PK_ECDH = 18,
	PGP_PK_ECDSA = 19,
	PGP_PK_EDDSA = 22,
};

struct packet {
	uint8_t tag;
	struct bytes body;
	struct bytes whole; /* header and body */
};

/* Cut n bytes off the front of rest; false, and no change, when there are fewer. */
bool bytes_take(struct bytes *rest, size_t n, struct bytes *out) RESULT_USED;
/* The big-endian number in n <= 4 bytes. */
uint32_t be_number(const uint8_t *p, size_t n);

/* Cut one packet of definite length off the front; false, and no change, when there is no whole
 * one. */
bool packet_next(struct bytes *rest, struct packet *out) RESULT_USED;
/*
 * The same for a packet of any length: for compressed and literal data also in chunks, which are
 * put together in body, and to the end of the input. On failure rest is not meaningful any more.
 */
bool packet_next_any_length(struct bytes *rest, uint8_t *tag, struct buf *body) RESULT_USED;
/* Cut one signature subpacket (RFC 4880 §5.2.3.1), type octet first, off the front of an area. */
bool packet_next_subpacket(struct bytes *area, struct bytes *out) RESULT_USED;

/* Append a packet with a header of the new format and a length of five octets (RFC 4880 §4.2.2.3);
 * its body is head and then body. */
void packet_add(struct buf *out, uint8_t tag, struct bytes head, struct bytes body);

/* "SHA-256", "RSA": what a person calls these numbers; "hash 42" for others. For free(). */
char *pgp_hash_name(unsigned algorithm);
char *pgp_key_algorithm_name(unsigned algorithm);

#endif
