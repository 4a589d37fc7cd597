/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who has taken the fetcher over can lie, as a mirror can, and nothing more: relsig, run as a
 * program with such a fetcher, accepts what is truly signed and nothing else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "hostile_fetcher.h"
#include "judge.h"
#include "process.h"
#include "suites.h"
#include "tree.h"

#define DATA TEST_SRCDIR "/testdata/"
#define HEX "b1f20f1510a77dced94eb382a5b02abe7ca3b63d8aa94ad5a52c49321dffb50c"
#define MULTI_HEX "9e4d57112a06ce35d12ee6b5caae4b6d7c068fd48bc28eefc7c78ce4399a070d"
#define MANIFEST DATA "release/manifest.json"
#define SIGNATURE DATA "release/signature-1"
#define MULTI DATA "release-multi/manifest.json"
#define MULTI_SIGNATURE DATA "release-multi/signature-1"
#define BLOB(name) DATA "adversary/" name "/blob"
#define CHANGED "changed" /* the manifest but for one byte; in the tree */

#define BY_DIGEST "127.0.0.1:1/a/b@sha256:" HEX
#define BY_TAG "127.0.0.1:1/a/b:4.99.0-x86_64"
#define BY_BOTH BY_TAG "@sha256:" HEX

static char *home_before;

static void
setup(void)
{
	AUTO(buf) manifest = BUF_INIT;
	AUTO_STR char *directory = NULL;

	home_before = getenv("HOME") != NULL ? xstrdup(getenv("HOME")) : NULL;
	tree_make();
	tree_directory("home");
	directory = tree_path("");
	hostile_fetcher_install(directory);
	testdata_read(&manifest, "release/manifest.json");
	manifest.p[manifest.n / 2] ^= 1;
	tree_write(CHANGED, buf_bytes(&manifest));
}

static void
teardown(void)
{
	hostile_fetcher_unset();
	if (home_before != NULL)
		setenv("HOME", home_before, 1);
	else
		unsetenv("HOME");
	free(steal(&home_before));
	tree_remove();
}

/* clang-format off */
static const struct {
	const char *name;
	const char *image;
	struct hostile_fetcher fetcher;
	int status;
	const char *word; /* the reason on the first line; NULL: any, or none */
	bool default_keys;
} rows[] = {
	{ "no signature", BY_DIGEST, { .manifest = MANIFEST }, 1, "no-signature", false },
	{ "an empty one", BY_DIGEST, { .manifest = MANIFEST, .signature = BLOB("empty") },
	    1, "not-a-signature", false },
	{ "HTML for one", BY_DIGEST, { .manifest = MANIFEST, .signature = BLOB("html") },
	    1, "not-a-signature", false },
	{ "unsigned", BY_DIGEST, { .manifest = MANIFEST, .signature = BLOB("unsigned-literal") },
	    1, "not-a-signature", false },
	{ "two at once", BY_DIGEST, { .manifest = MANIFEST, .signature = BLOB("concatenated") },
	    1, "not-a-signature", false },
	{ "by a key not trusted", BY_DIGEST, { .manifest = MANIFEST,
	    .signature = BLOB("unknown-key") },
	    1, "unknown-key", false },
	{ "a flipped bit", BY_DIGEST,
	    { .manifest = MANIFEST, .signature = BLOB("flipped-signature") }, 1, "bad-signature",
	    false },
	{ "a flipped payload", BY_DIGEST,
	    { .manifest = MANIFEST, .signature = BLOB("flipped-payload") }, 1, "bad-signature",
	    false },
	{ "of another image", BY_DIGEST, { .manifest = MANIFEST, .signature = MULTI_SIGNATURE },
	    1, "signed-digest-mismatch", false },
	{ "of another image, by tag", BY_TAG,
	    { .manifest = MANIFEST, .signature = MULTI_SIGNATURE }, 1, "signed-digest-mismatch",
	    false },
	{ "of another repository", BY_DIGEST,
	    { .manifest = MANIFEST, .signature = BLOB("payload-other-repository") },
	    1, "identity-mismatch", false },
	{ "another release, truly signed", BY_DIGEST,
	    { .manifest = MULTI, .signature = MULTI_SIGNATURE }, 1, "manifest-digest-mismatch",
	    false },
	{ "another release, truly signed, by tag", BY_TAG,
	    { .manifest = MULTI, .signature = MULTI_SIGNATURE }, 1, "identity-mismatch", false },
	{ "another release, truly signed, by both", BY_BOTH,
	    { .manifest = MULTI, .signature = MULTI_SIGNATURE }, 1, "manifest-digest-mismatch",
	    false },
	{ "another manifest", BY_DIGEST, { .manifest = MULTI, .signature = SIGNATURE },
	    1, "manifest-digest-mismatch", false },
	{ "another manifest, by tag", BY_TAG, { .manifest = MULTI, .signature = SIGNATURE },
	    1, "signed-digest-mismatch", false },
	{ "a changed manifest", BY_DIGEST, { .manifest = CHANGED, .signature = SIGNATURE },
	    1, "manifest-digest-mismatch", false },
	{ "a changed manifest, by tag", BY_TAG, { .manifest = CHANGED, .signature = SIGNATURE },
	    1, NULL, false },
	{ "a signature for a manifest", BY_TAG, { .manifest = SIGNATURE, .signature = SIGNATURE },
	    1, NULL, false },
	{ "a manifest for a signature", BY_DIGEST, { .manifest = MANIFEST, .signature = MANIFEST },
	    1, "not-a-signature", false },
	{ "no manifest", BY_DIGEST, { .signature = SIGNATURE }, 2, "unreachable", false },
	{ "a key of its own", BY_DIGEST, { .manifest = MANIFEST, .signature = BLOB("unknown-key"),
	    .key = DATA "keys/other.asc" }, -1, NULL, true },
	{ "the test's key as Red Hat's", BY_DIGEST, { .manifest = MANIFEST, .signature = SIGNATURE,
	    .key = DATA "keys/release.asc" }, -1, NULL, true },
	{ "stores that all fail", BY_DIGEST,
	    { HOSTILE_FAILS, MANIFEST, SIGNATURE, NULL }, 1, "no-signature", false },
	{ "as much as it may", BY_DIGEST, { HOSTILE_HUGE, MANIFEST, SIGNATURE, NULL },
	    1, "manifest-digest-mismatch", false },
	{ "unasked", BY_DIGEST, { HOSTILE_UNASKED, MANIFEST, SIGNATURE, NULL },
	    2, "unreachable", false },
	{ "noise", BY_DIGEST, { HOSTILE_NOISE, MANIFEST, SIGNATURE, NULL }, 2, "unreachable",
	    false },
	{ "dies", BY_DIGEST, { HOSTILE_DIES, MANIFEST, SIGNATURE, NULL }, 2, "unreachable", false },
	{ "silent", BY_DIGEST, { HOSTILE_SILENT, MANIFEST, SIGNATURE, NULL }, 2, "timed-out",
	    false },

	{ "the truth", BY_DIGEST, { .manifest = MANIFEST, .signature = SIGNATURE },
	    0, "accepted", false },
	{ "the truth, by tag", BY_TAG, { .manifest = MANIFEST, .signature = SIGNATURE },
	    0, "accepted", false },
	{ "the truth, by both", BY_BOTH, { .manifest = MANIFEST, .signature = SIGNATURE },
	    0, "accepted", false },
};
/* clang-format on */

static bool
first_line_says(const char *text, const char *word)
{
	AUTO_STR char *line = xstrndup(text, strcspn(text, "\n"));
	AUTO_STR char *end = xasprintf(": %s", word);
	size_t n = strlen(line), m = strlen(end);

	if (strcmp(word, "accepted") == 0)
		return strncmp(line, "accepted: ", 10) == 0;
	return n > m && strcmp(line + n - m, end) == 0;
}

START_TEST(lies_are_not_believed)
{
	AUTO_STR char *relsig = tree_path("relsig");
	AUTO_STR char *home = tree_path("home");
	AUTO_STR char *changed = tree_path(CHANGED);
	struct hostile_fetcher fetcher = rows[_i].fetcher;
	char *argv[] = { relsig, (char[]){ "verify" }, (char[]){ "--verbose" },
		(char[]){ "--request-timeout=2" }, (char[]){ "--retry-times=0" },
		(char[]){ "--store=http://127.0.0.1:1/store" }, (char *)(uintptr_t)rows[_i].image,
		(char[]){ "--key=" DATA "keys/release.asc" }, NULL };
	const char *name = rows[_i].name;
	AUTO(buf) out = BUF_INIT;
	const char *text;
	int status;

	if (fetcher.manifest != NULL && strcmp(fetcher.manifest, CHANGED) == 0)
		fetcher.manifest = changed;
	if (rows[_i].default_keys)
		argv[ARRAY_LEN(argv) - 2] = NULL;
	hostile_fetcher_set(&fetcher);
	setenv("HOME", home, 1);
	status = process_run(&out, argv);
	text = buf_str(&out);
	ck_assert_msg(rows[_i].status >= 0 ? status == rows[_i].status : status == 1 || status == 2,
	    "%s: status %d, want %d; it said:\n%s", name, status, rows[_i].status, text);
	ck_assert_msg(rows[_i].word == NULL || first_line_says(text, rows[_i].word),
	    "%s: want %s; it said:\n%s", name, rows[_i].word, text);
	ck_assert_msg(strchr(text, '\033') == NULL && strstr(text, "\naccepted: all") == NULL,
	    "%s: a terminal would obey this:\n%s", name, text);
}
END_TEST

Suite *
takeover_suite(void)
{
	Suite *s = suite_create("takeover");
	TCase *t = tcase_create("lies");

	tcase_set_timeout(t, 100);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, lies_are_not_believed, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
