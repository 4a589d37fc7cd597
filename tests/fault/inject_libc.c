/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The C library's functions. Calls that it makes within itself are not seen: printf's writes,
 * opendir's open. tests/fault/run lets those fail from outside, with full devices and limits.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inject.h"

/* --- memory: vasprintf, fopen and the like come here too --- */

/* Without a lookup, which allocates itself. */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

void *
malloc(size_t n)
{
	return FAULT_HERE(memory, malloc) != FAULT_GO ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	return FAULT_HERE(memory, calloc) != FAULT_GO ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	return FAULT_HERE(memory, realloc) != FAULT_GO ? NULL : __libc_realloc(p, n);
}

/* Here, so that the report names who called it. */
char *
strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = FAULT_HERE(memory, strdup) != FAULT_GO ? NULL : __libc_malloc(n);

	return p != NULL ? memcpy(p, s, n) : NULL;
}

/* --- descriptors --- */

#define WRAP_OPEN(name)                                                                            \
	FAULT_REAL(int, name, (const char *path, int flags, ...))                                  \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list ap;                                                                        \
		mode_t mode;                                                                       \
                                                                                                   \
		va_start(ap, flags);                                                               \
		mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;              \
		va_end(ap);                                                                        \
		return FAULT_HERE(open, name) != FAULT_GO                                          \
			   ? -1                                                                    \
			   : FAULT_REAL_OF(name)(path, flags, mode);                               \
	}
WRAP_OPEN(open)
WRAP_OPEN(open64)

#define WRAP_OPENAT(name)                                                                          \
	FAULT_REAL(int, name, (int dir, const char *path, int flags, ...))                         \
	int name(int dir, const char *path, int flags, ...)                                        \
	{                                                                                          \
		va_list ap;                                                                        \
		mode_t mode;                                                                       \
                                                                                                   \
		va_start(ap, flags);                                                               \
		mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;              \
		va_end(ap);                                                                        \
		return FAULT_HERE(open, name) != FAULT_GO                                          \
			   ? -1                                                                    \
			   : FAULT_REAL_OF(name)(dir, path, flags, mode);                          \
	}
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)

FAULT_WRAP(open, int, -1, __open_2, (const char *path, int flags), (path, flags))
FAULT_WRAP(open, int, -1, __open64_2, (const char *path, int flags), (path, flags))
FAULT_WRAP(open, FILE *, NULL, fopen, (const char *path, const char *mode), (path, mode))
FAULT_WRAP(open, FILE *, NULL, fopen64, (const char *path, const char *mode), (path, mode))
FAULT_WRAP(open, DIR *, NULL, opendir, (const char *path), (path))
FAULT_WRAP(open, DIR *, NULL, fdopendir, (int fd), (fd))

/* Data in and out: fails, or moves one byte of many. */
#define WRAP_TRANSFER(class, name, type, extra, extra_arguments)                                   \
	ssize_t name(int fd, type p, size_t n extra);                                              \
	FAULT_REAL(ssize_t, name, (int fd, type p, size_t n extra))                                \
	ssize_t name(int fd, type p, size_t n extra)                                               \
	{                                                                                          \
		switch (FAULT_HERE(class, name)) {                                                 \
		case FAULT_FAIL:                                                                   \
			return -1;                                                                 \
		case FAULT_SHORT:                                                                  \
			n = n > 1 ? 1 : n;                                                         \
			break;                                                                     \
		case FAULT_GO:                                                                     \
			break;                                                                     \
		}                                                                                  \
		return FAULT_REAL_OF(name)(fd, p, n extra_arguments);                              \
	}
#define MORE(...) , __VA_ARGS__
WRAP_TRANSFER(read, read, void *, , )
WRAP_TRANSFER(read, pread, void *, MORE(off_t at), MORE(at))
WRAP_TRANSFER(read, pread64, void *, MORE(off64_t at), MORE(at))
WRAP_TRANSFER(read, __read_chk, void *, MORE(size_t room), MORE(room))
WRAP_TRANSFER(write, write, const void *, , )
WRAP_TRANSFER(write, pwrite, const void *, MORE(off_t at), MORE(at))
WRAP_TRANSFER(write, pwrite64, const void *, MORE(off64_t at), MORE(at))
WRAP_TRANSFER(receive, recv, void *, MORE(int flags), MORE(flags))
WRAP_TRANSFER(receive, __recv_chk, void *, MORE(size_t room, int flags), MORE(room, flags))
WRAP_TRANSFER(send, send, const void *, MORE(int flags), MORE(flags))
FAULT_WRAP(receive, ssize_t, -1, recvfrom,
    (int fd, void *p, size_t n, int flags, struct sockaddr *from, socklen_t *from_n),
    (fd, p, n, flags, from, from_n))
FAULT_WRAP(receive, ssize_t, -1, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
FAULT_WRAP(send, ssize_t, -1, sendto,
    (int fd, const void *p, size_t n, int flags, const struct sockaddr *to, socklen_t to_n),
    (fd, p, n, flags, to, to_n))
FAULT_WRAP(send, ssize_t, -1, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags))

/* As on Linux: an error of close(2) comes after the descriptor is gone. */
FAULT_REAL(int, close, (int fd))
int
close(int fd)
{
	enum fault_answer answer = FAULT_HERE(close, close);
	int r = FAULT_REAL_OF(close)(fd);

	if (answer == FAULT_GO)
		return r;
	errno = fault_errno();
	return -1;
}

FAULT_WRAP(sync, int, -1, fsync, (int fd), (fd))
FAULT_WRAP(sync, int, -1, fdatasync, (int fd), (fd))
FAULT_WRAP(write, int, -1, ftruncate, (int fd, off_t size), (fd, size))
FAULT_WRAP(write, int, -1, ftruncate64, (int fd, off64_t size), (fd, size))
FAULT_WRAP(seek, off_t, -1, lseek, (int fd, off_t at, int whence), (fd, at, whence))
FAULT_WRAP(seek, off64_t, -1, lseek64, (int fd, off64_t at, int whence), (fd, at, whence))
FAULT_WRAP(duplicate, int, -1, dup, (int fd), (fd))
FAULT_WRAP(duplicate, int, -1, dup2, (int from, int to), (from, to))
FAULT_WRAP(duplicate, int, -1, dup3, (int from, int to, int flags), (from, to, flags))
FAULT_WRAP(pipe, int, -1, pipe, (int fds[2]), (fds))
FAULT_WRAP(pipe, int, -1, pipe2, (int fds[2], int flags), (fds, flags))
FAULT_WRAP(pipe, int, -1, socketpair, (int domain, int type, int protocol, int fds[2]),
    (domain, type, protocol, fds))

#define WRAP_FCNTL(name)                                                                           \
	FAULT_REAL(int, name, (int fd, int command, ...))                                          \
	int name(int fd, int command, ...)                                                         \
	{                                                                                          \
		va_list ap;                                                                        \
		long argument;                                                                     \
                                                                                                   \
		va_start(ap, command);                                                             \
		argument = va_arg(ap, long);                                                       \
		va_end(ap);                                                                        \
		return FAULT_HERE(fcntl, name) != FAULT_GO                                         \
			   ? -1                                                                    \
			   : FAULT_REAL_OF(name)(fd, command, argument);                           \
	}
WRAP_FCNTL(fcntl)
WRAP_FCNTL(fcntl64)

FAULT_WRAP(poll, int, -1, poll, (struct pollfd * fds, nfds_t n, int ms), (fds, n, ms))
FAULT_WRAP(poll, int, -1, __poll_chk, (struct pollfd * fds, nfds_t n, int ms, size_t room),
    (fds, n, ms, room))
FAULT_WRAP(poll, int, -1, select, (int n, fd_set *in, fd_set *out, fd_set *bad, struct timeval *t),
    (n, in, out, bad, t))

/* --- names in the file system --- */

FAULT_WRAP(rename, int, -1, rename, (const char *from, const char *to), (from, to))
FAULT_WRAP(rename, int, -1, renameat, (int from_dir, const char *from, int to_dir, const char *to),
    (from_dir, from, to_dir, to))
FAULT_WRAP(rename, int, -1, renameat2,
    (int from_dir, const char *from, int to_dir, const char *to, unsigned flags),
    (from_dir, from, to_dir, to, flags))
FAULT_WRAP(lock, int, -1, flock, (int fd, int operation), (fd, operation))
FAULT_WRAP(make, int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
FAULT_WRAP(make, int, -1, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode))
FAULT_WRAP(make, char *, NULL, mkdtemp, (char *path), (path))
FAULT_WRAP(make, int, -1, mkstemp, (char *path), (path))
FAULT_WRAP(make, int, -1, mkostemp, (char *path, int flags), (path, flags))
FAULT_WRAP(make, int, -1, mkostemp64, (char *path, int flags), (path, flags))
FAULT_WRAP(remove, int, -1, unlink, (const char *path), (path))
FAULT_WRAP(remove, int, -1, unlinkat, (int dir, const char *path, int flags), (dir, path, flags))
FAULT_WRAP(remove, int, -1, rmdir, (const char *path), (path))
FAULT_WRAP(mode, int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
FAULT_WRAP(status, int, -1, stat, (const char *path, struct stat *st), (path, st))
FAULT_WRAP(status, int, -1, stat64, (const char *path, struct stat64 *st), (path, st))
FAULT_WRAP(status, int, -1, lstat, (const char *path, struct stat *st), (path, st))
FAULT_WRAP(status, int, -1, fstat, (int fd, struct stat *st), (fd, st))
FAULT_WRAP(status, int, -1, fstat64, (int fd, struct stat64 *st), (fd, st))
FAULT_WRAP(status, int, -1, access, (const char *path, int mode), (path, mode))
FAULT_WRAP(status, ssize_t, -1, readlink, (const char *path, char *to, size_t n), (path, to, n))
FAULT_WRAP(status, int, -1, uname, (struct utsname * u), (u))
FAULT_WRAP(list, struct dirent *, NULL, readdir, (DIR * d), (d))
FAULT_WRAP(list, struct dirent64 *, NULL, readdir64, (DIR * d), (d))

/* --- processes and threads --- */

FAULT_WRAP(fork, pid_t, -1, fork, (void), ())
FAULT_WRAP(fork, int, fault_errno(), posix_spawn,
    (pid_t *restrict pid, const char *restrict path,
	const posix_spawn_file_actions_t *restrict actions,
	const posix_spawnattr_t *restrict attributes, char *const argv[restrict],
	char *const envp[restrict]),
    (pid, path, actions, attributes, argv, envp))
FAULT_WRAP(fork, int, -1, setpgid, (pid_t pid, pid_t group), (pid, group))
FAULT_WRAP(execute, int, -1, execv, (const char *path, char *const argv[]), (path, argv))
FAULT_WRAP(execute, int, -1, execve, (const char *path, char *const argv[], char *const envp[]),
    (path, argv, envp))
FAULT_WRAP(wait, pid_t, -1, waitpid, (pid_t pid, int *status, int options), (pid, status, options))
FAULT_WRAP(kill, int, -1, kill, (pid_t pid, int signal), (pid, signal))
FAULT_WRAP(thread, int, fault_errno(), pthread_create,
    (pthread_t *restrict t, const pthread_attr_t *restrict a, void *(*run)(void *),
	void *restrict arg),
    (t, a, run, arg))
FAULT_WRAP(signal, int, -1, sigaction,
    (int number, const struct sigaction *restrict new, struct sigaction *restrict old),
    (number, new, old))
FAULT_WRAP(signal, int, fault_errno(), pthread_sigmask,
    (int how, const sigset_t *restrict new, sigset_t *restrict old), (how, new, old))
FAULT_WRAP(
    signal, sighandler_t, SIG_ERR, signal, (int number, sighandler_t handler), (number, handler))
FAULT_WRAP(limit, int, -1, setrlimit, (__rlimit_resource_t what, const struct rlimit *limit),
    (what, limit))
FAULT_WRAP(limit, int, -1, setrlimit64, (__rlimit_resource_t what, const struct rlimit64 *limit),
    (what, limit))
FAULT_WRAP(limit, int, -1, prlimit,
    (pid_t pid, enum __rlimit_resource what, const struct rlimit *new, struct rlimit *old),
    (pid, what, new, old))
FAULT_WRAP(limit, int, -1, prlimit64,
    (pid_t pid, enum __rlimit_resource what, const struct rlimit64 *new, struct rlimit64 *old),
    (pid, what, new, old))
FAULT_WRAP(environment, int, -1, setenv, (const char *name, const char *value, int replace),
    (name, value, replace))

FAULT_REAL(int, prctl, (int option, ...))
int
prctl(int option, ...)
{
	unsigned long v[4];
	va_list ap;

	va_start(ap, option);
	for (int i = 0; i < 4; i++)
		v[i] = va_arg(ap, unsigned long);
	va_end(ap);
	return FAULT_HERE(limit, prctl) != FAULT_GO
		   ? -1
		   : FAULT_REAL_OF(prctl)(option, v[0], v[1], v[2], v[3]);
}

FAULT_REAL(long, syscall, (long number, ...))
long
syscall(long number, ...)
{
	long v[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		v[i] = va_arg(ap, long);
	va_end(ap);
	if ((number == SYS_getdents64 ? FAULT_HERE(list, getdents64)
				      : FAULT_HERE(syscall, syscall)) != FAULT_GO)
		return -1;
	return FAULT_REAL_OF(syscall)(number, v[0], v[1], v[2], v[3], v[4], v[5]);
}

/* --- the network --- */

FAULT_WRAP(socket, int, -1, socket, (int domain, int type, int protocol), (domain, type, protocol))
FAULT_WRAP(socket, int, -1, connect, (int fd, const struct sockaddr *to, socklen_t n), (fd, to, n))
FAULT_WRAP(socket, int, -1, shutdown, (int fd, int how), (fd, how))
FAULT_WRAP(socket, int, -1, setsockopt, (int fd, int level, int name, const void *v, socklen_t n),
    (fd, level, name, v, n))
FAULT_WRAP(socket, int, -1, getsockopt,
    (int fd, int level, int name, void *restrict v, socklen_t *restrict n), (fd, level, name, v, n))
FAULT_WRAP(socket, int, -1, getpeername,
    (int fd, struct sockaddr *restrict a, socklen_t *restrict n), (fd, a, n))
FAULT_WRAP(socket, int, -1, getsockname,
    (int fd, struct sockaddr *restrict a, socklen_t *restrict n), (fd, a, n))
FAULT_WRAP(resolve, int, EAI_SYSTEM, getaddrinfo,
    (const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
	struct addrinfo **restrict out),
    (node, service, hints, out))
