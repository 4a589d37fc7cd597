/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests through a proxy: which one, what it sees, and what is said when it fails. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "http_fixture.h"
#include "httpd.h"
#include "rows.h"
#include "suites.h"

/* A name that nobody can look up (RFC 6761): who gets an answer has had the proxy do it. */
#define TARGET "http://registry.invalid/"

static const char *const variables[] = { "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
	"all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY" };
static struct httpd *proxy;

static void
setup(void)
{
	static const struct httpd_route routes[] = {
		{ .method = "CONNECT", .path = "denied.invalid:443", .status = 403 },
		{ .method = "CONNECT", .path = "wants.invalid:443", .status = 407 },
		{ .method = "CONNECT", .path = "busy.invalid:443", .status = 502 },
		{ .path = TARGET "a", .body = "by the proxy" },
		{ .path = TARGET "wants", .status = 407 },
		{ .path = TARGET "moved",
		    .status = 302,
		    .headers = "Location: http://127.0.0.1:${PORT}/direct\r\n" },
		{ .path = "/direct", .body = "directly" },
		{ .path = "/a", .body = "directly" },
		{ 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	proxy = httpd_start(routes, NULL);
}

static void
teardown(void)
{
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	httpd_stop(proxy);
}

/* 127.0.0.1:PORT for every ${P}, for free(). */
static char *
with_port(const char *text)
{
	const char *at = strstr(text, "${P}");

	if (at == NULL)
		return xstrdup(text);
	return xasprintf("%.*s127.0.0.1:%u%s", (int)(at - text), text, httpd_port(proxy), at + 4);
}

static int
fetch(const char *given, const char *url, struct http_response *out, struct err *e)
{
	AUTO_STR char *through = given != NULL ? with_port(given) : NULL;
	AUTO_STR char *from = with_port(url);
	const struct http_options options = {
		.fetcher = HTTP_FIXTURE_FETCHER, .proxy = through, .timeout_ms = 20000
	};
	const struct http_request request = { .method = "GET", .url = from, .max_body = 1000 };
	AUTO_PTR(http) h = NULL;

	if (http_open(&h, &options, e) != 0)
		return -1;
	return http_fetch(h, &request, out, e);
}

static void
set(const char *const (*pairs)[2], size_t n)
{
	for (size_t i = 0; i < n && pairs[i][0] != NULL; i++) {
		AUTO_STR char *value = with_port(pairs[i][1]);

		setenv(pairs[i][0], value, 1);
	}
}

static const struct {
	const char *name;
	const char *given; /* --proxy */
	const char *set[3][2];
	const char *url, *want;
} fetched[] = {
	{ "no proxy", NULL, { { NULL } }, "http://${P}/a", "directly" },
	{ "--proxy", "http://${P}", { { NULL } }, TARGET "a", "by the proxy" },
	{ "--proxy without a scheme", "${P}", { { NULL } }, TARGET "a", "by the proxy" },
	{ "http_proxy", NULL, { { "http_proxy", "http://${P}" } }, TARGET "a", "by the proxy" },
	{ "all_proxy", NULL, { { "all_proxy", "${P}" } }, TARGET "a", "by the proxy" },
	{ "ALL_PROXY", NULL, { { "ALL_PROXY", "${P}" } }, TARGET "a", "by the proxy" },
	{ "an empty variable is none", NULL, { { "http_proxy", "" }, { "all_proxy", "${P}" } },
	    TARGET "a", "by the proxy" },
	{ "--proxy before the variables", "${P}", { { "http_proxy", "http://other.invalid" } },
	    TARGET "a", "by the proxy" },
	{ "http_proxy before all_proxy", NULL,
	    { { "http_proxy", "${P}" }, { "all_proxy", "other.invalid" } }, TARGET "a",
	    "by the proxy" },
	{ "HTTP_PROXY is a client's header in a CGI program, and not read", NULL,
	    { { "HTTP_PROXY", "http://other.invalid" } }, "http://${P}/a", "directly" },
	{ "https_proxy is not for http", NULL, { { "https_proxy", "http://other.invalid" } },
	    "http://${P}/a", "directly" },
	{ "an empty --proxy is none", "", { { "http_proxy", "http://other.invalid" } },
	    "http://${P}/a", "directly" },
	{ "NO_PROXY, a network", "http://other.invalid", { { "NO_PROXY", "127.0.0.0/8" } },
	    "http://${P}/a", "directly" },
	{ "no_proxy, with the port", NULL,
	    { { "http_proxy", "http://other.invalid" }, { "no_proxy", "a,${P}" } }, "http://${P}/a",
	    "directly" },
	{ "no_proxy before NO_PROXY", "${P}",
	    { { "no_proxy", "elsewhere" }, { "NO_PROXY", "registry.invalid" } }, TARGET "a",
	    "by the proxy" },
	{ "a redirect is another server, with its own answer", "${P}",
	    { { "NO_PROXY", "127.0.0.1" } }, TARGET "moved", "directly" },
};

START_TEST(fetches)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	set(fetched[_i].set, ARRAY_LEN(fetched[_i].set));
	row_accepted(
	    fetched[_i].name, fetch(fetched[_i].given, fetched[_i].url, &response, &e), &e);
	row_string(fetched[_i].name, "body", buf_str(&response.body), fetched[_i].want);
}
END_TEST

static const struct {
	const char *name;
	const char *given;
	const char *set[2][2];
	const char *url;
	enum errc code;
	const char *part;
} failing[] = {
	{ "a variable that is no URL", NULL, { { "http_proxy", "ftp://u:secret@proxy" } },
	    TARGET "a", E_USAGE, "http_proxy: the proxy's URL" },
	{ "its name in capitals", NULL, { { "ALL_PROXY", "http://u:secret@proxy:x" } }, TARGET "a",
	    E_USAGE, "ALL_PROXY" },
	{ "a proxy that nobody can look up", "http://u:secret@proxy.invalid:3128", { { NULL } },
	    TARGET "a", E_UNREACHABLE, "(tried through proxy http://proxy.invalid:3128)" },
	{ "the environment's", NULL, { { "HTTPS_PROXY", "u:secret@proxy.invalid" } },
	    "https://registry.invalid/", E_UNREACHABLE,
	    "(tried through proxy http://proxy.invalid)" },
	{ "CONNECT is forbidden", "u:secret@${P}", { { NULL } }, "https://denied.invalid/",
	    E_UNREACHABLE, "answers with status 403" },
	{ "CONNECT wants a password", "${P}", { { NULL } }, "https://wants.invalid/", E_UNREACHABLE,
	    "status 407: it wants a user name" },
	{ "http wants a password", "${P}", { { NULL } }, TARGET "wants", E_UNREACHABLE,
	    "status 407: it wants a user name" },
	{ "NO_PROXY leads to a server that cannot be looked up", "${P}",
	    { { "NO_PROXY", ".invalid" } }, TARGET "a", E_UNREACHABLE, "resolve host" },
};

START_TEST(fails)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	set(failing[_i].set, ARRAY_LEN(failing[_i].set));
	row_refused(failing[_i].name, fetch(failing[_i].given, failing[_i].url, &response, &e), &e,
	    failing[_i].code, failing[_i].part);
	ck_assert_msg(strstr(err_msg(&e), "secret") == NULL, "%s: tells a password: %s",
	    failing[_i].name, err_msg(&e));
}
END_TEST

/* A status that passes is tried again, as with a server. */
START_TEST(tries_again)
{
	AUTO_STR char *through = with_port("${P}");
	const struct http_options options = { .fetcher = HTTP_FIXTURE_FETCHER,
		.proxy = through,
		.timeout_ms = 20000,
		.retry_times = 1 };
	const struct http_request request = {
		.method = "GET", .url = "https://busy.invalid/", .max_body = 1000
	};
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("open", http_open(&h, &options, &e), &e);
	row_refused("502", http_fetch(h, &request, &response, &e), &e, E_UNREACHABLE, "status 502");
	ck_assert_uint_eq(httpd_count(proxy), 2);
}
END_TEST

Suite *
http_proxy_suite(void)
{
	Suite *s = suite_create("http_proxy");
	TCase *tc = tcase_create("http_proxy");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, fetches, 0, ARRAY_LEN(fetched));
	tcase_add_loop_test(tc, fails, 0, ARRAY_LEN(failing));
	tcase_add_test(tc, tries_again);
	suite_add_tcase(s, tc);
	return s;
}
