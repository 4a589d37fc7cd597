/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The release key out of a folder of "relsig save", which anybody may have filled. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "base/limits.h"
#include "judge.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"
#include "verify/keysearch.h"

#define FOLDER "folder/keys/" RED_HAT_RELEASE_KEY

static struct http *offline;
static char *home_before;

static void
set_up(void)
{
	static const struct http_options options = { .offline = true, .timeout_ms = 1000 };
	const char *home = getenv("HOME");
	AUTO(err) e = ERR_INIT;

	home_before = home != NULL ? xstrdup(home) : NULL;
	setenv("HOME", "/nonexistent", 1);
	tree_make();
	tree_directory("folder/keys");
	ck_assert_msg(http_open(&offline, &options, &e) == 0, "%s", err_msg(&e));
}

static void
tear_down(void)
{
	http_free(offline);
	offline = NULL;
	tree_remove();
	if (home_before != NULL)
		setenv("HOME", home_before, 1);
	else
		unsetenv("HOME");
	free(steal(&home_before));
}

static int
find(struct key_search *out, struct err *e)
{
	AUTO_STR char *path = tree_path("folder");
	AUTO_PTR(filetree) folder = NULL;
	struct filetree *folders[1];
	const struct key_options o = { .folders = folders, .n_folders = 1, .http = offline };

	row_accepted("opening", filetree_open_directory(&folder, path, e), e);
	folders[0] = folder;
	return keys_find(out, &o, e);
}

static bool
machine_has_key(const char *test)
{
	if (access("/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release", F_OK) != 0)
		return false;
	skip_test(test, "this machine has a key file of Red Hat");
	return true;
}

static const struct {
	const char *name, *file, *content, *link;
} refused[] = {
	{ "no key", NULL, NULL, NULL },
	{ "another key by its name", FOLDER ".pgp", "keys/release.asc", NULL },
	{ "no key by its name", FOLDER ".pgp", "keys/garbage.asc", NULL },
	{ "an empty file", FOLDER ".pgp", "keys/empty.asc", NULL },
	{ "a link to it", FOLDER ".pgp", NULL, "../../key" },
};

START_TEST(trusts_nobody_else)
{
	AUTO(key_search) s = KEY_SEARCH_INIT;
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (machine_has_key(refused[_i].name))
		return;
	if (refused[_i].link != NULL)
		tree_link(refused[_i].file, refused[_i].link);
	else if (refused[_i].file != NULL) {
		testdata_read(&content, refused[_i].content);
		tree_write(refused[_i].file, buf_bytes(&content));
	}
	row_refused(refused[_i].name, find(&s, &e), &e, E_NOT_FOUND, "fetch " RED_HAT_KEY_URL);
	ck_assert_uint_eq(s.keys.n_fingerprints, 0);
	ck_assert_uint_eq(s.keys.certificates.n, 0);
}
END_TEST

/* Red Hat's own key; false, and counted as skipped, where it is not at hand. */
static bool
real_key(struct buf *out, const char *test)
{
	const char *where = getenv("RELSIG_REAL_DATA");
	AUTO_STR char *path = xasprintf("%s/keys/distribution-gpg-keys/RPM-GPG-KEY-redhat9-release",
	    where != NULL ? where : TEST_SRCDIR "/../shared/data");
	AUTO(err) e = ERR_INIT;

	if (file_read(out, path, MAX_KEY_FILE_BYTES, &e) == 0)
		return true;
	skip_test(test, "there is no RELSIG_REAL_DATA and no ../shared/data");
	return false;
}

/* Which of its versions is the key; the others are not. */
static const struct {
	const char *name, *others[2], *good, *origin;
} found[] = {
	{ "the only one", { NULL }, FOLDER ".pgp", RED_HAT_RELEASE_KEY ".pgp" },
	{ "after another", { FOLDER ".pgp" }, FOLDER "-2.pgp", RED_HAT_RELEASE_KEY "-2.pgp" },
	{ "before another", { FOLDER "-2.pgp" }, FOLDER ".pgp", RED_HAT_RELEASE_KEY ".pgp" },
};

START_TEST(finds_the_release_key)
{
	AUTO(key_search) s = KEY_SEARCH_INIT;
	AUTO(buf) good = BUF_INIT, other = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (machine_has_key(found[_i].name) || !real_key(&good, found[_i].name))
		return;
	testdata_read(&other, "keys/release.asc");
	tree_write(found[_i].good, buf_bytes(&good));
	for (size_t i = 0; i < ARRAY_LEN(found[_i].others) && found[_i].others[i] != NULL; i++)
		tree_write(found[_i].others[i], buf_bytes(&other));
	row_accepted(found[_i].name, find(&s, &e), &e);
	ck_assert_uint_eq(s.keys.n_fingerprints, 1);
	ck_assert(trusted_keys_trust(&s.keys, RED_HAT_RELEASE_KEY));
	ck_assert_uint_eq(s.keys.certificates.n, 1);
	ck_assert_uint_eq(s.n_origins, 1);
	ck_assert_msg(
	    strstr(s.origins[0], found[_i].origin) != NULL, "%s: %s", found[_i].name, s.origins[0]);
}
END_TEST

Suite *
keysearch_folder_suite(void)
{
	Suite *s = suite_create("keysearch_folder");
	TCase *t = tcase_create("keysearch_folder");

	skip_prepare();
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, trusts_nobody_else, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, finds_the_release_key, 0, (int)ARRAY_LEN(found));
	suite_add_tcase(s, t);
	return s;
}
