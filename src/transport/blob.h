/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes of one blob, piece by piece, wherever they come from: a registry, a file, a member of
 * an archive. Memory does not grow with the blob. Nothing is judged: who reads to the end hashes.
 */
#ifndef RELSIG_TRANSPORT_BLOB_H
#define RELSIG_TRANSPORT_BLOB_H

#include "base/base.h"
#include "base/err.h"

struct blob;

/*
 * The next bytes, borrowed until the next call; none (n is 0) at the end, and then always. At most
 * as many in all as it was opened for: E_TOO_LARGE over it. Other errors as of whoever opened it;
 * after an error nothing comes any more.
 */
int blob_next(struct blob *b, struct bytes *piece, struct err *e) RESULT_USED;
/* Where it is: a URL, "PATH/NAME", "PATH: NAME"; borrowed; for reports. */
const char *blob_where(const struct blob *b);
void blob_free(struct blob *b);
AUTO_PTR_DEFINE(blob)

/* For the kinds. state is owned. where is consumed. */
struct blob_kind {
	int (*next)(void *state, struct bytes *piece, struct err *e);
	void (*free)(void *state);
};
struct blob *blob_new(const struct blob_kind *kind, void *state, uint64_t max, char *where);

#endif
