/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lies beneath an open directory that others may have filled: no symbolic link is followed,
 * neither on the way nor at the end, and only regular files are read. path is the directory's, for
 * messages.
 */
#ifndef RELSIG_BASE_BENEATH_H
#define RELSIG_BASE_BENEATH_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* What is made has these modes, whatever the umask. */
enum { BENEATH_FILE_MODE = 0644, BENEATH_DIRECTORY_MODE = 0755 };

/* An open directory, borrowed. */
struct beneath {
	int fd;
	const char *path;
};

/* A directory by its name in this one: its descriptor; or -1, E_NOT_FOUND, E_IO. */
int beneath_enter(const struct beneath *d, const char *name, struct err *e) RESULT_USED;
/* The same by a path of several parts; "" is the directory itself. */
int beneath_walk(const struct beneath *d, const char *directory, struct err *e) RESULT_USED;
/* The same, and what is not there is made. */
int beneath_walk_making(const struct beneath *d, const char *directory, struct err *e) RESULT_USED;
/*
 * Rename within a directory; unless it replaces, what has the name already stays (EEXIST). 0, or
 * -1 with errno.
 */
int beneath_rename(int directory, const char *from, const char *to, bool replaces) RESULT_USED;
/*
 * Read a file of the directory, of at most max bytes. E_NOT_FOUND; E_TOO_LARGE; E_IO. out is empty
 * after a failure.
 */
int beneath_read(const struct beneath *d, const char *name, size_t max, struct buf *out,
    struct err *e) RESULT_USED;

/* Names but for "." and "..", sorted; owned. */
struct beneath_names {
	char **v;
	size_t n;
};
#define BENEATH_NAMES_INIT                                                                         \
	{                                                                                          \
		0                                                                                  \
	}
void beneath_names_free(struct beneath_names *names);
AUTO_DEFINE(beneath_names)
/* What is in the directory. Over max names: E_TOO_LARGE. E_IO. */
int beneath_list(
    const struct beneath *d, size_t max, struct beneath_names *out, struct err *e) RESULT_USED;

#endif
