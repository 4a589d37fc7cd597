/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames out of a stream of bytes. Pure: whoever reads the socket puts the bytes in. */
#ifndef RELSIG_TRANSPORT_HTTP_FRAMES_H
#define RELSIG_TRANSPORT_HTTP_FRAMES_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "transport/http_wire.h"

/*
 * Without a copy: the reader says where the next bytes belong, the caller puts them there (read(2))
 * and says how many came.
 */
struct wire_reader {
	uint8_t prefix_bytes[WIRE_PREFIX_BYTES];
	size_t prefix_n;
	struct wire_prefix prefix;
	struct buf head, body;
	/*
	 * Called with each prefix before memory is taken for it: is this type, id, head_n, body_n
	 * as it may be now? It sets e and returns -1 when it is not.
	 */
	int (*admit)(void *arg, const struct wire_prefix *prefix, struct err *e);
	void *arg;
};
/* Where the next bytes go, and how many at most (never 0). */
size_t wire_reader_room(struct wire_reader *r, uint8_t **p);
/*
 * n bytes were put there. whole: the frame is complete, to be taken out of prefix, head and body
 * before wire_reader_next is called. -1: the stream is broken for good.
 */
int wire_reader_got(struct wire_reader *r, size_t n, bool *whole, struct err *e) RESULT_USED;
void wire_reader_next(struct wire_reader *r);
/* True between frames: a stream that ends here ends well. */
bool wire_reader_is_idle(const struct wire_reader *r) RESULT_USED;
void wire_reader_free(struct wire_reader *r);
AUTO_DEFINE(wire_reader)

#endif
