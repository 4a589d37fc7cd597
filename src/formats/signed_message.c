/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/signed_message.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/inflate.h"
#include "formats/packets.h"

enum { ONE_PASS_BYTES = 13, MAX_PACKETS_INSIDE = 3 };

static const char *
what_packet_is(uint8_t tag)
{
	switch (tag) {
	case PGP_TAG_PKESK:
	case PGP_TAG_SKESK:
	case PGP_TAG_ENCRYPTED:
	case PGP_TAG_SEIPD:
		return "an encrypted message";
	case PGP_TAG_SIGNATURE:
		return "a detached or old-style signature";
	case PGP_TAG_PUBLIC_KEY:
		return "a public key";
	case PGP_TAG_LITERAL:
		return "unsigned data";
	default:
		return "a sequence of OpenPGP packets that is not a signed message";
	}
}

/* What bytes are that cannot be a binary OpenPGP message at all. */
static const char *
what_text_is(struct bytes b)
{
	static const char armour[] = "-----BEGIN PGP";
	static const char cleartext[] = "-----BEGIN PGP SIGNED MESSAGE";

	while (b.n > 0 && (b.p[0] == ' ' || b.p[0] == '\t' || b.p[0] == '\r' || b.p[0] == '\n')) {
		b.p++;
		b.n--;
	}
	if (b.n == 0)
		return "empty";
	if (b.n >= sizeof(cleartext) - 1 && memcmp(b.p, cleartext, sizeof(cleartext) - 1) == 0)
		return "a cleartext signature";
	if (b.n >= sizeof(armour) - 1 && memcmp(b.p, armour, sizeof(armour) - 1) == 0)
		return "armoured";
	if (b.p[0] == '<')
		return "HTML or XML, perhaps an error page";
	if (b.p[0] == '{' || b.p[0] == '[')
		return "JSON";
	if (b.p[0] == 0)
		return "not OpenPGP; perhaps a sigstore signature";
	return "not OpenPGP";
}

#define NOT_ONE "want one binary OpenPGP signed message, got"

static int
not_one(struct err *e, const char *what)
{
	return err_set(e, E_INVALID, NOT_ONE ": %s", what);
}

/* RFC 4880 §5.6: algorithm 1 is raw deflate, 2 zlib. All input must be used, nothing may be left
 * over. */
static int
inflate_all(struct buf *out, struct bytes in, size_t max, struct err *e)
{
	enum inflate_form form = INFLATE_UNSET;

	if (in.n > 0 && in.p[0] == 1)
		form = INFLATE_RAW;
	else if (in.n > 0 && in.p[0] == 2)
		form = INFLATE_ZLIB;
	if (form == INFLATE_UNSET)
		return not_one(e, "data compressed in another way than ZIP or ZLIB");
	if (inflate_whole(out, form, bytes_of(in.p + 1, in.n - 1), max, e) == 0)
		return 0;
	return e->code == E_INVALID ? err_wrap(e, NOT_ONE) : -1;
}

/* RFC 4880 §3.2: n multiprecision integers, and nothing after them. */
static bool
only_integers(struct bytes b, unsigned n)
{
	struct bytes head, value;

	while (n-- > 0)
		if (!bytes_take(&b, 2, &head) ||
		    !bytes_take(&b, (be_number(head.p, 2) + 7) / 8, &value))
			return false;
	return b.n == 0;
}

static unsigned
integers_in_signature(uint8_t key_algorithm)
{
	switch (key_algorithm) {
	case PGP_PK_RSA:
	case PGP_PK_RSA_S:
		return 1;
	case PGP_PK_DSA:
	case PGP_PK_ECDSA:
	case PGP_PK_EDDSA:
		return 2;
	default:
		return 0;
	}
}

/*
 * RFC 4880 §5.2.3.1. An issuer (16) or issuer fingerprint (33, RFC 9580 §5.2.3.35) names the key
 * of the one-pass packet, or the signature is refused: versions of gpg differ on which they
 * believe.
 */
static bool
subpackets_agree(struct bytes area, const uint8_t key_id[8])
{
	struct bytes sub;

	while (area.n > 0) {
		if (!packet_next_subpacket(&area, &sub))
			return false;
		switch (sub.p[0] & 0x7f) {
		case 16:
			if (sub.n != 9 || memcmp(sub.p + 1, key_id, 8) != 0)
				return false;
			break;
		case 33:
			if (sub.n != 22 || sub.p[1] != 4 || memcmp(sub.p + 14, key_id, 8) != 0)
				return false;
			break;
		default:
			break;
		}
	}
	return true;
}

/* RFC 4880 §5.2.2: version, 5, class, time(4), key ID(8), key algorithm, hash, left 16 bits,
 * integers. */
static bool
signature_v3_agrees(struct bytes s, struct bytes ops)
{
	return s.n > 19 && s.p[1] == 5 && s.p[2] == ops.p[1] &&
	       memcmp(s.p + 7, ops.p + 4, 8) == 0 && s.p[15] == ops.p[3] && s.p[16] == ops.p[2] &&
	       only_integers(bytes_of(s.p + 19, s.n - 19), integers_in_signature(ops.p[3]));
}

/* RFC 4880 §5.2.3: version, class, key algorithm, hash, two areas of subpackets, left 16 bits,
 * integers. */
static bool
signature_v4_agrees(struct bytes s, struct bytes ops)
{
	struct bytes head, length, hashed, unhashed, left;

	return bytes_take(&s, 4, &head) && head.p[1] == ops.p[1] && head.p[2] == ops.p[3] &&
	       head.p[3] == ops.p[2] && bytes_take(&s, 2, &length) &&
	       bytes_take(&s, be_number(length.p, 2), &hashed) && bytes_take(&s, 2, &length) &&
	       bytes_take(&s, be_number(length.p, 2), &unhashed) && bytes_take(&s, 2, &left) &&
	       subpackets_agree(hashed, ops.p + 4) && subpackets_agree(unhashed, ops.p + 4) &&
	       only_integers(s, integers_in_signature(ops.p[3]));
}

static int
check_algorithms(uint8_t hash, uint8_t key, bool allow_weak, struct err *e)
{
	AUTO_STR char *name = pgp_hash_name(hash);

	if (integers_in_signature(key) == 0)
		return err_set(e, E_WEAK, "key algorithm %u, want RSA, DSA, ECDSA or EdDSA", key);
	switch (hash) {
	case PGP_HASH_SHA256:
	case PGP_HASH_SHA384:
	case PGP_HASH_SHA512:
		return 0;
	case PGP_HASH_SHA1:
	case PGP_HASH_SHA224:
	case PGP_HASH_RIPEMD160:
		if (allow_weak)
			return 0;
		break;
	default:
		break;
	}
	return err_set(e, E_WEAK, "signed over %s, want SHA-256, SHA-384 or SHA-512", name);
}

/* RFC 4880 §5.4: version, class, hash, key algorithm, key ID(8), last. */
static int
check_one_pass(struct bytes ops, uint8_t signature_class, bool allow_weak, struct err *e)
{
	if (ops.n != ONE_PASS_BYTES || ops.p[0] != 3 || ops.p[12] != 1)
		return not_one(e, "a one-pass packet that is not version 3 or not the last");
	if (ops.p[1] != signature_class)
		return not_one(e, signature_class == 0
				      ? "a signature of another class than 00 (binary document)"
				      : "a signature of another class than 01 (text)");
	return check_algorithms(ops.p[2], ops.p[3], allow_weak, e);
}

/* RFC 4880 §5.9: mode, length of the name, name, date(4), body. */
static int
literal_body(struct bytes literal, struct bytes *body, struct err *e)
{
	struct bytes head, skipped;
	uint8_t mode;

	if (!bytes_take(&literal, 2, &head) ||
	    !bytes_take(&literal, head.p[1] + (size_t)4, &skipped))
		return not_one(e, "a literal packet that is cut off");
	mode = head.p[0];
	/* In text mode gpg drops carriage returns from what it puts out: not what was signed. */
	if (mode != 'b' &&
	    !(mode == 't' && (literal.n == 0 || memchr(literal.p, '\r', literal.n) == NULL)))
		return not_one(e, "literal data that is not in binary mode");
	*body = literal;
	return 0;
}

/* The three packets, found to agree with each other, as gpg gets them: no name, no date, no
 * compression. */
static void
reframe(struct signed_message *out, struct bytes ops, struct bytes body, struct bytes signature)
{
	static const uint8_t literal_head[] = { 'b', 0, 0, 0, 0, 0 };

	packet_add(&out->reframed, PGP_TAG_ONE_PASS, ops, bytes_of(NULL, 0));
	packet_add(
	    &out->reframed, PGP_TAG_LITERAL, bytes_of(literal_head, sizeof(literal_head)), body);
	out->body_length = body.n;
	out->body_offset = out->reframed.n - body.n;
	packet_add(&out->reframed, PGP_TAG_SIGNATURE, signature, bytes_of(NULL, 0));
}

static int
check_three(struct signed_message *out, struct bytes ops, struct bytes literal,
    struct bytes signature, bool allow_weak, struct err *e)
{
	AUTO_STR char *issuer = NULL;
	struct bytes body;
	bool agrees = false;

	if (check_one_pass(ops, out->signature_class, allow_weak, e) != 0 ||
	    literal_body(literal, &body, e) != 0)
		return -1;
	if (signature.n > 0 && signature.p[0] == 3)
		agrees = signature_v3_agrees(signature, ops);
	else if (signature.n > 0 && signature.p[0] == 4)
		agrees = signature_v4_agrees(signature, ops);
	else
		return not_one(e, "a signature packet of another version than 3 or 4");
	if (!agrees)
		return not_one(e, "a signature packet that is damaged or does not belong to its "
				  "one-pass packet");
	out->hash_algorithm = ops.p[2];
	out->key_algorithm = ops.p[3];
	out->signature_version = signature.p[0];
	issuer = text_hex(ops.p + 4, 8);
	for (size_t i = 0; i < 16; i++)
		out->issuer[i] = (char)(issuer[i] >= 'a' ? issuer[i] - 'a' + 'A' : issuer[i]);
	reframe(out, ops, body, signature);
	return 0;
}

/* Exactly one-pass, literal, signature; in.p[0] has bit 7. */
static int
parse_packets(struct signed_message *out, struct bytes in, bool compressed_allowed,
    size_t max_inflated, bool allow_weak, struct err *e)
{
	static const uint8_t want[MAX_PACKETS_INSIDE] = { PGP_TAG_ONE_PASS, PGP_TAG_LITERAL,
		PGP_TAG_SIGNATURE };
	struct buf v[MAX_PACKETS_INSIDE] = { BUF_INIT, BUF_INIT, BUF_INIT };
	AUTO(buf) inner = BUF_INIT;
	struct bytes rest = in;
	uint8_t tag = 0;
	size_t i;
	int r = 0;

	for (i = 0; i < MAX_PACKETS_INSIDE && r == 0; i++) {
		bool ended = rest.n == 0 && i > 0;

		if (!packet_next_any_length(&rest, &tag, &v[i])) {
			r = not_one(e, ended ? "a message without its signature"
					     : "OpenPGP packets that are damaged or cut off");
		} else if (i == 0 && tag == PGP_TAG_COMPRESSED && compressed_allowed) {
			if (rest.n != 0)
				r = not_one(e, "packets after the compressed data");
			else
				r = inflate_all(&inner, buf_bytes(&v[0]), max_inflated, e);
			if (r == 0)
				r = parse_packets(out, buf_bytes(&inner), false, 0, allow_weak, e);
			goto done;
		} else if (tag != want[i]) {
			r = not_one(e, i == 0 ? what_packet_is(tag)
					      : "packets that do not belong into a signed message");
		}
	}
	if (r == 0 && rest.n != 0)
		r = not_one(e, "bytes after the signature");
	if (r == 0)
		r = check_three(
		    out, buf_bytes(&v[0]), buf_bytes(&v[1]), buf_bytes(&v[2]), allow_weak, e);
done:
	for (i = 0; i < MAX_PACKETS_INSIDE; i++)
		buf_free(&v[i]);
	return r;
}

int
signed_message_parse_class(struct signed_message *out, struct bytes blob, size_t max_inflated,
    uint8_t signature_class, bool allow_weak, struct err *e)
{
	*out = (struct signed_message){ .signature_class = signature_class };
	if (blob.n == 0 || (blob.p[0] & 0x80) == 0)
		return not_one(e, what_text_is(blob));
	if (parse_packets(out, blob, true, max_inflated, allow_weak, e) != 0) {
		signed_message_free(out);
		return -1;
	}
	return 0;
}

int
signed_message_parse(struct signed_message *out, struct bytes blob, size_t max_inflated,
    bool allow_weak, struct err *e)
{
	return signed_message_parse_class(out, blob, max_inflated, 0, allow_weak, e);
}

struct bytes
signed_message_body(const struct signed_message *m)
{
	return bytes_of(m->reframed.p + m->body_offset, m->body_length);
}

void
signed_message_free(struct signed_message *m)
{
	buf_free(&m->reframed);
	*m = (struct signed_message)SIGNED_MESSAGE_INIT;
}
