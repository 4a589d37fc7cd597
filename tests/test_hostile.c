/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole program, relsig with relsig-fetch, against servers that mean ill: each ends with the
 * named reason and its exit status, in time, and leaves nothing behind.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/buf.h"
#include "base/file.h"
#include "httpd.h"
#include "process.h"
#include "suites.h"
#include "tree.h"

#define DATA TEST_SRCDIR "/testdata"
#define HEX "b1f20f1510a77dced94eb382a5b02abe7ca3b63d8aa94ad5a52c49321dffb50c"
#define REFERENCE "quay.io/openshift-release-dev/ocp-release"
#define SIGNATURE "/store/sha256=" HEX "/signature-1"
#define MANIFESTS "/v2/a/b/manifests/*"

enum { MAX_ROUTES = 8, MAX_ARGUMENTS = 24, LONGEST_RUN_SECONDS = 80 };

struct hostile_row {
	const char *name;
	int status;	      /* that relsig ends with */
	const char *word;     /* the reason on its first line, "accepted" for none */
	bool by_registry;     /* the manifest is asked for, too; else --digest-only */
	bool good_store;      /* a second store has the signature */
	size_t most_requests; /* 0: any number */
	bool patient; /* a longer --request-timeout: the cap comes first, also on a busy machine */
	struct httpd_route routes[MAX_ROUTES];
};

#define OUTPUT_OF_STORE(...)                                                                       \
	{                                                                                          \
		{                                                                                  \
			.path = SIGNATURE, __VA_ARGS__                                             \
		}                                                                                  \
	}
#define PING                                                                                       \
	{                                                                                          \
		.path = "/v2/"                                                                     \
	}
#define PING_WANTS(challenge)                                                                      \
	{                                                                                          \
		.path = "/v2/", .status = 401, .headers = "WWW-Authenticate: " challenge "\r\n"    \
	}
#define MANIFEST_WANTS(challenge)                                                                  \
	{                                                                                          \
		.path = MANIFESTS, .status = 401, .headers = "WWW-Authenticate: " challenge "\r\n" \
	}
#define BEARER "Bearer realm=\"http://127.0.0.1:${PORT}/token\",service=\"s\""

static const struct hostile_row rows[] = {
	{ "store: endless body", 2, "too-large", .patient = true,
	    .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_ENDLESS) },
	{ "store: short body", 2, "unreachable",
	    .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_SHORT, .body = "abc") },
	{ "store: more than its length says", 1, "not-a-signature",
	    .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_LONG, .body = "abc") },
	{ "store: slow headers", 2, "timed-out",
	    .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_SLOW_HEADERS) },
	{ "store: slow body", 2, "timed-out",
	    .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_SLOW_BODY) },
	{ "store: silent", 2, "timed-out", .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_SILENT) },
	{ "store: endless headers", 2, "too-large", .patient = true,
	    .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_HUGE_HEADERS) },
	{ "store: no HTTP", 2, "unreachable",
	    .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_GARBAGE) },
	{ "store: closes", 2, "unreachable", .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_CLOSE) },
	{ "store: resets", 2, "unreachable", .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_RESET) },
	{ "store: redirect to a file", 2, "unreachable",
	    .routes = OUTPUT_OF_STORE(.status = 302,
		.headers = "Location: file://" DATA "/release/signature-1\r\n") },
	{ "store: redirect to itself", 2, "unreachable", .most_requests = 12,
	    .routes = OUTPUT_OF_STORE(.status = 302, .headers = "Location: " SIGNATURE "\r\n") },
	{ "store: status 500", 2, "unreachable", .routes = OUTPUT_OF_STORE(.status = 500) },
	{ "store: status 403", 2, "unreachable", .routes = OUTPUT_OF_STORE(.status = 403) },
	{ "store: status 401", 2, "unreachable",
	    .routes = OUTPUT_OF_STORE(.status = 401,
		.headers = "WWW-Authenticate: Basic realm=\"x\"\r\n") },
	{ "store: empty", 1, "not-a-signature", .routes = OUTPUT_OF_STORE(.body = "") },
	{ "store: HTML", 1, "not-a-signature",
	    .routes = OUTPUT_OF_STORE(.body = "<html>sorry</html>") },
	{ "store: HTML for every number", 1, "not-a-signature", .most_requests = 9,
	    .routes = { { .path = "/store/*", .body = "<html>sorry</html>" } } },
	{ "store: nothing", 1, "no-signature", .routes = OUTPUT_OF_STORE(.status = 404) },
	{ "store: broken, and a good one after it", 0, "accepted", .good_store = true,
	    .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_GARBAGE) },
	{ "store: slow, and a good one after it", 0, "accepted", .good_store = true,
	    .routes = OUTPUT_OF_STORE(.behaviour = HTTPD_SILENT) },
	{ "store: HTML, and a good one after it", 0, "accepted", .good_store = true,
	    .routes = OUTPUT_OF_STORE(.body = "<html>sorry</html>") },
	{ "registry: another manifest for the digest", 1, "manifest-digest-mismatch",
	    .by_registry = true, .good_store = true,
	    .routes = { PING, { .path = MANIFESTS, .body = "{}" } } },
	{ "registry: endless manifest", 2, "too-large", .by_registry = true, .good_store = true,
	    .patient = true,
	    .routes = { PING, { .path = MANIFESTS, .behaviour = HTTPD_ENDLESS } } },
	{ "registry: slow manifest", 2, "timed-out", .by_registry = true, .good_store = true,
	    .routes = { PING, { .path = MANIFESTS, .behaviour = HTTPD_SLOW_BODY } } },
	{ "registry: silent ping", 2, "timed-out", .by_registry = true, .good_store = true,
	    .routes = { { .path = "/v2/", .behaviour = HTTPD_SILENT } } },
	{ "registry: wants a password over plain http", 2, "unreachable", .by_registry = true,
	    .good_store = true, .most_requests = 8,
	    .routes = { PING_WANTS("Basic realm=\"x\""), MANIFEST_WANTS("Basic realm=\"x\"") } },
	{ "registry: wants a token over plain http", 2, "unreachable", .by_registry = true,
	    .good_store = true, .most_requests = 10,
	    .routes = { PING_WANTS(BEARER), { .path = "/token*", .body = "{\"token\":\"t\"}" },
		MANIFEST_WANTS(BEARER) } },
	{ "registry: no such manifest", 2, "unreachable", .by_registry = true, .good_store = true,
	    .routes = { PING } },
};

/* Run relsig; its exit status, -1 when a signal ended it. Standard output goes to out. */
static int
run_relsig(const char *const *argv, struct buf *out)
{
	AUTO(err) e = ERR_INIT;
	int pipes[2], wstatus = 0;
	pid_t pid;

	ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
	pid = process_fork();
	if (pid == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		alarm(LONGEST_RUN_SECONDS);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(pipes[1]);
	ck_assert_int_eq(file_read_fd(out, pipes[0], "relsig", 1 << 20, &e), 0);
	close(pipes[0]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	return WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : -1;
}

static bool
first_line_says(const char *text, const char *word)
{
	AUTO_STR char *line = xstrndup(text, strcspn(text, "\n"));
	AUTO_STR char *end = xasprintf(": %s", word);
	size_t n = strlen(line), m = strlen(end);

	if (strcmp(word, "accepted") == 0)
		return strncmp(line, "accepted: ", 10) == 0;
	return n > m && strcmp(line + n - m, end) == 0;
}

START_TEST(answers)
{
	const struct hostile_row *row = &rows[_i];
	struct httpd *server = httpd_start(row->routes, NULL);
	AUTO_STR char *store = httpd_url(server, "/store");
	AUTO_STR char *image = NULL;
	AUTO(buf) out = BUF_INIT;
	const char *argv[MAX_ARGUMENTS];
	size_t n = 0, requests;
	int status;

	image = row->by_registry ? xasprintf("127.0.0.1:%u/a/b@sha256:" HEX, httpd_port(server))
				 : xstrdup("sha256:" HEX);
	argv[n++] = TEST_BUILDDIR "/relsig";
	argv[n++] = "verify";
	argv[n++] = "--key=" DATA "/keys/release.asc";
	argv[n++] = row->patient ? "--request-timeout=60" : "--request-timeout=2";
	argv[n++] = "--retry-times=0";
	argv[n++] = "--tls-verify=false";
	argv[n++] = "--store";
	argv[n++] = store;
	if (!row->by_registry)
		argv[n++] = "--digest-only";
	if (row->good_store)
		argv[n++] = "--store=file://" DATA "/store";
	argv[n++] = image;
	argv[n] = NULL;
	status = run_relsig(argv, &out);
	requests = httpd_count(server);
	httpd_stop(server);
	ck_assert_msg(status == row->status, "%s: status %d, want %d; it said:\n%s", row->name,
	    status, row->status, buf_str(&out));
	ck_assert_msg(first_line_says(buf_str(&out), row->word), "%s: want %s; it said:\n%s",
	    row->name, row->word, buf_str(&out));
	ck_assert_msg(row->most_requests == 0 || requests <= row->most_requests,
	    "%s: %zu requests, want at most %zu", row->name, requests, row->most_requests);
}
END_TEST

Suite *
hostile_suite(void)
{
	Suite *s = suite_create("hostile");
	TCase *t = tcase_create("answers");

	tcase_set_timeout(t, LONGEST_RUN_SECONDS + 20);
	tcase_add_loop_test(t, answers, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
