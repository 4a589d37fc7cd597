/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "transport/http_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
admit(void *arg, const struct wire_prefix *prefix, struct err *e)
{
	size_t *left = arg;

	/* More than there is to come is not worth the memory. */
	if (prefix->head_n <= *left && prefix->body_n <= *left)
		return 0;
	return err_set(e, E_TOO_LARGE, "too much");
}

/* What comes out of a stream whose bytes come in pieces of at most n, written into out. */
static void
read_stream(struct buf *out, struct bytes in, size_t n)
{
	AUTO(wire_reader) r = { .admit = admit, .arg = &in.n };
	AUTO(err) e = ERR_INIT;
	uint8_t *to;
	bool whole;

	while (in.n > 0) {
		size_t room = wire_reader_room(&r, &to);

		room = room < n ? room : n;
		room = room < in.n ? room : in.n;
		if (room == 0)
			abort();
		memcpy(to, in.p, room);
		in = bytes_of(in.p + room, in.n - room);
		if (wire_reader_got(&r, room, &whole, &e) != 0)
			break;
		if (!whole)
			continue;
		buf_addf(out, "%u %ju %zu %zu ", r.prefix.type, (uintmax_t)r.prefix.id, r.head.n,
		    r.body.n);
		buf_add(out, r.head.p, r.head.n);
		buf_add(out, r.body.p, r.body.n);
		wire_reader_next(&r);
	}
	buf_addf(out, "%d %d", wire_reader_is_idle(&r), e.code);
}

/* The same frames, however the bytes arrive. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf) at_once = BUF_INIT;
	AUTO(buf) in_pieces = BUF_INIT;

	read_stream(&at_once, bytes_of(data, size), size);
	read_stream(&in_pieces, bytes_of(data, size), 3);
	if (!bytes_equal(buf_bytes(&at_once), buf_bytes(&in_pieces)))
		abort();
	return 0;
}
