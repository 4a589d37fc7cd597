/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/children.h"
#include "process.h"
#include "suites.h"

enum { LONG_MS = 60000 }; /* never waited for: what it guards ends at once */

static void
adopt(void)
{
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(children_adopt(&e) == 0, "%s", err_msg(&e));
}

/* work: end as a line of shell says. Another program: valgrind would change the status of this one.
 */
static int
shell(void *line)
{
	execl("/bin/sh", "sh", "-c", (char *)line, (char *)NULL);
	return 126;
}

static bool
has(const struct pids *pids, pid_t pid)
{
	for (size_t i = 0; i < pids->n; i++)
		if (pids->v[i] == pid)
			return true;
	return false;
}

static bool
is_child(pid_t pid)
{
	AUTO(pids) now = PIDS_INIT;
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(children_list(&now, &e) == 0, "%s", err_msg(&e));
	return has(&now, pid);
}

static void
begin(struct pids *before)
{
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(children_begin_start(before, &e) == 0, "%s", err_msg(&e));
}

static void
end(struct pids *before, struct pids *started)
{
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(children_end_start(before, started, &e) == 0, "%s", err_msg(&e));
}

START_TEST(lists_children)
{
	AUTO(pids) none = PIDS_INIT;
	AUTO(err) e = ERR_INIT;
	char line[] = "exit 3";
	pid_t pid;

	ck_assert_int_eq(children_list(&none, &e), 0);
	ck_assert_uint_eq(none.n, 0);
	pid = process_start(process_sleep, NULL);
	ck_assert(is_child(pid));
	child_kill(pid);
	ck_assert_msg(!is_child(pid), "a child that was reaped is none");
	pid = process_start(shell, line);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
	ck_assert_msg(is_child(pid), "a zombie is a child");
	child_kill(pid);
}
END_TEST

/* The orphan of a double fork comes back, and its exit status with it. */
START_TEST(adopts_grandchildren)
{
	AUTO(pids) before = PIDS_INIT;
	AUTO(pids) started = PIDS_INIT;
	struct child_end how;
	char line[] = "exit 7";

	begin(&before);
	process_start_orphan(shell, line);
	end(&before, &started);
	ck_assert_uint_eq(started.n, 1);
	ck_assert(child_wait(started.v[0], LONG_MS, &how));
	ck_assert(how.exited);
	ck_assert_int_eq(how.status, 7);
	ck_assert_int_eq(waitpid(started.v[0], NULL, WNOHANG), -1);
}
END_TEST

START_TEST(tells_new_from_old)
{
	AUTO(pids) before = PIDS_INIT;
	AUTO(pids) started = PIDS_INIT;
	pid_t old = process_start(process_sleep, NULL), one, two;

	begin(&before);
	end(&before, &started);
	ck_assert_msg(started.n == 0, "nothing was started");
	begin(&before);
	one = process_start(process_sleep, NULL);
	process_start_orphan(process_sleep, NULL);
	end(&before, &started);
	ck_assert_uint_eq(started.n, 2);
	ck_assert(has(&started, one));
	ck_assert(!has(&started, old));
	two = started.v[0] == one ? started.v[1] : started.v[0];
	begin(&before);
	kill(old, SIGKILL);
	process_end(old);
	end(&before, &started);
	ck_assert_msg(started.n == 0, "what ended did not start");
	child_kill(one);
	child_kill(two);
}
END_TEST

/* Each of several threads finds the process that it started, and no other's. */
static void *
start_and_wait(void *arg)
{
	int number = *(int *)arg;

	for (int i = 0; i < 25; i++) {
		AUTO(pids) before = PIDS_INIT;
		AUTO(pids) started = PIDS_INIT;
		AUTO(err) e = ERR_INIT;
		struct child_end how;
		int status = number * 25 + i;
		AUTO_STR char *line = xasprintf("exit %d", status);

		if (children_begin_start(&before, &e) != 0)
			return must_have(xstrdup(err_msg(&e)));
		process_start_orphan(shell, line);
		if (children_end_start(&before, &started, &e) != 0)
			return must_have(xstrdup(err_msg(&e)));
		if (started.n != 1)
			return xasprintf("%zu started", started.n);
		if (!child_wait(started.v[0], LONG_MS, &how) || !how.exited || how.status != status)
			return xasprintf("status %d, want %d", how.status, status);
	}
	return NULL;
}

START_TEST(serves_threads)
{
	pthread_t threads[4];
	int numbers[4];
	void *said;

	for (int i = 0; i < 4; i++) {
		numbers[i] = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, start_and_wait, &numbers[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &said), 0);
		ck_assert_msg(said == NULL, "thread %d: %s", i, (char *)said);
	}
}
END_TEST

/* A thread that starts a child and ends: the child stays ours, on another thread's list. */
static void *
start_and_leave(void *pid)
{
	*(pid_t *)pid = process_start(process_sleep, NULL);
	return NULL;
}

START_TEST(sees_children_of_ended_threads)
{
	unsigned missed = 0;

	for (int i = 0; i < 200; i++) {
		AUTO(pids) now = PIDS_INIT;
		AUTO(err) e = ERR_INIT;
		pthread_t thread;
		pid_t pid = 0;

		ck_assert_int_eq(pthread_create(&thread, NULL, start_and_leave, &pid), 0);
		while (__atomic_load_n(&pid, __ATOMIC_RELAXED) == 0)
			;
		ck_assert_int_eq(children_list(&now, &e), 0);
		missed += !has(&now, pid);
		pthread_join(thread, NULL);
		ck_assert(is_child(pid));
		child_kill(pid);
	}
	ck_assert_msg(missed == 0, "%u of 200 children missed", missed);
}
END_TEST

START_TEST(kills_what_hangs)
{
	static const int timeouts[] = { 0, 1, 20 };
	pid_t pid = process_start(process_sleep, NULL);
	struct child_end how = { .exited = true };

	ck_assert_msg(!child_wait(pid, timeouts[_i], &how), "it did not end by itself");
	ck_assert(!how.exited);
	ck_assert_int_eq(how.status, SIGKILL);
	ck_assert_msg(waitpid(pid, NULL, WNOHANG) == -1 && errno == ECHILD, "it is reaped");
	ck_assert_int_eq(kill(pid, 0), -1);
}
END_TEST

START_TEST(tells_how_a_child_ended)
{
	static const struct {
		const char *line;
		bool exited;
		int status;
	} rows[] = { { "exit 0", true, 0 }, { "exit 1", true, 1 }, { "exit 2", true, 2 },
		{ "exit 127", true, 127 }, { "exit 255", true, 255 },
		{ "kill -TERM $$", false, SIGTERM }, { "kill -KILL $$", false, SIGKILL },
		{ "kill -SEGV $$", false, SIGSEGV } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STR char *line = xstrdup(rows[i].line);
		struct child_end how;

		ck_assert_msg(child_wait(process_start(shell, line), LONG_MS, &how), "%s", line);
		ck_assert_msg(how.exited == rows[i].exited && how.status == rows[i].status,
		    "%s: %d, %d", line, how.exited, how.status);
	}
}
END_TEST

/* Somebody else's process, or one that was reaped already, did not end well as far as we know. */
START_TEST(knows_its_own)
{
	struct child_end how = { .exited = true };

	ck_assert(!child_wait(getppid(), LONG_MS, &how));
	ck_assert(!how.exited);
	ck_assert_int_ne(how.status, 0);
}
END_TEST

/* A parent that ignores SIGCHLD hands that down; exit statuses must not be lost for it. */
static int
wait_with_sigchld_ignored(void *arg)
{
	AUTO(err) e = ERR_INIT;
	char line[] = "exit 5";
	struct child_end how;

	(void)arg;
	signal(SIGCHLD, SIG_IGN);
	if (children_adopt(&e) != 0)
		return 1;
	if (!child_wait(process_start(shell, line), LONG_MS, &how))
		return 2;
	return how.exited ? how.status : 3;
}

START_TEST(undoes_ignored_sigchld)
{
	int status = process_end(process_start(wait_with_sigchld_ignored, NULL));

	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 5, "status %x", (unsigned)status);
}
END_TEST

/* In a process of its own, which has nothing of Check's: one child from before, one of now. */
static int
end_all_but_the_first(void *arg)
{
	AUTO(pids) left = PIDS_INIT;
	AUTO(err) e = ERR_INIT;
	pid_t before;

	(void)arg;
	before = process_start(process_sleep, NULL);
	if (children_adopt(&e) != 0)
		return 1;
	(void)process_start(process_sleep, NULL);
	process_start_orphan(process_sleep, NULL);
	children_end();
	if (children_list(&left, &e) != 0 || left.n != 1 || left.v[0] != before)
		return 2;
	child_kill(before);
	return 0;
}

START_TEST(ends_its_own)
{
	int status = process_end(process_start(end_all_but_the_first, NULL));

	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x", status);
}
END_TEST

Suite *
children_suite(void)
{
	Suite *s = suite_create("children");
	TCase *t = tcase_create("children");

	/* It starts a hundred processes, and looks through all that run for each. */
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, adopt, NULL);
	tcase_add_test(t, lists_children);
	tcase_add_test(t, adopts_grandchildren);
	tcase_add_test(t, tells_new_from_old);
	tcase_add_test(t, serves_threads);
	tcase_add_test(t, sees_children_of_ended_threads);
	tcase_add_loop_test(t, kills_what_hangs, 0, 3);
	tcase_add_test(t, tells_how_a_child_ended);
	tcase_add_test(t, knows_its_own);
	tcase_add_test(t, undoes_ignored_sigchld);
	tcase_add_test(t, ends_its_own);
	suite_add_tcase(s, t);
	return s;
}
