/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that signs, with a real gpg and its agent, and the worthless keys of testdata/secret.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "failing.h"
#include "formats/signed_message.h"
#include "judge.h"
#include "process.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "trust/signing.h"
#include "user_gpg.h"
#include "verify/made_signature.h"

#define NOBODY "DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF"

static const struct {
	const char *name, *key; /* a file of testdata/secret that is imported, too */
	const char *fingerprint, *passphrase_file;
	enum errc code;
	const char *part;
} refused[] = {
	{ "no such key", NULL, NOBODY, NULL, E_NOT_FOUND, "no secret key " NOBODY },
	{ "a subkey", "subkey", "", NULL, E_UNSUPPORTED, "is a subkey" },
	{ "expired", "expired", NULL, NULL, E_UNSUPPORTED, "is expired" },
	{ "revoked", "revoked", NULL, NULL, E_UNSUPPORTED, "is revoked" },
	{ "disabled", NULL, NULL, NULL, E_UNSUPPORTED, "is disabled" },
	{ "it certifies only", "certonly", NULL, NULL, E_UNSUPPORTED, "cannot sign" },
	{ "no passphrase file", NULL, USER_GPG_KEY, "none", E_NOT_FOUND, "--passphrase-file" },
	{ "a large passphrase file", NULL, USER_GPG_KEY, "large", E_TOO_LARGE,
	    "--passphrase-file" },
};

/* A home that is not there is not made, and an empty one is not the user's own. */
static const struct {
	const char *name, *home;
} homes[] = {
	{ "a home that is not there", "/nonexistent/gpg" },
	{ "an empty name of a home", "" },
};

/* The fingerprint of the first or the last key in a file, for free(). */
static char *
fingerprint_in(const char *key, bool last)
{
	AUTO_STR char *file = xasprintf(TEST_SRCDIR "/testdata/secret/%s.gpg", key);
	char *argv[] = { "gpg", "--homedir", user_gpg_home(), "--batch", "--with-colons",
		"--show-keys", file, NULL };
	AUTO(buf) out = BUF_INIT;
	const char *at, *found = NULL;

	ck_assert_int_eq(process_run(&out, argv), 0);
	for (at = buf_str(&out); (at = strstr(at, "\nfpr:::::::::")) != NULL; at++)
		if (found == NULL || last)
			found = at + strlen("\nfpr:::::::::");
	ck_assert_ptr_nonnull(found);
	return xstrndup(found, FINGERPRINT_HEX);
}

/* As "disable" does it in gpg --edit-key: a bit beside the owner's trust. */
static void
disable(const char *fingerprint)
{
	AUTO_STR char *line = xasprintf("%s:128:\n", fingerprint);
	AUTO_STR char *file = tree_path("ownertrust");

	tree_write_str("ownertrust", line);
	user_gpg_run((char *[]){
	    "gpg", "--homedir", user_gpg_home(), "--batch", "--import-ownertrust", file, NULL });
}

START_TEST(refuses)
{
	const char *row = refused[_i].name;
	AUTO_STR char *fingerprint = NULL;
	AUTO_STR char *passphrase = NULL;
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(buf) large = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();

	for (size_t i = 0; i <= MAX_PASSPHRASE_BYTES; i++)
		buf_add_byte(&large, 'x');
	tree_write("large", buf_bytes(&large));
	if (refused[_i].key != NULL) {
		AUTO_STR char *secret = xasprintf("secret/%s.gpg", refused[_i].key);
		AUTO_STR char *public = xasprintf("keys/%s.asc", refused[_i].key);

		user_gpg_import(secret);
		user_gpg_import(public); /* with what revokes it */
		fingerprint = fingerprint_in(refused[_i].key, refused[_i].fingerprint != NULL);
	}
	if (refused[_i].passphrase_file != NULL)
		passphrase = tree_path(refused[_i].passphrase_file);
	o.passphrase_file = passphrase;
	if (strcmp(row, "disabled") == 0) {
		fingerprint = xstrdup(USER_GPG_KEY);
		disable(fingerprint);
	}
	o.fingerprint = fingerprint != NULL ? fingerprint : refused[_i].fingerprint;
	row_refused(row, signing_start(&s, &o, &keys, &e), &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(s == NULL && !trusted_keys_usable(&keys), "%s: left something", row);
}
END_TEST

START_TEST(refuses_homes)
{
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();

	o.homedir = homes[_i].home;
	row_refused(homes[_i].name, signing_start(&s, &o, &keys, &e), &e, E_IO, "--homedir \"");
	ck_assert_ptr_null(s);
}
END_TEST

/* A call that fails, of the process or before it is one: it starts, or it does not, and signs the
 * next time. */
static const struct {
	const char *name, *function;
	unsigned before;
	bool starts;
	const char *part;
} failing[] = {
	{ "a pair of sockets", "socketpair", 0, false, "socketpair: " },
	{ "a process", "fork", 0, false, "fork: " },
	{ "a process group", "setpgid", 0, false, "setpgid: " },
	{ "an environment", "setenv", 0, false, "setting GNUPGHOME: " },
	{ "a context", "gpgme_new", 0, false, "GPGME: " },
	{ "a key", "gpgme_get_key", 0, false, "looking for the secret key: " },
	{ "its public half", "gpgme_op_export_keys", 0, false, "exporting the public key: " },
	{ "a signer", "gpgme_signers_add", 0, false, "choosing the key: " },
	{ "data for the key", "gpgme_data_new", 0, false, "GPGME: " },
	{ "data for the payload", "gpgme_data_new_from_mem", 0, true, "gpg does not sign: " },
	{ "data for the signature", "gpgme_data_new", 1, true, "gpg does not sign: " },
};

START_TEST(survives_failures)
{
	const char *row = failing[_i].name;
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();
	struct digest digest;
	int r;

	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
	fail_call(failing[_i].function, failing[_i].before);
	r = signing_start(&s, &o, &keys, &e);
	(void)fail_happened(); /* it may be in the other process */
	if (failing[_i].starts) {
		row_accepted(row, r, &e);
		r = signing_sign(s, USER_GPG_TAGGED_NAME, &digest, &blob, &e);
	}
	row_refused(row, r, &e, E_IO, failing[_i].part);
	ck_assert_msg(blob.n == 0, "%s: something was signed", row);
	err_free(&e);
	if (failing[_i].starts)
		row_accepted(row, signing_sign(s, USER_GPG_TAGGED_NAME, &digest, &blob, &e), &e);
}
END_TEST

static const struct {
	const char *name;
	size_t number;
	const char *digest; /* that the judge asks for; NULL: of the sample release */
	enum errc code;
	const char *part;
} unasked[] = {
	{ "a number after the last", USER_GPG_NAMES, NULL, E_INVALID,
	    "not among what is to be signed" },
	{ "a number far away", (size_t)-1, NULL, E_INVALID, "not among what is to be signed" },
	{ "no digest", USER_GPG_TAGGED_NAME, "", E_INVALID, "not among what is to be signed" },
	{ "another text for a digest", USER_GPG_TAGGED_NAME, "sha256:00", E_INVALID, "not among" },
};

/* A judge that was taken over gets no signature by another name, or over anything but a digest. */
START_TEST(signs_nothing_else)
{
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();
	struct digest digest;

	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
	if (unasked[_i].digest != NULL)
		(void)snprintf(digest.text, sizeof(digest.text), "%s", unasked[_i].digest);
	user_gpg_start(&s, &keys, &o);
	row_refused(unasked[_i].name, signing_sign(s, unasked[_i].number, &digest, &blob, &e), &e,
	    unasked[_i].code, unasked[_i].part);
	ck_assert_uint_eq(blob.n, 0);
}
END_TEST

/* What was signed, and that it is the form that others read. */
static void
must_have_signed(struct signing *s, size_t number, const char *want)
{
	AUTO(signed_message) m = SIGNED_MESSAGE_INIT;
	AUTO(payload) p = PAYLOAD_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest digest;

	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
	row_accepted(want, signing_sign(s, number, &digest, &blob, &e), &e);
	row_accepted(
	    want, signed_message_parse(&m, buf_bytes(&blob), MAX_INFLATED_BYTES, false, &e), &e);
	row_accepted(want,
	    payload_parse(
		&p, signed_message_body(&m), PAYLOAD_ATOMIC, PAYLOAD_OPTIONAL_REQUIRED, &e),
	    &e);
	row_string(want, "reference", p.claimed_reference, want);
	row_string(want, "digest", p.claimed_digest.text, digest.text);
	row_string(want, "creator", p.creator, "test");
}

START_TEST(signs_by_each_name)
{
	for (int add = 0; add < 2; add++) {
		AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
		AUTO_PTR(signing) s = NULL;
		AUTO_STR char *with_digest = NULL;
		AUTO(err) e = ERR_INIT;
		struct signing_options o = user_gpg_options();
		struct digest digest;

		ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
		with_digest = xasprintf(USER_GPG_BARE "@%s", digest.text);
		o.add_digest = add == 1;
		user_gpg_start(&s, &keys, &o);
		ck_assert(trusted_keys_trust(&keys, USER_GPG_KEY));
		must_have_signed(s, USER_GPG_TAGGED_NAME, USER_GPG_TAGGED);
		must_have_signed(s, USER_GPG_BARE_NAME, add == 1 ? with_digest : USER_GPG_BARE);
	}
}
END_TEST

/* The passphrase of a key that is made for this. */
static const struct {
	const char *name, *file;
	bool signs;
} passphrases[] = {
	{ "another one", "shut sesame\n", false },
	{ "an empty file", "", false },
	{ "an empty line", "\nopen sesame\n", false },
	{ "the first line", "open sesame\nand more\n", true },
	{ "a line without an end", "open sesame", true },
};

START_TEST(takes_passphrases)
{
	const char *row = passphrases[_i].name;
	AUTO_STR char *file = tree_path("passphrase");
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO_STR char *fingerprint = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();
	struct digest digest;
	int r;

	fingerprint = user_gpg_make_key("open sesame");
	tree_write_str("passphrase", passphrases[_i].file);
	/* By the environment, too. */
	ck_assert_int_eq(setenv("GNUPGHOME", o.homedir, 1), 0);
	o.homedir = NULL;
	o.fingerprint = fingerprint;
	o.passphrase_file = file;
	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
	user_gpg_start(&s, &keys, &o);
	ck_assert_int_eq(unsetenv("GNUPGHOME"), 0);
	r = signing_sign(s, USER_GPG_TAGGED_NAME, &digest, &blob, &e);
	if (passphrases[_i].signs)
		row_accepted(row, r, &e);
	else
		row_refused(row, r, &e, E_IO, "gpg does not sign: ");
	ck_assert_msg((blob.n > 0) == passphrases[_i].signs, "%s: a signature", row);
}
END_TEST

static const struct {
	const char *name, *reference;
	const char *manifest; /* NULL: that of the sample release, which was signed */
	bool spoilt;
	enum outcome outcome;
	enum reason reason;
} proofs[] = {
	{ "another name", USER_GPG_TAGGED "1", NULL, false, OUTCOME_REFUSED,
	    REASON_IDENTITY_MISMATCH },
	{ "the repository alone", USER_GPG_BARE, NULL, false, OUTCOME_REFUSED,
	    REASON_IDENTITY_MISMATCH },
	{ "another manifest", USER_GPG_TAGGED, "release-multi/manifest.json", false,
	    OUTCOME_REFUSED, REASON_SIGNED_DIGEST_MISMATCH },
	{ "not whole", USER_GPG_TAGGED, NULL, true, OUTCOME_REFUSED, REASON_NOT_A_SIGNATURE },
	{ "as it was asked for", USER_GPG_TAGGED, NULL, false, OUTCOME_PROVEN, REASON_UNSET },
};

START_TEST(proves)
{
	const char *row = proofs[_i].name;
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO_PTR(subject) subject = NULL;
	AUTO_PTR(claim) claim = NULL;
	AUTO(reference) name = REFERENCE_INIT;
	struct judge judge = JUDGE_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(buf) manifest = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();
	enum reason why = REASON_UNSET;
	enum outcome outcome;

	user_gpg_start(&s, &keys, &o);
	judge_must_open(&judge, NULL);
	row_accepted(row,
	    signing_sign(s, USER_GPG_TAGGED_NAME, subject_digest(judge.subject), &blob, &e), &e);
	row_accepted(row, reference_parse(&name, proofs[_i].reference, &e), &e);
	if (proofs[_i].manifest != NULL) {
		testdata_read(&manifest, proofs[_i].manifest);
		ck_assert_int_eq(
		    subject_from_manifest(&subject, buf_bytes(&manifest), NULL, &why, &e),
		    OUTCOME_PROVEN);
	}
	outcome =
	    made_signature_prove(&claim, judge.openpgp, subject != NULL ? subject : judge.subject,
		&name, bytes_of(blob.p, blob.n - proofs[_i].spoilt), &why, &e);
	ck_assert_msg(outcome == proofs[_i].outcome, "%s: %s", row, err_msg(&e));
	ck_assert_msg((claim != NULL) == (outcome == OUTCOME_PROVEN), "%s: the claim", row);
	if (outcome != OUTCOME_PROVEN)
		row_string(row, "reason", reason_word(why), reason_word(proofs[_i].reason));
	signing_free(steal(&s));
	judge_must_close(&judge);
}
END_TEST

Suite *
signing_suite(void)
{
	Suite *s = suite_create("signing");
	TCase *t = tcase_create("signing");

	tcase_add_checked_fixture(t, user_gpg_set_up, user_gpg_tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, survives_failures, 0, ARRAY_LEN(failing));
	tcase_add_loop_test(t, takes_passphrases, 0, ARRAY_LEN(passphrases));
	tcase_add_loop_test(t, signs_nothing_else, 0, ARRAY_LEN(unasked));
	tcase_add_loop_test(t, refuses_homes, 0, ARRAY_LEN(homes));
	tcase_add_test(t, signs_by_each_name);
	tcase_add_loop_test(t, proves, 0, ARRAY_LEN(proofs));
	suite_add_tcase(s, t);
	return s;
}
