/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A body that goes to the judge as it comes: no more of it is taken from libcurl than the judge has
 * room for (http_wire.h), and time counts only while it has.
 */
#ifndef RELSIG_TRANSPORT_FETCHER_STREAM_H
#define RELSIG_TRANSPORT_FETCHER_STREAM_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct fetcher_stream {
	bool is_open;	/* the head of a 2xx is here, and the body follows */
	bool is_paused; /* libcurl holds bytes back for which there is no credit */
	uint64_t credit, left, max;
	struct buf pending; /* for the next frames */
	int64_t heard_ms;   /* when the server last said something, or could again; of clock_ms */
};
void fetcher_stream_init(struct fetcher_stream *s, uint64_t max);
void fetcher_stream_free(struct fetcher_stream *s);

/* The head is here: from now on bytes may come. */
void fetcher_stream_open(struct fetcher_stream *s);

enum fetcher_stream_taken {
	STREAM_UNSET = 0,
	STREAM_TAKEN,	/* all of them */
	STREAM_WAITS,	/* none: it is paused now, and the same bytes are to come again */
	STREAM_IS_FULL, /* as many as the cap allows, and there were more */
};
enum fetcher_stream_taken fetcher_stream_put(
    struct fetcher_stream *s, const void *p, size_t n) RESULT_USED;
/* The next bytes for a frame; false when there are none. body is overwritten. */
bool fetcher_stream_take(struct fetcher_stream *s, struct buf *body) RESULT_USED;
/* More credit. E_INVALID: more than was ever used. A pause is over when this returns. */
int fetcher_stream_credit(struct fetcher_stream *s, uint32_t n, struct err *e) RESULT_USED;
/* When a silence of so many milliseconds is over; INT64_MAX when the judge has no room. */
int64_t fetcher_stream_due(const struct fetcher_stream *s, unsigned silence_ms);

#endif
