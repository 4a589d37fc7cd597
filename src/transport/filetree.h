/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree of files that somebody else filled: a directory, or the members of tar archives. What
 * reads a layout reads it through this, and so from either.
 *
 * Names are relative, of parts between single slashes: "v2/openshift/release/manifests/4.14.3". A
 * part that is empty, "." or "..", or has a NUL, is E_INVALID. Nothing outside of the tree is
 * read: no symbolic link is followed, neither on the way nor at the end; what a link says can be
 * asked for. Only regular files are read. Several threads may use one tree at once.
 */
#ifndef RELSIG_TRANSPORT_FILETREE_H
#define RELSIG_TRANSPORT_FILETREE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/deadline.h"
#include "base/err.h"
#include "transport/blob.h"

struct filetree;

enum filetree_type {
	FILETREE_UNSET = 0,
	FILETREE_ABSENT, /* so is what lies beneath a file */
	FILETREE_FILE,
	FILETREE_DIRECTORY,
	FILETREE_LINK,	/* symbolic */
	FILETREE_OTHER, /* a device, a FIFO, a socket; of an archive, a sparse member, and a hard
			   link to no file */
};

/* Names in one directory, sorted by strcmp; owned. */
struct filetree_names {
	char **v;
	size_t n;
};
#define FILETREE_NAMES_INIT                                                                        \
	{                                                                                          \
		0                                                                                  \
	}
void filetree_names_free(struct filetree_names *names);
AUTO_DEFINE(filetree_names)

/* The directory at path, which may be a symbolic link itself: the user named it. E_NOT_FOUND; E_IO.
 */
int filetree_open_directory(struct filetree **out, const char *path, struct err *e) RESULT_USED;

/* What is there under a name, and for a file its size in bytes (size may be NULL). */
int filetree_stat(struct filetree *t, const char *name, enum filetree_type *type, uint64_t *size,
    struct err *e) RESULT_USED;

/*
 * Read a file of at most max bytes into out (emptied first, and empty after a failure). where, for
 * free(), is what to call it in a report: "PATH/NAME", of an archive "PATH: NAME"; it is set after
 * a failure too. E_NOT_FOUND when it is not there; E_TOO_LARGE over the cap; E_INVALID for what is
 * no regular file; E_IO otherwise.
 */
int filetree_read(struct filetree *t, const char *name, size_t max, struct buf *out, char **where,
    struct err *e) RESULT_USED;

/*
 * The same piece by piece, of a file of at most max bytes, which has its size when it is opened:
 * what changes it meanwhile is an error, E_IO, at the end. The tree is borrowed for the blob's
 * life.
 */
int filetree_open_blob(struct filetree *t, const char *name, uint64_t max, struct blob **out,
    struct err *e) RESULT_USED;

/* What a symbolic link says, at most MAX_LINK_BYTES: hostile text. E_NOT_FOUND; E_INVALID for no
 * link. */
int filetree_read_link(
    struct filetree *t, const char *name, char **target, struct err *e) RESULT_USED;

/*
 * The names in a directory ("" is the root) but for "." and "..", at most max of them (E_TOO_LARGE
 * over it). E_NOT_FOUND when it is not there.
 */
int filetree_list(struct filetree *t, const char *name, size_t max, struct filetree_names *out,
    struct err *e) RESULT_USED;

/* What the user called it; borrowed. */
const char *filetree_path(const struct filetree *t);
void filetree_free(struct filetree *t);
AUTO_PTR_DEFINE(filetree)

/*
 * For the kinds: filetree.c checks names and arguments and calls these. state is owned by the tree.
 */
struct filetree_kind {
	int (*stat)(
	    void *state, const char *name, enum filetree_type *type, uint64_t *size, struct err *e);
	int (*read)(void *state, const char *name, size_t max, struct buf *out, char **where,
	    struct err *e);
	/* The size has been compared with max. */
	int (*open)(void *state, const char *name, uint64_t max, struct blob **out, struct err *e);
	int (*read_link)(void *state, const char *name, char **target, struct err *e);
	int (*list)(
	    void *state, const char *name, size_t max, struct filetree_names *out, struct err *e);
	void (*free)(void *state);
};
struct filetree *filetree_new(const struct filetree_kind *kind, const char *path, void *state);

#endif
