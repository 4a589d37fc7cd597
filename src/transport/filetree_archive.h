/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The members of one tar archive, or of several that are parts of one whole (mirror_000001.tar and
 * the others), as one tree of files. They are read in place: one pass over the headers when the
 * tree is opened, then what is asked for. Memory does not grow with the archives' sizes, and with
 * the number of their members only up to MAX_ARCHIVE_NAMES.
 *
 * Refused as a whole are archives that two programs could read differently, or that are damaged: a
 * name twice (a directory may be), one beneath a file, one that leads out of the tree, a member
 * larger than its archive, an end that is missing. A hard link is the file of the same archive that
 * it leads back to. A device, a FIFO, a sparse file, a hard link to anything else is
 * FILETREE_OTHER, and not read; symbolic links are as elsewhere.
 */
#ifndef RELSIG_TRANSPORT_FILETREE_ARCHIVE_H
#define RELSIG_TRANSPORT_FILETREE_ARCHIVE_H

#include "base/deadline.h"
#include "transport/filetree.h"

/*
 * n paths, which may be symbolic links: the user named them. They stay open, so that each read is
 * of the files that were looked through, and needs no lock. The deadline is copied, and holds for
 * reads too. E_NOT_FOUND; E_INVALID; E_UNSUPPORTED for compressed ones; E_TOO_LARGE over a cap;
 * E_TIMED_OUT; E_IO.
 */
int filetree_open_archives(struct filetree **out, char *const *paths, size_t n,
    const struct deadline *deadline, struct err *e) RESULT_USED;

#endif
