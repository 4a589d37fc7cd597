/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/children.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "process.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"

static char *tmpdir_before;

/* A tree for the test, which is TMPDIR too. */
static void
set_up(void)
{
	AUTO_STR char *root = NULL;

	tmpdir_before = getenv("TMPDIR") != NULL ? xstrdup(getenv("TMPDIR")) : NULL;
	tree_make();
	root = tree_path("");
	setenv("TMPDIR", root, 1);
}

static void
tear_down(void)
{
	if (tmpdir_before != NULL)
		setenv("TMPDIR", tmpdir_before, 1);
	else
		unsetenv("TMPDIR");
	free(tmpdir_before);
	tmpdir_before = NULL;
	tree_remove();
}

static bool
exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void
write_file(const char *directory, const char *name)
{
	AUTO_STR char *path = xasprintf("%s/%s", directory, name);
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(file_write(path, bytes_of("x", 1), 0400, &e) == 0, "%s", err_msg(&e));
}

START_TEST(makes_private_directories)
{
	AUTO_STR char *prefix = tree_path("relsig-");
	AUTO(err) e = ERR_INIT;
	char *one = tmpdir_make(&e), *two = tmpdir_make(&e);
	struct stat st;

	ck_assert_msg(one != NULL && two != NULL, "%s", err_msg(&e));
	ck_assert_str_ne(one, two);
	ck_assert_msg(text_starts_with(one, prefix), "%s", one);
	ck_assert_int_eq(stat(one, &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	tmpdir_remove(one);
	tmpdir_remove(two);
	tmpdir_remove(NULL);
}
END_TEST

/* A TMPDIR that is no absolute path is none. */
START_TEST(falls_back_to_tmp)
{
	static const char *const values[] = { NULL, "", "relative", "./here", "../tmp" };
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *copy = NULL;
	char *path;

	if (values[_i] != NULL)
		setenv("TMPDIR", values[_i], 1);
	else
		unsetenv("TMPDIR");
	path = tmpdir_make(&e);
	ck_assert_msg(path != NULL && text_starts_with(path, "/tmp/relsig-"), "TMPDIR=%s: %s",
	    values[_i] != NULL ? values[_i] : "(unset)", path != NULL ? path : err_msg(&e));
	copy = xstrdup(path);
	tmpdir_remove(path);
	ck_assert(!exists(copy));
}
END_TEST

START_TEST(says_what_is_wrong_with_tmpdir)
{
	AUTO_STR char *missing = tree_path("not/there");
	AUTO_STR char *file = tree_path("file");
	AUTO_STR char *closed = tree_path("closed");
	struct {
		const char *name, *path, *part;
	} rows[] = { { "missing", missing, "No such file" }, { "a file", file, "Not a directory" },
		{ "read-only", closed, "Permission denied" } };
	AUTO(err) e = ERR_INIT;

	tree_write_str("file", "");
	tree_directory("closed");
	ck_assert_int_eq(chmod(closed, 0500), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *path;

		if (rows[i].path == closed && access(closed, W_OK) == 0) {
			skip_test("read-only TMPDIR", "this user may write everywhere");
			continue;
		}
		setenv("TMPDIR", rows[i].path, 1);
		path = tmpdir_make(&e);
		row_refused(rows[i].name, path == NULL ? -1 : 0, &e, E_IO, rows[i].part);
		row_refused(rows[i].name, -1, &e, E_IO, rows[i].path);
		row_refused(rows[i].name, -1, &e, E_IO, "set TMPDIR");
	}
}
END_TEST

/* Files, directories in directories, odd names; links are removed and not followed. */
START_TEST(removes_all_and_nothing_else)
{
	AUTO_STR char *kept = tree_path("outside/kept");
	AUTO_STR char *outside = tree_path("outside");
	AUTO_STR char *copy = NULL;
	AUTO_STR char *deep = NULL;
	AUTO_STR char *link_to_directory = NULL;
	AUTO_STR char *link_to_file = NULL;
	AUTO_STR char *dangling = NULL;
	AUTO_STR char *fifo = NULL;
	AUTO(err) e = ERR_INIT;
	char *path;

	tree_write_str("outside/kept", "precious");
	path = tmpdir_make(&e);
	ck_assert_ptr_nonnull(path);
	copy = xstrdup(path);
	deep = xasprintf("%s/a/b/c/d/e/f", path);
	link_to_directory = xasprintf("%s/a/link", path);
	link_to_file = xasprintf("%s/a/b/link", path);
	dangling = xasprintf("%s/dangling", path);
	fifo = xasprintf("%s/fifo", path);
	ck_assert_int_eq(file_make_directories(deep, 0700, &e), 0);
	write_file(path, "pubring.gpg");
	write_file(path, ".#lk-hidden");
	write_file(path, "..two dots");
	write_file(deep, "file");
	ck_assert_int_eq(symlink(outside, link_to_directory), 0);
	ck_assert_int_eq(symlink(kept, link_to_file), 0);
	ck_assert_int_eq(symlink("nowhere", dangling), 0);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	tmpdir_remove(path);
	ck_assert(!exists(copy));
	ck_assert(exists(kept));
}
END_TEST

/* A directory that became a link to another, or went by itself. */
START_TEST(removes_no_other_directory)
{
	AUTO_STR char *kept = tree_path("outside/kept");
	AUTO_STR char *outside = tree_path("outside");
	AUTO(err) e = ERR_INIT;
	char *path = tmpdir_make(&e), *gone = tmpdir_make(&e);

	tree_write_str("outside/kept", "precious");
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(symlink(outside, path), 0);
	tmpdir_remove(path);
	ck_assert(exists(kept));
	ck_assert_int_eq(rmdir(gone), 0);
	tmpdir_remove(gone);
}
END_TEST

/* --- signals --------------------------------------------------------------------------------- */

/* What the process under test tells: its directory and its orphan. */
struct told {
	char directory[4096];
	pid_t orphan;
};

struct victim {
	int told[2], asked[2], answered[2]; /* pipes */
	bool ignores_hup, stops_first;
	struct deadline deadline;
};
/* What it answers once it was stopped. */
static const char was_stopped = 's';

/* work: have two directories and a child, say so, then answer each byte with another, for ever. */
static int
be_the_victim(void *arg)
{
	static const atomic_bool never = false;
	const struct victim *v = arg;
	const atomic_bool *stop = &never;
	AUTO(pids) before = PIDS_INIT;
	AUTO(pids) started = PIDS_INIT;
	struct told told = { 0 };
	AUTO(err) e = ERR_INIT;
	char *gone, *path, c;

	if (v->ignores_hup)
		signal(SIGHUP, SIG_IGN);
	if (children_adopt(&e) != 0 || cleanup_on_signals(&v->deadline, &e) != 0)
		return 1;
	gone = tmpdir_make(&e);
	path = tmpdir_make(&e);
	if (gone == NULL || path == NULL || strlen(path) >= sizeof(told.directory))
		return 2;
	tmpdir_remove(gone); /* the list has had two */
	memcpy(told.directory, path, strlen(path) + 1);
	free(path);
	write_file(told.directory, "gpg.conf");
	if (children_begin_start(&before, &e) != 0)
		return 3;
	process_start_orphan(process_sleep, NULL);
	if (children_end_start(&before, &started, &e) != 0 || started.n != 1)
		return 4;
	told.orphan = started.v[0];
	if (v->stops_first)
		stop = cleanup_stop_first();
	if (write(v->told[1], &told, sizeof(told)) != sizeof(told))
		return 5;
	while (read(v->asked[0], &c, 1) == 1) {
		if (*stop)
			c = was_stopped;
		if (write(v->answered[1], &c, 1) != 1)
			return 6;
	}
	return 7;
}

static pid_t
start_victim(struct victim *v, struct told *told)
{
	AUTO(err) e = ERR_INIT;
	pid_t pid;

	/* Orphans of the victim are this process's when it has gone. */
	ck_assert_msg(children_adopt(&e) == 0, "%s", err_msg(&e));
	ck_assert_int_eq(pipe(v->told), 0);
	ck_assert_int_eq(pipe(v->asked), 0);
	ck_assert_int_eq(pipe(v->answered), 0);
	pid = process_start(be_the_victim, v);
	close(v->told[1]); /* so that its early end is seen */
	ck_assert_int_eq(read(v->told[0], told, sizeof(*told)), sizeof(*told));
	ck_assert(exists(told->directory));
	return pid;
}

static void
close_victim(const struct victim *v)
{
	const int ends[] = { v->told[0], v->asked[0], v->asked[1], v->answered[0], v->answered[1] };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		close(ends[i]);
}

/* Ended by that signal; directory and child gone. */
static void
check_end(pid_t pid, int sig, const struct told *told)
{
	int status = process_end(pid);

	ck_assert_msg(
	    WIFSIGNALED(status), "%s: exit status %d", strsignal(sig), WEXITSTATUS(status));
	ck_assert_msg(WTERMSIG(status) == sig, "%s: ended by %s", strsignal(sig),
	    strsignal(WTERMSIG(status)));
	ck_assert_msg(!exists(told->directory), "%s: %s is left", strsignal(sig), told->directory);
	ck_assert_msg(kill(told->orphan, 0) == -1 && errno == ESRCH, "%s: its child lives on",
	    strsignal(sig));
}

START_TEST(cleans_up_after_signals)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct victim v = { .ignores_hup = false };
	struct told told;
	pid_t pid = start_victim(&v, &told);

	kill(pid, signals[_i]);
	check_end(pid, signals[_i], &told);
	close_victim(&v);
}
END_TEST

/* As under nohup(1). */
START_TEST(keeps_ignoring_hup)
{
	struct victim v = { .ignores_hup = true };
	struct told told;
	pid_t pid = start_victim(&v, &told);
	char c = 'a';

	kill(pid, SIGHUP);
	ck_assert_int_eq(write(v.asked[1], &c, 1), 1);
	ck_assert_int_eq(read(v.answered[0], &c, 1), 1);
	ck_assert(exists(told.directory));
	kill(pid, SIGTERM);
	check_end(pid, SIGTERM, &told);
	close_victim(&v);
}
END_TEST

/* What the victim answers. */
static char
ask_victim(const struct victim *v)
{
	char c = 'a';

	ck_assert_int_eq(write(v->asked[1], &c, 1), 1);
	ck_assert_int_eq(read(v->answered[0], &c, 1), 1);
	return c;
}

/* The first one of two, and what comes of the second. */
static const struct {
	int first, second;
	bool stops; /* the first ends nothing */
} stops[] = {
	{ SIGHUP, 0, false },
	{ SIGINT, SIGINT, true },
	{ SIGINT, SIGHUP, true },
	{ SIGTERM, SIGINT, true },
};

START_TEST(stops_before_it_ends)
{
	struct victim v = { .stops_first = true };
	struct told told;
	pid_t pid = start_victim(&v, &told);

	kill(pid, stops[_i].first);
	if (stops[_i].stops) {
		while (ask_victim(&v) != was_stopped)
			;
		ck_assert(exists(told.directory));
		kill(pid, stops[_i].second);
	}
	check_end(pid, stops[_i].stops ? stops[_i].second : stops[_i].first, &told);
	close_victim(&v);
}
END_TEST

Suite *
cleanup_suite(void)
{
	Suite *s = suite_create("cleanup");
	TCase *t = tcase_create("cleanup");

	skip_prepare();
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, makes_private_directories);
	tcase_add_loop_test(t, falls_back_to_tmp, 0, 5);
	tcase_add_test(t, says_what_is_wrong_with_tmpdir);
	tcase_add_test(t, removes_all_and_nothing_else);
	tcase_add_test(t, removes_no_other_directory);
	tcase_add_loop_test(t, cleans_up_after_signals, 0, 3);
	tcase_add_test(t, keeps_ignoring_hup);
	tcase_add_loop_test(t, stops_before_it_ends, 0, (int)ARRAY_LEN(stops));
	suite_add_tcase(s, t);
	return s;
}
