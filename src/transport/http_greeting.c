/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_greeting.h"

#include <string.h>

int
http_greeting_write(struct buf *out, const struct confine_report *confined, struct err *e)
{
	uint8_t parts[CONFINE_PARTS];
	const struct wire_hello hello = { .version = RELSIG_VERSION,
		.confinement = { parts, sizeof(parts) } };

	for (size_t i = 0; i < CONFINE_PARTS; i++)
		parts[i] = (uint8_t)confined->parts[i];
	return wire_hello_encode(out, &hello, e);
}

int
http_greeting_admit(const struct wire_prefix *p, struct err *e)
{
	if (p->type == WIRE_HELLO && p->id == 0 && p->body_n == 0 &&
	    p->head_n <= WIRE_MAX_WORD_BYTES + WIRE_MAX_PARTS + WIRE_MAX_FRAMING_BYTES)
		return 0;
	return err_set(e, E_INVALID, "no greeting");
}

int
http_greeting_read(struct confine_report *out, struct bytes head, struct err *e)
{
	struct wire_hello hello;

	*out = (struct confine_report)CONFINE_REPORT_INIT;
	if (wire_hello_decode(&hello, head, e) != 0)
		return err_wrap(e, "the fetcher sent");
	if (strcmp(hello.version, RELSIG_VERSION) != 0)
		return err_set(e, E_UNREACHABLE,
		    "the fetcher is of version %s, this is relsig " RELSIG_VERSION
		    ": install both from one build",
		    hello.version);
	if (hello.confinement.n != CONFINE_PARTS)
		return err_set(e, E_INVALID, "the fetcher speaks of %zu restrictions, want %d",
		    hello.confinement.n, CONFINE_PARTS);
	for (size_t i = 0; i < CONFINE_PARTS; i++)
		if (hello.confinement.p[i] == CONFINE_UNKNOWN ||
		    hello.confinement.p[i] > CONFINE_STATE_LAST)
			return err_set(e, E_INVALID, "the fetcher's restriction %zu is %u", i,
			    hello.confinement.p[i]);
	for (size_t i = 0; i < CONFINE_PARTS; i++)
		out->parts[i] = (enum confine_state)hello.confinement.p[i];
	return 0;
}
