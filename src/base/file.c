/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct deadline never = DEADLINE_NEVER;

/* As read(2), when there is something to read; -1 and ETIMEDOUT when nothing came in time. */
static ssize_t
read_by(int fd, uint8_t *p, size_t room, const struct deadline *deadline)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int n = 0;

	/* First, for who always has one more byte. */
	if (!deadline_passed(deadline))
		n = poll(&ready, 1, deadline_poll_ms(deadline));
	if (n > 0)
		return read(fd, p, room);
	if (n == 0)
		errno = deadline_passed(deadline) ? ETIMEDOUT : EAGAIN;
	return -1;
}

int
file_read_fd_by(struct buf *out, int fd, const char *name, size_t max,
    const struct deadline *deadline, struct err *e)
{
	uint8_t chunk[16384];
	ssize_t n;

	buf_clear(out);
	for (;;) {
		n = read_by(fd, chunk, sizeof(chunk), deadline);
		/* EAGAIN: another reader of a shared descriptor was faster. */
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n == 0)
			return 0;
		if (n < 0 && errno == ETIMEDOUT && deadline_passed(deadline)) {
			(void)deadline_error(deadline, e);
			(void)err_wrap(e, "reading %s", name);
		} else if (n < 0)
			err_sys(e, E_IO, "reading %s", name);
		else if (!buf_add_max(out, chunk, (size_t)n, max))
			err_set(e, E_TOO_LARGE, "%s: more than %zu bytes", name, max);
		else
			continue;
		/* Half a file is none. */
		buf_clear(out);
		return -1;
	}
}

int
file_read_fd(struct buf *out, int fd, const char *name, size_t max, struct err *e)
{
	return file_read_fd_by(out, fd, name, max, &never, e);
}

/* O_NONBLOCK: opening a FIFO that nobody writes to, or a device, must not hang. */
static int
read_path(struct buf *out, const char *path, size_t max, int flags, bool regular_only,
    const struct deadline *deadline, struct err *e)
{
	AUTO_FD int fd = -1;
	struct stat st;

	buf_clear(out);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_sys(e, E_NOT_FOUND, "%s", path);
	if (fd < 0 && errno == ELOOP && (flags & O_NOFOLLOW) != 0)
		return err_set(e, E_IO, "%s: a symbolic link, want a regular file", path);
	if (fd < 0)
		return err_sys(e, E_IO, "opening %s", path);
	if (fstat(fd, &st) != 0)
		return err_sys(e, E_IO, "%s", path);
	if (S_ISDIR(st.st_mode))
		return err_set(e, E_IO, "%s: a directory, want a file", path);
	if (!S_ISREG(st.st_mode) && (regular_only || !S_ISFIFO(st.st_mode)))
		return err_set(e, E_IO, "%s: not a regular file", path);
	return file_read_fd_by(out, fd, path, max, deadline, e);
}

int
file_read_by(
    struct buf *out, const char *path, size_t max, const struct deadline *deadline, struct err *e)
{
	return read_path(out, path, max, 0, false, deadline, e);
}

int
file_read(struct buf *out, const char *path, size_t max, struct err *e)
{
	return file_read_by(out, path, max, &never, e);
}

int
file_read_untrusted(struct buf *out, const char *path, size_t max, struct err *e)
{
	return read_path(out, path, max, O_NOFOLLOW, true, &never, e);
}

int
file_write_fd(int fd, const char *name, struct bytes content, struct err *e)
{
	size_t done = 0;
	ssize_t n;

	while (done < content.n) {
		n = write(fd, content.p + done, content.n - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, E_IO, "writing %s", name);
		done += (size_t)n;
	}
	return 0;
}

static int
write_and_rename(
    int fd, const char *tmp, const char *path, struct bytes content, unsigned mode, struct err *e)
{
	if (file_write_fd(fd, tmp, content, e) != 0)
		return -1;
	if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
		return err_sys(e, E_IO, "writing %s", tmp);
	if (rename(tmp, path) != 0)
		return err_sys(e, E_IO, "renaming %s to %s", tmp, path);
	return 0;
}

int
file_write(const char *path, struct bytes content, unsigned mode, struct err *e)
{
	AUTO_STR char *tmp = xasprintf("%s.XXXXXX", path);
	int fd, r;

	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, E_IO, "making a temporary file beside %s", path);
	r = write_and_rename(fd, tmp, path, content, mode, e);
	if (close(fd) != 0 && r == 0)
		r = err_sys(e, E_IO, "closing %s", path);
	if (r != 0)
		unlink(tmp);
	return r;
}

int
file_write_private(const char *path, struct bytes content, struct err *e)
{
	int fd, r;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, E_IO, "making %s", path);
	r = file_write_fd(fd, path, content, e);
	/* A full disk may show only here. */
	if (close(fd) != 0 && r == 0)
		r = err_sys(e, E_IO, "closing %s", path);
	return r;
}

static int
make_directory(const char *path, unsigned mode, struct err *e)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return err_sys(e, E_IO, "making the directory %s", path);
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, E_IO, "%s: exists and is not a directory", path);
	return 0;
}

int
file_make_directories(const char *path, unsigned mode, struct err *e)
{
	AUTO_STR char *s = xstrdup(path);
	char *slash;

	if (s[0] == '\0')
		return err_set(e, E_IO, "making a directory: its name is empty");
	for (slash = strchr(s + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (make_directory(s, mode, e) != 0)
			return -1;
		*slash = '/';
	}
	return make_directory(s, mode, e);
}
