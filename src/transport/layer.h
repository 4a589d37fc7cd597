/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files out of an image layer (OCI image-spec layer.md), read with libarchive as it streams by:
 * tar, plain or compressed by gzip or zstd. Nothing is written to disk.
 */
#ifndef RELSIG_TRANSPORT_LAYER_H
#define RELSIG_TRANSPORT_LAYER_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/digest.h"
#include "transport/blob.h"

/*
 * Called for each regular file of the layer whose name passes wanted; content is borrowed. Names
 * are relative, without "./" before them. What readers of layers do not agree about is E_INVALID
 * for the layer: a name with "/" before it or a part that is empty, "." or "..", a whiteout of no
 * name, a link with content. A name may come more than once.
 */
struct layer_reader {
	bool (*wanted)(void *arg, const char *name);
	int (*file)(void *arg, const char *name, struct bytes content, struct err *e);
	/* A whiteout ("DIRECTORY/.wh.NAME", and ".wh..wh..opq"): that name is gone from layers
	 * below. */
	int (*gone)(void *arg, const char *name, struct err *e);
	void *arg;
	size_t max_file;       /* of one file that is wanted: E_TOO_LARGE over it */
	uint64_t max_unpacked; /* of the whole layer when unpacked: E_TOO_LARGE over it (a bomb) */
	uint64_t max_files;
};

/*
 * Read the blob to its end, every byte of it, and give its bytes to digest as they come (so that
 * what was unpacked is what was hashed). E_INVALID: not a tar archive to its end, compressed more
 * than once, or with more than MAX_TAR_HEADER_BYTES before a file. A link where a file is wanted is
 * E_INVALID. What the callbacks fail with ends it. On failure got is not set. Memory: some 256 KiB
 * and a file that is wanted; with zstd the window that the blob asks for, 128 MiB at most.
 */
int layer_read(struct blob *blob, const struct layer_reader *reader, struct digest *got,
    struct err *e) RESULT_USED;

#endif
