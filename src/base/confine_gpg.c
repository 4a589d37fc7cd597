/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/confine_gpg.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/confine_landlock.h"
#include "base/confine_seccomp.h"

enum { MAX_LIMITS = 5, FAILED = 127 };

struct limit {
	__rlimit_resource_t resource;
	struct rlimit value;
};

/* Made beforehand: a child of a process with threads must not allocate. */
static struct {
	bool ready;
	struct limit limits[MAX_LIMITS];
	size_t n_limits;
	struct landlock rules; /* fd: -1 for none */
	struct buf filter;     /* empty for none */
} prepared = { .rules = LANDLOCK_INIT };

/* How many fork(2) there are between the judge and this process. */
static unsigned generation;

static bool
take_limits(void)
{
	for (size_t i = 0; i < prepared.n_limits; i++)
		if (setrlimit(prepared.limits[i].resource, &prepared.limits[i].value) != 0)
			return false;
	return true;
}

/* As root there is no limit to processes: there the filter alone keeps gpg from them. */
static bool
take_no_processes(void)
{
	const struct rlimit none = { 0 };

	return setrlimit(RLIMIT_NPROC, &none) == 0;
}

static bool
take_rules(void)
{
	AUTO(err) e = ERR_INIT;

	return prepared.rules.fd < 0 || landlock_enter(&prepared.rules, &e) == 0;
}

static bool
take_filter(void)
{
	const struct sock_fprog program = {
		.len = (unsigned short)(prepared.filter.n / sizeof(struct sock_filter)),
		.filter = (struct sock_filter *)(void *)prepared.filter.p,
	};

	return program.len == 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/*
 * GPGME forks, and what it forked forks again and executes gpg: the first must still be able to,
 * the second must not.
 */
static void
confine_child(void)
{
	if (!prepared.ready)
		return;
	generation++;
	if (!take_limits() ||
	    (generation > 1 && (!take_no_processes() || !take_rules() || !take_filter())))
		_exit(FAILED);
}

/* What is lower already stays. */
static int
add_limit(__rlimit_resource_t resource, rlim_t max, struct err *e)
{
	struct limit *limit = &prepared.limits[prepared.n_limits++];

	limit->resource = resource;
	if (getrlimit(resource, &limit->value) != 0)
		return err_sys(e, E_IO, "getrlimit(%d)", (int)resource);
	if (limit->value.rlim_cur > max)
		limit->value.rlim_cur = max;
	/* valgrind wants this one to stay; the filter keeps gpg from using the difference. */
	if (limit->value.rlim_max > max && resource != RLIMIT_NOFILE)
		limit->value.rlim_max = max;
	return 0;
}

static int
prepare_limits(const struct confine_gpg_limits *limits, struct err *e)
{
	/* Core files: none for the judge, and a limit that gpg sets itself. */
	if (add_limit(RLIMIT_DATA, (rlim_t)limits->memory, e) != 0 ||
	    add_limit(RLIMIT_CPU, limits->cpu_seconds, e) != 0 ||
	    add_limit(RLIMIT_NOFILE, limits->files, e) != 0)
		return -1;
	return add_limit(RLIMIT_FSIZE, 0, e);
}

static int
prepare_rules(struct err *e)
{
	const uint64_t files = LANDLOCK_ALL_FILES & ~(LANDLOCK_READ | LANDLOCK_EXECUTE);
	enum confine_state why_not;

	if (landlock_open(&prepared.rules, landlock_version(&why_not), files,
		LANDLOCK_BIND_TCP | LANDLOCK_CONNECT_TCP,
		LANDLOCK_SCOPE_ABSTRACT_UNIX | LANDLOCK_SCOPE_SIGNALS, e) != 0)
		return -1;
	/* GPGME opens it for whatever of 0 to 2 it does not need. */
	return landlock_allow_if_there(&prepared.rules, "/dev/null", LANDLOCK_WRITE_FILE, e);
}

static int
prepare(const struct confine_gpg_limits *limits, const struct confine_report *judge, struct err *e)
{
	int r;

	if (prepare_limits(limits, e) != 0 ||
	    (judge->parts[CONFINE_FILES] == CONFINE_IN_EFFECT && prepare_rules(e) != 0) ||
	    (judge->parts[CONFINE_SECCOMP] == CONFINE_IN_EFFECT &&
		confine_seccomp_export(CONFINE_ROLE_GPG, &prepared.filter, e) != 0))
		return -1;
	r = pthread_atfork(NULL, NULL, confine_child);
	if (r != 0)
		return err_set(e, E_IO, "pthread_atfork: error %d", r);
	return 0;
}

int
confine_gpg(const struct confine_gpg_limits *limits, const struct confine_report *judge,
    struct confine_report *out, struct err *e)
{
	*out = (struct confine_report)CONFINE_REPORT_INIT;
	if (prepared.ready)
		return err_set(e, E_IO, "confining gpg: done already");
	if (prepare(limits, judge, e) != 0)
		return err_wrap(e, "confining gpg");
	prepared.ready = true;
	/* The judge's are inherited; its own come on top, and gpg does not start without them. */
	*out = *judge;
	out->parts[CONFINE_LIMITS] = CONFINE_IN_EFFECT;
	return 0;
}
