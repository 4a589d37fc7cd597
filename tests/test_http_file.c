/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of a web server, from any byte on, whatever the server says to that. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "http_fixture.h"
#include "httpd.h"
#include "httpd_large.h"
#include "rows.h"
#include "suites.h"
#include "transport/http_file.h"

#define LARGE ((uint64_t)3 * 1024 * 1024 + 777)
#define HALF (LARGE / 2)

static const struct httpd_route routes[] = {
	{ .path = "/large", .behaviour = HTTPD_LARGE, .size = LARGE },
	{ .path = "/whole", .behaviour = HTTPD_LARGE_WHOLE, .size = LARGE },
	{ .path = "/wrong", .times = 1, .behaviour = HTTPD_LARGE_WRONG, .size = LARGE },
	{ .path = "/wrong", .behaviour = HTTPD_LARGE, .size = LARGE },
	{ .path = "/broken", .times = 1, .behaviour = HTTPD_LARGE, .size = LARGE, .cut = HALF + 9 },
	{ .path = "/broken", .behaviour = HTTPD_LARGE, .size = LARGE },
	{ .path = "/grows", .times = 1, .behaviour = HTTPD_LARGE, .size = LARGE, .cut = HALF + 9 },
	{ .path = "/grows", .behaviour = HTTPD_LARGE, .size = LARGE + 1 },
	{ .path = "/forgets",
	    .times = 1,
	    .behaviour = HTTPD_LARGE,
	    .size = LARGE,
	    .cut = HALF + 9 },
	{ .path = "/forgets", .behaviour = HTTPD_LARGE_WHOLE, .size = LARGE },
	{ .path = "/at-once", .times = 1, .behaviour = HTTPD_LARGE, .size = LARGE, .cut = HALF },
	{ .path = "/at-once", .behaviour = HTTPD_LARGE_WHOLE, .size = LARGE },
	{ .path = "/short", .behaviour = HTTPD_LARGE, .size = LARGE, .cut = LARGE - 1 },
	{ .path = "/endless", .behaviour = HTTPD_ENDLESS },
	{ .path = "/moved", .status = 302, .headers = "Location: /large\r\n" },
	{ .path = "/416", .times = 1, .status = 416 },
	{ .path = "/416", .behaviour = HTTPD_LARGE_WHOLE, .size = LARGE },
	{ .path = "/403", .status = 403 },
	{ .path = "/410", .status = 410 },
	{ .path = "/500", .status = 500 },
	{ .path = "/204", .status = 204 },
	{ .path = "/206",
	    .status = 206,
	    .headers = "Content-Range: bytes 0-4/9\r\n",
	    .body = "part!" },
	{ .path = "/text", .body = "hello" },
	{ .path = "/with%20blank%2B%C3%A9/x", .body = "encoded" },
	{ 0 },
};

static struct httpd *server;

static void
set_up(void)
{
	server = httpd_start(routes, NULL);
}

static void
tear_down(void)
{
	httpd_stop(server);
}

/*
 * --- names --------------------------------------------------------------------------------------
 */

static const struct {
	const char *base, *part; /* part of the error; NULL: none */
} bases[] = {
	{ "", "want http" },
	{ "mirror.example.com/a", "want http" },
	{ "ftp://mirror.example.com/a", "want http" },
	{ "file:///a", "want http" },
	{ "https://", "no host" },
	{ "https://user:secret@mirror.example.com/", "user name" },
	{ "https://mirror.example.com/a?b", "cannot follow" },
	{ "https://mirror.example.com/a#b", "cannot follow" },
	{ "https://mirror.example.com/a b", "no URL" },
	{ "https://mirror.example.com", NULL },
	{ "http://127.0.0.1:8080/a/", NULL },
};

START_TEST(checks_bases)
{
	AUTO(err) e = ERR_INIT;
	int r = http_file_check_base(bases[_i].base, &e);

	if (bases[_i].part != NULL)
		row_refused(bases[_i].base, r, &e, E_USAGE, bases[_i].part);
	else
		row_accepted(bases[_i].base, r, &e);
}
END_TEST

START_TEST(makes_urls)
{
	AUTO_STR char *plain = http_file_url("https://h/b", "sub/a-1.tar_gz~");
	AUTO_STR char *other = http_file_url("https://h/b/", "a b?c#d%e\\\n\xc3\xa9:@");

	row_string("plain", "URL", plain, "https://h/b/sub/a-1.tar_gz~");
	row_string("other", "URL", other, "https://h/b/a%20b%3Fc%23d%25e%5C%0A%C3%A9%3A%40");
}
END_TEST

/*
 * --- small ones ---------------------------------------------------------------------------------
 */

static const struct {
	const char *name;
	size_t max;
	enum errc code; /* E_NONE: want is what comes */
	const char *want;
} small[] = {
	{ "nothing", 10, E_NOT_FOUND, "status 404" },
	{ "410", 10, E_NOT_FOUND, "status 410" },
	{ "403", 10, E_DENIED, "status 403" },
	{ "500", 10, E_UNREACHABLE, "status 500" },
	{ "204", 10, E_UNREACHABLE, "status 204" },
	{ "206", 10, E_UNREACHABLE, "status 206" },
	{ "text", 4, E_TOO_LARGE, "" },
	{ "endless", 100, E_TOO_LARGE, "" },
	{ "text", 5, E_NONE, "hello" },
	{ "with blank+\xc3\xa9/x", 10, E_NONE, "encoded" },
};

START_TEST(reads_small_ones)
{
	AUTO_PTR(http) h = http_fixture_open(6000, 0);
	AUTO_STR char *base = httpd_url(server, "");
	AUTO_STR char *url = http_file_url(base, small[_i].name);
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int r;

	buf_add_str(&got, "old");
	r = http_file_read(h, url, small[_i].max, &got, &e);
	if (small[_i].code != E_NONE)
		row_refused(small[_i].name, r, &e, small[_i].code, small[_i].want);
	else
		row_accepted(small[_i].name, r, &e);
	row_string(
	    small[_i].name, "text", buf_str(&got), small[_i].code == E_NONE ? small[_i].want : "");
}
END_TEST

/*
 * --- from a byte on -----------------------------------------------------------------------------
 */

/* Read to the end: all bytes that come without an error are those of httpd_large from there on. */
static int
read_all(struct blob *b, uint64_t from, uint64_t *end, struct err *e)
{
	struct bytes piece;
	bool same = true;

	for (*end = from;; *end += piece.n) {
		if (blob_next(b, &piece, e) != 0)
			return -1;
		if (piece.n == 0)
			return same ? 0 : err_set(e, E_MISMATCH, "other bytes");
		same = same && httpd_large_is(*end, piece.p, piece.n);
	}
}

/* Errors: of opening, or of reading. at: where the blob begins; NONE: there is none. */
#define NONE UINT64_MAX
static const struct {
	const char *name, *path;
	uint64_t from, max;
	unsigned tries;
	enum errc code;
	const char *part;
	uint64_t at;
} files[] = {
	{ "not there", "/nothing", 0, LARGE, 2, E_NOT_FOUND, "status 404", 0 },
	{ "not there any more", "/nothing", 5, LARGE, 2, E_NOT_FOUND, "status 404", 0 },
	{ "forbidden", "/403", 0, LARGE, 2, E_DENIED, "status 403", 0 },
	{ "a failing server", "/500", 0, LARGE, 0, E_UNREACHABLE, "status 500", 0 },
	{ "a part that nobody asked for", "/206", 0, LARGE, 0, E_UNREACHABLE, "status 206", 0 },
	{ "over the cap", "/large", 0, LARGE - 1, 0, E_TOO_LARGE, "want at most", 0 },
	{ "the rest is over the cap", "/large", HALF, LARGE - 1, 0, E_TOO_LARGE, "want at most",
	    0 },
	{ "all again is over the cap", "/whole", HALF, LARGE - 1, 0, E_TOO_LARGE, "want at most",
	    0 },
	{ "no end and no size", "/endless", 0, LARGE, 0, E_TOO_LARGE, "", 0 },
	{ "too little", "/short", 0, LARGE, 0, E_UNREACHABLE, "", 0 },
	{ "another size when it goes on", "/grows", 0, LARGE, 2, E_UNREACHABLE, "now of", 0 },
	{ "another size, from a byte on", "/grows", 7, LARGE, 2, E_UNREACHABLE, "now of", 0 },
	{ "all again when it goes on", "/forgets", 0, LARGE, 2, E_UNREACHABLE, "status 200", 0 },
	{ "all again, before a byte came", "/at-once", HALF, LARGE, 2, E_UNREACHABLE, "status 200",
	    0 },
	{ "whole, at the cap", "/large", 0, LARGE, 0, E_NONE, "", 0 },
	{ "the rest, at the cap", "/large", HALF, LARGE, 0, E_NONE, "", HALF },
	{ "the last byte", "/large", LARGE - 1, LARGE, 0, E_NONE, "", LARGE - 1 },
	{ "a redirect", "/moved", HALF, LARGE, 0, E_NONE, "", HALF },
	{ "broken off", "/broken", 0, LARGE, 2, E_NONE, "", 0 },
	{ "the rest, broken off", "/broken", HALF, LARGE, 2, E_NONE, "", HALF },
	{ "a server without ranges", "/whole", HALF, LARGE, 0, E_NONE, "", 0 },
	{ "another part than asked for", "/wrong", HALF, LARGE, 0, E_NONE, "", 0 },
	{ "more here than there", "/large", LARGE + 1, 2 * LARGE, 0, E_NONE, "", 0 },
	{ "more here than may be", "/large", LARGE + 1, LARGE, 0, E_NONE, "", 0 },
	{ "416 without a size", "/416", HALF, LARGE, 0, E_NONE, "", 0 },
	{ "all of it is here", "/large", LARGE, LARGE, 0, E_NONE, "", NONE },
};

START_TEST(opens_from_a_byte_on)
{
	const char *name = files[_i].name;
	AUTO_PTR(http) h = http_fixture_open(6000, files[_i].tries);
	AUTO_STR char *url = httpd_url(server, files[_i].path);
	AUTO_PTR(blob) b = NULL;
	AUTO(err) e = ERR_INIT;
	uint64_t at = 1, end = LARGE;
	int r = http_file_open(h, url, files[_i].from, files[_i].max, &b, &at, &e);

	if (r == 0 && b != NULL)
		r = read_all(b, at, &end, &e);
	if (files[_i].code != E_NONE) {
		row_refused(name, r, &e, files[_i].code, files[_i].part);
		return;
	}
	row_accepted(name, r, &e);
	ck_assert_msg((b == NULL) == (files[_i].at == NONE), "%s: a blob or none", name);
	ck_assert_msg(at == (b != NULL ? files[_i].at : LARGE), "%s: at %ju", name, (uintmax_t)at);
	ck_assert_msg(end == LARGE, "%s: to %ju", name, (uintmax_t)end);
	if (b != NULL)
		row_string(name, "where", blob_where(b), url);
}
END_TEST

Suite *
http_file_suite(void)
{
	Suite *s = suite_create("http_file");
	TCase *tc = tcase_create("http_file");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, checks_bases, 0, ARRAY_LEN(bases));
	tcase_add_test(tc, makes_urls);
	tcase_add_loop_test(tc, reads_small_ones, 0, ARRAY_LEN(small));
	tcase_add_loop_test(tc, opens_from_a_byte_on, 0, ARRAY_LEN(files));
	suite_add_tcase(s, tc);
	return s;
}
