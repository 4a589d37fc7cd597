/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/armor.h"
#include "pgp.h"
#include "rows.h"
#include "suites.h"

#define BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
#define END "-----END PGP PUBLIC KEY BLOCK-----\n"
/* "hello world": its base64 and, computed by gpg --enarmor, its CRC-24. */
#define DATA "aGVsbG8gd29ybGQ=\n"
#define CRC "=sDy3\n"
#define LONG_LABEL "PGP A LABEL OF SIXTY-THREE CHARACTERS, WHICH IS ALL THAT FITS.."

/* What a reader gets, block for block: "hello", or what is wrong. NULL ends the row. */
static const struct {
	const char *name, *text, *want[4];
} rows[] = {
	{ "empty", "", { NULL } },
	{ "prose only", "Red Hat's key\nis elsewhere\n", { NULL } },
	{ "end alone", END, { NULL } },
	{ "indented", " " BEGIN "\n" DATA CRC END, { NULL } },
	{ "quoted", "> " BEGIN "\n" DATA CRC END, { NULL } },
	{ "four dashes", "----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" DATA END, { NULL } },
	{ "no space after BEGIN", "-----BEGIN_PGP PUBLIC KEY BLOCK-----\n\n" DATA END, { NULL } },
	{ "no label", "-----BEGIN -----\n\n" DATA END, { NULL } },
	{ "byte order mark", "\xef\xbb\xbf" BEGIN "\n" DATA CRC END, { NULL } },
	{ "label of 64 characters",
	    "-----BEGIN " LONG_LABEL ".-----\n\n" DATA "-----END " LONG_LABEL ".-----\n",
	    { NULL } },
	{ "no end", BEGIN "\n" DATA CRC, { "its end is missing" } },
	{ "no end, cut in a line", BEGIN "\naGVsb", { "its end is missing" } },
	{ "begin alone", BEGIN, { "its end is missing" } },
	{ "begin without a line's end", "-----BEGIN PGP PUBLIC KEY BLOCK-----",
	    { "its end is missing" } },
	{ "nothing inside", BEGIN "\n" END, { "it is empty" } },
	{ "headers only", BEGIN "Version: 1\n\n" END, { "it is empty" } },
	{ "checksum only", BEGIN "\n" CRC END, { "it is empty" } },
	{ "wrong checksum", BEGIN "\n" DATA "=sDy4\n" END, { "its checksum is wrong" } },
	{ "checksum of two bytes", BEGIN "\n" DATA "=sDw=\n" END, { "its checksum is wrong" } },
	{ "checksum that is no base64", BEGIN "\n" DATA "=!!!!\n" END,
	    { "its checksum is wrong" } },
	{ "no base64", BEGIN "\naGVsbG8g_29ybGQ=\n" END, { "its base64 is damaged" } },
	{ "a space in the base64", BEGIN "\naGVsbG8 gd29ybGQ=\n" END, { "its base64 is damaged" } },
	{ "no padding", BEGIN "\naGVsbG8gd29ybGQ\n" END, { "its base64 is damaged" } },
	{ "a header after data", BEGIN "\naGVsbG8g\nVersion: 1\nd29ybGQ=\n" END,
	    { "its base64 is damaged" } },
	{ "data after the padding", BEGIN "\n" DATA DATA END, { "its base64 is damaged" } },
	{ "a begin inside", BEGIN "\n" BEGIN "\n" DATA CRC END, { "its base64 is damaged" } },
	{ "a bad block, then a good one", BEGIN "\n" DATA "=AAAA\n" END BEGIN "\n" DATA CRC END,
	    { "its checksum is wrong", "hello world" } },
	{ "a good block, then one without end", BEGIN "\n" DATA CRC END BEGIN "\n" DATA,
	    { "hello world", "its end is missing" } },
	{ "plain", BEGIN "\n" DATA CRC END, { "hello world" } },
	{ "no line's end after the last", BEGIN "\n" DATA CRC "-----END PGP PUBLIC KEY BLOCK-----",
	    { "hello world" } },
	{ "no checksum", BEGIN "\n" DATA END, { "hello world" } },
	{ "no blank line", BEGIN DATA CRC END, { "hello world" } },
	{ "headers", BEGIN "Version: GnuPG v2\nComment: a=b\nCharset: x\n\n" DATA CRC END,
	    { "hello world" } },
	{ "headers, no blank line", BEGIN "Version: GnuPG v2\n" DATA CRC END, { "hello world" } },
	{ "white space at lines' ends",
	    "-----BEGIN PGP PUBLIC KEY BLOCK----- \t\n \t\n"
	    "aGVsbG8gd29ybGQ= \n=sDy3\t\n-----END PGP PUBLIC KEY BLOCK-----  \n",
	    { "hello world" } },
	{ "CR LF",
	    "-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\naGVsbG8gd29ybGQ=\r\n=sDy3\r\n"
	    "-----END PGP PUBLIC KEY BLOCK-----\r\n",
	    { "hello world" } },
	{ "lines of every length", BEGIN "\na\nGV\nsbG8\ngd29yb\nGQ=\n" CRC END,
	    { "hello world" } },
	{ "padding on a line of its own", BEGIN "\naGVsbG8gd29ybGQ\n=\n" CRC END,
	    { "hello world" } },
	{ "prose before, between, after",
	    "The key is:\n" BEGIN "\n" DATA CRC END "and again:\n-----\n" BEGIN "\n" DATA CRC END
	    "-- \nbye\n",
	    { "hello world", "hello world" } },
	{ "three in a row", BEGIN "\n" DATA CRC END BEGIN "\n" DATA CRC END BEGIN "\n" DATA CRC END,
	    { "hello world", "hello world", "hello world" } },
};

START_TEST(reads)
{
	struct bytes rest = bytes_of_str(rows[_i].text);
	AUTO(armor_block) block = ARMOR_BLOCK_INIT;
	size_t i;

	for (i = 0; rows[_i].want[i] != NULL; i++) {
		ck_assert_msg(
		    armor_next(&rest, &block), "%s: block %zu is missing", rows[_i].name, i);
		row_string(rows[_i].name, "the label", block.label, "PGP PUBLIC KEY BLOCK");
		row_string(rows[_i].name, "the block",
		    block.bad != NULL ? block.bad : buf_str(&block.data), rows[_i].want[i]);
		ck_assert_msg(block.bad == NULL || block.data.n == 0, "%s: data of a damaged block",
		    rows[_i].name);
	}
	ck_assert_msg(!armor_next(&rest, &block), "%s: block %zu is too much", rows[_i].name, i);
	ck_assert_msg(
	    block.data.n == 0 && block.bad == NULL, "%s: something is left", rows[_i].name);
}
END_TEST

START_TEST(reads_labels)
{
	static const char text[] =
	    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" DATA "-----END PGP PRIVATE KEY BLOCK-----\n"
	    "-----BEGIN " LONG_LABEL "-----\n\n" DATA "-----END X-----\n"
	    "-----BEGIN X-----\n\n" DATA "-----END X-----\n";
	static const char *const want[] = { "PGP PRIVATE KEY BLOCK", LONG_LABEL, "X" };
	struct bytes rest = bytes_of_str(text);
	AUTO(armor_block) block = ARMOR_BLOCK_INIT;

	ck_assert_uint_eq(strlen(LONG_LABEL), sizeof(block.label) - 1);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		ck_assert(armor_next(&rest, &block));
		ck_assert_str_eq(block.label, want[i]);
		ck_assert_str_eq(buf_str(&block.data), "hello world");
	}
	ck_assert(!armor_next(&rest, &block));
}
END_TEST

/* Every byte value, every length around a line and a base64 quantum, with and without NULs. */
START_TEST(reads_back)
{
	AUTO(armor_block) block = ARMOR_BLOCK_INIT;
	AUTO(buf) data = BUF_INIT;

	for (unsigned n = 1; n < 400; n++) {
		AUTO(buf) text = BUF_INIT;
		struct bytes rest;

		buf_add_byte(&data, (uint8_t)(n * 7));
		pgp_add_armor(&text, "PGP PUBLIC KEY BLOCK", buf_bytes(&data));
		rest = buf_bytes(&text);
		ck_assert(armor_next(&rest, &block));
		ck_assert_msg(block.bad == NULL, "%u bytes: %s", n, block.bad);
		ck_assert(bytes_equal(buf_bytes(&block.data), buf_bytes(&data)));
	}
}
END_TEST

/* Wherever a file is cut, a block is whole or named bad. */
START_TEST(is_cut_anywhere)
{
	static const char text[] = "prose\n" BEGIN "Version: 1\n\n" DATA CRC END;
	AUTO(armor_block) block = ARMOR_BLOCK_INIT;

	for (size_t n = 0; n < sizeof(text); n++) {
		char *copy = xmalloc(n + 1);
		struct bytes rest = bytes_of(copy, n);

		memcpy(copy, text, n);
		while (armor_next(&rest, &block))
			ck_assert_msg(
			    block.bad != NULL || strcmp(buf_str(&block.data), "hello world") == 0,
			    "cut at %zu: \"%s\"", n, buf_str(&block.data));
		free(copy);
	}
}
END_TEST

Suite *
armor_suite(void)
{
	Suite *s = suite_create("armor");
	TCase *t = tcase_create("armor");

	tcase_add_loop_test(t, reads, 0, ARRAY_LEN(rows));
	tcase_add_test(t, reads_labels);
	tcase_add_test(t, reads_back);
	tcase_add_test(t, is_cut_anywhere);
	suite_add_tcase(s, t);
	return s;
}
