/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

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

START_TEST(wants_a_digest)
{
	static const struct httpd_route routes[] = { { 0 } };
	AUTO(reference) image = REFERENCE_INIT;
	struct digest none = { 0 };
	AUTO_STR char *url = NULL;
	AUTO(err) e = ERR_INIT;
	uint64_t size;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	run_image(&image, "/a/b:1");
	row_refused("no digest", registry_blob_size(run_registry(), &image, &none, &size, &url, &e),
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
	return s;
}
