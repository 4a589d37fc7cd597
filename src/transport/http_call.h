/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One request under way, as the judge has it: which frames may still come for it, and what came and
 * was not taken yet. Pure: no socket, no clock; whoever shares it between threads locks it.
 */
#ifndef RELSIG_TRANSPORT_HTTP_CALL_H
#define RELSIG_TRANSPORT_HTTP_CALL_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "transport/http_reply.h"
#include "transport/http_wire.h"

/* What may come for a request, at most. */
struct http_caps {
	size_t body;
	bool is_stream;
	uint64_t stream; /* of a body with status 2xx, when it is one */
};

enum http_call_state {
	HTTP_CALL_UNSET = 0,
	HTTP_CALL_AWAITED, /* no response yet */
	HTTP_CALL_STREAMS, /* a response, and its body comes */
	HTTP_CALL_OVER,	   /* no more frames */
};

struct http_call {
	struct http_call *next; /* for a list of those that are not over */
	uint64_t id;
	struct http_caps caps;
	int64_t deadline; /* of the response; whoever waits for it keeps it */
	enum http_call_state state;
	bool has_stream;	      /* what is no longer awaited came with one */
	bool abandoned;		      /* what comes is thrown away */
	struct http_reply reply, end; /* the response; and how its stream ended */

	/* Of a stream. */
	uint64_t credit; /* bytes that the fetcher may still send */
	uint64_t left;	 /* until the cap */
	size_t consumed; /* bytes for which there is no new credit yet */
	struct buf *pieces;
	size_t n_pieces;
};
struct http_call *http_call_new(uint64_t id, const struct http_caps *caps);
/* NULL is fine. */
void http_call_free(struct http_call *c);

/* In a list: the one with this id, or NULL; and out of it, when it is there. */
struct http_call *http_call_find(struct http_call *list, uint64_t id) RESULT_USED;
void http_call_unlink(struct http_call **list, const struct http_call *c);

/* E_INVALID unless such a frame may come now. */
int http_call_admit(
    const struct http_call *c, const struct wire_prefix *p, struct err *e) RESULT_USED;
/* Take an admitted frame; its body moves over. E_INVALID: what it says is no protocol. */
int http_call_take(struct http_call *c, enum wire_type type, struct bytes head, struct buf *body,
    struct err *e) RESULT_USED;
/* Nobody will take anything any more. */
void http_call_abandon(struct http_call *c);

/* The oldest piece that came; false when there is none. out is overwritten. */
bool http_call_piece(struct http_call *c, struct buf *out) RESULT_USED;
/*
 * So many bytes of pieces were used up: for how many the fetcher is now to have new credit; 0: for
 * none yet, or it needs none any more.
 */
uint32_t http_call_consume(struct http_call *c, size_t n) RESULT_USED;

#endif
