/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/children.h"
#include "base/clock.h"

#define FETCHER_NAME "relsig-fetch"

char *
fetcher_process_find(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	AUTO_STR char *beside = NULL;
	char *slash;

	if (n > 0) {
		self[n] = '\0';
		slash = strrchr(self, '/');
		if (slash != NULL) {
			*slash = '\0';
			beside = xasprintf("%s/%s", self, FETCHER_NAME);
			if (access(beside, X_OK) == 0)
				return steal(&beside);
		}
	}
	return xstrdup(RELSIG_LIBEXECDIR "/" FETCHER_NAME);
}

/*
 * Standard input is the socket; standard output, which is where a report goes, is out of its reach.
 * All other descriptors of ours are closed on exec, those that we inherited are closed by the
 * fetcher.
 */
static int
spawn(pid_t *pid, const char *path, int socket_fd)
{
	char *const argv[] = { (char *)path, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	int r;

	sigemptyset(&none);
	sigemptyset(&defaults);
	/* Ignored signals survive exec: nohup's SIGHUP shall, these shall not. */
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGCHLD);
	sigaddset(&defaults, SIGALRM);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	r = posix_spawn_file_actions_adddup2(&actions, socket_fd, STDIN_FILENO);
	if (r == 0)
		r = posix_spawn_file_actions_addopen(
		    &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (r == 0)
		r = posix_spawnattr_setsigmask(&attributes, &none);
	if (r == 0)
		r = posix_spawnattr_setsigdefault(&attributes, &defaults);
	if (r == 0)
		r = posix_spawnattr_setpgroup(&attributes, 0);
	if (r == 0)
		r = posix_spawnattr_setflags(&attributes,
		    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	if (r == 0)
		r = posix_spawn(pid, path, &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

/* Other places of relsig ask which children their library call started: not while we start one. */
static int
spawn_in_turn(pid_t *pid, const char *path, int socket_fd, struct err *e)
{
	AUTO(pids) before = PIDS_INIT;
	AUTO(pids) started = PIDS_INIT;
	AUTO(err) listing = ERR_INIT;
	int r;

	if (children_begin_start(&before, e) != 0)
		return -1;
	r = spawn(pid, path, socket_fd);
	/* We know what we started; this only ends the turn. */
	if (children_end_start(&before, &started, &listing) != 0)
		err_free(&listing);
	if (r == 0)
		return 0;
	*pid = 0;
	errno = r;
	return err_sys(e, E_IO, "starting the fetcher %s", path);
}

int
fetcher_process_start(struct fetcher_process *out, const char *path, struct err *e)
{
	AUTO_STR char *found = path == NULL ? fetcher_process_find() : NULL;
	AUTO_FD int theirs = -1;
	int pair[2], r;

	*out = (struct fetcher_process)FETCHER_PROCESS_INIT;
	if (path == NULL)
		path = found;
	/* Where vfork is emulated (valgrind), posix_spawn cannot tell of a failed exec. */
	if (access(path, X_OK) != 0)
		return err_sys(e, E_IO, "starting the fetcher %s", path);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_sys(e, E_IO, "a socket for the fetcher");
	out->fd = pair[0];
	/* Never 0 itself: before glibc 2.29, dup2 onto the same number leaves it closed on exec. */
	theirs = fcntl(pair[1], F_DUPFD_CLOEXEC, 3);
	close(pair[1]);
	if (theirs < 0 || fcntl(out->fd, F_SETFL, O_NONBLOCK) != 0)
		r = err_sys(e, E_IO, "a socket for the fetcher");
	else
		r = spawn_in_turn(&out->pid, path, theirs, e);
	if (r != 0)
		fetcher_process_free(out);
	return r;
}

/* A process that dies with bytes unread resets the socket: these are one and the same to us. */
int
fetcher_process_ended(int error, struct err *e)
{
	if (error == 0 || error == ECONNRESET || error == EPIPE)
		return err_set(e, E_UNREACHABLE, "the fetcher ended unexpectedly");
	errno = error;
	return err_sys(e, E_UNREACHABLE, "the fetcher's socket");
}

int
fetcher_process_send(const struct fetcher_process *p, struct bytes b, int64_t until, struct err *e)
{
	struct pollfd fd = { .fd = p->fd, .events = POLLOUT };
	int64_t left;
	ssize_t n;

	while (b.n > 0) {
		n = send(p->fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0) {
			b.p += n;
			b.n -= (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return fetcher_process_ended(errno, e);
		left = until - clock_ms();
		if (left <= 0)
			return err_set(e, E_UNREACHABLE, "the fetcher takes no more requests");
		poll(&fd, 1, (int)left);
	}
	return 0;
}

void
fetcher_process_kill(struct fetcher_process *p)
{
	/* First: a fetcher that sees the end of its socket ends, even where it cannot be killed. */
	if (p->fd >= 0)
		shutdown(p->fd, SHUT_RDWR);
	if (p->pid > 0)
		child_kill(p->pid);
	p->pid = 0;
}

void
fetcher_process_free(struct fetcher_process *p)
{
	fetcher_process_kill(p);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}
