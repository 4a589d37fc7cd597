/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "registry_run.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"

struct row {
	const char *name;
	const char *creds;
	const char *auth; /* the entry of the server's host in an authfile, or NULL */
	struct httpd_route routes[8];
	enum errc code;
	const char *part;
	const char *requests[8];
};

static const struct row refused[] = {
	/* The ping. */
	{ "no registry", NULL, NULL, { { 0 } }, E_UNREACHABLE, "status 404", { "GET /v2/" } },
	{ "a registry out of order", "user:pass", NULL, { PING(500, NULL) }, E_UNREACHABLE,
	    "status 500", { "GET /v2/" } },
	{ "no HTTP", NULL, NULL, { { .path = "/v2/", .behaviour = HTTPD_GARBAGE } }, E_UNREACHABLE,
	    "/v2/", { "GET /v2/" } },
	{ "an endless ping", NULL, NULL, { { .path = "/v2/", .behaviour = HTTPD_ENDLESS } },
	    E_UNREACHABLE, "/v2/", { "GET /v2/" } },
	{ "a broken challenge", "user:pass", NULL, { PING(401, WANTS("Bearer realm=\"x")) },
	    E_UNREACHABLE, "does not end", { "GET /v2/" } },

	/* The manifest. */
	{ "no such tag", NULL, NULL,
	    { PING(200, NULL), { .path = "/v2/a/b/manifests/1",
				   .status = 404,
				   .body = ERRORS("MANIFEST_UNKNOWN") } },
	    E_NOT_FOUND, "status 404 (MANIFEST_UNKNOWN: m): no tag 1 in the repository a/b",
	    { "GET /v2/", M } },
	{ "forbidden", NULL, NULL,
	    { PING(200, NULL), { .path = "/v2/a/b/manifests/1", .status = 403 } }, E_DENIED,
	    "status 403", { "GET /v2/", M } },
	{ "an error of the server", NULL, NULL,
	    { PING(200, NULL), { .path = "/v2/a/b/manifests/1", .status = 500 } }, E_UNREACHABLE,
	    "status 500", { "GET /v2/", M } },
	{ "a success that is none", NULL, NULL,
	    { PING(200, NULL), { .path = "/v2/a/b/manifests/1", .status = 206, .body = "{" } },
	    E_UNREACHABLE, "status 206", { "GET /v2/", M } },
	{ "an endless manifest", NULL, NULL,
	    { PING(200, NULL), { .path = "/v2/a/b/manifests/1", .behaviour = HTTPD_ENDLESS } },
	    E_TOO_LARGE, "manifests/1", { "GET /v2/", M } },

	/* Passwords. */
	{ "a password is wanted, none is known", NULL, NULL, { PING(401, BASIC), REFUSED(BASIC) },
	    E_DENIED, "(UNAUTHORIZED: m): the registry wants credentials", { "GET /v2/", M } },
	{ "another password is wanted", "user:pass", NULL, { PING(401, BASIC), REFUSED(BASIC) },
	    E_DENIED, "--creds", { "GET /v2/", M " " USER_PASS } },
	{ "a 401 without a challenge", "user:pass", NULL, { PING(200, NULL), REFUSED(NULL) },
	    E_DENIED, "status 401", { "GET /v2/", M } },
	{ "a 401 with a scheme of its own", "user:pass", NULL,
	    { PING(401, WANTS("Negotiate")), REFUSED(WANTS("Negotiate")) }, E_DENIED, "status 401",
	    { "GET /v2/", M } },
	{ "a helper has the password", NULL, "helper", { PING(401, BASIC) }, E_USAGE,
	    "docker-credential-pass", { "GET /v2/" } },
	{ "the authfile is broken", NULL, "broken", { PING(401, BASIC) }, E_USAGE, "auth.json",
	    { "GET /v2/" } },

	/* Tokens. */
	{ "an endless dance", "user:pass", NULL,
	    { PING(401, BEARER), { .path = "/token*", .times = 1, .body = "{\"token\": \"t\"}" },
		TOKEN("u"), REFUSED(BEARER) },
	    E_DENIED, "status 401",
	    { "GET /v2/", "GET " TOKEN_PATH "&account=user " USER_PASS, M " Bearer t",
		"GET " TOKEN_PATH "&account=user " USER_PASS, M " Bearer u" } },
	{ "an endless dance with one token", NULL, NULL,
	    { PING(401, BEARER), TOKEN("t"), REFUSED(BEARER) }, E_DENIED, "status 401",
	    { "GET /v2/", "GET " TOKEN_PATH, M " Bearer t", "GET " TOKEN_PATH } },
	{ "a dance that begins late", NULL, NULL, { PING(200, NULL), TOKEN("t"), REFUSED(BEARER) },
	    E_DENIED, "status 401", { "GET /v2/", M, "GET " TOKEN_PATH, M " Bearer t" } },
	{ "from Basic to Bearer and no further", "user:pass", NULL,
	    { PING(401, BASIC), TOKEN("t"), REFUSED(BEARER) }, E_DENIED, "status 401",
	    { "GET /v2/", M " " USER_PASS, "GET " TOKEN_PATH "&account=user " USER_PASS,
		M " Bearer t" } },
	{ "no token for nobody", NULL, NULL,
	    { PING(401, BEARER), { .path = "/token*", .status = 401, .body = ERRORS("DENIED") } },
	    E_DENIED, "(DENIED: m), want 200: it wants credentials",
	    { "GET /v2/", "GET " TOKEN_PATH } },
	{ "no token for this user", "user:pass", NULL,
	    { PING(401, BEARER), { .path = "/token*", .status = 403 } }, E_DENIED,
	    "refuses these credentials",
	    { "GET /v2/", "GET " TOKEN_PATH "&account=user " USER_PASS } },
	{ "a token service out of order", NULL, NULL,
	    { PING(401, BEARER), { .path = "/token*", .status = 500 } }, E_UNREACHABLE,
	    "status 500", { "GET /v2/", "GET " TOKEN_PATH } },
	{ "a page for a token", NULL, NULL,
	    { PING(401, BEARER), { .path = "/token*", .body = "<html>" } }, E_UNREACHABLE, "token",
	    { "GET /v2/", "GET " TOKEN_PATH } },
	{ "a token with a line break", NULL, NULL,
	    { PING(401, BEARER), { .path = "/token*", .body = "{\"token\": \"t\\r\\nX: y\"}" } },
	    E_UNREACHABLE, "no header may hold", { "GET /v2/", "GET " TOKEN_PATH } },
	{ "an endless token", NULL, NULL,
	    { PING(401, BEARER), { .path = "/token*", .behaviour = HTTPD_ENDLESS } }, E_UNREACHABLE,
	    "/token", { "GET /v2/", "GET " TOKEN_PATH } },

	/* Where tokens are asked for. */
	{ "a token service on plain http", "user:pass", NULL,
	    { PING(401, WANTS("Bearer realm=\"http://127.0.0.1:${PORT}/token\"")) }, E_DENIED,
	    "plain http", { "GET /v2/" } },
	{ "the same in other case", "user:pass", NULL,
	    { PING(401, WANTS("Bearer realm=\"HTTP://127.0.0.1:${PORT}/token\"")) }, E_DENIED,
	    "plain http", { "GET /v2/" } },
	{ "a file for a token service", "user:pass", NULL,
	    { PING(401, WANTS("Bearer realm=\"file:///etc/passwd\"")) }, E_UNREACHABLE,
	    "not an https URL", { "GET /v2/" } },
	{ "a path for a token service", NULL, NULL, { PING(401, WANTS("Bearer realm=\"/token\"")) },
	    E_UNREACHABLE, "not an https URL", { "GET /v2/" } },
	{ "a user in its URL", NULL, NULL, { PING(401, WANTS("Bearer realm=\"https://a:b@c/\"")) },
	    E_UNREACHABLE, "user name", { "GET /v2/" } },
	{ "no host in its URL", NULL, NULL, { PING(401, WANTS("Bearer realm=\"https:///token\"")) },
	    E_UNREACHABLE, "no host", { "GET /v2/" } },
	{ "a fragment in its URL", NULL, NULL,
	    { PING(401, WANTS("Bearer realm=\"https://a/#b\"")) }, E_UNREACHABLE, "not a URL",
	    { "GET /v2/" } },
	{ "a space in its URL", NULL, NULL, { PING(401, WANTS("Bearer realm=\"https://a/ b\"")) },
	    E_UNREACHABLE, "not a URL", { "GET /v2/" } },

	/* Identity tokens. */
	{ "an identity token that ran out", NULL, "identity",
	    { PING(401, BEARER),
		{ .path = "/token", .status = 400, .body = "{\"error\":\"invalid_grant\"}" } },
	    E_DENIED, "(invalid_grant)", { "GET /v2/", "POST /token" } },
	{ "an identity token and no token service", NULL, "identity",
	    { PING(401, BASIC), REFUSED(BASIC) }, E_DENIED, "status 401", { "GET /v2/", M } },
};

static const struct row accepted[] = {
	{ "nothing is wanted", "user:pass", NULL, { PING(200, NULL), MANIFEST("") }, E_NONE, NULL,
	    { "GET /v2/", M } },
	{ "a password", "user:pass", NULL, { PING(401, BASIC), MANIFEST(USER_PASS) }, E_NONE, NULL,
	    { "GET /v2/", M " " USER_PASS } },
	{ "a password from the authfile", NULL, "entry", { PING(401, BASIC), MANIFEST(USER_PASS) },
	    E_NONE, NULL, { "GET /v2/", M " " USER_PASS } },
	{ "a password, only for the manifest", "user:pass", NULL,
	    { PING(200, NULL), MANIFEST(USER_PASS), REFUSED(BASIC) }, E_NONE, NULL,
	    { "GET /v2/", M, M " " USER_PASS } },
	{ "a ping that wants what nobody needs", NULL, NULL, { PING(401, BASIC), MANIFEST("") },
	    E_NONE, NULL, { "GET /v2/", M } },
	{ "a token for nobody", NULL, NULL, { PING(401, BEARER), TOKEN("t"), MANIFEST("Bearer t") },
	    E_NONE, NULL, { "GET /v2/", "GET " TOKEN_PATH, M " Bearer t" } },
	{ "a token for a user", "user:pass", NULL,
	    { PING(401, BEARER), TOKEN("t"), MANIFEST("Bearer t") }, E_NONE, NULL,
	    { "GET /v2/", "GET " TOKEN_PATH "&account=user " USER_PASS, M " Bearer t" } },
	{ "a token, only for the manifest", NULL, NULL,
	    { PING(200, NULL), TOKEN("t"), MANIFEST("Bearer t"), REFUSED(BEARER) }, E_NONE, NULL,
	    { "GET /v2/", M, "GET " TOKEN_PATH, M " Bearer t" } },
	{ "a token that ran out", NULL, NULL,
	    { PING(401, BEARER), { .path = "/token*", .times = 1, .body = "{\"token\": \"old\"}" },
		TOKEN("new"), MANIFEST("Bearer new"), REFUSED(BEARER) },
	    E_NONE, NULL,
	    { "GET /v2/", "GET " TOKEN_PATH, M " Bearer old", "GET " TOKEN_PATH,
		M " Bearer new" } },
	{ "a realm with a query", NULL, NULL,
	    { PING(401, WANTS("Bearer realm=\"" ORIGIN "/token?x=y\"")), TOKEN("t"),
		MANIFEST("Bearer t") },
	    E_NONE, NULL,
	    { "GET /v2/", "GET /token?x=y&scope=repository%3Aa%2Fb%3Apull", M " Bearer t" } },
	{ "the scope is ours", NULL, NULL,
	    { PING(200, NULL), TOKEN("t"), MANIFEST("Bearer t"),
		REFUSED(WANTS("Bearer realm=\"" ORIGIN "/token\",service=\"s e\","
			      "scope=\"repository:other:push\"")) },
	    E_NONE, NULL, { "GET /v2/", M, "GET " TOKEN_PATH, M " Bearer t" } },
	{ "the first header that can be met", "user:pass", NULL,
	    { PING(401, WANTS("Negotiate") WANTS("Digest realm=\"d\"") BASIC),
		MANIFEST(USER_PASS) },
	    E_NONE, NULL, { "GET /v2/", M " " USER_PASS } },
	{ "an identity token", NULL, "identity",
	    { PING(401, BEARER),
		{ .method = "POST", .path = "/token", .body = "{\"token\": \"t\"}" },
		MANIFEST("Bearer t") },
	    E_NONE, NULL, { "GET /v2/", "POST /token", M " Bearer t" } },
};

static const struct {
	const char *name, *text; /* %u: the server's port */
} authfiles[] = {
	{ "entry", "{\"auths\":{\"127.0.0.1:%u/a\":{\"auth\":\"dXNlcjpwYXNz\"}}}" },
	{ "identity", "{\"auths\":{\"127.0.0.1:%u\":{\"identitytoken\":\"i&d\"}}}" },
	{ "helper", "{\"credHelpers\":{\"127.0.0.1:%u\":\"pass\"}}" },
	{ "broken", "{%u" },
};

/* Write auth.json of that name; NULL for none. */
static const char *
write_authfile(const char *name)
{
	char text[256];
	size_t i;

	for (i = 0; name != NULL && i < ARRAY_LEN(authfiles); i++) {
		if (strcmp(authfiles[i].name, name) != 0)
			continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof(text), authfiles[i].text, httpd_port(run_server));
#pragma GCC diagnostic pop
		tree_write_str("auth.json", text);
		return "auth.json";
	}
	return NULL;
}

START_TEST(refuses)
{
	const struct row *row = &refused[_i];
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *url = NULL;
	AUTO(err) e = ERR_INIT;

	run_serve(row->routes, true);
	run_start(row->creds, write_authfile(row->auth), (struct http_options){ 0 });
	row_refused(row->name, run_ask_within("/a/b:1", MAX_MANIFEST_BYTES, &out, &url, &e), &e,
	    row->code, row->part);
	ck_assert_msg(url == NULL && out.n == 0, "%s: left something behind", row->name);
	ck_assert_msg(strstr(err_msg(&e), "pass ") == NULL, "%s: tells a password", row->name);
	run_expect_requests(row->name, row->requests);
}
END_TEST

START_TEST(accepts)
{
	const struct row *row = &accepted[_i];
	AUTO_STR char *want = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *url = NULL;
	AUTO(err) e = ERR_INIT;

	run_serve(row->routes, true);
	run_start(row->creds, write_authfile(row->auth), (struct http_options){ 0 });
	row_accepted(row->name, run_ask_within("/a/b:1", MAX_MANIFEST_BYTES, &out, &url, &e), &e);
	row_string(row->name, "manifest", buf_str(&out), "{ manifest }");
	want = httpd_url(run_server, "/v2/a/b/manifests/1");
	row_string(row->name, "URL", url, want);
	run_expect_requests(row->name, row->requests);
}
END_TEST

START_TEST(sends_the_identity_token_as_a_form)
{
	static const struct httpd_route routes[] = { PING(401, BEARER), TOKEN("t"), MANIFEST(NULL),
		{ 0 } };
	AUTO(err) e = ERR_INIT;

	run_serve(routes, true);
	run_start(NULL, write_authfile("identity"), (struct http_options){ 0 });
	row_accepted("manifest", run_ask("/a/b:1", &e), &e);
	ck_assert_str_eq(httpd_request(run_server, 1)->body,
	    "grant_type=refresh_token&client_id=relsig&service=s%20e"
	    "&scope=repository%3Aa%2Fb%3Apull&refresh_token=i%26d");
}
END_TEST

START_TEST(frees_nothing)
{
	registry_free(NULL);
}
END_TEST

Suite *
registry_suite(void)
{
	Suite *s = suite_create("registry");
	TCase *t = tcase_create("registry");

	tcase_add_checked_fixture(t, run_setup, run_teardown);
	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, (int)ARRAY_LEN(accepted));
	tcase_add_test(t, sends_the_identity_token_as_a_form);
	tcase_add_test(t, frees_nothing);
	suite_add_tcase(s, t);
	return s;
}
