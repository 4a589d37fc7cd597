/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "formats/fingerprint.h"
#include "rows.h"
#include "suites.h"

#define WANT "567E347AD0044ADE55BA8A5F199E2F91FD431D51"

static const struct {
	const char *name, *text, *part;
} refused[] = {
	{ "empty", "", "0 hexadecimal digits" },
	{ "blank", " \t\r\n", "0 hexadecimal digits" },
	{ "0x alone", "0x", "0 hexadecimal digits" },
	{ "0x twice", "0x0x" WANT, "not hexadecimal" },
	{ "0x after a space", " 0x" WANT, "not hexadecimal" },
	{ "short key ID", "FD431D51", "key ID" },
	{ "key ID", "199E2F91FD431D51", "key ID" },
	{ "key ID with 0x and spaces", "0x199E 2F91 FD43 1D51", "key ID" },
	{ "39 digits", "567E347AD0044ADE55BA8A5F199E2F91FD431D5", "39 hexadecimal digits" },
	{ "41 digits", WANT "0", "41 hexadecimal digits" },
	{ "version 3, 32 digits", "0123456789ABCDEF0123456789ABCDEF", "32 hexadecimal digits" },
	{ "version 6, 64 digits",
	    "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
	    "64 hexadecimal digits" },
	{ "two of them", WANT " " WANT, "80 hexadecimal digits" },
	{ "comma list", WANT "," WANT, "not hexadecimal" },
	{ "g", "567E347AD0044ADE55BA8A5F199E2F91FD431D5G", "not hexadecimal" },
	{ "colons", "56:7E:34:7A:D0:04:4A:DE:55:BA:8A:5F:19:9E:2F:91:FD:43:1D:51",
	    "not hexadecimal" },
	{ "no-break space",
	    "567E347AD0044ADE55BA8A5F199E\xc2\xa0"
	    "2F91FD431D51",
	    "not hexadecimal" },
	{ "user ID", "Red Hat, Inc. (release key 2)", "not hexadecimal" },
	{ "exclamation mark, as gpg has it", WANT "!", "not hexadecimal" },
};

START_TEST(refuses)
{
	char out[FINGERPRINT_HEX + 1];
	AUTO(err) e = ERR_INIT;

	memset(out, 'x', sizeof(out));
	row_refused(refused[_i].name, fingerprint_parse(out, refused[_i].text, &e), &e, E_USAGE,
	    refused[_i].part);
	ck_assert_msg(out[0] == '\0', "%s: left a fingerprint behind", refused[_i].name);
}
END_TEST

static const struct {
	const char *name, *text;
} accepted[] = {
	{ "plain", WANT },
	{ "lower case", "567e347ad0044ade55ba8a5f199e2f91fd431d51" },
	{ "0x", "0x" WANT },
	{ "0X", "0X" WANT },
	{ "as gpg prints it", "567E 347A D004 4ADE 55BA  8A5F 199E 2F91 FD43 1D51" },
	{ "white space of all kinds", " 567E347AD0044ADE55BA\t8A5F199E2F91\r\nFD431D51\n" },
};

START_TEST(accepts)
{
	char out[FINGERPRINT_HEX + 1];
	AUTO(err) e = ERR_INIT;

	row_accepted(accepted[_i].name, fingerprint_parse(out, accepted[_i].text, &e), &e);
	row_string(accepted[_i].name, "the fingerprint", out, WANT);
}
END_TEST

Suite *
fingerprint_suite(void)
{
	Suite *s = suite_create("fingerprint");
	TCase *t = tcase_create("fingerprint");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	suite_add_tcase(s, t);
	return s;
}
