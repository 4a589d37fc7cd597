/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fresh.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "judge.h"
#include "process.h"

/* The new process finds its work in the environment and answers on this descriptor. */
#define WORK "RELSIG_TEST_FRESH"
enum { ANSWER_FD = 3, MAX_INHERITED = 1024, TIMEOUT_MS = 20000, MAX_SECONDS = 50 };

void
answer_free(struct answer *a)
{
	free(a->reason);
	free(a->version);
	free(a->message);
	*a = (struct answer)ANSWER_INIT;
}

/*
 * --- in the new process --------------------------------------------------------------------------
 */

struct work {
	struct buf blob;
	char *keys;
	int timeout_ms;
};

/* "TIMEOUT BLOB KEYS..." */
static int
read_work(struct work *w, const char *text, struct err *e)
{
	AUTO_STR char *path = NULL;
	char name[256];
	int n = 0;

	if (sscanf(text, "%d %255s %n", &w->timeout_ms, name, &n) != 2)
		return err_set(e, E_USAGE, "%s: %s", WORK, text);
	w->keys = xstrdup(text + n);
	path = xasprintf("%s/testdata/adversary/%s/blob", TEST_SRCDIR, name);
	return file_read(&w->blob, path, 1 << 20, e);
}

static int
do_work(const struct work *w, struct judged *got, char **version)
{
	AUTO(err) closing = ERR_INIT;
	struct judge j;

	if (judge_open(&j, w->keys, w->timeout_ms, &got->e) == 0) {
		judge_blob(&j, buf_bytes(&w->blob), got);
		*version = xstrdup(openpgp_gpg_version(j.openpgp));
	} else {
		got->outcome = OUTCOME_UNDECIDED;
		got->reason = reason_of_error(got->e.code);
		*version = xstrdup("");
	}
	if (judge_close(&j, &closing) == 0)
		return 0;
	dprintf(ANSWER_FD, "%s", err_msg(&closing));
	return -1;
}

/* Before main, so that the test program needs no option for it. */
__attribute__((constructor)) static void
work_if_fresh(void)
{
	AUTO_STR char *text = getenv(WORK) != NULL ? xstrdup(getenv(WORK)) : NULL;
	AUTO_STR char *version = NULL;
	AUTO(judged) got = JUDGED_INIT;
	struct work w = { 0 };
	int status = EXIT_FAILURE;

	if (text == NULL)
		return;
	unsetenv(WORK);
	alarm(MAX_SECONDS);
	if (read_work(&w, text, &got.e) != 0) {
		dprintf(ANSWER_FD, "%s", err_msg(&got.e));
	} else if (do_work(&w, &got, &version) == 0) {
		dprintf(ANSWER_FD, "%d\n%s\n%s\n%s", (int)got.outcome, reason_word(got.reason),
		    version, err_msg(&got.e));
		status = EXIT_SUCCESS;
	}
	buf_free(&w.blob);
	free(w.keys);
	free(steal(&text));
	free(steal(&version));
	judged_free(&got);
	exit(status);
}

/*
 * --- in the test ---------------------------------------------------------------------------------
 */

/* Start this very program again. A path, not /proc/self/exe itself: that may be a debugger's. */
static void
start_anew(const struct fresh *f, const char *program, const char *work, int answer)
{
	char *const argv[] = { (char *)program, NULL };

	setenv(WORK, work, 1);
	for (size_t i = 0; i < ARRAY_LEN(f->environment) && f->environment[i] != NULL; i++)
		putenv((char *)f->environment[i]);
	if (answer != ANSWER_FD)
		dup2(answer, ANSWER_FD);
	fcntl(ANSWER_FD, F_SETFD, 0);
	for (int fd = ANSWER_FD + 1; fd < MAX_INHERITED; fd++)
		close(fd);
	if (f->prepare != NULL)
		f->prepare();
	execv(program, argv);
	_exit(127);
}

static void
read_answer(struct answer *out, char *text, const char *row)
{
	char *line[4] = { text };

	for (size_t i = 1; i < ARRAY_LEN(line); i++) {
		char *end = strchr(line[i - 1], '\n');

		ck_assert_msg(end != NULL, "%s: no answer but \"%s\"", row, text);
		*end = '\0';
		line[i] = end + 1;
	}
	out->outcome = (enum outcome)strtol(line[0], NULL, 10);
	out->reason = xstrdup(line[1]);
	out->version = xstrdup(line[2]);
	out->message = xstrdup(line[3]);
}

void
fresh_ask(const struct fresh *f, struct answer *out)
{
	const char *blob = f->blob != NULL ? f->blob : "gpg-z0";
	AUTO_STR char *work = xasprintf("%d %s %s", f->timeout_ms != 0 ? f->timeout_ms : TIMEOUT_MS,
	    blob, f->keys != NULL ? f->keys : "release.asc");
	AUTO(buf) answer = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	char program[4096] = "";
	int fds[2], status;
	pid_t pid;

	answer_free(out);
	ck_assert_int_gt(readlink("/proc/self/exe", program, sizeof(program) - 1), 0);
	ck_assert_int_eq(pipe(fds), 0);
	fflush(NULL);
	pid = process_fork();
	if (pid == 0)
		start_anew(f, program, work, fds[1]);
	close(fds[1]);
	ck_assert_msg(
	    file_read_fd(&answer, fds[0], "the answer", 1 << 20, &e) == 0, "%s", err_msg(&e));
	close(fds[0]);
	while (waitpid(pid, &status, 0) < 0)
		ck_assert_int_eq(errno, EINTR);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: status %#x: %s", blob,
	    (unsigned)status, buf_str(&answer));
	read_answer(out, (char *)answer.p, blob);
}
