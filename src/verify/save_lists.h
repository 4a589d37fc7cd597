/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What "relsig save" writes anew at the end of each run, from what is in the folder by then. */
#ifndef RELSIG_VERIFY_SAVE_LISTS_H
#define RELSIG_VERIFY_SAVE_LISTS_H

#include "base/base.h"
#include "base/err.h"
#include "base/outdir.h"
#include "formats/save_index.h"

/* The index of earlier runs; empty when there was none. */
int save_lists_read_index(struct outdir *d, struct save_index *index, struct err *e) RESULT_USED;
/*
 * The index; the ConfigMap of all signatures in the folder, unless there are none; a report of its
 * own for each run; SHA256SUMS over all of that and all else in the folder, last.
 */
int save_lists_write(struct outdir *d, const struct save_index *index, struct bytes report,
    struct err *e) RESULT_USED;

#endif
