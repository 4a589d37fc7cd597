/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process gets from its parent, its user and its machine: right answers or none, never a
 * wrong one. */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "fake_gpg.h"
#include "fresh.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"

static void
must_accept(const char *name, const struct fresh *f)
{
	struct fresh bad = *f;
	AUTO(answer) a = ANSWER_INIT;

	fresh_ask(f, &a);
	ck_assert_msg(a.outcome == OUTCOME_PROVEN, "%s: %s (%s)", name, a.reason, a.message);
	/* And it is not that anything would be accepted. */
	bad.blob = "flipped-payload";
	fresh_ask(&bad, &a);
	ck_assert_msg(
	    a.outcome == OUTCOME_REFUSED, "%s: outcome %d (%s)", name, (int)a.outcome, a.message);
	row_string(name, "the reason", a.reason, "bad-signature");
}

/*
 * --- the environment -----------------------------------------------------------------------------
 */

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
	const char *name, *environment[4];
	const char *part; /* of the message, when there can be no verdict */
} environments[] = {
	{ "no gpg on PATH", { "PATH=/nonexistent" }, "gpg was not found on PATH" },
	{ "an empty PATH", { "PATH=" }, "gpg was not found on PATH" },
	{ "TMPDIR is missing", { "TMPDIR=/nonexistent/tmp" },
	    "making a private directory /nonexistent/tmp" },
	{ "TMPDIR is a file", { "TMPDIR=/etc/passwd" }, "set TMPDIR to a directory" },
	{ "TMPDIR cannot be written to", { "TMPDIR=/proc" }, "set TMPDIR to a directory" },
	{ "HOME unset", { "HOME" }, NULL },
	{ "HOME missing", { "HOME=/nonexistent" }, NULL },
	{ "HOME cannot be written to", { "HOME=/proc" }, NULL },
	{ "HOME is a file", { "HOME=/etc/passwd" }, NULL },
	{ "GNUPGHOME is missing", { "GNUPGHOME=/nonexistent" }, NULL },
	{ "another language", { "LANGUAGE=de", "LC_ALL=de_DE.UTF-8" }, NULL },
	{ "a locale that is not there", { "LC_ALL=xx_YY", "LANG=zz" }, NULL },
	{ "a terminal that is none", { "GPG_TTY=/dev/null", "DISPLAY=:99", "TERM=none" }, NULL },
	{ "an old agent", { "GPG_AGENT_INFO=/nonexistent:1:1", "SSH_AUTH_SOCK=/nonexistent" },
	    NULL },
	{ "a lying compliance", { "GNUPG_ASSUME_COMPLIANCE=de-vs" }, NULL },
};

START_TEST(the_environment)
{
	struct fresh f = { 0 };
	const char *name = environments[_i].name;
	AUTO(answer) a = ANSWER_INIT;

	for (size_t i = 0; i < ARRAY_LEN(environments[_i].environment); i++)
		f.environment[i] = environments[_i].environment[i];
	if (environments[_i].part == NULL) {
		must_accept(name, &f);
		return;
	}
	fresh_ask(&f, &a);
	ck_assert_msg(a.outcome == OUTCOME_UNDECIDED, "%s: outcome %d", name, (int)a.outcome);
	row_string(name, "the reason", a.reason, "io-error");
	ck_assert_msg(strstr(a.message, environments[_i].part) != NULL, "%s: %s", name, a.message);
}
END_TEST

/* A path that no socket's name has room for: no socket is needed. */
START_TEST(a_long_tmpdir)
{
	AUTO_STR char *path = tree_path("tmp/" HUNDRED "/" HUNDRED);
	AUTO_STR char *tmpdir = xasprintf("TMPDIR=%s", path);
	const struct fresh f = { .environment = { tmpdir } };

	tree_directory("tmp/" HUNDRED "/" HUNDRED);
	must_accept("a long TMPDIR", &f);
	ck_assert_int_eq(rmdir(path), 0);
	*strrchr(path, '/') = '\0';
	ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

/* What a user has in her own gpg.conf is of no interest: another keyring, no keyring, nonsense. */
static const char *const hostile_conf[] = { "no-keyring\n", "keyring /nonexistent/ring.gpg\n",
	"this-option-does-not-exist\n", "list-keys\n", "weak-digest SHA512\n", "max-output 1\n",
	"status-file /nonexistent/status\n", "use-keyboxd\n" };

START_TEST(a_users_own_configuration)
{
	AUTO_STR char *path = tree_path("user/.gnupg");
	AUTO_STR char *gnupghome = xasprintf("GNUPGHOME=%s", path);
	AUTO_STR char *home_path = tree_path("user");
	AUTO_STR char *home = xasprintf("HOME=%s", home_path);
	const struct fresh by_gnupghome = { .environment = { gnupghome } };
	const struct fresh by_home = { .environment = { home, "GNUPGHOME" } };

	tree_write_str("user/.gnupg/gpg.conf", hostile_conf[_i]);
	tree_write_str("user/.gnupg/common.conf", "use-keyboxd\n");
	must_accept(hostile_conf[_i], &by_gnupghome);
	must_accept(hostile_conf[_i], &by_home);
	/* Nothing was added to it, either. */
	ck_assert_int_eq(access(path, W_OK), 0);
	free(steal(&path));
	path = tree_path("user/.gnupg/trustdb.gpg");
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

/*
 * --- what a process inherits ---------------------------------------------------------------------
 */

static void
ignore_children(void)
{
	signal(SIGCHLD, SIG_IGN);
}

static void
ignore_pipes(void)
{
	signal(SIGPIPE, SIG_IGN);
}

static void
block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	sigdelset(&all, SIGALRM);
	sigprocmask(SIG_BLOCK, &all, NULL);
}

static void
close_input(void)
{
	close(0);
}

static void
close_three(void)
{
	close(0);
	close(1);
	close(2);
}

static void
make_public(void)
{
	umask(0);
}

static void
go_to_root(void)
{
	if (chdir("/") != 0)
		_exit(126);
}

static const struct {
	const char *name;
	void (*prepare)(void);
} inherited[] = {
	{ "SIGCHLD is ignored", ignore_children },
	{ "SIGPIPE is ignored", ignore_pipes },
	{ "signals are blocked", block_signals },
	{ "descriptor 0 is closed", close_input },
	{ "umask 0", make_public },
	{ "another directory", go_to_root },
};

START_TEST(what_is_inherited)
{
	const struct fresh f = { .prepare = inherited[_i].prepare };

	must_accept(inherited[_i].name, &f);
}
END_TEST

/* GPGME cannot ask gpg for its version then: the program has to open something there before. */
START_TEST(descriptors_0_to_2_closed)
{
	struct fresh f = { .prepare = close_three };
	AUTO(answer) a = ANSWER_INIT;

	fresh_ask(&f, &a);
	ck_assert_msg(a.outcome == OUTCOME_PROVEN || a.outcome == OUTCOME_UNDECIDED, "%s (%s)",
	    a.reason, a.message);
	f.blob = "flipped-payload";
	fresh_ask(&f, &a);
	ck_assert_msg(a.outcome == OUTCOME_REFUSED || a.outcome == OUTCOME_UNDECIDED, "%s (%s)",
	    a.reason, a.message);
}
END_TEST

static rlim_t descriptors;

static void
limit_descriptors(void)
{
	const struct rlimit l = { .rlim_cur = descriptors, .rlim_max = descriptors };

	setrlimit(RLIMIT_NOFILE, &l);
}

/* Too few descriptors for gpg: no verdict. Never a wrong one. */
START_TEST(few_descriptors)
{
	struct fresh f = { .prepare = limit_descriptors };
	AUTO(answer) a = ANSWER_INIT;

	descriptors = (rlim_t)_i;
	fresh_ask(&f, &a);
	ck_assert_msg(a.outcome == OUTCOME_UNDECIDED || a.outcome == OUTCOME_PROVEN,
	    "%d descriptors: %s (%s)", _i, a.reason, a.message);
	if (a.outcome == OUTCOME_UNDECIDED)
		row_string("few descriptors", "the reason", a.reason, "io-error");
	f.blob = "flipped-payload";
	fresh_ask(&f, &a);
	ck_assert_msg(a.outcome == OUTCOME_UNDECIDED || a.outcome == OUTCOME_REFUSED,
	    "%d descriptors: %s (%s)", _i, a.reason, a.message);
}
END_TEST

START_TEST(enough_descriptors)
{
	const struct fresh f = { .prepare = limit_descriptors };

	descriptors = 32;
	must_accept("32 descriptors", &f);
}
END_TEST

/*
 * --- a full disk ---------------------------------------------------------------------------------
 */

static char *full_directory;
static const char *full_options;

/* A file system of its own, small, seen by this process alone; it goes with it. */
static int
mount_small(void)
{
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0)
		return -1;
	return mount("tmpfs", full_directory, "tmpfs", 0, full_options);
}

static void
fill_disk(void)
{
	if (mount_small() != 0)
		_exit(126);
}

static bool
may_mount(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(mount_small() == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static const struct {
	const char *options, *part; /* NULL: large enough */
} disks[] = {
	{ "nr_inodes=1", "making a private directory" },
	{ "nr_inodes=2", "gpg.conf" },
	{ "nr_inodes=3", "pubring.gpg" },
	{ "size=4k", "pubring.gpg" },
	{ "size=64k", NULL },
};

START_TEST(a_full_disk)
{
	AUTO_STR char *path = tree_path("tmp");
	AUTO_STR char *tmpdir = xasprintf("TMPDIR=%s", path);
	const struct fresh f = { .environment = { tmpdir }, .prepare = fill_disk };
	AUTO(answer) a = ANSWER_INIT;

	full_directory = path;
	full_options = disks[_i].options;
	if (!may_mount()) {
		skip_test("a full disk", "mounting is not permitted");
		return;
	}
	if (disks[_i].part == NULL) {
		must_accept(full_options, &f);
		return;
	}
	fresh_ask(&f, &a);
	ck_assert_msg(a.outcome == OUTCOME_UNDECIDED, "%s: %s", full_options, a.reason);
	row_string(full_options, "the reason", a.reason, "io-error");
	ck_assert_msg(strstr(a.message, disks[_i].part) != NULL, "%s: %s", full_options, a.message);
}
END_TEST

Suite *
surroundings_suite(void)
{
	Suite *s = suite_create("surroundings");
	TCase *tc = tcase_create("surroundings");

	skip_prepare();
	tcase_add_checked_fixture(tc, fake_gpg_set_up, fake_gpg_tear_down);
	tcase_add_loop_test(tc, the_environment, 0, ARRAY_LEN(environments));
	tcase_add_test(tc, a_long_tmpdir);
	tcase_add_loop_test(tc, a_users_own_configuration, 0, ARRAY_LEN(hostile_conf));
	tcase_add_loop_test(tc, what_is_inherited, 0, ARRAY_LEN(inherited));
	tcase_add_test(tc, descriptors_0_to_2_closed);
	tcase_add_loop_test(tc, few_descriptors, 6, 18);
	tcase_add_test(tc, enough_descriptors);
	tcase_add_loop_test(tc, a_full_disk, 0, ARRAY_LEN(disks));
	suite_add_tcase(s, tc);
	return s;
}
