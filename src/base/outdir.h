/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A directory that files are added to, over and over, and that others may have had in hand
 * meanwhile. Files are prepared first and then appear together, each whole or not at all; what is
 * there already is never lost.
 *
 * Names are relative: "FILE", "DIRECTORY/FILE", "DIRECTORY/SUBDIRECTORY/FILE" and so on. No
 * symbolic link beneath the directory is followed, for reading or writing. Files get the mode 0644,
 * directories 0755. Not for several threads at once.
 */
#ifndef RELSIG_BASE_OUTDIR_H
#define RELSIG_BASE_OUTDIR_H

#include "base/base.h"
#include "base/beneath.h"
#include "base/buf.h"
#include "base/deadline.h"
#include "base/err.h"

/* How the names begin that files have until they appear. */
#define OUTDIR_TEMPORARY ".relsig-"

struct outdir;

/*
 * Open it; it is made, and what is above it, when it is not there. It may be a symbolic link
 * itself: the user named it. E_IO.
 */
int outdir_open(struct outdir **out, const char *path, struct err *e) RESULT_USED;
/*
 * Keep other processes from changing it through here, until outdir_free; wait for one that does.
 * E_TIMED_OUT; E_IO, also where the file system has no locks.
 */
int outdir_lock(struct outdir *d, const struct deadline *deadline, struct err *e) RESULT_USED;

/*
 * Read a regular file as it is there, of at most max bytes. E_NOT_FOUND; E_TOO_LARGE; E_IO. out is
 * empty after a failure.
 */
int outdir_read(
    struct outdir *d, const char *name, size_t max, struct buf *out, struct err *e) RESULT_USED;
/* What is in a directory ("" is the root); one that is not there is empty. Over max: E_TOO_LARGE.
 * E_IO. */
int outdir_list(struct outdir *d, const char *name, size_t max, struct beneath_names *out,
    struct err *e) RESULT_USED;

/*
 * Prepare a file. The very same one may be there already; E_MISMATCH when another is. A
 * subdirectory that is not there yet appears with all that is prepared for it. E_IO.
 */
int outdir_add(struct outdir *d, const char *name, struct bytes content, struct err *e) RESULT_USED;
/* Prepare a file that takes the place of what is there. Not for subdirectories. */
int outdir_replace(
    struct outdir *d, const char *name, struct bytes content, struct err *e) RESULT_USED;
/* Give all that is prepared its name, in that order. After a failure the rest is dropped. E_IO. */
int outdir_commit(struct outdir *d, struct err *e) RESULT_USED;
/* Drop what is prepared. */
void outdir_drop(struct outdir *d);

/* What the user called it; borrowed. */
const char *outdir_path(const struct outdir *d);
/* The directory itself, for what does not go through here; borrowed. */
struct beneath outdir_beneath(const struct outdir *d);
/* Drops what is prepared, and lets others in. NULL is fine. */
void outdir_free(struct outdir *d);
AUTO_PTR_DEFINE(outdir)

#endif
