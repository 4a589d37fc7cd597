/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signed message in every frame that it may have, then cut anywhere and with every bit flipped.
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

enum outside { NONE, NEW, OLD, CHUNKS, TO_THE_END };
enum inside { SHORTEST, OLD_HEADERS, FIVE_BYTES, LITERAL_CHUNKS, LITERAL_IN_ONES };

static const struct {
	const char *name;
	enum outside outside;
	uint8_t algorithm;
	enum inside inside;
	const char *signature;
} good[] = {
	{ "plain, version 4", NONE, 0, SHORTEST, PGP_SIGNATURE_V4 },
	{ "plain, version 3", NONE, 0, SHORTEST, PGP_SIGNATURE_V3 },
	{ "plain, old headers", NONE, 0, OLD_HEADERS, PGP_SIGNATURE_V3 },
	{ "plain, five-byte lengths", NONE, 0, FIVE_BYTES, PGP_SIGNATURE_V4 },
	{ "plain, literal in chunks", NONE, 0, LITERAL_CHUNKS, PGP_SIGNATURE_V4 },
	{ "plain, literal byte by byte", NONE, 0, LITERAL_IN_ONES, PGP_SIGNATURE_V3 },
	{ "ZIP, as gpg does", TO_THE_END, 1, OLD_HEADERS, PGP_SIGNATURE_V4 },
	{ "ZIP, version 3", TO_THE_END, 1, OLD_HEADERS, PGP_SIGNATURE_V3 },
	{ "ZIP, new header", NEW, 1, SHORTEST, PGP_SIGNATURE_V4 },
	{ "ZIP, old header", OLD, 1, SHORTEST, PGP_SIGNATURE_V4 },
	{ "ZIP in chunks", CHUNKS, 1, LITERAL_CHUNKS, PGP_SIGNATURE_V4 },
	{ "ZLIB, new header", NEW, 2, FIVE_BYTES, PGP_SIGNATURE_V4 },
	{ "ZLIB, old header", OLD, 2, OLD_HEADERS, PGP_SIGNATURE_V3 },
	{ "ZLIB in chunks", CHUNKS, 2, SHORTEST, PGP_SIGNATURE_V3 },
	{ "ZLIB to the end", TO_THE_END, 2, LITERAL_IN_ONES, PGP_SIGNATURE_V4 },
};

static void
add_inside(struct buf *out, enum inside how, uint8_t tag, const char *hex)
{
	AUTO(buf) body = BUF_INIT;
	bool literal = tag == PGP_TAG_LITERAL;

	hex_add(&body, hex);
	if (how == OLD_HEADERS) {
		pgp_add_old(out, tag, buf_bytes(&body));
	} else if (how == FIVE_BYTES) {
		buf_add_byte(out, 0xc0 | tag);
		hex_add(out, "ff 000000");
		buf_add_byte(out, (uint8_t)body.n);
		buf_add(out, body.p, body.n);
	} else if (literal && (how == LITERAL_CHUNKS || how == LITERAL_IN_ONES)) {
		pgp_add_partial(out, tag, buf_bytes(&body), how == LITERAL_IN_ONES ? 0 : 2);
	} else {
		pgp_add(out, tag, buf_bytes(&body));
	}
}

static void
add_good(struct buf *out, int i)
{
	AUTO(buf) inner = BUF_INIT;
	AUTO(buf) body = BUF_INIT;

	add_inside(&inner, good[i].inside, PGP_TAG_ONE_PASS, PGP_ONE_PASS);
	add_inside(&inner, good[i].inside, PGP_TAG_LITERAL, PGP_LITERAL);
	add_inside(&inner, good[i].inside, PGP_TAG_SIGNATURE, good[i].signature);
	if (good[i].outside != NONE)
		pgp_add_compressed(&body, good[i].algorithm, buf_bytes(&inner));
	switch (good[i].outside) {
	case NONE:
		buf_add(out, inner.p, inner.n);
		break;
	case NEW:
		pgp_add(out, PGP_TAG_COMPRESSED, buf_bytes(&body));
		break;
	case OLD:
		pgp_add_old(out, PGP_TAG_COMPRESSED, buf_bytes(&body));
		break;
	case CHUNKS:
		pgp_add_partial(out, PGP_TAG_COMPRESSED, buf_bytes(&body), 3);
		break;
	case TO_THE_END:
		buf_add_byte(out, 0x80 | PGP_TAG_COMPRESSED << 2 | 3);
		buf_add(out, body.p, body.n);
		break;
	}
}

/* What comes out is exactly the good message, whatever it was wrapped in. */
static void
accepted_as(const char *row, struct bytes blob, size_t max, const char *signature)
{
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(buf) want = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	hex_add(&want, "c4 ff 0000000d " PGP_ONE_PASS "cb ff 00000008 " PGP_LITERAL);
	hex_add(&want, signature[1] == '3' ? "c2 ff 00000016" : "c2 ff 0000001d");
	hex_add(&want, signature);
	row_accepted(row, signed_message_parse(&m, blob, max, false, &e), &e);
	ck_assert_msg(bytes_equal(buf_bytes(&m.reframed), buf_bytes(&want)), "%s: reframed", row);
	ck_assert_msg(bytes_equal(signed_message_body(&m), bytes_of("{}", 2)), "%s: body", row);
	ck_assert_msg(m.hash_algorithm == 8 && m.key_algorithm == 1, "%s: algorithms", row);
	ck_assert_msg(m.signature_version == signature[1] - '0', "%s: version", row);
	row_string(row, "the issuer", m.issuer, "0123456789ABCDEF");
}

START_TEST(accepts)
{
	AUTO(buf) blob = BUF_INIT;

	add_good(&blob, _i);
	accepted_as(good[_i].name, buf_bytes(&blob), MAX_INFLATED_BYTES, good[_i].signature);
}
END_TEST

/* What is accepted is three packets, and is accepted again as what it was. False: refused. */
static bool
check_mutant(const char *row, const struct buf *mutant)
{
	AUTO(signed_message) again = SIGNED_MESSAGE_INIT;
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	uint8_t *copy = xmalloc(mutant->n);
	AUTO(err) e = ERR_INIT;
	struct bytes rest;
	struct packet p[3];
	int r;

	/* At the end of an allocation of its own, a read past it is seen. */
	memcpy(copy, mutant->p, mutant->n);
	r = signed_message_parse(&m, bytes_of(copy, mutant->n), MAX_INFLATED_BYTES, true, &e);
	free(copy);
	if (r != 0) {
		ck_assert_msg(e.code != E_NONE && e.code != E_IO, "%s: %s", row, err_msg(&e));
		ck_assert_msg(m.reframed.p == NULL, "%s: left something behind", row);
		return false;
	}
	rest = buf_bytes(&m.reframed);
	for (int i = 0; i < 3; i++)
		ck_assert_msg(packet_next(&rest, &p[i]), "%s: packet %d", row, i);
	ck_assert_msg(rest.n == 0 && p[0].tag == 4 && p[1].tag == 11 && p[2].tag == 2, "%s", row);
	ck_assert_msg(bytes_equal(bytes_of(p[1].body.p, 6), bytes_of("b\0\0\0\0\0", 6)), "%s", row);
	ck_assert_msg(
	    signed_message_body(&m).p == p[1].body.p + 6 && m.body_length == p[1].body.n - 6,
	    "%s: the body is not in its packet", row);
	r = signed_message_parse(&again, buf_bytes(&m.reframed), 0, true, &e);
	row_accepted(row, r, &e);
	ck_assert_msg(bytes_equal(buf_bytes(&again.reframed), buf_bytes(&m.reframed)), "%s", row);
	return true;
}

/* Every truncation of every good message is refused. */
START_TEST(refuses_truncations)
{
	AUTO(buf) blob = BUF_INIT;

	add_good(&blob, _i);
	for (size_t n = 0; n < blob.n; n++) {
		AUTO_STR char *row = xasprintf("%s cut to %zu", good[_i].name, n);
		AUTO(buf) copy = BUF_INIT;

		buf_add(&copy, blob.p, n);
		ck_assert_msg(!check_mutant(row, &copy), "%s: accepted", row);
	}
}
END_TEST

START_TEST(survives_flips)
{
	AUTO(buf) blob = BUF_INIT;

	add_good(&blob, _i);
	for (size_t bit = 0; bit < blob.n * 8; bit++) {
		AUTO_STR char *row = xasprintf("%s, bit %zu", good[_i].name, bit);

		blob.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		(void)check_mutant(row, &blob);
		blob.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

Suite *
framing_suite(void)
{
	Suite *s = suite_create("framing");
	TCase *t = tcase_create("framing");

	tcase_add_loop_test(t, refuses_truncations, 0, ARRAY_LEN(good));
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(good));
	tcase_add_loop_test(t, survives_flips, 0, ARRAY_LEN(good));
	suite_add_tcase(s, t);
	return s;
}
