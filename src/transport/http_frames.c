/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_frames.h"

size_t
wire_reader_room(struct wire_reader *r, uint8_t **p)
{
	if (r->prefix_n < WIRE_PREFIX_BYTES) {
		*p = r->prefix_bytes + r->prefix_n;
		return WIRE_PREFIX_BYTES - r->prefix_n;
	}
	if (r->head.n < r->prefix.head_n) {
		*p = r->head.p + r->head.n;
		return r->prefix.head_n - r->head.n;
	}
	*p = r->body.p + r->body.n;
	return r->prefix.body_n - r->body.n;
}

static int
prefix_decode(struct wire_prefix *out, const uint8_t *p, struct err *e)
{
	if (p[0] < WIRE_HELLO || p[0] > WIRE_TYPE_LAST)
		return err_set(e, E_INVALID, "a frame of unknown type %u", p[0]);
	out->type = (enum wire_type)p[0];
	out->id = (uint64_t)wire_number(p + 1) << 32 | wire_number(p + 5);
	out->head_n = wire_number(p + 9);
	out->body_n = wire_number(p + 13);
	return 0;
}

/* An empty buffer with room for n bytes and the NUL after them. */
static void
make_room(struct buf *b, size_t n)
{
	buf_free(b);
	if (n == 0)
		return;
	b->p = xmalloc(n + 1);
	b->p[0] = '\0';
	b->cap = n + 1;
}

static void
grow(struct buf *b, size_t n)
{
	b->n += n;
	b->p[b->n] = '\0';
}

int
wire_reader_got(struct wire_reader *r, size_t n, bool *whole, struct err *e)
{
	*whole = false;
	if (r->prefix_n < WIRE_PREFIX_BYTES) {
		r->prefix_n += n;
		if (r->prefix_n < WIRE_PREFIX_BYTES)
			return 0;
		if (prefix_decode(&r->prefix, r->prefix_bytes, e) != 0 ||
		    r->admit(r->arg, &r->prefix, e) != 0)
			return -1;
		make_room(&r->head, r->prefix.head_n);
		make_room(&r->body, r->prefix.body_n);
	} else if (r->head.n < r->prefix.head_n) {
		grow(&r->head, n);
	} else {
		grow(&r->body, n);
	}
	*whole = r->head.n == r->prefix.head_n && r->body.n == r->prefix.body_n;
	return 0;
}

void
wire_reader_next(struct wire_reader *r)
{
	wire_reader_free(r);
}

bool
wire_reader_is_idle(const struct wire_reader *r)
{
	return r->prefix_n == 0;
}

void
wire_reader_free(struct wire_reader *r)
{
	r->prefix_n = 0;
	buf_free(&r->head);
	buf_free(&r->body);
}
