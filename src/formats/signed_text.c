/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/signed_text.h"

#include <string.h>

#include "formats/armor.h"
#include "formats/packets.h"

enum { CLASS_BINARY = 0, CLASS_TEXT = 1, KEY_ID_BYTES = 8 };

static const char text_begin[] = "-----BEGIN PGP SIGNED MESSAGE-----";
static const char armour_begin[] = "-----BEGIN PGP SIGNATURE-----";
static const char armour_end[] = "-----END PGP SIGNATURE-----";

static int
not_one(struct err *e, const char *what)
{
	return err_set(e, E_INVALID, "want one signed text, got %s", what);
}

static bool
starts_with(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.n >= n && memcmp(b.p, text, n) == 0;
}

static bool
is_text(struct bytes line, const char *text)
{
	return bytes_equal(line, bytes_of_str(text));
}

/* The next line, which must end with LF, without it. */
static bool
next_line(struct bytes *rest, struct bytes *line)
{
	const uint8_t *nl = rest->n > 0 ? memchr(rest->p, '\n', rest->n) : NULL;

	if (nl == NULL)
		return false;
	*line = bytes_of(rest->p, (size_t)(nl - rest->p));
	rest->p += line->n + 1;
	rest->n -= line->n + 1;
	return true;
}

/* Tab is text; CR, form feed, NUL and their like end or hide something for one reader or other. */
static bool
has_control(struct bytes line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7f)
			return true;
	return false;
}

/*
 * --- the signature -------------------------------------------------------------------------------
 */

/* What a one-pass packet says of the signature that follows it. */
struct announced {
	uint8_t class, hash, key_algorithm;
	const uint8_t *key_id;
};

/* The first issuer or issuer fingerprint; that all agree is signed_message's to see. */
static const uint8_t *
issuer_in(struct bytes area)
{
	struct bytes sub;

	while (packet_next_subpacket(&area, &sub)) {
		uint8_t type = sub.p[0] & 0x7f;

		if ((type == 16 && sub.n == 1 + KEY_ID_BYTES) || (type == 33 && sub.n == 22))
			return sub.p + sub.n - KEY_ID_BYTES;
	}
	return NULL;
}

/* RFC 4880 §5.2.3. */
static bool
announce_v4(struct announced *out, struct bytes s)
{
	struct bytes head, length, hashed, unhashed;

	if (!bytes_take(&s, 4, &head) || !bytes_take(&s, 2, &length) ||
	    !bytes_take(&s, be_number(length.p, 2), &hashed) || !bytes_take(&s, 2, &length) ||
	    !bytes_take(&s, be_number(length.p, 2), &unhashed))
		return false;
	*out = (struct announced){ .class = head.p[1],
		.key_algorithm = head.p[2],
		.hash = head.p[3],
		.key_id = issuer_in(hashed) };
	if (out->key_id == NULL)
		out->key_id = issuer_in(unhashed);
	return out->key_id != NULL;
}

/* RFC 4880 §5.2.2. */
static bool
announce_v3(struct announced *out, struct bytes s)
{
	if (s.n < 17)
		return false;
	*out = (struct announced){
		.class = s.p[2], .key_id = s.p + 7, .key_algorithm = s.p[15], .hash = s.p[16]
	};
	return true;
}

/* The opaque message of text and signature, judged as one that came as such. */
static int
parse_as_opaque(struct signed_message *out, struct bytes signature, struct bytes text,
    uint8_t class, bool allow_weak, struct err *e)
{
	static const uint8_t literal[] = { 'b', 0, 0, 0, 0, 0 };
	AUTO(buf) message = BUF_INIT;
	uint8_t one_pass[5 + KEY_ID_BYTES] = { 3 };
	struct announced a;
	bool known = false;

	if (signature.n > 0 && signature.p[0] == 3)
		known = announce_v3(&a, signature);
	else if (signature.n > 0 && signature.p[0] == 4)
		known = announce_v4(&a, signature);
	if (!known)
		return not_one(e, "a signature packet that is damaged, names no key, or is of "
				  "another version than 3 or 4");
	one_pass[1] = a.class;
	one_pass[2] = a.hash;
	one_pass[3] = a.key_algorithm;
	memcpy(one_pass + 4, a.key_id, KEY_ID_BYTES);
	one_pass[4 + KEY_ID_BYTES] = 1;
	packet_add(
	    &message, PGP_TAG_ONE_PASS, bytes_of(one_pass, sizeof(one_pass)), bytes_of(NULL, 0));
	packet_add(&message, PGP_TAG_LITERAL, bytes_of(literal, sizeof(literal)), text);
	packet_add(&message, PGP_TAG_SIGNATURE, signature, bytes_of(NULL, 0));
	return signed_message_parse_class(out, buf_bytes(&message), 0, class, allow_weak, e);
}

static int
parse_packet(struct signed_message *out, struct bytes packets, struct bytes text, uint8_t class,
    bool allow_weak, struct err *e)
{
	struct packet p;

	if (!packet_next(&packets, &p) || p.tag != PGP_TAG_SIGNATURE)
		return not_one(e, "something else than a signature packet");
	if (packets.n != 0)
		return not_one(e, "two signatures, or packets after the signature");
	return parse_as_opaque(out, p.body, text, class, allow_weak, e);
}

/* From the armour's first byte to its last: armor_next would look past what is around it. */
static int
check_armour(struct bytes armour, struct err *e)
{
	struct bytes line;

	if (!next_line(&armour, &line) || !is_text(line, armour_begin))
		return not_one(e, "a signature that does not begin with exactly its line");
	while (next_line(&armour, &line)) {
		if (has_control(line))
			return not_one(e, "control characters in a signature (CR LF?)");
		if (is_text(line, armour_end))
			return armour.n == 0 ? 0 : not_one(e, "bytes after the signature");
	}
	return is_text(armour, armour_end) ? 0 : not_one(e, "a signature without its end");
}

static int
parse_armour(struct signed_message *out, struct bytes armour, struct bytes text, uint8_t class,
    bool allow_weak, struct err *e)
{
	AUTO(armor_block) block = ARMOR_BLOCK_INIT;
	struct bytes rest = armour;

	if (check_armour(armour, e) != 0)
		return -1;
	if (!armor_next(&rest, &block) || rest.n != 0)
		return not_one(e, "armour with another end inside");
	if (block.bad != NULL)
		return err_set(e, E_INVALID, "the signature's armour: %s", block.bad);
	return parse_packet(out, buf_bytes(&block.data), text, class, allow_weak, e);
}

bool
signed_text_is_detached(struct bytes blob)
{
	struct packet p;

	if (starts_with(blob, armour_begin))
		return true;
	return packet_next(&blob, &p) && p.tag == PGP_TAG_SIGNATURE;
}

int
signed_text_detached(struct signed_message *out, struct bytes signature, struct bytes text,
    bool allow_weak, struct err *e)
{
	*out = (struct signed_message)SIGNED_MESSAGE_INIT;
	if (starts_with(signature, armour_begin))
		return parse_armour(out, signature, text, CLASS_BINARY, allow_weak, e);
	return parse_packet(out, signature, text, CLASS_BINARY, allow_weak, e);
}

/*
 * --- cleartext -----------------------------------------------------------------------------------
 */

bool
signed_text_is_cleartext(struct bytes blob)
{
	return starts_with(blob, text_begin);
}

/* RFC 4880 §7 and §9.4, the text names; what is weak is refused later, with its name. 0: none. */
static uint8_t
hash_of_header(struct bytes line)
{
	static const struct {
		const char *line;
		uint8_t hash;
	} known[] = {
		{ "Hash: SHA256", PGP_HASH_SHA256 },
		{ "Hash: SHA384", PGP_HASH_SHA384 },
		{ "Hash: SHA512", PGP_HASH_SHA512 },
		{ "Hash: SHA224", PGP_HASH_SHA224 },
		{ "Hash: SHA1", PGP_HASH_SHA1 },
		{ "Hash: RIPEMD160", PGP_HASH_RIPEMD160 },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (is_text(line, known[i].line))
			return known[i].hash;
	return 0;
}

static int
read_head(struct bytes *rest, uint8_t *hash, struct err *e)
{
	struct bytes line;

	if (!next_line(rest, &line) || !is_text(line, text_begin))
		return not_one(e, "a first line that is not exactly that of a cleartext signature");
	*hash = next_line(rest, &line) ? hash_of_header(line) : 0;
	if (*hash == 0)
		return not_one(e, "no \"Hash:\" with one known name as the first header");
	if (!next_line(rest, &line) || line.n != 0)
		return not_one(e, "another header than \"Hash:\", or no empty line after it");
	return 0;
}

/* One line of the text, undone what dash-escaping did to it. */
static int
add_line(struct buf *text, struct bytes line, struct err *e)
{
	if (has_control(line))
		return not_one(e, "control characters in the text (CR LF?)");
	if (line.n > 0 && line.p[0] == '-') {
		if (line.n < 2 || line.p[1] != ' ')
			return not_one(e, "a line that begins with \"-\" and is not escaped");
		line = bytes_of(line.p + 2, line.n - 2);
	}
	if (line.n > 0 && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
		return not_one(e, "white space at a line's end, which is not signed");
	buf_add(text, line.p, line.n);
	return 0;
}

/* Up to the line that begins the signature, which stays in rest. */
static int
read_text(struct bytes *rest, struct buf *text, struct err *e)
{
	struct bytes after = *rest, line;
	bool first = true;

	while (next_line(&after, &line)) {
		if (is_text(line, armour_begin))
			return first ? not_one(e, "a signature of no text") : 0;
		if (!first)
			buf_add_str(text, "\r\n");
		if (add_line(text, line, e) != 0)
			return -1;
		first = false;
		*rest = after;
	}
	return not_one(e, "a text without its signature");
}

int
signed_text_cleartext(struct signed_message *out, struct bytes blob, bool allow_weak, struct err *e)
{
	AUTO(buf) text = BUF_INIT;
	uint8_t hash = 0;

	*out = (struct signed_message)SIGNED_MESSAGE_INIT;
	if (read_head(&blob, &hash, e) != 0 || read_text(&blob, &text, e) != 0 ||
	    parse_armour(out, blob, buf_bytes(&text), CLASS_TEXT, allow_weak, e) != 0)
		return -1;
	if (out->hash_algorithm == hash)
		return 0;
	signed_message_free(out);
	return not_one(e, "a signature over another hash than its \"Hash:\" says");
}

void
signed_text_lines(struct buf *out, struct bytes body)
{
	for (size_t i = 0; i < body.n; i++)
		if (body.p[i] != '\r')
			buf_add_byte(out, body.p[i]);
	buf_add_byte(out, '\n');
}
