/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the process that signs ends: when its time is over, when relsig is killed, by itself. */
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "base/children.h"
#include "base/clock.h"
#include "base/file.h"
#include "failing.h"
#include "process.h"
#include "rows.h"
#include "suites.h"
#include "user_gpg.h"

static const struct {
	const char *name, *failure;
	enum errc code;
	const char *part;
} exports[] = {
	{ "a key larger than any", FAIL_MUCH_DATA, E_TOO_LARGE, "gpg writes more than" },
	{ "no key at all", FAIL_NO_DATA, E_IO, "gpg wrote nothing" },
	{ "what is no key", FAIL_OTHER_DATA, E_INVALID, "the user's keyring" },
};

START_TEST(refuses_exports)
{
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();

	fail_call(exports[_i].failure, 0);
	row_refused(exports[_i].name, signing_start(&s, &o, &keys, &e), &e, exports[_i].code,
	    exports[_i].part);
	(void)fail_happened(); /* not in this process */
	ck_assert_msg(
	    s == NULL && !trusted_keys_usable(&keys), "%s: left something", exports[_i].name);
}
END_TEST

/* The agent takes gpg's call and never answers, as if it waited for a person. */
static const struct {
	const char *name;
	bool late; /* it answers until the key is found */
	bool dies; /* relsig is killed meanwhile; or else its time is over */
} hanging[] = {
	{ "looking for the key, killed", false, true },
	{ "signing, killed", true, true },
	{ "looking for the key, out of time", false, false },
	{ "signing, out of time", true, false },
};

struct vain {
	struct signing_options options;
	bool late;
	char *deaf, *socket;
};

/* In the agent's place, once that has gone. */
static void
hang(const struct vain *v)
{
	const struct timespec nap = { .tv_nsec = 1000000 };

	user_gpg_run(
	    (char *[]){ "gpgconf", "--homedir", user_gpg_home(), "--kill", "gpg-agent", NULL });
	while (access(v->socket, F_OK) == 0)
		nanosleep(&nap, NULL);
	ck_assert_int_eq(rename(v->deaf, v->socket), 0);
}

static int
sign_in_vain(void *arg)
{
	const struct vain *v = arg;
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest digest;
	int r = digest_of_bytes(&digest, bytes_of_str("manifest"), &e);

	if (!v->late)
		hang(v);
	if (r == 0)
		r = signing_start(&s, &v->options, &keys, &e);
	if (v->late)
		hang(v);
	if (r == 0)
		r = signing_sign(s, USER_GPG_TAGGED_NAME, &digest, &blob, &e);
	return r != 0 && e.code == E_TIMED_OUT ? 0 : 1;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_uint_lt(strlen(path), sizeof(a.sun_path));
	memcpy(a.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(fd, 10), 0);
	return fd;
}

/* Where gpg looks for its agent, for free(). */
static char *
agent_socket(void)
{
	char *argv[] = { "gpgconf", "--homedir", user_gpg_home(), "--list-dirs", "agent-socket",
		NULL };
	AUTO(buf) out = BUF_INIT;

	ck_assert_int_eq(process_run(&out, argv), 0);
	return xstrndup(buf_str(&out), strcspn(buf_str(&out), "\n"));
}

START_TEST(leaves_no_gpg_behind)
{
	AUTO_STR char *socket = agent_socket();
	AUTO_STR char *deaf = xasprintf("%s.deaf", socket);
	struct vain v = { user_gpg_options(), hanging[_i].late, deaf, socket };
	AUTO_FD int listening = listen_at(deaf);
	struct pollfd p = { .fd = listening, .events = POLLIN };
	AUTO_FD int agent = -1;
	char greeted;
	pid_t pid;

	if (!hanging[_i].dies)
		v.options.deadline = deadline_after(clock_ms(), 3000);
	pid = process_start(sign_in_vain, &v);
	if (hanging[_i].dies) {
		ck_assert_int_eq(poll(&p, 1, -1), 1);
		ck_assert_int_eq(kill(pid, SIGKILL), 0);
		(void)process_end(pid);
	} else
		ck_assert_msg(process_end(pid) == 0, "%s: it is in time", hanging[_i].name);
	/* On a slow machine, time is over before gpg has come that far. */
	agent = poll(&p, 1, 0) == 1 ? accept(listening, NULL, NULL) : -1;
	if (agent >= 0)
		ck_assert_msg(read(agent, &greeted, 1) <= 0, "%s: who calls?", hanging[_i].name);
	ck_assert_int_eq(unlink(socket), 0);
}
END_TEST

START_TEST(keeps_the_deadline)
{
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();

	o.deadline = deadline_after(clock_ms() - 10, 1);
	row_refused("start", signing_start(&s, &o, &keys, &e), &e, E_TIMED_OUT, "--timeout");
	ck_assert_ptr_null(s);
}
END_TEST

/* The process that signs. */
static pid_t
only_child(void)
{
	AUTO(pids) all = PIDS_INIT;
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(children_list(&all, &e), 0);
	ck_assert_uint_eq(all.n, 1);
	return all.v[0];
}

/* What kills a process once the thread that asks it waits for the answer. */
struct killer {
	pid_t thread, victim;
};

static bool
is_asleep(pid_t thread)
{
	AUTO_STR char *path = xasprintf("/proc/self/task/%d/stat", (int)thread);
	AUTO(buf) stat = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	return file_read(&stat, path, 4096, &e) == 0 && strstr(buf_str(&stat), ") S ") != NULL;
}

static void *
kill_when_asked(void *arg)
{
	const struct killer *k = arg;
	const struct timespec moment = { .tv_nsec = 1000000 };

	while (!is_asleep(k->thread))
		nanosleep(&moment, NULL);
	kill(k->victim, SIGKILL);
	return NULL;
}

/* It has the question, and ends without an answer. */
START_TEST(tells_that_it_ends_meanwhile)
{
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();
	struct killer killer = { .thread = (pid_t)syscall(SYS_gettid) };
	struct digest digest;
	pthread_t thread;

	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
	user_gpg_start(&s, &keys, &o);
	killer.victim = only_child();
	ck_assert_int_eq(kill(killer.victim, SIGSTOP), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, kill_when_asked, &killer), 0);
	row_refused("meanwhile", signing_sign(s, USER_GPG_TAGGED_NAME, &digest, &blob, &e), &e,
	    E_IO, "process");
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

/* The process ends early: twice, since the first question may still find it. */
START_TEST(tells_that_it_has_ended)
{
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT;
	AUTO_PTR(signing) s = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct signing_options o = user_gpg_options();
	struct digest digest;

	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str("manifest"), &e), 0);
	user_gpg_start(&s, &keys, &o);
	ck_assert_int_eq(kill(only_child(), SIGKILL), 0);
	row_refused(
	    "once", signing_sign(s, USER_GPG_TAGGED_NAME, &digest, &blob, &e), &e, E_IO, "process");
	err_free(&e);
	row_refused("again", signing_sign(s, USER_GPG_TAGGED_NAME, &digest, &blob, &e), &e, E_IO,
	    "process");
}
END_TEST

Suite *
signing_end_suite(void)
{
	Suite *s = suite_create("signing_end");
	TCase *t = tcase_create("signing_end");

	tcase_add_checked_fixture(t, user_gpg_set_up, user_gpg_tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, refuses_exports, 0, ARRAY_LEN(exports));
	tcase_add_loop_test(t, leaves_no_gpg_behind, 0, ARRAY_LEN(hanging));
	tcase_add_test(t, keeps_the_deadline);
	tcase_add_test(t, tells_that_it_has_ended);
	tcase_add_test(t, tells_that_it_ends_meanwhile);
	suite_add_tcase(s, t);
	return s;
}
