/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum { READ_END = 0, WRITE_END = 1 };

/* Its standard input, output and error. */
struct pipes {
	int fds[3][2];
};
#define PIPES_INIT                                                                                 \
	{                                                                                          \
		.fds = { { -1, -1 }, { -1, -1 }, { -1, -1 } }                                      \
	}

static void
close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
pipes_free(struct pipes *p)
{
	for (int i = 0; i < 3; i++) {
		close_end(&p->fds[i][READ_END]);
		close_end(&p->fds[i][WRITE_END]);
	}
}
AUTO_DEFINE(pipes)

void
program_result_free(struct program_result *r)
{
	if (r->out.p != NULL)
		explicit_bzero(r->out.p, r->out.cap);
	if (r->err.p != NULL)
		explicit_bzero(r->err.p, r->err.cap);
	buf_free(&r->out);
	buf_free(&r->err);
}

/* Above the standard streams, which may be closed here: no dup2 shall be in another's way. */
static int
open_pipe(int ends[2])
{
	int low[2];
	bool ok;

	if (pipe2(low, O_CLOEXEC) != 0)
		return -1;
	ends[READ_END] = fcntl(low[READ_END], F_DUPFD_CLOEXEC, 3);
	ends[WRITE_END] = fcntl(low[WRITE_END], F_DUPFD_CLOEXEC, 3);
	ok = ends[READ_END] >= 0 && ends[WRITE_END] >= 0;
	close(low[READ_END]);
	close(low[WRITE_END]);
	return ok ? 0 : -1;
}

static int
open_pipes(struct pipes *p, struct bytes input, struct err *e)
{
	for (int i = 0; i < 3; i++)
		if (open_pipe(p->fds[i]) != 0)
			return err_sys(e, E_IO, "a pipe");
	/* Now, while we read it ourselves: later, a program that does not read would end us. */
	if (write(p->fds[0][WRITE_END], input.p, input.n) != (ssize_t)input.n)
		return err_sys(e, E_IO, "a pipe");
	close_end(&p->fds[0][WRITE_END]);
	return 0;
}

/* In the child: only what is safe after fork. */
static void
become(const struct program *p, const struct pipes *pipes, pid_t parent)
{
	static const char failed[] = "it cannot be executed";
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() == parent && dup2(pipes->fds[0][READ_END], STDIN_FILENO) >= 0 &&
	    dup2(pipes->fds[1][WRITE_END], STDOUT_FILENO) >= 0 &&
	    dup2(pipes->fds[2][WRITE_END], STDERR_FILENO) >= 0) {
		execve(p->argv[0], p->argv, p->envp);
		if (write(STDERR_FILENO, failed, sizeof(failed) - 1) < 0)
			_exit(126);
	}
	_exit(127);
}

static int
start(pid_t *pid, const struct program *p, const struct pipes *pipes, struct err *e)
{
	AUTO(pids) before = PIDS_INIT;
	AUTO(pids) started = PIDS_INIT;
	AUTO(err) listing = ERR_INIT;
	pid_t self = getpid();

	if (children_begin_start(&before, e) != 0)
		return -1;
	*pid = fork();
	if (*pid == 0)
		become(p, pipes, self);
	if (*pid < 0)
		err_sys(e, E_IO, "fork");
	/* We know what we started; this only ends the turn. */
	if (children_end_start(&before, &started, &listing) != 0)
		err_free(&listing);
	return *pid > 0 ? 0 : -1;
}

/* One read. The stream is closed at its end. */
static int
drain(int *fd, struct buf *out, size_t max, struct err *e)
{
	uint8_t chunk[4096];
	ssize_t n = read(*fd, chunk, sizeof(chunk));
	bool fits;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n < 0)
		return err_sys(e, E_IO, "reading what it prints");
	if (n == 0)
		close_end(fd);
	fits = n == 0 || buf_add_max(out, chunk, (size_t)n, max);
	explicit_bzero(chunk, sizeof(chunk));
	return fits ? 0 : err_set(e, E_TOO_LARGE, "it prints more than %zu bytes", max);
}

static int
collect(struct program_result *out, const struct program *p, struct pipes *pipes, int64_t until,
    struct err *e)
{
	struct buf *const bufs[] = { NULL, &out->out, &out->err };
	struct pollfd fds[3] = { { .fd = -1 } };
	int64_t left;

	for (;;) {
		for (int i = 1; i < 3; i++)
			fds[i] = (struct pollfd){ .fd = pipes->fds[i][READ_END], .events = POLLIN };
		if (fds[1].fd < 0 && fds[2].fd < 0)
			return 0;
		left = until - clock_ms();
		if (left <= 0)
			return err_set(e, E_TIMED_OUT, "it did not end in time");
		if (poll(fds, 3, (int)left) < 0 && errno != EINTR)
			return err_sys(e, E_IO, "poll");
		for (int i = 1; i < 3; i++)
			if (fds[i].revents != 0 &&
			    drain(&pipes->fds[i][READ_END], bufs[i], p->max_output, e) != 0)
				return -1;
	}
}

int
program_run(struct program_result *out, const struct program *p, struct err *e)
{
	int64_t until = deadline_cap(&p->deadline, clock_ms() + p->timeout_ms), left;
	AUTO(pipes) pipes = PIPES_INIT;
	pid_t pid;

	*out = (struct program_result)PROGRAM_RESULT_INIT;
	if (p->input.n > MAX_PROGRAM_INPUT_BYTES)
		return err_set(e, E_TOO_LARGE, "%zu bytes for a program", p->input.n);
	if (open_pipes(&pipes, p->input, e) != 0 || start(&pid, p, &pipes, e) != 0)
		return -1;
	close_end(&pipes.fds[0][READ_END]);
	close_end(&pipes.fds[1][WRITE_END]);
	close_end(&pipes.fds[2][WRITE_END]);
	if (collect(out, p, &pipes, until, e) != 0) {
		child_kill(pid);
		deadline_explain(&p->deadline, e);
		return -1;
	}
	left = until - clock_ms();
	if (child_wait(pid, left > 0 ? (int)left : 0, &out->end))
		return 0;
	(void)err_set(e, E_TIMED_OUT, "it did not end in time");
	deadline_explain(&p->deadline, e);
	return -1;
}

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *
program_find(const char *path, const char *name)
{
	AUTO_STR char *list = xstrdup(path);
	char *rest = list, *directory;

	while ((directory = strsep(&rest, ":")) != NULL) {
		AUTO_STR char *file = xasprintf("%s/%s", directory, name);

		/* Not from wherever we happen to be: neither "." nor "" nor "bin". */
		if (directory[0] == '/' && is_program(file))
			return steal(&file);
	}
	return NULL;
}
