/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenPGP put together byte by byte, for the tests of those who read it. */
#ifndef RELSIG_TESTS_PGP_H
#define RELSIG_TESTS_PGP_H

#include "base/buf.h"

/* Hex digits, with spaces where they help, to bytes. */
void hex_add(struct buf *out, const char *hex);

/* A packet with the shortest new header (RFC 4880 §4.2.2), or the shortest old one (§4.2.1). */
void pgp_add(struct buf *out, uint8_t tag, struct bytes body);
void pgp_add_old(struct buf *out, uint8_t tag, struct bytes body);
/* The same for a body in hex. */
void pgp_add_hex(struct buf *out, uint8_t tag, const char *hex);
/* In chunks of 2^power bytes, the rest in a last one of definite length (§4.2.2.4). */
void pgp_add_partial(struct buf *out, uint8_t tag, struct bytes body, unsigned power);

/*
 * The body of a compressed data packet (§5.6): algorithm 1 is raw deflate, others get zlib's form.
 */
void pgp_add_compressed(struct buf *out, uint8_t algorithm, struct bytes inner);

/*
 * The bodies of a good message in hex: what is signed is "{}", with RSA and SHA-256, by the key of
 * that ID. Nothing verifies it; the readers tested with it look at the form alone.
 */
#define PGP_KEY_ID "0123456789abcdef"
#define PGP_ONE_PASS "03 00 08 01 " PGP_KEY_ID " 01"
#define PGP_LITERAL "62 00 00000000 7b7d"
#define PGP_SIGNATURE_V3 "03 05 00 5ed44500 " PGP_KEY_ID " 01 08 abcd 0008 ff"
#define PGP_SIGNATURE_V4 "04 00 01 08 0006 05025ed44500 000a 0910" PGP_KEY_ID " abcd 0008 ff"
/* Three bodies as one message, new headers. */
void pgp_add_message(
    struct buf *out, const char *one_pass, const char *literal, const char *signature);

/* ASCII armour (§6.2) with a right checksum. */
void pgp_add_armor(struct buf *out, const char *label, struct bytes data);

/*
 * A version 4 key packet of EdDSA that is nobody's: different numbers make different keys. tag is
 * that of a public key or subkey. pgp_key_fingerprint is upper-case hex, for free().
 */
void pgp_add_key(struct buf *out, uint8_t tag, unsigned number);
char *pgp_key_fingerprint(unsigned number);
/* A user ID "user NUMBER", and a signature packet as small as a reader may take for one. */
void pgp_add_user_id(struct buf *out, unsigned number);
void pgp_add_signature(struct buf *out, unsigned number);

#endif
