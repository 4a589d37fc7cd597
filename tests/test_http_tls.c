/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "certgen.h"
#include "http_fixture.h"
#include "httpd.h"
#include "rows.h"
#include "suites.h"
#include "transport/http.h"
#include "tree.h"

#define HERE "IP:127.0.0.1,DNS:localhost"
#define HOUR (60L * 60)

static struct certgen authority, stranger, client;

static void
setup(void)
{
	tree_make();
	certgen_make(
	    &authority, &(struct certgen_spec){ .name = "Test authority", .is_authority = true });
	certgen_make(
	    &stranger, &(struct certgen_spec){ .name = "Another authority", .is_authority = true });
	certgen_make(&client, &(struct certgen_spec){ .issuer = &authority, .name = "me" });
}

static void
teardown(void)
{
	certgen_free(&authority);
	certgen_free(&stranger);
	certgen_free(&client);
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
	tree_remove();
}

static int
get(struct http *h, const char *url, struct err *e)
{
	const struct http_request request = {
		.method = "GET", .url = url, .authorization = "Basic eA==", .max_body = 64
	};
	AUTO(http_response) r = HTTP_RESPONSE_INIT;

	err_free(e);
	if (http_fetch(h, &request, &r, e) != 0)
		return -1;
	row_string(url, "body", buf_str(&r.body), "hello");
	return 0;
}

static struct httpd *
start(const struct httpd_route *routes, const struct certgen_spec *spec, const char *client_ca)
{
	struct certgen certificate;
	struct httpd_tls tls;
	struct httpd *server;

	certgen_make(&certificate, spec);
	tls = (struct httpd_tls){ .certificate = certificate.certificate,
		.key = certificate.key,
		.client_ca = client_ca };
	server = httpd_start(routes, &tls);
	certgen_free(&certificate);
	return server;
}

static const struct httpd_route hello[] = { { .path = "/", .body = "hello" }, { 0 } };

/* Whom the server shows, and whom we trust: the authority (in --cert-dir), or only the system's. */
static const struct {
	const char *name;
	bool self_signed;
	const char *alternatives;
	long from, until;
	bool trust, no_verify;
	const char *part; /* NULL: accepted */
} servers[] = {
	{ "an unknown authority", false, HERE, 0, 0, false, false, "unable to get local issuer" },
	{ "a self-signed certificate", true, HERE, 0, 0, false, false, "self" },
	{ "a self-signed one beside a trusted authority", true, HERE, 0, 0, true, false, "self" },
	{ "expired", false, HERE, -2 * HOUR, -HOUR, true, false, "expired" },
	{ "not yet valid", false, HERE, HOUR, 2 * HOUR, true, false, "not yet valid" },
	{ "another host", false, "DNS:other.test", 0, 0, true, false, "subject name" },
	{ "another address", false, "IP:127.0.0.2", 0, 0, true, false, "subject name" },
	{ "no name", false, NULL, 0, 0, true, false, "subject name" },
	{ "the right one", false, HERE, 0, 0, true, false, NULL },
	{ "expired, not verified", false, HERE, -2 * HOUR, -HOUR, false, true, NULL },
	{ "self-signed, not verified", true, HERE, 0, 0, false, true, NULL },
	{ "another host, not verified", false, "DNS:other.test", 0, 0, false, true, NULL },
};

START_TEST(judges_servers)
{
	const char *name = servers[_i].name;
	const struct certgen_spec spec = {
		.issuer = servers[_i].self_signed ? NULL : &authority,
		.name = "server",
		.alternatives = servers[_i].alternatives,
		.from = servers[_i].from,
		.until = servers[_i].until,
	};
	struct httpd *server = start(hello, &spec, NULL);
	AUTO_STR char *url = httpd_url(server, "/");
	AUTO_STR char *directory = tree_path("d");
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;
	int r;

	tree_write_str("d/ca.crt", authority.certificate);
	h = http_fixture_open_tls(servers[_i].trust ? directory : NULL, servers[_i].no_verify);
	r = get(h, url, &e);
	if (servers[_i].part == NULL)
		row_accepted(name, r, &e);
	else
		row_refused(name, r, &e, E_UNREACHABLE, servers[_i].part);
	if (servers[_i].part != NULL)
		ck_assert_msg(httpd_count(server) == 0, "%s: a request was sent", name);
	httpd_stop(server);
}
END_TEST

static const struct certgen_spec right = {
	.issuer = &authority, .name = "server", .alternatives = HERE
};

/* Files that are no certificates: said before anything is sent. */
static const struct {
	const char *name;
	const char *files[4]; /* name, content, ...; "CLIENT" and so on stand for the PEM */
	const char *part;
} unusable[] = {
	{ "no certificate at all", { "ca.crt", "hello" }, "no PEM certificate" },
	{ "an empty file", { "ca.crt", "" }, "no PEM certificate" },
	{ "a broken certificate",
	    { "ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
	    "authority's certificate" },
	{ "a client's certificate that is none", { "x.cert", "hello", "x.key", "KEY" },
	    "client certificate" },
	{ "a key that is none", { "x.cert", "CLIENT", "x.key", "hello" }, "key" },
	{ "another's key", { "x.cert", "CLIENT", "x.key", "OTHER" }, "key" },
};

static const char *
content(const char *what)
{
	if (strcmp(what, "CLIENT") == 0)
		return client.certificate;
	if (strcmp(what, "KEY") == 0)
		return client.key;
	if (strcmp(what, "OTHER") == 0)
		return stranger.key;
	return what;
}

START_TEST(refuses_unusable_files)
{
	struct httpd *server = start(hello, &right, NULL);
	AUTO_STR char *url = httpd_url(server, "/");
	AUTO_STR char *directory = tree_path("d");
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;
	size_t i;

	for (i = 0; i < 4 && unusable[_i].files[i] != NULL; i += 2) {
		AUTO_STR char *path = xasprintf("d/%s", unusable[_i].files[i]);

		tree_write_str(path, content(unusable[_i].files[i + 1]));
	}
	h = http_fixture_open_tls(directory, false);
	row_refused(unusable[_i].name, get(h, url, &e), &e, E_USAGE, unusable[_i].part);
	ck_assert_uint_eq(httpd_count(server), 0);
	httpd_stop(server);
}
END_TEST

/* SSL_CERT_FILE and SSL_CERT_DIR stand for the system's authorities, as in Go. */
START_TEST(honours_the_environment)
{
	struct httpd *server = start(hello, &right, NULL);
	AUTO_STR char *url = httpd_url(server, "/");
	AUTO_STR char *file = tree_path("bundle.pem");
	AUTO_STR char *other = tree_path("other.pem");
	AUTO_STR char *directory = tree_path("one");
	AUTO_STR char *directories = xasprintf("/nonexistent:%s", directory);
	static const char *const names[] = { "nothing", "SSL_CERT_FILE", "SSL_CERT_DIR",
		"another authority" };
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;
	int r;

	tree_write_str("bundle.pem", authority.certificate);
	tree_write_str("other.pem", stranger.certificate);
	tree_write_str("one/any name", authority.certificate);
	tree_write_str("one/a file that is none", "hello");
	if (_i == 1)
		setenv("SSL_CERT_FILE", file, 1);
	if (_i == 2)
		setenv("SSL_CERT_DIR", directories, 1);
	if (_i == 3)
		setenv("SSL_CERT_FILE", other, 1);
	h = http_fixture_open_tls(NULL, false);
	r = get(h, url, &e);
	if (_i == 1 || _i == 2)
		row_accepted(names[_i], r, &e);
	else
		row_refused(names[_i], r, &e, E_UNREACHABLE, "issuer");
	httpd_stop(server);
}
END_TEST

/* Authorities of one server do not vouch for another, however close their connections are. */
START_TEST(keeps_authorities_apart)
{
	AUTO_STR char *home = tree_path("");
	AUTO_STR char *empty = tree_path("empty");
	AUTO_STR char *other = tree_path("other.pem");
	const char *old = getenv("HOME");
	AUTO_STR char *saved = old != NULL ? xstrdup(old) : xstrdup("/");
	struct httpd *far = start(hello, &right, NULL), *near;
	AUTO_STR char *far_url = httpd_url(far, "/");
	AUTO_STR char *location = xasprintf("Location: %s\r\n", far_url);
	const struct httpd_route routes[] = { { .path = "/", .body = "hello" },
		{ .path = "/far", .status = 302, .headers = location }, { 0 } };
	AUTO_STR char *near_url = NULL;
	AUTO_STR char *near_far = NULL;
	AUTO_STR char *ca = NULL;
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;
	int i;

	near = start(routes, &right, NULL);
	near_url = xasprintf("https://localhost:%u/", httpd_port(near));
	near_far = xasprintf("https://localhost:%u/far", httpd_port(near));
	ca = xasprintf(".config/containers/certs.d/localhost:%u/ca.crt", httpd_port(near));
	tree_write_str(ca, authority.certificate);
	/* Without a directory of authorities libcurl shares one store among its connections. */
	tree_write_str("other.pem", stranger.certificate);
	tree_directory("empty");
	if (_i == 1) {
		setenv("SSL_CERT_FILE", other, 1);
		setenv("SSL_CERT_DIR", empty, 1);
	}
	setenv("HOME", home, 1);
	h = http_fixture_open_tls(NULL, false);
	for (i = 0; i < 2; i++) {
		row_refused("far at first", get(h, far_url, &e), &e, E_UNREACHABLE, "issuer");
		row_accepted("near", get(h, near_url, &e), &e);
		row_refused("far after near", get(h, far_url, &e), &e, E_UNREACHABLE, "issuer");
		row_accepted("near, redirected", get(h, near_far, &e), &e);
		row_refused(
		    "far, reached before", get(h, far_url, &e), &e, E_UNREACHABLE, "issuer");
	}
	setenv("HOME", saved, 1);
	httpd_stop(near);
	httpd_stop(far);
}
END_TEST

START_TEST(shows_a_client_certificate)
{
	struct httpd *far = start(hello, &right, authority.certificate), *near;
	AUTO_STR char *far_url = httpd_url(far, "/");
	AUTO_STR char *location = xasprintf("Location: %s\r\n", far_url);
	const struct httpd_route routes[] = { { .path = "/", .body = "hello" },
		{ .path = "/far", .status = 302, .headers = location }, { 0 } };
	AUTO_STR char *directory = tree_path("d");
	AUTO_STR char *url = NULL;
	AUTO_STR char *redirected = NULL;
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;

	near = start(routes, &right, authority.certificate);
	url = httpd_url(near, "/");
	redirected = httpd_url(near, "/far");
	tree_write_str("d/ca.crt", authority.certificate);
	tree_write_str("d/me.cert", client.certificate);
	tree_write_str("d/me.key", client.key);
	h = http_fixture_open_tls(directory, false);
	row_accepted("near", get(h, url, &e), &e);
	row_string("near", "client", httpd_last(near)->client, "me");
	row_accepted("far", get(h, redirected, &e), &e);
	row_string("far", "client", httpd_last(far)->client, "");
	httpd_stop(near);
	httpd_stop(far);
}
END_TEST

/* Where authorization goes: to the server that it was meant for, and nowhere else. */
START_TEST(keeps_authorization_to_its_server)
{
	struct httpd *plain = httpd_start(hello, NULL);
	struct httpd *far = start(hello, &right, NULL);
	AUTO_STR char *to_far = xasprintf("Location: https://127.0.0.1:%u/\r\n", httpd_port(far));
	AUTO_STR char *to_plain =
	    xasprintf("Location: http://127.0.0.1:%u/\r\n", httpd_port(plain));
	const struct httpd_route routes[] = { { .path = "/", .body = "hello" },
		{ .path = "/same", .status = 302, .headers = "Location: /\r\n" },
		{ .path = "/far", .status = 302, .headers = to_far },
		{ .path = "/name",
		    .status = 302,
		    .headers = "Location: https://localhost:${PORT}/\r\n" },
		{ .path = "/plain", .status = 302, .headers = to_plain },
		{ .path = "/there-and-back",
		    .status = 302,
		    .headers = "Location: https://localhost:${PORT}/back\r\n" },
		{ .path = "/back",
		    .status = 302,
		    .headers = "Location: https://127.0.0.1:${PORT}/\r\n" },
		{ 0 } };
	static const struct {
		const char *path, *authorization;
		bool is_far;
	} rows[] = {
		{ "/", "Basic eA==", false },
		{ "/same", "Basic eA==", false },
		{ "/far", "", true },
		{ "/name", "", false },
		{ "/there-and-back", "", false },
	};
	struct httpd *near = start(routes, &right, NULL);
	AUTO_STR char *directory = tree_path("d");
	AUTO_STR char *down = httpd_url(near, "/plain");
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;
	size_t i;

	tree_write_str("d/ca.crt", authority.certificate);
	h = http_fixture_open_tls(directory, false);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR char *url = httpd_url(near, rows[i].path);

		row_accepted(rows[i].path, get(h, url, &e), &e);
		row_string(rows[i].path, "authorization",
		    httpd_last(rows[i].is_far ? far : near)->authorization, rows[i].authorization);
	}
	row_refused("https to http", get(h, down, &e), &e, E_UNREACHABLE, "from https to");
	ck_assert_uint_eq(httpd_count(plain), 0);
	httpd_stop(near);
	httpd_stop(far);
	httpd_stop(plain);
}
END_TEST

/* From http to https is allowed: it gives nothing away. */
START_TEST(goes_up_to_https)
{
	struct httpd *secure = start(hello, &right, NULL);
	AUTO_STR char *location =
	    xasprintf("Location: https://127.0.0.1:%u/\r\n", httpd_port(secure));
	const struct httpd_route routes[] = { { .path = "/", .status = 302, .headers = location },
		{ 0 } };
	struct httpd *plain = httpd_start(routes, NULL);
	AUTO_STR char *directory = tree_path("d");
	AUTO_STR char *url = httpd_url(plain, "/");
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;

	tree_write_str("d/ca.crt", authority.certificate);
	h = http_fixture_open_tls(directory, false);
	row_accepted("up", get(h, url, &e), &e);
	row_string("up", "authorization", httpd_last(secure)->authorization, "");
	httpd_stop(plain);
	httpd_stop(secure);
}
END_TEST

Suite *
http_tls_suite(void)
{
	Suite *s = suite_create("http_tls");
	TCase *t = tcase_create("tls");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, judges_servers, 0, (int)ARRAY_LEN(servers));
	tcase_add_loop_test(t, refuses_unusable_files, 0, (int)ARRAY_LEN(unusable));
	tcase_add_loop_test(t, honours_the_environment, 0, 4);
	tcase_add_loop_test(t, keeps_authorities_apart, 0, 2);
	tcase_add_test(t, shows_a_client_certificate);
	tcase_add_test(t, keeps_authorization_to_its_server);
	tcase_add_test(t, goes_up_to_https);
	suite_add_tcase(s, t);
	return s;
}
