/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/signature_blob.h"
#include "rows.h"
#include "suites.h"

#define SIGSTORE "\0sigstore-json\n"
#define SIMPLE "\0simple-signing\n"
#define TYPE "\"mimeType\":\"t\""
#define PAYLOAD "\"payload\":\"cA==\""
#define NOTES "\"annotations\":{\"dev.cosignproject.cosign/signature\":\"c2ln\"}"
#define JSON(members) SIGSTORE "{" members "}"

#define ROW(name, text, code, part)                                                                \
	{                                                                                          \
		name, text, sizeof(text) - 1, code, part                                           \
	}

static const struct {
	const char *name, *text;
	size_t n;
	enum errc code;
	const char *part;
} refused[] = {
	ROW("nothing", "", E_INVALID, "empty"),
	ROW("armour", "-----BEGIN PGP MESSAGE-----", E_INVALID, "the octet 0x2d"),
	ROW("a page", "<html>", E_INVALID, "the octet 0x3c"),
	ROW("JSON without what goes before", "{" TYPE "," PAYLOAD "," NOTES "}", E_INVALID, "0x7b"),
	ROW("upstream's misprint", "\x3d", E_INVALID, "0x3d"),
	ROW("a literal", "\xcb", E_INVALID, "0xcb"),
	ROW("a public key", "\x99", E_INVALID, "0x99"),
	ROW("before compressed", "\x9f", E_INVALID, "0x9f"),
	ROW("after compressed", "\xa4", E_INVALID, "0xa4"),
	ROW("before signature", "\x87", E_INVALID, "0x87"),
	ROW("after signature", "\x8c", E_INVALID, "0x8c"),
	ROW("before one-pass", "\x8f", E_INVALID, "0x8f"),
	ROW("after one-pass", "\x94", E_INVALID, "0x94"),
	ROW("a NUL", "\0", E_UNSUPPORTED, "no known kind"),
	ROW("another kind", "\0other\n{}", E_UNSUPPORTED, "no known kind"),
	ROW("no line break", "\0sigstore-json", E_UNSUPPORTED, "no known kind"),
	ROW("other case", "\0Sigstore-json\n{}", E_UNSUPPORTED, "no known kind"),
	ROW("a space for the line break", "\0simple-signing \xa3", E_UNSUPPORTED, "no known kind"),
	/* Simple signing. */
	ROW("simple and nothing", SIMPLE, E_INVALID, "empty"),
	ROW("simple and text", SIMPLE "x", E_INVALID, "0x78"),
	ROW("simple in simple", SIMPLE SIMPLE "\xa3", E_INVALID, "0x00"),
	/* Sigstore. */
	ROW("sigstore and nothing", SIGSTORE, E_INVALID, "sigstore: empty"),
	ROW("no JSON", SIGSTORE "x", E_INVALID, "not acceptable JSON"),
	ROW("two documents", JSON(TYPE "," PAYLOAD "," NOTES) "{}", E_INVALID,
	    "not acceptable JSON"),
	ROW("an array", SIGSTORE "[]", E_INVALID, "sigstore: an array, want an object"),
	ROW("an empty object", JSON(""), E_INVALID, "\"mimeType\" is missing"),
	ROW("no type", JSON(PAYLOAD "," NOTES), E_INVALID, "\"mimeType\" is missing"),
	ROW("no payload", JSON(TYPE "," NOTES), E_INVALID, "\"payload\" is missing"),
	ROW("no annotations", JSON(TYPE "," PAYLOAD), E_INVALID, "\"annotations\" is missing"),
	ROW("one key more", JSON(TYPE "," PAYLOAD "," NOTES ",\"x\":1"), E_INVALID,
	    "unknown key \"x\""),
	ROW("a payload twice", JSON(TYPE "," PAYLOAD "," PAYLOAD "," NOTES), E_INVALID,
	    "duplicate"),
	ROW("twice to readers that ignore case",
	    JSON(TYPE "," PAYLOAD ",\"Payload\":\"cQ==\"," NOTES), E_INVALID,
	    "unknown key \"Payload\""),
	ROW("type null", JSON("\"mimeType\":null," PAYLOAD "," NOTES), E_INVALID,
	    "\"mimeType\" is null"),
	ROW("payload null", JSON(TYPE ",\"payload\":null," NOTES), E_INVALID,
	    "\"payload\" is null"),
	ROW("payload a number", JSON(TYPE ",\"payload\":1," NOTES), E_INVALID,
	    "\"payload\" is a number"),
	ROW("payload not base64", JSON(TYPE ",\"payload\":\"!\"," NOTES), E_INVALID,
	    "sigstore.payload: base64"),
	ROW("payload with stray bits", JSON(TYPE ",\"payload\":\"cB==\"," NOTES), E_INVALID,
	    "canonical"),
	ROW("payload with a space", JSON(TYPE ",\"payload\":\"cA== \"," NOTES), E_INVALID,
	    "sigstore.payload: base64"),
	ROW("annotations a list", JSON(TYPE "," PAYLOAD ",\"annotations\":[]"), E_INVALID,
	    "sigstore.annotations: not an object"),
	ROW("an annotation that is no string", JSON(TYPE "," PAYLOAD ",\"annotations\":{\"x\":1}"),
	    E_INVALID, "\"x\" is not a string"),
	ROW("an annotation twice",
	    JSON(TYPE "," PAYLOAD ",\"annotations\":{\"x\":\"\",\"\\u0078\":\"\"}"), E_INVALID,
	    "duplicate"),
	ROW("NUL in an annotation", JSON(TYPE "," PAYLOAD ",\"annotations\":{\"x\":\"a\\u0000\"}"),
	    E_INVALID, "not acceptable JSON"),
};

START_TEST(refuses)
{
	const char *name = refused[_i].name;
	struct signature_blob b;
	AUTO(err) e = ERR_INIT;

	row_refused(name, signature_blob_parse(&b, bytes_of(refused[_i].text, refused[_i].n), &e),
	    &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(b.kind == SIGNATURE_BLOB_UNSET && b.openpgp.p == NULL &&
			  b.sigstore.media_type == NULL && b.sigstore.payload.p == NULL &&
			  b.sigstore.annotations.signature == NULL,
	    "%s: left something behind", name);
}
END_TEST

START_TEST(openpgp_by_its_first_octet)
{
	static const uint8_t firsts[] = { 0x88, 0x89, 0x8a, 0x8b, 0x90, 0x91, 0x92, 0x93, 0xa0,
		0xa1, 0xa2, 0xa3, 0xc2, 0xc4, 0xc8 };
	size_t i, accepted = 0;
	unsigned c;

	for (c = 0; c < 256; c++) {
		AUTO(signature_blob) b = SIGNATURE_BLOB_INIT;
		uint8_t text[sizeof(SIMPLE)] = SIMPLE;
		AUTO(err) e = ERR_INIT;

		text[sizeof(SIMPLE) - 1] = (uint8_t)c;
		if (signature_blob_parse(&b, bytes_of(&text[sizeof(SIMPLE) - 1], 1), &e) == 0)
			accepted++;
	}
	ck_assert_uint_eq(accepted, sizeof(firsts));
	for (i = 0; i < sizeof(firsts); i++) {
		AUTO(signature_blob) b = SIGNATURE_BLOB_INIT;
		AUTO(signature_blob) named = SIGNATURE_BLOB_INIT;
		uint8_t text[sizeof(SIMPLE)] = SIMPLE;
		AUTO(err) e = ERR_INIT;

		text[sizeof(SIMPLE) - 1] = firsts[i];
		row_accepted("plain", signature_blob_parse(&b, bytes_of(&firsts[i], 1), &e), &e);
		ck_assert_int_eq(b.kind, SIGNATURE_BLOB_OPENPGP);
		ck_assert(b.openpgp.p == &firsts[i] && b.openpgp.n == 1);
		row_accepted(
		    "named", signature_blob_parse(&named, bytes_of(text, sizeof(text)), &e), &e);
		ck_assert_int_eq(named.kind, SIGNATURE_BLOB_OPENPGP);
		ck_assert(named.openpgp.p == &text[sizeof(SIMPLE) - 1] && named.openpgp.n == 1);
	}
}
END_TEST

static const struct {
	const char *name, *text;
	size_t n;
	const char *payload, *signature, *bundle, *certificate, *chain;
} accepted[] = {
	{ "plain", JSON(TYPE "," PAYLOAD "," NOTES), sizeof(JSON(TYPE "," PAYLOAD "," NOTES)) - 1,
	    "p", "c2ln", NULL, NULL, NULL },
#define NULL_NOTES JSON(TYPE ",\"payload\":\"\",\"annotations\":null") " \n"
	{ "as skopeo writes no annotations", NULL_NOTES, sizeof(NULL_NOTES) - 1, "", NULL, NULL,
	    NULL, NULL },
#define LINES JSON(TYPE ",\"payload\":\"c\\r\\nA=\\n=\\n\",\"annotations\":{\"x\":\"y\"}")
	{ "line breaks in the payload", LINES, sizeof(LINES) - 1, "p", NULL, NULL, NULL, NULL },
#define ALL                                                                                        \
	JSON(TYPE "," PAYLOAD ",\"annotations\":{"                                                 \
		  "\"dev.sigstore.cosign/chain\":\"4\",\"dev.sigstore.cosign/certificate\":\"3\"," \
		  "\"dev.sigstore.cosign/bundle\":\"2\","                                          \
		  "\"dev.cosignproject.cosign/signature\":\"1\"}")
	{ "all annotations", ALL, sizeof(ALL) - 1, "p", "1", "2", "3", "4" },
};

static void
must_be(const char *name, size_t i, const struct sigstore_signature *s)
{
	row_string(name, "media type", s->media_type, "t");
	row_string(name, "payload", buf_str(&s->payload), accepted[i].payload);
	row_string(name, "signature", s->annotations.signature, accepted[i].signature);
	row_string(name, "bundle", s->annotations.bundle, accepted[i].bundle);
	row_string(name, "certificate", s->annotations.certificate, accepted[i].certificate);
	row_string(name, "chain", s->annotations.chain, accepted[i].chain);
}

/* And what is written of it is read as the same. */
START_TEST(accepts)
{
	const char *name = accepted[_i].name;
	AUTO(signature_blob) b = SIGNATURE_BLOB_INIT;
	AUTO(signature_blob) again = SIGNATURE_BLOB_INIT;
	AUTO(buf) written = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(
	    name, signature_blob_parse(&b, bytes_of(accepted[_i].text, accepted[_i].n), &e), &e);
	ck_assert_int_eq(b.kind, SIGNATURE_BLOB_SIGSTORE);
	must_be(name, (size_t)_i, &b.sigstore);
	signature_blob_add_sigstore(&written, &b.sigstore);
	row_accepted(name, signature_blob_parse(&again, buf_bytes(&written), &e), &e);
	ck_assert_int_eq(again.kind, SIGNATURE_BLOB_SIGSTORE);
	must_be(name, (size_t)_i, &again.sigstore);
}
END_TEST

START_TEST(caps_an_annotation)
{
	size_t more;

	for (more = 0; more < 2; more++) {
		AUTO(signature_blob) b = SIGNATURE_BLOB_INIT;
		AUTO(sigstore_signature) s = SIGSTORE_SIGNATURE_INIT;
		AUTO(buf) blob = BUF_INIT;
		AUTO(err) e = ERR_INIT;
		size_t n = MAX_SIGSTORE_ANNOTATION_BYTES + more;

		s.media_type = xstrdup("t");
		s.annotations.bundle = xcalloc(n + 1, 1);
		memset(s.annotations.bundle, 'x', n);
		signature_blob_add_sigstore(&blob, &s);
		if (more == 0)
			row_accepted(
			    "at the cap", signature_blob_parse(&b, buf_bytes(&blob), &e), &e);
		else
			row_refused("over it", signature_blob_parse(&b, buf_bytes(&blob), &e), &e,
			    E_TOO_LARGE, "\"dev.sigstore.cosign/bundle\" is 32769 bytes");
	}
}
END_TEST

/* A struct that nobody filled is no signature. */
START_TEST(no_octets_of_nothing)
{
	struct sigstore_signature s = SIGSTORE_SIGNATURE_INIT;
	AUTO(buf) octets = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&octets, "x");
	row_refused("nothing", sigstore_signature_octets(&octets, &s, &e), &e, E_UNSUPPORTED,
	    "media type \"\", want \"application/vnd.dev.cosign");
	ck_assert_uint_eq(octets.n, 0);
}
END_TEST

Suite *
signature_blob_suite(void)
{
	Suite *s = suite_create("signature_blob");
	TCase *t = tcase_create("signature_blob");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, openpgp_by_its_first_octet);
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_test(t, caps_an_annotation);
	tcase_add_test(t, no_octets_of_nothing);
	suite_add_tcase(s, t);
	return s;
}
