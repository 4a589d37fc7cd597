/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory_blob.h"

#include <stdlib.h>

struct memory {
	struct bytes rest;
	size_t piece, given, fail_after;
};

static int
next(void *state, struct bytes *piece, struct err *e)
{
	struct memory *m = state;
	size_t n = m->rest.n < m->piece ? m->rest.n : m->piece;

	if (m->given >= m->fail_after)
		return err_set(e, E_UNREACHABLE, "the connection was lost");
	*piece = bytes_of(m->rest.p, n);
	if (n > 0)
		m->rest = bytes_of(m->rest.p + n, m->rest.n - n);
	m->given += n;
	return 0;
}

struct blob *
memory_blob(struct bytes content, size_t piece, uint64_t max, size_t fail_after)
{
	static const struct blob_kind kind = { next, free };
	struct memory *m = xcalloc(1, sizeof(*m));

	*m = (struct memory){ content, piece, 0, fail_after };
	return blob_new(&kind, m, max, xstrdup("memory"));
}

int
blob_read_all(struct blob *b, struct buf *out, struct err *e)
{
	struct bytes piece;

	do {
		if (blob_next(b, &piece, e) != 0)
			return -1;
		buf_add(out, piece.p, piece.n);
	} while (piece.n > 0);
	return 0;
}
