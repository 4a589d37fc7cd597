/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The three packets of a signed message: what must be in each, and agree with the others. */
#include <stdio.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/signed_message.h"
#include "pgp.h"
#include "rows.h"
#include "suites.h"

/* A good message but for the given packets; NULL: as in pgp.h. */
struct parts {
	const char *one_pass, *literal, *signature;
};

/* The fields of the packets, for rows that change one. */
#define ONE_PASS(version, class, hash, key, last) version class hash key PGP_KEY_ID last
#define V3(length, class, id, key, hash, integers)                                                 \
	"03" length class "5ed44500" id key hash "abcd" integers
#define V4(class, key, hash, hashed, unhashed, integers)                                           \
	"04" class key hash hashed unhashed "abcd" integers
#define TIME "05025ed44500"
#define HASHED "0006" TIME
#define UNHASHED "000a 0910" PGP_KEY_ID
#define NO_AREA "0000"
#define ONE_INTEGER "0008 ff"
#define TWO_INTEGERS "0008 ff 0001 01"
#define FINGERPRINT "00112233445566778899aabb" PGP_KEY_ID

static const char damaged[] = "damaged or does not belong";

static const struct {
	const char *name;
	struct parts parts;
	enum errc code;
	const char *part;
} refused[] = {
#define OPS(...)                                                                                   \
	{                                                                                          \
		ONE_PASS(__VA_ARGS__), NULL, NULL                                                  \
	}
	{ "one-pass version 2", OPS("02", "00", "08", "01", "01"), E_INVALID, "not version 3" },
	{ "one-pass version 6", OPS("06", "00", "08", "01", "01"), E_INVALID, "not version 3" },
	{ "one-pass not the last", OPS("03", "00", "08", "01", "00"), E_INVALID, "not the last" },
	{ "one-pass last is 2", OPS("03", "00", "08", "01", "02"), E_INVALID, "not the last" },
	{ "one-pass one byte short", { "03 00 08 01" PGP_KEY_ID, NULL, NULL }, E_INVALID,
	    "not version 3" },
	{ "one-pass one byte long", { PGP_ONE_PASS "00", NULL, NULL }, E_INVALID, "not version 3" },
	{ "one-pass empty", { "", NULL, NULL }, E_INVALID, "not version 3" },
	{ "one-pass class 01, text", OPS("03", "01", "08", "01", "01"), E_INVALID, "class" },
	{ "one-pass class 13, key", OPS("03", "13", "08", "01", "01"), E_INVALID, "class" },
	{ "one-pass hash 0", OPS("03", "00", "00", "01", "01"), E_WEAK, "hash 0" },
	{ "one-pass hash 12", OPS("03", "00", "0c", "01", "01"), E_WEAK, "hash 12" },
	{ "one-pass key algorithm 0", OPS("03", "00", "08", "00", "01"), E_WEAK,
	    "key algorithm 0" },
	{ "one-pass RSA, encrypt only", OPS("03", "00", "08", "02", "01"), E_WEAK,
	    "key algorithm 2" },
	{ "one-pass ElGamal", OPS("03", "00", "08", "10", "01"), E_WEAK, "key algorithm 16" },
	{ "one-pass ECDH", OPS("03", "00", "08", "12", "01"), E_WEAK, "key algorithm 18" },
	{ "one-pass ElGamal, sign", OPS("03", "00", "08", "14", "01"), E_WEAK, "key algorithm 20" },
	{ "one-pass Ed25519 of version 6", OPS("03", "00", "08", "1b", "01"), E_WEAK,
	    "key algorithm 27" },
	{ "one-pass of another hash", OPS("03", "00", "0a", "01", "01"), E_INVALID, damaged },
	{ "one-pass of another key algorithm", OPS("03", "00", "08", "03", "01"), E_INVALID,
	    damaged },
	{ "one-pass of another key", { "03 00 08 01 0123456789abcdee 01", NULL, NULL }, E_INVALID,
	    damaged },
	{ "one-pass of no key", { "03 00 08 01 0000000000000000 01", NULL, NULL }, E_INVALID,
	    damaged },

#define LIT(hex)                                                                                   \
	{                                                                                          \
		NULL, hex, NULL                                                                    \
	}
	{ "literal empty", LIT(""), E_INVALID, "literal packet that is cut off" },
	{ "literal mode alone", LIT("62"), E_INVALID, "literal packet that is cut off" },
	{ "literal without its date", LIT("62 00 000000"), E_INVALID,
	    "literal packet that is cut off" },
	{ "literal name over the end", LIT("62 05 61626364 00"), E_INVALID,
	    "literal packet that is cut off" },
	{ "literal name of 255 over the end", LIT("62 ff 00000000 7b7d"), E_INVALID,
	    "that is cut off" },
	{ "literal mode u", LIT("75 00 00000000 7b7d"), E_INVALID, "not in binary mode" },
	{ "literal mode l", LIT("6c 00 00000000 7b7d"), E_INVALID, "not in binary mode" },
	{ "literal mode 1", LIT("31 00 00000000 7b7d"), E_INVALID, "not in binary mode" },
	{ "literal mode B", LIT("42 00 00000000 7b7d"), E_INVALID, "not in binary mode" },
	{ "literal mode 0", LIT("00 00 00000000 7b7d"), E_INVALID, "not in binary mode" },
	{ "text with CR", LIT("74 00 00000000 7b0d7d"), E_INVALID, "not in binary mode" },
	{ "text with CR LF at its end", LIT("74 00 00000000 7b7d0d0a"), E_INVALID,
	    "not in binary mode" },

#define SIG(hex)                                                                                   \
	{                                                                                          \
		NULL, NULL, hex                                                                    \
	}
	{ "signature empty", SIG(""), E_INVALID, "another version than 3 or 4" },
	{ "signature version 2", SIG("02 05 00 5ed44500" PGP_KEY_ID "01 08 abcd 0008 ff"),
	    E_INVALID, "another version than 3 or 4" },
	{ "signature version 5", SIG("05 00 01 08" HASHED UNHASHED "abcd" ONE_INTEGER), E_INVALID,
	    "another version than 3 or 4" },
	{ "signature version 6", SIG("06 00 01 08 00000006" TIME "00000000 abcd 00 0008 ff"),
	    E_INVALID, "another version than 3 or 4" },

#define BAD_V3(...) SIG(V3(__VA_ARGS__)), E_INVALID, damaged
	{ "v3 hashed length 4", BAD_V3("04", "00", PGP_KEY_ID, "01", "08", ONE_INTEGER) },
	{ "v3 hashed length 6", BAD_V3("06", "00", PGP_KEY_ID, "01", "08", ONE_INTEGER) },
	{ "v3 class 01", BAD_V3("05", "01", PGP_KEY_ID, "01", "08", ONE_INTEGER) },
	{ "v3 class 10", BAD_V3("05", "10", PGP_KEY_ID, "01", "08", ONE_INTEGER) },
	{ "v3 of another key", BAD_V3("05", "00", "0123456789abcdee", "01", "08", ONE_INTEGER) },
	{ "v3 another key algorithm", BAD_V3("05", "00", PGP_KEY_ID, "03", "08", ONE_INTEGER) },
	{ "v3 another hash", BAD_V3("05", "00", PGP_KEY_ID, "01", "0a", ONE_INTEGER) },
	{ "v3 MD5", BAD_V3("05", "00", PGP_KEY_ID, "01", "01", ONE_INTEGER) },
	{ "v3 no integer", BAD_V3("05", "00", PGP_KEY_ID, "01", "08", "") },
	{ "v3 integer one byte short", BAD_V3("05", "00", PGP_KEY_ID, "01", "08", "0010 ff") },
	{ "v3 integer one byte long", BAD_V3("05", "00", PGP_KEY_ID, "01", "08", "0008 ffff") },
	{ "v3 two integers", BAD_V3("05", "00", PGP_KEY_ID, "01", "08", TWO_INTEGERS) },
	{ "v3 half an integer's length", BAD_V3("05", "00", PGP_KEY_ID, "01", "08", "00") },
	{ "v3 cut in its head", SIG("03 05 00 5ed44500" PGP_KEY_ID "01"), E_INVALID, damaged },
	{ "v3 of one byte", SIG("03"), E_INVALID, damaged },

#define BAD_V4(...) SIG(V4(__VA_ARGS__)), E_INVALID, damaged
	{ "v4 class 01", BAD_V4("01", "01", "08", HASHED, UNHASHED, ONE_INTEGER) },
	{ "v4 class 02, standalone", BAD_V4("02", "01", "08", HASHED, UNHASHED, ONE_INTEGER) },
	{ "v4 class 40, timestamp", BAD_V4("40", "01", "08", HASHED, UNHASHED, ONE_INTEGER) },
	{ "v4 class 50, confirmation", BAD_V4("50", "01", "08", HASHED, UNHASHED, ONE_INTEGER) },
	{ "v4 another key algorithm", BAD_V4("00", "11", "08", HASHED, UNHASHED, ONE_INTEGER) },
	{ "v4 another hash", BAD_V4("00", "01", "02", HASHED, UNHASHED, ONE_INTEGER) },
	{ "v4 no integer", BAD_V4("00", "01", "08", HASHED, UNHASHED, "") },
	{ "v4 integer one byte short", BAD_V4("00", "01", "08", HASHED, UNHASHED, "0009 ff") },
	{ "v4 byte after its integer", BAD_V4("00", "01", "08", HASHED, UNHASHED, "0008 ff 00") },
	{ "v4 two integers", BAD_V4("00", "01", "08", HASHED, UNHASHED, TWO_INTEGERS) },
	{ "v4 longest integer", BAD_V4("00", "01", "08", HASHED, UNHASHED, "ffff ff") },
	{ "v4 hashed area over the end", BAD_V4("00", "01", "08", "ffff" TIME, "", "") },
	{ "v4 unhashed area over the end", BAD_V4("00", "01", "08", HASHED, "ffff 0910", "") },
	{ "v4 hashed area one byte short",
	    BAD_V4("00", "01", "08", "0005" TIME, UNHASHED, ONE_INTEGER) },
	{ "v4 of one byte", SIG("04"), E_INVALID, damaged },
	{ "v4 cut after its head", SIG("04 00 01 08"), E_INVALID, damaged },
	{ "v4 cut before left 16 bits", SIG("04 00 01 08 0000 0000 ab"), E_INVALID, damaged },

/* Subpackets, in the hashed and in the unhashed area. */
#define BAD_HASHED(area) BAD_V4("00", "01", "08", area, UNHASHED, ONE_INTEGER)
#define BAD_UNHASHED(area) BAD_V4("00", "01", "08", HASHED, area, ONE_INTEGER)
	{ "hashed: subpacket of length 0", BAD_HASHED("0001 00") },
	{ "hashed: subpacket over the end", BAD_HASHED("0002 05 02") },
	{ "hashed: two-byte length cut", BAD_HASHED("0001 c0") },
	{ "hashed: issuer of another key", BAD_HASHED("000a 0910 0123456789abcdee") },
	{ "hashed: critical issuer of another key", BAD_HASHED("000a 0990 0123456789abcdee") },
	{ "hashed: issuer too short", BAD_HASHED("0009 0810 0123456789abcd") },
	{ "hashed: issuer too long", BAD_HASHED("000b 0a10" PGP_KEY_ID "00") },
	{ "hashed: fingerprint of another key",
	    BAD_HASHED("0017 1621 04 00112233445566778899aabb 0123456789abcdee") },
	{ "hashed: fingerprint of version 6",
	    BAD_HASHED("0023 2221 06" FINGERPRINT "000000000000000000000000") },
	{ "hashed: fingerprint of version 4 in 32 bytes",
	    BAD_HASHED("0023 2221 04 000000000000000000000000" FINGERPRINT) },
	{ "hashed: issuer right, then wrong",
	    BAD_HASHED("0014 0910" PGP_KEY_ID "0910 0123456789abcdee") },
	{ "unhashed: subpacket of length 0", BAD_UNHASHED("0001 00") },
	{ "unhashed: subpacket over the end", BAD_UNHASHED("0002 05 02") },
	{ "unhashed: issuer of another key", BAD_UNHASHED("000a 0910 0123456789abcdee") },
	{ "unhashed: issuer of key 0", BAD_UNHASHED("000a 0910 0000000000000000") },
	{ "unhashed: fingerprint too short",
	    BAD_UNHASHED("0016 1521 04 112233445566778899aabb" PGP_KEY_ID) },
};

static void
build(struct buf *out, const struct parts *p)
{
	pgp_add_message(out, p->one_pass != NULL ? p->one_pass : PGP_ONE_PASS,
	    p->literal != NULL ? p->literal : PGP_LITERAL,
	    p->signature != NULL ? p->signature : PGP_SIGNATURE_V4);
}

/* With weak hashes allowed: nothing else may come with them. */
START_TEST(refuses)
{
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int r;

	build(&blob, &refused[_i].parts);
	r = signed_message_parse(&m, buf_bytes(&blob), MAX_INFLATED_BYTES, true, &e);
	row_refused(refused[_i].name, r, &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(m.reframed.p == NULL, "%s: left something behind", refused[_i].name);
}
END_TEST

static const struct {
	const char *name;
	struct parts parts;
	const char *body;
	unsigned key;
} accepted[] = {
	{ "literal with a date", LIT("62 00 5ed44500 7b7d"), "{}", 1 },
	{ "literal with a name", LIT("62 08 5f434f4e534f4c45 00000000 7b7d"), "{}", 1 },
	{ "literal with NUL in its name", LIT("62 02 0041 00000000 7b7d"), "{}", 1 },
	{ "literal without a body", LIT("62 00 00000000"), "", 1 },
	{ "text without a body", LIT("74 00 00000000"), "", 1 },
	{ "text with LF", LIT("74 00 00000000 7b0a7d0a"), "{\n}\n", 1 },
	{ "text with CR in its name", LIT("74 01 0d 00000000 7b7d"), "{}", 1 },
	{ "binary with CR", LIT("62 00 00000000 7b0d0a7d"), "{\r\n}", 1 },
	{ "v3", SIG(PGP_SIGNATURE_V3), "{}", 1 },
	{ "v3, time 0", SIG("03 05 00 00000000" PGP_KEY_ID "01 08 abcd 0008 ff"), "{}", 1 },
	{ "v4", SIG(PGP_SIGNATURE_V4), "{}", 1 },
	{ "v4, no subpackets", SIG(V4("00", "01", "08", NO_AREA, NO_AREA, ONE_INTEGER)), "{}", 1 },
	{ "v4, integer of no bits", SIG(V4("00", "01", "08", HASHED, UNHASHED, "0000")), "{}", 1 },
	{ "v4, integer of 9 bits", SIG(V4("00", "01", "08", HASHED, UNHASHED, "0009 01ff")), "{}",
	    1 },
	{ "v4, issuer in both areas",
	    SIG(V4("00", "01", "08", "000a 0910" PGP_KEY_ID, UNHASHED, ONE_INTEGER)), "{}", 1 },
	{ "v4, fingerprint in the hashed area",
	    SIG(V4("00", "01", "08", "0017 1621 04" FINGERPRINT, NO_AREA, ONE_INTEGER)), "{}", 1 },
	{ "v4, fingerprint in the unhashed area, critical",
	    SIG(V4("00", "01", "08", HASHED, "0017 16a1 04" FINGERPRINT, ONE_INTEGER)), "{}", 1 },
	{ "v4, unknown subpackets",
	    SIG(V4("00", "01", "08", "000a" TIME "03 7f 0000", "0003 02 65 00", ONE_INTEGER)), "{}",
	    1 },
	{ "RSA, sign only",
	    { ONE_PASS("03", "00", "08", "03", "01"), NULL,
		V4("00", "03", "08", HASHED, UNHASHED, ONE_INTEGER) },
	    "{}", 3 },
	{ "DSA",
	    { ONE_PASS("03", "00", "08", "11", "01"), NULL,
		V4("00", "11", "08", HASHED, UNHASHED, TWO_INTEGERS) },
	    "{}", 17 },
	{ "DSA, v3",
	    { ONE_PASS("03", "00", "08", "11", "01"), NULL,
		V3("05", "00", PGP_KEY_ID, "11", "08", TWO_INTEGERS) },
	    "{}", 17 },
	{ "ECDSA",
	    { ONE_PASS("03", "00", "08", "13", "01"), NULL,
		V4("00", "13", "08", HASHED, UNHASHED, TWO_INTEGERS) },
	    "{}", 19 },
	{ "EdDSA",
	    { ONE_PASS("03", "00", "08", "16", "01"), NULL,
		V4("00", "16", "08", HASHED, UNHASHED, TWO_INTEGERS) },
	    "{}", 22 },
};

START_TEST(accepts)
{
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	const char *name = accepted[_i].name;
	AUTO_STR char *body = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct bytes b;

	build(&blob, &accepted[_i].parts);
	row_accepted(
	    name, signed_message_parse(&m, buf_bytes(&blob), MAX_INFLATED_BYTES, false, &e), &e);
	b = signed_message_body(&m);
	body = xstrndup((const char *)b.p, b.n);
	row_string(name, "the body", body, accepted[_i].body);
	ck_assert_msg(b.n == strlen(accepted[_i].body), "%s: %zu bytes", name, b.n);
	ck_assert_msg(m.key_algorithm == accepted[_i].key, "%s: %u", name, m.key_algorithm);
	row_string(name, "the issuer", m.issuer, "0123456789ABCDEF");
}
END_TEST

/* A signature by two integers must have two. */
START_TEST(counts_integers)
{
	static const char *const algorithms[] = { "11", "13", "16" };
	AUTO_STR char *one_pass = xasprintf("03 00 08 %s" PGP_KEY_ID "01", algorithms[_i]);
	static const char *const integers[] = { "", "0008 ff", "0008 ff 00", "0008 ff 0001",
		"0008 ff 0001 01 00", "0008 ff 0001 01 0001 01" };

	for (size_t i = 0; i < ARRAY_LEN(integers); i++) {
		AUTO_STR char *v3 = xasprintf(
		    "03 05 00 5ed44500" PGP_KEY_ID "%s 08 abcd %s", algorithms[_i], integers[i]);
		AUTO_STR char *v4 =
		    xasprintf("04 00 %s 08 0000 0000 abcd %s", algorithms[_i], integers[i]);
		const char *signatures[] = { v3, v4 };

		for (size_t k = 0; k < ARRAY_LEN(signatures); k++) {
			AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
			AUTO(buf) blob = BUF_INIT;
			AUTO(err) e = ERR_INIT;

			pgp_add_message(&blob, one_pass, PGP_LITERAL, signatures[k]);
			row_refused(signatures[k],
			    signed_message_parse(&m, buf_bytes(&blob), 0, true, &e), &e, E_INVALID,
			    damaged);
		}
	}
}
END_TEST

static const struct {
	unsigned hash;
	bool strict, weak; /* accepted? */
} hashes[] = {
	{ 0, false, false },
	{ 1, false, false }, /* MD5 */
	{ 2, false, true },  /* SHA-1 */
	{ 3, false, true },  /* RIPEMD-160 */
	{ 4, false, false },
	{ 5, false, false }, /* MD2 */
	{ 6, false, false }, /* TIGER192 */
	{ 7, false, false },
	{ 8, true, true },
	{ 9, true, true },
	{ 10, true, true },
	{ 11, false, true },  /* SHA-224 */
	{ 12, false, false }, /* SHA3-256 */
	{ 14, false, false }, /* SHA3-512 */
	{ 110, false, false },
	{ 255, false, false },
};

START_TEST(knows_weak_hashes)
{
	unsigned hash = hashes[_i].hash;
	AUTO_STR char *one_pass = xasprintf("03 00 %02x 01" PGP_KEY_ID "01", hash);
	AUTO_STR char *v3 = xasprintf("03 05 00 5ed44500" PGP_KEY_ID "01 %02x abcd 0008 ff", hash);
	AUTO_STR char *v4 = xasprintf("04 00 01 %02x 0000 0000 abcd 0008 ff", hash);
	const char *signatures[] = { v3, v4 };

	for (int i = 0; i < 4; i++) {
		bool weak = i % 2 == 1, want = weak ? hashes[_i].weak : hashes[_i].strict;
		AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
		AUTO(buf) blob = BUF_INIT;
		AUTO(err) e = ERR_INIT;
		int r;

		pgp_add_message(&blob, one_pass, PGP_LITERAL, signatures[i / 2]);
		r = signed_message_parse(&m, buf_bytes(&blob), 0, weak, &e);
		if (want) {
			row_accepted(one_pass, r, &e);
			ck_assert_uint_eq(m.hash_algorithm, hash);
		} else {
			row_refused(one_pass, r, &e, E_WEAK, "want SHA-256, SHA-384 or SHA-512");
		}
	}
}
END_TEST

Suite *
signature_packets_suite(void)
{
	Suite *s = suite_create("signature_packets");
	TCase *t = tcase_create("signature_packets");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, counts_integers, 0, 3);
	tcase_add_loop_test(t, knows_weak_hashes, 0, ARRAY_LEN(hashes));
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	suite_add_tcase(s, t);
	return s;
}
