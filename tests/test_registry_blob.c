/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "httpd_large.h"
#include "registry_run.h"
#include "rows.h"
#include "suites.h"

#define BLOB "/v2/a/b/blobs/" DIGEST
#define HEAD_B "HEAD " BLOB
#define GET_B "GET " BLOB

#define HEAD(...)                                                                                  \
	{                                                                                          \
		.method = "HEAD", .path = BLOB, __VA_ARGS__                                        \
	}
#define GET(...)                                                                                   \
	{                                                                                          \
		.method = "GET", .path = BLOB, __VA_ARGS__                                         \
	}
#define FIRST_OF(total)                                                                            \
	.status = 206, .body = "h", .headers = "Content-Range: bytes 0-0/" total "\r\n"
/* Where a registry sends those who want the blob itself. */
#define MOVED                                                                                      \
	{                                                                                          \
		.path = BLOB, .status = 307, .headers = "Location: /cdn?signed\r\n"                \
	}

struct row {
	const char *name;
	const char *creds;
	struct httpd_route routes[8];
	enum errc code;
	const char *part;
	uint64_t size;
	const char *requests[8];
};

static const struct row refused_sizes[] = {
	{ "no such blob", NULL, { PING(200, NULL), HEAD(.status = 404) }, E_NOT_FOUND,
	    "status 404: no blob " DIGEST " in the repository a/b", 0, { "GET /v2/", HEAD_B } },
	{ "a registry that says no", NULL, { PING(200, NULL), HEAD(.status = 403) }, E_DENIED,
	    "status 403", 0, { "GET /v2/", HEAD_B } },
	{ "another password is wanted", "user:pass",
	    { PING(401, BASIC), HEAD(.status = 401, .headers = BASIC) }, E_DENIED, "--creds", 0,
	    { "GET /v2/", HEAD_B " " USER_PASS } },
	{ "an error of the server", NULL, { PING(200, NULL), HEAD(.status = 500) }, E_UNREACHABLE,
	    "HEAD", 0, { "GET /v2/", HEAD_B } },
	{ "a part where a whole was asked for", NULL, { PING(200, NULL), HEAD(FIRST_OF("5")) },
	    E_UNREACHABLE, "status 206", 0, { "GET /v2/", HEAD_B } },
	{ "nobody says a size", NULL,
	    { PING(200, NULL), HEAD(.behaviour = HTTPD_UNSAID), GET(FIRST_OF("*")) }, E_UNSUPPORTED,
	    "does not say", 0, { "GET /v2/", HEAD_B, GET_B } },
	{ "a part without its place", NULL,
	    { PING(200, NULL), HEAD(.status = 405), GET(.status = 206, .body = "h") },
	    E_UNSUPPORTED, "does not say", 0, { "GET /v2/", HEAD_B, GET_B } },
	{ "a range that is none", NULL,
	    { PING(200, NULL), HEAD(.status = 405), GET(FIRST_OF("5x")) }, E_UNSUPPORTED,
	    "does not say", 0, { "GET /v2/", HEAD_B, GET_B } },
	{ "all of it, of nobody knows what size", NULL,
	    { PING(200, NULL), HEAD(.status = 405), GET(.behaviour = HTTPD_ENDLESS) },
	    E_UNSUPPORTED, "does not say", 0, { "GET /v2/", HEAD_B, GET_B } },
	{ "not there when asked again", NULL,
	    { PING(200, NULL), HEAD(.status = 405), GET(.status = 404) }, E_NOT_FOUND, "no blob", 0,
	    { "GET /v2/", HEAD_B, GET_B } },
	{ "no first byte of something", NULL,
	    { PING(200, NULL), HEAD(.status = 405),
		GET(.status = 416, .headers = "Content-Range: bytes */7\r\n") },
	    E_UNREACHABLE, "status 416, want 206", 0, { "GET /v2/", HEAD_B, GET_B } },
	{ "forbidden wherever one asks", NULL,
	    { PING(200, NULL), MOVED, { .path = "/cdn?signed", .status = 403 } }, E_DENIED,
	    "status 403", 0, { "GET /v2/", HEAD_B, "HEAD /cdn?signed", GET_B, "GET /cdn?signed" } },
};

static const struct row known_sizes[] = {
	{ "HEAD", NULL, { PING(200, NULL), HEAD(.body = "hello") }, E_NONE, NULL, 5,
	    { "GET /v2/", HEAD_B } },
	{ "HEAD with a password", "user:pass",
	    { PING(401, BASIC), HEAD(.authorization = USER_PASS, .body = "hello") }, E_NONE, NULL,
	    5, { "GET /v2/", HEAD_B " " USER_PASS } },
	{ "HEAD with a token that ran out", NULL,
	    { PING(401, BEARER), { .path = "/token*", .times = 1, .body = "{\"token\": \"old\"}" },
		TOKEN("new"), HEAD(.authorization = "Bearer new", .body = "hello"),
		HEAD(.status = 401, .headers = BEARER) },
	    E_NONE, NULL, 5,
	    { "GET /v2/", "GET " TOKEN_PATH, HEAD_B " Bearer old", "GET " TOKEN_PATH,
		HEAD_B " Bearer new" } },
	{ "HEAD elsewhere", NULL, { PING(200, NULL), MOVED, { .path = "/cdn*", .body = "hello" } },
	    E_NONE, NULL, 5, { "GET /v2/", HEAD_B, "HEAD /cdn?signed" } },
	{ "a size over 4 GiB", NULL,
	    { PING(200, NULL),
		HEAD(.behaviour = HTTPD_UNSAID, .headers = "Content-Length: 1099511627776\r\n") },
	    E_NONE, NULL, (uint64_t)1 << 40, { "GET /v2/", HEAD_B } },
	{ "HEAD without a size", NULL,
	    { PING(200, NULL), HEAD(.behaviour = HTTPD_UNSAID), GET(FIRST_OF("1234")) }, E_NONE,
	    NULL, 1234, { "GET /v2/", HEAD_B, GET_B } },
	{ "HEAD that says 0", NULL, { PING(200, NULL), HEAD(.status = 200), GET(FIRST_OF("1")) },
	    E_NONE, NULL, 1, { "GET /v2/", HEAD_B, GET_B } },
	{ "HEAD is not allowed", NULL,
	    { PING(200, NULL), HEAD(.status = 405), GET(FIRST_OF("1234")) }, E_NONE, NULL, 1234,
	    { "GET /v2/", HEAD_B, GET_B } },
	{ "HEAD is not implemented", NULL,
	    { PING(200, NULL), HEAD(.status = 501), GET(FIRST_OF("1234")) }, E_NONE, NULL, 1234,
	    { "GET /v2/", HEAD_B, GET_B } },
	{ "a URL signed for GET", NULL,
	    { PING(200, NULL), MOVED, { .method = "HEAD", .path = "/cdn?signed", .status = 403 },
		{ .path = "/cdn?signed", FIRST_OF("1234") } },
	    E_NONE, NULL, 1234,
	    { "GET /v2/", HEAD_B, "HEAD /cdn?signed", GET_B, "GET /cdn?signed" } },
	{ "a server that sends all of it", NULL,
	    { PING(200, NULL), HEAD(.status = 405),
		GET(.behaviour = HTTPD_LARGE_WHOLE, .size = 100000000) },
	    E_NONE, NULL, 100000000, { "GET /v2/", HEAD_B, GET_B } },
	{ "nothing at all", NULL,
	    { PING(200, NULL), HEAD(.status = 200),
		GET(.status = 416, .headers = "Content-Range: bytes */0\r\n") },
	    E_NONE, NULL, 0, { "GET /v2/", HEAD_B, GET_B } },
};

static int
ask_size(const struct row *row, uint64_t *size, char **url, struct err *e)
{
	AUTO(reference) image = REFERENCE_INIT;
	struct digest digest;
	AUTO(err) ignored = ERR_INIT;

	row_accepted("digest", digest_parse(&digest, bytes_of_str(DIGEST), &ignored), &ignored);
	run_serve(row->routes, true);
	run_start(row->creds, NULL, (struct http_options){ 0 });
	run_image(&image, "/a/b:1");
	return registry_blob_size(run_registry(), &image, &digest, size, url, e);
}

START_TEST(refuses_sizes)
{
	const struct row *row = &refused_sizes[_i];
	AUTO_STR char *url = NULL;
	AUTO(err) e = ERR_INIT;
	uint64_t size = 7;

	row_refused(row->name, ask_size(row, &size, &url, &e), &e, row->code, row->part);
	ck_assert_msg(url == NULL && size == 0, "%s: left something behind", row->name);
	run_expect_requests(row->name, row->requests);
}
END_TEST

START_TEST(knows_sizes)
{
	const struct row *row = &known_sizes[_i];
	AUTO_STR char *want = NULL;
	AUTO_STR char *url = NULL;
	AUTO(err) e = ERR_INIT;
	uint64_t size = 7;

	row_accepted(row->name, ask_size(row, &size, &url, &e), &e);
	want = httpd_url(run_server, BLOB);
	row_string(row->name, "URL", url, want);
	ck_assert_msg(size == row->size, "%s: %ju bytes", row->name, (uintmax_t)size);
	run_expect_requests(row->name, row->requests);
	ck_assert_msg(row->requests[2] == NULL || strstr(row->requests[2], GET_B) == NULL ||
			  strcmp(httpd_last(run_server)->range, "bytes=0-0") == 0,
	    "%s: the whole was asked for", row->name);
}
END_TEST

/* A few windows, and a bit. */
#define LARGE ((uint64_t)3 * 1024 * 1024 + 12345)
#define WHOLE(...) GET(.behaviour = HTTPD_LARGE, .size = LARGE, __VA_ARGS__)
#define CUT(at) WHOLE(.times = 1, .cut = (at))

struct blob_row {
	const char *name;
	struct httpd_route routes[8];
	uint64_t max;
	enum errc code; /* of the reading; E_NONE: all of it comes */
	const char *part;
	uint64_t n;	       /* bytes that come */
	const char *ranges[8]; /* of the requests for the blob */
};

static const struct blob_row not_opened[] = {
	{ "no such blob", { PING(200, NULL), GET(.status = 404) }, LARGE, E_NOT_FOUND, "no blob", 0,
	    { "" } },
	{ "a registry that says no", { PING(200, NULL), GET(.status = 403) }, LARGE, E_DENIED,
	    "status 403", 0, { "" } },
	{ "a part where a whole was asked for",
	    { PING(200, NULL), GET(.status = 206, .body = "h") }, LARGE, E_UNREACHABLE,
	    "status 206, want 200", 0, { "" } },
	{ "no registry", { PING(404, NULL) }, LARGE, E_UNREACHABLE, "not a registry", 0, { NULL } },
};

static const struct blob_row blobs[] = {
	{ "more than the cap", { PING(200, NULL), WHOLE() }, LARGE - 1, E_TOO_LARGE, "more than",
	    LARGE - 1, { "" } },
	{ "broken off each time", { PING(200, NULL), WHOLE(.cut = 1000) }, LARGE, E_UNREACHABLE,
	    "after 1000 bytes: GET https://", 1000, { "", "bytes=1000-", "bytes=1000-" } },
	{ "all of it again",
	    { PING(200, NULL), CUT(1000), GET(.behaviour = HTTPD_LARGE_WHOLE, .size = LARGE) },
	    LARGE, E_UNREACHABLE, "status 200, want 206", 1000, { "", "bytes=1000-" } },
	{ "on from another byte",
	    { PING(200, NULL), CUT(1000), GET(.behaviour = HTTPD_LARGE_WRONG, .size = LARGE) },
	    LARGE, E_UNREACHABLE, "from byte 1001", 1000, { "", "bytes=1000-" } },
	{ "a part of it, but nobody says which",
	    { PING(200, NULL), CUT(1000), GET(.status = 206, .body = "h") }, LARGE, E_UNREACHABLE,
	    "from byte -1", 1000, { "", "bytes=1000-" } },
	{ "on with another blob",
	    { PING(200, NULL), CUT(1000), GET(.behaviour = HTTPD_LARGE, .size = LARGE + 1) }, LARGE,
	    E_UNREACHABLE, "at first, now of", 1000, { "", "bytes=1000-" } },
	{ "gone on the way", { PING(200, NULL), CUT(1000), GET(.status = 404) }, LARGE,
	    E_UNREACHABLE, "after 1000 bytes", 1000, { "", "bytes=1000-" } },
	{ "forbidden on the way", { PING(200, NULL), CUT(1000), GET(.status = 403) }, LARGE,
	    E_UNREACHABLE, "status 403", 1000, { "", "bytes=1000-" } },
	{ "silent for good",
	    { PING(200, NULL), GET(.behaviour = HTTPD_LARGE_STALLS, .size = LARGE, .cut = 1000) },
	    LARGE, E_TIMED_OUT, "no more bytes", 1000, { "", "bytes=1000-", "bytes=1000-" } },

	{ "all at once", { PING(200, NULL), WHOLE() }, UINT64_MAX, E_NONE, NULL, LARGE, { "" } },
	{ "at the cap", { PING(200, NULL), WHOLE() }, LARGE, E_NONE, NULL, LARGE, { "" } },
	{ "broken off twice", { PING(200, NULL), CUT(1000), CUT(5000), WHOLE() }, LARGE, E_NONE,
	    NULL, LARGE, { "", "bytes=1000-", "bytes=5000-" } },
	{ "broken off three times, further on each time",
	    { PING(200, NULL), CUT(1000), CUT(5000), CUT(2000000), WHOLE() }, LARGE, E_NONE, NULL,
	    LARGE, { "", "bytes=1000-", "bytes=5000-", "bytes=2000000-" } },
	{ "broken off before the first byte",
	    { PING(200, NULL), GET(.times = 1, .behaviour = HTTPD_SHORT), WHOLE() }, LARGE, E_NONE,
	    NULL, LARGE, { "", "" } },
	{ "silent once",
	    { PING(200, NULL),
		GET(.times = 1, .behaviour = HTTPD_LARGE_STALLS, .size = LARGE, .cut = 1000),
		WHOLE() },
	    LARGE, E_NONE, NULL, LARGE, { "", "bytes=1000-" } },
	{ "a token that ran out on the way",
	    { PING(401, BEARER), { .path = "/token*", .times = 1, .body = "{\"token\": \"old\"}" },
		TOKEN("new"), WHOLE(.times = 1, .authorization = "Bearer old", .cut = 1000),
		WHOLE(.authorization = "Bearer new"), GET(.status = 401, .headers = BEARER) },
	    LARGE, E_NONE, NULL, LARGE, { "", "bytes=1000-", "bytes=1000-" } },
	{ "redirected anew",
	    { PING(200, NULL), GET(.times = 1, .status = 307, .headers = "Location: /cdn/1\r\n"),
		GET(.times = 1, .status = 307, .headers = "Location: /cdn/2\r\n"),
		{ .path = "/cdn/1", .behaviour = HTTPD_LARGE, .size = LARGE, .cut = 1000 },
		{ .path = "/cdn/2", .behaviour = HTTPD_LARGE, .size = LARGE } },
	    LARGE, E_NONE, NULL, LARGE, { "", "", "bytes=1000-", "bytes=1000-" } },
};

static int
open_blob(const struct blob_row *row, struct blob **out, struct err *e)
{
	AUTO(reference) image = REFERENCE_INIT;
	struct digest digest;
	AUTO(err) ignored = ERR_INIT;
	bool is_silent = row->routes[1].behaviour == HTTPD_LARGE_STALLS;

	row_accepted("digest", digest_parse(&digest, bytes_of_str(DIGEST), &ignored), &ignored);
	run_serve(row->routes, true);
	run_start(NULL, NULL,
	    (struct http_options){ .retry_times = 2, .timeout_ms = is_silent ? 5000 : 0 });
	run_image(&image, "/a/b:1");
	return registry_blob_open(run_registry(), &image, &digest, row->max, out, e);
}

static void
expect_ranges(const struct blob_row *row)
{
	size_t i, n = 0;

	for (i = 0; i < httpd_count(run_server); i++) {
		const struct httpd_request *r = httpd_request(run_server, i);

		if (strstr(r->path, "/blobs/") == NULL && strstr(r->path, "/cdn/") == NULL)
			continue;
		row_string(row->name, "Range", r->range, row->ranges[n++]);
	}
	row_string(row->name, "request that did not come", NULL, row->ranges[n]);
}

START_TEST(does_not_open)
{
	const struct blob_row *row = &not_opened[_i];
	struct blob *blob = NULL;
	AUTO(err) e = ERR_INIT;

	row_refused(row->name, open_blob(row, &blob, &e), &e, row->code, row->part);
	ck_assert_ptr_null(blob);
	expect_ranges(row);
}
END_TEST

START_TEST(reads)
{
	const struct blob_row *row = &blobs[_i];
	AUTO_PTR(blob) blob = NULL;
	struct bytes piece = { .n = 1 };
	AUTO_STR char *want = NULL;
	AUTO(err) e = ERR_INIT;
	uint64_t n = 0;
	int result = 0;

	row_accepted(row->name, open_blob(row, &blob, &e), &e);
	want = httpd_url(run_server, BLOB);
	row_string(row->name, "where", blob_where(blob), want);
	while (piece.n > 0 && (result = blob_next(blob, &piece, &e)) == 0) {
		ck_assert_msg(httpd_large_is(n, piece.p, piece.n), "%s: other bytes", row->name);
		n += piece.n;
	}
	if (row->code == E_NONE)
		row_accepted(row->name, result, &e);
	else
		row_refused(row->name, result, &e, row->code, row->part);
	ck_assert_msg(n == row->n, "%s: %ju bytes", row->name, (uintmax_t)n);
	expect_ranges(row);
}
END_TEST

START_TEST(wants_a_digest)
{
	static const struct httpd_route routes[] = { { 0 } };
	AUTO(reference) image = REFERENCE_INIT;
	struct digest none = { 0 };
	struct blob *blob = NULL;
	AUTO_STR char *url = NULL;
	AUTO(err) e = ERR_INIT;
	uint64_t size;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	run_image(&image, "/a/b:1");
	row_refused("no digest", registry_blob_size(run_registry(), &image, &none, &size, &url, &e),
	    &e, E_USAGE, "without a sha256");
	err_free(&e);
	row_refused("no digest", registry_blob_open(run_registry(), &image, &none, 1, &blob, &e),
	    &e, E_USAGE, "without a sha256");
}
END_TEST

Suite *
registry_blob_suite(void)
{
	Suite *s = suite_create("registry_blob");
	TCase *t = tcase_create("sizes");

	tcase_add_checked_fixture(t, run_setup, run_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, refuses_sizes, 0, (int)ARRAY_LEN(refused_sizes));
	tcase_add_test(t, wants_a_digest);
	tcase_add_loop_test(t, knows_sizes, 0, (int)ARRAY_LEN(known_sizes));
	suite_add_tcase(s, t);
	t = tcase_create("blobs");
	tcase_add_checked_fixture(t, run_setup, run_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, does_not_open, 0, (int)ARRAY_LEN(not_opened));
	tcase_add_loop_test(t, reads, 0, (int)ARRAY_LEN(blobs));
	suite_add_tcase(s, t);
	return s;
}
