/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is no signed message: other packets, or other bytes around them. What is one: framing; what
 * must be in the packets: signature_packets.
 */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/packets.h"
#include "formats/signed_message.h"
#include "pgp.h"
#include "rows.h"
#include "suites.h"

/* The three packets of a good message, and others that do not belong there. */
#define ONE_PASS "c40d " PGP_ONE_PASS " "
#define LITERAL "cb08 " PGP_LITERAL " "
#define SIGNATURE "c21d " PGP_SIGNATURE_V4 " "
#define MESSAGE ONE_PASS LITERAL SIGNATURE
#define MARKER "ca03 504750 "
#define TRUST "cc02 0000 "
#define USER_ID "cd01 61 "
#define UNKNOWN "fc02 0000 "

/* A refused message is wiped. */
static void
refused_with(const char *row, struct bytes blob, size_t max, enum errc code, const char *part)
{
	struct signed_message m;
	AUTO(err) e = ERR_INIT;

	memset(&m, 'x', sizeof(m));
	row_refused(row, signed_message_parse(&m, blob, max, true, &e), &e, code, part);
	ck_assert_msg(m.reframed.p == NULL && m.body_length == 0 && m.hash_algorithm == 0 &&
			  m.issuer[0] == '\0',
	    "%s: left something behind", row);
}

static const struct {
	const char *name;
	struct bytes blob;
	const char *part;
} texts[] = {
#define TEXT(s)                                                                                    \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}
	{ "empty", TEXT(""), "got: empty" },
	{ "white space", TEXT(" \t\r\n"), "got: empty" },
	{ "armour", TEXT("-----BEGIN PGP MESSAGE-----\n\nxA0DAAoB\n"), "got: armoured" },
	{ "armoured signature", TEXT("-----BEGIN PGP SIGNATURE-----\n"), "got: armoured" },
	{ "armour after a blank line", TEXT("\n-----BEGIN PGP MESSAGE-----\n"), "got: armoured" },
	{ "cleartext", TEXT("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{}\n"),
	    "got: a cleartext signature" },
	{ "half a border", TEXT("-----BEGIN PG"), "got: not OpenPGP" },
	{ "HTML", TEXT("<!DOCTYPE html>\n<html>Not found"), "got: HTML or XML" },
	{ "HTML after white space", TEXT("\r\n  <html>"), "got: HTML or XML" },
	{ "XML", TEXT("<?xml version=\"1.0\"?><Error/>"), "got: HTML or XML" },
	{ "JSON object", TEXT("{\"critical\":{}}"), "got: JSON" },
	{ "JSON array", TEXT("[]"), "got: JSON" },
	{ "sigstore prefix", TEXT("\0simple signing\n{}"), "perhaps a sigstore signature" },
	{ "sigstore prefix of another kind", TEXT("\0sigstore-json\n{}"), "perhaps a sigstore" },
	{ "text", TEXT("404 page not found\n"), "got: not OpenPGP" },
	{ "base64", TEXT("xA0DAAgB"), "got: not OpenPGP" },
	{ "gzip", TEXT("\x1f\x8b\x08\0\0\0"), "got: not OpenPGP" },
	{ "127", TEXT("\x7f"), "got: not OpenPGP" },
	{ "PNG", TEXT("\x89PNG\r\n\x1a\n"), "damaged or cut off" },
	{ "UTF-8 byte order mark", TEXT("\xef\xbb\xbf{}"), "damaged or cut off" },
	{ "UTF-16", TEXT("\xff\xfe{\0}\0"), "damaged or cut off" },
};

START_TEST(refuses_texts)
{
	refused_with(texts[_i].name, texts[_i].blob, MAX_INFLATED_BYTES, E_INVALID, texts[_i].part);
}
END_TEST

/* Sequences of packets, plain; each is tried inside a compressed packet too. */
static const struct {
	const char *name, *hex, *part;
} sequences[] = {
	{ "detached", SIGNATURE, "a detached or old-style signature" },
	{ "old style", SIGNATURE LITERAL, "a detached or old-style signature" },
	{ "literal only", LITERAL, "unsigned data" },
	{ "literal before", LITERAL MESSAGE, "unsigned data" },
	{ "public key", "c606 045e0be10016", "a public key" },
	{ "encrypted to a key", "c102 0300 " MESSAGE, "an encrypted message" },
	{ "encrypted with a passphrase", "c302 0400 " MESSAGE, "an encrypted message" },
	{ "encrypted data", "c902 0000", "an encrypted message" },
	{ "encrypted data with integrity", "d202 0100", "an encrypted message" },
	{ "marker before", MARKER MESSAGE, "not a signed message" },
	{ "user ID before", USER_ID MESSAGE, "not a signed message" },
	{ "trust before", TRUST MESSAGE, "not a signed message" },
	{ "unknown before", UNKNOWN MESSAGE, "not a signed message" },
	{ "tag 0 before", "c000 " MESSAGE, "not a signed message" },
	{ "one-pass only", ONE_PASS, "without its signature" },
	{ "no signature", ONE_PASS LITERAL, "without its signature" },
	{ "no literal", ONE_PASS SIGNATURE, "do not belong" },
	{ "one-pass nested", ONE_PASS MESSAGE, "do not belong" },
	{ "two signers", ONE_PASS ONE_PASS LITERAL SIGNATURE SIGNATURE, "do not belong" },
	{ "two literals", ONE_PASS LITERAL LITERAL SIGNATURE, "do not belong" },
	{ "marker before the literal", ONE_PASS MARKER LITERAL SIGNATURE, "do not belong" },
	{ "marker before the signature", ONE_PASS LITERAL MARKER SIGNATURE, "do not belong" },
	{ "unknown before the signature", ONE_PASS LITERAL UNKNOWN SIGNATURE, "do not belong" },
	{ "compressed literal", ONE_PASS "c802 0103 " SIGNATURE, "do not belong" },
	{ "two messages", MESSAGE MESSAGE, "bytes after the signature" },
	{ "two signatures", MESSAGE SIGNATURE, "bytes after the signature" },
	{ "literal after", MESSAGE LITERAL, "bytes after the signature" },
	{ "marker after", MESSAGE MARKER, "bytes after the signature" },
	{ "trust after", MESSAGE TRUST, "bytes after the signature" },
	{ "unknown after", MESSAGE UNKNOWN, "bytes after the signature" },
	{ "public key after", MESSAGE "c606 045e0be10016", "bytes after the signature" },
	{ "newline after", MESSAGE "0a", "bytes after the signature" },
	{ "NUL after", MESSAGE "00", "bytes after the signature" },
	{ "first byte of a packet after", MESSAGE "c2", "bytes after the signature" },
	{ "newline between", ONE_PASS "0a" LITERAL SIGNATURE, "damaged or cut off" },
	{ "one-pass without a length", "93 " PGP_ONE_PASS LITERAL SIGNATURE, "damaged or cut off" },
	{ "one-pass in chunks", "c4e1 0300 0b 0801" PGP_KEY_ID "01" LITERAL SIGNATURE,
	    "damaged or cut off" },
	{ "signature without a length", ONE_PASS LITERAL "8b " PGP_SIGNATURE_V4,
	    "damaged or cut off" },
	{ "signature in chunks", ONE_PASS LITERAL "c2e0 04 1c 00010800 06", "damaged or cut off" },
	{ "literal to the end", ONE_PASS "af " PGP_LITERAL SIGNATURE, "without its signature" },
	{ "literal in endless chunks", ONE_PASS "cbe1 6200 e2 00000000", "damaged or cut off" },
	{ "literal that is longer than all", ONE_PASS "cbff7fffffff " PGP_LITERAL,
	    "damaged or cut off" },
};

START_TEST(refuses_sequences)
{
	AUTO_STR char *zipped = xasprintf("%s, compressed", sequences[_i].name);
	AUTO(buf) body = BUF_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(buf) outer = BUF_INIT;

	hex_add(&blob, sequences[_i].hex);
	refused_with(sequences[_i].name, buf_bytes(&blob), MAX_INFLATED_BYTES, E_INVALID,
	    sequences[_i].part);
	pgp_add_compressed(&body, 1, buf_bytes(&blob));
	pgp_add(&outer, PGP_TAG_COMPRESSED, buf_bytes(&body));
	refused_with(zipped, buf_bytes(&outer), MAX_INFLATED_BYTES, E_INVALID, sequences[_i].part);
}
END_TEST

/* What stands around and in a compressed packet; inner is compressed. */
static const struct {
	const char *name, *inner;
	uint8_t algorithm;
	size_t cut;	   /* bytes cut off the end of the compressed data */
	const char *tail;  /* bytes after it, in the packet */
	const char *after; /* packets after it */
	const char *part;
} compressed[] = {
	{ "uncompressed by name", MESSAGE, 0, 0, "", "", "another way than ZIP or ZLIB" },
	{ "bzip2", MESSAGE, 3, 0, "", "", "another way than ZIP or ZLIB" },
	{ "private algorithm", MESSAGE, 110, 0, "", "", "another way than ZIP or ZLIB" },
	{ "nothing", "", 1, 0, "", "", "damaged or cut off" },
	{ "not OpenPGP", "7b7d", 1, 0, "", "", "damaged or cut off" },
	{ "ZIP cut by one", MESSAGE, 1, 1, "", "", "compressed data that is damaged" },
	{ "ZIP cut by ten", MESSAGE, 1, 10, "", "", "compressed data that is damaged" },
	{ "ZLIB cut in its checksum", MESSAGE, 2, 1, "", "", "compressed data that is damaged" },
	{ "ZLIB with another checksum", MESSAGE, 2, 4, "00000000", "",
	    "compressed data that is damaged" },
	{ "newline after ZIP", MESSAGE, 1, 0, "0a", "", "bytes after the end" },
	{ "newline after ZLIB", MESSAGE, 2, 0, "0a", "", "bytes after the end" },
	{ "a message after ZIP", MESSAGE, 1, 0, MESSAGE, "", "bytes after the end" },
	{ "packet after", MESSAGE, 1, 0, "", MARKER, "packets after the compressed data" },
	{ "message after", MESSAGE, 1, 0, "", MESSAGE, "packets after the compressed data" },
	{ "byte after", MESSAGE, 1, 0, "", "00", "packets after the compressed data" },
	{ "nested", "c803 010300", 1, 0, "", "", "not a signed message" },
};

START_TEST(refuses_compressed)
{
	const char *name = compressed[_i].name;
	AUTO(buf) inner = BUF_INIT;
	AUTO(buf) body = BUF_INIT;
	AUTO(buf) blob = BUF_INIT;
	uint8_t algorithm = compressed[_i].algorithm;

	hex_add(&inner, compressed[_i].inner);
	pgp_add_compressed(&body, algorithm, buf_bytes(&inner));
	body.n -= compressed[_i].cut;
	hex_add(&body, compressed[_i].tail);
	pgp_add(&blob, PGP_TAG_COMPRESSED, buf_bytes(&body));
	hex_add(&blob, compressed[_i].after);
	refused_with(name, buf_bytes(&blob), MAX_INFLATED_BYTES, E_INVALID, compressed[_i].part);
}
END_TEST

START_TEST(refuses_raw_compressed)
{
	static const struct {
		const char *name, *hex, *part;
	} raw[] = {
		{ "no algorithm", "c800", "another way" },
		{ "algorithm alone", "c801 01", "compressed data that is damaged" },
		{ "ZLIB that wants a dictionary", "c807 02 78bb 00000001",
		    "compressed data that is damaged" },
		{ "raw deflate under ZLIB's number", "c803 02 0300",
		    "compressed data that is damaged" },
		{ "reserved block type", "c802 01 07", "compressed data that is damaged" },
		{ "in chunks without end", "c8e1 01 03", "damaged or cut off" },
		{ "twice", "c803 010300 c803 010300", "packets after the compressed data" },
	};
	AUTO(buf) blob = BUF_INIT;

	for (size_t i = 0; i < ARRAY_LEN(raw); i++) {
		buf_clear(&blob);
		hex_add(&blob, raw[i].hex);
		refused_with(
		    raw[i].name, buf_bytes(&blob), MAX_INFLATED_BYTES, E_INVALID, raw[i].part);
	}
}
END_TEST

/* A good message whose body is all zeros, compressed, that inflates to n bytes. */
static void
add_inflating(struct buf *out, size_t n)
{
	size_t frames = 15 + 6 + 6 + 31, body = n - frames;
	AUTO(buf) inner = BUF_INIT;
	AUTO(buf) packed = BUF_INIT;
	AUTO_STR char *zeros = xcalloc(1, body);

	hex_add(&inner, ONE_PASS "cb ff");
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_add_byte(&inner, (uint8_t)((body + 6) >> shift));
	hex_add(&inner, "62 00 00000000");
	buf_add(&inner, zeros, body);
	hex_add(&inner, SIGNATURE);
	ck_assert_uint_eq(inner.n, n);
	pgp_add_compressed(&packed, 1, buf_bytes(&inner));
	pgp_add(out, PGP_TAG_COMPRESSED, buf_bytes(&packed));
}

START_TEST(caps_what_inflates)
{
	/* Around one and several rounds of inflate(3)'s output. */
	static const size_t caps[] = { 100, 8191, 8192, 8193, 16384, MAX_INFLATED_BYTES };
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	size_t cap = caps[_i];
	AUTO(buf) blob = BUF_INIT;
	AUTO(buf) bomb = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	add_inflating(&bomb, cap + 1);
	refused_with("one above", buf_bytes(&bomb), cap, E_TOO_LARGE, "inflates to more than");
	buf_clear(&bomb);
	add_inflating(&bomb, (size_t)16 << 20);
	refused_with("16 MiB", buf_bytes(&bomb), cap, E_TOO_LARGE, "inflates to more than");
	add_inflating(&blob, cap);
	row_accepted("at the cap", signed_message_parse(&m, buf_bytes(&blob), cap, false, &e), &e);
	ck_assert_uint_eq(m.body_length, cap - 58);
}
END_TEST

Suite *
signed_message_suite(void)
{
	Suite *s = suite_create("signed_message");
	TCase *t = tcase_create("signed_message");

	tcase_add_loop_test(t, refuses_texts, 0, ARRAY_LEN(texts));
	tcase_add_loop_test(t, refuses_sequences, 0, ARRAY_LEN(sequences));
	tcase_add_loop_test(t, refuses_compressed, 0, ARRAY_LEN(compressed));
	tcase_add_test(t, refuses_raw_compressed);
	tcase_add_loop_test(t, caps_what_inflates, 0, 6);
	suite_add_tcase(s, t);
	return s;
}
