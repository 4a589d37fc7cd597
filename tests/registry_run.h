/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One run against one scripted registry behind TLS, as test fixtures: a server, an authority that
 * vouches for it, a session with the fetcher, a registry client. In tests/tree.h's directory.
 */
#ifndef RELSIG_TESTS_REGISTRY_RUN_H
#define RELSIG_TESTS_REGISTRY_RUN_H

#include "httpd.h"
#include "transport/registry.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ORIGIN "https://127.0.0.1:${PORT}"
#define WANTS(challenge) "WWW-Authenticate: " challenge "\r\n"
#define BASIC WANTS("Basic realm=\"r\"")
#define BEARER WANTS("Bearer realm=\"" ORIGIN "/token\",service=\"s e\"")
#define USER_PASS "Basic dXNlcjpwYXNz" /* "user:pass" */
#define TOKEN_PATH "/token?scope=repository%3Aa%2Fb%3Apull&service=s%20e"
#define ERRORS(code) "{\"errors\":[{\"code\":\"" code "\",\"message\":\"m\"}]}"

/* Common rows of a server's script. The image is always a/b. */
#define PING(status_, headers_)                                                                    \
	{                                                                                          \
		.path = "/v2/", .status = (status_), .headers = (headers_)                         \
	}
#define TOKEN(token)                                                                               \
	{                                                                                          \
		.path = "/token*", .body = "{\"token\": \"" token "\"}"                            \
	}
#define MANIFEST(auth)                                                                             \
	{                                                                                          \
		.path = "/v2/a/b/manifests/*", .authorization = (auth), .body = "{ manifest }"     \
	}
#define REFUSED(headers_)                                                                          \
	{                                                                                          \
		.path = "/v2/a/b/manifests/*", .status = 401, .headers = (headers_),               \
		.body = ERRORS("UNAUTHORIZED")                                                     \
	}

/* How a request for a/b:1 stands in the server's log. */
#define M "GET /v2/a/b/manifests/1"

extern struct httpd *run_server;

void run_setup(void);
void run_teardown(void);
void run_serve(const struct httpd_route *routes, bool tls);
/* The end of one run, for a test that has several. */
void run_stop(void);
/*
 * What one run of relsig has: a network and credentials. authfile is a name in the tree, NULL for a
 * file with nobody in it; fetcher, certificates and a timeout are filled into the options.
 */
void run_start(const char *creds, const char *authfile, struct http_options options);
/* The registry client, and an image's name there; rest is what follows the server's HOST:PORT. */
struct registry *run_registry(void);
void run_image(struct reference *out, const char *rest);
/* Ask for a manifest; rest is what follows the server's HOST:PORT in the image's name. */
int run_ask(const char *rest, struct err *e) RESULT_USED;
int run_ask_within(
    const char *rest, size_t max, struct buf *out, char **url, struct err *e) RESULT_USED;
/* The server's log is these lines, "METHOD PATH [AUTHORIZATION]", to the NULL. */
void run_expect_requests(const char *row, const char *const *want);

#endif
