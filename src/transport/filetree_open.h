/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is at a path that the user named, as one tree of files. */
#ifndef RELSIG_TRANSPORT_FILETREE_OPEN_H
#define RELSIG_TRANSPORT_FILETREE_OPEN_H

#include "base/deadline.h"
#include "transport/filetree.h"

/*
 * A file is a tar archive. A directory with archives of oc-mirror's (mirror_000001.tar and the
 * others) is all of them together, which are parts of one whole: what lies beside them is in them,
 * too. Any other directory is itself. Errors as of filetree_open_directory and
 * filetree_open_archives. *archives: was it one, or several?
 */
int filetree_open(struct filetree **out, const char *path, const struct deadline *deadline,
    bool *archives, struct err *e) RESULT_USED;

#endif
