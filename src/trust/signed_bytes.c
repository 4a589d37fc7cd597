/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/signed_bytes_make.h"

#include <stdlib.h>

#include "base/buf.h"

struct signed_bytes {
	enum payload_type type;
	struct buf payload;
};

struct signed_bytes *
signed_bytes_make(enum payload_type type, struct bytes payload)
{
	struct signed_bytes *s = xcalloc(1, sizeof(*s));

	s->type = type;
	buf_add(&s->payload, payload.p, payload.n);
	return s;
}

struct bytes
signed_bytes_payload(const struct signed_bytes *s)
{
	return buf_bytes(&s->payload);
}

enum payload_type
signed_bytes_type(const struct signed_bytes *s)
{
	return s->type;
}

void
signed_bytes_free(struct signed_bytes *s)
{
	if (s == NULL)
		return;
	buf_free(&s->payload);
	free(s);
}
