/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/packets.h"
#include "pgp.h"
#include "rows.h"
#include "suites.h"

enum { BAD = -1, MORE = 1 }; /* MORE: one byte follows the packet */

/*
 * A header in hex, how many bytes follow it, and the packet that a reader of definite lengths sees.
 */

static const struct {
	const char *name, *header;
	size_t follows;
	int tag; /* BAD: refused */
	size_t body;
	bool any; /* a length that only the other reader takes */
} definite[] = {
	{ "nothing", "", 0, BAD, 0, false },
	{ "bit 7 is not set", "4b00", 0, BAD, 0, false },
	{ "text", "2d2d", 10, BAD, 0, false },
	{ "NUL", "00", 10, BAD, 0, false },
	{ "new, no length", "cb", 0, BAD, 0, false },
	{ "new, one byte short", "cb05", 4, BAD, 0, false },
	{ "new, two-byte length cut", "cbc0", 0, BAD, 0, false },
	{ "new, two-byte length, one byte short", "cbc000", 191, BAD, 0, false },
	{ "new, five-byte length cut", "cbff000000", 0, BAD, 0, false },
	{ "new, five-byte length, one byte short", "cbff00000005", 4, BAD, 0, false },
	{ "new, longest of all", "cbffffffffff", 100, BAD, 0, false },
	{ "new, length of the sign bit", "cbff80000000", 100, BAD, 0, false },
	{ "new, partial 2^0", "cbe0", 600, BAD, 0, true },
	{ "new, partial 2^9", "cbe9", 600, BAD, 0, true },
	{ "new, partial 2^30", "cbfe", 600, BAD, 0, true },
	{ "old, no length", "ac", 0, BAD, 0, false },
	{ "old, one-byte length, one byte short", "ac05", 4, BAD, 0, false },
	{ "old, two-byte length cut", "ad00", 0, BAD, 0, false },
	{ "old, two-byte length, one byte short", "ad0005", 4, BAD, 0, false },
	{ "old, four-byte length cut", "ae000000", 0, BAD, 0, false },
	{ "old, four-byte length, one byte short", "ae00000005", 4, BAD, 0, false },
	{ "old, longest of all", "aeffffffff", 100, BAD, 0, false },
	{ "old, indeterminate", "af", 100, BAD, 0, true },
	{ "new, empty", "cb00", 0, 11, 0, false },
	{ "new, 191", "cbbf", 191, 11, 191, false },
	{ "new, 192", "cbc000", 192, 11, 192, false },
	{ "new, 8383", "cbdfff", 8383, 11, 8383, false },
	{ "new, 8384", "cbff000020c0", 8384, 11, 8384, false },
	{ "new, 5 in five bytes", "cbff00000005", 5, 11, 5, false },
	{ "new, 0 in five bytes", "cbff00000000", 0, 11, 0, false },
	{ "new, 16777217", "cbff01000001", 16777217, 11, 16777217, false },
	{ "new, more follows", "cb05", 5 + MORE, 11, 5, false },
	{ "new, tag 63", "ff05", 5, 63, 5, false },
	{ "new, tag 0", "c005", 5, 0, 5, false },
	{ "old, empty", "ac00", 0, 11, 0, false },
	{ "old, 255", "acff", 255, 11, 255, false },
	{ "old, 256", "ad0100", 256, 11, 256, false },
	{ "old, 65535", "adffff", 65535, 11, 65535, false },
	{ "old, 65536", "ae00010000", 65536, 11, 65536, false },
	{ "old, 5 in two bytes", "ad0005", 5, 11, 5, false },
	{ "old, 5 in four bytes", "ae00000005", 5, 11, 5, false },
	{ "old, more follows", "ac05", 5 + MORE, 11, 5, false },
	{ "old, tag 15", "bc05", 5, 15, 5, false },
	{ "old, tag 0", "8005", 5, 0, 5, false },
};

/* Header and as many bytes behind it, none of them 0. */
static void
with_body(struct buf *out, const char *header, size_t n)
{
	hex_add(out, header);
	for (size_t i = 0; i < n; i++)
		buf_add_byte(out, (uint8_t)(i % 255 + 1));
}

START_TEST(reads_definite)
{
	const char *name = definite[_i].name;
	struct packet p = { .tag = 99 };
	AUTO(buf) in = BUF_INIT;
	struct bytes rest;
	size_t header;

	with_body(&in, definite[_i].header, definite[_i].follows);
	rest = buf_bytes(&in);
	if (definite[_i].tag == BAD) {
		ck_assert_msg(!packet_next(&rest, &p), "%s: read", name);
		ck_assert_msg(rest.p == in.p && rest.n == in.n, "%s: the input has moved", name);
		return;
	}
	header = in.n - definite[_i].follows;
	ck_assert_msg(packet_next(&rest, &p), "%s: refused", name);
	ck_assert_msg(p.tag == definite[_i].tag, "%s: tag %u", name, p.tag);
	ck_assert_msg(p.body.n == definite[_i].body, "%s: %zu bytes", name, p.body.n);
	ck_assert_msg(p.body.p == in.p + header, "%s: begins elsewhere", name);
	ck_assert_msg(p.whole.p == in.p && p.whole.n == header + p.body.n, "%s: whole", name);
	ck_assert_msg(rest.p == in.p + p.whole.n && rest.n == in.n - p.whole.n, "%s: rest", name);
}
END_TEST

/* The other reader sees the same; the lengths that only it takes are the next table's. */
START_TEST(reads_definite_as_any)
{
	const char *name = definite[_i].name;
	bool good = definite[_i].tag != BAD;
	AUTO(buf) body = BUF_INIT;
	AUTO(buf) in = BUF_INIT;
	struct bytes rest;
	uint8_t tag = 99;

	if (definite[_i].any)
		return;
	with_body(&in, definite[_i].header, definite[_i].follows);
	rest = buf_bytes(&in);
	ck_assert_msg(packet_next_any_length(&rest, &tag, &body) == good, "%s", name);
	if (!good)
		return;
	ck_assert_msg(tag == definite[_i].tag, "%s: tag %u", name, tag);
	ck_assert_msg(body.n == definite[_i].body, "%s: %zu bytes", name, body.n);
	ck_assert_msg(rest.n == definite[_i].follows - body.n, "%s: rest", name);
	ck_assert_msg(bytes_equal(buf_bytes(&body), bytes_of(rest.p - body.n, body.n)),
	    "%s: another body", name);
}
END_TEST

/* RFC 4880 §4.2.2.4: a packet in chunks, and its body put together, or NULL. */
static const struct {
	const char *name, *in, *body;
	size_t rest;
} partial[] = {
	{ "nothing after the first chunk", "cb e0 61", NULL, 0 },
	{ "first chunk is cut", "cb e1 61", NULL, 0 },
	{ "second length is cut", "cb e0 61 c0", NULL, 0 },
	{ "five-byte length is cut", "cb e0 61 ff 000000", NULL, 0 },
	{ "last chunk is cut", "cb e0 61 02 62", NULL, 0 },
	{ "never ends", "cb e0 61 e0 62 e0 63", NULL, 0 },
	{ "2^30 with little input", "cb e0 61 fe 62 63", NULL, 0 },
	{ "signature in chunks", "c2 e0 61 02 6263", NULL, 0 },
	{ "one-pass in chunks", "c4 e0 61 02 6263", NULL, 0 },
	{ "encrypted data in chunks", "d2 e0 61 02 6263", NULL, 0 },
	{ "user ID in chunks", "cd e0 61 02 6263", NULL, 0 },
	{ "tag 63 in chunks", "ff e0 61 02 6263", NULL, 0 },
	{ "signature, indeterminate", "8b 616263", NULL, 0 },
	{ "encrypted data, indeterminate", "a7 616263", NULL, 0 },
	{ "public key, indeterminate", "9b 616263", NULL, 0 },
	{ "tag 0, indeterminate", "83 616263", NULL, 0 },
	{ "literal, two chunks", "cb e0 61 02 6263", "abc", 0 },
	{ "compressed, two chunks", "c8 e0 61 02 6263", "abc", 0 },
	{ "last chunk is empty", "cb e1 6162 00", "ab", 0 },
	{ "three chunks, more follows", "cb e0 61 e0 62 01 63 7a7a", "abc", 2 },
	{ "last length in two bytes", "cb e0 61 ff 00000002 6263", "abc", 0 },
	{ "literal, indeterminate", "af 616263", "abc", 0 },
	{ "compressed, indeterminate", "a3 616263", "abc", 0 },
	{ "indeterminate and empty", "a3", "", 0 },
};

START_TEST(reads_partial)
{
	const char *name = partial[_i].name;
	AUTO(buf) body = BUF_INIT;
	AUTO(buf) in = BUF_INIT;
	struct bytes rest;
	struct packet p;
	uint8_t tag = 0;
	bool good;

	buf_add_str(&body, "of another packet");
	hex_add(&in, partial[_i].in);
	rest = buf_bytes(&in);
	ck_assert_msg(!packet_next(&rest, &p), "%s: taken for a definite length", name);
	good = packet_next_any_length(&rest, &tag, &body);
	ck_assert_msg(good == (partial[_i].body != NULL), "%s: %d", name, good);
	if (!good)
		return;
	row_string(name, "the body", buf_str(&body), partial[_i].body);
	ck_assert_msg(tag == PGP_TAG_LITERAL || tag == PGP_TAG_COMPRESSED, "%s: tag %u", name, tag);
	ck_assert_msg(rest.n == partial[_i].rest, "%s: %zu bytes are left", name, rest.n);
}
END_TEST

/* Chunks of 2^0 to 2^30: read when they are there, refused, and never allocated, when not. */
START_TEST(reads_every_power)
{
	unsigned power = (unsigned)_i;
	AUTO(buf) data = BUF_INIT;
	AUTO(buf) body = BUF_INIT;
	AUTO(buf) in = BUF_INIT;
	struct bytes rest;
	uint8_t tag = 0;

	for (size_t i = 0; i < (power < 17 ? ((size_t)3 << power) + 1 : 1000); i++)
		buf_add_byte(&data, (uint8_t)(i * 31));
	if (power < 17) {
		pgp_add_partial(&in, PGP_TAG_LITERAL, buf_bytes(&data), power);
		rest = buf_bytes(&in);
		ck_assert_msg(packet_next_any_length(&rest, &tag, &body), "2^%u: refused", power);
		ck_assert_msg(bytes_equal(buf_bytes(&body), buf_bytes(&data)), "2^%u: body", power);
		ck_assert_uint_eq(rest.n, 0);
	}
	buf_clear(&in);
	buf_add_byte(&in, 0xc0 | PGP_TAG_LITERAL);
	buf_add_byte(&in, (uint8_t)(224 + power));
	buf_add(&in, data.p, power < 17 ? ((size_t)1 << power) - 1 : data.n);
	rest = buf_bytes(&in);
	ck_assert_msg(!packet_next_any_length(&rest, &tag, &body), "2^%u, cut: read", power);
}
END_TEST

/* A packet cut at every byte, at the end of its allocation: refused. */
START_TEST(is_cut_anywhere)
{
	static const char *const whole[] = { "cb05 6162636465", "cbff00000005 6162636465",
		"ac05 6162636465", "ad0005 6162636465", "ae00000005 6162636465" };
	AUTO(buf) in = BUF_INIT;

	hex_add(&in, whole[_i]);
	for (size_t n = 0; n < in.n; n++) {
		uint8_t *copy = xmalloc(n);
		struct bytes rest = bytes_of(copy, n), again = rest;
		AUTO(buf) body = BUF_INIT;
		struct packet p;
		uint8_t tag;

		memcpy(copy, in.p, n);
		ck_assert_msg(!packet_next(&rest, &p), "%s cut at %zu: read", whole[_i], n);
		ck_assert_msg(!packet_next_any_length(&again, &tag, &body), "%s cut at %zu: read",
		    whole[_i], n);
		free(copy);
	}
}
END_TEST

/* RFC 4880 §5.2.3.1: the lengths of the subpackets in an area, up to its end or to a BAD one. */
static const struct {
	const char *name, *area;
	int want[4];
} subpackets[] = {
	{ "none", "", { BAD } },
	{ "length 0, without even a type", "00", { BAD } },
	{ "length alone", "05", { BAD } },
	{ "one byte short", "05 02 5ed445", { BAD } },
	{ "two-byte length cut", "c0", { BAD } },
	{ "five-byte length cut", "ff 0000", { BAD } },
	{ "five-byte length over the end", "ff 00000006 02 5ed44500", { BAD } },
	{ "longest of all", "ff ffffffff 02 5ed44500", { BAD } },
	{ "224 is no partial length here", "e0 02 5ed44500", { BAD } },
	{ "254 is none either", "fe 02 5ed44500", { BAD } },
	{ "good, then junk", "05 02 5ed44500 09 10", { 5, BAD } },
	{ "type alone", "01 02", { 1 } },
	{ "two", "05 02 5ed44500 02 07 00", { 5, 2 } },
	{ "5 in five bytes", "ff 00000005 02 5ed44500", { 5 } },
};

START_TEST(reads_subpackets)
{
	const char *name = subpackets[_i].name;
	AUTO(buf) in = BUF_INIT;
	struct bytes rest, sub;

	hex_add(&in, subpackets[_i].area);
	rest = buf_bytes(&in);
	for (const int *want = subpackets[_i].want; *want != 0; want++) {
		bool good = packet_next_subpacket(&rest, &sub);

		ck_assert_msg(good == (*want != BAD), "%s: %d", name, good);
		if (!good)
			return;
		ck_assert_msg(sub.n == (size_t)*want, "%s: %zu bytes", name, sub.n);
	}
	ck_assert_msg(rest.n == 0, "%s: %zu bytes are left", name, rest.n);
}
END_TEST

START_TEST(reads_long_subpackets)
{
	static const size_t lengths[] = { 191, 192, 8383, 8384, 16319, 16320, 65535 };
	size_t n = lengths[_i];
	AUTO(buf) in = BUF_INIT;
	struct bytes rest, sub;

	if (n < 192)
		buf_add_byte(&in, (uint8_t)n);
	else if (n < 16320) {
		buf_add_byte(&in, (uint8_t)(192 + ((n - 192) >> 8)));
		buf_add_byte(&in, (uint8_t)(n - 192));
	} else
		hex_add(&in, n == 16320 ? "ff 00003fc0" : "ff 0000ffff");
	with_body(&in, "", n);
	rest = bytes_of(in.p, in.n - 1);
	ck_assert_msg(!packet_next_subpacket(&rest, &sub), "%zu, one byte short: read", n);
	rest = buf_bytes(&in);
	ck_assert_msg(packet_next_subpacket(&rest, &sub), "%zu: refused", n);
	ck_assert_uint_eq(sub.n, n);
	ck_assert_uint_eq(sub.p[0], 1);
	ck_assert_uint_eq(rest.n, 0);
}
END_TEST

START_TEST(takes_bytes)
{
	struct bytes rest = bytes_of("abc", 3), got = { 0 };

	ck_assert(!bytes_take(&rest, 4, &got));
	ck_assert(!bytes_take(&rest, SIZE_MAX, &got));
	ck_assert_msg(rest.n == 3 && got.n == 0, "what is refused changes nothing");
	ck_assert(bytes_take(&rest, 0, &got));
	ck_assert(bytes_take(&rest, 2, &got));
	ck_assert(bytes_equal(got, bytes_of("ab", 2)));
	ck_assert(bytes_take(&rest, 1, &got));
	ck_assert(bytes_equal(got, bytes_of("c", 1)));
	ck_assert(!bytes_take(&rest, 1, &got));
	ck_assert_uint_eq(be_number(bytes_of("\xff\xfe\xfd\xfc", 4).p, 4), 0xfffefdfc);
	ck_assert_uint_eq(be_number(bytes_of("\x01\x02", 2).p, 2), 0x102);
	ck_assert_uint_eq(be_number(NULL, 0), 0);
}
END_TEST

static const struct {
	char *(*name_of)(unsigned);
	unsigned number;
	const char *want;
} names[] = {
	{ pgp_hash_name, 0, "hash 0" },
	{ pgp_hash_name, 1, "MD5" },
	{ pgp_hash_name, 2, "SHA-1" },
	{ pgp_hash_name, 3, "RIPEMD-160" },
	{ pgp_hash_name, 8, "SHA-256" },
	{ pgp_hash_name, 9, "SHA-384" },
	{ pgp_hash_name, 10, "SHA-512" },
	{ pgp_hash_name, 11, "SHA-224" },
	{ pgp_hash_name, 12, "hash 12" },
	{ pgp_key_algorithm_name, 0, "key algorithm 0" },
	{ pgp_key_algorithm_name, 1, "RSA" },
	{ pgp_key_algorithm_name, 2, "RSA" },
	{ pgp_key_algorithm_name, 3, "RSA" },
	{ pgp_key_algorithm_name, 16, "ElGamal" },
	{ pgp_key_algorithm_name, 17, "DSA" },
	{ pgp_key_algorithm_name, 18, "ECDH" },
	{ pgp_key_algorithm_name, 19, "ECDSA" },
	{ pgp_key_algorithm_name, 22, "EdDSA" },
	{ pgp_key_algorithm_name, 27, "key algorithm 27" },
};

START_TEST(names_algorithms)
{
	AUTO_STR char *got = names[_i].name_of(names[_i].number);

	row_string(names[_i].want, "the name", got, names[_i].want);
}
END_TEST

Suite *
packets_suite(void)
{
	Suite *s = suite_create("packets");
	TCase *t = tcase_create("packets");

	tcase_add_loop_test(t, reads_definite, 0, ARRAY_LEN(definite));
	tcase_add_loop_test(t, reads_definite_as_any, 0, ARRAY_LEN(definite));
	tcase_add_loop_test(t, reads_partial, 0, ARRAY_LEN(partial));
	tcase_add_loop_test(t, reads_every_power, 0, 31);
	tcase_add_loop_test(t, is_cut_anywhere, 0, 5);
	tcase_add_loop_test(t, reads_subpackets, 0, ARRAY_LEN(subpackets));
	tcase_add_loop_test(t, reads_long_subpackets, 0, 7);
	tcase_add_test(t, takes_bytes);
	tcase_add_loop_test(t, names_algorithms, 0, ARRAY_LEN(names));
	suite_add_tcase(s, t);
	return s;
}
