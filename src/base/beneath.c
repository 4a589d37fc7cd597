/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

int
beneath_enter(const struct beneath *d, const char *name, struct err *e)
{
	int fd = openat(d->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return err_sys(e, E_NOT_FOUND, "%s: %s", d->path, name);
	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return err_set(
		    e, E_IO, "%s: %s: a symbolic link or a file, want a directory", d->path, name);
	if (fd < 0)
		return err_sys(e, E_IO, "%s: opening %s", d->path, name);
	return fd;
}

/* A directory of this one, made when it is not there. */
static int
enter_making(const struct beneath *here, const char *name, struct err *e)
{
	bool made = mkdirat(here->fd, name, BENEATH_DIRECTORY_MODE) == 0;
	int fd;

	if (!made && errno != EEXIST)
		return err_sys(e, E_IO, "%s: making %s", here->path, name);
	fd = beneath_enter(here, name, e);
	/* It went again: no answer to whether something is there. */
	if (fd < 0 && e->code == E_NOT_FOUND)
		e->code = E_IO;
	if (fd >= 0 && made && fchmod(fd, BENEATH_DIRECTORY_MODE) != 0) {
		close(fd);
		return err_sys(e, E_IO, "%s: %s", here->path, name);
	}
	return fd;
}

static int
walk(const struct beneath *d, const char *directory,
    int (*enter)(const struct beneath *d, const char *name, struct err *e), struct err *e)
{
	AUTO_STR char *copy = xstrdup(directory);
	struct beneath at = { .fd = fcntl(d->fd, F_DUPFD_CLOEXEC, 0), .path = d->path };
	char *rest = copy, *part;

	if (at.fd < 0)
		return err_sys(e, E_IO, "%s", d->path);
	while (directory[0] != '\0' && (part = strsep(&rest, "/")) != NULL) {
		int next = enter(&at, part, e);

		close(at.fd);
		if (next < 0)
			return -1;
		at.fd = next;
	}
	return at.fd;
}

int
beneath_walk(const struct beneath *d, const char *directory, struct err *e)
{
	return walk(d, directory, beneath_enter, e);
}

int
beneath_walk_making(const struct beneath *d, const char *directory, struct err *e)
{
	return walk(d, directory, enter_making, e);
}

int
beneath_rename(int directory, const char *from, const char *to, bool replaces)
{
	struct stat st;

	if (replaces)
		return renameat(directory, from, directory, to);
	if (renameat2(directory, from, directory, to, RENAME_NOREPLACE) == 0)
		return 0;
	/* A file system that does not know the flag. */
	if (errno != EINVAL)
		return -1;
	if (fstatat(directory, to, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(directory, from, directory, to);
}

int
beneath_read(const struct beneath *d, const char *name, size_t max, struct buf *out, struct err *e)
{
	AUTO_FD int fd =
	    openat(d->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	buf_clear(out);
	if (fd < 0 && errno == ENOENT)
		return err_sys(e, E_NOT_FOUND, "%s: %s", d->path, name);
	if (fd < 0 && errno == ELOOP)
		return err_set(
		    e, E_IO, "%s: %s: a symbolic link, want a regular file", d->path, name);
	if (fd < 0 || fstat(fd, &st) != 0)
		return err_sys(e, E_IO, "%s: opening %s", d->path, name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, E_IO, "%s: %s: not a regular file", d->path, name);
	return file_read_fd(out, fd, name, max, e);
}

void
beneath_names_free(struct beneath_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
	*names = (struct beneath_names)BENEATH_NAMES_INIT;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
list_all(DIR *directory, size_t max, struct beneath_names *out, struct err *e)
{
	const struct dirent *entry;

	while (out->n <= max && (errno = 0, entry = readdir(directory)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*LIST_ADD(out->v, out->n) = xstrdup(entry->d_name);
	if (out->n > max)
		return err_set(e, E_TOO_LARGE, "more than %zu names", max);
	return errno == 0 ? 0 : err_sys(e, E_IO, "listing");
}

int
beneath_list(const struct beneath *d, size_t max, struct beneath_names *out, struct err *e)
{
	/* A new description: its place in the directory is its own. */
	int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;

	*out = (struct beneath_names)BENEATH_NAMES_INIT;
	if (directory == NULL) {
		err_sys(e, E_IO, "%s: listing", d->path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	r = list_all(directory, max, out, e);
	closedir(directory);
	if (r != 0) {
		beneath_names_free(out);
		return err_wrap(e, "%s", d->path);
	}
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), compare);
	return 0;
}
