/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "expect_store.h"
#include "httpd.h"
#include "rows.h"
#include "suites.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct httpd *server;
static struct http *http;

static void
stop_server(void)
{
	http_free(http);
	httpd_stop(server);
	http = NULL;
	server = NULL;
}

/* A store at /s of a scripted server; suffix follows it. image: of a lookaside store; or NULL. */
static struct store_iter *
open_served_for(const struct reference *image, const struct httpd_route *routes, const char *suffix,
    struct http_options options)
{
	AUTO_STR char *base = NULL;
	AUTO_STR char *url = NULL;
	struct digest d = { "sha256:" HEX };
	struct store_iter *it = NULL;
	AUTO(err) e = ERR_INIT;

	server = httpd_start(routes, NULL);
	base = httpd_url(server, "/s");
	url = xasprintf("%s%s", base, suffix);
	options.fetcher = TEST_BUILDDIR "/relsig-fetch";
	if (options.timeout_ms == 0)
		options.timeout_ms = 20000;
	ck_assert_msg(http_open(&http, &options, &e) == 0, "%s", err_msg(&e));
	if (image != NULL)
		row_accepted(url, store_open_lookaside(&it, url, image, &d, http, &e), &e);
	else
		row_accepted(url, store_open(&it, url, &d, http, &e), &e);
	return it;
}

static struct store_iter *
open_served(const struct httpd_route *routes, const char *suffix, struct http_options options)
{
	return open_served_for(NULL, routes, suffix, options);
}

#define ITEM "/s/sha256=" HEX "/signature-"

static const struct {
	const char *name, *suffix;
	struct httpd_route routes[4];
	size_t items;	  /* that come, each "x" */
	enum errc code;	  /* then this failure; E_NONE: the end */
	const char *part; /* of the failure's message */
	size_t requests;
} served[] = {
	{ "none", "", { { 0 } }, 0, E_NONE, NULL, 1 },
	{ "two", "", { { .path = ITEM "1", .body = "x" }, { .path = ITEM "2", .body = "x" } }, 2,
	    E_NONE, NULL, 3 },
	{ "slashes at the end", "///", { { .path = ITEM "1", .body = "x" } }, 1, E_NONE, NULL, 2 },
	{ "a query", "/?a=b/", { { .path = ITEM "1?a=b/", .body = "x" } }, 1, E_NONE, NULL, 2 },
	{ "as many as are read", "", { { .path = "/s/*", .body = "x" } }, MAX_SIGNATURES_PER_STORE,
	    E_NONE, NULL, MAX_SIGNATURES_PER_STORE },
	{ "behind a redirect", "",
	    { { .path = ITEM "1", .status = 302, .headers = "Location: /moved\r\n" },
		{ .path = "/moved", .body = "x" } },
	    1, E_NONE, NULL, 3 },
	{ "out of order at once", "", { { .path = ITEM "1", .status = 500 } }, 0, E_UNREACHABLE,
	    "status 500", 1 },
	{ "out of order later", "",
	    { { .path = ITEM "1", .body = "x" }, { .path = ITEM "2", .status = 503 } }, 1,
	    E_UNREACHABLE, "status 503", 2 },
	{ "forbidden", "", { { .path = ITEM "1", .status = 403 } }, 0, E_UNREACHABLE,
	    "proves nothing", 1 },
	{ "a password is wanted", "",
	    { { .path = ITEM "1",
		.status = 401,
		.headers = "WWW-Authenticate: Basic realm=x\r\n" } },
	    0, E_UNREACHABLE, "status 401", 1 },
	{ "gone", "", { { .path = ITEM "1", .status = 410 } }, 0, E_UNREACHABLE, "status 410", 1 },
	{ "no content", "", { { .path = ITEM "1", .status = 204 } }, 0, E_UNREACHABLE, "status 204",
	    1 },
	{ "endless", "", { { .path = ITEM "1", .behaviour = HTTPD_ENDLESS } }, 0, E_TOO_LARGE,
	    "signature-1", 1 },
	{ "cut short", "", { { .path = ITEM "1", .behaviour = HTTPD_SHORT, .body = "x" } }, 0,
	    E_UNREACHABLE, "signature-1", 1 },
	{ "a redirect to a file", "",
	    { { .path = ITEM "1", .status = 302, .headers = "Location: file:///etc/passwd\r\n" } },
	    0, E_UNREACHABLE, "signature-1", 1 },
};

START_TEST(reads_served)
{
	AUTO_PTR(store_iter)
	it = open_served(served[_i].routes, served[_i].suffix, (struct http_options){ 0 });
	size_t i;

	for (i = 0; i < served[_i].items; i++)
		expect_item(it, "x", "/s/sha256=" HEX "/signature-");
	if (served[_i].code == E_NONE)
		expect_end(it);
	else
		expect_failure(it, served[_i].code, served[_i].part);
	ck_assert_msg(httpd_count(server) == served[_i].requests, "%s: %zu requests, want %zu",
	    served[_i].name, httpd_count(server), served[_i].requests);
}
END_TEST

/* The URL as it was written, a slash and the repository's path; the query stays at the end. */
static const struct {
	const char *suffix, *item;
} lookaside[] = {
	{ "", "/s/a/b@sha256=" HEX "/signature-1" },
	{ "/", "/s//a/b@sha256=" HEX "/signature-1" },
	{ "?x=y", "/s/a/b@sha256=" HEX "/signature-1?x=y" },
};

START_TEST(reads_served_lookaside)
{
	const struct httpd_route routes[] = { { .path = lookaside[_i].item, .body = "x" }, { 0 } };
	AUTO(reference) image = REFERENCE_INIT;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("image", reference_parse(&image, "host:5000/a/b:tag", &e), &e);
	it = open_served_for(&image, routes, lookaside[_i].suffix, (struct http_options){ 0 });
	expect_item(it, "x", lookaside[_i].item);
	expect_end(it);
}
END_TEST

START_TEST(reads_served_empty)
{
	static const struct httpd_route routes[] = { { .path = ITEM "1", .body = "" }, { 0 } };
	AUTO_PTR(store_iter) it = open_served(routes, "", (struct http_options){ 0 });

	expect_item(it, "", "signature-1");
	expect_end(it);
}
END_TEST

/* A blob at the cap is an item, one byte more is a failure. */
START_TEST(served_item_size)
{
	AUTO_STR char *big = xmalloc(MAX_SIGNATURE_BYTES + 1);
	struct httpd_route routes[] = {
		{ .path = ITEM "1", .body = big, .body_n = MAX_SIGNATURE_BYTES },
		{ .path = ITEM "2", .body = big, .body_n = MAX_SIGNATURE_BYTES + 1 },
		{ 0 },
	};
	AUTO_PTR(store_iter) it = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	memset(big, 'x', MAX_SIGNATURE_BYTES + 1);
	it = open_served(routes, "", (struct http_options){ 0 });
	ck_assert_int_eq(store_next(it, &blob, &where, &e), STORE_ITEM);
	ck_assert_uint_eq(blob.n, MAX_SIGNATURE_BYTES);
	expect_failure(it, E_TOO_LARGE, "signature-2");
}
END_TEST

/* An outage is no "no signatures": offline, silence, nobody there. */
START_TEST(unreachable_is_a_failure)
{
	static const struct httpd_route routes[] = {
		{ .path = ITEM "1", .behaviour = HTTPD_SILENT },
		{ 0 },
	};
	AUTO_PTR(store_iter)
	offline = open_served(routes, "", (struct http_options){ .offline = true });
	AUTO_PTR(store_iter) silent = NULL;

	expect_failure(offline, E_UNREACHABLE, "--offline");
	ck_assert_uint_eq(httpd_count(server), 0);
	stop_server();
	silent = open_served(routes, "", (struct http_options){ .timeout_ms = 300 });
	expect_failure(silent, E_TIMED_OUT, "signature-1");
}
END_TEST

START_TEST(may_be_left_early)
{
	static const struct httpd_route routes[] = { { .path = "/s/*", .body = "x" }, { 0 } };
	AUTO_PTR(store_iter) it = open_served(routes, "", (struct http_options){ 0 });

	ck_assert_ptr_nonnull(it);
}
END_TEST

Suite *
store_http_suite(void)
{
	Suite *s = suite_create("store_http");
	TCase *t = tcase_create("store_http");

	tcase_add_checked_fixture(t, NULL, stop_server);
	tcase_add_loop_test(t, reads_served, 0, (int)ARRAY_LEN(served));
	tcase_add_loop_test(t, reads_served_lookaside, 0, (int)ARRAY_LEN(lookaside));
	tcase_add_test(t, reads_served_empty);
	tcase_add_test(t, served_item_size);
	tcase_add_test(t, unreachable_is_a_failure);
	tcase_add_test(t, may_be_left_early);
	suite_add_tcase(s, t);
	return s;
}
