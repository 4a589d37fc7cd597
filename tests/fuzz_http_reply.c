/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "transport/http_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Without an outcome of WIRE_OK there is no response, and with one it is whole. */
static void
check_reply(const struct http_reply *reply, size_t body_n)
{
	const struct http_response *r = &reply->response;
	AUTO(err) e = ERR_INIT;
	bool is_ok = reply->outcome == WIRE_OK;

	if ((http_reply_error(reply, &e) == 0) != is_ok || (e.code == E_NONE) != is_ok)
		abort();
	if (is_ok && (r->status < 100 || r->status > 999 || r->url == NULL || r->body.n != body_n))
		abort();
	if (!is_ok && (r->status != 0 || r->url != NULL || r->body.n != 0 || r->n_authenticate > 0))
		abort();
	if (http_reply_is_passing(reply) && reply->outcome != WIRE_BROKEN_OFF && r->status < 408)
		abort();
}

/* The first byte says how long the body is; the head follows it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(http_reply) reply = HTTP_REPLY_INIT;
	AUTO(buf) body = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	size_t body_n;

	if (size == 0 || data[0] >= size)
		return 0;
	body_n = data[0];
	buf_add(&body, data + size - body_n, body_n);
	if (http_reply_read(&reply, bytes_of(data + 1, size - 1 - body_n), &body, &e) != 0 &&
	    (reply.outcome != WIRE_OUTCOME_UNSET || e.code != E_INVALID || body.n != body_n))
		abort();
	check_reply(&reply, body_n);
	return 0;
}
