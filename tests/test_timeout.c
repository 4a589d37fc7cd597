/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole program with --timeout, against what would hang it: gpg, servers, files, whoever reads
 * the report. Whatever sleeps here sleeps for a quarter of an hour, and the tests' own limit is far
 * below that.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "fake_gpg.h"
#include "httpd.h"
#include "relsig_run.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"

#define DATA TEST_SRCDIR "/testdata"
#define HEX "b1f20f1510a77dced94eb382a5b02abe7ca3b63d8aa94ad5a52c49321dffb50c"
#define KEY "--key=" DATA "/keys/release.asc"
#define STORE "--store=file://" DATA "/store"
#define RELEASE "dir:" DATA "/release"
#define OVER "the run's --timeout of 2 s is over"

/* Status 2, and each of n images has no verdict because the time was up. */
static void
must_time_out(const char *name, const struct relsig_run *r, size_t n)
{
	ck_assert_msg(r->status == 2, "%s: status %d, want 2; it said:\n%s%s", name, r->status,
	    buf_str(&r->out), buf_str(&r->err));
	ck_assert_msg(relsig_run_count(r, "no verdict: ") == n &&
			  relsig_run_count(r, ": timed-out\n") == n &&
			  relsig_run_count(r, OVER) >= n,
	    "%s: want %zu images timed out; it said:\n%s%s", name, n, buf_str(&r->out),
	    buf_str(&r->err));
}

/*
 * --- gpg -----------------------------------------------------------------------------------------
 */

/* When it is known which of the new processes is gpg. */
#define LATER "sleep 1; "
/* Not by the shell, which closes by one digit. */
#define CLOSE_ALL(then)                                                                            \
	"exec python3 -c 'import os; os.closerange(1, 64); " then                                  \
	"os.execlp(\"sleep\", \"sleep\", \"1000\")'"

static const struct {
	const char *name;
	struct fake_gpg gpg;
	bool is_free; /* it starts processes, sends signals */
} gpgs[] = {
	{ "the probe sleeps", { .probe = "exec sleep 1000" }, false },
	{ "the probe ignores SIGTERM", { .probe = "trap '' TERM HUP INT; sleep 1000; sleep 1000" },
	    true },
	{ "the probe's child holds the pipe", { .probe = "sleep 1000 & exit 0" }, true },
	{ "the probe's orphan holds the pipe", { .probe = "(sleep 1000 &); exit 0" }, true },
	{ "it sleeps", { .verify = "exec sleep 1000" }, false },
	{ "it says all and sleeps", { .verify = "all; exec sleep 1000" }, false },
	{ "it closes all and sleeps", { .verify = "all; " CLOSE_ALL("") }, false },
	{ "it reads nothing", { .verify = "exec sleep 1000", .deaf = true }, false },
	{ "it ignores SIGTERM", { .verify = "trap '' TERM HUP INT; sleep 1000; sleep 1000" },
	    true },
	{ "it stops itself", { .verify = "all; kill -STOP $$" }, true },
	{ "it works for ever", { .verify = "while :; do :; done" }, false },
	{ "it reports progress for ever",
	    { .verify = "all; exec yes '[GNUPG:] PROGRESS x' >/dev/fd/$status" }, false },
	{ "its child holds the pipes", { .verify = LATER "all; sleep 1000 & exit 0" }, true },
	{ "its orphan holds the pipes", { .verify = LATER "all; (sleep 1000 &); exit 0" }, true },
	{ "its daemon holds the pipes", { .verify = LATER "all; setsid sleep 1000 & exit 0" },
	    true },
	{ "its child waits for its own child",
	    { .verify = LATER "all; (sleep 1000 & wait) & wait" }, true },
};

static const char *const one_signature[] = { "verify", "--timeout=2", "--offline", KEY,
	"--manifest=" DATA "/release/manifest.json", "--signature=" DATA "/adversary/gpg-z0/blob",
	"4.99.0-x86_64", NULL };

/* relsig's gpg may not: only as root, where there is no seccomp, it still can. */
static bool
let_free(const char *row, struct relsig_run *r)
{
	r->without_seccomp = true;
	if (geteuid() == 0)
		return true;
	skip_test(row, "only root's gpg may start processes");
	return false;
}

START_TEST(a_gpg_that_hangs)
{
	AUTO(relsig_run) r = RELSIG_RUN_INIT;

	if (gpgs[_i].is_free && !let_free(gpgs[_i].name, &r))
		return;
	fake_gpg_write(&gpgs[_i].gpg);
	relsig_run(&r, one_signature);
	must_time_out(gpgs[_i].name, &r, 1);
}
END_TEST

/* What gpg leaves behind without holding anything up goes with the run. */
START_TEST(a_gpg_that_leaves_a_process)
{
	const struct fake_gpg g = { .verify = LATER "all; " CLOSE_ALL("os.fork() or ") };
	const char *arguments[ARRAY_LEN(one_signature)];
	AUTO(relsig_run) r = RELSIG_RUN_INIT;

	if (!let_free("a process", &r))
		return;
	fake_gpg_write(&g);
	memcpy(arguments, one_signature, sizeof(arguments));
	arguments[1] = "--timeout=60";
	relsig_run(&r, arguments);
	ck_assert_msg(r.status == 0 && relsig_run_count(&r, "accepted: ") == 1, "status %d: %s%s",
	    r.status, buf_str(&r.out), buf_str(&r.err));
}
END_TEST

static const char *const standalone[] = { "standalone-verify", "--timeout=2",
	DATA "/release/manifest.json", "a/b:1", "4EDB57D1B2E4C666DD00CE03EE46194CB49E4007",
	DATA "/release/signature-1", NULL };

/* The user's own gpg does not export the key; or does not even tell its version. */
START_TEST(an_export_that_hangs)
{
	const struct fake_gpg slow[] = { { .probe = "exec sleep 1000" },
		{ .verify = "exec sleep 1000", .deaf = true } };
	AUTO(relsig_run) r = RELSIG_RUN_INIT;

	fake_gpg_write(&slow[_i]);
	relsig_run(&r, standalone);
	ck_assert_int_eq(r.status, 2);
	ck_assert_uint_eq(r.out.n, 0);
	ck_assert_msg(strstr(buf_str(&r.err), OVER) != NULL, "%s", buf_str(&r.err));
}
END_TEST

/*
 * --- servers -------------------------------------------------------------------------------------
 */

#define SIGNATURE "/store/sha256=" HEX "/signature-1"

static const struct {
	const char *name;
	bool by_registry; /* else --digest-only, from three stores */
	struct httpd_route routes[4];
} servers[] = {
	{ "headers, a byte a second", false,
	    { { .path = "/*", .behaviour = HTTPD_SLOW_HEADERS, .pause_ms = 1000 } } },
	{ "a body, a byte a second", false,
	    { { .path = "/*", .behaviour = HTTPD_SLOW_BODY, .pause_ms = 1000 } } },
	{ "no answer", false, { { .path = "/*", .behaviour = HTTPD_SILENT } } },
	{ "slow redirects to itself", false,
	    { { .path = "/*",
		.status = 302,
		.headers = "Location: " SIGNATURE "\r\n",
		.pause_ms = 1000 } } },
	{ "status 503, come back in 29 s", false,
	    { { .path = "/*", .status = 503, .headers = "Retry-After: 29\r\n" } } },
	{ "a ping without an answer", true, { { .path = "/v2/", .behaviour = HTTPD_SILENT } } },
	{ "a manifest, a byte a second", true,
	    { { .path = "/v2/" },
		{ .path = "/v2/*", .behaviour = HTTPD_SLOW_BODY, .pause_ms = 1000 } } },
	{ "a manifest, status 429, come back in 29 s", true,
	    { { .path = "/v2/" },
		{ .path = "/v2/*", .status = 429, .headers = "Retry-After: 29\r\n" } } },
};

START_TEST(a_server_that_hangs)
{
	struct httpd *server = httpd_start(servers[_i].routes, NULL);
	AUTO_STR char *one = httpd_url(server, "/store");
	AUTO_STR char *two = httpd_url(server, "/two");
	AUTO_STR char *three = httpd_url(server, "/three");
	AUTO_STR char *by_name = xasprintf("127.0.0.1:%u/a/b@sha256:" HEX, httpd_port(server));
	const char *image = servers[_i].by_registry ? by_name : "sha256:" HEX;
	const char *const arguments[] = { "verify", "--timeout=2", KEY, "--tls-verify=false",
		"--retry-times=5", "--jobs=3", "--store", one, "--store", two, "--store", three,
		image, image, image, image, servers[_i].by_registry ? NULL : "--digest-only",
		NULL };
	AUTO(relsig_run) r = RELSIG_RUN_INIT;

	relsig_run(&r, arguments);
	httpd_stop(server);
	must_time_out(servers[_i].name, &r, 4);
}
END_TEST

/* One after the other: the second hangs, so that the third is never begun; the first stands. */
START_TEST(what_is_done_stands)
{
	const struct httpd_route routes[] = { { .path = "/v2/", .behaviour = HTTPD_SILENT },
		{ 0 } };
	struct httpd *server = httpd_start(routes, NULL);
	AUTO_STR char *hangs = xasprintf("127.0.0.1:%u/a/b@sha256:" HEX, httpd_port(server));
	AUTO_STR char *bad_path = tree_path("bad");
	AUTO_STR char *bad = xasprintf("dir:%s", bad_path);
	const char *arguments[] = { "verify", "--timeout=10", KEY, STORE, "--tls-verify=false",
		"--jobs=1", _i == 1 ? bad : RELEASE, hangs, RELEASE, _i == 2 ? "--json" : NULL,
		NULL };
	AUTO(relsig_run) r = RELSIG_RUN_INIT;

	tree_write_str("bad/manifest.json", "{}");
	relsig_run(&r, arguments);
	httpd_stop(server);
	ck_assert_msg(r.status == (_i == 1 ? 1 : 2), "status %d: %s", r.status, buf_str(&r.out));
	if (_i == 2) {
		ck_assert_uint_eq(relsig_run_count(&r, "\"exit_status\": 2"), 1);
		ck_assert_uint_eq(relsig_run_count(&r, "\"accepted\": 1,"), 1);
		ck_assert_uint_eq(relsig_run_count(&r, "\"no_verdict\": 2,"), 1);
		ck_assert_uint_eq(relsig_run_count(&r, "\n      \"reason\": \"timed-out\""), 2);
		ck_assert_str_eq(buf_str(&r.out) + r.out.n - 2, "}\n");
		return;
	}
	ck_assert_uint_eq(relsig_run_count(&r, _i == 1 ? "refused: " : "accepted: "), 1);
	ck_assert_uint_eq(relsig_run_count(&r, ": timed-out\n"), 2);
	ck_assert_uint_eq(relsig_run_count(&r, "the run's --timeout of 10 s is over"), 2);
}
END_TEST

/*
 * --- files, standard streams ---------------------------------------------------------------------
 */

static void
make_fifo(const char *name)
{
	AUTO_STR char *path = tree_path(name);

	ck_assert_int_eq(mkfifo(path, 0600), 0);
}

START_TEST(a_fifo_that_nobody_writes_to)
{
	AUTO_STR char *fifo = tree_path("fifo");
	AUTO_STR char *key = xasprintf("--key=%s", fifo);
	AUTO_STR char *manifest = xasprintf("--manifest=%s", fifo);
	AUTO_STR char *signature = xasprintf("--signature=%s", fifo);
	const char *const rows[][RELSIG_RUN_ARGUMENTS] = {
		{ "verify", "--timeout=2", "--offline", key, RELEASE },
		{ "verify", "--timeout=2", "--offline", KEY, STORE, manifest, "4.99.0-x86_64" },
		{ "verify", "--timeout=2", "--offline", KEY, signature, RELEASE },
	};
	AUTO(relsig_run) r = RELSIG_RUN_INIT;

	make_fifo("fifo");
	relsig_run(&r, rows[_i]);
	must_time_out(rows[_i][3], &r, 1);
}
END_TEST

START_TEST(a_fifo_for_another_command)
{
	AUTO_STR char *fifo = tree_path("fifo");
	const char *const rows[][RELSIG_RUN_ARGUMENTS] = {
		{ "manifest-digest", "--timeout=2", fifo },
		{ "untrusted-dump", "--timeout=2", fifo },
		{ "standalone-verify", "--timeout=2", fifo, "a/b:1", "any", "/dev/null" },
		{ "standalone-verify", "--timeout=2", DATA "/release/manifest.json", "a/b:1", "any",
		    fifo },
		{ "standalone-verify", "--timeout=2", "--public-key-file", fifo,
		    DATA "/release/manifest.json", "a/b:1", "any", DATA "/release/signature-1" },
	};
	AUTO(relsig_run) r = RELSIG_RUN_INIT;

	make_fifo("fifo");
	relsig_run(&r, rows[_i]);
	ck_assert_int_eq(r.status, 2);
	ck_assert_uint_eq(r.out.n, 0);
	ck_assert_msg(
	    strstr(buf_str(&r.err), OVER) != NULL, "%s: %s", rows[_i][0], buf_str(&r.err));
}
END_TEST

START_TEST(names_that_do_not_end)
{
	static const char *const arguments[] = { "verify", "--timeout=2", "--offline", KEY, "-",
		NULL };
	AUTO(relsig_run) r = RELSIG_RUN_INIT;
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(
	    write(ends[1], RELEASE "\n", strlen(RELEASE "\n")), (ssize_t)strlen(RELEASE "\n"));
	r.in = ends[0];
	relsig_run(&r, arguments);
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(r.status, 2);
	ck_assert_uint_eq(r.out.n, 0);
	ck_assert_msg(
	    strstr(buf_str(&r.err), "standard input: " OVER) != NULL, "%s", buf_str(&r.err));
}
END_TEST

/* Nobody reads the report, and the pipe is full: this cannot be called back, but ended. */
START_TEST(a_report_that_nobody_reads)
{
	static const char *const arguments[] = { "verify", "--timeout=2", "--offline", KEY, RELEASE,
		NULL };
	AUTO(relsig_run) r = RELSIG_RUN_INIT;
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	while (write(ends[1], "x", 1) == 1)
		;
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, 0), 0);
	r.to = ends[1];
	relsig_run(&r, arguments);
	close(ends[0]);
	close(ends[1]);
	ck_assert_int_eq(r.status, 2);
	ck_assert_msg(
	    strstr(buf_str(&r.err), "it does not end by itself") != NULL, "%s", buf_str(&r.err));
}
END_TEST

Suite *
timeout_suite(void)
{
	Suite *s = suite_create("timeout");
	TCase *t = tcase_create("timeout");

	skip_prepare();
	tcase_set_timeout(t, RELSIG_RUN_SECONDS + 20);
	tcase_add_checked_fixture(t, fake_gpg_set_up, fake_gpg_tear_down);
	tcase_add_loop_test(t, a_gpg_that_hangs, 0, ARRAY_LEN(gpgs));
	tcase_add_test(t, a_gpg_that_leaves_a_process);
	tcase_add_loop_test(t, an_export_that_hangs, 0, 2);
	tcase_add_loop_test(t, a_server_that_hangs, 0, ARRAY_LEN(servers));
	tcase_add_loop_test(t, what_is_done_stands, 0, 3);
	tcase_add_loop_test(t, a_fifo_that_nobody_writes_to, 0, 3);
	tcase_add_loop_test(t, a_fifo_for_another_command, 0, 5);
	tcase_add_test(t, names_that_do_not_end);
	tcase_add_test(t, a_report_that_nobody_reads);
	suite_add_tcase(s, t);
	return s;
}
