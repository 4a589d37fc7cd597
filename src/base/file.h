/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: read under a cap, written whole or not at all. */
#ifndef RELSIG_BASE_FILE_H
#define RELSIG_BASE_FILE_H

#include "base/buf.h"
#include "base/deadline.h"
#include "base/err.h"

/*
 * Read a whole file of at most max bytes into out (emptied first, and empty after a failure).
 * Directories, devices, sockets are refused; a FIFO or "/dev/stdin" is read (a person may pipe a
 * key in). E_NOT_FOUND when the path, or a directory on the way, does not exist; E_TOO_LARGE over
 * the cap; E_IO otherwise.
 */
int file_read(struct buf *out, const char *path, size_t max, struct err *e) RESULT_USED;
/* The same, but E_TIMED_OUT when a FIFO does not bring all by then, or nobody opens it at all. */
int file_read_by(struct buf *out, const char *path, size_t max, const struct deadline *deadline,
    struct err *e) RESULT_USED;

/*
 * As file_read, for a path below a tree that somebody else filled: only regular files, and a
 * symbolic link as the last part is refused.
 */
int file_read_untrusted(struct buf *out, const char *path, size_t max, struct err *e) RESULT_USED;

/* Read all of an open descriptor, at most max bytes; name is for messages. */
int file_read_fd(struct buf *out, int fd, const char *name, size_t max, struct err *e) RESULT_USED;
/* The same, but E_TIMED_OUT when not all has come by then. */
int file_read_fd_by(struct buf *out, int fd, const char *name, size_t max,
    const struct deadline *deadline, struct err *e) RESULT_USED;

/*
 * Write a file so that it appears whole or not at all: a temporary file beside it, flushed to the
 * disk, then renamed over path. An existing file is replaced only at that moment.
 */
int file_write(const char *path, struct bytes content, unsigned mode, struct err *e) RESULT_USED;

/*
 * Write a new file (0600) into a private directory: it must not exist yet. Neither atomic nor
 * flushed: for files that this process alone reads.
 */
int file_write_private(const char *path, struct bytes content, struct err *e) RESULT_USED;

/* Write all of content to fd, over short writes and EINTR. */
int file_write_fd(int fd, const char *name, struct bytes content, struct err *e) RESULT_USED;

/* mkdir -p with the given mode for what is missing. */
int file_make_directories(const char *path, unsigned mode, struct err *e) RESULT_USED;

#endif
