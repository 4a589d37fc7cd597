/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Written into: a directory that somebody else had in hand, or that is full. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/outdir.h"
#include "process.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"

static struct outdir *out;
static char *path;

static void
set_up(void)
{
	AUTO(err) e = ERR_INIT;

	tree_make();
	path = tree_path("out");
	tree_directory("out");
	row_accepted("opening", outdir_open(&out, path, &e), &e);
}

static void
tear_down(void)
{
	outdir_free(steal(&out));
	free(steal(&path));
	tree_remove();
}

static int
add(const char *name, const char *content, struct err *e)
{
	return outdir_add(out, name, bytes_of_str(content), e);
}

/* What is there: a file's text, or NULL. */
static void
must_hold(const char *row, const char *name, const char *want)
{
	AUTO_STR char *file = xasprintf("%s/%s", path, name);
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int r = file_read(&got, file, 1000, &e);

	ck_assert_msg((r == 0) == (want != NULL), "%s: %s: %s", row, name, err_msg(&e));
	if (want != NULL)
		row_string(row, name, buf_str(&got), want);
}

/* Names that begin so, in a directory. */
static size_t
count(const char *directory, const char *front)
{
	AUTO_STR char *in = xasprintf("%s/%s", path, directory);
	DIR *d = opendir(in);
	const struct dirent *entry;
	size_t n = 0;

	ck_assert_ptr_nonnull(d);
	while ((entry = readdir(d)) != NULL)
		n += strncmp(entry->d_name, front, strlen(front)) == 0;
	closedir(d);
	return n;
}

static const struct {
	const char *name, *planted, *target, *file;
	enum errc code;
	const char *part;
} refused[] = {
	{ "another content", "out/a", NULL, "a", E_MISMATCH, "another content" },
	{ "another content, in a directory", "out/d/a", NULL, "d/a", E_MISMATCH,
	    "another content" },
	{ "another content, two down", "out/d/s/a", NULL, "d/s/a", E_MISMATCH, "another content" },
	{ "a link for the file", "out/a", "../outside", "a", E_IO, "symbolic link" },
	{ "a dangling link for the file", "out/a", "nowhere", "a", E_IO, "symbolic link" },
	{ "a link for the directory", "out/d", "../elsewhere", "d/a", E_IO, "symbolic link" },
	{ "a link for the third directory", "out/d/s", "../../elsewhere", "d/s/t/u/a", E_IO,
	    "symbolic link" },
	{ "a link for the subdirectory", "out/d/s", "../../elsewhere", "d/s/a", E_IO,
	    "symbolic link" },
	{ "a file for the directory", "out/d", NULL, "d/a", E_IO, "want a directory" },
	{ "a directory for the file", "out/a/b", NULL, "a", E_IO, "not a regular file" },
};

START_TEST(refuses)
{
	AUTO(err) e = ERR_INIT;

	tree_write_str("outside", "outside");
	tree_directory("elsewhere");
	if (refused[_i].target == NULL) {
		tree_write_str(refused[_i].planted, "planted");
	} else {
		tree_directory("out/d");
		if (strcmp(refused[_i].planted, "out/d") == 0) {
			AUTO_STR char *d = tree_path("out/d");

			ck_assert_int_eq(rmdir(d), 0);
		}
		tree_link(refused[_i].planted, refused[_i].target);
	}
	row_refused(refused[_i].name, add(refused[_i].file, "content", &e), &e, refused[_i].code,
	    refused[_i].part);
	err_free(&e);
	row_accepted("nothing to commit", outdir_commit(out, &e), &e);
	must_hold(refused[_i].name, "../outside", "outside");
	ck_assert_uint_eq(count("../elsewhere", "a"), 0);
	ck_assert_uint_eq(count("", OUTDIR_TEMPORARY), 0);
	if (refused[_i].target == NULL && refused[_i].code == E_MISMATCH)
		must_hold(refused[_i].name, refused[_i].file, "planted");
}
END_TEST

START_TEST(replaces_a_link_and_not_what_it_leads_to)
{
	AUTO(err) e = ERR_INIT;

	tree_write_str("outside", "outside");
	tree_link("out/list", "../outside");
	row_accepted("prepare", outdir_replace(out, "list", bytes_of_str("new"), &e), &e);
	row_accepted("commit", outdir_commit(out, &e), &e);
	must_hold("the link's target", "../outside", "outside");
	must_hold("the new file", "list", "new");
}
END_TEST

START_TEST(appears_at_once)
{
	AUTO(err) e = ERR_INIT;

	row_accepted("file", add("top", "1", &e), &e);
	row_accepted("in a directory", add("d/a", "2", &e), &e);
	row_accepted("two down", add("d/s/a", "3", &e), &e);
	row_accepted("another, two down", add("d/s/b", "4", &e), &e);
	row_accepted("four down", add("d/t/u/v/a", "6", &e), &e);
	must_hold("before", "top", NULL);
	must_hold("before", "d/a", NULL);
	must_hold("before", "d/s/a", NULL);
	must_hold("before", "d/t/u/v/a", NULL);
	row_accepted("commit", outdir_commit(out, &e), &e);
	must_hold("after", "top", "1");
	must_hold("after", "d/a", "2");
	must_hold("after", "d/s/a", "3");
	must_hold("after", "d/t/u/v/a", "6");
	must_hold("after", "d/s/b", "4");
	row_accepted("the same again", add("d/s/b", "4", &e), &e);
	row_accepted("more in what is there", add("d/s/c", "5", &e), &e);
	row_accepted("commit", outdir_commit(out, &e), &e);
	must_hold("later", "d/s/c", "5");
	ck_assert_uint_eq(count("d", OUTDIR_TEMPORARY), 0);
	ck_assert_uint_eq(count("d/s", OUTDIR_TEMPORARY), 0);
}
END_TEST

START_TEST(drops_what_is_not_committed)
{
	AUTO(err) e = ERR_INIT;

	row_accepted("file", add("top", "1", &e), &e);
	row_accepted("two down", add("d/s/a", "3", &e), &e);
	ck_assert_uint_eq(count("", OUTDIR_TEMPORARY), 1);
	ck_assert_uint_eq(count("d", OUTDIR_TEMPORARY), 1);
	outdir_drop(out);
	ck_assert_uint_eq(count("", OUTDIR_TEMPORARY), 0);
	ck_assert_uint_eq(count("d", ""), 2); /* . and .. */
	row_accepted("nothing to commit", outdir_commit(out, &e), &e);
	must_hold("after", "top", NULL);
}
END_TEST

/* Somebody without the lock is faster: his file stays. */
START_TEST(gives_way_to_others)
{
	AUTO(err) e = ERR_INIT;

	row_accepted("file", add("a", "ours", &e), &e);
	row_accepted("two down", add("d/s/a", "ours", &e), &e);
	tree_write_str("out/a", "theirs");
	tree_write_str("out/d/s/a", "theirs");
	row_refused("commit", outdir_commit(out, &e), &e, E_IO, "giving a its name");
	must_hold("a file", "a", "theirs");
	must_hold("a directory", "d/s/a", "theirs");
	ck_assert_uint_eq(count("", OUTDIR_TEMPORARY), 0);
	ck_assert_uint_eq(count("d", OUTDIR_TEMPORARY), 0);
}
END_TEST

/* A limit on files stands for a file system that is full. */
START_TEST(leaves_nothing_when_it_is_full)
{
	const struct rlimit little = { 100, RLIM_INFINITY };
	struct rlimit was;
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int r;

	while (content.n < 1000)
		buf_add_byte(&content, 'x');
	row_accepted("first", add("list", "old", &e), &e);
	row_accepted("commit", outdir_commit(out, &e), &e);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
	r = _i == 0   ? outdir_replace(out, "list", buf_bytes(&content), &e)
	    : _i == 1 ? outdir_add(out, "d/a", buf_bytes(&content), &e)
		      : outdir_add(out, "d/s/a", buf_bytes(&content), &e);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
	row_refused("full", r, &e, E_IO, "File too large");
	outdir_drop(out);
	must_hold("after", "list", "old");
	ck_assert_uint_eq(count("", OUTDIR_TEMPORARY), 0);
	if (_i > 0)
		ck_assert_uint_eq(count("d", ""), 2);
}
END_TEST

/* Prepare two files, say so, and wait for the end. */
static int
prepare_and_wait(void *arg)
{
	const struct deadline never = DEADLINE_NEVER;
	const int *ready = arg;
	AUTO(err) e = ERR_INIT;

	if (cleanup_hold_signals(&e) != 0 || cleanup_on_signals(&never, &e) != 0 ||
	    add("top", "1", &e) != 0 || add("d/s/a", "2", &e) != 0 || write(ready[1], "r", 1) != 1)
		return 99;
	for (;;)
		pause();
}

START_TEST(ends_without_a_trace)
{
	int ready[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	pid = process_start(prepare_and_wait, ready);
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	ck_assert_uint_eq(count("", OUTDIR_TEMPORARY), 1);
	kill(pid, SIGTERM);
	ck_assert_int_eq(WTERMSIG(process_end(pid)), SIGTERM);
	ck_assert_uint_eq(count("", OUTDIR_TEMPORARY), 0);
	ck_assert_uint_eq(count("d", ""), 2);
}
END_TEST

START_TEST(one_at_a_time)
{
	const struct deadline soon = deadline_after(clock_ms(), 1);
	const struct deadline never = DEADLINE_NEVER;
	AUTO_PTR(outdir) other = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("another", outdir_open(&other, path, &e), &e);
	row_accepted("it has the lock", outdir_lock(other, &never, &e), &e);
	row_refused(
	    "this one waits", outdir_lock(out, &soon, &e), &e, E_TIMED_OUT, "another process");
	err_free(&e);
	outdir_free(steal(&other));
	row_accepted("then it is free", outdir_lock(out, &never, &e), &e);
}
END_TEST

START_TEST(lists_and_reads)
{
	AUTO(beneath_names) names = BENEATH_NAMES_INIT;
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("out/d/b", "12345");
	tree_write_str("out/d/a", "1");
	tree_link("out/l", "d");
	row_accepted("not there", outdir_list(out, "x", 2, &names, &e), &e);
	ck_assert_uint_eq(names.n, 0);
	row_accepted("at the cap", outdir_list(out, "d", 2, &names, &e), &e);
	ck_assert_uint_eq(names.n, 2);
	ck_assert_str_eq(names.v[0], "a");
	beneath_names_free(&names);
	row_refused(
	    "over it", outdir_list(out, "d", 1, &names, &e), &e, E_TOO_LARGE, "more than 1");
	err_free(&e);
	row_refused("a link", outdir_list(out, "l", 9, &names, &e), &e, E_IO, "symbolic link");
	err_free(&e);
	row_refused(
	    "through a link", outdir_read(out, "l/a", 9, &content, &e), &e, E_IO, "symbolic link");
	err_free(&e);
	row_refused("not there", outdir_read(out, "d/c", 9, &content, &e), &e, E_NOT_FOUND, "");
	err_free(&e);
	row_refused("too large", outdir_read(out, "d/b", 4, &content, &e), &e, E_TOO_LARGE, "");
	err_free(&e);
	row_accepted("just right", outdir_read(out, "d/b", 5, &content, &e), &e);
	ck_assert_str_eq(buf_str(&content), "12345");
}
END_TEST

/* The umask is for the directory that the user names; what is in it, everybody may read. */
START_TEST(is_readable)
{
	AUTO_STR char *file = xasprintf("%s/d/s/a", path), *sub = xasprintf("%s/d/s", path);
	AUTO_STR char *top = xasprintf("%s/d", path);
	mode_t was = umask(077);
	AUTO(err) e = ERR_INIT;
	struct stat st;

	row_accepted("add", add("d/s/a", "1", &e), &e);
	row_accepted("commit", outdir_commit(out, &e), &e);
	umask(was);
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	ck_assert_int_eq(stat(sub, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
	ck_assert_int_eq(stat(top, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
}
END_TEST

START_TEST(makes_the_directory)
{
	AUTO_STR char *deep = tree_path("x/y/z"), *file = tree_path("file");
	AUTO_PTR(outdir) d = NULL;
	AUTO(err) e = ERR_INIT;

	tree_write_str("file", "");
	row_refused("a file", outdir_open(&d, file, &e), &e, E_IO, "not a directory");
	err_free(&e);
	row_refused("no name", outdir_open(&d, "", &e), &e, E_IO, "empty");
	err_free(&e);
	row_accepted("deep", outdir_open(&d, deep, &e), &e);
	ck_assert_str_eq(outdir_path(d), deep);
}
END_TEST

Suite *
outdir_suite(void)
{
	Suite *s = suite_create("outdir");
	TCase *t = tcase_create("outdir");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_test(t, replaces_a_link_and_not_what_it_leads_to);
	tcase_add_test(t, appears_at_once);
	tcase_add_test(t, drops_what_is_not_committed);
	tcase_add_test(t, gives_way_to_others);
	tcase_add_loop_test(t, leaves_nothing_when_it_is_full, 0, 3);
	tcase_add_test(t, ends_without_a_trace);
	tcase_add_test(t, one_at_a_time);
	tcase_add_test(t, lists_and_reads);
	tcase_add_test(t, is_readable);
	tcase_add_test(t, makes_the_directory);
	suite_add_tcase(s, t);
	return s;
}
