/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "trust/validsig.h"

#define SUBKEY "0123456789ABCDEF0123456789ABCDEF01234567"
#define PRIMARY "89ABCDEF0123456789ABCDEF0123456789ABCDEF"
#define VALID "VALIDSIG " SUBKEY " 2020-06-01 1590969600 0 4 0 1 8 00 " PRIMARY
#define DATA "PLAINTEXT 62 0 x\nPLAINTEXT_LENGTH 5\n"
#define GOOD "GOODSIG 0123456789ABCDEF Someone <a@b>\n"
#define ALL(extra) DATA "NEWSIG\n" GOOD extra VALID "\n"
#define WITH_VALIDSIG(args) DATA "NEWSIG\n" GOOD "VALIDSIG " args "\n"

/* Status lines as gpg writes them, each "KEYWORD ARGS". */
static void
say(struct gpg_result *r, const char *lines)
{
	size_t n;

	for (; *lines != '\0'; lines += n + (lines[n] == '\n')) {
		struct gpg_status *line = LIST_ADD(r->status, r->n_status);
		size_t word;

		n = strcspn(lines, "\n");
		word = strcspn(lines, " \n");
		line->keyword = xstrndup(lines, word);
		line->args = word < n ? xstrndup(lines + word + 1, n - word - 1) : xstrdup("");
	}
}

static const struct {
	const char *name, *lines, *part;
} refused[] = {
	{ "nothing", "", "PLAINTEXT 0" },
	{ "no PLAINTEXT", "NEWSIG\n" GOOD VALID, "PLAINTEXT 0" },
	{ "no NEWSIG", DATA GOOD VALID, "NEWSIG 0" },
	{ "no GOODSIG", DATA "NEWSIG\n" VALID, "GOODSIG 0" },
	{ "no VALIDSIG", DATA "NEWSIG\n" GOOD, "VALIDSIG 0" },
	{ "two PLAINTEXT", ALL("PLAINTEXT 62 0 y\n"), "PLAINTEXT 2" },
	{ "two NEWSIG", ALL("NEWSIG\n"), "NEWSIG 2" },
	{ "two GOODSIG", ALL(GOOD), "GOODSIG 2" },
	{ "two VALIDSIG", ALL(VALID "\n"), "VALIDSIG 2" },
	{ "length too small", "PLAINTEXT 62 0 x\nPLAINTEXT_LENGTH 4\nNEWSIG\n" GOOD VALID,
	    "4 bytes" },
	{ "length too large", "PLAINTEXT 62 0 x\nPLAINTEXT_LENGTH 6\nNEWSIG\n" GOOD VALID,
	    "6 bytes" },
	{ "length is no number", ALL("PLAINTEXT_LENGTH x\n"), "x bytes" },
	{ "length is missing", ALL("PLAINTEXT_LENGTH\n"), " bytes" },
	{ "a second length", ALL("PLAINTEXT_LENGTH 9\n"), "9 bytes" },
	{ "BADSIG", ALL("BADSIG 0123456789ABCDEF x\n"), "BADSIG" },
	{ "ERRSIG", ALL("ERRSIG 0123456789ABCDEF 1 8 00 1590969600 9\n"), "ERRSIG" },
	{ "NO_PUBKEY", ALL("NO_PUBKEY 0123456789ABCDEF\n"), "NO_PUBKEY" },
	{ "EXPSIG", ALL("EXPSIG 0123456789ABCDEF x\n"), "EXPSIG" },
	{ "EXPKEYSIG", ALL("EXPKEYSIG 0123456789ABCDEF x\n"), "EXPKEYSIG" },
	{ "REVKEYSIG", ALL("REVKEYSIG 0123456789ABCDEF x\n"), "REVKEYSIG" },
	{ "NODATA after", ALL("") "NODATA 3\n", "NODATA" },
	{ "UNEXPECTED", ALL("UNEXPECTED 0\n"), "UNEXPECTED" },
	{ "FAILURE", ALL("") "FAILURE gpg-exit 33554433\n", "FAILURE gpg-exit" },
	{ "ERROR", ALL("ERROR proc_pkt.plaintext 89_BAD_DATA\n"), "ERROR" },
	{ "BEGIN_DECRYPTION", "BEGIN_DECRYPTION\n" ALL(""), "BEGIN_DECRYPTION" },
	{ "ENC_TO", "ENC_TO 0123456789ABCDEF 1 0\n" ALL(""), "ENC_TO" },
	{ "NEED_PASSPHRASE_SYM", "NEED_PASSPHRASE_SYM 9 3 8\n" ALL(""), "NEED_PASSPHRASE_SYM" },
	{ "IMPORT_OK", ALL("IMPORT_OK 1 x\n"), "IMPORT_OK" },
	{ "an unknown word", ALL("SOMETHING_NEW\n"), "SOMETHING_NEW" },
	{ "a known word, longer", ALL("GOODSIGN 0123456789ABCDEF x\n"), "GOODSIGN" },
	{ "a known word, lower case", DATA "NEWSIG\ngoodsig 0123456789ABCDEF x\n" VALID,
	    "goodsig" },
	{ "an empty word", ALL(" x\n"), "does not belong" },
	{ "ASSERT_PUBKEY_ALGO 0", ALL("ASSERT_PUBKEY_ALGO " SUBKEY " 0 rsa1024\n"),
	    "ASSERT_PUBKEY_ALGO" },
	{ "ASSERT_PUBKEY_ALGO without a state", ALL("ASSERT_PUBKEY_ALGO " SUBKEY "\n"),
	    "ASSERT_PUBKEY_ALGO" },
	{ "ASSERT_PUBKEY_ALGO 10", ALL("ASSERT_PUBKEY_ALGO " SUBKEY " 10 rsa4096\n"),
	    "ASSERT_PUBKEY_ALGO" },
	{ "VALIDSIG without the primary key",
	    WITH_VALIDSIG(SUBKEY " 2020-06-01 1590969600 0 4 0 1 8 00"), "cannot be read" },
	{ "VALIDSIG of a short fingerprint",
	    WITH_VALIDSIG("0123456789ABCDEF 2020-06-01 1590969600 0 4 0 1 8 00 " PRIMARY),
	    "cannot" },
	{ "VALIDSIG of a short primary",
	    WITH_VALIDSIG(SUBKEY " 2020-06-01 1590969600 0 4 0 1 8 00 89ABCDEF01234567"),
	    "cannot" },
	{ "VALIDSIG of a version 6 fingerprint",
	    WITH_VALIDSIG(
		SUBKEY "0123456789ABCDEF01234567 2020-06-01 1590969600 0 6 0 1 8 00 " PRIMARY),
	    "cannot" },
	{ "VALIDSIG with letters for a time",
	    WITH_VALIDSIG(SUBKEY " 2020-06-01 20200601T000000 0 4 0 1 8 00 " PRIMARY), "cannot" },
	{ "VALIDSIG with a negative time",
	    WITH_VALIDSIG(SUBKEY " 2020-06-01 -1 0 4 0 1 8 00 " PRIMARY), "cannot" },
	{ "VALIDSIG with a time after 2106",
	    WITH_VALIDSIG(SUBKEY " 2020-06-01 4294967296 0 4 0 1 8 00 " PRIMARY), "cannot" },
	{ "VALIDSIG with an algorithm above 255",
	    WITH_VALIDSIG(SUBKEY " 2020-06-01 1590969600 0 4 0 257 8 00 " PRIMARY), "cannot" },
	{ "VALIDSIG with a hash that is a name",
	    WITH_VALIDSIG(SUBKEY " 2020-06-01 1590969600 0 4 0 1 SHA256 00 " PRIMARY), "cannot" },
	{ "VALIDSIG with two spaces",
	    WITH_VALIDSIG(SUBKEY "  2020-06-01 1590969600 0 4 0 1 8 00 " PRIMARY), "cannot" },
	{ "VALIDSIG with a class of one digit",
	    WITH_VALIDSIG(SUBKEY " 2020-06-01 1590969600 0 4 0 1 8 0 " PRIMARY), "cannot" },
	{ "VALIDSIG with a version above 255",
	    WITH_VALIDSIG(SUBKEY " 2020-06-01 1590969600 0 256 0 1 8 00 " PRIMARY), "cannot" },
	{ "VALIDSIG of nothing", WITH_VALIDSIG(""), "cannot" },
};

START_TEST(refuses)
{
	AUTO(gpg_result) r = GPG_RESULT_INIT;
	AUTO(validsig) v = VALIDSIG_INIT;
	AUTO(err) e = ERR_INIT;

	say(&r, refused[_i].lines);
	row_refused(
	    refused[_i].name, validsig_read(&v, &r, 5, &e), &e, E_INVALID, refused[_i].part);
}
END_TEST

static const struct {
	const char *name, *lines, *user_id;
} accepted[] = {
	{ "plain", ALL(""), "Someone <a@b>" },
	{ "no length (partial packets)", "PLAINTEXT 62 0 x\nNEWSIG\n" GOOD VALID, "Someone <a@b>" },
	{ "KEY_CONSIDERED once", ALL("KEY_CONSIDERED " PRIMARY " 0\n"), "Someone <a@b>" },
	{ "KEY_CONSIDERED thrice",
	    ALL("KEY_CONSIDERED " PRIMARY " 0\nKEY_CONSIDERED " PRIMARY
		" 0\nKEY_CONSIDERED " PRIMARY " 0\n"),
	    "Someone <a@b>" },
	{ "KEYEXPIRED of another subkey", ALL("KEYEXPIRED 1609459200\nKEYREVOKED\n"),
	    "Someone <a@b>" },
	{ "SIG_ID", ALL("SIG_ID abc 2020-06-01 1590969600\n"), "Someone <a@b>" },
	{ "TRUST_UNDEFINED", ALL("") "TRUST_UNDEFINED 0 pgp\n", "Someone <a@b>" },
	{ "TRUST_UNDEFINED with one field more", ALL("") "TRUST_UNDEFINED 0 pgp a@b\n",
	    "Someone <a@b>" },
	{ "VERIFICATION_COMPLIANCE_MODE", ALL("") "VERIFICATION_COMPLIANCE_MODE 23\n",
	    "Someone <a@b>" },
	{ "notations",
	    ALL("NOTATION_NAME a@b\nNOTATION_FLAGS 0 1\nNOTATION_DATA c\nPOLICY_URL d\n"),
	    "Someone <a@b>" },
	{ "assertions that are met",
	    ALL("") "ASSERT_SIGNER " PRIMARY "\nASSERT_PUBKEY_ALGO " SUBKEY " 1 rsa4096\n",
	    "Someone <a@b>" },
	{ "fingerprints in lower case",
	    DATA "NEWSIG\n" GOOD
		 "VALIDSIG 0123456789abcdef0123456789abcdef01234567 2020-06-01 1590969600 0 "
		 "4 0 1 8 00 89abcdef0123456789abcdef0123456789abcdef\n",
	    "Someone <a@b>" },
	{ "VALIDSIG with one field more", DATA "NEWSIG\n" GOOD VALID " x\n", "Someone <a@b>" },
	{ "VALIDSIG with five fields more", DATA "NEWSIG\n" GOOD VALID " a b c d e\n",
	    "Someone <a@b>" },
	{ "user ID with escapes", DATA "NEWSIG\nGOODSIG 0123456789ABCDEF a%0A%25b%zz%\n" VALID,
	    "a\n%b%zz%" },
	{ "user ID with NUL", DATA "NEWSIG\nGOODSIG 0123456789ABCDEF a%00b\n" VALID, "a%00b" },
	{ "no user ID", DATA "NEWSIG\nGOODSIG 0123456789ABCDEF\n" VALID, "" },
};

START_TEST(accepts)
{
	AUTO(gpg_result) r = GPG_RESULT_INIT;
	AUTO(validsig) v = VALIDSIG_INIT;
	AUTO(err) e = ERR_INIT;
	const char *name = accepted[_i].name;

	say(&r, accepted[_i].lines);
	row_accepted(name, validsig_read(&v, &r, 5, &e), &e);
	row_string(name, "the user ID", v.user_id, accepted[_i].user_id);
	row_string(name, "the signing key", v.signing_key, SUBKEY);
	row_string(name, "the primary key", v.primary, PRIMARY);
	ck_assert_msg(v.created == 1590969600 && v.version == 4 && v.key_algorithm == 1 &&
			  v.hash_algorithm == 8 && v.signature_class == 0,
	    "%s: numbers", name);
}
END_TEST

START_TEST(reads_numbers)
{
	AUTO(gpg_result) r = GPG_RESULT_INIT;
	AUTO(validsig) v = VALIDSIG_INIT;
	AUTO(err) e = ERR_INIT;

	say(&r, WITH_VALIDSIG(PRIMARY " 2106-02-07 4294967295 7 3 9 22 10 1f " PRIMARY));
	ck_assert_msg(validsig_read(&v, &r, 5, &e) == 0, "%s", err_msg(&e));
	ck_assert_int_eq(v.created, 4294967295);
	ck_assert_uint_eq(v.version, 3);
	ck_assert_uint_eq(v.key_algorithm, 22);
	ck_assert_uint_eq(v.hash_algorithm, 10);
	ck_assert_uint_eq(v.signature_class, 0x1f);
}
END_TEST

START_TEST(finds_a_line)
{
	AUTO(gpg_result) r = GPG_RESULT_INIT;

	ck_assert(!gpg_status_has(&r, "FAILURE", ""));
	say(&r, "FAILURE option-parser 33554433\nNODATA\n");
	ck_assert(gpg_status_has(&r, "FAILURE", ""));
	ck_assert(gpg_status_has(&r, "FAILURE", "option-parser"));
	ck_assert(gpg_status_has(&r, "NODATA", ""));
	ck_assert(!gpg_status_has(&r, "FAILURE", "gpg-exit"));
	ck_assert(!gpg_status_has(&r, "FAIL", ""));
	ck_assert(!gpg_status_has(&r, "NODATA", "3"));
}
END_TEST

Suite *
validsig_suite(void)
{
	Suite *s = suite_create("validsig");
	TCase *tc = tcase_create("validsig");

	tcase_add_loop_test(tc, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(tc, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_test(tc, reads_numbers);
	tcase_add_test(tc, finds_a_line);
	suite_add_tcase(s, tc);
	return s;
}
