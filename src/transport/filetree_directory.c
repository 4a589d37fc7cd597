/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A directory of the file system. Each part of a name is opened on its own, so that no symbolic
 * link is followed on the way (openat2 would do it in one call, and is not to be had here:
 * base/confine_seccomp.c).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "transport/filetree.h"

struct directory {
	char *path; /* no slash at its end but for the root's; owned */
	int fd;
};

/* The directory in which the last part of a name is looked up. */
struct parent {
	int fd; /* owned, unless it is the tree's own; -1: there is no such directory */
	bool owned;
	const char *last;
};
static void
parent_free(struct parent *p)
{
	if (p->owned && p->fd >= 0)
		close(p->fd);
}
AUTO_DEFINE(parent)

static char *
path_of(const struct directory *d, const char *name)
{
	bool slash = d->path[0] != '\0' && d->path[strlen(d->path) - 1] == '/';

	return name[0] == '\0' ? xstrdup(d->path)
			       : xasprintf("%s%s%s", d->path, slash ? "" : "/", name);
}

/* What cannot be looked at, errno says why. */
static int
fail(const struct directory *d, const char *name, struct err *e)
{
	AUTO_STR char *path = path_of(d, name);

	return err_sys(e, errno == ENOENT || errno == ENOTDIR ? E_NOT_FOUND : E_IO, "%s", path);
}

static int
fail_as_link(const struct directory *d, const char *name, struct err *e)
{
	AUTO_STR char *path = path_of(d, name);

	return err_set(e, E_INVALID, "%s: a symbolic link on the way, which is not followed", path);
}

static bool
is_link(int fd, const char *part)
{
	struct stat st;

	return fstatat(fd, part, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

/* One directory further. A failure that is no error, as what lies beneath a file, leaves fd -1. */
static int
enter(
    const struct directory *d, struct parent *p, const char *part, const char *name, struct err *e)
{
	int next = openat(p->fd, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int error = errno;

	if (next < 0 && error == ENOTDIR && is_link(p->fd, part))
		return fail_as_link(d, name, e);
	errno = error;
	if (next < 0 && error != ENOENT && error != ENOTDIR)
		return fail(d, name, e);
	parent_free(p);
	p->fd = next;
	p->owned = true;
	return 0;
}

/* fd is -1 when a directory on the way is not there. name outlives p. */
static int
find_parent(const struct directory *d, const char *name, struct parent *p, struct err *e)
{
	const char *slash;

	*p = (struct parent){ .fd = d->fd, .last = name };
	while (p->fd >= 0 && (slash = strchr(p->last, '/')) != NULL) {
		AUTO_STR char *part = xstrndup(p->last, (size_t)(slash - p->last));

		if (enter(d, p, part, name, e) != 0)
			return -1;
		p->last = slash + 1;
	}
	return 0;
}

/* As find_parent, but what is not there is E_NOT_FOUND. */
static int
need_parent(const struct directory *d, const char *name, struct parent *p, struct err *e)
{
	if (find_parent(d, name, p, e) != 0)
		return -1;
	errno = ENOENT;
	return p->fd >= 0 ? 0 : fail(d, name, e);
}

static enum filetree_type
type_of(mode_t mode)
{
	if (S_ISREG(mode))
		return FILETREE_FILE;
	if (S_ISDIR(mode))
		return FILETREE_DIRECTORY;
	return S_ISLNK(mode) ? FILETREE_LINK : FILETREE_OTHER;
}

static int
directory_stat(
    void *state, const char *name, enum filetree_type *type, uint64_t *size, struct err *e)
{
	const struct directory *d = state;
	AUTO(parent) p = { .fd = -1 };
	struct stat st;
	int found;

	if (find_parent(d, name, &p, e) != 0)
		return -1;
	*type = FILETREE_ABSENT;
	if (p.fd < 0)
		return 0;
	found = fstatat(p.fd, p.last, &st, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
	if (found != 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (found != 0)
		return fail(d, name, e);
	*type = type_of(st.st_mode);
	*size = *type == FILETREE_FILE ? (uint64_t)st.st_size : 0;
	return 0;
}

/* A regular file; fd is the caller's, after a failure too. */
static int
open_file(const struct directory *d, const char *name, int *fd, struct stat *st, struct err *e)
{
	AUTO_STR char *path = path_of(d, name);
	AUTO(parent) p = { .fd = -1 };

	if (need_parent(d, name, &p, e) != 0)
		return -1;
	/* O_NONBLOCK: opening a FIFO that nobody writes to, or a device, must not hang. */
	*fd = openat(p.fd, p.last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0 && (errno == ELOOP || errno == ENXIO))
		return err_set(e, E_INVALID, "%s: not a regular file", path);
	if (*fd < 0)
		return fail(d, name, e);
	if (fstat(*fd, st) != 0)
		return fail(d, name, e);
	if (!S_ISREG(st->st_mode))
		return err_set(e, E_INVALID, "%s: not a regular file", path);
	return 0;
}

static int
directory_read(
    void *state, const char *name, size_t max, struct buf *out, char **where, struct err *e)
{
	const struct directory *d = state;
	AUTO_FD int fd = -1;
	struct stat st;

	*where = path_of(d, name);
	if (open_file(d, name, &fd, &st, e) != 0)
		return -1;
	return file_read_fd(out, fd, *where, max, e);
}

/* A file that is read piece by piece. */
struct file_blob {
	int fd;
	char *path;
	uint64_t size, got;
	uint8_t piece[BLOB_PIECE_BYTES];
};

static void
file_blob_free(void *state)
{
	struct file_blob *f = state;

	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	free(f);
}

static int
file_blob_next(void *state, struct bytes *piece, struct err *e)
{
	struct file_blob *f = state;
	ssize_t n;

	while ((n = read(f->fd, f->piece, sizeof(f->piece))) < 0 && errno == EINTR)
		;
	if (n < 0)
		return err_sys(e, E_IO, "reading %s", f->path);
	f->got += (uint64_t)n;
	*piece = bytes_of(f->piece, (size_t)n);
	if (f->got > f->size || (n == 0 && f->got < f->size))
		return err_set(e, E_IO, "%s: it changed while it was read", f->path);
	return 0;
}

static int
directory_open(void *state, const char *name, uint64_t max, struct blob **out, struct err *e)
{
	static const struct blob_kind kind = { file_blob_next, file_blob_free };
	const struct directory *d = state;
	struct file_blob *f = xcalloc(1, sizeof(*f));
	struct stat st = { 0 };

	f->fd = -1;
	f->path = path_of(d, name);
	if (open_file(d, name, &f->fd, &st, e) == 0) {
		f->size = (uint64_t)st.st_size;
		if (f->size <= max) {
			*out = blob_new(&kind, f, max, xstrdup(f->path));
			return 0;
		}
		(void)err_set(
		    e, E_TOO_LARGE, "%s: more than %llu bytes", f->path, (unsigned long long)max);
	}
	file_blob_free(f);
	return -1;
}

static int
directory_read_link(void *state, const char *name, char **target, struct err *e)
{
	const struct directory *d = state;
	AUTO(parent) p = { .fd = -1 };
	char text[MAX_LINK_BYTES + 1];
	ssize_t n;

	if (need_parent(d, name, &p, e) != 0)
		return -1;
	n = readlinkat(p.fd, p.last, text, sizeof(text));
	if (n >= 0 && (size_t)n <= MAX_LINK_BYTES) {
		*target = xstrndup(text, (size_t)n);
		return 0;
	}
	if (n < 0 && errno != EINVAL)
		return fail(d, name, e);
	return err_set(e, E_INVALID, "%s/%s: %s", d->path, name,
	    n < 0 ? "not a symbolic link" : "a symbolic link that says too much");
}

/* Each name of the directory that dir is. */
static int
read_names(const struct directory *d, const char *name, DIR *dir, size_t max,
    struct filetree_names *out, struct err *e)
{
	const struct dirent *entry;

	while (errno = 0, (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (out->n == max)
			return err_set(
			    e, E_TOO_LARGE, "%s/%s: more than %zu names in it", d->path, name, max);
		*LIST_ADD(out->v, out->n) = xstrdup(entry->d_name);
	}
	return errno == 0 ? 0 : fail(d, name, e);
}

static int
directory_list(void *state, const char *name, size_t max, struct filetree_names *out, struct err *e)
{
	const struct directory *d = state;
	AUTO(parent) p = { .fd = -1 };
	DIR *dir;
	int fd, result;

	if (need_parent(d, name, &p, e) != 0)
		return -1;
	fd = openat(
	    p.fd, name[0] == '\0' ? "." : p.last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOTDIR && is_link(p.fd, p.last))
		return fail_as_link(d, name, e);
	if (fd < 0)
		return fail(d, name, e);
	dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return fail(d, name, e);
	}
	result = read_names(d, name, dir, max, out, e);
	closedir(dir);
	return result;
}

static void
directory_free(void *state)
{
	struct directory *d = state;

	close(d->fd);
	free(d->path);
	free(d);
}

static const struct filetree_kind directory_kind = { directory_stat, directory_read, directory_open,
	directory_read_link, directory_list, directory_free };

int
filetree_open_directory(struct filetree **out, const char *path, struct err *e)
{
	struct directory *d;
	size_t n = strlen(path);
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	*out = NULL;
	if (fd < 0)
		return err_sys(e, errno == ENOENT ? E_NOT_FOUND : E_IO, "%s", path);
	while (n > 1 && path[n - 1] == '/')
		n--;
	d = xcalloc(1, sizeof(*d));
	d->fd = fd;
	d->path = xstrndup(path, n);
	*out = filetree_new(&directory_kind, d->path, d);
	return 0;
}
