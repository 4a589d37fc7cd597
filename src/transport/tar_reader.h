/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One tar archive, read in place with libarchive from any of its members on. Nothing is written;
 * what lies between two headers is skipped, not read.
 *
 * libarchive meets hostile bytes here, in the process that has the verdict. What keeps that small:
 * its tar reader alone is in use, with none of its decompressors and nothing that extracts; it gets
 * its bytes from our callbacks and opens nothing itself; the process is confined (base/confine.h)
 * as it is for all else that it parses; and what comes out is bytes whose digest and signature are
 * judged as those of any mirror are. Names are taken as the bytes that they are: the program has no
 * locale, and so there is none that libarchive could convert them to.
 */
#ifndef RELSIG_TRANSPORT_TAR_READER_H
#define RELSIG_TRANSPORT_TAR_READER_H

#include "base/base.h"
#include "base/buf.h"
#include "base/deadline.h"
#include "base/err.h"
#include "transport/filetree.h"

/* An open archive. Readers share it, in several threads too: each has a position of its own. */
struct tar_file {
	char *path; /* owned */
	int fd;
	uint64_t size;
};
#define TAR_FILE_INIT                                                                              \
	{                                                                                          \
		.fd = -1                                                                           \
	}
/*
 * E_NOT_FOUND; E_UNSUPPORTED for a compressed one, with what unpacks it; E_INVALID for what is no
 * regular file; E_TOO_LARGE for 2 TiB and more; E_IO.
 */
int tar_file_open(struct tar_file *out, const char *path, struct err *e) RESULT_USED;
void tar_file_free(struct tar_file *f);
AUTO_DEFINE(tar_file)

/*
 * A member. type is FILETREE_OTHER, too, for a sparse file, and for a hard link: what that is, who
 * knows the others says.
 */
struct tar_member {
	char *name; /* without "./" in front and "/" at the end; "" is the root */
	char *link; /* what a symbolic link says, or NULL */
	char *hard; /* the name that a hard link is another one of, normalised as name; or NULL */
	enum filetree_type type;
	uint64_t size;
	uint32_t block; /* where its first header stands */
};
#define TAR_MEMBER_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}
void tar_member_free(struct tar_member *m);
AUTO_DEFINE(tar_member)

struct tar_reader;

/* From a block on that has a member's first header. file and deadline are borrowed. */
struct tar_reader *tar_reader_new(
    const struct tar_file *file, uint32_t block, const struct deadline *deadline);
/*
 * The next member; *end instead when the archive ends as one must, with two blocks of zeros: what
 * lies behind them is not looked at, as tar does not either. E_INVALID for what is damaged, cut
 * off, larger than its archive, has more than MAX_TAR_HEADER_BYTES before its content, or a name
 * that no file beneath a directory can have; E_TIMED_OUT; E_IO.
 */
int tar_reader_next(
    struct tar_reader *r, struct tar_member *out, bool *end, struct err *e) RESULT_USED;
/* The whole content of the file that was next, which has this size (out is emptied first). */
int tar_reader_content(
    struct tar_reader *r, const struct tar_member *m, struct buf *out, struct err *e) RESULT_USED;
/* The content piece by piece, borrowed until the next call; n is 0 at its end. */
int tar_reader_piece(struct tar_reader *r, const struct tar_member *m, struct bytes *piece,
    struct err *e) RESULT_USED;
void tar_reader_free(struct tar_reader *r);
AUTO_PTR_DEFINE(tar_reader)

#endif
