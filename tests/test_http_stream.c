/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <check.h>

#include "base/clock.h"
#include "http_fixture.h"
#include "httpd.h"
#include "httpd_large.h"
#include "rows.h"
#include "suites.h"
#include "transport/http.h"

/* Some windows and frames, and a bit. */
#define LARGE ((uint64_t)5 * 1024 * 1024 + 12345)

static const struct httpd_route routes[] = {
	{ .path = "/large", .behaviour = HTTPD_LARGE, .size = LARGE },
	{ .path = "/moved", .status = 302, .headers = "Location: /large\r\n", .body = "there" },
	{ .path = "/empty" },
	{ .path = "/unsaid", .behaviour = HTTPD_UNSAID, .body = "hello" },
	{ .path = "/cut", .behaviour = HTTPD_LARGE, .size = LARGE, .cut = LARGE - 1 },
	{ .path = "/stalls", .behaviour = HTTPD_LARGE_STALLS, .size = LARGE, .cut = 100000 },
	{ .path = "/trickle", .behaviour = HTTPD_TRICKLE, .size = 80, .pause_ms = 100 },
	{ .path = "/silent", .behaviour = HTTPD_SILENT },
	{ .path = "/slow-headers", .behaviour = HTTPD_SLOW_HEADERS },
	{ .path = "/huge-headers", .behaviour = HTTPD_HUGE_HEADERS },
	{ .path = "/404", .status = 404, .body = "no such page" },
	{ .path = "/503", .times = 2, .status = 503, .body = "later" },
	{ .path = "/503", .behaviour = HTTPD_LARGE, .size = LARGE },
	{ .path = "/loop", .status = 302, .headers = "Location: /loop\r\n" },
	{ .path = "/far",
	    .status = 302,
	    .headers = "Location: http://localhost:${PORT}/large\r\n" },
	{ 0 },
};

static struct httpd *server;

static void
setup(void)
{
	server = httpd_start(routes, NULL);
}

static void
teardown(void)
{
	httpd_stop(server);
}

static int
open_stream(struct http *h, const char *path, uint64_t max, struct http_response *response,
    struct http_stream **out, struct err *e)
{
	AUTO_STR char *url = httpd_url(server, path);
	const struct http_request request = {
		.method = "GET", .url = url, .max_body = 8, .max_stream = max
	};

	return http_stream_open(h, &request, response, out, e);
}

/* Read to the end: all bytes are those of httpd_large from the given one on. */
static int
read_all(struct http_stream *s, uint64_t from, uint64_t *n, struct err *e)
{
	struct bytes piece;

	for (*n = 0;; *n += piece.n) {
		if (http_stream_next(s, &piece, e) != 0)
			return -1;
		if (piece.n == 0)
			return 0;
		if (!httpd_large_is(from + *n, piece.p, piece.n))
			return err_set(e, E_MISMATCH, "other bytes");
	}
}

static const struct {
	const char *name, *path;
	uint64_t max, n;
	unsigned status;
	int64_t length;
} whole[] = {
	{ "a large body", "/large", INT64_MAX, LARGE, 200, LARGE },
	{ "one at the cap", "/large", LARGE, LARGE, 200, LARGE },
	{ "a redirect", "/moved", LARGE, LARGE, 200, LARGE },
	{ "a redirect to another host", "/far", LARGE, LARGE, 200, LARGE },
	{ "nothing", "/empty", LARGE, 0, 200, 0 },
	{ "nothing at a cap of nothing", "/empty", 0, 0, 200, 0 },
	{ "a server that was busy", "/503", LARGE, LARGE, 200, LARGE },
	{ "a trickle that takes longer than the timeout", "/trickle", LARGE, 80, 200, 80 },
};

START_TEST(reads_to_the_end)
{
	const char *name = whole[_i].name;
	AUTO_PTR(http) h = http_fixture_open(6000, 2);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	struct bytes piece = { .n = 1 };
	AUTO(err) e = ERR_INIT;
	uint64_t n;

	row_accepted(name, open_stream(h, whole[_i].path, whole[_i].max, &r, &s, &e), &e);
	ck_assert_ptr_nonnull(s);
	ck_assert_msg(r.status == whole[_i].status, "%s: status %u", name, r.status);
	ck_assert_msg(r.length == whole[_i].length, "%s: length %jd", name, (intmax_t)r.length);
	ck_assert_msg(r.body.n == 0, "%s: a body of %zu bytes", name, r.body.n);
	row_accepted(name, read_all(s, 0, &n, &e), &e);
	ck_assert_msg(n == whole[_i].n, "%s: %ju bytes", name, (uintmax_t)n);
	row_accepted(name, http_stream_next(s, &piece, &e), &e);
	ck_assert_msg(piece.n == 0, "%s: more after the end", name);
	ck_assert(!http_stream_broke(s));
	row_string(name, "Authorization", httpd_last(server)->authorization, "");
}
END_TEST

START_TEST(reads_what_nobody_knows_the_size_of)
{
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	AUTO(buf) got = BUF_INIT;
	struct bytes piece;
	AUTO(err) e = ERR_INIT;

	row_accepted("unsaid", open_stream(h, "/unsaid", 5, &r, &s, &e), &e);
	ck_assert_int_eq(r.length, -1);
	do {
		row_accepted("unsaid", http_stream_next(s, &piece, &e), &e);
		buf_add(&got, piece.p, piece.n);
	} while (piece.n > 0);
	row_string("unsaid", "body", buf_str(&got), "hello");
}
END_TEST

static const struct {
	const char *name, *path;
	uint64_t max;
	enum errc code;
	const char *part;
	bool broke;
	uint64_t least; /* that came before it broke */
} broken[] = {
	{ "one byte is missing", "/cut", LARGE, E_UNREACHABLE, "1 bytes remaining", true,
	    LARGE - 1 },
	{ "silence", "/stalls", LARGE, E_TIMED_OUT, "timed out: no more bytes", true, 100000 },
	{ "one byte over the cap", "/large", LARGE - 1, E_TOO_LARGE, "more than 5255224 bytes",
	    false, LARGE - 1 },
	{ "a byte at a cap of nothing", "/trickle", 0, E_TOO_LARGE, "more than 0 bytes", false, 0 },
};

START_TEST(says_how_it_broke)
{
	const char *name = broken[_i].name;
	AUTO_PTR(http) h = http_fixture_open(broken[_i].code == E_TIMED_OUT ? 5000 : 20000, 2);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	AUTO(err) e = ERR_INIT;
	AUTO(err) again = ERR_INIT;
	uint64_t n, more;
	int result;

	row_accepted(name, open_stream(h, broken[_i].path, broken[_i].max, &r, &s, &e), &e);
	result = read_all(s, 0, &n, &e);
	row_refused(name, result, &e, broken[_i].code, broken[_i].part);
	ck_assert_msg(strstr(err_msg(&e), broken[_i].path) != NULL, "%s: no URL", name);
	ck_assert_msg(n == broken[_i].least, "%s: after %ju bytes", name, (uintmax_t)n);
	ck_assert_msg(http_stream_broke(s) == broken[_i].broke, "%s: broke", name);
	row_refused(name, read_all(s, 0, &more, &again), &again, broken[_i].code, broken[_i].part);
	ck_assert_msg(more == 0, "%s: bytes after the error", name);
	ck_assert_msg(httpd_count(server) == 1, "%s: asked again", name);
}
END_TEST

static const struct {
	const char *name, *path;
	enum errc code;
	const char *part;
} never_open[] = {
	{ "silence", "/silent", E_TIMED_OUT, "timed out: no response" },
	{ "slow headers", "/slow-headers", E_TIMED_OUT, "timed out: no response" },
	{ "endless headers", "/huge-headers", E_TOO_LARGE, "header" },
	{ "a redirect in a circle", "/loop", E_UNREACHABLE, "more than 10 redirects" },
};

START_TEST(does_not_open)
{
	const char *name = never_open[_i].name;
	AUTO_PTR(http) h = http_fixture_open(never_open[_i].code == E_TIMED_OUT ? 300 : 20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	AUTO(err) e = ERR_INIT;

	row_refused(name, open_stream(h, never_open[_i].path, LARGE, &r, &s, &e), &e,
	    never_open[_i].code, never_open[_i].part);
	ck_assert_msg(s == NULL && r.status == 0, "%s: left something behind", name);
}
END_TEST

START_TEST(refuses_requests)
{
	AUTO_PTR(http) h = http_fixture_open(1000, 0);
	AUTO_STR char *url = httpd_url(server, "/large");
	struct http_request request = { .method = "HEAD", .url = url };
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	AUTO(err) e = ERR_INIT;

	row_refused("HEAD", http_stream_open(h, &request, &r, &s, &e), &e, E_USAGE, "with HEAD");
	err_free(&e);
	request.method = "GET";
	request.max_stream = (uint64_t)INT64_MAX + 1;
	row_refused("2^63", http_stream_open(h, &request, &r, &s, &e), &e, E_USAGE, "a stream of");
	ck_assert_ptr_null(s);
	http_stream_free(s);
}
END_TEST

START_TEST(gives_other_statuses_as_ever)
{
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(http_response) busy = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("404", open_stream(h, "/404", LARGE, &r, &s, &e), &e);
	ck_assert_ptr_null(s);
	ck_assert_uint_eq(r.status, 404);
	row_string("404", "body, cut", buf_str(&r.body), "no such ");
	row_accepted("503", open_stream(h, "/503", LARGE, &busy, &s, &e), &e);
	ck_assert_ptr_null(s);
	ck_assert_uint_eq(busy.status, 503);
	row_string("503", "body", buf_str(&busy.body), "later");
}
END_TEST

static void
wait_for(unsigned ms)
{
	const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* A pause of the reader's is no silence of the server's. */
START_TEST(waits_for_a_slow_reader)
{
	AUTO_PTR(http) h = http_fixture_open(4000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	struct bytes piece;
	AUTO(err) e = ERR_INIT;
	uint64_t n, first;

	row_accepted("open", open_stream(h, "/large", LARGE, &r, &s, &e), &e);
	row_accepted("first", http_stream_next(s, &piece, &e), &e);
	first = piece.n;
	wait_for(7000);
	row_accepted("the rest", read_all(s, first, &n, &e), &e);
	ck_assert_uint_eq(first + n, LARGE);
}
END_TEST

/* What nobody reads holds up nobody else, and is there when somebody does. */
START_TEST(lets_others_pass)
{
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) unread = NULL;
	AUTO(err) e = ERR_INIT;
	uint64_t n;
	int i;

	row_accepted("unread", open_stream(h, "/large", LARGE, &r, &unread, &e), &e);
	for (i = 0; i < 3; i++) {
		AUTO_STR char *url = httpd_url(server, "/404");
		const struct http_request request = { .method = "GET", .url = url, .max_body = 8 };
		AUTO(http_response) other = HTTP_RESPONSE_INIT;
		AUTO(http_response) plain = HTTP_RESPONSE_INIT;
		AUTO_PTR(http_stream) s = NULL;

		row_accepted("beside", open_stream(h, "/large", LARGE, &other, &s, &e), &e);
		row_accepted("beside", read_all(s, 0, &n, &e), &e);
		ck_assert_uint_eq(n, LARGE);
		row_accepted("plain", http_fetch(h, &request, &plain, &e), &e);
	}
	row_accepted("read at last", read_all(unread, 0, &n, &e), &e);
	ck_assert_uint_eq(n, LARGE);
}
END_TEST

struct worker {
	struct http *http;
	const char *failure;
};

static void *
work(void *arg)
{
	struct worker *w = arg;
	int i;

	/* No assertions in threads: the failure is told. */
	for (i = 0; i < 3; i++) {
		AUTO(http_response) r = HTTP_RESPONSE_INIT;
		AUTO_PTR(http_stream) s = NULL;
		AUTO(err) e = ERR_INIT;
		uint64_t n = 0;

		if (open_stream(w->http, "/large", LARGE, &r, &s, &e) != 0 || s == NULL)
			w->failure = "does not open";
		else if (read_all(s, 0, &n, &e) != 0 || n != LARGE)
			w->failure = "does not come in full";
	}
	return NULL;
}

START_TEST(serves_threads)
{
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	struct worker workers[6] = { 0 };
	pthread_t threads[ARRAY_LEN(workers)];
	size_t i;

	for (i = 0; i < ARRAY_LEN(workers); i++) {
		workers[i].http = h;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (i = 0; i < ARRAY_LEN(workers); i++) {
		pthread_join(threads[i], NULL);
		ck_assert_msg(workers[i].failure == NULL, "thread %zu: %s", i, workers[i].failure);
	}
}
END_TEST

START_TEST(is_given_up)
{
	static const char *const paths[] = { "/large", "/empty", "/stalls", "/cut" };
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) last = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	AUTO(err) e = ERR_INIT;
	uint64_t n;
	size_t i;

	for (i = 0; i < 4 * ARRAY_LEN(paths); i++) {
		AUTO(http_response) r = HTTP_RESPONSE_INIT;
		AUTO_PTR(http_stream) given_up = NULL;
		struct bytes piece;

		row_accepted("open", open_stream(h, paths[i / 4], LARGE, &r, &given_up, &e), &e);
		if (i % 2 == 1)
			row_accepted("a piece", http_stream_next(given_up, &piece, &e), &e);
	}
	row_accepted("after all", open_stream(h, "/large", LARGE, &last, &s, &e), &e);
	row_accepted("after all", read_all(s, 0, &n, &e), &e);
	ck_assert_uint_eq(n, LARGE);
}
END_TEST

START_TEST(goes_on_by_range)
{
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO_STR char *url = httpd_url(server, "/large");
	const struct http_request request = {
		.method = "GET",
		.url = url,
		.headers = (const char *const[]){ "Range: bytes=5000000-", NULL },
		.max_stream = LARGE,
	};
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	AUTO(err) e = ERR_INIT;
	uint64_t n;

	row_accepted("open", http_stream_open(h, &request, &r, &s, &e), &e);
	ck_assert_uint_eq(r.status, 206);
	ck_assert_int_eq(r.range_first, 5000000);
	ck_assert_int_eq(r.range_total, (int64_t)LARGE);
	row_accepted("read", read_all(s, 5000000, &n, &e), &e);
	ck_assert_uint_eq(n, LARGE - 5000000);
}
END_TEST

/* The run's deadline counts while bytes come, too. */
START_TEST(ends_with_the_run)
{
	const struct http_options options = { .fetcher = HTTP_FIXTURE_FETCHER,
		.timeout_ms = 20000,
		.deadline = deadline_after(clock_ms(), 4000) };
	AUTO_PTR(http) h = NULL;
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	struct bytes piece;
	AUTO(err) e = ERR_INIT;
	int result;

	row_accepted("opening", http_open(&h, &options, &e), &e);
	row_accepted("open", open_stream(h, "/trickle", LARGE, &r, &s, &e), &e);
	do
		result = http_stream_next(s, &piece, &e);
	while (result == 0 && piece.n > 0);
	row_refused("reading", result, &e, E_TIMED_OUT, "--timeout");
	ck_assert(!http_stream_broke(s));
}
END_TEST

Suite *
http_stream_suite(void)
{
	Suite *s = suite_create("http_stream");
	TCase *t = tcase_create("refuses");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, says_how_it_broke, 0, (int)ARRAY_LEN(broken));
	tcase_add_loop_test(t, does_not_open, 0, (int)ARRAY_LEN(never_open));
	tcase_add_test(t, refuses_requests);
	tcase_add_test(t, ends_with_the_run);
	suite_add_tcase(s, t);
	t = tcase_create("reads");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_to_the_end, 0, (int)ARRAY_LEN(whole));
	tcase_add_test(t, reads_what_nobody_knows_the_size_of);
	tcase_add_test(t, gives_other_statuses_as_ever);
	tcase_add_test(t, waits_for_a_slow_reader);
	tcase_add_test(t, lets_others_pass);
	tcase_add_test(t, serves_threads);
	tcase_add_test(t, is_given_up);
	tcase_add_test(t, goes_on_by_range);
	suite_add_tcase(s, t);
	return s;
}
