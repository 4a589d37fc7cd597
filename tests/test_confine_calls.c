/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System calls of a confined process, one by one: what each is answered. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <check.h>

#include "base/confine_landlock.h"
#include "base/sanitizers.h"
#include "confined_child.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"

#define JUDGE CONFINE_ROLE_JUDGE
#define FETCHER CONFINE_ROLE_FETCHER
#define HIGH_BIT 0x100000000L

struct call {
	const char *name;
	enum confine_role role;
	int want; /* errno; 0: it succeeds */
	struct other_kernel kernel;
	long number;
	long args[5];
	const char *path; /* a name in the tree: the first argument but for a directory's number */
};

/* clang-format off */
#define CALL(number_, ...) .number = (number_), .args = { __VA_ARGS__ }
#define FILE_CALL(number_, path_, ...)                                                             \
	.number = (number_), .path = (path_),                                 \
	.args = { AT_FDCWD, 0, __VA_ARGS__ }
#define OPEN(path_, flags) FILE_CALL(SYS_openat, path_, (flags), 0600)
#define NO_SECCOMP .kernel = WITHOUT_SECCOMP
#define NO_LANDLOCK .kernel = WITHOUT_LANDLOCK

/* Each is harmless where it is not refused. */
static const struct call for_both[] = {
	{ "clone3", 0, ENOSYS, CALL(SYS_clone3, 0, 0) },
	{ "typing into a terminal", 0, EPERM, CALL(SYS_ioctl, -1, TIOCSTI) },
	{ "typing, with more bits", 0, EPERM, CALL(SYS_ioctl, -1, TIOCSTI | HIGH_BIT) },
	{ "pasting into a terminal", 0, EPERM, CALL(SYS_ioctl, -1, 0x541C) },
	{ "another personality", 0, EPERM, CALL(SYS_personality, ADDR_NO_RANDOMIZE) },
	{ "a namespace of mounts", 0, EPERM, CALL(SYS_clone, CLONE_NEWNS | SIGCHLD) },
	{ "a namespace of users", 0, EPERM, CALL(SYS_clone, CLONE_NEWUSER | SIGCHLD) },
	{ "a namespace of networks", 0, EPERM, CALL(SYS_clone, CLONE_NEWNET | SIGCHLD) },
	{ "a namespace of processes", 0, EPERM, CALL(SYS_clone, CLONE_NEWPID | SIGCHLD) },
	{ "a namespace of names", 0, EPERM, CALL(SYS_clone, CLONE_NEWUTS | SIGCHLD) },
	{ "a namespace of IPC", 0, EPERM, CALL(SYS_clone, CLONE_NEWIPC | SIGCHLD) },
	{ "a namespace of cgroups", 0, EPERM, CALL(SYS_clone, 0x02000000 | SIGCHLD) },
#if defined(__x86_64__)
	{ "getpid, as x32 has it", 0, ENOSYS, CALL(0x40000000 | SYS_getpid) },
#endif
	{ "process_madvise", 0, EPERM, CALL(440, -1) },
	{ "mount_setattr", 0, EPERM, CALL(442, -1) },
	{ "quotactl_fd", 0, EPERM, CALL(443, -1) },
	{ "open_tree_attr", 0, EPERM, CALL(467, -1) },
	{ "allowed: which personality", 0, 0, CALL(SYS_personality, 0xffffffffL) },
	{ "allowed: our own limits", 0, 0, CALL(SYS_prlimit64, 0, RLIMIT_CORE) },
};

static const struct call calls[] = {
	{ "write a file outside", JUDGE, EACCES, OPEN("outside/file", O_WRONLY) },
	{ "append to it", JUDGE, EACCES, OPEN("outside/file", O_WRONLY | O_APPEND) },
	{ "empty it", JUDGE, EACCES, OPEN("outside/file", O_RDONLY | O_TRUNC) },
	{ "make a file outside", JUDGE, EACCES, OPEN("outside/new", O_CREAT) },
	{ "make a file beside the home", JUDGE, EACCES, OPEN("new", O_CREAT) },
	{ "make a directory outside", JUDGE, EACCES, FILE_CALL(SYS_mkdirat, "outside/new", 0700) },
	{ "remove a file outside", JUDGE, EACCES, FILE_CALL(SYS_unlinkat, "outside/file", 0) },
	{ "a FIFO", JUDGE, EACCES, FILE_CALL(SYS_mknodat, "home/new", S_IFIFO | 0600) },
	{ "a socket", JUDGE, EACCES, FILE_CALL(SYS_mknodat, "home/new", S_IFSOCK | 0600) },
	{ "write outside, no seccomp", JUDGE, EACCES, OPEN("outside/file", O_WRONLY), NO_SECCOMP },

	{ "read a file outside", FETCHER, EACCES, OPEN("outside/file", O_RDONLY) },
	{ "list a directory", FETCHER, EACCES, OPEN("outside", O_RDONLY | O_DIRECTORY) },
	{ "read another's memory", FETCHER, EACCES, OPEN("/proc/1/maps", O_RDONLY) },
	{ "write, no seccomp", FETCHER, EACCES, OPEN("readable", O_WRONLY), NO_SECCOMP },
	{ "make, no seccomp", FETCHER, EACCES, OPEN("home/new", O_CREAT), NO_SECCOMP },
	{ "remove, no seccomp", FETCHER, EACCES, FILE_CALL(SYS_unlinkat, "readable", 0),
	    NO_SECCOMP },
	{ "execute, no seccomp", FETCHER, EACCES,
	    FILE_CALL(SYS_execveat, "/bin/true", 0, 0, 0), NO_SECCOMP },
	{ "write", FETCHER, EPERM, OPEN("readable", O_WRONLY), NO_LANDLOCK },
	{ "read and write", FETCHER, EPERM, OPEN("readable", O_RDWR), NO_LANDLOCK },
	{ "open for neither", FETCHER, EPERM, OPEN("readable", O_ACCMODE), NO_LANDLOCK },
	{ "empty", FETCHER, EPERM, OPEN("readable", O_TRUNC), NO_LANDLOCK },
	{ "make", FETCHER, EPERM, OPEN("home/new", O_CREAT), NO_LANDLOCK },
	{ "a file without a name", FETCHER, EPERM, OPEN("home", O_RDWR | O_TMPFILE), NO_LANDLOCK },
	{ "openat2", FETCHER, ENOSYS, FILE_CALL(SYS_openat2, "readable", 0, 0), NO_LANDLOCK },
	{ "execute", FETCHER, EPERM, FILE_CALL(SYS_execveat, "/bin/true", 0, 0, 0), NO_LANDLOCK },
	{ "a process", FETCHER, EPERM, CALL(SYS_clone, SIGCHLD) },
	{ "another's limits", FETCHER, EPERM, CALL(SYS_prlimit64, 1, RLIMIT_CORE) },
	{ "our own limits, to change", FETCHER, EPERM, CALL(SYS_prlimit64, 0, RLIMIT_NOFILE, -1) },
	{ "a signal to another", FETCHER, EPERM, CALL(SYS_tgkill, 1, 1, 0) },
	{ "a signal to our parent's group", FETCHER, EPERM, CALL(SYS_kill, 0, 0) },

	{ "process_mrelease", FETCHER, EPERM, CALL(448, -1) },
	{ "fchmodat2", FETCHER, EPERM, CALL(452, -1) },
	{ "setxattrat", FETCHER, EPERM, CALL(463, -1) },
	{ "removexattrat", FETCHER, EPERM, CALL(466, -1) },
	{ "file_setattr", FETCHER, EPERM, CALL(469, -1) },

	{ "allowed: read a file", JUDGE, 0, OPEN("outside/file", O_RDONLY) },
	{ "allowed: list a directory", JUDGE, 0, OPEN("outside", O_RDONLY | O_DIRECTORY) },
	{ "allowed: make a file", JUDGE, 0, OPEN("home/new", O_RDWR | O_CREAT | O_EXCL) },
	{ "allowed: make a directory", JUDGE, 0, FILE_CALL(SYS_mkdirat, "home/new", 0700) },
	{ "allowed: remove the home", JUDGE, 0, FILE_CALL(SYS_unlinkat, "home", AT_REMOVEDIR) },
	{ "allowed: nowhere", JUDGE, 0, OPEN("/dev/null", O_RDWR) },
	{ "allowed: a signal", JUDGE, 0, CALL(SYS_kill, 0, 0) },
	{ "allowed: write outside without Landlock", JUDGE, 0, OPEN("outside/file", O_WRONLY),
	    NO_LANDLOCK },
	{ "allowed: read what is given", FETCHER, 0, OPEN("readable", O_RDONLY) },
	{ "allowed: read outside without Landlock", FETCHER, 0, OPEN("outside/file", O_RDONLY),
	    NO_LANDLOCK },
};

/* The domain and what comes after it; that a family is not built into the kernel is no refusal. */
static const struct call sockets[] = {
	{ "of no family", FETCHER, EPERM, CALL(SYS_socket, 0, SOCK_STREAM, 0) },
	{ "AF_UNIX", FETCHER, EPERM, CALL(SYS_socket, AF_UNIX, SOCK_STREAM, 0) },
	{ "AF_UNIX, with more bits", FETCHER, EPERM, CALL(SYS_socket, AF_UNIX | HIGH_BIT,
	    SOCK_STREAM) },
	{ "AF_X25", FETCHER, EPERM, CALL(SYS_socket, AF_X25, SOCK_SEQPACKET, 0) },
	{ "AF_KEY", FETCHER, EPERM, CALL(SYS_socket, AF_KEY, SOCK_RAW, 2) },
	{ "AF_PACKET", FETCHER, EPERM, CALL(SYS_socket, AF_PACKET, SOCK_RAW, 0) },
	{ "AF_ALG", FETCHER, EPERM, CALL(SYS_socket, AF_ALG, SOCK_SEQPACKET, 0) },
	{ "AF_VSOCK", FETCHER, EPERM, CALL(SYS_socket, AF_VSOCK, SOCK_STREAM, 0) },
	{ "AF_NETLINK, firewall", FETCHER, EPERM, CALL(SYS_socket, AF_NETLINK, SOCK_RAW, 12) },
	{ "AF_NETLINK, devices", FETCHER, EPERM, CALL(SYS_socket, AF_NETLINK, SOCK_RAW, 15) },
	{ "a raw one", FETCHER, EPERM, CALL(SYS_socket, AF_INET, SOCK_RAW, 1) },
	{ "allowed: AF_INET", FETCHER, 0, CALL(SYS_socket, AF_INET, SOCK_STREAM, 0) },
	{ "allowed: AF_INET, UDP", FETCHER, 0, CALL(SYS_socket, AF_INET, SOCK_DGRAM, 0) },
	{ "allowed: AF_INET6", FETCHER, 0, CALL(SYS_socket, AF_INET6, SOCK_STREAM, 0) },
	{ "allowed: AF_NETLINK, routes", FETCHER, 0, CALL(SYS_socket, AF_NETLINK, SOCK_RAW, 0) },
};
/* clang-format on */

static void
setup(void)
{
	tree_make();
	tree_directory("home");
	tree_directory("outside");
	tree_write_str("outside/file", "keep");
	tree_write_str("readable", "yes");
}

static int
make_call(void *arg)
{
	const struct call *row = arg;
	AUTO_STR char *path = NULL;
	long a[5];

	memcpy(a, row->args, sizeof(a));
	if (row->path != NULL) {
		path = row->path[0] == '/' ? xstrdup(row->path) : tree_path(row->path);
		a[1] = (long)(uintptr_t)path;
	}
	return syscall(row->number, a[0], a[1], a[2], a[3], a[4]) >= 0 ? 0 : errno;
}

static void
check_call(const struct call *row, enum confine_role role)
{
	/* Landlock says EACCES, the filter never does. */
	const enum confine_part by = row->want == EACCES ? CONFINE_FILES : CONFINE_SECCOMP;
	const struct confined_child child = { .role = role,
		.kernel = row->kernel,
		.attempt = make_call,
		.arg = (void *)(uintptr_t)row };
	const char *who = role == JUDGE ? "judge" : "fetcher";
	const struct confined_answer *a = confined_run(row->name, &child);

	if (a == NULL)
		return;
	ck_assert_msg(a->confined == 0, "%s: %s: %s", who, row->name, a->message);
	if (row->want != 0 && a->report.parts[by] != CONFINE_IN_EFFECT) {
		skip_test(row->name, confine_text(a->report.parts[by]));
		return;
	}
	ck_assert_msg(a->ended, "%s: %s: it did not live through it", who, row->name);
	ck_assert_msg(a->result == row->want || (row->want == 0 && a->result == EAFNOSUPPORT),
	    "%s: %s: %s, want %s", who, row->name, strerror(a->result), strerror(row->want));
}

START_TEST(answers_both)
{
	if (confined_can_call(for_both[_i].name)) {
		check_call(&for_both[_i], JUDGE);
		check_call(&for_both[_i], FETCHER);
	}
}
END_TEST

START_TEST(answers)
{
	if (confined_can_call(calls[_i].name))
		check_call(&calls[_i], calls[_i].role);
}
END_TEST

START_TEST(answers_sockets)
{
	struct call to_judge = sockets[_i];

	if (!confined_can_call(sockets[_i].name))
		return;
	check_call(&sockets[_i], FETCHER);
	to_judge.want = EPERM;
	check_call(&to_judge, JUDGE);
}
END_TEST

static int
signal_parent(void *arg)
{
	(void)arg;
	return kill(getppid(), 0) == 0 ? 0 : errno;
}

/* By Landlock alone, where it knows of signals: the judge ends its fetcher, never the other way
 * round. */
START_TEST(signals_have_a_scope)
{
	const struct confined_child child = { .role = _i == 0 ? JUDGE : FETCHER,
		.kernel = WITHOUT_SECCOMP,
		.attempt = signal_parent };
	const struct confined_answer *a;
	enum confine_state why_not;

	if (!confined_can_call("signals"))
		return;
	if (landlock_version(&why_not) < 6) {
		skip_test("signals", "this kernel's Landlock knows no signals");
		return;
	}
	a = confined_run("signals", &child);
	ck_assert_msg(a == NULL || (a->ended && a->result == (_i == 0 ? 0 : EPERM)), "%s",
	    a != NULL ? strerror(a->result) : "");
}
END_TEST

/* Where there is no seccomp, Landlock alone refuses their use. */
static int
use_tcp(void *arg)
{
	const bool connects = *(const bool *)arg;
	struct sockaddr_in in = { .sin_family = AF_INET };
	const struct sockaddr *to = (const struct sockaddr *)&in;
	AUTO_FD int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		return errno;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(connects ? 1 : 0);
	if ((connects ? connect(fd, to, sizeof(in)) : bind(fd, to, sizeof(in))) == 0)
		return 0;
	return errno;
}

START_TEST(tcp_without_seccomp)
{
	static const struct {
		const char *name;
		enum confine_role role;
		bool connects;
		int want;
	} rows[] = {
		{ "judge: connect", JUDGE, true, EACCES },
		{ "judge: bind", JUDGE, false, EACCES },
		{ "fetcher: connect", FETCHER, true, ECONNREFUSED },
		{ "fetcher: bind", FETCHER, false, EACCES },
	};
	const struct confined_child child = { .role = rows[_i].role,
		.kernel = WITHOUT_SECCOMP,
		.attempt = use_tcp,
		.arg = (void *)(uintptr_t)&rows[_i].connects };
	const struct confined_answer *a = confined_run(rows[_i].name, &child);

	if (a == NULL)
		return;
	ck_assert_msg(a->confined == 0, "%s", a->message);
	if (a->report.parts[CONFINE_TCP] != CONFINE_IN_EFFECT) {
		skip_test(rows[_i].name, confine_text(a->report.parts[CONFINE_TCP]));
		return;
	}
	ck_assert_msg(a->result == rows[_i].want, "%s: %s, want %s", rows[_i].name,
	    strerror(a->result), strerror(rows[_i].want));
}
END_TEST

/*
 * --- whatever the arguments ---------------------------------------------------------------------
 */

/* "j" and "f" say to whom; what comes after is the name. */
static const char *const denied[] = { "jf ptrace", "jf process_vm_readv", "jf process_vm_writev",
	"jf kcmp", "jf pidfd_getfd", "jf bpf", "jf perf_event_open", "jf userfaultfd",
	"jf io_uring_setup", "jf io_uring_enter", "jf io_uring_register", "jf fanotify_init",
	"jf modify_ldt", "jf keyctl", "jf add_key", "jf request_key", "jf mount", "jf umount2",
	"jf open_tree", "jf move_mount", "jf fsopen", "jf fsconfig", "jf fsmount", "jf fspick",
	"jf mount_setattr", "jf setns", "jf unshare", "jf chroot", "jf pivot_root", "jf kexec_load",
	"jf kexec_file_load", "jf init_module", "jf finit_module", "jf delete_module", "jf reboot",
	"jf swapon", "jf swapoff", "jf settimeofday", "jf clock_settime", "jf clock_adjtime",
	"jf adjtimex", "jf acct", "jf quotactl", "jf sethostname", "jf setdomainname", "jf syslog",
	"jf iopl", "jf ioperm", "jf open_by_handle_at", "jf truncate", "jf listen", "jf accept",
	"jf accept4", "j socket", "j socketpair", "j connect", "j bind", "f execve", "f execveat",
	"f fork", "f vfork", "f kill", "f tkill", "f rt_sigqueueinfo", "f rt_tgsigqueueinfo",
	"f pidfd_send_signal", "f setrlimit", "f shmget", "f semget", "f msgget", "f mq_open",
	"f creat", "f mkdir", "f mkdirat", "f rmdir", "f unlink", "f unlinkat", "f rename",
	"f renameat", "f renameat2", "f link", "f linkat", "f symlink", "f symlinkat", "f mknod",
	"f mknodat", "f chmod", "f fchmod", "f fchmodat", "f chown", "f fchown", "f fchownat",
	"f lchown", "f utime", "f utimes", "f futimesat", "f utimensat", "f setxattr",
	"f lsetxattr", "f fsetxattr", "f removexattr", "f lremovexattr", "f fremovexattr" };

/* With arguments that are nonsense to a kernel that looks at them. */
static int
make_denied_call(void *arg)
{
	int number = seccomp_syscall_resolve_name(arg);

	if (number < 0)
		return EPERM; /* not on this architecture */
	return syscall(number, -1L, -1L, -1L, -1L, -1L, -1L) != -1 ? 0 : errno;
}

static void
check_denied(const char *name, enum confine_role role)
{
	const struct confined_child child = {
		.role = role, .attempt = make_denied_call, .arg = (void *)(uintptr_t)name
	};
	const struct confined_answer *a = confined_run(name, &child);

	ck_assert_msg(a->confined == 0, "%s: %s", name, a->message);
	if (a->report.parts[CONFINE_SECCOMP] != CONFINE_IN_EFFECT) {
		skip_test(name, confine_text(a->report.parts[CONFINE_SECCOMP]));
		return;
	}
	ck_assert_msg(a->ended && a->result == EPERM, "%s: %s, want %s", name, strerror(a->result),
	    strerror(EPERM));
}

START_TEST(denies)
{
	const char *name = strchr(denied[_i], ' ') + 1;

	if (!confined_can_call(name))
		return;
#if WITH_ADDRESS_SANITIZER
	if (strcmp(name, "ptrace") == 0) {
		skip_test(name, "LeakSanitizer needs it");
		return;
	}
#endif
	if (denied[_i][0] == 'j')
		check_denied(name, JUDGE);
	if (strcspn(denied[_i], "f") < strcspn(denied[_i], " "))
		check_denied(name, FETCHER);
}
END_TEST

Suite *
confine_calls_suite(void)
{
	Suite *s = suite_create("confine_calls");
	TCase *t = tcase_create("answers");

	skip_prepare();
	tcase_add_checked_fixture(t, setup, tree_remove);
	tcase_add_loop_test(t, denies, 0, (int)ARRAY_LEN(denied));
	tcase_add_loop_test(t, answers_both, 0, (int)ARRAY_LEN(for_both));
	tcase_add_loop_test(t, answers_sockets, 0, (int)ARRAY_LEN(sockets));
	tcase_add_loop_test(t, answers, 0, (int)ARRAY_LEN(calls));
	tcase_add_loop_test(t, signals_have_a_scope, 0, 2);
	tcase_add_loop_test(t, tcp_without_seccomp, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
