/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compressed bytes, by zlib, in full and under a cap. */
#ifndef RELSIG_FORMATS_INFLATE_H
#define RELSIG_FORMATS_INFLATE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

enum inflate_form {
	INFLATE_UNSET = 0, /* nothing is taken */
	INFLATE_RAW,	   /* RFC 1951, OpenPGP's ZIP */
	INFLATE_ZLIB,	   /* RFC 1950 */
	INFLATE_GZIP,	   /* RFC 1952, one member */
};

/*
 * Append what all of in inflates to. E_INVALID: damaged, cut off, or bytes after the end of the
 * compressed data; E_TOO_LARGE: more than max bytes in out (what was inflated by then is in it);
 * E_IO: zlib cannot start.
 */
int inflate_whole(struct buf *out, enum inflate_form form, struct bytes in, size_t max,
    struct err *e) RESULT_USED;

#endif
