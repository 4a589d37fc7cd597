/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/buf, base/err and base/base: what everything else stands on. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/buf.h"
#include "base/err.h"
#include "rows.h"
#include "suites.h"

START_TEST(buf_empty)
{
	struct buf b = BUF_INIT;
	char *s;

	ck_assert_str_eq(buf_str(&b), "");
	ck_assert_uint_eq(buf_bytes(&b).n, 0);
	buf_clear(&b);
	buf_add(&b, NULL, 0);
	ck_assert_str_eq(buf_str(&b), "");
	ck_assert_uint_eq(b.n, 0);
	buf_free(&b);
	buf_free(&b);
	s = buf_steal_str(&b);
	ck_assert_str_eq(s, "");
	free(s);
}
END_TEST

START_TEST(buf_adds)
{
	AUTO(buf) b = BUF_INIT;
	AUTO_STR char *s = NULL;

	buf_add_str(&b, "one");
	buf_add_byte(&b, ' ');
	buf_addf(&b, "%s %d", "two", 3);
	buf_add(&b, "\0x", 2);
	ck_assert_uint_eq(b.n, 11);
	ck_assert_mem_eq(b.p, "one two 3\0x", 12);
	buf_clear(&b);
	ck_assert_uint_eq(b.n, 0);
	ck_assert_str_eq(buf_str(&b), "");
	buf_add_str(&b, "again");
	s = buf_steal_str(&b);
	ck_assert_str_eq(s, "again");
	ck_assert(b.p == NULL && b.n == 0 && b.cap == 0);
}
END_TEST

START_TEST(buf_grows)
{
	AUTO(buf) b = BUF_INIT;
	size_t i;

	for (i = 0; i < 100000; i++) {
		buf_add_byte(&b, (uint8_t)i);
		ck_assert(b.cap > b.n && b.p[b.n] == '\0');
	}
	for (i = 0; i < b.n; i++)
		ck_assert_uint_eq(b.p[i], (uint8_t)i);
}
END_TEST

START_TEST(buf_caps)
{
	AUTO(buf) b = BUF_INIT;

	ck_assert(!buf_add_max(&b, "x", 1, 0));
	ck_assert(buf_add_max(&b, "", 0, 0));
	ck_assert(buf_add_max(&b, "abc", 3, 3));
	ck_assert(!buf_add_max(&b, "d", 1, 3));
	ck_assert(!buf_add_max(&b, "", 0, 2));
	ck_assert(!buf_add_max(&b, "d", SIZE_MAX, SIZE_MAX - 1));
	ck_assert_str_eq(buf_str(&b), "abc");
}
END_TEST

START_TEST(bytes_compare)
{
	ck_assert(bytes_equal(bytes_of(NULL, 0), bytes_of("", 0)));
	ck_assert(bytes_equal(bytes_of("a\0b", 3), bytes_of("a\0b", 3)));
	ck_assert(!bytes_equal(bytes_of("a\0b", 3), bytes_of("a\0c", 3)));
	ck_assert(!bytes_equal(bytes_of("ab", 1), bytes_of("ab", 2)));
	ck_assert(!bytes_equal(bytes_of(NULL, 0), bytes_of("a", 1)));
	ck_assert_uint_eq(bytes_of_str("abc").n, 3);
}
END_TEST

START_TEST(lists_grow)
{
	struct pair {
		size_t i;
		char *s;
	} *v = NULL, *p;
	size_t n = 0, i;

	for (i = 0; i < 1000; i++) {
		p = LIST_ADD(v, n);
		ck_assert_msg(p->i == 0 && p->s == NULL, "element %zu is not zeroed", i);
		ck_assert_uint_eq(n, i + 1);
		p->i = i;
		p->s = (char *)p;
	}
	for (i = 0; i < n; i++)
		ck_assert_uint_eq(v[i].i, i);
	free(v);
}
END_TEST

START_TEST(allocates)
{
	AUTO_STR char *none = xmalloc(0);
	AUTO_STR char *zeroed = xcalloc(3, 2);
	AUTO_STR char *no_elements = xcalloc(0, 0);
	AUTO_STR char *cut = xstrndup("abcdef", 3);
	AUTO_STR char *text = xasprintf("%s-%d", cut, 7);
	AUTO_STR char *copy = xstrdup(text);
	AUTO_STR char *moved = NULL;

	ck_assert(none != NULL && no_elements != NULL);
	ck_assert_mem_eq(zeroed, "\0\0\0\0\0\0", 6);
	ck_assert_str_eq(copy, "abc-7");
	moved = steal(&copy);
	ck_assert(copy == NULL);
	ck_assert_str_eq(moved, "abc-7");
	none = xreallocarray(none, 0, 8);
	none = xreallocarray(none, 8, 0);
	ck_assert(none != NULL);
}
END_TEST

static int
closed_at_the_end(void)
{
	AUTO_FD int fd = open("/dev/null", O_RDONLY);
	AUTO_FD int none = -1;

	ck_assert_int_lt(none, fd);
	return fd;
}

START_TEST(closes)
{
	int fd = closed_at_the_end();

	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(err_none)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(e.code, E_NONE);
	ck_assert_str_eq(err_msg(&e), "no error recorded");
	err_free(&e);
	err_free(&e);
}
END_TEST

START_TEST(err_records)
{
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(err_set(&e, E_INVALID, "got %d, want %d", 1, 2), -1);
	ck_assert_int_eq(e.code, E_INVALID);
	ck_assert_str_eq(err_msg(&e), "got 1, want 2");
	ck_assert_int_eq(err_wrap(&e, "reading %s", "x"), -1);
	ck_assert_int_eq(e.code, E_INVALID);
	ck_assert_str_eq(err_msg(&e), "reading x: got 1, want 2");
	/* The old message may be part of the new one. */
	ck_assert_int_eq(err_set(&e, E_USAGE, "no: %s", err_msg(&e)), -1);
	ck_assert_int_eq(e.code, E_USAGE);
	ck_assert_str_eq(err_msg(&e), "no: reading x: got 1, want 2");
	ck_assert_int_eq(err_wrap(&e, "%s", err_msg(&e)), -1);
	ck_assert_str_eq(err_msg(&e), "no: reading x: got 1, want 2: no: reading x: got 1, want 2");
	err_free(&e);
	ck_assert_int_eq(e.code, E_NONE);
	ck_assert_str_eq(err_msg(&e), "no error recorded");
}
END_TEST

START_TEST(err_from_errno)
{
	AUTO(err) e = ERR_INIT;

	errno = ENOENT;
	ck_assert_int_eq(err_sys(&e, E_NOT_FOUND, "%s%%m", "x"), -1);
	ck_assert_int_eq(e.code, E_NOT_FOUND);
	ck_assert_str_eq(err_msg(&e), "x%m: No such file or directory");
	errno = EACCES;
	ck_assert_int_eq(err_sys(&e, E_IO, "%s", err_msg(&e)), -1);
	ck_assert_str_eq(err_msg(&e), "x%m: No such file or directory: Permission denied");
}
END_TEST

Suite *
buf_suite(void)
{
	Suite *s = suite_create("buf");
	TCase *t = tcase_create("buf");

	tcase_add_test(t, buf_empty);
	tcase_add_test(t, buf_adds);
	tcase_add_test(t, buf_grows);
	tcase_add_test(t, buf_caps);
	tcase_add_test(t, bytes_compare);
	tcase_add_test(t, lists_grow);
	tcase_add_test(t, allocates);
	tcase_add_test(t, closes);
	tcase_add_test(t, err_none);
	tcase_add_test(t, err_records);
	tcase_add_test(t, err_from_errno);
	suite_add_tcase(s, t);
	return s;
}
