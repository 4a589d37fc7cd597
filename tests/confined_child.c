/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "confined_child.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "base/confine_gpg.h"
#include "process.h"
#include "skip.h"
#include "tree.h"

enum { NO_FILTER = 99 };

static struct confined_answer *answer; /* shared with the child */

char *
confined_detail(size_t *size)
{
	*size = sizeof(answer->detail);
	return answer->detail;
}

bool
confined_can_call(const char *row)
{
	const char *preloaded = getenv("LD_PRELOAD");

	if (preloaded == NULL || strstr(preloaded, "vgpreload") == NULL)
		return true;
	skip_test(row, "valgrind stands between");
	return false;
}

/* Under this the kernel's answer to one call is another one; what libseccomp needs stays. */
bool
confined_play(const struct other_kernel *k)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	unsigned n = k->first_argument_plus_1 != 0;
	struct scmp_arg_cmp first = { 0, SCMP_CMP_EQ, k->first_argument_plus_1 - 1, 0 };
	bool ok;

	ok = filter != NULL &&
	     seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((uint32_t)k->answer),
		 seccomp_syscall_resolve_name(k->call), n, &first) == 0 &&
	     seccomp_load(filter) == 0;
	seccomp_release(filter);
	return ok;
}

static int
confine_with_gpg(
    const struct confine_judge_paths *writable, struct confine_report *report, struct err *e)
{
	const struct confine_gpg_limits limits = { CONFINED_GPG_MEMORY, CONFINED_GPG_SECONDS,
		CONFINED_GPG_FILES };
	struct confine_report judge;

	if (confine_judge(writable, &judge, e) != 0)
		return -1;
	return confine_gpg(&limits, &judge, report, e);
}

static int
confine(const struct confined_child *c, struct confine_report *report, struct err *e)
{
	AUTO_STR char *home = tree_path("home");
	AUTO_STR char *file = tree_path("readable");
	const char *const readable[] = { file, NULL };
	const struct confine_judge_paths beneath_home = { .home = home };
	const struct confine_judge_paths *writable =
	    c->writable != NULL ? c->writable : &beneath_home;

	if (c->role == CONFINE_ROLE_JUDGE)
		return confine_judge(writable, report, e);
	if (c->role == CONFINE_ROLE_GPG)
		return confine_with_gpg(writable, report, e);
	return confine_fetcher(c->readable != NULL ? c->readable : readable, report, e);
}

static int
be_confined(void *arg)
{
	const struct confined_child *c = arg;
	AUTO(err) e = ERR_INIT;

	if (c->prepare != NULL)
		c->prepare();
	if (c->kernel.call != NULL && !confined_play(&c->kernel))
		return NO_FILTER;
	answer->confined = confine(c, &answer->report, &e);
	answer->code = e.code;
	snprintf(answer->message, sizeof(answer->message), "%s", err_msg(&e));
	if (answer->confined == 0 && c->attempt != NULL) {
		answer->result = c->attempt(c->arg);
		answer->ended = true;
	}
	return 0;
}

const struct confined_answer *
confined_run(const char *row, const struct confined_child *c)
{
	int status;

	if (answer == NULL)
		answer = mmap(NULL, sizeof(*answer), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(answer != MAP_FAILED);
	*answer = (struct confined_answer){ .confined = -2 };
	status = process_end(process_start(be_confined, (void *)(uintptr_t)c));
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_FILTER) {
		skip_test(row, "there is no seccomp here to play another kernel with");
		return NULL;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == CONFINED_CANNOT) {
		skip_test(row, "it cannot be prepared here");
		return NULL;
	}
	answer->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	ck_assert_msg(answer->confined != -2, "%s: status %#x", row, (unsigned)status);
	return answer;
}
