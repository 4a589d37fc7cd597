/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"

pid_t
process_fork(void)
{
	pid_t pid = fork();

	if (pid != 0)
		ck_assert_int_gt(pid, 0);
	return pid;
}

pid_t
process_start(int (*work)(void *arg), void *arg)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
	pid_t pid = process_fork();

	if (pid > 0)
		return pid;
	setpgid(0, 0);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		signal(signals[i], SIG_DFL);
	_exit(work(arg));
}

void
process_start_orphan(int (*work)(void *arg), void *arg)
{
	pid_t between = process_fork();
	int status;

	if (between == 0) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(work(arg));
		if (pid < 0)
			abort();
		_exit(0);
	}
	/* Whatever its status: valgrind has its own for what it calls a leak. */
	status = process_end(between);
	ck_assert_msg(WIFEXITED(status), "no second fork");
}

int
process_sleep(void *arg)
{
	(void)arg;
	for (;;)
		pause();
}

int
process_end(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		ck_assert_int_eq(errno, EINTR);
	return status;
}

int
process_run(struct buf *out, char *const argv[])
{
	AUTO(err) e = ERR_INIT;
	int ends[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = process_fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	ck_assert_int_eq(file_read_fd(out, ends[0], argv[0], (size_t)1 << 20, &e), 0);
	close(ends[0]);
	status = process_end(pid);
	return WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
}
