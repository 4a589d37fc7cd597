/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Red Hat's own signatures, where they are at hand: $RELSIG_REAL_DATA or ../shared/data beside the
 * source. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "formats/sums.h"
#include "judge.h"
#include "skip.h"
#include "suites.h"
#include "trust/public_keys.h"

#define RELEASE_KEY "keys/cluster-update-keys/verifier-public-key-redhat-release.asc"
#define BETA_KEY "keys/cluster-update-keys/verifier-public-key-redhat-beta-2.asc"
#define CI_KEY "keys/cluster-update-keys/verifier-public-key-openshift-ci.asc"
#define SIGSTORE_KEY "keys/cluster-image-policy-openshift-cosign.pub.pem"
#define CI_DIGEST "edd9824f0404f1a139688017e7001370e2f3fbc088b94da84506653b473fe140"
#define RELEASE_REPOSITORY "quay.io/openshift-release-dev/ocp-release"

/* For free(); NULL after a skip. */
static char *
real(const char *name)
{
	const char *where = getenv("RELSIG_REAL_DATA");
	AUTO_STR char *root =
	    xstrdup(where != NULL && where[0] != '\0' ? where : TEST_SRCDIR "/../shared/data");

	if (access(root, F_OK) == 0)
		return xasprintf("%s/%s", root, name);
	skip_test("real signatures", "there is no RELSIG_REAL_DATA and no ../shared/data");
	return NULL;
}

static void
read_real(struct buf *out, const char *path)
{
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(file_read(out, path, 1 << 20, &e) == 0, "%s", err_msg(&e));
}

/*
 * The judge expects the sample release: for real ones it is told to expect the repository, any tag.
 */
static void
open_judge(struct judge *j, const char *key)
{
	AUTO_STR char *path = real(key);
	AUTO(reference) repository = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;

	judge_must_open(j, path);
	ck_assert_int_eq(reference_parse(&repository, RELEASE_REPOSITORY, &e), 0);
	identity_free(&j->identity);
	identity_for_image(&j->identity, &repository, NULL);
}

static void
expect_digest(struct judge *j, const char *hex)
{
	AUTO_STR char *text = xasprintf("sha256:%s", hex);
	AUTO(err) e = ERR_INIT;
	struct digest d;
	enum reason why;

	ck_assert_msg(digest_parse(&d, bytes_of_str(text), &e) == 0, "%s", err_msg(&e));
	subject_free(steal(&j->subject));
	ck_assert_int_eq(subject_from_digest(&j->subject, &d, &why, &e), OUTCOME_PROVEN);
}

/* The signature of every directory, expecting the digest that the directory is named by. */
static size_t
judge_all(struct judge *j, enum reason want)
{
	AUTO_STR char *root = real("signatures/openshift/release");
	DIR *dir = root != NULL ? opendir(root) : NULL;
	struct dirent *d;
	size_t n = 0;

	ck_assert_msg(dir != NULL, "no directory of real signatures");
	while ((d = readdir(dir)) != NULL) {
		AUTO_STR char *path = xasprintf("%s/%s/signature-1", root, d->d_name);
		AUTO(judged) got = JUDGED_INIT;
		AUTO(buf) blob = BUF_INIT;

		if (strncmp(d->d_name, "sha256=", 7) != 0)
			continue;
		n++;
		read_real(&blob, path);
		expect_digest(j, d->d_name + 7);
		judge_blob(j, buf_bytes(&blob), &got);
		ck_assert_msg(got.reason == want, "%s: %s, want %s (%s)", d->d_name,
		    reason_word(got.reason), reason_word(want), err_msg(&got.e));
		ck_assert_msg((got.claim != NULL) == (want == REASON_ACCEPTED), "%s", d->d_name);
		if (want == REASON_ACCEPTED)
			ck_assert_str_eq(got.facts.fingerprint, RED_HAT_RELEASE_KEY);
	}
	closedir(dir);
	return n;
}

static const struct {
	const char *key;
	enum reason reason;
} keys[] = {
	{ BETA_KEY, REASON_UNKNOWN_KEY },
	{ RELEASE_KEY, REASON_ACCEPTED },
};

START_TEST(release_signatures)
{
	AUTO_STR char *there = real("");
	struct judge j;

	if (there == NULL)
		return;
	open_judge(&j, keys[_i].key);
	ck_assert_uint_ge(judge_all(&j, keys[_i].reason), 55);
	judge_must_close(&j);
}
END_TEST

static const struct {
	const char *blob, *key;
	enum reason reason;
} others[] = {
	{ "derived-not-real/4.15.0-decompressed-tampered-digest.pgp", RELEASE_KEY,
	    REASON_BAD_SIGNATURE },
	{ "derived-not-real/4.18.20-signature-truncated.base64", RELEASE_KEY,
	    REASON_NOT_A_SIGNATURE },
	{ "clearsigned/crc-4.12.9-sha256sum.txt.sig", RELEASE_KEY, REASON_NOT_A_SIGNATURE },
	{ "clearsigned/crc-4.13.0-sha256sum_correct.txt.sig", RELEASE_KEY, REASON_NOT_A_SIGNATURE },
	{ "clearsigned/crc-4.13.0-sha256sum_incorrect.txt.sig", RELEASE_KEY,
	    REASON_NOT_A_SIGNATURE },
	/* An armoured key where a signature belongs. */
	{ RELEASE_KEY, RELEASE_KEY, REASON_NOT_A_SIGNATURE },
	{ "other-signatures/openshift-ci/sha256=" CI_DIGEST "/signature-1", CI_KEY,
	    REASON_KEY_EXPIRED },
	{ "other-signatures/openshift-ci/sha256=" CI_DIGEST "/signature-1", RELEASE_KEY,
	    REASON_UNKNOWN_KEY },
	/* Good signatures, for other images than this one. */
	{ "pair-aws-load-balancer-operator-bundle-dir/signature-1", RELEASE_KEY,
	    REASON_SIGNED_DIGEST_MISMATCH },
	{ "derived-not-real/4.15.0-decompressed.pgp", RELEASE_KEY, REASON_SIGNED_DIGEST_MISMATCH },
};

START_TEST(other_signatures)
{
	AUTO_STR char *path = real(others[_i].blob);
	AUTO(judged) got = JUDGED_INIT;
	AUTO(buf) blob = BUF_INIT;
	struct judge j;

	if (path == NULL)
		return;
	read_real(&blob, path);
	open_judge(&j, others[_i].key);
	judge_blob(&j, buf_bytes(&blob), &got);
	ck_assert_msg(got.reason == others[_i].reason, "%s: %s, want %s (%s)", others[_i].blob,
	    reason_word(got.reason), reason_word(others[_i].reason), err_msg(&got.e));
	ck_assert_ptr_null(got.claim);
	judge_must_close(&j);
}
END_TEST

/* Lists of sums in clear text; the last was signed by another key, and corrected in the second. */
static const struct {
	const char *file;
	enum outcome outcome;
	enum reason reason;
} lists[] = {
	{ "clearsigned/crc-4.13.0-sha256sum_incorrect.txt.sig", OUTCOME_REFUSED,
	    REASON_UNKNOWN_KEY },
	{ "clearsigned/crc-4.13.0-sha256sum_correct.txt.sig", OUTCOME_PROVEN, REASON_UNSET },
	{ "clearsigned/crc-4.12.9-sha256sum.txt.sig", OUTCOME_PROVEN, REASON_UNSET },
};

START_TEST(lists_of_sums)
{
	AUTO_STR char *path = real(lists[_i].file);
	AUTO_STR char *key = real(RELEASE_KEY);
	AUTO(signature_facts) facts = SIGNATURE_FACTS_INIT;
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(sums) sums = SUMS_INIT;
	AUTO(err) e = ERR_INIT;
	enum signed_form form;
	enum outcome outcome;
	enum reason why;
	struct judge j;

	if (path == NULL)
		return;
	read_real(&blob, path);
	judge_must_open(&j, key);
	outcome = openpgp_verify_sums(
	    j.openpgp, buf_bytes(&blob), NULL, JUDGE_NOW, &bytes, &form, &facts, &why, &e);
	ck_assert_msg(outcome == lists[_i].outcome && why == lists[_i].reason, "%s: %s (%s)",
	    lists[_i].file, reason_word(why), err_msg(&e));
	ck_assert_int_eq(form, SIGNED_CLEARTEXT);
	if (outcome == OUTCOME_PROVEN) {
		ck_assert_str_eq(facts.fingerprint, RED_HAT_RELEASE_KEY);
		ck_assert_int_eq(sums_parse(&sums, signed_bytes_payload(bytes), 4, &e), 0);
		ck_assert_uint_eq(sums.n, 4);
	}
	judge_must_close(&j);
}
END_TEST

/* The key of the ClusterImagePolicy "openshift" is the one that is known by name. */
START_TEST(the_sigstore_key)
{
	AUTO_STR char *path = real(SIGSTORE_KEY);
	AUTO(public_key) key = PUBLIC_KEY_INIT;
	AUTO(buf) pem = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (path == NULL)
		return;
	read_real(&pem, path);
	ck_assert_msg(public_key_read(&key, buf_bytes(&pem), false, &e) == 0, "%s", err_msg(&e));
	ck_assert_int_eq(key.kind, PUBLIC_KEY_RSA);
	ck_assert_uint_eq(key.bits, 4096);
	ck_assert_str_eq(key.fingerprint, OPENSHIFT_SIGSTORE_KEY);
	ck_assert_ptr_nonnull(public_key_known_name(key.fingerprint));
}
END_TEST

Suite *
real_data_suite(void)
{
	Suite *s = suite_create("real_data");
	TCase *tc = tcase_create("real_data");

	skip_prepare();
	tcase_add_loop_test(tc, other_signatures, 0, ARRAY_LEN(others));
	tcase_add_loop_test(tc, release_signatures, 0, ARRAY_LEN(keys));
	tcase_add_loop_test(tc, lists_of_sums, 0, ARRAY_LEN(lists));
	tcase_add_test(tc, the_sigstore_key);
	suite_add_tcase(s, tc);
	return s;
}
