/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/packets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A packet is what was cut off, its body stands at its end, and alone it is read as itself. */
static void
check_packet(const struct packet *p, struct bytes before, struct bytes rest)
{
	struct bytes whole = p->whole, again = p->whole;
	AUTO(buf) body = BUF_INIT;
	struct packet q;
	uint8_t tag;

	if (whole.p != before.p || whole.n == 0 || whole.p + whole.n != rest.p ||
	    whole.n + rest.n != before.n || p->body.n >= whole.n ||
	    p->body.p + p->body.n != rest.p || p->tag > 63)
		abort();
	if (!packet_next(&again, &q) || again.n != 0 || q.tag != p->tag ||
	    !bytes_equal(q.body, p->body))
		abort();
	if (!packet_next_any_length(&whole, &tag, &body) || whole.n != 0 || tag != p->tag ||
	    !bytes_equal(buf_bytes(&body), p->body))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size), before = rest, area = rest, subpacket;
	AUTO(buf) body = BUF_INIT;
	struct packet p;
	uint8_t tag;

	for (; packet_next(&rest, &p); before = rest)
		check_packet(&p, before, rest);
	if (rest.p != before.p || rest.n != before.n)
		abort();
	if (packet_next_any_length(&before, &tag, &body) && body.n >= rest.n)
		abort();
	for (before = area; packet_next_subpacket(&area, &subpacket); before = area)
		if (subpacket.n == 0 || subpacket.p + subpacket.n != area.p ||
		    area.n + subpacket.n >= before.n)
			abort();
	return 0;
}
