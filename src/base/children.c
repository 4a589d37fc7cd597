/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/children.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434 /* the same on every architecture; older headers lack it */
#endif

static pthread_mutex_t start_lock = PTHREAD_MUTEX_INITIALIZER;

enum { MAX_PROC_BYTES = 1 << 20 };

void
pids_free(struct pids *p)
{
	free(p->v);
	*p = (struct pids)PIDS_INIT;
}

int
children_adopt(struct err *e)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	struct rlimit none = { 0 };

	/* For us and, by inheritance, for all that we start. */
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return err_sys(e, E_IO, "setrlimit(RLIMIT_CORE)");
	/* An ignored SIGCHLD, which a parent may have left us, would lose every exit status. */
	if (sigaction(SIGCHLD, &sa, NULL) != 0)
		return err_sys(e, E_IO, "sigaction(SIGCHLD)");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
		return err_sys(e, E_IO, "prctl(PR_SET_CHILD_SUBREAPER)");
	return 0;
}

static void
add_numbers(struct pids *out, const char *s)
{
	char *end;

	for (;;) {
		long v = strtol(s, &end, 10);

		if (end == s)
			return;
		*LIST_ADD(out->v, out->n) = (pid_t)v;
		s = end;
	}
}

/* An adopted child may hang on any of our threads: read them all. */
static int
list_by_threads(struct pids *out, struct err *e)
{
	AUTO(buf) content = BUF_INIT;
	struct dirent *d;
	int r = 0;
	DIR *tasks;

	tasks = opendir("/proc/self/task");
	if (tasks == NULL)
		return err_sys(e, E_IO, "/proc/self/task");
	while (r == 0 && (d = readdir(tasks)) != NULL) {
		AUTO_STR char *path = NULL;

		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		path = xasprintf("/proc/self/task/%s/children", d->d_name);
		r = file_read(&content, path, MAX_PROC_BYTES, e);
		/* A thread that ended meanwhile has handed its children to one that is still read. */
		if (r != 0 && e->code == E_NOT_FOUND && access("/proc/self/task", F_OK) == 0) {
			AUTO_STR char *task = xasprintf("/proc/self/task/%s", d->d_name);

			if (access(task, F_OK) != 0) {
				err_free(e);
				r = 0;
				continue;
			}
		}
		if (r == 0)
			add_numbers(out, buf_str(&content));
	}
	closedir(tasks);
	return r;
}

/* The parent of a process: the fourth field of stat; the second, in parentheses, may hold anything. */
static pid_t
parent_of(const char *pid)
{
	AUTO_STR char *path = xasprintf("/proc/%s/stat", pid);
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	const char *s;

	if (file_read(&content, path, MAX_PROC_BYTES, &e) != 0)
		return -1;
	s = strrchr(buf_str(&content), ')');
	if (s == NULL || strlen(s) < 4)
		return -1;
	return (pid_t)strtol(s + 4, NULL, 10);
}

/* For kernels without /proc/PID/task/TID/children. */
static int
list_by_parents(struct pids *out, struct err *e)
{
	pid_t self = getpid();
	struct dirent *d;
	DIR *proc;

	proc = opendir("/proc");
	if (proc == NULL)
		return err_sys(e, E_IO, "/proc");
	while ((d = readdir(proc)) != NULL)
		if (isdigit((unsigned char)d->d_name[0]) && parent_of(d->d_name) == self)
			add_numbers(out, d->d_name);
	closedir(proc);
	return 0;
}

int
children_list(struct pids *out, struct err *e)
{
	pids_free(out);
	if (access("/proc/self/stat", R_OK) != 0)
		return err_sys(e, E_IO, "/proc/self/stat (is /proc mounted? relsig asks it which "
					"processes are its own)");
	if (list_by_threads(out, e) == 0)
		return 0;
	err_free(e);
	pids_free(out);
	return list_by_parents(out, e);
}

int
children_begin_start(struct pids *before, struct err *e)
{
	pthread_mutex_lock(&start_lock);
	if (children_list(before, e) == 0)
		return 0;
	pthread_mutex_unlock(&start_lock);
	return -1;
}

int
children_end_start(struct pids *before, struct pids *started, struct err *e)
{
	AUTO(pids) now = PIDS_INIT;
	size_t i, k;
	int r;

	pids_free(started);
	r = children_list(&now, e);
	for (i = 0; r == 0 && i < now.n; i++) {
		for (k = 0; k < before->n && before->v[k] != now.v[i]; k++)
			;
		if (k == before->n)
			*LIST_ADD(started->v, started->n) = now.v[i];
	}
	pthread_mutex_unlock(&start_lock);
	return r;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
describe_end(int wstatus, struct child_end *end)
{
	end->exited = WIFEXITED(wstatus);
	end->status = WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : WTERMSIG(wstatus);
}

/*
 * Return when the child has ended, or after a while: at once by a pidfd, or, on kernels before 5.3, after a
 * short nap.
 */
static void
wait_a_while(int pidfd, int64_t ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	struct timespec nap = { .tv_nsec = 200000 };

	if (pidfd >= 0)
		(void)poll(&p, 1, (int)ms);
	else
		nanosleep(&nap, NULL);
}

bool
child_wait(pid_t pid, int timeout_ms, struct child_end *end)
{
	AUTO_FD int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int64_t until = now_ms() + timeout_ms;
	int wstatus = 0;
	pid_t got;

	*end = (struct child_end){ .exited = false, .status = SIGKILL };
	for (;;) {
		got = waitpid(pid, &wstatus, WNOHANG);
		if (got == pid) {
			describe_end(wstatus, end);
			return true;
		}
		if (got < 0 && errno != EINTR)
			return false;
		if (now_ms() >= until)
			break;
		wait_a_while(pidfd, until - now_ms());
	}
	child_kill(pid);
	return false;
}

void
child_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void
child_limit(pid_t pid, unsigned cpu_seconds)
{
	struct rlimit cpu = { .rlim_cur = cpu_seconds, .rlim_max = cpu_seconds };

	/*
	 * Only a second fence: the deadline and the kill stand without it. A limit that gpg sets for itself
	 * (RLIMIT_CORE) must not be changed from here: gpg reads it, then sets it, and ends when that fails.
	 */
	(void)prlimit(pid, RLIMIT_CPU, &cpu, NULL);
}
