/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/limits.h"
#include "formats/signed_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted strictly is accepted loosely, and what comes out is accepted again as it is. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(signed_message) strict = SIGNED_MESSAGE_INIT;
	AUTO(signed_message) loose = SIGNED_MESSAGE_INIT;
	AUTO(signed_message) again = SIGNED_MESSAGE_INIT;
	AUTO(err) e = ERR_INIT;
	int a = signed_message_parse(&strict, bytes_of(data, size), MAX_INFLATED_BYTES, false, &e);
	int b = signed_message_parse(&loose, bytes_of(data, size), MAX_INFLATED_BYTES, true, &e);
	struct bytes body;

	if (a == 0 && b != 0)
		abort();
	if (b != 0) {
		if (loose.reframed.p != NULL || loose.body_length != 0 || e.code == E_NONE)
			abort();
		return 0;
	}
	body = signed_message_body(&loose);
	if (loose.body_offset > loose.reframed.n || body.n > loose.reframed.n - loose.body_offset)
		abort();
	if (signed_message_parse(&again, buf_bytes(&loose.reframed), 0, true, &e) != 0 ||
	    !bytes_equal(buf_bytes(&again.reframed), buf_bytes(&loose.reframed)))
		abort();
	return 0;
}
