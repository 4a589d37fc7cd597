/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "formats/packets.h"
#include "formats/signed_text.h"
#include "pgp.h"
#include "rows.h"
#include "suites.h"

#define BEGIN "-----BEGIN PGP SIGNED MESSAGE-----\n"
#define HEAD BEGIN "Hash: SHA256\n\n"
#define ARMOUR "-----BEGIN PGP SIGNATURE-----\n"
#define ARMOUR_END "-----END PGP SIGNATURE-----\n"
/* Signature packets of class 01, as PGP_SIGNATURE_V3 and _V4 are of class 00. */
#define TEXT_V3 "03 05 01 5ed44500 " PGP_KEY_ID " 01 08 abcd 0008 ff"
#define TEXT_V4 "04 01 01 08 0006 05025ed44500 000a 0910" PGP_KEY_ID " abcd 0008 ff"
#define FINGERPRINT "00112233445566778899aabb" PGP_KEY_ID

/* What stands for the signature of a row in its text. */
#define SIGNATURE "@"

static void
add_signature(struct buf *out, const char *hex)
{
	AUTO(buf) packet = BUF_INIT;

	pgp_add_hex(&packet, PGP_TAG_SIGNATURE, hex);
	pgp_add_armor(out, "PGP SIGNATURE", buf_bytes(&packet));
}

/* text with the armoured signature, of these packet's bodies, where SIGNATURE stands. */
static void
write_out(struct buf *out, const char *text, const char *hex)
{
	size_t before = strcspn(text, SIGNATURE);

	buf_add(out, text, before);
	if (text[before] == '\0')
		return;
	add_signature(out, hex);
	buf_add_str(out, text + before + 1);
}

static const struct {
	const char *name, *text, *hex, *part;
	enum errc code;
} refused[] = {
	{ "empty", "", NULL, "first line", E_INVALID },
	{ "a first line that goes on", "-----BEGIN PGP SIGNED MESSAGE----- \nHash: SHA256\n\na\n@",
	    TEXT_V4, "first line", E_INVALID },
	{ "text before", "sums:\n" HEAD "a\n@", TEXT_V4, "first line", E_INVALID },
	{ "an empty line before", "\n" HEAD "a\n@", TEXT_V4, "first line", E_INVALID },
	{ "first line alone", BEGIN, NULL, "no \"Hash:\"", E_INVALID },
	{ "no Hash", BEGIN "\na\n@", TEXT_V4, "no \"Hash:\"", E_INVALID },
	{ "an unknown Hash", BEGIN "Hash: MD5\n\na\n@", TEXT_V4, "no \"Hash:\"", E_INVALID },
	{ "two hashes", BEGIN "Hash: SHA256,SHA1\n\na\n@", TEXT_V4, "no \"Hash:\"", E_INVALID },
	{ "Hash twice", BEGIN "Hash: SHA256\nHash: SHA256\n\na\n@", TEXT_V4, "another header",
	    E_INVALID },
	{ "NotDashEscaped", BEGIN "Hash: SHA256\nNotDashEscaped: You need GnuPG\n\na\n@", TEXT_V4,
	    "another header", E_INVALID },
	{ "NotDashEscaped first", BEGIN "NotDashEscaped: You need GnuPG\nHash: SHA256\n\na\n@",
	    TEXT_V4, "no \"Hash:\"", E_INVALID },
	{ "Charset", BEGIN "Hash: SHA256\nCharset: utf-8\n\na\n@", TEXT_V4, "another header",
	    E_INVALID },
	{ "a blank that is not empty", BEGIN "Hash: SHA256\n \na\n@", TEXT_V4, "another header",
	    E_INVALID },
	{ "headers alone", BEGIN "Hash: SHA256\n", NULL, "another header", E_INVALID },
	{ "no text", HEAD "@", TEXT_V4, "of no text", E_INVALID },
	{ "no signature", HEAD "a\n", NULL, "without its signature", E_INVALID },
	{ "cut in the text", HEAD "a", NULL, "without its signature", E_INVALID },
	{ "a carriage return in a line", HEAD "a\rb\n@", TEXT_V4, "control characters in the text",
	    E_INVALID },
	{ "CR LF in the text", HEAD "a\r\n@", TEXT_V4, "control characters in the text",
	    E_INVALID },
	{ "CR LF in the head", "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\na\r\n@",
	    TEXT_V4, "first line", E_INVALID },
	{ "a form feed", HEAD "a\f\n@", TEXT_V4, "control characters in the text", E_INVALID },
	{ "DEL", HEAD "a\x7f\n@", TEXT_V4, "control characters in the text", E_INVALID },
	{ "a space at a line's end", HEAD "a \n@", TEXT_V4, "white space at a line's end",
	    E_INVALID },
	{ "a tab at a line's end", HEAD "a\t\n@", TEXT_V4, "white space at a line's end",
	    E_INVALID },
	{ "an escaped line of nothing but a space", HEAD "-  \n@", TEXT_V4,
	    "white space at a line's end", E_INVALID },
	{ "a dash not escaped", HEAD "-a\n@", TEXT_V4, "begins with \"-\"", E_INVALID },
	{ "a dash alone", HEAD "-\n@", TEXT_V4, "begins with \"-\"", E_INVALID },
	{ "a message in the text", HEAD HEAD "a\n@", TEXT_V4, "begins with \"-\"", E_INVALID },
	{ "a border that goes on", HEAD "a\n-----BEGIN PGP SIGNATURE----- \n@", TEXT_V4,
	    "begins with \"-\"", E_INVALID },
	{ "armour without end", HEAD "a\n" ARMOUR "\nabcd\n", NULL, "without its end", E_INVALID },
	{ "nothing in the armour", HEAD "a\n" ARMOUR "\n" ARMOUR_END, NULL, "it is empty",
	    E_INVALID },
	{ "two armours", HEAD "a\n" ARMOUR "\n@", TEXT_V4, "armour: its base64 is damaged",
	    E_INVALID },
	{ "base64 that is damaged", HEAD "a\n" ARMOUR "\n!!!!\n" ARMOUR_END, NULL,
	    "armour: its base64 is damaged", E_INVALID },
	{ "CR LF in the armour", HEAD "a\n" ARMOUR "\r\nabcd\r\n" ARMOUR_END, NULL,
	    "control characters in a signature", E_INVALID },
	{ "text after", HEAD "a\n@and more\n", TEXT_V4, "bytes after the signature", E_INVALID },
	{ "an empty line after", HEAD "a\n@\n", TEXT_V4, "bytes after the signature", E_INVALID },
	{ "a second message after", HEAD "a\n@" HEAD "b\n", TEXT_V4, "bytes after the signature",
	    E_INVALID },
	{ "a literal for a signature", HEAD "a\n" ARMOUR "\nywhiAAAAAABhCg==\n" ARMOUR_END, NULL,
	    "something else than a signature", E_INVALID },
	{ "version 5", HEAD "a\n@", "05 01 01 08", "another version than 3 or 4", E_INVALID },
	{ "an empty signature", HEAD "a\n@", "", "another version than 3 or 4", E_INVALID },
	{ "version 3 cut", HEAD "a\n@", "03 05 01 5ed44500 " PGP_KEY_ID " 01", "damaged",
	    E_INVALID },
	{ "version 4 cut in its head", HEAD "a\n@", "04 01 01", "damaged", E_INVALID },
	{ "version 4 cut after its head", HEAD "a\n@", "04 01 01 08 00", "damaged", E_INVALID },
	{ "version 4 cut in an area", HEAD "a\n@", "04 01 01 08 0006 0502", "damaged", E_INVALID },
	{ "version 4 without the other area", HEAD "a\n@", "04 01 01 08 0006 05025ed44500 00",
	    "damaged", E_INVALID },
	{ "version 4 cut in the other area", HEAD "a\n@", "04 01 01 08 0006 05025ed44500 000a 0910",
	    "damaged", E_INVALID },
	{ "version 4 of no issuer", HEAD "a\n@", "04 01 01 08 0006 05025ed44500 0000 abcd 0008 ff",
	    "names no key", E_INVALID },
	{ "an issuer that is too short", HEAD "a\n@",
	    "04 01 01 08 0006 05025ed44500 0003 021001 abcd 0008 ff", "names no key", E_INVALID },
	{ "a fingerprint that is too short", HEAD "a\n@",
	    "04 01 01 08 0006 05025ed44500 0003 022104 abcd 0008 ff", "names no key", E_INVALID },
	{ "two issuers", HEAD "a\n@",
	    "04 01 01 08 0006 05025ed44500 0014 0910" PGP_KEY_ID
	    "09100123456789abcdee abcd 0008 ff",
	    "does not belong", E_INVALID },
	{ "class 00", HEAD "a\n@", PGP_SIGNATURE_V4, "another class than 01", E_INVALID },
	{ "another hash than announced", BEGIN "Hash: SHA512\n\na\n@", TEXT_V4, "another hash",
	    E_INVALID },
	{ "SHA-1", BEGIN "Hash: SHA1\n\na\n@",
	    "04 01 01 02 0006 05025ed44500 000a 0910" PGP_KEY_ID " abcd 0008 ff", "SHA-1", E_WEAK },
};

START_TEST(refuses_cleartext)
{
	struct signed_message m = { .body_length = 7 };
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	write_out(&blob, refused[_i].text, refused[_i].hex);
	row_refused(refused[_i].name, signed_text_cleartext(&m, buf_bytes(&blob), false, &e), &e,
	    refused[_i].code, refused[_i].part);
	ck_assert_msg(m.reframed.p == NULL && m.body_length == 0, "%s: left something behind",
	    refused[_i].name);
}
END_TEST

static const struct {
	const char *name, *text, *hex, *body, *lines;
	unsigned version;
} accepted[] = {
	{ "one line", HEAD "a\n@", TEXT_V4, "a", "a\n", 4 },
	{ "version 3", HEAD "a\n@", TEXT_V3, "a", "a\n", 3 },
	{ "lines", HEAD "a\n\nb\tc\n@", TEXT_V4, "a\r\n\r\nb\tc", "a\n\nb\tc\n", 4 },
	{ "an empty line at the end", HEAD "a\n\n@", TEXT_V4, "a\r\n", "a\n\n", 4 },
	{ "an empty line first", HEAD "\na\n@", TEXT_V4, "\r\na", "\na\n", 4 },
	{ "escaped", HEAD "- -----BEGIN PGP SIGNATURE-----\n- From\n@", TEXT_V4,
	    "-----BEGIN PGP SIGNATURE-----\r\nFrom", "-----BEGIN PGP SIGNATURE-----\nFrom\n", 4 },
	{ "an escaped empty line", HEAD "a\n- \n@", TEXT_V4, "a\r\n", "a\n\n", 4 },
	{ "the issuer by fingerprint alone", HEAD "a\n@",
	    "04 01 01 08 001d 05025ed44500 162104" FINGERPRINT " 0000 abcd 0008 ff", "a", "a\n",
	    4 },
	{ "SHA-512", BEGIN "Hash: SHA512\n\na\n@",
	    "04 01 01 0a 0006 05025ed44500 000a 0910" PGP_KEY_ID " abcd 0008 ff", "a", "a\n", 4 },
};

/* What comes out is the message that signed_message would take, of that class. */
static void
must_be_opaque(const char *row, const struct signed_message *m, uint8_t class)
{
	AUTO(signed_message) again = SIGNED_MESSAGE_INIT;
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(m->signature_class == class, "%s: class %u", row, m->signature_class);
	row_string(row, "the issuer", m->issuer, "0123456789ABCDEF");
	row_accepted(row,
	    signed_message_parse_class(&again, buf_bytes(&m->reframed), 0, class, false, &e), &e);
	ck_assert_msg(bytes_equal(buf_bytes(&again.reframed), buf_bytes(&m->reframed)),
	    "%s: another message", row);
}

START_TEST(accepts_cleartext)
{
	const char *name = accepted[_i].name;
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(buf) lines = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	write_out(&blob, accepted[_i].text, accepted[_i].hex);
	ck_assert(signed_text_is_cleartext(buf_bytes(&blob)));
	row_accepted(name, signed_text_cleartext(&m, buf_bytes(&blob), false, &e), &e);
	ck_assert_msg(bytes_equal(signed_message_body(&m), bytes_of_str(accepted[_i].body)),
	    "%s: another body", name);
	ck_assert_msg(m.signature_version == accepted[_i].version, "%s: version", name);
	must_be_opaque(name, &m, 1);
	signed_text_lines(&lines, signed_message_body(&m));
	row_string(name, "the lines", buf_str(&lines), accepted[_i].lines);
}
END_TEST

/* The last line may lack its end: nothing can stand behind it. */
START_TEST(accepts_an_end_without_lf)
{
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	write_out(&blob, HEAD "a\n@", TEXT_V4);
	row_accepted(
	    "no LF", signed_text_cleartext(&m, bytes_of(blob.p, blob.n - 1), false, &e), &e);
}
END_TEST

START_TEST(tells_cleartext)
{
	ck_assert(!signed_text_is_cleartext(bytes_of("", 0)));
	ck_assert(!signed_text_is_cleartext(bytes_of_str("\n" HEAD)));
	ck_assert(!signed_text_is_cleartext(bytes_of_str(ARMOUR)));
	ck_assert(!signed_text_is_cleartext(bytes_of_str("-----BEGIN PGP SIGNED")));
	ck_assert(signed_text_is_cleartext(bytes_of_str(HEAD)));
}
END_TEST

START_TEST(tells_detached)
{
	AUTO(buf) packet = BUF_INIT;
	AUTO(buf) one_pass = BUF_INIT;

	pgp_add_hex(&packet, PGP_TAG_SIGNATURE, PGP_SIGNATURE_V4);
	pgp_add_hex(&one_pass, PGP_TAG_ONE_PASS, PGP_SIGNATURE_V4);
	ck_assert(!signed_text_is_detached(bytes_of("", 0)));
	ck_assert(!signed_text_is_detached(bytes_of_str("\n" ARMOUR)));
	ck_assert(!signed_text_is_detached(bytes_of_str(HEAD)));
	ck_assert(!signed_text_is_detached(buf_bytes(&one_pass)));
	ck_assert(!signed_text_is_detached(bytes_of(packet.p, packet.n - 1)));
	ck_assert(signed_text_is_detached(bytes_of_str(ARMOUR)));
	ck_assert(signed_text_is_detached(buf_bytes(&packet)));
}
END_TEST

/* What stands before and after the signature, in armour or not. E_NONE: it is read. */
static const struct {
	const char *name, *before, *hex, *after;
	bool armoured;
	enum errc code;
	const char *part;
} detached[] = {
	{ "nothing", "", NULL, "", false, E_INVALID, "something else" },
	{ "prose", "sums", NULL, "", false, E_INVALID, "something else" },
	{ "a literal",
	    "\xcb\x06"
	    "b\0\0\0\0\0",
	    NULL, "", false, E_INVALID, "something else" },
	{ "two signatures", "", PGP_SIGNATURE_V4, "\xc2\x01\x04", false, E_INVALID,
	    "two signatures" },
	{ "a byte after", "", PGP_SIGNATURE_V4, "\n", false, E_INVALID, "two signatures" },
	{ "a byte before", "\n", PGP_SIGNATURE_V4, "", false, E_INVALID, "something else" },
	{ "class 01", "", TEXT_V4, "", false, E_INVALID, "another class than 00" },
	{ "prose before armour", "sums\n", PGP_SIGNATURE_V4, "", true, E_INVALID,
	    "something else" },
	{ "prose after armour", "", PGP_SIGNATURE_V4, "sums\n", true, E_INVALID, "bytes after" },
	{ "a first line that goes on, before one that does not", "-----BEGIN PGP SIGNATURE-----x\n",
	    PGP_SIGNATURE_V4, "", true, E_INVALID, "exactly its line" },
	{ "a first line alone, without its end", "-----BEGIN PGP SIGNATURE-----", NULL, "", false,
	    E_INVALID, "exactly its line" },
	{ "CR LF", "-----BEGIN PGP SIGNATURE-----\r\n\r\n", NULL, "", false, E_INVALID,
	    "exactly its line" },
	{ "another end inside", ARMOUR "\nabcd\n-----END X-----\n" ARMOUR_END, NULL, "", false,
	    E_INVALID, "another end inside" },
	{ "SHA-1", "", "04 00 01 02 0006 05025ed44500 000a 0910" PGP_KEY_ID " abcd 0008 ff", "",
	    false, E_WEAK, "SHA-1" },
	{ "binary", "", PGP_SIGNATURE_V4, "", false, E_NONE, "" },
	{ "binary, version 3", "", PGP_SIGNATURE_V3, "", false, E_NONE, "" },
	{ "armoured", "", PGP_SIGNATURE_V4, "", true, E_NONE, "" },
};

START_TEST(reads_detached)
{
	static const char text[] = "a\r\nb \f\n\n";
	const char *name = detached[_i].name;
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int r;

	buf_add_str(&blob, detached[_i].before);
	if (detached[_i].hex != NULL && detached[_i].armoured)
		add_signature(&blob, detached[_i].hex);
	else if (detached[_i].hex != NULL)
		pgp_add_hex(&blob, PGP_TAG_SIGNATURE, detached[_i].hex);
	buf_add_str(&blob, detached[_i].after);
	r = signed_text_detached(&m, buf_bytes(&blob), bytes_of_str(text), false, &e);
	if (detached[_i].code != E_NONE) {
		row_refused(name, r, &e, detached[_i].code, detached[_i].part);
		ck_assert_msg(m.reframed.p == NULL, "%s: left something behind", name);
		return;
	}
	row_accepted(name, r, &e);
	must_be_opaque(name, &m, 0);
	ck_assert_msg(
	    bytes_equal(signed_message_body(&m), bytes_of_str(text)), "%s: another body", name);
}
END_TEST

Suite *
signed_text_suite(void)
{
	Suite *s = suite_create("signed_text");
	TCase *t = tcase_create("signed_text");

	tcase_add_loop_test(t, refuses_cleartext, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts_cleartext, 0, ARRAY_LEN(accepted));
	tcase_add_test(t, accepts_an_end_without_lf);
	tcase_add_test(t, tells_cleartext);
	tcase_add_test(t, tells_detached);
	tcase_add_loop_test(t, reads_detached, 0, ARRAY_LEN(detached));
	suite_add_tcase(s, t);
	return s;
}
