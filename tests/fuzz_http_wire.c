/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "transport/http_greeting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a greeting says is said of every part, or nothing is. */
static void
greet(struct bytes head)
{
	struct confine_report said;
	AUTO(err) e = ERR_INIT;
	bool read = http_greeting_read(&said, head, &e) == 0;

	for (size_t i = 0; i < CONFINE_PARTS; i++)
		if ((said.parts[i] != CONFINE_UNKNOWN) != read ||
		    confine_text(said.parts[i])[0] == '\0')
			abort();
}

/* There is one way to write a head: what decodes encodes to the same bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes head = bytes_of(data + (size > 0), size - (size > 0));
	struct wire_response response;
	struct wire_request request;
	struct wire_credit credit;
	struct wire_hello hello;
	struct wire_end end;
	AUTO(buf) again = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int r = -1;

	if (size == 0)
		return 0;
	greet(head);
	if (data[0] == WIRE_HELLO && wire_hello_decode(&hello, head, &e) == 0)
		r = wire_hello_encode(&again, &hello, &e);
	else if (data[0] == WIRE_REQUEST && wire_request_decode(&request, head, &e) == 0)
		r = wire_request_encode(&again, 1, &request, 0, &e);
	else if (data[0] == WIRE_RESPONSE && wire_response_decode(&response, head, &e) == 0)
		r = wire_response_encode(&again, 1, &response, 0, &e);
	else if (data[0] == WIRE_CREDIT && wire_credit_decode(&credit, head, &e) == 0)
		r = wire_credit_encode(&again, 1, &credit, &e);
	else if (data[0] == WIRE_END && wire_end_decode(&end, head, &e) == 0)
		r = wire_end_encode(&again, 1, &end, &e);
	else
		return 0;
	if (r != 0 ||
	    !bytes_equal(head, bytes_of(again.p + WIRE_PREFIX_BYTES, again.n - WIRE_PREFIX_BYTES)))
		abort();
	return 0;
}
