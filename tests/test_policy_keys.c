/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys that requirements name: all of them, or none and why. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <check.h>

#include "base/clock.h"
#include "judge.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "verify/policy_run.h"

#define DATA TEST_SRCDIR "/testdata"
#define KEYS DATA "/keys/"
#define PEM DATA "/sigstore/keys/"
#define SIGNED_BY(keys) "{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\"," keys "}"
#define SIGSTORE(keys) "{\"type\":\"sigstoreSigned\"," keys "}"
#define PATH(path) "\"keyPath\":\"" path "\""
#define REKOR(path) ",\"rekorPublicKeyPath\":\"" path "\""

static int
parse(struct policy_requirement *out, const char *text, struct err *e)
{
	AUTO_JSON json_t *document = json_read(bytes_of_str(text), "test", e);

	ck_assert_msg(document != NULL, "%s", err_msg(e));
	return policy_requirement_parse(out, document, "default[0]", e);
}

static const struct {
	const char *name, *text, *root;
	bool allow_weak;
	enum errc code; /* E_NONE: there are keys, so many of each sort */
	const char *part;
	size_t openpgp, sigstore, log;
} rows[] = {
	{ "no such file", SIGNED_BY(PATH(KEYS "nothing.asc")), "", false, E_IO,
	    "reading the keys of default[0].keyPath", 0, 0, 0 },
	{ "a directory", SIGNED_BY(PATH(DATA)), "", false, E_IO, "testdata", 0, 0, 0 },
	{ "a relative path", SIGNED_BY(PATH("testdata/nothing.asc")), "", false, E_IO,
	    "testdata/nothing.asc", 0, 0, 0 },
	{ "an empty file", SIGNED_BY(PATH(KEYS "empty.asc")), "", false, E_INVALID, "empty.asc", 0,
	    0, 0 },
	{ "no key", SIGNED_BY(PATH(KEYS "garbage.asc")), "", false, E_INVALID, "garbage.asc", 0, 0,
	    0 },
	{ "a secret key alone", SIGNED_BY(PATH(KEYS "secret.asc")), "", false, E_INVALID,
	    "secret.asc", 0, 0, 0 },
	{ "data that is no key", SIGNED_BY("\"keyData\":\"AAAA\""), "", false, E_INVALID,
	    "default[0].keyData", 0, 0, 0 },
	{ "data that is empty", SIGNED_BY("\"keyData\":\"\""), "", false, E_INVALID,
	    "default[0].keyData", 0, 0, 0 },
	{ "the second file is not there",
	    SIGNED_BY("\"keyPaths\":[\"" KEYS "release.asc\",\"" KEYS "nothing.asc\"]"), "", false,
	    E_IO, "nothing.asc", 0, 0, 0 },
	{ "the second file has none",
	    SIGNED_BY("\"keyPaths\":[\"" KEYS "release.asc\",\"" KEYS "empty.asc\"]"), "", false,
	    E_INVALID, "empty.asc", 0, 0, 0 },
	{ "a path that is empty among several",
	    SIGNED_BY("\"keyPaths\":[\"" KEYS "release.asc\",\"\"]"), "", false, E_IO, "keyPaths",
	    0, 0, 0 },
	{ "another root", SIGNED_BY(PATH(KEYS "release.asc")), "/nowhere", false, E_IO, "/nowhere/",
	    0, 0, 0 },
	{ "PEM for OpenPGP", SIGNED_BY(PATH(PEM "p256.pem")), "", false, E_INVALID, "p256.pem", 0,
	    0, 0 },
	{ "OpenPGP for PEM", SIGSTORE(PATH(KEYS "release.asc")), "", false, E_INVALID,
	    "release.asc", 0, 0, 0 },
	{ "a PEM file that is not there", SIGSTORE(PATH(PEM "nothing.pem")), "", false, E_IO,
	    "nothing.pem", 0, 0, 0 },
	{ "a key of 1024 bits", SIGSTORE(PATH(PEM "rsa1024.pem")), "", false, E_WEAK, "rsa1024.pem",
	    0, 0, 0 },
	{ "the second PEM file is none",
	    SIGSTORE("\"keyPaths\":[\"" PEM "p256.pem\",\"" PEM "empty.pem\"]"), "", false,
	    E_INVALID, "empty.pem", 0, 0, 0 },
	{ "the log's key is not there", SIGSTORE(PATH(PEM "p256.pem") REKOR(PEM "nothing.pem")), "",
	    false, E_IO, "nothing.pem", 0, 0, 0 },
	{ "the log's key is none", SIGSTORE(PATH(PEM "p256.pem") REKOR(PEM "text.pem")), "", false,
	    E_INVALID, "text.pem", 0, 0, 0 },

	{ "one file", SIGNED_BY(PATH(KEYS "release.asc")), "", false, E_NONE, NULL, 1, 0, 0 },
	{ "two keys in one file", SIGNED_BY(PATH(KEYS "two.asc")), "", false, E_NONE, NULL, 2, 0,
	    0 },
	{ "two files", SIGNED_BY("\"keyPaths\":[\"" KEYS "release.asc\",\"" KEYS "other.asc\"]"),
	    "", false, E_NONE, NULL, 2, 0, 0 },
	{ "below a root", SIGNED_BY(PATH("/keys/release.asc")), DATA, false, E_NONE, NULL, 1, 0,
	    0 },
	{ "no files at all", SIGNED_BY("\"keyPaths\":[]"), "", false, E_NONE, NULL, 0, 0, 0 },
	{ "PEM", SIGSTORE(PATH(PEM "p256.pem")), "", false, E_NONE, NULL, 0, 1, 0 },
	{ "two PEM files and a log",
	    SIGSTORE(
		"\"keyPaths\":[\"" PEM "p256.pem\",\"" PEM "rsa2048.pem\"]" REKOR(PEM "log.pem")),
	    "", false, E_NONE, NULL, 0, 2, 1 },
	{ "a short key that is allowed", SIGSTORE(PATH(PEM "rsa1024.pem")), "", true, E_NONE, NULL,
	    0, 1, 0 },
	{ "a sort of key that nobody implements",
	    "{\"type\":\"signedBy\",\"keyType\":\"X509Certificates\"," PATH(KEYS "nothing") "}", "",
	    false, E_NONE, NULL, 0, 0, 0 },
	{ "reject", "{\"type\":\"reject\"}", "", false, E_NONE, NULL, 0, 0, 0 },
};

START_TEST(reads)
{
	const struct policy_key_files files = { .root = rows[_i].root };
	AUTO(policy_requirement) requirement = POLICY_REQUIREMENT_INIT;
	struct requirement_keys keys = { 0 };
	AUTO(err) e = ERR_INIT;

	row_accepted(rows[_i].name, parse(&requirement, rows[_i].text, &e), &e);
	requirement_keys_read(&keys, &requirement, &files, rows[_i].allow_weak);
	if (rows[_i].code != E_NONE)
		row_refused(rows[_i].name, -1, &keys.failure, rows[_i].code, rows[_i].part);
	else
		row_accepted(rows[_i].name, 0, &keys.failure);
	ck_assert_ptr_eq(keys.requirement, &requirement);
	ck_assert_msg(keys.openpgp.certificates.n == rows[_i].openpgp, "%s: %zu OpenPGP keys",
	    rows[_i].name, keys.openpgp.certificates.n);
	ck_assert_msg(keys.openpgp.n_fingerprints == rows[_i].openpgp, "%s: %zu are trusted",
	    rows[_i].name, keys.openpgp.n_fingerprints);
	ck_assert_msg(keys.sigstore.n == rows[_i].sigstore, "%s: %zu sigstore keys", rows[_i].name,
	    keys.sigstore.n);
	ck_assert_msg(
	    keys.log.n == rows[_i].log, "%s: %zu keys of a log", rows[_i].name, keys.log.n);
	requirement_keys_free(&keys);
}
END_TEST

/* A key that nobody writes: as long as the run may take. */
START_TEST(waits_no_longer)
{
	static const char *const forms[] = { SIGNED_BY(PATH("/fifo")), SIGSTORE(PATH("/fifo")),
		SIGSTORE(PATH("/p256.pem") REKOR("/fifo")) };
	AUTO_STR char *root = tree_path("");
	AUTO_STR char *fifo = tree_path("fifo");
	const struct policy_key_files files = { .root = root,
		.deadline = deadline_after(clock_ms(), 300) };
	AUTO(policy_requirement) requirement = POLICY_REQUIREMENT_INIT;
	struct requirement_keys keys = { 0 };
	AUTO(buf) pem = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	testdata_read(&pem, "sigstore/keys/p256.pem");
	tree_write("p256.pem", buf_bytes(&pem));
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	row_accepted("a FIFO", parse(&requirement, forms[_i], &e), &e);
	requirement_keys_read(&keys, &requirement, &files, false);
	row_refused("a FIFO", -1, &keys.failure, E_TIMED_OUT, "/fifo");
	ck_assert_uint_eq(keys.openpgp.certificates.n + keys.sigstore.n + keys.log.n, 0);
	requirement_keys_free(&keys);
}
END_TEST

Suite *
policy_keys_suite(void)
{
	Suite *s = suite_create("policy_keys");
	TCase *t = tcase_create("policy_keys");
	TCase *files = tcase_create("files");

	tcase_add_loop_test(t, reads, 0, ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(files, tree_make, tree_remove);
	tcase_add_loop_test(files, waits_no_longer, 0, 3);
	suite_add_tcase(s, files);
	return s;
}
