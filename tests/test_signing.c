/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that signs, with a real gpg and its agent, and the worthless keys of testdata/secret.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <check.h>

#include "base/children.h"
#include "base/clock.h"
#include "base/limits.h"
#include "failing.h"
#include "formats/signed_message.h"
#include "judge.h"
#include "process.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "trust/signing.h"
#include "verify/made_signature.h"

#define RELEASE "4EDB57D1B2E4C666DD00CE03EE46194CB49E4007"
#define NOBODY "DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF"
#define TAGGED "registry.example.com/tools/oc:1"
#define BARE "registry.example.com/tools/oc"

enum { TAGGED_NAME, BARE_NAME, N_NAMES };

static struct reference names[N_NAMES];
static char *home;

static void
run(char *const argv[])
{
	AUTO(buf) out = BUF_INIT;

	ck_assert_msg(process_run(&out, argv) == 0, "%s %s", argv[0], argv[3]);
}

static void
import(const char *name)
{
	AUTO_STR char *file = xasprintf(TEST_SRCDIR "/testdata/%s", name);

	run((char *[]){ "gpg", "--homedir", home, "--batch", "--import", file, NULL });
}

static void
set_up(void)
{
	AUTO(err) e = ERR_INIT;

	/* What an earlier judge made of this process: the agent is to be nobody's. */
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
	tree_make();
	tree_directory("gpg");
	home = tree_path("gpg");
	ck_assert_int_eq(chmod(home, 0700), 0);
	import("secret/release.gpg");
	row_accepted("a name", reference_parse(&names[TAGGED_NAME], TAGGED, &e), &e);
	row_accepted("a name", reference_parse(&names[BARE_NAME], BARE, &e), &e);
}

static void
tear_down(void)
{
	run((char *[]){ "gpgconf", "--homedir", home, "--kill", "all", NULL });
	for (size_t i = 0; i < N_NAMES; i++)
		reference_free(&names[i]);
	free(steal(&home));
	tree_remove();
}

static struct signing_options
options(void)
{
	return (struct signing_options){ .fingerprint = RELEASE,
		.homedir = home,
		.creator = "test",
		.names = names,
		.n_names = N_NAMES };
}

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
	{ "it certifies only", "certonly", NULL, NULL, E_UNSUPPORTED, "cannot sign" },
	{ "no passphrase file", NULL, RELEASE, "none", E_NOT_FOUND, "--passphrase-file" },
	{ "a large passphrase file", NULL, RELEASE, "large", E_TOO_LARGE, "--passphrase-file" },
};

/* The fingerprint of the first or the last key in a file, for free(). */
static char *
fingerprint_in(const char *key, bool last)
{
	AUTO_STR char *file = xasprintf(TEST_SRCDIR "/testdata/secret/%s.gpg", key);
	char *argv[] = { "gpg", "--homedir", home, "--batch", "--with-colons", "--show-keys", file,
		NULL };
	AUTO(buf) out = BUF_INIT;
	const char *at, *found = NULL;

	ck_assert_int_eq(process_run(&out, argv), 0);
	for (at = buf_str(&out); (at = strstr(at, "\nfpr:::::::::")) != NULL; at++)
		if (found == NULL || last)
			found = at + strlen("\nfpr:::::::::");
	ck_assert_ptr_nonnull(found);
	return xstrndup(found, FINGERPRINT_HEX);
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
	struct signing_options o = options();

	for (size_t i = 0; i <= MAX_PASSPHRASE_BYTES; i++)
		buf_add_byte(&large, 'x');
	tree_write("large", buf_bytes(&large));
	if (refused[_i].key != NULL) {
		AUTO_STR char *secret = xasprintf("secret/%s.gpg", refused[_i].key);
		AUTO_STR char *public = xasprintf("keys/%s.asc", refused[_i].key);

		import(secret);
		import(public); /* with what revokes it */
		fingerprint = fingerprint_in(refused[_i].key, refused[_i].fingerprint != NULL);
	}
	if (refused[_i].passphrase_file != NULL)
		o.passphrase_file = passphrase = tree_path(refused[_i].passphrase_file);
	o.fingerprint = fingerprint != NULL ? fingerprint : refused[_i].fingerprint;
	row_refused(row, signing_start(&s, &o, &keys, &e), &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(s == NULL && !trusted_keys_usable(&keys), "%s: left something", row);
}
END_TEST

/* A call of GPGME's that fails, in the process: it starts, or it does not, and signs the next time.
 */
static const struct {
	const char *name, *function;
	unsigned before;
	bool starts;
	const char *part;
} failing[] = {
	{ "a context", "gpgme_new", 0, false, "GPGME: " },
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
	struct signing_options o = options();
	struct digest digest;
	int r;

	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
	fail_call(failing[_i].function, failing[_i].before);
	r = signing_start(&s, &o, &keys, &e);
	(void)fail_happened(); /* not in this process */
	if (failing[_i].starts) {
		row_accepted(row, r, &e);
		r = signing_sign(s, TAGGED_NAME, &digest, &blob, &e);
	}
	row_refused(row, r, &e, E_IO, failing[_i].part);
	ck_assert_msg(blob.n == 0, "%s: something was signed", row);
	err_free(&e);
	if (failing[_i].starts)
		row_accepted(row, signing_sign(s, TAGGED_NAME, &digest, &blob, &e), &e);
}
END_TEST

static void
must_start(struct signing **s, struct trusted_keys *keys, const struct signing_options *o)
{
	AUTO(err) e = ERR_INIT;

	row_accepted("start", signing_start(s, o, keys, &e), &e);
}

static const struct {
	const char *name;
	size_t number;
	const char *digest; /* that the judge asks for; NULL: of the sample release */
	enum errc code;
	const char *part;
} unasked[] = {
	{ "a number after the last", N_NAMES, NULL, E_INVALID, "not among what is to be signed" },
	{ "a number far away", (size_t)-1, NULL, E_INVALID, "not among what is to be signed" },
	{ "no digest", TAGGED_NAME, "", E_INVALID, "not among what is to be signed" },
	{ "another text for a digest", TAGGED_NAME, "sha256:00", E_INVALID, "not among" },
};

/* A judge that was taken over gets no signature by another name, or over anything but a digest. */
START_TEST(signs_nothing_else)
{
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = options();
	struct digest digest;

	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
	if (unasked[_i].digest != NULL)
		(void)snprintf(digest.text, sizeof(digest.text), "%s", unasked[_i].digest);
	must_start(&s, &keys, &o);
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
		struct signing_options o = options();
		struct digest digest;

		ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
		with_digest = xasprintf(BARE "@%s", digest.text);
		o.add_digest = add == 1;
		must_start(&s, &keys, &o);
		ck_assert(trusted_keys_trust(&keys, RELEASE));
		must_have_signed(s, TAGGED_NAME, TAGGED);
		must_have_signed(s, BARE_NAME, add == 1 ? with_digest : BARE);
	}
}
END_TEST

START_TEST(keeps_the_deadline)
{
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = options();

	o.deadline = deadline_after(clock_ms() - 10, 1);
	row_refused("start", signing_start(&s, &o, &keys, &e), &e, E_TIMED_OUT, "--timeout");
	ck_assert_ptr_null(s);
}
END_TEST

/* The process ends early: twice, since the first question may still find it. */
START_TEST(tells_that_it_has_ended)
{
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(pids) after = PIDS_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = options();
	struct digest digest;

	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
	must_start(&s, &keys, &o);
	ck_assert_int_eq(children_list(&after, &e), 0);
	ck_assert_uint_eq(after.n, 1);
	ck_assert_int_eq(kill(after.v[0], SIGKILL), 0);
	row_refused("once", signing_sign(s, TAGGED_NAME, &digest, &blob, &e), &e, E_IO, "process");
	err_free(&e);
	row_refused("again", signing_sign(s, TAGGED_NAME, &digest, &blob, &e), &e, E_IO, "process");
}
END_TEST

static const struct {
	const char *name, *reference;
	const char *manifest; /* NULL: that of the sample release, which was signed */
	bool spoilt;
	enum outcome outcome;
	enum reason reason;
} proofs[] = {
	{ "another name", TAGGED "1", NULL, false, OUTCOME_REFUSED, REASON_IDENTITY_MISMATCH },
	{ "the repository alone", BARE, NULL, false, OUTCOME_REFUSED, REASON_IDENTITY_MISMATCH },
	{ "another manifest", TAGGED, "release-multi/manifest.json", false, OUTCOME_REFUSED,
	    REASON_SIGNED_DIGEST_MISMATCH },
	{ "not whole", TAGGED, NULL, true, OUTCOME_REFUSED, REASON_NOT_A_SIGNATURE },
	{ "as it was asked for", TAGGED, NULL, false, OUTCOME_PROVEN, REASON_UNSET },
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
	struct signing_options o = options();
	enum reason why = REASON_UNSET;
	enum outcome outcome;

	must_start(&s, &keys, &o);
	judge_must_open(&judge, NULL);
	row_accepted(
	    row, signing_sign(s, TAGGED_NAME, subject_digest(judge.subject), &blob, &e), &e);
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

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, survives_failures, 0, ARRAY_LEN(failing));
	tcase_add_loop_test(t, signs_nothing_else, 0, ARRAY_LEN(unasked));
	tcase_add_test(t, keeps_the_deadline);
	tcase_add_test(t, tells_that_it_has_ended);
	tcase_add_test(t, signs_by_each_name);
	tcase_add_loop_test(t, proves, 0, ARRAY_LEN(proofs));
	suite_add_tcase(s, t);
	return s;
}
