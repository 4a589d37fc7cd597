/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other versions of gpg say, a machine's own settings make it say, and what none should ever
 * say. */
#include <string.h>

#include <check.h>

#include "fake_gpg.h"
#include "rows.h"
#include "suites.h"

static const struct {
	const char *name, *blob, *verify;
	const char *reason, *part;
} refused[] = {
	/* A verdict of gpg's that only its exit status or its last line tells. */
	{ "exit status 1 after a good signature", NULL, "all; exit 1", "untrusted-key",
	    "still ends with status 1" },
	{ "exit status 2 after a good signature", NULL, "all; exit 2", "untrusted-key",
	    "still ends with status 2" },
	{ "FAILURE gpg-exit and status 1", NULL, "all; say FAILURE gpg-exit 33554433; exit 1", NULL,
	    "" },
	{ "FAILURE gpg-exit and status 0", NULL, "all; say FAILURE gpg-exit 33554433", NULL, "" },
	{ "ASSERT_SIGNER is not met", NULL,
	    "all; log 'no signer matched'; say FAILURE gpg-exit 33554433; exit 1", NULL, "" },
	{ "ASSERT_PUBKEY_ALGO 0", NULL, "all; say ASSERT_PUBKEY_ALGO $fpr 0 rsa1024",
	    "bad-signature", "ASSERT_PUBKEY_ALGO" },
	/* Lines that do not belong. */
	{ "two GOODSIG", NULL, "begin; sig; good; good; valid", NULL, "" },
	{ "two signatures", NULL, "all; sig; good; valid", NULL, "" },
	{ "two VALIDSIG", NULL, "all; valid", NULL, "" },
	{ "good, then BADSIG", NULL, "all; say BADSIG $key_id Some One", NULL, "" },
	{ "NODATA after VALIDSIG", NULL, "all; say NODATA 3", NULL, "" },
	{ "UNEXPECTED after VALIDSIG", NULL, "all; say UNEXPECTED 0", NULL, "" },
	{ "an unknown word", NULL, "all; say SOMETHING_NEW 1", "bad-signature", "SOMETHING_NEW" },
	{ "ERROR", NULL, "all; say ERROR proc_pkt.plaintext 89", NULL, "" },
	{ "DECRYPTION_OKAY", NULL, "say BEGIN_DECRYPTION; say DECRYPTION_OKAY; all", NULL, "" },
	{ "EXPKEYSIG", NULL, "begin; sig; say KEYEXPIRED 1; say EXPKEYSIG $key_id x; valid",
	    "key-expired", "" },
	{ "REVKEYSIG", NULL, "begin; sig; say REVKEYSIG $key_id x; valid", "key-revoked", "" },
	{ "EXPSIG", NULL, "begin; sig; say EXPSIG $key_id x; valid", "signature-expired", "" },
	{ "BADSIG", NULL, "begin; sig; say BADSIG $key_id x; say FAILURE gpg-exit 33554433; exit 1",
	    "bad-signature", "does not fit" },
	{ "TRUST_NEVER", NULL, "all; say TRUST_NEVER 0 pgp", NULL, "" },
	/* Lines that are missing. */
	{ "no VALIDSIG", NULL, "begin; sig; good", "bad-signature", "" },
	{ "no GOODSIG", NULL, "begin; sig; valid", NULL, "" },
	{ "no NEWSIG", NULL, "begin; good; valid", "bad-signature", "NEWSIG 0" },
	{ "no PLAINTEXT", NULL, "body; sig; good; valid", "bad-signature", "PLAINTEXT 0" },
	/* Output that is not what was signed. */
	{ "a wrong length", NULL, "length=1$length; all", "bad-signature", "bytes of data" },
	{ "no output", NULL, "say PLAINTEXT 62 0 x; sig; good; valid", "bad-signature",
	    "what gpg verified" },
	{ "a byte more", NULL, "begin; printf x >/dev/fd/$output; sig; good; valid",
	    "bad-signature", "more than was signed" },
	/* What has been read of it when that comes names no key. */
	{ "a byte more, some time after NEWSIG", NULL,
	    "begin; sig; i=0; while test $i -lt 200000; do i=$((i + 1)); done; "
	    "printf x >/dev/fd/$output; exec sleep 1000",
	    "bad-signature", "more than was signed" },
	{ "a byte less", NULL, "body() { printf %s \"${body%?}\" >/dev/fd/$output; }; all",
	    "bad-signature", "what gpg verified" },
	{ "other bytes", NULL,
	    "body() { printf %s \"$body\" | tr 0-9 1-90 >/dev/fd/$output; }; all", "bad-signature",
	    "what gpg verified" },
	/* A VALIDSIG that is not of this blob. */
	{ "another class", NULL, "class=01; all", "bad-signature", "what gpg verified" },
	{ "another hash", NULL, "hash=2; all", "bad-signature", "what gpg verified" },
	{ "another key algorithm", NULL, "key_algorithm=17; all", "bad-signature",
	    "what gpg verified" },
	{ "another version", NULL, "version=3; all", "bad-signature", "what gpg verified" },
	{ "a key ID for a fingerprint", NULL, "fpr=$key_id; all", "bad-signature",
	    "cannot be read" },
	{ "another key", NULL, "fpr=0123456789ABCDEF0123456789ABCDEF01234567 primary=$fpr; all",
	    "untrusted-key", "not among the trusted" },
	{ "another primary key", NULL, "primary=0123456789ABCDEF0123456789ABCDEF01234567; all",
	    "untrusted-key", "0123456789ABCDEF0123456789ABCDEF01234567" },
	{ "a subkey that is not in the file", NULL,
	    "fpr=0123456789ABCDEF0123456789ABCDEF01234567; all", "untrusted-key", "subkey" },
	/* The key is in the file, and gpg does not use it. */
	{ "no public key", NULL,
	    "begin; sig; say ERRSIG $key_id 1 $hash 00 1590969600 9 -; "
	    "say NO_PUBKEY $key_id; exit 2",
	    "untrusted-key", "GnuPG refuses to use the key" },
	{ "a bad public key", NULL,
	    "begin; sig; say ERRSIG $key_id 1 $hash 00 1590969600 6 -; exit 2", "untrusted-key",
	    "FIPS" },
	{ "wrong key usage", NULL,
	    "begin; sig; say ERRSIG $key_id 1 $hash 00 1590969600 125 -; exit 2", "untrusted-key",
	    "not for signing" },
	{ "the hash is refused", NULL,
	    "begin; sig; say ERRSIG $key_id 1 $hash 00 1590969600 5 -; exit 2", "weak-crypto", "" },
	/* A replacement of gpg that refuses version 3 signatures. */
	{ "Sequoia on version 3", "v3",
	    "begin; sig; log 'sequoia-chameleon-gnupg: v3 is not considered secure'; "
	    "say ERRSIG $key_id 1 $hash 00 1590969600 4 -; exit 2",
	    NULL,
	    "a version 3 signature, which GnuPG accepts and some replacements of gpg refuse" },
};

START_TEST(refuses)
{
	const struct fake_gpg g = { .blob = refused[_i].blob, .verify = refused[_i].verify };
	const char *name = refused[_i].name;
	AUTO(answer) a = ANSWER_INIT;

	fake_gpg_ask(&g, &a);
	ck_assert_msg(a.outcome == OUTCOME_REFUSED, "%s: outcome %d, %s (%s)", name, (int)a.outcome,
	    a.reason, a.message);
	if (refused[_i].reason != NULL)
		row_string(name, "the reason", a.reason, refused[_i].reason);
	ck_assert_msg(strstr(a.message, refused[_i].part) != NULL, "%s: \"%s\" lacks \"%s\"", name,
	    a.message, refused[_i].part);
}
END_TEST

static const struct {
	const char *name, *verify, *part;
} undecided[] = {
	{ "an option that this version does not know",
	    "log '/etc/gnupg/gpg.conf:1: invalid option'; say FAILURE option-parser 33554433; exit "
	    "2",
	    "GnuPG configuration error: look at /etc/gnupg (gpg says: gpg: "
	    "/etc/gnupg/gpg.conf:1:" },
	{ "an option, and a signature all the same", "say FAILURE option-parser 33554433; all",
	    "GnuPG configuration error" },
	{ "keyboxd",
	    "begin; sig; log 'no keyboxd running in this session'; "
	    "say ERRSIG $key_id 1 $hash 00 1590969600 9 -; say NO_PUBKEY $key_id; exit 2",
	    "\"use-keyboxd\" in /etc/gnupg/common.conf" },
	{ "keyboxd by its other name",
	    "begin; sig; log 'No Keybox daemon running'; "
	    "say ERRSIG $key_id 1 $hash 00 1590969600 9 -; exit 2",
	    "use-keyboxd" },
	{ "silence", "exit 0", "no signature" },
	{ "silence and exit status 2", "exit 2", "no signature" },
	{ "data and no signature", "begin", "no signature" },
	{ "killed before it said anything", "kill -KILL $$", "killed by signal 9" },
	{ "killed after all was said", "all; kill -KILL $$", "killed by signal 9" },
	{ "crashed after all was said", "all; kill -SEGV $$", "killed by signal 11" },
};

START_TEST(does_not_decide)
{
	const struct fake_gpg g = { .verify = undecided[_i].verify };
	const char *name = undecided[_i].name;
	AUTO(answer) a = ANSWER_INIT;

	fake_gpg_ask(&g, &a);
	ck_assert_msg(a.outcome == OUTCOME_UNDECIDED, "%s: outcome %d, %s (%s)", name,
	    (int)a.outcome, a.reason, a.message);
	row_string(name, "the reason", a.reason, "io-error");
	ck_assert_msg(strstr(a.message, undecided[_i].part) != NULL, "%s: \"%s\" lacks \"%s\"",
	    name, a.message, undecided[_i].part);
}
END_TEST

static const struct {
	const char *name, *blob, *verify;
} accepted[] = {
	{ "as it should be", NULL, "all" },
	{ "version 3", "v3", "all" },
	{ "no length", NULL, "say PLAINTEXT 62 0 x; body; sig; good; valid" },
	{ "no KEY_CONSIDERED", NULL, "begin; say NEWSIG; good; valid" },
	{ "KEY_CONSIDERED thrice", NULL,
	    "begin; sig; say KEY_CONSIDERED $fpr 0; say KEY_CONSIDERED $fpr 0; good; valid" },
	{ "KEYEXPIRED of a subkey", NULL, "begin; sig; say KEYEXPIRED 1609459200; good; valid" },
	{ "VERIFICATION_COMPLIANCE_MODE", NULL, "all; say VERIFICATION_COMPLIANCE_MODE 23" },
	{ "ASSERT_SIGNER", NULL, "all; say ASSERT_SIGNER $fpr" },
	{ "ASSERT_PUBKEY_ALGO 1", NULL, "all; say ASSERT_PUBKEY_ALGO $fpr 1 rsa4096" },
	{ "TRUST_UNDEFINED", NULL, "all; say TRUST_UNDEFINED 0 pgp" },
	{ "TRUST_UNDEFINED with one field more", NULL, "all; say TRUST_UNDEFINED 0 pgp a@b" },
	{ "TRUST_ULTIMATE", NULL, "all; say TRUST_ULTIMATE 0 pgp" },
	{ "SIG_ID and notations", NULL,
	    "begin; sig; say SIG_ID abc 2020-06-01 1590969600; good; say NOTATION_NAME a@b; "
	    "say NOTATION_DATA c; valid" },
	{ "talk", NULL, "log 'WARNING: unsafe permissions'; all; log 'Good signature'" },
};

START_TEST(accepts)
{
	const struct fake_gpg g = { .blob = accepted[_i].blob, .verify = accepted[_i].verify };
	AUTO(answer) a = ANSWER_INIT;

	fake_gpg_ask(&g, &a);
	ck_assert_msg(
	    a.outcome == OUTCOME_PROVEN, "%s: %s (%s)", accepted[_i].name, a.reason, a.message);
	row_string(accepted[_i].name, "the reason", a.reason, "accepted");
	row_string(accepted[_i].name, "the version", a.version, "2.4.8");
}
END_TEST

Suite *
gpg_versions_suite(void)
{
	Suite *s = suite_create("gpg_versions");
	TCase *tc = tcase_create("gpg_versions");

	tcase_add_checked_fixture(tc, fake_gpg_set_up, fake_gpg_tear_down);
	tcase_add_loop_test(tc, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(tc, does_not_decide, 0, ARRAY_LEN(undecided));
	tcase_add_loop_test(tc, accepts, 0, ARRAY_LEN(accepted));
	suite_add_tcase(s, tc);
	return s;
}
