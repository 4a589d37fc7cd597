/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/partial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* How often a lock that another has is tried again. */
enum { LOCK_NAP_MS = 50 };
/* What is read at once of what is there. */
enum { PIECE_BYTES = 256 << 10 };

struct partial {
	int parent, fd;
	char *where; /* the directory, for messages */
	char *tmp, *name;
	uint64_t size, read;
	uint8_t *piece; /* the last one that was handed out */
	bool locked;	/* it is ours */
	bool finished;
};

/* A link, a device, and what has another name elsewhere, is not ours to write to. */
static int
check(const struct partial *p, const struct stat *st, struct err *e)
{
	if (S_ISREG(st->st_mode) && st->st_nlink <= 1)
		return 0;
	return err_set(e, E_IO, "%s: %s: not a regular file, or one with several names: remove it",
	    p->where, p->tmp);
}

static int
lock(const struct partial *p, const struct deadline *deadline, struct err *e)
{
	while (flock(p->fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, E_IO, "%s: locking %s", p->where, p->tmp);
		if (deadline_passed(deadline)) {
			(void)deadline_error(deadline, e);
			return err_wrap(e, "%s: somebody else writes to %s", p->where, p->tmp);
		}
		(void)poll(NULL, 0, LOCK_NAP_MS);
	}
	return 0;
}

/* The file of that name, locked. false without an error: who had the lock has renamed it. */
static bool
open_locked(struct partial *p, const struct deadline *deadline, struct err *e)
{
	struct stat st, named;

	if (p->fd >= 0)
		close(p->fd);
	p->fd = openat(p->parent, p->tmp,
	    O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (p->fd < 0 || fstat(p->fd, &st) != 0) {
		(void)err_sys(e, E_IO, "%s: opening %s", p->where, p->tmp);
		return false;
	}
	if (check(p, &st, e) != 0 || lock(p, deadline, e) != 0)
		return false;
	if (fstat(p->fd, &st) != 0 || fstatat(p->parent, p->tmp, &named, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	p->size = (uint64_t)st.st_size;
	p->locked = st.st_dev == named.st_dev && st.st_ino == named.st_ino;
	return p->locked;
}

int
partial_open(struct partial **out, const struct beneath *d, const char *name,
    const struct deadline *deadline, struct err *e)
{
	AUTO_PTR(partial) p = xcalloc(1, sizeof(*p));
	const char *slash = strrchr(name, '/');
	AUTO_STR char *directory = xstrndup(name, slash != NULL ? (size_t)(slash - name) : 0);

	*out = NULL;
	p->fd = -1;
	p->where = xstrdup(d->path);
	p->name = xstrdup(slash != NULL ? slash + 1 : name);
	p->tmp = xasprintf(".%s.relsig-partial", p->name);
	p->parent = beneath_walk_making(d, directory, e);
	if (p->parent < 0)
		return -1;
	while (!open_locked(p, deadline, e))
		if (e->code != E_NONE)
			return -1;
	*out = steal(&p);
	return 0;
}

uint64_t
partial_size(const struct partial *p)
{
	return p->size;
}

int
partial_next(struct partial *p, struct bytes *piece, struct err *e)
{
	ssize_t n;

	*piece = bytes_of(NULL, 0);
	if (p->piece == NULL)
		p->piece = xmalloc(PIECE_BYTES);
	do
		n = pread(p->fd, p->piece, PIECE_BYTES, (off_t)p->read);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, E_IO, "%s: reading %s", p->where, p->tmp);
	p->read += (uint64_t)n;
	if (n == 0 ? p->read < p->size : p->read > p->size)
		return err_set(e, E_IO, "%s: %s changes while it is read", p->where, p->tmp);
	*piece = bytes_of(p->piece, (size_t)n);
	return 0;
}

int
partial_add(struct partial *p, struct bytes piece, struct err *e)
{
	if (file_write_fd(p->fd, p->tmp, piece, e) != 0)
		return err_wrap(e, "%s", p->where);
	p->size += piece.n;
	return 0;
}

int
partial_restart(struct partial *p, struct err *e)
{
	if (ftruncate(p->fd, 0) != 0)
		return err_sys(e, E_IO, "%s: emptying %s", p->where, p->tmp);
	p->size = p->read = 0;
	return 0;
}

int
partial_finish(struct partial *p, bool replaces, struct err *e)
{
	if (fchmod(p->fd, BENEATH_FILE_MODE) != 0 || fsync(p->fd) != 0)
		return err_sys(e, E_IO, "%s: writing %s", p->where, p->tmp);
	if (beneath_rename(p->parent, p->tmp, p->name, replaces) != 0)
		return err_sys(e, E_IO, "%s: giving %s its name", p->where, p->name);
	p->finished = true;
	/* Where directories cannot be flushed, nothing more can be done. */
	if (fsync(p->parent) != 0 && errno != EINVAL && errno != EBADF)
		return err_sys(e, E_IO, "%s: flushing %s", p->where, p->name);
	return 0;
}

void
partial_free(struct partial *p)
{
	if (p == NULL)
		return;
	/* While it is still locked: who waits sees that it has gone. */
	if (p->locked && !p->finished && p->size == 0)
		(void)unlinkat(p->parent, p->tmp, 0);
	if (p->fd >= 0)
		close(p->fd);
	if (p->parent >= 0)
		close(p->parent);
	free(p->where);
	free(p->tmp);
	free(p->name);
	free(p->piece);
	free(p);
}
