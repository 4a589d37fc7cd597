/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/blob.h"

#include <inttypes.h>
#include <stdlib.h>

struct blob {
	const struct blob_kind *kind;
	void *state;
	char *where;
	uint64_t max, got;
	bool ended, failed;
};

struct blob *
blob_new(const struct blob_kind *kind, void *state, uint64_t max, char *where)
{
	struct blob *b = xcalloc(1, sizeof(*b));

	b->kind = kind;
	b->state = state;
	b->max = max;
	b->where = where;
	return b;
}

static int
take(struct blob *b, struct bytes *piece, struct err *e)
{
	if (b->kind->next(b->state, piece, e) != 0)
		return -1;
	if (piece->n > b->max - b->got)
		return err_set(e, E_TOO_LARGE, "%s: more than %" PRIu64 " bytes", b->where, b->max);
	b->got += piece->n;
	b->ended = piece->n == 0;
	return 0;
}

int
blob_next(struct blob *b, struct bytes *piece, struct err *e)
{
	*piece = (struct bytes){ NULL, 0 };
	if (b->failed)
		return err_set(e, E_IO, "%s: it failed before", b->where);
	if (b->ended || take(b, piece, e) == 0)
		return 0;
	*piece = (struct bytes){ NULL, 0 };
	b->failed = true;
	return -1;
}

const char *
blob_where(const struct blob *b)
{
	return b->where;
}

void
blob_free(struct blob *b)
{
	if (b == NULL)
		return;
	b->kind->free(b->state);
	free(b->where);
	free(b);
}
