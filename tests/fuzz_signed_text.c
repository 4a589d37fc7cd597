/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/signed_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted is the opaque message of that class, and is accepted as it again. */
static void
must_be_opaque(const struct signed_message *m, uint8_t class)
{
	AUTO(signed_message) again = SIGNED_MESSAGE_INIT;
	AUTO(err) e = ERR_INIT;

	if (m->signature_class != class ||
	    signed_message_parse_class(&again, buf_bytes(&m->reframed), 0, class, true, &e) != 0 ||
	    !bytes_equal(buf_bytes(&again.reframed), buf_bytes(&m->reframed)))
		abort();
}

/* Each CR of a body stands before a LF, and each LF behind a CR: the lines say all of it. */
static void
must_have_lines(struct bytes body)
{
	AUTO(buf) lines = BUF_INIT;
	size_t ends = 0;

	for (size_t i = 0; i < body.n; i++) {
		bool cr = body.p[i] == '\r', lf_next = i + 1 < body.n && body.p[i + 1] == '\n';

		if (cr != lf_next)
			abort();
		ends += cr;
	}
	signed_text_lines(&lines, body);
	if (lines.n != body.n - ends + 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(signed_message) clear = SIGNED_MESSAGE_INIT;
	AUTO(signed_message) detached = SIGNED_MESSAGE_INIT;
	struct bytes in = bytes_of(data, size), text = bytes_of_str("text\r\n");
	AUTO(err) e = ERR_INIT;

	if (signed_text_cleartext(&clear, in, true, &e) == 0) {
		if (!signed_text_is_cleartext(in))
			abort();
		must_be_opaque(&clear, 1);
		must_have_lines(signed_message_body(&clear));
	}
	if (signed_text_detached(&detached, in, text, true, &e) == 0) {
		must_be_opaque(&detached, 0);
		if (!signed_text_is_detached(in) ||
		    !bytes_equal(signed_message_body(&detached), text))
			abort();
	}
	return 0;
}
