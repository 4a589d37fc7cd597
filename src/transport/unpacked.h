/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a blob as they were before gzip or zstd made them fewer. */
#ifndef RELSIG_TRANSPORT_UNPACKED_H
#define RELSIG_TRANSPORT_UNPACKED_H

#include "base/base.h"
#include "base/err.h"
#include "transport/blob.h"

/*
 * A blob of them, at most max; those of a blob that is not compressed come as they are. packed is
 * borrowed for its life, and what fails there fails here. E_INVALID: damaged, cut off, or
 * compressed more than once. What stands behind the compressed bytes is not looked at, and packed
 * not read to its end.
 */
int unpacked_open(struct blob *packed, uint64_t max, struct blob **out, struct err *e) RESULT_USED;

#endif
