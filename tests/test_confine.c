/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a confined process has given up, what it says about it, and what it can still do. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "base/sanitizers.h"
#include "confined_child.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"

#define JUDGE CONFINE_ROLE_JUDGE
#define FETCHER CONFINE_ROLE_FETCHER
#define ALL_PARTS ((1u << CONFINE_PARTS) - 1)
#define BIT(part) (1u << (part))
#define LANDLOCK (BIT(CONFINE_FILES) | BIT(CONFINE_TCP))

static void
setup(void)
{
	tree_make();
	tree_directory("home");
	tree_directory("cache");
	tree_directory("output");
	tree_write_str("outside", "keep");
	tree_write_str("readable", "yes");
}

/*
 * --- kernels that lack something, or refuse what they have ---------------------------------------
 */

/* clang-format off */
static const struct kernel_row {
	const char *name;
	struct other_kernel kernel;
	const char *refused; /* part of the message of E_IO; NULL: it is confined all the same */
	unsigned lacking;    /* then without these parts, */
	enum confine_state why_not; /* for this reason */
	enum confine_role only;
} kernels[] = {
	{ "Landlock refuses a rule", { "landlock_add_rule", ENOMEM, 0 },
	    .refused = "Landlock: a rule for" },
	{ "Landlock refuses rules", { "landlock_restrict_self", EPERM, 0 },
	    .refused = "Landlock: taking" },
	{ "seccomp refuses a filter", { "seccomp", EACCES, 1 + 1 },
	    .refused = "seccomp: loading" },
	{ "no_new_privs is refused", { "prctl", EPERM, PR_SET_NO_NEW_PRIVS + 1 },
	    .refused = "NO_NEW_PRIVS" },
	{ "limits are refused", { "prlimit64", EPERM, 0 }, .refused = "RLIMIT_CORE" },
	{ "capabilities are refused", { "capset", EPERM, 0 }, .refused = "capset",
	    .only = FETCHER },
	{ "no Landlock", WITHOUT_LANDLOCK, .lacking = LANDLOCK,
	    .why_not = CONFINE_NO_LANDLOCK },
	{ "Landlock turned off", { "landlock_create_ruleset", EOPNOTSUPP, 0 },
	    .lacking = LANDLOCK, .why_not = CONFINE_LANDLOCK_IS_OFF },
	{ "Landlock unknown to a container", { "landlock_create_ruleset", EPERM, 0 },
	    .lacking = LANDLOCK, .why_not = CONFINE_LANDLOCK_IS_DENIED },
	{ "no seccomp", WITHOUT_SECCOMP, .lacking = BIT(CONFINE_SECCOMP),
	    .why_not = CONFINE_NO_SECCOMP },
	{ "seccomp unknown to a container", { "seccomp", EPERM, 0 },
	    .lacking = BIT(CONFINE_SECCOMP), .why_not = CONFINE_SECCOMP_IS_DENIED },
	{ "seccomp of long ago", { "seccomp", EINVAL, 2 + 1 }, .lacking = 0 },
	{ "no no_new_privs", { "prctl", EINVAL, PR_SET_NO_NEW_PRIVS + 1 },
	    .lacking = BIT(CONFINE_NO_NEW_PRIVS) | LANDLOCK | BIT(CONFINE_SECCOMP),
	    .why_not = CONFINE_NO_NO_NEW_PRIVS },
};
/* clang-format on */

/* The parts that this very machine lacks are none of the row's. */
static unsigned
lacking_here(enum confine_role role)
{
	const struct confined_child child = { .role = role };
	const struct confined_answer *a = confined_run("this kernel", &child);
	unsigned lacking = 0;

	ck_assert_msg(a->confined == 0, "this kernel: %s", a->message);
	for (unsigned i = 0; i < CONFINE_PARTS; i++) {
		if (a->report.parts[i] == CONFINE_IN_EFFECT)
			continue;
		ck_assert(a->report.parts[i] != CONFINE_UNKNOWN);
		skip_test(confine_word((enum confine_part)i), confine_text(a->report.parts[i]));
		lacking |= BIT(i);
	}
	return lacking;
}

static void
check_kernel(const struct kernel_row *row, enum confine_role role)
{
	const struct confined_child child = { .role = role, .kernel = row->kernel };
	unsigned here = lacking_here(role);
	const struct confined_answer *a = confined_run(row->name, &child);

	if (a == NULL || (here & (row->refused != NULL ? ALL_PARTS : row->lacking)) != 0)
		return;
	if (row->refused != NULL) {
		ck_assert_msg(a->confined == -1 && a->code == E_IO &&
				  strstr(a->message, row->refused) != NULL,
		    "%s: %d, %s", row->name, a->confined, a->message);
		return;
	}
	ck_assert_msg(a->confined == 0, "%s: %s", row->name, a->message);
	for (unsigned i = 0; i < CONFINE_PARTS; i++) {
		bool lacks = ((row->lacking | here) & BIT(i)) != 0;

		ck_assert_msg((a->report.parts[i] == CONFINE_IN_EFFECT) == !lacks, "%s: %s",
		    row->name, confine_word((enum confine_part)i));
		if ((row->lacking & BIT(i)) != 0)
			ck_assert_msg(a->report.parts[i] == row->why_not, "%s: %s", row->name,
			    confine_text(a->report.parts[i]));
	}
}

START_TEST(reports_the_kernel)
{
	const struct kernel_row *row = &kernels[_i];

	if (!confined_can_call(row->name))
		return;
	if (row->only != FETCHER)
		check_kernel(row, JUDGE);
	check_kernel(row, FETCHER);
}
END_TEST

START_TEST(has_words)
{
	static const char *const words[CONFINE_PARTS] = { "no-new-privs", "limits",
		"landlock-files", "landlock-tcp", "seccomp" };

	for (unsigned i = 0; i < CONFINE_PARTS; i++)
		ck_assert_str_eq(confine_word((enum confine_part)i), words[i]);
}
END_TEST

/*
 * --- what must not be there, what must -----------------------------------------------------------
 */

static void *
sleep_on(void *arg)
{
	pause();
	return arg;
}

static void
start_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleep_on, NULL) != 0)
		_exit(1);
}

START_TEST(refuses_threads)
{
	const struct confined_child child = { .role = _i == 0 ? JUDGE : FETCHER,
		.prepare = start_thread };
	const struct confined_answer *a = confined_run("a thread", &child);

	ck_assert_int_eq(a->confined, -1);
	ck_assert_int_eq(a->code, E_IO);
	ck_assert_msg(strstr(a->message, "threads run already") != NULL, "%s", a->message);
}
END_TEST

START_TEST(refuses_missing_directories)
{
	AUTO_STR char *home = tree_path("home");
	AUTO_STR char *missing = tree_path("missing");
	const char *const outputs[] = { home, missing, NULL };
	const struct confine_judge_paths rows[] = { { .home = missing },
		{ .home = home, .outputs = outputs } };
	const struct confined_child child = { .role = JUDGE, .writable = &rows[_i] };
	const struct confined_answer *a = confined_run("a missing directory", &child);

	if (a->confined == 0 && a->report.parts[CONFINE_FILES] != CONFINE_IN_EFFECT) {
		skip_test("a missing directory", confine_text(a->report.parts[CONFINE_FILES]));
		return;
	}
	ck_assert_int_eq(a->confined, -1);
	ck_assert_int_eq(a->code, E_IO);
	ck_assert_msg(strstr(a->message, missing) != NULL, "%s", a->message);
}
END_TEST

/*
 * --- what it can do ------------------------------------------------------------------------------
 */

static int
write_everywhere(void *arg)
{
	static const char *const names[] = { "home/a", "cache/a", "output/a" };
	AUTO(err) e = ERR_INIT;
	size_t size;
	char *detail = confined_detail(&size);

	(void)arg;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO_STR char *path = tree_path(names[i]);

		/* Make, write, rename over: file.h. */
		if (file_write(path, bytes_of_str("1"), 0644, &e) == 0 &&
		    file_write(path, bytes_of_str("2"), 0644, &e) == 0)
			continue;
		snprintf(detail, size, "%s", err_msg(&e));
		return -1;
	}
	return 0;
}

START_TEST(judge_writes_its_directories)
{
	AUTO_STR char *home = tree_path("home");
	AUTO_STR char *cache = tree_path("cache");
	AUTO_STR char *output = tree_path("output");
	const char *const outputs[] = { output, NULL };
	const struct confine_judge_paths w = { .home = home, .cache = cache, .outputs = outputs };
	const struct confined_child child = {
		.role = JUDGE, .writable = &w, .attempt = write_everywhere
	};
	const struct confined_answer *a = confined_run("its directories", &child);

	ck_assert_msg(a->confined == 0, "%s", a->message);
	ck_assert_msg(a->ended && a->result == 0, "%s", a->detail);
}
END_TEST

START_TEST(judge_needs_no_cache)
{
	AUTO_STR char *home = tree_path("home");
	AUTO_STR char *cache = tree_path("missing/cache");
	const struct confine_judge_paths w = { .home = home, .cache = cache };
	const struct confined_child child = { .role = JUDGE, .writable = &w };
	const struct confined_answer *a = confined_run("no cache", &child);

	ck_assert_msg(a->confined == 0, "%s", a->message);
}
END_TEST

/*
 * --- limits --------------------------------------------------------------------------------------
 */

static int open_before = -1;

static void
open_a_file(void)
{
	AUTO_STR char *path = tree_path("outside");

	open_before = open(path, O_WRONLY | O_CLOEXEC);
}

/* 0, or the number of the first thing that is not as it should be. */
static int
look_at_limits(void *arg)
{
	enum confine_role role = *(const enum confine_role *)arg;
	struct rlimit l;
	int n = 0, fd;

	if (getrlimit(RLIMIT_CORE, &l) != 0 || l.rlim_cur != 0 || l.rlim_max != 0)
		return 1;
	if (umask(0) != 077)
		return 2;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 3;
	if (role == JUDGE)
		return write(open_before, "x", 1) == 1 ? 0 : 4;
	if (write(open_before, "x", 1) != -1 || errno != EFBIG)
		return 5;
	if (setuid(12345) == 0 && getuid() == 0)
		return 6;
	while ((fd = dup(0)) >= 0)
		n = fd;
	return errno == EMFILE && n == CONFINE_FETCHER_FILES - 1 ? 0 : 7;
}

/* Memory that is never touched counts, too. */
static int
take_memory(void *arg)
{
	const size_t n = *(const size_t *)arg;
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

	return mmap(NULL, n, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED ? errno : 0;
}

START_TEST(limits_memory)
{
	static const struct {
		const char *name;
		size_t n;
		int want;
	} rows[] = { { "as much as it may have", CONFINE_FETCHER_MEMORY, ENOMEM },
		{ "a third of it", CONFINE_FETCHER_MEMORY / 3, 0 } };
	const struct confined_child child = {
		.role = FETCHER, .attempt = take_memory, .arg = (void *)(uintptr_t)&rows[_i].n
	};
	const struct confined_answer *a;

#if WITH_ADDRESS_SANITIZER || WITH_THREAD_SANITIZER || WITH_MEMORY_SANITIZER
	skip_test(rows[_i].name, "a sanitizer wants all of it");
	return;
#endif
	if (!confined_can_call(rows[_i].name))
		return;
	a = confined_run(rows[_i].name, &child);
	ck_assert_msg(a->confined == 0, "%s", a->message);
	ck_assert_msg(a->result == rows[_i].want, "%s: %s, want %s", rows[_i].name,
	    strerror(a->result), strerror(rows[_i].want));
}
END_TEST

START_TEST(limits)
{
	const enum confine_role role = _i == 0 ? JUDGE : FETCHER;
	const struct confined_child child = { .role = role,
		.prepare = open_a_file,
		.attempt = look_at_limits,
		.arg = (void *)(uintptr_t)&role };
	const struct confined_answer *a = confined_run("limits", &child);

	ck_assert_msg(a->confined == 0, "%s", a->message);
	ck_assert(a->report.parts[CONFINE_LIMITS] == CONFINE_IN_EFFECT);
	ck_assert_msg(a->ended && a->result == 0, "number %d", a->result);
}
END_TEST

static void *
end_at_once(void *arg)
{
	return arg;
}

static int
run_a_thread_and_abort(void *arg)
{
	pthread_t thread;

	(void)arg;
	if (pthread_create(&thread, NULL, end_at_once, NULL) != 0 ||
	    pthread_join(thread, NULL) != 0)
		return 1;
	signal(SIGABRT, SIG_DFL);
	abort();
}

/* A process that finds itself broken must be able to end. */
START_TEST(can_abort)
{
	const struct confined_child child = { .role = _i == 0 ? JUDGE : FETCHER,
		.attempt = run_a_thread_and_abort };
	const struct confined_answer *a = confined_run("abort", &child);

	ck_assert_msg(a->confined == 0, "%s", a->message);
	ck_assert_msg(!a->ended && a->result == 0, "no thread could be started");
	ck_assert_int_eq(a->signal, SIGABRT);
}
END_TEST

Suite *
confine_suite(void)
{
	Suite *s = suite_create("confine");
	TCase *t = tcase_create("refuses");

	skip_prepare();
	tcase_add_checked_fixture(t, setup, tree_remove);
	tcase_add_loop_test(t, refuses_threads, 0, 2);
	tcase_add_loop_test(t, refuses_missing_directories, 0, 2);
	tcase_add_loop_test(t, limits, 0, 2);
	tcase_add_loop_test(t, limits_memory, 0, 2);
	tcase_add_loop_test(t, reports_the_kernel, 0, (int)ARRAY_LEN(kernels));
	tcase_add_test(t, has_words);
	suite_add_tcase(s, t);
	t = tcase_create("allows");
	tcase_add_checked_fixture(t, setup, tree_remove);
	tcase_add_test(t, judge_writes_its_directories);
	tcase_add_test(t, judge_needs_no_cache);
	tcase_add_loop_test(t, can_abort, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
