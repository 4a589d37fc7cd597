/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "judge.h"
#include "suites.h"
#include "tree.h"
#include "trust/gpghome.h"

static struct certificates certificates;
static char *tmpdir;

static void
set_up(void)
{
	const char *was = getenv("TMPDIR");
	AUTO_STR char *path = NULL;
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tmpdir = was != NULL ? xstrdup(was) : NULL;
	tree_make();
	path = tree_path("");
	setenv("TMPDIR", path, 1);
	testdata_read(&file, "keys/two.asc");
	ck_assert_int_eq(certificates_add(&certificates, buf_bytes(&file), "two.asc", &e), 0);
}

static void
tear_down(void)
{
	certificates_free(&certificates);
	unsetenv("GNUPGHOME");
	if (tmpdir != NULL)
		setenv("TMPDIR", tmpdir, 1);
	else
		unsetenv("TMPDIR");
	free(tmpdir);
	tree_remove();
}

static size_t
entries(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	ck_assert_msg(d != NULL, "%s", path);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2; /* without itself and the one above */
}

static void
must_hold(const char *directory, const char *name, struct bytes want)
{
	AUTO_STR char *path = xasprintf("%s/%s", directory, name);
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct stat st;

	ck_assert_msg(file_read(&got, path, 1 << 20, &e) == 0, "%s", err_msg(&e));
	ck_assert_msg(bytes_equal(buf_bytes(&got), want), "%s is not what it should be", name);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_msg((st.st_mode & 07777) == 0600, "%s has mode %o", name, (unsigned)st.st_mode);
}

/* Two files, in a directory for nobody else; exactly the lines that all supported versions know. */
START_TEST(holds_two_files)
{
	static const char conf[] =
	    "verify\nno-autostart\ntrust-model always\nno-auto-check-trustdb\n"
	    "lock-never\nno-random-seed-file\nno-auto-key-retrieve\n"
	    "no-auto-key-import\nno-auto-key-locate\npinentry-mode cancel\nbatch\n";
	AUTO_PTR(gpghome) h = NULL;
	AUTO(buf) ring = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	const char *home;
	struct stat st;

	ck_assert_msg(gpghome_make(&h, &e) == 0, "%s", err_msg(&e));
	home = getenv("GNUPGHOME");
	ck_assert_ptr_nonnull(home);
	ck_assert_int_eq(stat(home, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_uint_eq(entries(home), 0);
	ck_assert_msg(gpghome_fill(h, &certificates, &e) == 0, "%s", err_msg(&e));
	ck_assert_uint_eq(entries(home), 2);
	must_hold(home, "gpg.conf", bytes_of_str(conf));
	ck_assert_uint_eq(certificates.n, 2);
	for (size_t i = 0; i < certificates.n; i++)
		buf_add(&ring, certificates.v[i].raw.p, certificates.v[i].raw.n);
	must_hold(home, "pubring.gpg", buf_bytes(&ring));
}
END_TEST

START_TEST(goes_with_all_that_is_in_it)
{
	AUTO_STR char *root = tree_path("");
	AUTO_PTR(gpghome) h = NULL;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *inner = NULL;

	ck_assert_int_eq(gpghome_make(&h, &e), 0);
	ck_assert_int_eq(gpghome_fill(h, &certificates, &e), 0);
	inner = xasprintf("%s/a/b", getenv("GNUPGHOME"));
	ck_assert_int_eq(file_make_directories(inner, 0700, &e), 0);
	ck_assert_uint_eq(entries(root), 1);
	gpghome_free(steal(&h));
	ck_assert_uint_eq(entries(root), 0);
}
END_TEST

/* What is outside stays, also when something in the home points there. */
START_TEST(follows_no_link)
{
	AUTO_STR char *outside = NULL;
	AUTO_STR char *link = NULL;
	AUTO_PTR(gpghome) h = NULL;
	AUTO(err) e = ERR_INIT;

	tree_write_str("outside/file", "x");
	outside = tree_path("outside");
	ck_assert_int_eq(gpghome_make(&h, &e), 0);
	link = xasprintf("%s/link", getenv("GNUPGHOME"));
	ck_assert_int_eq(symlink(outside, link), 0);
	gpghome_free(steal(&h));
	ck_assert_uint_eq(entries(outside), 1);
}
END_TEST

/* A file that is there already is somebody else's: nothing is overwritten. */
START_TEST(is_filled_once)
{
	AUTO_PTR(gpghome) h = NULL;
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(gpghome_make(&h, &e), 0);
	ck_assert_int_eq(gpghome_fill(h, &certificates, &e), 0);
	ck_assert_int_eq(gpghome_fill(h, &certificates, &e), -1);
	ck_assert_int_eq(e.code, E_IO);
}
END_TEST

START_TEST(says_where_it_cannot_be)
{
	AUTO_STR char *missing = tree_path("missing");
	AUTO_PTR(gpghome) h = NULL;
	AUTO(err) e = ERR_INIT;

	setenv("TMPDIR", missing, 1);
	ck_assert_int_eq(gpghome_make(&h, &e), -1);
	ck_assert_ptr_null(h);
	ck_assert_int_eq(e.code, E_IO);
	ck_assert_msg(strstr(err_msg(&e), missing) != NULL, "%s", err_msg(&e));
	ck_assert_msg(strstr(err_msg(&e), "set TMPDIR") != NULL, "%s", err_msg(&e));
	gpghome_free(NULL);
}
END_TEST

Suite *
gpghome_suite(void)
{
	Suite *s = suite_create("gpghome");
	TCase *tc = tcase_create("gpghome");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, says_where_it_cannot_be);
	tcase_add_test(tc, is_filled_once);
	tcase_add_test(tc, follows_no_link);
	tcase_add_test(tc, holds_two_files);
	tcase_add_test(tc, goes_with_all_that_is_in_it);
	suite_add_tcase(s, tc);
	return s;
}
