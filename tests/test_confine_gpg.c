/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a confined judge's gpg cannot do, tried from within it; and that the real one still works.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>
#include <gpgme.h>

#include "base/children.h"
#include "confined_child.h"
#include "judge.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"
#include "trust/gpg.h"

enum { NOBODY = 65534 };

/* Of a shell, which is gpg here; it forks for a parenthesis. "$here" is the tree, "$judge" its pid.
 */
struct attempt {
	const char *name;
	const char *script; /* exit status 0: it could do it */
	enum confine_part by;
	struct other_kernel kernel;
	void (*prepare)(void);
};

#define PYTHON(code)                                                                               \
	"exec python3 -c 'import ctypes, os, socket, sys\n"                                        \
	"c = ctypes.CDLL(None)\n"                                                                  \
	"judge = int(sys.argv[1])\n" code "' $judge"
#define SUCCEEDS(call) PYTHON("sys.exit(0 if " call " != -1 else 1)")

static void
become_nobody(void)
{
	AUTO_STR char *tree = tree_path("");
	AUTO_STR char *bin = tree_path("bin");
	AUTO_STR char *home = tree_path("home");

	if (geteuid() != 0)
		return;
	if (chmod(tree, 0755) != 0 || chmod(bin, 0755) != 0 || chown(home, NOBODY, NOBODY) != 0 ||
	    setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		_exit(1);
	if (access(home, W_OK | X_OK) != 0 || access(bin, X_OK) != 0)
		_exit(CONFINED_CANNOT);
}

/* clang-format off */
static const struct attempt refused[] = {
	{ "a process", "(exit 0) && exit 0; exit 1", CONFINE_SECCOMP, { 0 }, NULL },
	{ "a process beside it", "while :; do exit 0; done & exit 0", CONFINE_SECCOMP,
	    { 0 }, NULL },
	{ "two of them", "echo x | read x && exit 0; exit 1", CONFINE_SECCOMP, { 0 }, NULL },
	{ "a process by vfork", SUCCEEDS("c.vfork()"), CONFINE_SECCOMP, { 0 }, NULL },
	{ "a process, no seccomp, not as root", "(exit 0) && exit 0; exit 1", CONFINE_LIMITS,
	    WITHOUT_SECCOMP, become_nobody },
	{ "a signal to the judge", "kill -0 $judge", CONFINE_SECCOMP, { 0 }, NULL },
	{ "a signal to the judge's thread", SUCCEEDS("c.tgkill(judge, judge, 0)"), CONFINE_FILES,
	    { 0 }, NULL },
	{ "a signal to the judge, no seccomp", "kill -0 $judge", CONFINE_FILES, WITHOUT_SECCOMP,
	    NULL },
	{ "to trace the judge", SUCCEEDS("c.ptrace(16, judge, 0, 0)"), CONFINE_FILES, { 0 },
	    NULL },
	{ "the judge's limits", "exec prlimit --pid=$judge --core=0", CONFINE_SECCOMP, { 0 },
	    NULL },
	{ "a socket", PYTHON("socket.socket()"), CONFINE_SECCOMP, { 0 }, NULL },
	{ "a connection, no seccomp",
	    PYTHON("s = socket.socket(); s.settimeout(5)\n"
		   "try: s.connect((\"127.0.0.1\", 1))\n"
		   "except ConnectionRefusedError: pass"), CONFINE_TCP, WITHOUT_SECCOMP, NULL },

	{ "a file", "echo x >$here/home/new && exit 0; exit 1", CONFINE_FILES, { 0 }, NULL },
	{ "more in a file", "echo x >>$here/home/pubring.gpg && exit 0; exit 1", CONFINE_FILES,
	    { 0 }, NULL },
	{ "to empty a file", "exec truncate -s 0 $here/home/pubring.gpg", CONFINE_FILES, { 0 },
	    NULL },
	{ "another key file", "exec mv $here/home/pubring.gpg $here/home/old", CONFINE_FILES,
	    { 0 }, NULL },
	{ "no key file", "exec rm $here/home/pubring.gpg", CONFINE_FILES, { 0 }, NULL },
	{ "a directory", "exec mkdir $here/home/new", CONFINE_FILES, { 0 }, NULL },
	{ "a file, no Landlock", "echo x >$here/home/new && exit 0; exit 1", CONFINE_LIMITS,
	    WITHOUT_LANDLOCK, NULL },
	{ "more in a file, no Landlock", "echo x >>$here/home/pubring.gpg && exit 0; exit 1",
	    CONFINE_LIMITS, WITHOUT_LANDLOCK, NULL },

	{ "500 MB", PYTHON("bytearray(500000000)"), CONFINE_LIMITS, { 0 }, NULL },
	{ "500 MB, no seccomp", PYTHON("bytearray(500000000)"), CONFINE_LIMITS,
	    WITHOUT_SECCOMP, NULL },
	{ "more memory", "ulimit -d 10000000", CONFINE_LIMITS, { 0 }, NULL },
	{ "more memory, for now", "ulimit -S -d 10000000", CONFINE_LIMITS, { 0 }, NULL },
	{ "more files open", "ulimit -S -n 65", CONFINE_SECCOMP, { 0 }, NULL },
	{ "more time", "ulimit -t 1000", CONFINE_LIMITS, { 0 }, NULL },
	{ "larger files", "ulimit -f 1", CONFINE_LIMITS, { 0 }, NULL },
	{ "processes", PYTHON("import resource\n"
	    "resource.setrlimit(resource.RLIMIT_NPROC, (9, 9))"), CONFINE_LIMITS, { 0 }, NULL },
};

static const struct attempt allowed[] = {
	{ "to end", "exit 0", CONFINE_LIMITS, { 0 }, NULL },
	{ "10 MB", PYTHON("bytearray(10000000)"), CONFINE_LIMITS, { 0 }, NULL },
	{ "to read", "read x <$here/home/pubring.gpg", CONFINE_LIMITS, { 0 }, NULL },
	{ "to say something", "echo x && exit 0; exit 1", CONFINE_LIMITS, { 0 }, NULL },
	{ "to say nothing", "echo x >/dev/null && exit 0; exit 1", CONFINE_LIMITS, { 0 }, NULL },
	{ "to turn core files off", "ulimit -c 0", CONFINE_LIMITS, { 0 }, NULL },
	{ "another program in its place", "exec true", CONFINE_LIMITS, { 0 }, NULL },
};
/* clang-format on */

static void
setup(void)
{
	AUTO(buf) keys = BUF_INIT;

	tree_make();
	tree_directory("home");
	testdata_read(&keys, "keys/release.gpg");
	tree_write("home/pubring.gpg", buf_bytes(&keys));
	tree_write_str("readable", "yes");
}

static void
install(const char *script)
{
	AUTO_STR char *path = tree_path("bin/gpg");
	AUTO_STR char *text =
	    xasprintf("#!/bin/sh\nLC_ALL=C\n"
		      "if test \"$1\" = --version; then echo 'gpg (GnuPG) 2.4.8'; exit 0; fi\n%s\n",
		script);

	tree_write_str("bin/gpg", text);
	ck_assert_int_eq(chmod(path, 0755), 0);
}

static void
set_environment(void)
{
	AUTO_STR char *here = tree_path("");
	AUTO_STR char *home = tree_path("home");
	AUTO_STR char *path = xasprintf("%s/bin:/usr/bin:/bin", here);
	AUTO_STR char *judge = xasprintf("%d", (int)getpid());

	setenv("PATH", path, 1);
	setenv("GNUPGHOME", home, 1);
	setenv("here", here, 1);
	setenv("judge", judge, 1);
}

/*
 * Which gpg, GPGME keeps for the life of a process, and those that it forks: an earlier test may
 * have found the real one.
 */
static bool
choose_gpg(void)
{
	AUTO_STR char *path = tree_path("bin/gpg");
	bool chosen;

	(void)gpgme_set_global_flag("disable-gpgconf", "1");
	chosen = gpgme_check_version(NULL) != NULL &&
		 gpgme_set_engine_info(GPGME_PROTOCOL_OpenPGP, path, NULL) == 0;
	/* It was asked for its version, and would be left to whoever started this process. */
	while (waitpid(-1, NULL, 0) > 0)
		;
	return chosen;
}

/* Its exit status, or 1000 and the signal that it died by; -1 when it did not run. */
static int
run_gpg(void *arg)
{
	static const struct deadline never = DEADLINE_NEVER;
	AUTO(gpg_result) r = GPG_RESULT_INIT;
	AUTO_PTR(gpg) gpg = NULL;
	AUTO(err) e = ERR_INIT;
	size_t size;
	char *detail = confined_detail(&size);

	(void)arg;
	set_environment();
	if (children_adopt(&e) != 0 || !choose_gpg() || gpg_open(&gpg, &never, &e) != 0 ||
	    gpg_verify(gpg, bytes_of_str("x"), 1000, 100000, &r, &e) != 0) {
		snprintf(detail, size, "%s", err_msg(&e));
		return -1;
	}
	snprintf(detail, size, "%s", buf_str(&r.output));
	if (r.timed_out)
		return -1;
	return r.exited ? r.exit_status : 1000 + r.exit_status;
}

/* NULL when the row cannot be tried here. */
static const struct confined_answer *
attempt(const struct attempt *row)
{
	const struct confined_child child = { .role = CONFINE_ROLE_GPG,
		.kernel = row->kernel,
		.prepare = row->prepare,
		.attempt = run_gpg };
	const struct confined_answer *a;

	if (!confined_can_call(row->name))
		return NULL;
	install(row->script);
	a = confined_run(row->name, &child);
	if (a == NULL)
		return NULL;
	ck_assert_msg(a->confined == 0, "%s: %s", row->name, a->message);
	ck_assert_msg(a->ended && a->result != -1, "%s: %s", row->name, a->detail);
	if (a->report.parts[row->by] == CONFINE_IN_EFFECT)
		return a;
	skip_test(row->name, confine_text(a->report.parts[row->by]));
	return NULL;
}

START_TEST(refuses)
{
	const struct confined_answer *a = attempt(&refused[_i]);

	ck_assert_msg(a == NULL || (a->result > 0 && a->result < 126),
	    "%s: status %d, want a failure", refused[_i].name, a != NULL ? a->result : 0);
}
END_TEST

START_TEST(allows)
{
	const struct confined_answer *a = attempt(&allowed[_i]);

	ck_assert_msg(a == NULL || a->result == 0, "%s: status %d, want 0", allowed[_i].name,
	    a != NULL ? a->result : 0);
}
END_TEST

START_TEST(burns_no_more_than_its_time)
{
	const struct attempt row = { "time", "while :; do :; done", CONFINE_LIMITS, { 0 }, NULL };
	const struct confined_answer *a = attempt(&row);

	ck_assert_msg(a == NULL || a->result == 1000 + SIGKILL, "status %d", a->result);
}
END_TEST

/* As gpg itself sees them. */
START_TEST(has_limits)
{
	const struct attempt row = { "limits",
		"ulimit -d; ulimit -t; ulimit -n; ulimit -f; ulimit -c; exit 0", CONFINE_LIMITS,
		{ 0 }, NULL };
	const struct confined_answer *a = attempt(&row);
	AUTO_STR char *want = xasprintf("%ju\n%d\n%d\n0\n0\n",
	    (uintmax_t)(CONFINED_GPG_MEMORY >> 10), CONFINED_GPG_SECONDS, CONFINED_GPG_FILES);

	if (a != NULL)
		row_string("limits", "they", a->detail, want);
}
END_TEST

Suite *
confine_gpg_suite(void)
{
	Suite *s = suite_create("confine_gpg");
	TCase *t = tcase_create("attempts");

	skip_prepare();
	tcase_set_timeout(t, 100);
	tcase_add_checked_fixture(t, setup, tree_remove);
	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_test(t, burns_no_more_than_its_time);
	tcase_add_test(t, has_limits);
	tcase_add_loop_test(t, allows, 0, (int)ARRAY_LEN(allowed));
	suite_add_tcase(s, t);
	return s;
}
