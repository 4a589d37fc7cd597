/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_stream.h"

#include <string.h>

#include "base/clock.h"
#include "transport/http_wire.h"

void
fetcher_stream_init(struct fetcher_stream *s, uint64_t max)
{
	*s = (struct fetcher_stream){ .credit = WIRE_WINDOW_BYTES, .left = max, .max = max };
}

void
fetcher_stream_free(struct fetcher_stream *s)
{
	buf_free(&s->pending);
}

void
fetcher_stream_open(struct fetcher_stream *s)
{
	s->is_open = true;
	s->heard_ms = clock_ms();
}

enum fetcher_stream_taken
fetcher_stream_put(struct fetcher_stream *s, const void *p, size_t n)
{
	bool is_full = n > s->left;

	if (is_full)
		n = (size_t)s->left;
	s->heard_ms = clock_ms();
	s->is_paused = n > s->credit;
	if (s->is_paused)
		return STREAM_WAITS;
	buf_add(&s->pending, p, n);
	s->credit -= n;
	s->left -= n;
	return is_full ? STREAM_IS_FULL : STREAM_TAKEN;
}

bool
fetcher_stream_take(struct fetcher_stream *s, struct buf *body)
{
	size_t n = WIRE_MAX_DATA_BYTES;

	*body = (struct buf)BUF_INIT;
	if (s->pending.n <= n) {
		*body = s->pending;
		s->pending = (struct buf)BUF_INIT;
		return body->n > 0;
	}
	buf_add(body, s->pending.p, n);
	s->pending.n -= n;
	memmove(s->pending.p, s->pending.p + n, s->pending.n);
	return true;
}

int
fetcher_stream_credit(struct fetcher_stream *s, uint32_t n, struct err *e)
{
	if (n > WIRE_WINDOW_BYTES - s->credit)
		return err_set(e, E_INVALID, "credit for more bytes than were sent");
	/* While nobody had room, nobody waited for the server. */
	if (s->is_paused || s->credit == 0)
		s->heard_ms = clock_ms();
	s->is_paused = false;
	s->credit += n;
	return 0;
}

int64_t
fetcher_stream_due(const struct fetcher_stream *s, unsigned silence_ms)
{
	return s->is_paused || s->credit == 0 ? INT64_MAX : s->heard_ms + silence_ms;
}
