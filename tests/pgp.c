/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgp.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "base/text.h"
#include "formats/packets.h"

static void
add_number(struct buf *out, size_t value, unsigned bytes)
{
	while (bytes-- > 0)
		buf_add_byte(out, (uint8_t)(value >> 8 * bytes));
}

void
hex_add(struct buf *out, const char *hex)
{
	AUTO(buf) digits = BUF_INIT;
	uint8_t byte;

	for (; *hex != '\0'; hex++)
		if (*hex != ' ')
			buf_add_byte(&digits, (uint8_t)*hex);
	ck_assert_msg(digits.n % 2 == 0, "odd hex: %s", buf_str(&digits));
	for (size_t i = 0; i < digits.n; i += 2) {
		ck_assert_msg(text_unhex(&byte, 1, bytes_of(digits.p + i, 2)), "no hex: %s",
		    buf_str(&digits));
		buf_add_byte(out, byte);
	}
}

static void
add_new_length(struct buf *out, size_t n)
{
	if (n < 192) {
		add_number(out, n, 1);
	} else if (n < 8384) {
		add_number(out, n - 192 + (192 << 8), 2);
	} else {
		add_number(out, 255, 1);
		add_number(out, n, 4);
	}
}

void
pgp_add(struct buf *out, uint8_t tag, struct bytes body)
{
	buf_add_byte(out, 0xc0 | tag);
	add_new_length(out, body.n);
	buf_add(out, body.p, body.n);
}

void
pgp_add_old(struct buf *out, uint8_t tag, struct bytes body)
{
	unsigned type = body.n < 256 ? 0 : body.n < 65536 ? 1 : 2;

	buf_add_byte(out, (uint8_t)(0x80 | tag << 2 | type));
	add_number(out, body.n, 1u << type);
	buf_add(out, body.p, body.n);
}

void
pgp_add_hex(struct buf *out, uint8_t tag, const char *hex)
{
	AUTO(buf) body = BUF_INIT;

	hex_add(&body, hex);
	pgp_add(out, tag, buf_bytes(&body));
}

void
pgp_add_partial(struct buf *out, uint8_t tag, struct bytes body, unsigned power)
{
	size_t chunk = (size_t)1 << power;

	buf_add_byte(out, 0xc0 | tag);
	for (; body.n >= chunk; body = bytes_of(body.p + chunk, body.n - chunk)) {
		buf_add_byte(out, (uint8_t)(224 | power));
		buf_add(out, body.p, chunk);
	}
	add_new_length(out, body.n);
	buf_add(out, body.p, body.n);
}

void
pgp_add_compressed(struct buf *out, uint8_t algorithm, struct bytes inner)
{
	z_stream z = { 0 };
	uint8_t chunk[4096];
	int r;

	buf_add_byte(out, algorithm);
	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, algorithm == 1 ? -MAX_WBITS : MAX_WBITS, 9,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	z.next_in = (uint8_t *)inner.p;
	z.avail_in = (unsigned)inner.n;
	do {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		r = deflate(&z, Z_FINISH);
		buf_add(out, chunk, sizeof(chunk) - z.avail_out);
	} while (r == Z_OK);
	ck_assert_int_eq(r, Z_STREAM_END);
	deflateEnd(&z);
}

void
pgp_add_message(struct buf *out, const char *one_pass, const char *literal, const char *signature)
{
	pgp_add_hex(out, PGP_TAG_ONE_PASS, one_pass);
	pgp_add_hex(out, PGP_TAG_LITERAL, literal);
	pgp_add_hex(out, PGP_TAG_SIGNATURE, signature);
}

static uint32_t
crc24(struct bytes b)
{
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < b.n * 8; i++) {
		crc ^= (uint32_t)(b.p[i / 8] >> (7 - i % 8) & 1) << 23;
		crc = (crc & 0x800000) != 0 ? crc << 1 ^ 0x1864cfb : crc << 1;
	}
	return crc & 0xffffff;
}

void
pgp_add_armor(struct buf *out, const char *label, struct bytes data)
{
	AUTO_STR char *base64 = text_base64(data);
	AUTO_STR char *sum = NULL;
	AUTO(buf) crc = BUF_INIT;

	add_number(&crc, crc24(data), 3);
	sum = text_base64(buf_bytes(&crc));
	buf_addf(out, "-----BEGIN %s-----\n\n", label);
	for (size_t i = 0, n = strlen(base64); i < n; i += 64)
		buf_addf(out, "%.64s\n", base64 + i);
	buf_addf(out, "=%s\n-----END %s-----\n", sum, label);
}

/* RFC 4880 §5.5.2: version, time, algorithm; the rest is not looked at. */
static void
key_body(struct buf *out, unsigned number)
{
	hex_add(out, "04 5e0be100 16");
	add_number(out, number, 4);
}

void
pgp_add_key(struct buf *out, uint8_t tag, unsigned number)
{
	AUTO(buf) body = BUF_INIT;

	key_body(&body, number);
	pgp_add(out, tag, buf_bytes(&body));
}

char *
pgp_key_fingerprint(unsigned number)
{
	AUTO(buf) hashed = BUF_INIT;
	AUTO(buf) body = BUF_INIT;
	AUTO(buf) hex = BUF_INIT;
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	key_body(&body, number);
	buf_add_byte(&hashed, 0x99);
	add_number(&hashed, body.n, 2);
	buf_add(&hashed, body.p, body.n);
	ck_assert_int_eq(EVP_Digest(hashed.p, hashed.n, md, &n, EVP_sha1(), NULL), 1);
	for (unsigned i = 0; i < n; i++)
		buf_addf(&hex, "%02X", md[i]);
	return buf_steal_str(&hex);
}

void
pgp_add_user_id(struct buf *out, unsigned number)
{
	AUTO_STR char *name = xasprintf("user %u", number);

	pgp_add(out, PGP_TAG_USER_ID, bytes_of_str(name));
}

void
pgp_add_signature(struct buf *out, unsigned number)
{
	AUTO(buf) body = BUF_INIT;

	buf_add_byte(&body, 4);
	add_number(&body, number, 3);
	pgp_add(out, PGP_TAG_SIGNATURE, buf_bytes(&body));
}
