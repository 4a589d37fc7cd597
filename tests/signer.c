/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signer.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/text.h"
#include "formats/packets.h"
#include "judge.h"
#include "pgp.h"

enum { SEED_BYTES = 32, SIGNATURE_BYTES = 64 };

/* RFC 4880 §3.2. */
static struct bytes
take_integer(struct bytes *rest)
{
	struct bytes head, value;

	ck_assert(bytes_take(rest, 2, &head));
	ck_assert(bytes_take(rest, (be_number(head.p, 2) + 7) / 8, &value));
	return value;
}

void
signer_open(struct signer *s)
{
	AUTO_STR char *fingerprint = testdata_fingerprints(SIGNER_KEYS);
	uint8_t seed[SEED_BYTES] = { 0 };
	AUTO(buf) file = BUF_INIT;
	struct bytes rest, value;
	struct packet p;

	for (char *c = fingerprint; *c != '\0'; c++)
		*c = (char)(*c >= 'A' && *c <= 'F' ? *c - 'A' + 'a' : *c);
	ck_assert(text_unhex(s->fingerprint, sizeof(s->fingerprint), bytes_of_str(fingerprint)));
	testdata_read(&file, "secret/ed25519.gpg");
	rest = buf_bytes(&file);
	ck_assert(packet_next(&rest, &p) && p.tag == PGP_TAG_SECRET_KEY);
	/* RFC 4880 §5.5.3: version, time(4), algorithm; the curve; the point; 0: no passphrase. */
	rest = p.body;
	ck_assert(bytes_take(&rest, 6, &value) && value.p[5] == PGP_PK_EDDSA);
	ck_assert(bytes_take(&rest, rest.p[0] + (size_t)1, &value));
	(void)take_integer(&rest);
	ck_assert(bytes_take(&rest, 1, &value) && value.p[0] == 0);
	value = take_integer(&rest);
	ck_assert(value.n <= sizeof(seed));
	memcpy(seed + sizeof(seed) - value.n, value.p, value.n);
	s->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
	ck_assert(s->key != NULL);
}

void
signer_free(struct signer *s)
{
	EVP_PKEY_free(s->key);
	*s = (struct signer){ 0 };
}

static void
add_integer(struct buf *out, struct bytes value)
{
	unsigned bits;

	while (value.n > 0 && value.p[0] == 0)
		value = bytes_of(value.p + 1, value.n - 1);
	bits = (unsigned)value.n * 8;
	for (unsigned bit = 0x80; value.n > 0 && (value.p[0] & bit) == 0; bit >>= 1)
		bits--;
	buf_add_byte(out, (uint8_t)(bits >> 8));
	buf_add_byte(out, (uint8_t)bits);
	buf_add(out, value.p, value.n);
}

/* RFC 4880 §5.2.4: the data, what is hashed of the signature packet, its length. */
static void
make_digest(struct bytes data, struct bytes head, uint8_t digest[EVP_MAX_MD_SIZE])
{
	const uint8_t trailer[] = { 4, 0xff, 0, 0, (uint8_t)(head.n >> 8), (uint8_t)head.n };
	AUTO(buf) all = BUF_INIT;

	buf_add(&all, data.p, data.n);
	buf_add(&all, head.p, head.n);
	buf_add(&all, trailer, sizeof(trailer));
	ck_assert_int_eq(EVP_Digest(all.p, all.n, digest, NULL, EVP_sha256(), NULL), 1);
}

/* The body of a version 4 signature packet with an issuer fingerprint and a time. */
static void
add_signature(
    const struct signer *s, uint8_t signature_class, struct bytes payload, struct buf *out)
{
	uint8_t digest[EVP_MAX_MD_SIZE], signature[SIGNATURE_BYTES];
	size_t n = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	buf_add_byte(out, 4);
	buf_add_byte(out, signature_class);
	hex_add(out, "16 08 001d 16 21 04");
	buf_add(out, s->fingerprint, sizeof(s->fingerprint));
	hex_add(out, "05 02 5ed44500");
	make_digest(payload, buf_bytes(out), digest);
	ck_assert(ctx != NULL);
	ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, NULL, NULL, s->key), 1);
	ck_assert_int_eq(EVP_DigestSign(ctx, signature, &n, digest, 32), 1);
	EVP_MD_CTX_free(ctx);
	hex_add(out, "000a 09 10");
	buf_add(out, s->fingerprint + 12, 8);
	buf_add(out, digest, 2);
	add_integer(out, bytes_of(signature, 32));
	add_integer(out, bytes_of(signature + 32, 32));
}

void
signer_sign(const struct signer *s, struct bytes payload, struct buf *message)
{
	AUTO(buf) one_pass = BUF_INIT;
	AUTO(buf) literal = BUF_INIT;
	AUTO(buf) signature = BUF_INIT;

	hex_add(&one_pass, "03 00 08 16");
	buf_add(&one_pass, s->fingerprint + 12, 8);
	buf_add_byte(&one_pass, 1);
	hex_add(&literal, "62 00 00000000");
	buf_add(&literal, payload.p, payload.n);
	add_signature(s, 0, payload, &signature);
	pgp_add(message, PGP_TAG_ONE_PASS, buf_bytes(&one_pass));
	pgp_add(message, PGP_TAG_LITERAL, buf_bytes(&literal));
	pgp_add(message, PGP_TAG_SIGNATURE, buf_bytes(&signature));
}

void
signer_sign_detached(
    const struct signer *s, uint8_t signature_class, struct bytes octets, struct buf *packet)
{
	AUTO(buf) signature = BUF_INIT;

	add_signature(s, signature_class, octets, &signature);
	pgp_add(packet, PGP_TAG_SIGNATURE, buf_bytes(&signature));
}
