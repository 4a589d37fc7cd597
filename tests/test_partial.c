/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that comes in pieces: whole under its name, or hidden and gone on with. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/partial.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"

static struct beneath directory;
static char *path;

static void
set_up(void)
{
	tree_make();
	path = tree_path("");
	directory =
	    (struct beneath){ .fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .path = path };
	ck_assert_int_ge(directory.fd, 0);
}

static void
tear_down(void)
{
	close(directory.fd);
	free(steal(&path));
	tree_remove();
}

static int
begin(struct partial **out, const char *name, struct err *e)
{
	const struct deadline soon = deadline_after(clock_ms(), 200);

	return partial_open(out, &directory, name, &soon, e);
}

static void
must_begin(struct partial **out, const char *name)
{
	AUTO(err) e = ERR_INIT;

	row_accepted(name, begin(out, name, &e), &e);
}

static void
must_add(struct partial *p, const char *text)
{
	AUTO(err) e = ERR_INIT;

	row_accepted(text, partial_add(p, bytes_of_str(text), &e), &e);
}

/* A file's text is this; NULL: it is not there. */
static void
must_hold(const char *name, const char *want)
{
	AUTO_STR char *file = tree_path(name);
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (file_read(&got, file, 1000, &e) != 0)
		ck_assert_int_eq(e.code, E_NOT_FOUND);
	row_string(name, "text", e.code == E_NONE ? buf_str(&got) : NULL, want);
}

START_TEST(opens_nothing_else)
{
	AUTO_PTR(partial) p = NULL;
	AUTO_STR char *fifo = tree_path(".fifo.relsig-partial");
	AUTO_STR char *outside = tree_path("outside");
	AUTO_STR char *named = tree_path(".named.relsig-partial");
	AUTO(err) e = ERR_INIT;

	tree_write_str("outside", "mine");
	tree_link(".link.relsig-partial", "outside");
	tree_link("sub", ".");
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_eq(link(outside, named), 0);
	row_refused("a link", begin(&p, "link", &e), &e, E_IO, "");
	row_refused("a FIFO", begin(&p, "fifo", &e), &e, E_IO, "not a regular file");
	row_refused("a second name", begin(&p, "named", &e), &e, E_IO, "several names");
	row_refused("a link on the way", begin(&p, "sub/a", &e), &e, E_IO, "symbolic link");
	ck_assert_ptr_null(p);
	must_hold("outside", "mine");
	must_hold(".named.relsig-partial", "mine");
}
END_TEST

START_TEST(stays_for_who_comes_later)
{
	AUTO_PTR(partial) p = NULL;
	struct bytes piece;
	AUTO(err) e = ERR_INIT;

	must_begin(&p, "sub/deep/a");
	ck_assert_uint_eq(partial_size(p), 0);
	must_add(p, "one ");
	partial_free(steal(&p));
	must_hold("sub/deep/a", NULL);
	must_hold("sub/deep/.a.relsig-partial", "one ");
	must_begin(&p, "sub/deep/a");
	ck_assert_uint_eq(partial_size(p), 4);
	row_accepted("reading", partial_next(p, &piece, &e), &e);
	ck_assert(bytes_equal(piece, bytes_of_str("one ")));
	row_accepted("to the end", partial_next(p, &piece, &e), &e);
	ck_assert_uint_eq(piece.n, 0);
	must_add(p, "two");
	ck_assert_uint_eq(partial_size(p), 7);
	row_accepted("finishing", partial_finish(p, false, &e), &e);
	partial_free(steal(&p));
	must_hold("sub/deep/a", "one two");
	must_hold("sub/deep/.a.relsig-partial", NULL);
}
END_TEST

START_TEST(begins_again)
{
	AUTO_PTR(partial) p = NULL;
	AUTO(err) e = ERR_INIT;

	must_begin(&p, "a");
	must_add(p, "wrong");
	row_accepted("again", partial_restart(p, &e), &e);
	must_add(p, "right");
	row_accepted("again", partial_restart(p, &e), &e);
	partial_free(steal(&p));
	must_hold(".a.relsig-partial", NULL);
	must_hold("a", NULL);
}
END_TEST

START_TEST(replaces_when_it_may)
{
	AUTO_PTR(partial) p = NULL;
	AUTO(err) e = ERR_INIT;

	tree_write_str("a", "old");
	must_begin(&p, "a");
	must_add(p, "new");
	row_refused("there", partial_finish(p, false, &e), &e, E_IO, "File exists");
	must_hold("a", "old");
	err_free(&e);
	row_accepted("replacing", partial_finish(p, true, &e), &e);
	must_hold("a", "new");
}
END_TEST

START_TEST(tells_what_changes)
{
	AUTO_PTR(partial) p = NULL;
	AUTO_STR char *hidden = tree_path(".a.relsig-partial");
	struct bytes piece;
	AUTO(err) e = ERR_INIT;

	tree_write_str(".a.relsig-partial", "four");
	must_begin(&p, "a");
	ck_assert_int_eq(truncate(hidden, 2), 0);
	row_accepted("reading", partial_next(p, &piece, &e), &e);
	row_refused("less", partial_next(p, &piece, &e), &e, E_IO, "changes");
	ck_assert_int_eq(truncate(hidden, 9), 0);
	err_free(&e);
	row_refused("more", partial_next(p, &piece, &e), &e, E_IO, "changes");
}
END_TEST

/* As on a full disk: what came stays for when there is room. */
START_TEST(keeps_what_it_has_room_for)
{
	AUTO_PTR(partial) p = NULL;
	struct rlimit was, small;
	AUTO(err) e = ERR_INIT;
	int r;

	must_begin(&p, "a");
	must_add(p, "room");
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 6;
	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = partial_add(p, bytes_of_str(" and none"), &e);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
	row_refused("no room", r, &e, E_IO, "writing .a.relsig-partial");
	partial_free(steal(&p));
	must_hold(".a.relsig-partial", "room a");
	must_hold("a", NULL);
}
END_TEST

START_TEST(has_one_writer)
{
	AUTO_PTR(partial) first = NULL;
	AUTO_PTR(partial) second = NULL;
	AUTO(err) e = ERR_INIT;

	must_begin(&first, "a");
	row_refused("a second", begin(&second, "a", &e), &e, E_TIMED_OUT, "somebody else");
	must_add(first, "x");
	must_hold(".a.relsig-partial", "x");
	partial_free(steal(&first));
	must_begin(&second, "a");
	ck_assert_uint_eq(partial_size(second), 1);
}
END_TEST

static void *
finish(void *arg)
{
	AUTO(err) e = ERR_INIT;

	row_accepted("finishing", partial_finish(arg, false, &e), &e);
	partial_free(arg);
	return NULL;
}

/* Who waited for one that was finished begins another, and does not write to the finished one. */
START_TEST(waits_for_the_other)
{
	const struct deadline never = DEADLINE_NEVER;
	AUTO_PTR(partial) second = NULL;
	struct partial *first = NULL;
	pthread_t thread;
	AUTO(err) e = ERR_INIT;

	must_begin(&first, "a");
	must_add(first, "whole");
	ck_assert_int_eq(pthread_create(&thread, NULL, finish, first), 0);
	row_accepted("waiting", partial_open(&second, &directory, "a", &never, &e), &e);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(partial_size(second), 0);
	must_add(second, "more");
	must_hold("a", "whole");
}
END_TEST

Suite *
partial_suite(void)
{
	Suite *s = suite_create("partial");
	TCase *tc = tcase_create("partial");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, opens_nothing_else);
	tcase_add_test(tc, has_one_writer);
	tcase_add_test(tc, tells_what_changes);
	tcase_add_test(tc, keeps_what_it_has_room_for);
	tcase_add_test(tc, begins_again);
	tcase_add_test(tc, replaces_when_it_may);
	tcase_add_test(tc, waits_for_the_other);
	tcase_add_test(tc, stays_for_who_comes_later);
	suite_add_tcase(s, tc);
	return s;
}
