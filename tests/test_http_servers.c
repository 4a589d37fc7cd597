/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/children.h"
#include "base/limits.h"
#include "http_fixture.h"
#include "httpd.h"
#include "rows.h"
#include "suites.h"
#include "transport/fetcher_process.h"
#include "transport/http.h"
#include "tree.h"

#define MOVED(from, to)                                                                            \
	{                                                                                          \
		.path = (from), .status = 302, .headers = "Location: " to "\r\n"                   \
	}

/* One server's worth of bad behaviour: which end each request finds. */
static const struct httpd_route bad_routes[] = {
	{ .path = "/endless", .behaviour = HTTPD_ENDLESS },
	{ .path = "/short", .behaviour = HTTPD_SHORT, .body = "hello" },
	{ .path = "/over", .body = "123456789" },
	{ .path = "/slow-headers", .behaviour = HTTPD_SLOW_HEADERS },
	{ .path = "/slow-body", .behaviour = HTTPD_SLOW_BODY },
	{ .path = "/silent", .behaviour = HTTPD_SILENT },
	{ .path = "/huge-headers", .behaviour = HTTPD_HUGE_HEADERS },
	{ .path = "/garbage", .behaviour = HTTPD_GARBAGE },
	{ .path = "/close", .behaviour = HTTPD_CLOSE },
	{ .path = "/reset", .behaviour = HTTPD_RESET },
	MOVED("/to-file", "file:///etc/passwd"),
	MOVED("/to-ftp", "ftp://127.0.0.1/"),
	MOVED("/to-nothing", "gopher2://127.0.0.1/"),
	MOVED("/to-user", "http://u:p@127.0.0.1:${PORT}/"),
	MOVED("/loop", "/loop"),
	{ 0 },
};

static const struct {
	const char *name, *path;
	enum errc code;
	const char *part;
} bad_ends[] = {
	{ "an endless body", "/endless", E_TOO_LARGE, "more than 8 bytes" },
	{ "a body over the cap", "/over", E_TOO_LARGE, "more than 8 bytes" },
	{ "a body shorter than its length", "/short", E_UNREACHABLE, "1 bytes remaining" },
	{ "slow headers", "/slow-headers", E_TIMED_OUT, "timed out" },
	{ "a slow body", "/slow-body", E_TIMED_OUT, "timed out" },
	{ "silence", "/silent", E_TIMED_OUT, "timed out" },
	{ "endless headers", "/huge-headers", E_TOO_LARGE, "header" },
	{ "no HTTP", "/garbage", E_UNREACHABLE, "HTTP/0.9" },
	{ "no answer", "/close", E_UNREACHABLE, "Empty reply" },
	{ "a reset", "/reset", E_UNREACHABLE, "reset" },
	{ "a redirect to a file", "/to-file", E_UNREACHABLE, "file:///etc/passwd" },
	{ "a redirect to ftp", "/to-ftp", E_UNREACHABLE, "ftp:" },
	{ "a redirect to an unknown scheme", "/to-nothing", E_UNREACHABLE, "gopher2:" },
	{ "a redirect with a password", "/to-user", E_UNREACHABLE, "user name" },
	{ "a redirect in a circle", "/loop", E_UNREACHABLE, "more than 10 redirects" },
};

START_TEST(survives_servers)
{
	const char *name = bad_ends[_i].name;
	bool is_slow = bad_ends[_i].code == E_TIMED_OUT;
	struct httpd *server = httpd_start(bad_routes, NULL);
	AUTO_STR char *url = httpd_url(server, bad_ends[_i].path);
	const struct http_request request = {
		.method = "GET", .url = url, .max_body = is_slow ? 1 << 20 : 8
	};
	AUTO_PTR(http) h = http_fixture_open(is_slow ? 300 : 20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(
	    name, http_fetch(h, &request, &r, &e), &e, bad_ends[_i].code, bad_ends[_i].part);
	ck_assert_msg(
	    strstr(err_msg(&e), url) != NULL, "%s: \"%s\" lacks the URL", name, err_msg(&e));
	ck_assert_msg(r.status == 0 && r.body.n == 0, "%s: left a response behind", name);
	httpd_stop(server);
}
END_TEST

static const struct httpd_route good_routes[] = { { .path = "/hello", .body = "hello" }, { 0 } };

/* Rows that fail in passing, so often; then the next row answers. */
static const struct httpd_route passing_routes[] = {
	{ .path = "/500", .times = 1, .status = 500 },
	{ .path = "/408", .times = 1, .status = 408 },
	{ .path = "/429", .times = 1, .status = 429, .headers = "Retry-After: 1\r\n" },
	{ .path = "/close", .times = 1, .behaviour = HTTPD_CLOSE },
	{ .path = "/reset", .times = 1, .behaviour = HTTPD_RESET },
	{ .path = "/short", .times = 1, .behaviour = HTTPD_SHORT, .body = "hel" },
	{ .path = "/503", .status = 503 },
	{ .path = "/later", .status = 429, .headers = "Retry-After: 31\r\n" },
	{ .path = "/404", .status = 404 },
	{ .path = "/501", .status = 501 },
	{ .path = "/*", .body = "hello" },
	{ 0 },
};

static const struct {
	const char *name, *path;
	unsigned status;
	size_t requests;
} passing[] = {
	{ "500, then 200", "/500", 200, 2 },
	{ "408, then 200", "/408", 200, 2 },
	{ "429 with a time, then 200", "/429", 200, 2 },
	{ "a lost connection, then 200", "/close", 200, 2 },
	{ "a reset, then 200", "/reset", 200, 2 },
	{ "a short body, then 200", "/short", 200, 2 },
	{ "503 for good", "/503", 503, 2 },
	{ "more patience than we have", "/later", 429, 1 },
	{ "404 is no failure in passing", "/404", 404, 1 },
	{ "501 neither", "/501", 501, 1 },
};

START_TEST(tries_again)
{
	const char *name = passing[_i].name;
	struct httpd *server = httpd_start(passing_routes, NULL);
	AUTO_STR char *url = httpd_url(server, passing[_i].path);
	const struct http_request request = { .method = "GET", .url = url, .max_body = 8 };
	AUTO_PTR(http) h = http_fixture_open(20000, 1);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(name, http_fetch(h, &request, &r, &e), &e);
	ck_assert_msg(r.status == passing[_i].status, "%s: status %u", name, r.status);
	ck_assert_msg(httpd_count(server) == passing[_i].requests, "%s: %zu requests", name,
	    httpd_count(server));
	httpd_stop(server);
}
END_TEST

START_TEST(gives_tickets_up)
{
	struct httpd *server = httpd_start(bad_routes, NULL);
	struct httpd *good = httpd_start(good_routes, NULL);
	AUTO_STR char *silent = httpd_url(server, "/silent");
	AUTO_STR char *url = httpd_url(good, "/hello");
	struct http_request request = { .method = "GET", .url = silent, .max_body = 8 };
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	struct http_ticket *waiting, *quick;
	AUTO(err) e = ERR_INIT;
	int i;

	for (i = 0; i < 3; i++) {
		AUTO(http_response) r = HTTP_RESPONSE_INIT;
		AUTO(http_response) more = HTTP_RESPONSE_INIT;

		request.url = silent;
		row_accepted("silent", http_start(h, &request, &waiting, &e), &e);
		request.url = url;
		row_accepted("quick", http_start(h, &request, &quick, &e), &e);
		row_accepted("beside it", http_fetch(h, &request, &r, &e), &e);
		http_ticket_free(waiting);
		http_ticket_free(quick); /* its response is here, or comes later */
		row_accepted("after it", http_fetch(h, &request, &more, &e), &e);
		row_string("after it", "body", buf_str(&more.body), "hello");
	}
	httpd_stop(server);
	httpd_stop(good);
}
END_TEST

struct worker {
	struct http *http;
	const char *url;
	const char *failure;
};

static void *
work(void *arg)
{
	struct worker *w = arg;
	const struct http_request request = { .method = "GET", .url = w->url, .max_body = 8 };
	int i;

	/* No assertions in threads: the failure is told. */
	for (i = 0; i < 20; i++) {
		AUTO(http_response) r = HTTP_RESPONSE_INIT;
		AUTO(err) e = ERR_INIT;

		if (http_fetch(w->http, &request, &r, &e) != 0)
			w->failure = "an error";
		else if (strcmp(buf_str(&r.body), strrchr(w->url, '/') + 1) != 0)
			w->failure = "another's response";
	}
	return NULL;
}

START_TEST(serves_threads)
{
	static const struct httpd_route routes[] = { { .path = "/a", .body = "a" },
		{ .path = "/b", .body = "b" }, { .path = "/c", .body = "c" },
		{ .path = "/d", .body = "d" }, { 0 } };
	struct httpd *server = httpd_start(routes, NULL);
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	struct worker workers[8] = { 0 };
	pthread_t threads[ARRAY_LEN(workers)];
	size_t i, connections = 0;

	for (i = 0; i < ARRAY_LEN(workers); i++) {
		workers[i].http = h;
		workers[i].url = httpd_url(server, routes[i % 4].path);
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (i = 0; i < ARRAY_LEN(workers); i++) {
		pthread_join(threads[i], NULL);
		ck_assert_msg(workers[i].failure == NULL, "thread %zu: %s", i, workers[i].failure);
		free((char *)(uintptr_t)workers[i].url);
	}
	for (i = 0; i < httpd_count(server); i++)
		if (httpd_request(server, i)->connection > connections)
			connections = httpd_request(server, i)->connection;
	ck_assert_uint_eq(httpd_count(server), 20 * ARRAY_LEN(workers));
	ck_assert_msg(connections <= ARRAY_LEN(workers), "%zu connections", connections);
	httpd_stop(server);
}
END_TEST

START_TEST(carries_large_bodies)
{
	const size_t n = MAX_MANIFEST_BYTES;
	AUTO_STR char *large = xmalloc(n);
	const struct httpd_route routes[] = { { .path = "/large", .body = large, .body_n = n },
		{ 0 } };
	struct http_request request = { .method = "GET", .max_body = n };
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	struct http_ticket *tickets[3];
	struct httpd *server;
	AUTO_STR char *url = NULL;
	AUTO(err) e = ERR_INIT;
	size_t i;

	for (i = 0; i < n; i++)
		large[i] = (char)(i * 2654435761u >> 24);
	server = httpd_start(routes, NULL);
	url = httpd_url(server, "/large");
	request.url = url;
	for (i = 0; i < ARRAY_LEN(tickets); i++)
		row_accepted("starting", http_start(h, &request, &tickets[i], &e), &e);
	for (i = ARRAY_LEN(tickets); i-- > 0;) {
		AUTO(http_response) r = HTTP_RESPONSE_INIT;

		row_accepted("waiting", http_wait(tickets[i], &r, &e), &e);
		ck_assert(bytes_equal(buf_bytes(&r.body), bytes_of(large, n)));
	}
	AUTO(http_response) over = HTTP_RESPONSE_INIT;

	request.max_body = n - 1;
	row_refused(
	    "one byte less", http_fetch(h, &request, &over, &e), &e, E_TOO_LARGE, "more than");
	httpd_stop(server);
}
END_TEST

/* True when a child of ours has this file open. */
static bool
child_has_open(const char *path)
{
	AUTO(pids) children = PIDS_INIT;
	AUTO(err) e = ERR_INIT;
	char target[4096];
	bool found = false;
	size_t i;
	ssize_t n;
	int fd;

	row_accepted("children", children_list(&children, &e), &e);
	for (i = 0; i < children.n; i++) {
		for (fd = 0; fd < 256; fd++) {
			AUTO_STR char *link = xasprintf("/proc/%d/fd/%d", (int)children.v[i], fd);

			n = readlink(link, target, sizeof(target) - 1);
			target[n > 0 ? n : 0] = '\0';
			found = found || strcmp(target, path) == 0;
		}
	}
	return found;
}

/* A descriptor that a careless parent left open does not reach the network. */
START_TEST(keeps_files_from_the_fetcher)
{
	AUTO_STR char *path = tree_path("inherited.XXXXXX");
	struct httpd *server = httpd_start(good_routes, NULL);
	AUTO_STR char *url = httpd_url(server, "/hello");
	const struct http_request request = { .method = "GET", .url = url, .max_body = 8 };
	AUTO_PTR(http) h = http_fixture_open(20000, 0);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	row_accepted("fetching", http_fetch(h, &request, &r, &e), &e);
	ck_assert(!child_has_open(path));
	close(fd);
	httpd_stop(server);
}
END_TEST

/* The judge may be killed at any time: then nobody kills the fetcher. */
START_TEST(ends_with_the_judge)
{
	AUTO_STR char *program = xstrdup(HTTP_FIXTURE_FETCHER);
	struct fetcher_process p;
	struct child_end end;
	AUTO(err) e = ERR_INIT;

	row_accepted("starting", fetcher_process_start(&p, program, &e), &e);
	close(p.fd);
	ck_assert(child_wait(p.pid, 20000, &end));
	ck_assert(end.exited);
	ck_assert_int_eq(end.status, 0);
}
END_TEST

Suite *
http_servers_suite(void)
{
	Suite *s = suite_create("http_servers");
	TCase *t = tcase_create("survives");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, survives_servers, 0, (int)ARRAY_LEN(bad_ends));
	tcase_add_loop_test(t, tries_again, 0, (int)ARRAY_LEN(passing));
	suite_add_tcase(s, t);
	t = tcase_create("serves");
	tcase_add_checked_fixture(t, tree_make, tree_remove);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, gives_tickets_up);
	tcase_add_test(t, serves_threads);
	tcase_add_test(t, carries_large_bodies);
	tcase_add_test(t, keeps_files_from_the_fetcher);
	tcase_add_test(t, ends_with_the_judge);
	suite_add_tcase(s, t);
	return s;
}
