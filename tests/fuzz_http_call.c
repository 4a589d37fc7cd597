/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "transport/http_call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CAP ((uint64_t)3 << 20)

/* What must hold of a call, whatever came: ledger has the bytes let in and those used up. */
struct ledger {
	uint64_t in, out, granted;
};

static void
check(const struct http_call *c, const struct ledger *l)
{
	uint64_t queued = 0;
	size_t i;

	for (i = 0; i < c->n_pieces; i++)
		queued += c->pieces[i].n;
	if (l->in > CAP || l->in > WIRE_WINDOW_BYTES + l->granted || l->granted > l->out)
		abort();
	if (queued > WIRE_WINDOW_BYTES || queued > l->in - l->out)
		abort();
	if (c->n_pieces > 2 * (WIRE_WINDOW_BYTES / 4096))
		abort();
	if (c->state == HTTP_CALL_STREAMS && !c->caps.is_stream)
		abort();
	if (l->in > 0 && !c->has_stream)
		abort();
}

/* A frame of the fetcher's: its head is text, its body as many zeros. False: the session ends. */
static bool
take_frame(struct http_call *c, uint8_t type, struct bytes head, uint32_t body_n, struct ledger *l)
{
	const struct wire_prefix p = { (enum wire_type)type, 1, (uint32_t)head.n, body_n };
	enum http_call_state before = c->state;
	AUTO(buf) body = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (http_call_admit(c, &p, &e) != 0)
		return false;
	if (before == HTTP_CALL_OVER || body_n > WIRE_MAX_DATA_BYTES)
		abort();
	if (body_n > 0) {
		body.p = xcalloc(body_n + 1, 1);
		body.cap = body_n + 1;
		body.n = body_n;
	}
	if (http_call_take(c, p.type, head, &body, &e) != 0)
		return false;
	if (type == WIRE_DATA)
		l->in += body_n;
	return true;
}

/* The judge takes a piece and uses it up. */
static void
take_piece(struct http_call *c, struct ledger *l)
{
	AUTO(buf) piece = BUF_INIT;

	if (!http_call_piece(c, &piece))
		return;
	l->out += piece.n;
	l->granted += http_call_consume(c, piece.n);
}

/*
 * A first byte of flags, then steps: a frame's type, the length of its head and three bytes of its
 * body's; or 0, a piece is taken; or 255, the call is abandoned.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_caps caps = { .body = 64, .stream = CAP };
	struct ledger l = { 0, 0, 0 };
	struct http_call *c;
	size_t head_n;

	if (size == 0)
		return 0;
	caps.is_stream = (data[0] & 1) != 0;
	c = http_call_new(1, &caps);
	for (data++, size--; size >= 5; data += head_n, size -= head_n) {
		head_n = data[1] < size - 5 ? data[1] : size - 5;
		if (data[0] == 0)
			take_piece(c, &l);
		else if (data[0] == 255)
			http_call_abandon(c);
		else if (!take_frame(c, data[0], bytes_of(data + 5, head_n),
			     (uint32_t)data[2] << 16 | (uint32_t)data[3] << 8 | data[4], &l))
			break;
		check(c, &l);
		data += 5;
		size -= 5;
	}
	http_call_free(c);
	return 0;
}
