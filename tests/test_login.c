/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "registry_run.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"

START_TEST(asks_by_tag_before_digest)
{
	static const struct httpd_route routes[] = { PING(200, NULL), MANIFEST(NULL), { 0 } };
	static const char *const want[] = { "GET /v2/", M, "GET /v2/a/b/manifests/" DIGEST, M,
		NULL };
	AUTO(err) e = ERR_INIT;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	row_accepted("tag", run_ask("/a/b:1", &e), &e);
	row_accepted("digest", run_ask("/a/b@" DIGEST, &e), &e);
	row_accepted("both", run_ask("/a/b:1@" DIGEST, &e), &e);
	row_refused("neither", run_ask("/a/b", &e), &e, E_USAGE, "without a tag");
	run_expect_requests("names", want);
}
END_TEST

START_TEST(says_what_it_accepts)
{
	static const struct httpd_route routes[] = { PING(200, NULL), MANIFEST(NULL), { 0 } };
	AUTO(err) e = ERR_INIT;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	row_accepted("manifest", run_ask("/a/b:1", &e), &e);
	ck_assert_ptr_nonnull(
	    strstr(httpd_last(run_server)->accept, "application/vnd.oci.image.manifest.v1+json"));
}
END_TEST

/* A manifest at the cap is taken, one byte more is not. */
START_TEST(size)
{
	static const struct httpd_route routes[] = { PING(200, NULL), MANIFEST(NULL), { 0 } };
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *url = NULL;
	AUTO(err) e = ERR_INIT;
	size_t n = strlen("{ manifest }");

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	row_accepted("at the cap", run_ask_within("/a/b:1", n, &out, &url, &e), &e);
	free(steal(&url));
	row_refused("over the cap", run_ask_within("/a/b:1", n - 1, &out, &url, &e), &e,
	    E_TOO_LARGE, "more than");
	ck_assert_uint_eq(out.n, 0);
}
END_TEST

/* A token answer at the cap is read, one byte more is not. */
START_TEST(token_size)
{
	static const char answer[] = "{\"token\":\"t\"}";
	AUTO_STR char *body = xmalloc(MAX_TOKEN_BYTES + 1);
	struct httpd_route routes[] = { PING(401, BEARER),
		{ .path = "/token*", .body = body, .body_n = MAX_TOKEN_BYTES + (size_t)_i },
		MANIFEST("Bearer t"), { 0 } };
	AUTO(err) e = ERR_INIT;

	memset(body, ' ', MAX_TOKEN_BYTES + 1);
	memcpy(body, answer, sizeof(answer) - 1);
	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	if (_i == 0)
		row_accepted("at the cap", run_ask("/a/b:1", &e), &e);
	else
		row_refused("over the cap", run_ask("/a/b:1", &e), &e, E_UNREACHABLE, "more than");
}
END_TEST

/* One ping for the run, one token for a repository; what failed is not tried again. */
START_TEST(remembers)
{
	static const struct httpd_route routes[] = { PING(401, BEARER),
		{ .path = "/token?scope=repository%3Ac*", .status = 403 }, TOKEN("t"),
		{ .path = "/v2/*", .authorization = "Bearer t", .body = "{}" }, { 0 } };
	static const char *const want[] = { "GET /v2/", "GET " TOKEN_PATH, M " Bearer t",
		"GET /v2/a/b/manifests/2 Bearer t",
		"GET /token?scope=repository%3Aa%2Fc%3Apull&service=s%20e",
		"GET /v2/a/c/manifests/1 Bearer t",
		"GET /token?scope=repository%3Ac%3Apull&service=s%20e", NULL };
	AUTO(err) e = ERR_INIT;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	row_accepted("first", run_ask("/a/b:1", &e), &e);
	row_accepted("same repository", run_ask("/a/b:2", &e), &e);
	row_accepted("another repository", run_ask("/a/c:1", &e), &e);
	row_refused("denied", run_ask("/c:1", &e), &e, E_DENIED, "token");
	err_free(&e);
	row_refused("denied again", run_ask("/c:1", &e), &e, E_DENIED, "token");
	run_expect_requests("log", want);
}
END_TEST

START_TEST(remembers_a_failed_ping)
{
	static const struct httpd_route routes[] = { PING(500, NULL), { 0 } };
	AUTO(err) e = ERR_INIT;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	row_refused("first", run_ask("/a/b:1", &e), &e, E_UNREACHABLE, "status 500");
	err_free(&e);
	row_refused("second", run_ask("/a/b:1", &e), &e, E_UNREACHABLE, "status 500");
	ck_assert_uint_eq(httpd_count(run_server), 1);
}
END_TEST

/* What went wrong first, in any thread. */
struct trouble {
	pthread_mutex_t lock;
	struct err first;
};

static void *
ask_often(void *arg)
{
	struct trouble *t = arg;
	int i;

	for (i = 0; i < 5; i++) {
		AUTO(err) e = ERR_INIT;

		if (run_ask("/a/b:1", &e) == 0)
			continue;
		pthread_mutex_lock(&t->lock);
		if (t->first.code == E_NONE)
			err_set(&t->first, e.code, "%s", err_msg(&e));
		pthread_mutex_unlock(&t->lock);
	}
	return NULL;
}

START_TEST(threads_share)
{
	static const struct httpd_route routes[] = { PING(401, BEARER), TOKEN("t"),
		MANIFEST("Bearer t"), { 0 } };
	struct trouble t = { .lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_t threads[4];
	size_t i;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ .retry_times = 2 });
	for (i = 0; i < ARRAY_LEN(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_often, &t), 0);
	for (i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	row_accepted("threads", t.first.code == E_NONE ? 0 : -1, &t.first);
	ck_assert_uint_eq(httpd_count(run_server), 2 + 5 * ARRAY_LEN(threads));
}
END_TEST

START_TEST(times_out)
{
	static const struct httpd_route routes[] = { { .path = "/v2/", .behaviour = HTTPD_SILENT },
		{ 0 } };
	AUTO(err) e = ERR_INIT;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ .timeout_ms = 300 });
	row_refused("silence", run_ask("/a/b:1", &e), &e, E_TIMED_OUT, "/v2/");
}
END_TEST

START_TEST(stays_offline)
{
	static const struct httpd_route routes[] = { PING(200, NULL), MANIFEST(NULL), { 0 } };
	AUTO(err) e = ERR_INIT;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ .offline = true, .tls_no_verify = true });
	row_refused("offline", run_ask("/a/b:1", &e), &e, E_UNREACHABLE, "--offline");
	ck_assert_uint_eq(httpd_count(run_server), 0);
}
END_TEST

START_TEST(refuses_a_strange_authority)
{
	static const struct httpd_route routes[] = { PING(200, NULL), MANIFEST(NULL), { 0 } };
	AUTO(err) e = ERR_INIT;

	tree_write_str("certs/ca.crt", "");
	run_serve(routes, true);
	run_start("user:pass", NULL, (struct http_options){ 0 });
	row_refused("TLS", run_ask("/a/b:1", &e), &e, E_UNREACHABLE, "/v2/");
	ck_assert_uint_eq(httpd_count(run_server), 0);
}
END_TEST

/* Plain http is for those who ask for it, and even then carries no credentials and no token. */
static const struct {
	const char *name;
	struct httpd_route routes[4];
	bool allowed;
	enum errc code;
	const char *part;
} plain[] = {
	{ "not allowed", { PING(200, NULL), MANIFEST(NULL) }, false, E_UNREACHABLE, "https://" },
	{ "a password is wanted", { PING(401, BASIC), MANIFEST(NULL) }, true, E_DENIED,
	    "over plain http" },
	{ "a password is wanted for the manifest", { PING(200, NULL), REFUSED(BASIC) }, true,
	    E_DENIED, "over plain http" },
	{ "a token is wanted", { PING(401, BEARER), MANIFEST(NULL) }, true, E_DENIED,
	    "over plain http" },
	{ "no registry", { PING(404, NULL) }, true, E_UNREACHABLE, "and over plain http" },
	{ "nothing is wanted", { PING(200, NULL), MANIFEST(NULL) }, true, E_NONE, NULL },
};

START_TEST(over_plain_http)
{
	const char *name = plain[_i].name;
	AUTO(err) e = ERR_INIT;
	size_t i;
	int r;

	run_serve(plain[_i].routes, false);
	run_start("user:pass", NULL,
	    (struct http_options){ .tls_no_verify = plain[_i].allowed, .timeout_ms = 3000 });
	r = run_ask("/a/b:1", &e);
	/* A server without TLS may hang up on a TLS greeting, or wait for the rest of it. */
	if (e.code == E_TIMED_OUT)
		e.code = E_UNREACHABLE;
	if (plain[_i].code == E_NONE)
		row_accepted(name, r, &e);
	else
		row_refused(name, r, &e, plain[_i].code, plain[_i].part);
	for (i = 0; i < httpd_count(run_server); i++)
		row_string(name, "authorization", httpd_request(run_server, i)->authorization, "");
}
END_TEST

Suite *
login_suite(void)
{
	Suite *s = suite_create("login");
	TCase *t = tcase_create("login");

	tcase_add_checked_fixture(t, run_setup, run_teardown);
	tcase_add_loop_test(t, over_plain_http, 0, (int)ARRAY_LEN(plain));
	tcase_add_test(t, refuses_a_strange_authority);
	tcase_add_test(t, times_out);
	tcase_add_test(t, stays_offline);
	tcase_add_test(t, size);
	tcase_add_loop_test(t, token_size, 0, 2);
	tcase_add_test(t, asks_by_tag_before_digest);
	tcase_add_test(t, says_what_it_accepts);
	tcase_add_test(t, remembers);
	tcase_add_test(t, remembers_a_failed_ping);
	tcase_add_test(t, threads_share);
	suite_add_tcase(s, t);
	return s;
}
