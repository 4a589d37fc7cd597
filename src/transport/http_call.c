/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_call.h"

#include <stdlib.h>
#include <string.h>

/* New credit is granted in parts of this size: a frame each would be many. */
#define CREDIT_BYTES (WIRE_WINDOW_BYTES / 4)
/*
 * A piece smaller than this is added to the one before it, so that many small frames do not take
 * more memory than their bytes.
 */
#define SMALL_BYTES ((size_t)4 << 10)

struct http_call *
http_call_new(uint64_t id, const struct http_caps *caps)
{
	struct http_call *c = xcalloc(1, sizeof(*c));

	c->id = id;
	c->caps = *caps;
	c->state = HTTP_CALL_AWAITED;
	c->reply = c->end = (struct http_reply)HTTP_REPLY_INIT;
	c->credit = WIRE_WINDOW_BYTES;
	c->left = caps->stream;
	return c;
}

static void
drop_pieces(struct http_call *c)
{
	while (c->n_pieces > 0)
		buf_free(&c->pieces[--c->n_pieces]);
	free(c->pieces);
	c->pieces = NULL;
}

void
http_call_free(struct http_call *c)
{
	if (c == NULL)
		return;
	http_reply_free(&c->reply);
	http_reply_free(&c->end);
	drop_pieces(c);
	free(c);
}

struct http_call *
http_call_find(struct http_call *list, uint64_t id)
{
	while (list != NULL && list->id != id)
		list = list->next;
	return list;
}

void
http_call_unlink(struct http_call **list, const struct http_call *c)
{
	struct http_call **at = list;

	while (*at != NULL && *at != c)
		at = &(*at)->next;
	if (*at != NULL)
		*at = c->next;
}

static int
admit_response(const struct http_call *c, const struct wire_prefix *p, struct err *e)
{
	if (c->state != HTTP_CALL_AWAITED)
		return err_set(e, E_INVALID, "a second response");
	if (p->head_n > WIRE_MAX_RESPONSE_HEAD_BYTES)
		return err_set(e, E_INVALID, "a response header of %u bytes, want at most %zu",
		    p->head_n, WIRE_MAX_RESPONSE_HEAD_BYTES);
	if (p->body_n > c->caps.body)
		return err_set(e, E_INVALID, "a response body of %u bytes, want at most %zu",
		    p->body_n, c->caps.body);
	return 0;
}

static int
admit_data(const struct http_call *c, const struct wire_prefix *p, struct err *e)
{
	if (p->head_n != 0 || p->body_n == 0 || p->body_n > WIRE_MAX_DATA_BYTES)
		return err_set(e, E_INVALID, "a piece of %u and %u bytes", p->head_n, p->body_n);
	if (p->body_n > c->credit)
		return err_set(e, E_INVALID, "a piece of %u bytes, want at most %ju now", p->body_n,
		    (uintmax_t)c->credit);
	if (p->body_n > c->left)
		return err_set(
		    e, E_INVALID, "a stream of more than %ju bytes", (uintmax_t)c->caps.stream);
	return 0;
}

int
http_call_admit(const struct http_call *c, const struct wire_prefix *p, struct err *e)
{
	if (p->type == WIRE_RESPONSE)
		return admit_response(c, p, e);
	if (p->type != WIRE_DATA && p->type != WIRE_END)
		return err_set(e, E_INVALID, "a frame of type %d, want a response", (int)p->type);
	if (c->state != HTTP_CALL_STREAMS)
		return err_set(
		    e, E_INVALID, "a frame of type %d of what is no stream now", (int)p->type);
	if (p->type == WIRE_DATA)
		return admit_data(c, p, e);
	if (p->head_n > WIRE_MAX_END_HEAD_BYTES || p->body_n != 0)
		return err_set(e, E_INVALID, "an end of %u and %u bytes", p->head_n, p->body_n);
	return 0;
}

static int
take_response(struct http_call *c, struct bytes head, struct buf *body, struct err *e)
{
	const struct http_response *r = &c->reply.response;

	if (http_reply_read(&c->reply, head, body, e) != 0)
		return -1;
	if (!c->caps.is_stream || r->status < 200 || r->status > 299) {
		c->state = HTTP_CALL_OVER;
		return 0;
	}
	c->state = HTTP_CALL_STREAMS;
	c->has_stream = true;
	return r->body.n == 0 ? 0 : err_set(e, E_INVALID, "a body before its stream");
}

static void
take_data(struct http_call *c, struct buf *body)
{
	struct buf *last = c->n_pieces > 0 ? &c->pieces[c->n_pieces - 1] : NULL;

	c->credit -= body->n;
	c->left -= body->n;
	if (c->abandoned)
		return;
	if (last != NULL && body->n < SMALL_BYTES && last->n <= WIRE_MAX_DATA_BYTES - SMALL_BYTES) {
		buf_add(last, body->p, body->n);
		return;
	}
	*LIST_ADD(c->pieces, c->n_pieces) = *body;
	*body = (struct buf)BUF_INIT;
}

int
http_call_take(
    struct http_call *c, enum wire_type type, struct bytes head, struct buf *body, struct err *e)
{
	struct wire_end end;

	if (type == WIRE_RESPONSE)
		return take_response(c, head, body, e);
	if (type == WIRE_DATA) {
		take_data(c, body);
		return 0;
	}
	if (wire_end_decode(&end, head, e) != 0)
		return -1;
	c->state = HTTP_CALL_OVER;
	c->end.outcome = (enum wire_outcome)end.outcome;
	c->end.message = end.message != NULL ? xstrdup(end.message) : NULL;
	return 0;
}

void
http_call_abandon(struct http_call *c)
{
	c->abandoned = true;
	drop_pieces(c);
}

bool
http_call_piece(struct http_call *c, struct buf *out)
{
	if (c->n_pieces == 0)
		return false;
	*out = c->pieces[0];
	c->n_pieces--;
	memmove(c->pieces, c->pieces + 1, c->n_pieces * sizeof(c->pieces[0]));
	if (c->n_pieces == 0)
		drop_pieces(c);
	return true;
}

uint32_t
http_call_consume(struct http_call *c, size_t n)
{
	size_t granted;

	c->consumed += n;
	if (c->state != HTTP_CALL_STREAMS || c->consumed < CREDIT_BYTES)
		return 0;
	granted = c->consumed;
	c->consumed = 0;
	c->credit += granted;
	return (uint32_t)granted;
}
