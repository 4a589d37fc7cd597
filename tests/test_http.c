/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "base/text.h"
#include "http_fixture.h"
#include "httpd.h"
#include "rows.h"
#include "suites.h"
#include "transport/http.h"

/* What never leaves the judge. */
static const struct {
	const char *name;
	struct http_request request;
	const char *part;
} refused_requests[] = {
	{ "no URL", { .method = "GET", .url = "" }, "want http" },
	{ "a path", { .method = "GET", .url = "/etc/passwd" }, "want http" },
	{ "a file", { .method = "GET", .url = "file:///etc/passwd" }, "want http" },
	{ "ftp", { .method = "GET", .url = "ftp://127.0.0.1/" }, "want http" },
	{ "no host", { .method = "GET", .url = "http:///x" }, "no host" },
	{ "a port alone", { .method = "GET", .url = "http://:80/x" }, "no host" },
	{ "a user", { .method = "GET", .url = "http://secret@127.0.0.1/" }, "user name" },
	{ "a password", { .method = "GET", .url = "https://u:secret@127.0.0.1/" }, "user name" },
	{ "a password elsewhere", { .method = "GET", .url = "ftp://u:secret@h/" }, "user name" },
	{ "a space", { .method = "GET", .url = "http://127.0.0.1/a b" }, "character" },
	{ "a line end", { .method = "GET", .url = "http://127.0.0.1/\r\nX: y" }, "character" },
	{ "not ASCII", { .method = "GET", .url = "http://127.0.0.1/\xc3\xa4" }, "character" },
	{ "a backslash", { .method = "GET", .url = "http://127.0.0.1\\@h/" }, "user name" },
	{ "another backslash", { .method = "GET", .url = "http://127.0.0.1/\\" }, "character" },
	{ "a method", { .method = "PUT", .url = "http://127.0.0.1/" }, "method PUT" },
	{ "a body with GET",
	    { .method = "GET", .url = "http://127.0.0.1/", .body = { (const uint8_t *)"x", 1 } },
	    "a body" },
	{ "a line end in the authorization",
	    { .method = "GET", .url = "http://127.0.0.1/", .authorization = "x\r\nHost: y" },
	    "control character" },
	{ "authorization as a header",
	    { .method = "GET",
		.url = "http://127.0.0.1/",
		.headers = (const char *const[]){ "authorization: x", NULL } },
	    "authorization" },
	{ "a header without a name",
	    { .method = "GET",
		.url = "http://127.0.0.1/",
		.headers = (const char *const[]){ ": x", NULL } },
	    "not a header" },
	{ "a header without a colon",
	    { .method = "GET",
		.url = "http://127.0.0.1/",
		.headers = (const char *const[]){ "Accept", NULL } },
	    "not a header" },
	{ "a line end in a header",
	    { .method = "GET",
		.url = "http://127.0.0.1/",
		.headers = (const char *const[]){ "Accept: x\nHost: y", NULL } },
	    "not a header" },
};

START_TEST(refuses_requests)
{
	const char *name = refused_requests[_i].name;
	/* Were it started, the error would be another one. */
	const struct http_options options = { .fetcher = "/nonexistent/relsig-fetch",
		.timeout_ms = 1000 };
	AUTO_PTR(http) h = NULL;
	AUTO_PTR(http_ticket) t = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted(name, http_open(&h, &options, &e), &e);
	row_refused(name, http_start(h, &refused_requests[_i].request, &t, &e), &e, E_USAGE,
	    refused_requests[_i].part);
	ck_assert_ptr_null(t);
	ck_assert_msg(strstr(err_msg(&e), "secret") == NULL, "%s: tells a password", name);
}
END_TEST

START_TEST(refuses_at_the_caps)
{
	AUTO_PTR(http) h = http_fixture_open(1000, 0);
	AUTO_PTR(http_ticket) t = NULL;
	AUTO(buf) url = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct http_request request = { .method = "GET" };
	struct http_options options = { .timeout_ms = 0 };
	struct http *none = NULL;

	buf_addf(&url, "http://127.0.0.1:%u/", httpd_closed_port());
	while (url.n < MAX_URL_BYTES)
		buf_add_byte(&url, 'x');
	request.url = buf_str(&url);
	row_accepted("a URL at the cap", http_start(h, &request, &t, &e), &e);
	buf_add_byte(&url, 'x');
	request.url = buf_str(&url);
	http_ticket_free(steal(&t));
	row_refused("a URL over it", http_start(h, &request, &t, &e), &e, E_USAGE, "bytes");
	err_free(&e);
	row_refused("no time", http_open(&none, &options, &e), &e, E_USAGE, "timeout");
}
END_TEST

START_TEST(stays_offline)
{
	const struct http_options options = {
		.fetcher = "/nonexistent/relsig-fetch", .offline = true, .timeout_ms = 1000
	};
	const struct http_request request = { .method = "GET", .url = "http://127.0.0.1/" };
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("opening", http_open(&h, &options, &e), &e);
	ck_assert(http_is_offline(h));
	row_refused("asking", http_fetch(h, &request, &r, &e), &e, E_UNREACHABLE, "offline");
}
END_TEST

START_TEST(finds_nobody)
{
	AUTO_STR char *url = xasprintf("http://127.0.0.1:%u/", httpd_closed_port());
	const struct http_request request = { .method = "GET", .url = url };
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("a closed port", http_fetch(h, &request, &r, &e), &e, E_UNREACHABLE, "connect");
}
END_TEST

#define MOVED(from, to)                                                                            \
	{                                                                                          \
		.path = (from), .status = 302, .headers = "Location: " to "\r\n"                   \
	}

static const struct httpd_route good_routes[] = {
	{ .path = "/hello", .headers = "Content-Type: text/plain\r\n", .body = "hello" },
	{ .path = "/empty" },
	{ .path = "/unsaid", .behaviour = HTTPD_UNSAID, .body = "hello" },
	{ .path = "/part",
	    .status = 206,
	    .headers = "content-range:  bytes 1-5/4294967297 \r\n",
	    .body = "hello" },
	{ .path = "/not-a-part", .headers = "Content-Range: bytes 5-1/9\r\n", .body = "hello" },
	MOVED("/moved-part", "/part"),
	{ .path = "/cap", .body = "12345678" },
	{ .path = "/long", .behaviour = HTTPD_LONG, .body = "123456" },
	{ .path = "/401",
	    .status = 401,
	    .headers = "WWW-Authenticate: Basic realm=\"a\"\r\nwww-authenticate:Bearer realm=\"b\" "
		       " \r\n" },
	{ .path = "/404", .status = 404, .body = "no" },
	{ .path = "/404-long", .status = 404, .body = "nothing at all is here" },
	{ .path = "/404-endless", .status = 404, .behaviour = HTTPD_ENDLESS },
	{ .path = "/501", .status = 501 },
	{ .path = "/304", .status = 304, .headers = "Location: /hello\r\n" },
	{ .path = "/gzip", .headers = "Content-Encoding: gzip\r\n", .body = "raw" },
	MOVED("/moved", "/hello"),
	MOVED("/moved-far", "http://localhost:${PORT}/hello"),
	MOVED("/1", "2"),
	MOVED("/2", "/3"),
	MOVED("/3", "?4"),
	MOVED("/3?4", "//127.0.0.1:${PORT}/5"),
	MOVED("/5", "/6"),
	MOVED("/6", "/7"),
	MOVED("/7", "/8"),
	MOVED("/8", "/9"),
	MOVED("/9", "/10"),
	MOVED("/10", "/hello"),
	MOVED("/0", "/1"),
	{ 0 },
};

static const struct {
	const char *name, *method, *path;
	unsigned status;
	const char *body, *end;
} good_ends[] = {
	{ "a body", "GET", "/hello", 200, "hello", "/hello" },
	{ "only headers", "HEAD", "/hello", 200, "", "/hello" },
	{ "nothing", "GET", "/empty", 200, "", "/empty" },
	{ "a body at the cap", "GET", "/cap", 200, "12345678", "/cap" },
	{ "a body longer than its length", "GET", "/long", 200, "12345", "/long" },
	{ "not found", "GET", "/404", 404, "no", "/404" },
	{ "a long error is cut", "GET", "/404-long", 404, "nothing ", "/404-long" },
	{ "an endless error is cut", "GET", "/404-endless", 404, "xxxxxxxx", "/404-endless" },
	{ "not implemented", "GET", "/501", 501, "", "/501" },
	{ "a status that is no redirect", "GET", "/304", 304, "", "/304" },
	{ "an encoding stays as it is", "GET", "/gzip", 200, "raw", "/gzip" },
	{ "a redirect", "GET", "/moved", 200, "hello", "/hello" },
	{ "a redirect of HEAD", "HEAD", "/moved", 200, "", "/hello" },
	{ "a redirect to another host", "GET", "/moved-far", 200, "hello", "/hello" },
	{ "ten redirects", "GET", "/1", 200, "hello", "/hello" },
	{ "a form is changed into a question", "POST", "/moved", 200, "hello", "/hello" },
};

START_TEST(fetches)
{
	const char *name = good_ends[_i].name;
	struct httpd *server = httpd_start(good_routes, NULL);
	AUTO_STR char *url = httpd_url(server, good_ends[_i].path);
	const struct http_request request = {
		.method = good_ends[_i].method,
		.url = url,
		.max_body = 8,
		.headers = (const char *const[]){ "Accept: a/b", "Accept: c/d", NULL },
		.authorization = "Basic eA==",
	};
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(name, http_fetch(h, &request, &r, &e), &e);
	ck_assert_msg(r.status == good_ends[_i].status, "%s: status %u", name, r.status);
	row_string(name, "body", buf_str(&r.body), good_ends[_i].body);
	ck_assert_msg(text_ends_with(r.url, good_ends[_i].end), "%s: ends at %s", name, r.url);
	row_string(name, "Accept", httpd_last(server)->accept, "a/b");
	row_string(name, "User-Agent", httpd_last(server)->user_agent, "relsig/" RELSIG_VERSION);
	row_string(name, "Authorization over plain http", httpd_last(server)->authorization, "");
	httpd_stop(server);
}
END_TEST

/* /0 leads to /1, which is ten redirects from its end. */
START_TEST(stops_at_the_eleventh_redirect)
{
	struct httpd *server = httpd_start(good_routes, NULL);
	AUTO_STR char *url = httpd_url(server, "/0");
	const struct http_request request = { .method = "GET", .url = url, .max_body = 8 };
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(
	    "eleven redirects", http_fetch(h, &request, &r, &e), &e, E_UNREACHABLE, "more than 10");
	httpd_stop(server);
}
END_TEST

START_TEST(tells_what_the_server_wants)
{
	struct httpd *server = httpd_start(good_routes, NULL);
	AUTO_STR char *url = httpd_url(server, "/401");
	AUTO_STR char *hello = httpd_url(server, "/hello");
	struct http_request request = { .method = "GET", .url = url, .max_body = 8 };
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(http_response) other = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("401", http_fetch(h, &request, &r, &e), &e);
	ck_assert_uint_eq(r.n_authenticate, 2);
	row_string("401", "the first", r.authenticate[0], "Basic realm=\"a\"");
	row_string("401", "the second", r.authenticate[1], "Bearer realm=\"b\"");
	row_string("401", "type", r.content_type, NULL);
	request.url = hello;
	row_accepted("200", http_fetch(h, &request, &other, &e), &e);
	ck_assert_uint_eq(other.n_authenticate, 0);
	row_string("200", "type", other.content_type, "text/plain");
	httpd_stop(server);
}
END_TEST

static const struct {
	const char *name, *method, *path;
	int64_t length, first, total;
} sizes[] = {
	{ "nothing said", "GET", "/unsaid", -1, -1, -1 },
	{ "nothing said to HEAD", "HEAD", "/unsaid", -1, -1, -1 },
	{ "nothing that is a range", "GET", "/not-a-part", 5, -1, -1 },
	{ "a length", "GET", "/hello", 5, -1, -1 },
	{ "a length to HEAD", "HEAD", "/hello", 5, -1, -1 },
	{ "no body", "GET", "/empty", 0, -1, -1 },
	{ "a part", "GET", "/part", 5, 1, 4294967297 },
	{ "the last hop's", "HEAD", "/moved-part", 5, 1, 4294967297 },
};

START_TEST(tells_sizes)
{
	const char *name = sizes[_i].name;
	struct httpd *server = httpd_start(good_routes, NULL);
	AUTO_STR char *url = httpd_url(server, sizes[_i].path);
	const struct http_request request = {
		.method = sizes[_i].method,
		.url = url,
		.max_body = 8,
		.headers = (const char *const[]){ "Range: bytes=1-5", NULL },
	};
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(name, http_fetch(h, &request, &r, &e), &e);
	ck_assert_msg(r.length == sizes[_i].length, "%s: %jd bytes", name, (intmax_t)r.length);
	ck_assert_msg(
	    r.range_first == sizes[_i].first, "%s: from %jd", name, (intmax_t)r.range_first);
	ck_assert_msg(
	    r.range_total == sizes[_i].total, "%s: of %jd", name, (intmax_t)r.range_total);
	row_string(name, "Range", httpd_last(server)->range, "bytes=1-5");
	httpd_stop(server);
}
END_TEST

#define FORM "grant_type=refresh_token&refresh_token=x"

static const struct httpd_route post_routes[] = {
	{ .method = "POST", .path = "/form", .body = "done" },
	{ .path = "/same", .status = 307, .headers = "Location: /form\r\n" },
	{ .path = "/other",
	    .status = 308,
	    .headers = "Location: http://localhost:${PORT}/form\r\n" },
	{ .path = "/busy", .status = 503 },
	{ 0 },
};

START_TEST(posts_forms)
{
	struct httpd *server = httpd_start(post_routes, NULL);
	AUTO_STR char *form = httpd_url(server, "/form");
	AUTO_STR char *same = httpd_url(server, "/same");
	AUTO_STR char *other = httpd_url(server, "/other");
	AUTO_STR char *busy = httpd_url(server, "/busy");
	const char *const urls[] = { form, same };
	struct http_request request = {
		.method = "POST", .url = other, .body = bytes_of_str(FORM), .max_body = 8
	};
	AUTO_PTR(http) h = http_fixture_open(20000, 2);
	AUTO(err) e = ERR_INIT;
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(urls); i++) {
		AUTO(http_response) r = HTTP_RESPONSE_INIT;

		request.url = urls[i];
		row_accepted(urls[i], http_fetch(h, &request, &r, &e), &e);
		row_string(urls[i], "body", buf_str(&r.body), "done");
		row_string(urls[i], "form", httpd_last(server)->body, FORM);
	}
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(http_response) failed = HTTP_RESPONSE_INIT;

	request.url = other;
	n = httpd_count(server);
	row_refused("elsewhere", http_fetch(h, &request, &r, &e), &e, E_UNREACHABLE, "a form");
	ck_assert_msg(httpd_count(server) == n + 1, "the form went elsewhere");
	err_free(&e);
	request.url = busy;
	row_accepted("busy", http_fetch(h, &request, &failed, &e), &e);
	ck_assert_uint_eq(failed.status, 503);
	ck_assert_msg(httpd_count(server) == n + 2, "a form was sent twice");
	httpd_stop(server);
}
END_TEST

Suite *
http_suite(void)
{
	Suite *s = suite_create("http");
	TCase *t = tcase_create("refuses");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, refuses_requests, 0, (int)ARRAY_LEN(refused_requests));
	tcase_add_test(t, refuses_at_the_caps);
	tcase_add_test(t, stays_offline);
	tcase_add_test(t, finds_nobody);
	tcase_add_test(t, stops_at_the_eleventh_redirect);
	suite_add_tcase(s, t);
	t = tcase_create("fetches");
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, fetches, 0, (int)ARRAY_LEN(good_ends));
	tcase_add_test(t, tells_what_the_server_wants);
	tcase_add_loop_test(t, tells_sizes, 0, (int)ARRAY_LEN(sizes));
	tcase_add_test(t, posts_forms);
	suite_add_tcase(s, t);
	return s;
}
