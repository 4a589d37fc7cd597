/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relsig_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/children.h"
#include "base/file.h"
#include "confined_child.h"
#include "process.h"
#include "tree.h"

void
relsig_run_free(struct relsig_run *r)
{
	buf_free(&r->out);
	buf_free(&r->err);
}

static void
be_relsig(const struct relsig_run *r, int out, int err)
{
	AUTO_STR char *bin = tree_path("bin");
	AUTO_STR char *tmp = tree_path("tmp");
	AUTO_STR char *path = xasprintf("%s:/usr/bin:/bin", bin);

	setenv("PATH", path, 1);
	setenv("TMPDIR", tmp, 1);
	dup2(r->in >= 0 ? r->in : open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
	dup2(r->to >= 0 ? r->to : out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	/* Where that cannot be played, there is none. */
	if (r->without_seccomp)
		(void)confined_play(&(struct other_kernel)WITHOUT_SECCOMP);
	alarm(RELSIG_RUN_SECONDS);
	execv(r->argv[0], (char *const *)(uintptr_t)r->argv);
	_exit(127);
}

void
relsig_run(struct relsig_run *r, const char *const *arguments)
{
	AUTO_STR char *err_path = tree_path("err");
	AUTO_FD int err = open(err_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	AUTO(pids) left = PIDS_INIT;
	AUTO(buf) own = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int ends[2], wstatus = 0;
	size_t n = 1;
	pid_t pid;

	r->argv[0] = TEST_BUILDDIR "/relsig";
	for (; *arguments != NULL; arguments++)
		r->argv[n++] = *arguments;
	ck_assert_uint_lt(n, RELSIG_RUN_ARGUMENTS);
	/* Whoever outlives it becomes ours. */
	ck_assert_msg(children_adopt(&e) == 0, "%s", err_msg(&e));
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = process_fork();
	if (pid == 0)
		be_relsig(r, ends[1], err);
	close(ends[1]);
	ck_assert_int_eq(file_read_fd(&r->out, ends[0], "relsig", 1 << 20, &e), 0);
	close(ends[0]);
	while (waitpid(pid, &wstatus, 0) < 0)
		ck_assert_int_eq(errno, EINTR);
	r->status = WIFEXITED(wstatus) ? WEXITSTATUS(wstatus) : -1;
	ck_assert_int_eq(file_read(&r->err, err_path, 1 << 20, &e), 0);
	ck_assert_msg(children_list(&left, &e) == 0, "%s", err_msg(&e));
	r->argv[n] = NULL;
	/* The server of the test is its child, too: a copy of this program, or of valgrind. */
	ck_assert_int_eq(file_read(&own, "/proc/self/comm", 99, &e), 0);
	for (size_t i = 0; i < left.n; i++) {
		AUTO_STR char *path = xasprintf("/proc/%d/comm", (int)left.v[i]);
		AUTO(buf) name = BUF_INIT;

		ck_assert_int_eq(file_read(&name, path, 99, &e), 0);
		ck_assert_msg(
		    strcmp(buf_str(&name), buf_str(&own)) == 0, "left: %s", buf_str(&name));
	}
}

size_t
relsig_run_count(const struct relsig_run *r, const char *part)
{
	size_t n = 0;

	for (const char *s = buf_str(&r->out); (s = strstr(s, part)) != NULL; s += strlen(part))
		n++;
	return n;
}
