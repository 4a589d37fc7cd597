/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A blob that is in memory, and all of one. */
#ifndef RELSIG_TESTS_MEMORY_BLOB_H
#define RELSIG_TESTS_MEMORY_BLOB_H

#include "base/buf.h"
#include "transport/blob.h"

/*
 * content is borrowed; it comes in pieces of so many bytes, at most max of them. After fail_after
 * bytes (SIZE_MAX: never) reading fails with E_UNREACHABLE.
 */
struct blob *memory_blob(struct bytes content, size_t piece, uint64_t max, size_t fail_after);
/* The whole of it, added to out. */
int blob_read_all(struct blob *b, struct buf *out, struct err *e) RESULT_USED;

#endif
