/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/outdir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"

/* How often a lock that another process holds is tried again. */
enum { LOCK_NAP_MS = 50 };

/* What is prepared, under another name in the directory where it shall be. */
struct staged {
	int parent; /* owned */
	char *tmp, *name;
	char *directory; /* of a subdirectory with all its files: its path from the root; or NULL */
	int fd;		 /* of a subdirectory; owned */
	bool replaces;
	struct leftover *leftover;
};

struct outdir {
	char *path;
	int fd;
	struct staged *v;
	size_t n;
};

static void
staged_free(struct staged *s)
{
	cleanup_remove(s->leftover);
	if (s->fd >= 0)
		close(s->fd);
	if (s->parent >= 0)
		close(s->parent);
	free(s->tmp);
	free(s->name);
	free(s->directory);
}

void
outdir_drop(struct outdir *d)
{
	for (size_t i = 0; i < d->n; i++)
		staged_free(&d->v[i]);
	d->n = 0;
}

void
outdir_free(struct outdir *d)
{
	if (d == NULL)
		return;
	outdir_drop(d);
	free(d->v);
	if (d->fd >= 0)
		close(d->fd); /* the lock goes with it */
	free(d->path);
	free(d);
}

const char *
outdir_path(const struct outdir *d)
{
	return d->path;
}

struct beneath
outdir_beneath(const struct outdir *d)
{
	return (struct beneath){ .fd = d->fd, .path = d->path };
}

int
outdir_open(struct outdir **out, const char *path, struct err *e)
{
	AUTO_PTR(outdir) d = xcalloc(1, sizeof(*d));

	*out = NULL;
	d->fd = -1;
	d->path = xstrdup(path);
	if (file_make_directories(path, 0777, e) != 0)
		return -1;
	d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		return err_sys(e, E_IO, "opening the directory %s", path);
	*out = steal(&d);
	return 0;
}

int
outdir_lock(struct outdir *d, const struct deadline *deadline, struct err *e)
{
	while (flock(d->fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, E_IO, "locking %s", d->path);
		if (deadline_passed(deadline)) {
			(void)deadline_error(deadline, e);
			return err_wrap(e, "%s is being written to by another process", d->path);
		}
		(void)poll(NULL, 0, LOCK_NAP_MS);
	}
	return 0;
}

/* Its directory's path, "" for the root; base is its last part. */
static char *
directory_of(const char *name, const char **base)
{
	const char *slash = strrchr(name, '/');

	*base = slash != NULL ? slash + 1 : name;
	return slash != NULL ? xstrndup(name, (size_t)(slash - name)) : xstrdup("");
}

static struct beneath
at(const struct outdir *d, int fd)
{
	return (struct beneath){ .fd = fd, .path = d->path };
}

int
outdir_read(struct outdir *d, const char *name, size_t max, struct buf *out, struct err *e)
{
	const char *base;
	AUTO_STR char *directory = directory_of(name, &base);
	const struct beneath root = at(d, d->fd);
	AUTO_FD int parent = beneath_walk(&root, directory, e);
	const struct beneath here = at(d, parent);

	buf_clear(out);
	return parent >= 0 ? beneath_read(&here, base, max, out, e) : -1;
}

int
outdir_list(
    struct outdir *d, const char *name, size_t max, struct beneath_names *out, struct err *e)
{
	const struct beneath root = at(d, d->fd);
	AUTO_FD int fd = beneath_walk(&root, name, e);
	const struct beneath here = at(d, fd);

	*out = (struct beneath_names)BENEATH_NAMES_INIT;
	if (fd >= 0)
		return beneath_list(&here, max, out, e);
	if (e->code != E_NOT_FOUND)
		return -1;
	err_free(e);
	return 0;
}

/*
 * --- preparing ----------------------------------------------------------------------------------
 */

/* A name that nobody else has. */
static char *
temporary_name(void)
{
	uint8_t random[8] = { 0 };
	AUTO_STR char *hex = NULL;

	/* Should there be no random bytes, the name may be taken: then making it fails. */
	(void)!getrandom(random, sizeof(random), 0);
	hex = text_hex(random, sizeof(random));
	return xasprintf(OUTDIR_TEMPORARY "%s", hex);
}

/* parent is consumed. */
static struct staged *
stage(struct outdir *d, int parent, const char *base)
{
	struct staged *s = LIST_ADD(d->v, d->n);

	s->parent = parent;
	s->fd = -1;
	s->name = xstrdup(base);
	s->tmp = temporary_name();
	s->leftover = cleanup_remember(parent, s->tmp);
	return s;
}

static int
write_file(const struct outdir *d, int parent, const char *tmp, const char *name,
    struct bytes content, struct err *e)
{
	int fd = openat(parent, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int r;

	if (fd < 0)
		return err_sys(e, E_IO, "%s: making %s", d->path, name);
	r = file_write_fd(fd, name, content, e);
	if (r == 0 && (fchmod(fd, BENEATH_FILE_MODE) != 0 || fsync(fd) != 0))
		r = err_sys(e, E_IO, "writing %s", name);
	/* A full disk may show only here. */
	if (close(fd) != 0 && r == 0)
		r = err_sys(e, E_IO, "closing %s", name);
	return r == 0 ? 0 : err_wrap(e, "%s", d->path);
}

/* The subdirectory that is prepared with this path; made now when there is none. */
static struct staged *
stage_directory(struct outdir *d, int top, const char *directory, struct err *e)
{
	struct staged *s;
	struct beneath here;
	int parent;

	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].directory != NULL && strcmp(d->v[i].directory, directory) == 0)
			return &d->v[i];
	parent = dup(top);
	if (parent < 0) {
		err_sys(e, E_IO, "%s", d->path);
		return NULL;
	}
	here = at(d, parent);
	s = stage(d, parent, strrchr(directory, '/') + 1);
	s->directory = xstrdup(directory);
	if (mkdirat(parent, s->tmp, 0700) == 0)
		s->fd = beneath_enter(&here, s->tmp, e);
	else
		err_sys(e, E_IO, "%s: making %s", d->path, directory);
	if (s->fd >= 0 && fchmod(s->fd, BENEATH_DIRECTORY_MODE) != 0) {
		err_sys(e, E_IO, "%s: making %s", d->path, directory);
		return NULL;
	}
	return s->fd >= 0 ? s : NULL;
}

/* Where a file goes: an open directory, or one that is prepared. -1: there is neither. */
static int
open_place(struct outdir *d, const char *directory, struct staged **prepared, struct err *e)
{
	const char *slash = strrchr(directory, '/');
	AUTO_STR char *above =
	    slash != NULL ? xstrndup(directory, (size_t)(slash - directory)) : xstrdup(directory);
	const struct beneath root = at(d, d->fd);
	struct beneath here;
	AUTO_FD int top = -1;
	int fd;

	*prepared = NULL;
	if (directory[0] == '\0')
		return beneath_walk(&root, "", e);
	top = beneath_walk_making(&root, above, e);
	here = at(d, top);
	if (top < 0 || slash == NULL)
		return top < 0 ? -1 : beneath_walk(&here, "", e);
	fd = beneath_enter(&here, slash + 1, e);
	if (fd >= 0 || e->code != E_NOT_FOUND)
		return fd;
	err_free(e);
	*prepared = stage_directory(d, top, directory, e);
	return -1;
}

/* 1: the very same file is there; 0: none is; -1: something else is, or it cannot be read. */
static int
look(const struct beneath *here, const char *base, struct bytes content, struct err *e)
{
	AUTO(buf) there = BUF_INIT;
	int r = beneath_read(here, base, content.n, &there, e);

	if (r == 0 && bytes_equal(buf_bytes(&there), content))
		return 1;
	if (r == 0 || e->code == E_TOO_LARGE)
		return err_set(e, E_MISMATCH, "%s: %s is there already, with another content",
		    here->path, base);
	if (e->code != E_NOT_FOUND)
		return -1;
	err_free(e);
	return 0;
}

static int
put(struct outdir *d, const char *name, struct bytes content, bool replaces, struct err *e)
{
	const char *base;
	AUTO_STR char *directory = directory_of(name, &base);
	struct staged *s;
	int parent = open_place(d, directory, &s, e), found;
	const struct beneath here = at(d, parent);

	if (s != NULL)
		return write_file(d, s->fd, base, name, content, e);
	if (parent < 0)
		return -1;
	found = replaces ? 0 : look(&here, base, content, e);
	if (found != 0) {
		close(parent);
		return found > 0 ? 0 : -1;
	}
	s = stage(d, parent, base);
	s->replaces = replaces;
	return write_file(d, parent, s->tmp, name, content, e);
}

int
outdir_add(struct outdir *d, const char *name, struct bytes content, struct err *e)
{
	return put(d, name, content, false, e);
}

int
outdir_replace(struct outdir *d, const char *name, struct bytes content, struct err *e)
{
	return put(d, name, content, true, e);
}

/*
 * --- the moment ---------------------------------------------------------------------------------
 */

int
outdir_commit(struct outdir *d, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < d->n && r == 0; i++) {
		struct staged *s = &d->v[i];

		if ((s->fd >= 0 && fsync(s->fd) != 0) ||
		    beneath_rename(s->parent, s->tmp, s->name, s->replaces) != 0) {
			r = err_sys(e, E_IO, "%s: giving %s its name", d->path, s->name);
			break;
		}
		cleanup_forget(steal(&s->leftover));
		/* Where directories cannot be flushed, nothing more can be done. */
		if (fsync(s->parent) != 0 && errno != EINVAL && errno != EBADF)
			r = err_sys(e, E_IO, "%s: flushing %s", d->path, s->name);
	}
	outdir_drop(d);
	return r;
}
