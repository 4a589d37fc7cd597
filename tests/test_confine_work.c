/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real work, done by confined processes: gpg verifies, names are resolved, HTTPS is spoken. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/children.h"
#include "base/file.h"
#include "certgen.h"
#include "confined_child.h"
#include "http_fixture.h"
#include "httpd.h"
#include "judge.h"
#include "process.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"
#include "transport/fetcher_confine.h"
#include "tree.h"

static void
setup(void)
{
	tree_make();
	tree_directory("home");
}

/*
 * --- the judge -----------------------------------------------------------------------------------
 */

struct verification {
	struct buf blob;
	const char *reason;
};

/* As a subcommand does it: the private home of gpg is made within the directory that is writable.
 */
static int
verify_blob(void *arg)
{
	const struct verification *v = arg;
	AUTO_STR char *home = tree_path("home");
	AUTO(judged) got = JUDGED_INIT;
	AUTO(err) e = ERR_INIT;
	struct judge j;
	size_t size;
	char *detail = confined_detail(&size);

	if (setenv("TMPDIR", home, 1) != 0)
		return -1;
	if (judge_open(&j, "release.asc", 20000, &e) == 0) {
		judge_blob(&j, buf_bytes(&v->blob), &got);
		snprintf(detail, size, "%s", reason_word(got.reason));
	} else {
		snprintf(detail, size, "%s", err_msg(&e));
	}
	err_free(&e);
	if (judge_close(&j, &e) == 0 && rmdir(home) == 0)
		return 0;
	snprintf(detail, size, "left behind: %s", err_msg(&e));
	return -1;
}

static const struct {
	const char *blob, *reason;
} verifications[] = {
	{ "flipped-signature", "bad-signature" },
	{ "unknown-key", "unknown-key" },
	{ "payload-other-digest", "signed-digest-mismatch" },
	{ "gpg-z0", "accepted" },
	{ "gpg-zlib", "accepted" },
};

START_TEST(gpg_verifies)
{
	struct verification v = { BUF_INIT, verifications[_i].reason };
	const struct confined_child child = {
		.role = CONFINE_ROLE_JUDGE, .attempt = verify_blob, .arg = &v
	};
	const char *row = verifications[_i].blob;
	const struct confined_answer *a;

	testdata_blob(&v.blob, row);
	a = confined_run(row, &child);
	buf_free(&v.blob);
	ck_assert_msg(a->confined == 0, "%s: %s", row, a->message);
	ck_assert_msg(a->ended && a->result == 0, "%s: %s", row, a->detail);
	ck_assert_msg(
	    strcmp(a->detail, v.reason) == 0, "%s: %s, want %s", row, a->detail, v.reason);
}
END_TEST

/*
 * --- the fetcher ---------------------------------------------------------------------------------
 */

/* With the paths that relsig-fetch gives: what went wrong is the status of the process. */
static int
resolve(void *arg)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *found = NULL;
	struct confine_report report;
	AUTO(err) e = ERR_INIT;

	(void)arg;
	if (fetcher_confine(NULL, &report, &e) != 0)
		return 2;
	/* Everybody may read it; only who is confined may not. */
	if (report.parts[CONFINE_FILES] == CONFINE_IN_EFFECT && open("/etc/passwd", O_RDONLY) != -1)
		return 3;
	if (getaddrinfo("localhost", "443", &hints, &found) != 0)
		return 4;
	freeaddrinfo(found);
	return 0;
}

START_TEST(names_are_resolved)
{
	int status = process_end(process_start(resolve, NULL));

	ck_assert_msg(status == 0, "status %#x", (unsigned)status);
}
END_TEST

/* What is nobody's business, and what everybody may read but whoever is confined; absolute, or in
 * $HOME. */
static const char *const hidden[] = { "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/machine-id",
	"/etc/ssl/private", "/etc", "/", "/root", "/home", "/tmp", "/run", "/var/log", "/var/lib",
	"/usr/bin/env", "/usr/share/doc", "/boot", "/dev", "/dev/shm", "/sys", "/proc",
	"/proc/self/mem", "/proc/self/maps", "/proc/self/environ", "/proc/self/fd",
	"/proc/self/root", "/proc/net/tcp", "/proc/sys/kernel", ".", ".docker/config.json",
	".ssh/id_ed25519", ".gnupg" };

static int
look(void *arg)
{
	const char *path = arg;
	struct confine_report report;
	AUTO(err) e = ERR_INIT;
	DIR *dir;

	if (open(path, O_RDONLY | O_NONBLOCK) < 0)
		return 1; /* it is not there, or not even for us */
	if (fetcher_confine(NULL, &report, &e) != 0)
		return 2;
	if (report.parts[CONFINE_FILES] != CONFINE_IN_EFFECT)
		return 1;
	/* By any way to read it. */
	if (open(path, O_RDONLY | O_NONBLOCK) >= 0 || errno != EACCES)
		return 3;
	dir = opendir(path);
	if (dir != NULL)
		closedir(dir);
	return dir != NULL || open(path, O_RDONLY | O_DIRECTORY) >= 0 ? 4 : 0;
}

START_TEST(reads_nothing_else)
{
	const char *name = hidden[_i];
	AUTO_STR char *path = name[0] == '/' ? xstrdup(name) : tree_path(name);
	int status;

	tree_write_str(".docker/config.json", "{}");
	tree_write_str(".ssh/id_ed25519", "secret");
	tree_write_str(".gnupg/trustdb.gpg", "");
	status = process_end(process_start(look, path));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		skip_test(path, "it cannot be read here before, or there is no Landlock");
	else
		ck_assert_msg(status == 0, "%s: status %#x", path, (unsigned)status);
}
END_TEST

/* "Name:\tvalue" of /proc/PID/status. */
static char *
status_of(pid_t pid, const char *name)
{
	AUTO_STR char *path = xasprintf("/proc/%d/status", (int)pid);
	AUTO_STR char *key = xasprintf("\n%s:\t", name);
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	const char *at;

	row_accepted(path, file_read(&text, path, 1 << 16, &e), &e);
	at = strstr(buf_str(&text), key);
	if (at == NULL)
		return xstrdup("");
	at += strlen(key);
	return xstrndup(at, strcspn(at, "\n"));
}

static void
check_status(const struct pids *fetcher)
{
	AUTO_STR char *no_new_privs = NULL;
	AUTO_STR char *seccomp = NULL;
	AUTO_STR char *capabilities = NULL;
	enum confine_state why_not;

	ck_assert_uint_eq(fetcher->n, 1);
	no_new_privs = status_of(fetcher->v[0], "NoNewPrivs");
	seccomp = status_of(fetcher->v[0], "Seccomp");
	capabilities = status_of(fetcher->v[0], "CapEff");
	ck_assert_str_eq(no_new_privs, "1");
	/* All but CAP_DAC_READ_SEARCH. */
	ck_assert_uint_eq(strtoull(capabilities, NULL, 16) & ~4ULL, 0);
	if (confine_seccomp_is_there(&why_not))
		ck_assert_str_eq(seccomp, "2");
	else
		skip_test("the fetcher's filter", confine_text(why_not));
}

/* relsig-fetch itself: a certificate by our own authority, a name that must be resolved. */
START_TEST(https_is_spoken)
{
	static const struct httpd_route routes[] = { { .path = "/", .body = "hello" }, { 0 } };
	struct certgen authority, certificate;
	const struct certgen_spec spec = {
		.issuer = &authority, .name = "localhost", .alternatives = "DNS:localhost"
	};
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO(pids) before = PIDS_INIT;
	AUTO(pids) fetcher = PIDS_INIT;
	AUTO_PTR(http) h = NULL;
	AUTO_STR char *directory = tree_path("certs");
	AUTO_STR char *url = NULL;
	struct httpd_tls tls;
	struct httpd *server;
	struct http_request request = { .method = "GET", .max_body = 64 };
	AUTO(err) e = ERR_INIT;

	certgen_make(
	    &authority, &(struct certgen_spec){ .name = "Authority", .is_authority = true });
	certgen_make(&certificate, &spec);
	tree_write_str("certs/authority.crt", authority.certificate);
	tls = (struct httpd_tls){ .certificate = certificate.certificate, .key = certificate.key };
	server = httpd_start(routes, &tls);
	url = xasprintf("https://localhost:%u/", httpd_port(server));
	request.url = url;
	h = http_fixture_open_tls(directory, false);
	row_accepted("children before", children_list(&before, &e), &e);
	row_accepted("the request", http_fetch(h, &request, &response, &e), &e);
	row_string("the response", "body", buf_str(&response.body), "hello");
	row_accepted("children", children_started(&before, &fetcher, &e), &e);
	check_status(&fetcher);
	httpd_stop(server);
	certgen_free(&authority);
	certgen_free(&certificate);
}
END_TEST

Suite *
confine_work_suite(void)
{
	Suite *s = suite_create("confine_work");
	TCase *t = tcase_create("works");

	skip_prepare();
	tcase_add_checked_fixture(t, setup, tree_remove);
	tcase_add_loop_test(t, gpg_verifies, 0, (int)ARRAY_LEN(verifications));
	tcase_add_loop_test(t, reads_nothing_else, 0, (int)ARRAY_LEN(hidden));
	tcase_add_test(t, names_are_resolved);
	tcase_add_test(t, https_is_spoken);
	suite_add_tcase(s, t);
	return s;
}
