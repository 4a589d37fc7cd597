/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/confine_seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sanitizers.h"

/* LeakSanitizer, at the end of a process, has a thread of its own trace the others. */
#if WITH_ADDRESS_SANITIZER
#define MAY_TRACE
#endif

/* On these a call of libc is "socketcall", with its arguments in memory, where no filter looks. */
#if defined(__i386__) || defined(__s390__)
#define SOCKET_ARGUMENTS_ARE_HIDDEN
#endif

/* Where clone(2) has its flags. */
#if defined(__s390__)
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
#ifndef TIOCLINUX
#define TIOCLINUX 0x541C
#endif

enum { MAX_FILTER_BYTES = 1 << 16 };

/* clang-format off */

/* Nobody here has business with these: privileges, other processes, the machine itself. */
static const char *const denied_to_all[] = {
	/* other processes' memory and descriptors */
#ifndef MAY_TRACE
	"ptrace",
#endif
	"process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd",
	/* much kernel behind one call */
	"bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
	"io_uring_register", "fanotify_init", "modify_ldt", "vm86", "uselib", "_sysctl",
	"nfsservctl",
	/* keys */
	"keyctl", "add_key", "request_key",
	/* mounts, roots, namespaces */
	"mount", "umount", "umount2", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount",
	"fspick", "setns", "unshare", "chroot", "pivot_root",
	/* the machine */
	"kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "reboot",
	"swapon", "swapoff", "settimeofday", "clock_settime", "clock_settime64", "clock_adjtime",
	"clock_adjtime64", "adjtimex", "stime", "acct", "quotactl", "sethostname",
	"setdomainname", "syslog", "iopl", "ioperm",
	/* files: by handle, past every directory; by name, past Landlock's versions 1 and 2 */
	"open_by_handle_at", "truncate", "truncate64",
	/* servers */
	"listen", "accept", "accept4",
};

/* No network: what is open stays. */
static const char *const denied_to_judge[] = { "socket", "socketpair", "connect", "bind" };

static const char *const denied_to_fetcher[] = {
	/* programs and processes; a thread is made by clone */
	"execve", "execveat", "fork", "vfork",
	/* signals; abort(3) sends itself one by tgkill */
	"kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal",
	/* limits, as they are now */
	"setrlimit",
	/* memory shared with others */
	"shmget", "semget", "msgget", "mq_open",
	/* changes to files, where there is no Landlock too */
	"creat", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat",
	"renameat2", "link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "chmod",
	"fchmod", "fchmodat", "chown", "chown32", "fchown", "fchown32", "fchownat", "lchown",
	"lchown32", "utime", "utimes", "futimesat", "utimensat", "utimensat_time64", "setxattr",
	"lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
};

/* Processes, and signals to others. A program may still take gpg's place: nothing is won by it. */
static const char *const denied_to_gpg[] = { "fork", "vfork", "kill", "tkill", "rt_sigqueueinfo",
	"rt_tgsigqueueinfo", "pidfd_send_signal" };

/* Newer than a libseccomp may be; their numbers are the same on every architecture. */
static const int newer_denied_to_all[] = {
	440 /* process_madvise */, 442 /* mount_setattr */, 443 /* quotactl_fd */,
	467 /* open_tree_attr */,
};
static const int newer_denied_to_fetcher[] = {
	448 /* process_mrelease */, 452 /* fchmodat2 */, 463 /* setxattrat */,
	466 /* removexattrat */, 469 /* file_setattr */,
};

/* A call that is denied when all of its comparisons hold. */
struct condition {
	const char *name;
	unsigned n;
	struct scmp_arg_cmp args[2];
};
/* Bits of an int: above the 32nd the kernel does not look either. */
#define BITS(arg, mask, value) { (arg), SCMP_CMP_MASKED_EQ, (mask), (value) }
#define IS(arg, value) { (arg), SCMP_CMP_EQ, (value), 0 }
#define IS_NOT(arg, value) { (arg), SCMP_CMP_NE, (value), 0 }
#define IS_OVER(arg, value) { (arg), SCMP_CMP_GT, (value), 0 }
#define NAMESPACE(flag) { "clone", 1, { BITS(CLONE_FLAGS, flag, flag) } }
#define INT_MASK 0xffffffffu

static const struct condition conditions_for_all[] = {
	/* typing into the terminal that we were started from */
	{ "ioctl", 1, { BITS(1, INT_MASK, TIOCSTI) } },
	{ "ioctl", 1, { BITS(1, INT_MASK, TIOCLINUX) } },
	/* another personality (it may turn address randomization off); asking for it is fine */
	{ "personality", 1, { IS_NOT(0, INT_MASK) } },
	NAMESPACE(CLONE_NEWNS),
	NAMESPACE(CLONE_NEWCGROUP),
	NAMESPACE(CLONE_NEWUTS),
	NAMESPACE(CLONE_NEWIPC),
	NAMESPACE(CLONE_NEWUSER),
	NAMESPACE(CLONE_NEWPID),
	NAMESPACE(CLONE_NEWNET),
};

static const struct condition conditions_for_fetcher[] = {
	/* a thread, no process */
	{ "clone", 1, { BITS(CLONE_FLAGS, CLONE_THREAD, 0) } },
	/* limits: others' at all, our own to change */
	{ "prlimit64", 1, { IS_NOT(0, 0) } },
	{ "prlimit64", 1, { IS_NOT(2, 0) } },
	/* opening for writing; O_TMPFILE needs one of them, and O_TRUNC counts without any */
	{ "open", 1, { BITS(1, O_ACCMODE, O_WRONLY) } },
	{ "open", 1, { BITS(1, O_ACCMODE, O_RDWR) } },
	{ "open", 1, { BITS(1, O_ACCMODE, O_ACCMODE) } },
	{ "open", 1, { BITS(1, O_CREAT, O_CREAT) } },
	{ "open", 1, { BITS(1, O_TRUNC, O_TRUNC) } },
	{ "openat", 1, { BITS(2, O_ACCMODE, O_WRONLY) } },
	{ "openat", 1, { BITS(2, O_ACCMODE, O_RDWR) } },
	{ "openat", 1, { BITS(2, O_ACCMODE, O_ACCMODE) } },
	{ "openat", 1, { BITS(2, O_CREAT, O_CREAT) } },
	{ "openat", 1, { BITS(2, O_TRUNC, O_TRUNC) } },
#ifndef SOCKET_ARGUMENTS_ARE_HIDDEN
	/* families: all but INET (2), INET6 (10) and NETLINK (16), and of that only routes */
	{ "socket", 1, { IS(0, 0) } },
	{ "socket", 1, { IS(0, AF_UNIX) } },
	{ "socket", 1, { IS(0, 3) } },
	{ "socket", 1, { IS(0, 4) } },
	{ "socket", 1, { IS(0, 5) } },
	{ "socket", 1, { IS(0, 6) } },
	{ "socket", 1, { IS(0, 7) } },
	{ "socket", 1, { IS(0, 8) } },
	{ "socket", 1, { IS(0, 9) } },
	{ "socket", 1, { IS(0, 11) } },
	{ "socket", 1, { IS(0, 12) } },
	{ "socket", 1, { IS(0, 13) } },
	{ "socket", 1, { IS(0, 14) } },
	{ "socket", 1, { IS(0, 15) } },
	{ "socket", 1, { IS_OVER(0, AF_NETLINK) } },
	{ "socket", 2, { IS(0, AF_NETLINK), IS_NOT(2, 0) } },
#endif
};

static const struct condition conditions_for_gpg[] = {
	/* a thread, no process */
	{ "clone", 1, { BITS(CLONE_FLAGS, CLONE_THREAD, 0) } },
	/* limits: others' at all; our own but for core files, which gpg turns off itself */
	{ "setrlimit", 1, { IS_NOT(0, RLIMIT_CORE) } },
	{ "prlimit64", 1, { IS_NOT(0, 0) } },
	{ "prlimit64", 2, { IS_NOT(1, RLIMIT_CORE), IS_NOT(2, 0) } },
};

/* clang-format on */

bool
confine_seccomp_is_there(enum confine_state *why_not)
{
	/* SECCOMP_GET_ACTION_AVAIL of SECCOMP_RET_ERRNO (linux/seccomp.h). */
	const uint32_t action = SCMP_ACT_ERRNO(0);

	*why_not = CONFINE_UNKNOWN;
	if (syscall(SYS_seccomp, 2u, 0u, &action) == 0)
		return true;
	/* A container's filter answers EPERM to what it does not want. */
	if (errno == EPERM || errno == EACCES)
		*why_not = CONFINE_SECCOMP_IS_DENIED;
	else if (errno == EINVAL && prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0)
		return true; /* before Linux 4.14 nobody could ask */
	else
		*why_not = CONFINE_NO_SECCOMP;
	return false;
}

static int
deny(scmp_filter_ctx filter, int number, int answer, const struct condition *c, struct err *e)
{
	/* What this architecture does not have, libseccomp passes over. */
	int r = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((uint32_t)answer), number,
	    c != NULL ? c->n : 0, c != NULL ? c->args : NULL);

	if (r == 0)
		return 0;
	errno = -r;
	return err_sys(e, E_IO, "seccomp: a rule for call %d", number);
}

static int
deny_named(
    scmp_filter_ctx filter, const char *name, int answer, const struct condition *c, struct err *e)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR)
		return err_set(e, E_IO, "seccomp: libseccomp does not know %s", name);
	return deny(filter, number, answer, c, e);
}

static int
deny_all(scmp_filter_ctx filter, const char *const *names, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (deny_named(filter, names[i], EPERM, NULL, e) != 0)
			return -1;
	return 0;
}

static int
deny_newer(scmp_filter_ctx filter, const int *numbers, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (deny(filter, numbers[i], EPERM, NULL, e) != 0)
			return -1;
	return 0;
}

static int
deny_conditions(scmp_filter_ctx filter, const struct condition *c, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (deny_named(filter, c[i].name, EPERM, &c[i], e) != 0)
			return -1;
	return 0;
}

static int
fill_for_fetcher(scmp_filter_ctx filter, struct err *e)
{
	const struct condition others = { "tgkill", 1, { IS_NOT(0, (scmp_datum_t)getpid()) } };

	/* openat2's flags are in memory; nothing in libc depends on it. */
	if (deny_named(filter, "openat2", ENOSYS, NULL, e) != 0 ||
	    deny_conditions(filter, &others, 1, e) != 0 ||
	    deny_all(filter, denied_to_fetcher, ARRAY_LEN(denied_to_fetcher), e) != 0 ||
	    deny_newer(filter, newer_denied_to_fetcher, ARRAY_LEN(newer_denied_to_fetcher), e) != 0)
		return -1;
	return deny_conditions(
	    filter, conditions_for_fetcher, ARRAY_LEN(conditions_for_fetcher), e);
}

static int
fill_for_gpg(scmp_filter_ctx filter, struct err *e)
{
	if (deny_all(filter, denied_to_gpg, ARRAY_LEN(denied_to_gpg), e) != 0)
		return -1;
	return deny_conditions(filter, conditions_for_gpg, ARRAY_LEN(conditions_for_gpg), e);
}

static int
fill(scmp_filter_ctx filter, enum confine_role role, struct err *e)
{
	/* Calls in the manner of another architecture are not looked into. */
	if (seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)) != 0)
		return err_set(e, E_IO, "seccomp: libseccomp cannot answer with an error");
	/* clone3's flags are in memory; libc then takes clone. */
	if (deny_named(filter, "clone3", ENOSYS, NULL, e) != 0 ||
	    deny_all(filter, denied_to_all, ARRAY_LEN(denied_to_all), e) != 0 ||
	    deny_newer(filter, newer_denied_to_all, ARRAY_LEN(newer_denied_to_all), e) != 0 ||
	    deny_conditions(filter, conditions_for_all, ARRAY_LEN(conditions_for_all), e) != 0)
		return -1;
	switch (role) {
	case CONFINE_ROLE_JUDGE:
		return deny_all(filter, denied_to_judge, ARRAY_LEN(denied_to_judge), e);
	case CONFINE_ROLE_FETCHER:
		return fill_for_fetcher(filter, e);
	case CONFINE_ROLE_GPG:
		return fill_for_gpg(filter, e);
	case CONFINE_ROLE_UNSET:
		break;
	}
	return err_set(e, E_IO, "seccomp: no role");
}

/* With the filter, once: give is seccomp_load, or puts it into arg. */
static int
make(enum confine_role role, int (*give)(scmp_filter_ctx, void *), void *arg, struct err *e)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r, given;

	if (filter == NULL)
		return err_set(e, E_IO, "seccomp: libseccomp makes no filter");
	r = fill(filter, role, e);
	if (r == 0 && (given = give(filter, arg)) != 0) {
		errno = -given;
		r = err_sys(e, E_IO, "seccomp: loading the filter");
	}
	seccomp_release(filter);
	return r;
}

static int
load(scmp_filter_ctx filter, void *arg)
{
	(void)arg;
	return seccomp_load(filter);
}

static int export(scmp_filter_ctx filter, void *arg)
{
	return seccomp_export_bpf(filter, *(const int *)arg);
}

int
confine_seccomp_enter(enum confine_role role, struct err *e)
{
	return make(role, load, NULL, e);
}

int
confine_seccomp_export(enum confine_role role, struct buf *out, struct err *e)
{
	int ends[2];
	int r;

	/* It has a few hundred bytes: a pipe holds them. */
	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_sys(e, E_IO, "seccomp: a pipe");
	r = make(role, export, &ends[1], e);
	close(ends[1]);
	if (r == 0)
		r = file_read_fd(out, ends[0], "the filter", MAX_FILTER_BYTES, e);
	close(ends[0]);
	return r;
}
