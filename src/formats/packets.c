/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/packets.h"

#include <string.h>

uint32_t
be_number(const uint8_t *p, size_t n)
{
	uint32_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

bool
bytes_take(struct bytes *rest, size_t n, struct bytes *out)
{
	if (rest->n < n)
		return false;
	*out = bytes_of(rest->p, n);
	rest->p += n;
	rest->n -= n;
	return true;
}

enum length_kind { LENGTH_BAD = 0, LENGTH_DEFINITE, LENGTH_PARTIAL, LENGTH_INDETERMINATE };

/* RFC 4880 §4.2.1: type is the two low bits of an old header. */
static enum length_kind
old_length(struct bytes *rest, unsigned type, size_t *length)
{
	struct bytes b;

	if (type == 3)
		return LENGTH_INDETERMINATE;
	if (!bytes_take(rest, (size_t)1 << type, &b))
		return LENGTH_BAD;
	*length = be_number(b.p, b.n);
	return LENGTH_DEFINITE;
}

/* RFC 4880 §4.2.2. Signature subpackets (§5.2.3.1) use it too, but have no partial lengths. */
static enum length_kind
new_length(struct bytes *rest, bool partial_allowed, size_t *length)
{
	struct bytes b, c;

	if (!bytes_take(rest, 1, &b))
		return LENGTH_BAD;
	if (b.p[0] < 192) {
		*length = b.p[0];
		return LENGTH_DEFINITE;
	}
	if (b.p[0] == 255) {
		if (!bytes_take(rest, 4, &c))
			return LENGTH_BAD;
		*length = be_number(c.p, 4);
		return LENGTH_DEFINITE;
	}
	if (partial_allowed && b.p[0] >= 224) {
		*length = (size_t)1 << (b.p[0] & 31);
		return LENGTH_PARTIAL;
	}
	if (!bytes_take(rest, 1, &c))
		return LENGTH_BAD;
	*length = ((size_t)(b.p[0] - 192) << 8) + c.p[0] + 192;
	return LENGTH_DEFINITE;
}

bool
packet_next(struct bytes *rest, struct packet *out)
{
	struct bytes r = *rest, head;
	enum length_kind kind;
	size_t length = 0;

	*out = (struct packet){ 0 };
	if (!bytes_take(&r, 1, &head) || (head.p[0] & 0x80) == 0)
		return false;
	if ((head.p[0] & 0x40) != 0) {
		out->tag = head.p[0] & 0x3f;
		kind = new_length(&r, true, &length);
	} else {
		out->tag = head.p[0] >> 2 & 15;
		kind = old_length(&r, head.p[0] & 3, &length);
	}
	if (kind != LENGTH_DEFINITE || !bytes_take(&r, length, &out->body))
		return false;
	out->whole = bytes_of(rest->p, rest->n - r.n);
	*rest = r;
	return true;
}

/* The body of a packet in chunks (RFC 4880 §4.2.2.4), the first of which has the given length. */
static bool
partial_body(struct bytes *rest, size_t length, struct buf *body)
{
	enum length_kind kind = LENGTH_PARTIAL;
	struct bytes chunk;

	for (;;) {
		if (!bytes_take(rest, length, &chunk))
			return false;
		buf_add(body, chunk.p, chunk.n);
		if (kind == LENGTH_DEFINITE)
			return true;
		kind = new_length(rest, true, &length);
		if (kind == LENGTH_BAD)
			return false;
	}
}

bool
packet_next_any_length(struct bytes *rest, uint8_t *tag, struct buf *body)
{
	struct bytes head, chunk;
	enum length_kind kind;
	size_t length = 0;

	buf_clear(body);
	if (!bytes_take(rest, 1, &head) || (head.p[0] & 0x80) == 0)
		return false;
	if ((head.p[0] & 0x40) != 0) {
		*tag = head.p[0] & 0x3f;
		kind = new_length(rest, true, &length);
	} else {
		*tag = head.p[0] >> 2 & 15;
		kind = old_length(rest, head.p[0] & 3, &length);
	}
	/* Only packets of data may be without a length (RFC 4880 §4.2.2.4, and gpg for old
	 * headers). */
	if (kind == LENGTH_BAD ||
	    (kind != LENGTH_DEFINITE && *tag != PGP_TAG_COMPRESSED && *tag != PGP_TAG_LITERAL))
		return false;
	if (kind == LENGTH_PARTIAL)
		return partial_body(rest, length, body);
	if (kind == LENGTH_INDETERMINATE)
		length = rest->n;
	if (!bytes_take(rest, length, &chunk))
		return false;
	buf_add(body, chunk.p, chunk.n);
	return true;
}

bool
packet_next_subpacket(struct bytes *area, struct bytes *out)
{
	size_t length = 0;

	return new_length(area, false, &length) == LENGTH_DEFINITE && length > 0 &&
	       bytes_take(area, length, out);
}

void
packet_add(struct buf *out, uint8_t tag, struct bytes head, struct bytes body)
{
	size_t n = head.n + body.n;
	const uint8_t header[] = { (uint8_t)(0xc0 | tag), 255, (uint8_t)(n >> 24),
		(uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	buf_add(out, header, sizeof(header));
	buf_add(out, head.p, head.n);
	buf_add(out, body.p, body.n);
}

char *
pgp_hash_name(unsigned algorithm)
{
	switch (algorithm) {
	case PGP_HASH_MD5:
		return xstrdup("MD5");
	case PGP_HASH_SHA1:
		return xstrdup("SHA-1");
	case PGP_HASH_RIPEMD160:
		return xstrdup("RIPEMD-160");
	case PGP_HASH_SHA256:
		return xstrdup("SHA-256");
	case PGP_HASH_SHA384:
		return xstrdup("SHA-384");
	case PGP_HASH_SHA512:
		return xstrdup("SHA-512");
	case PGP_HASH_SHA224:
		return xstrdup("SHA-224");
	default:
		return xasprintf("hash %u", algorithm);
	}
}

char *
pgp_key_algorithm_name(unsigned algorithm)
{
	switch (algorithm) {
	case PGP_PK_RSA:
	case PGP_PK_RSA_E:
	case PGP_PK_RSA_S:
		return xstrdup("RSA");
	case PGP_PK_ELGAMAL:
		return xstrdup("ElGamal");
	case PGP_PK_DSA:
		return xstrdup("DSA");
	case PGP_PK_ECDH:
		return xstrdup("ECDH");
	case PGP_PK_ECDSA:
		return xstrdup("ECDSA");
	case PGP_PK_EDDSA:
		return xstrdup("EdDSA");
	default:
		return xasprintf("key algorithm %u", algorithm);
	}
}
