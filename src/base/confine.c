/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/confine.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/confine_landlock.h"
#include "base/confine_seccomp.h"
#include "base/sanitizers.h"

/* A sanitizer maps terabytes, to use few of them. */
#if WITH_ADDRESS_SANITIZER || WITH_THREAD_SANITIZER || WITH_MEMORY_SANITIZER
#define MAPS_TERABYTES
#endif

/* Everything that changes a file system. */
#define LANDLOCK_CHANGE (LANDLOCK_ALL_FILES & ~(LANDLOCK_READ | LANDLOCK_EXECUTE))
/* What of it the judge and gpg need in their own directories: no devices, sockets, FIFOs, links. */
#define LANDLOCK_KEEP_FILES                                                                        \
	(LANDLOCK_WRITE_FILE | LANDLOCK_TRUNCATE | LANDLOCK_MAKE_REG | LANDLOCK_MAKE_DIR |         \
	    LANDLOCK_REMOVE_FILE | LANDLOCK_REMOVE_DIR | LANDLOCK_REFER)

/* A thread that runs already would stay as it is, and lend its freedom to the others. */
static int
check_alone(struct err *e)
{
	struct dirent *d;
	size_t n = 0;
	DIR *tasks;

	tasks = opendir("/proc/self/task");
	if (tasks == NULL)
		return 0; /* no /proc: the caller's word has to do */
	while ((d = readdir(tasks)) != NULL)
		n += isdigit((unsigned char)d->d_name[0]) != 0;
	closedir(tasks);
	if (n > 1)
		return err_set(e, E_IO, "%zu threads run already, want one", n);
	return 0;
}

static int
take_no_new_privs(struct confine_report *out, struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
		out->parts[CONFINE_NO_NEW_PRIVS] = CONFINE_IN_EFFECT;
		return 0;
	}
	if (errno != EINVAL)
		return err_sys(e, E_IO, "prctl(PR_SET_NO_NEW_PRIVS)");
	out->parts[CONFINE_NO_NEW_PRIVS] = CONFINE_NO_NO_NEW_PRIVS;
	return 0;
}

/*
 * What is lower already stays. The hard limit of descriptors stays in any case (valgrind wants it
 * so): the fetcher's filter keeps it from using the difference.
 */
static int
lower_limit(int resource, rlim_t max, const char *name, struct err *e)
{
	struct rlimit l;

	if (getrlimit(resource, &l) != 0)
		return err_sys(e, E_IO, "getrlimit(%s)", name);
	if (l.rlim_max > max && resource != RLIMIT_NOFILE)
		l.rlim_max = max;
	if (l.rlim_cur > max)
		l.rlim_cur = max;
	if (setrlimit(resource, &l) != 0)
		return err_sys(e, E_IO, "setrlimit(%s)", name);
	return 0;
}

/* Root's fetcher needs nothing of root but to read certificates that are in somebody's home. */
static int
drop_capabilities(struct err *e)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	const uint32_t keep = UINT32_C(1) << CAP_DAC_READ_SEARCH;

	memset(data, 0, sizeof(data));
	if (syscall(SYS_capget, &header, data) != 0)
		return err_sys(e, E_IO, "capget");
	data[0].effective &= keep;
	data[0].permitted &= keep;
	data[0].inheritable = 0;
	data[1] = (struct __user_cap_data_struct){ 0 };
	if (syscall(SYS_capset, &header, data) != 0)
		return err_sys(e, E_IO, "capset");
	return 0;
}

static int
limit_judge(struct err *e)
{
	umask(077);
	return lower_limit(RLIMIT_CORE, 0, "RLIMIT_CORE", e);
}

static int
limit_fetcher(struct err *e)
{
	umask(077);
	/* Standard error may be a file: writing to it shall fail, not kill. */
	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return err_sys(e, E_IO, "signal(SIGXFSZ)");
	if (lower_limit(RLIMIT_CORE, 0, "RLIMIT_CORE", e) != 0 ||
	    lower_limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE", e) != 0 ||
	    lower_limit(RLIMIT_NOFILE, CONFINE_FETCHER_FILES, "RLIMIT_NOFILE", e) != 0)
		return -1;
#ifndef MAPS_TERABYTES
	/* Not RLIMIT_AS: malloc reserves much that it never uses, for each thread of each
	 * processor. */
	if (lower_limit(RLIMIT_DATA, (rlim_t)CONFINE_FETCHER_MEMORY, "RLIMIT_DATA", e) != 0)
		return -1;
#endif
	return drop_capabilities(e);
}

/* Both parts of Landlock: its version, or 0 when nothing is to be done. */
static int
look_for_landlock(struct confine_report *out)
{
	enum confine_state why_not;
	int version = landlock_version(&why_not);

	/* Without it a process without privileges may not restrict itself. */
	if (version > 0 && out->parts[CONFINE_NO_NEW_PRIVS] != CONFINE_IN_EFFECT) {
		why_not = out->parts[CONFINE_NO_NEW_PRIVS];
		version = 0;
	}
	if (version == 0)
		out->parts[CONFINE_FILES] = why_not;
	if (!landlock_has_tcp(version))
		out->parts[CONFINE_TCP] = version > 0 ? CONFINE_LANDLOCK_HAS_NO_TCP : why_not;
	return version;
}

static int
enter_landlock(struct landlock *l, struct confine_report *out, struct err *e)
{
	if (landlock_enter(l, e) != 0)
		return -1;
	out->parts[CONFINE_FILES] = CONFINE_IN_EFFECT;
	if (landlock_has_tcp(l->version))
		out->parts[CONFINE_TCP] = CONFINE_IN_EFFECT;
	return 0;
}

static int
allow_home(struct landlock *l, const char *home, struct err *e)
{
	AUTO_STR char *parent = xasprintf("%s/..", home);

	/* To remove the home itself is a right to the directory that it is in. */
	if (landlock_allow(l, parent, LANDLOCK_REMOVE_DIR, e) != 0)
		return -1;
	return landlock_allow(l, home, LANDLOCK_KEEP_FILES, e);
}

static int
restrict_files_of_judge(
    const struct confine_judge_paths *w, struct confine_report *out, struct err *e)
{
	const uint64_t tcp = LANDLOCK_BIND_TCP | LANDLOCK_CONNECT_TCP;
	AUTO(landlock) l = LANDLOCK_INIT;
	int version = look_for_landlock(out);
	size_t i;

	if (version == 0)
		return 0;
	/* Signals stay: the judge ends its fetcher, which is outside. */
	if (landlock_open(&l, version, LANDLOCK_CHANGE, tcp, LANDLOCK_SCOPE_ABSTRACT_UNIX, e) !=
		0 ||
	    allow_home(&l, w->home, e) != 0)
		return -1;
	/* GPGME gives it to gpg for what it does not want to read. */
	if (landlock_allow_if_there(&l, "/dev/null", LANDLOCK_WRITE_FILE, e) != 0)
		return -1;
	if (w->cache != NULL && landlock_allow_if_there(&l, w->cache, LANDLOCK_KEEP_FILES, e) != 0)
		return -1;
	for (i = 0; w->outputs != NULL && w->outputs[i] != NULL; i++)
		if (landlock_allow(&l, w->outputs[i], LANDLOCK_KEEP_FILES, e) != 0)
			return -1;
	return enter_landlock(&l, out, e);
}

static int
restrict_files_of_fetcher(const char *const *readable, struct confine_report *out, struct err *e)
{
	AUTO(landlock) l = LANDLOCK_INIT;
	int version = look_for_landlock(out);
	size_t i;

	if (version == 0)
		return 0;
	if (landlock_open(&l, version, LANDLOCK_ALL_FILES, LANDLOCK_BIND_TCP,
		LANDLOCK_SCOPE_ABSTRACT_UNIX | LANDLOCK_SCOPE_SIGNALS, e) != 0)
		return -1;
	for (i = 0; readable[i] != NULL; i++)
		if (landlock_allow_if_there(&l, readable[i], LANDLOCK_READ, e) != 0)
			return -1;
	return enter_landlock(&l, out, e);
}

static int
take_seccomp(enum confine_role role, struct confine_report *out, struct err *e)
{
	enum confine_state why_not;

	if (out->parts[CONFINE_NO_NEW_PRIVS] != CONFINE_IN_EFFECT) {
		out->parts[CONFINE_SECCOMP] = out->parts[CONFINE_NO_NEW_PRIVS];
		return 0;
	}
	if (!confine_seccomp_is_there(&why_not)) {
		out->parts[CONFINE_SECCOMP] = why_not;
		return 0;
	}
	if (confine_seccomp_enter(role, e) != 0)
		return -1;
	out->parts[CONFINE_SECCOMP] = CONFINE_IN_EFFECT;
	return 0;
}

int
confine_judge(const struct confine_judge_paths *writable, struct confine_report *out, struct err *e)
{
	*out = (struct confine_report)CONFINE_REPORT_INIT;
	if (check_alone(e) != 0 || take_no_new_privs(out, e) != 0 || limit_judge(e) != 0)
		return err_wrap(e, "confining the judge");
	out->parts[CONFINE_LIMITS] = CONFINE_IN_EFFECT;
	if (restrict_files_of_judge(writable, out, e) != 0 ||
	    take_seccomp(CONFINE_ROLE_JUDGE, out, e) != 0)
		return err_wrap(e, "confining the judge");
	return 0;
}

int
confine_fetcher(const char *const *readable, struct confine_report *out, struct err *e)
{
	*out = (struct confine_report)CONFINE_REPORT_INIT;
	if (check_alone(e) != 0 || take_no_new_privs(out, e) != 0 || limit_fetcher(e) != 0)
		return err_wrap(e, "confining the fetcher");
	out->parts[CONFINE_LIMITS] = CONFINE_IN_EFFECT;
	if (restrict_files_of_fetcher(readable, out, e) != 0 ||
	    take_seccomp(CONFINE_ROLE_FETCHER, out, e) != 0)
		return err_wrap(e, "confining the fetcher");
	return 0;
}
