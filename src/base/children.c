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
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434 /* the same on every architecture; older headers lack it */
#endif

/*
 * Held while a child is started, listed or reaped. The kernel's list of children is only complete
 * as long as none of them goes away while it is read.
 */
static pthread_mutex_t children_lock = PTHREAD_MUTEX_INITIALIZER;

/* Children of whoever ran before in this process: exec(3) in a shell leaves us its jobs. */
static struct {
	bool known; /* children_adopt was called */
	struct pids pids;
} inherited;

enum { MAX_PROC_BYTES = 1 << 20, MAX_GENERATIONS = 16 };

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
	AUTO(err) listing = ERR_INIT;
	struct rlimit none = { 0 };

	/* For us and, by inheritance, for all that we start. */
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return err_sys(e, E_IO, "setrlimit(RLIMIT_CORE)");
	/* A file size limit (ulimit -f) shall be an error of write(2), not the end with the gpg
	 * home left behind. */
	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return err_sys(e, E_IO, "signal(SIGXFSZ)");
	/* An ignored SIGCHLD, which a parent may have left us, would lose every exit status. */
	if (sigaction(SIGCHLD, &sa, NULL) != 0)
		return err_sys(e, E_IO, "sigaction(SIGCHLD)");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
		return err_sys(e, E_IO, "prctl(PR_SET_CHILD_SUBREAPER)");
	if (children_list(&inherited.pids, &listing) != 0)
		pids_free(&inherited.pids); /* without /proc nothing is started either */
	inherited.known = true;
	return 0;
}

static void
end_group(int number)
{
	(void)number;
	(void)kill(0, SIGKILL);
}

int
children_set_apart(struct err *e)
{
	const struct sigaction sa = { .sa_handler = end_group };

	if (setpgid(0, 0) != 0)
		return err_sys(e, E_IO, "setpgid");
	if (sigaction(SIGTERM, &sa, NULL) != 0)
		return err_sys(e, E_IO, "sigaction(SIGTERM)");
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		return err_sys(e, E_IO, "prctl");
	return 0;
}

/* Take numbers in that are not there yet. */
static void
add_numbers(struct pids *out, const char *s)
{
	char *end;
	size_t i;

	for (;;) {
		pid_t v = (pid_t)strtol(s, &end, 10);

		if (end == s)
			return;
		for (i = 0; i < out->n && out->v[i] != v; i++)
			;
		if (i == out->n)
			*LIST_ADD(out->v, out->n) = v;
		s = end;
	}
}

static int
add_children_of(struct pids *out, const char *thread, struct err *e)
{
	AUTO_STR char *path = xasprintf("/proc/self/task/%s/children", thread);
	AUTO(buf) content = BUF_INIT;

	if (file_read(&content, path, MAX_PROC_BYTES, e) != 0)
		return -1;
	add_numbers(out, buf_str(&content));
	return 0;
}

/*
 * A child hangs on the thread that started it. A thread that ends hands its children to the main
 * thread, which adopts orphans too: read last, it has whatever was not found where it had been.
 */
static int
list_by_threads(struct pids *out, struct err *e)
{
	AUTO_STR char *main_thread = xasprintf("%d", (int)getpid());
	struct dirent *d;
	DIR *tasks;
	int r = 0;

	tasks = opendir("/proc/self/task");
	if (tasks == NULL)
		return err_sys(e, E_IO, "/proc/self/task");
	/* A list that breaks off must not pass for a short one: who is missing before seems new
	 * afterwards. */
	for (errno = 0; r == 0 && (d = readdir(tasks)) != NULL; errno = 0) {
		if (!isdigit((unsigned char)d->d_name[0]) || strcmp(d->d_name, main_thread) == 0)
			continue;
		r = add_children_of(out, d->d_name, e);
		if (r != 0 && e->code == E_NOT_FOUND) {
			err_free(e); /* it has ended */
			r = 0;
		}
	}
	if (r == 0 && errno != 0)
		r = err_sys(e, E_IO, "/proc/self/task");
	closedir(tasks);
	return r == 0 ? add_children_of(out, main_thread, e) : -1;
}

/*
 * The parent of a process: the fourth field of stat; the second, in parentheses, may hold anything.
 */
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
	int r = 0;

	proc = opendir("/proc");
	if (proc == NULL)
		return err_sys(e, E_IO, "/proc");
	for (errno = 0; (d = readdir(proc)) != NULL; errno = 0)
		if (isdigit((unsigned char)d->d_name[0]) && parent_of(d->d_name) == self)
			add_numbers(out, d->d_name);
	if (errno != 0)
		r = err_sys(e, E_IO, "/proc");
	closedir(proc);
	return r;
}

static int
list_locked(struct pids *out, struct err *e)
{
	pids_free(out);
	if (access("/proc/self/stat", R_OK) != 0)
		return err_sys(e, E_IO,
		    "/proc/self/stat (is /proc mounted? relsig asks it which "
		    "processes are its own)");
	if (list_by_threads(out, e) == 0)
		return 0;
	err_free(e);
	pids_free(out);
	return list_by_parents(out, e);
}

int
children_list(struct pids *out, struct err *e)
{
	struct timespec soon;
	bool locked;
	int r;

	/* Who ends the process must not wait for a start that hangs: then the list may lack one. */
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_sec++;
	locked = pthread_mutex_timedlock(&children_lock, &soon) == 0;
	r = list_locked(out, e);
	if (locked)
		pthread_mutex_unlock(&children_lock);
	return r;
}

int
children_begin_start(struct pids *before, struct err *e)
{
	pthread_mutex_lock(&children_lock);
	if (list_locked(before, e) == 0)
		return 0;
	pthread_mutex_unlock(&children_lock);
	return -1;
}

int
children_started(const struct pids *before, struct pids *started, struct err *e)
{
	AUTO(pids) now = PIDS_INIT;
	size_t i, k;

	pids_free(started);
	if (list_locked(&now, e) != 0)
		return -1;
	for (i = 0; i < now.n; i++) {
		for (k = 0; k < before->n && before->v[k] != now.v[i]; k++)
			;
		if (k == before->n)
			*LIST_ADD(started->v, started->n) = now.v[i];
	}
	return 0;
}

int
children_end_start(const struct pids *before, struct pids *started, struct err *e)
{
	int r = children_started(before, started, e);

	pthread_mutex_unlock(&children_lock);
	return r;
}

/* As waitpid(2), over EINTR. */
static pid_t
reap(pid_t pid, int *wstatus, int options)
{
	pid_t got;

	pthread_mutex_lock(&children_lock);
	do
		got = waitpid(pid, wstatus, options);
	while (got < 0 && errno == EINTR);
	pthread_mutex_unlock(&children_lock);
	return got;
}

static void
describe_end(int wstatus, struct child_end *end)
{
	end->exited = WIFEXITED(wstatus);
	end->status = WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : WTERMSIG(wstatus);
}

/*
 * Return when the child has ended, or after a while: at once by a pidfd, or, on kernels before 5.3,
 * after a short nap.
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
	int64_t until = clock_ms() + timeout_ms;
	int wstatus = 0;
	pid_t got;

	*end = (struct child_end){ .exited = false, .status = SIGKILL };
	for (;;) {
		got = reap(pid, &wstatus, WNOHANG);
		if (got == pid) {
			describe_end(wstatus, end);
			return true;
		}
		if (got < 0)
			return false;
		if (clock_ms() >= until)
			break;
		wait_a_while(pidfd, until - clock_ms());
	}
	child_kill(pid);
	return false;
}

void
child_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	(void)reap(pid, NULL, 0);
}

static void
end_these(const struct pids *children)
{
	const struct timespec nap = { .tv_nsec = 1000000 };

	for (size_t i = 0; i < children->n; i++)
		kill(children->v[i], SIGKILL);
	for (size_t i = 0; i < children->n; i++)
		for (int naps = 0; naps < 200 && waitpid(children->v[i], NULL, WNOHANG) == 0;
		     naps++)
			nanosleep(&nap, NULL);
}

static void
leave_out(struct pids *of, const struct pids *these)
{
	size_t kept = 0, k;

	for (size_t i = 0; i < of->n; i++) {
		for (k = 0; k < these->n && these->v[k] != of->v[i]; k++)
			;
		if (k == these->n)
			of->v[kept++] = of->v[i];
	}
	of->n = kept;
}

void
children_end(void)
{
	AUTO(pids) children = PIDS_INIT;
	AUTO(err) e = ERR_INIT;

	for (int generation = 0; inherited.known && generation < MAX_GENERATIONS; generation++) {
		if (children_list(&children, &e) != 0)
			return;
		leave_out(&children, &inherited.pids);
		if (children.n == 0)
			return;
		end_these(&children);
	}
}
