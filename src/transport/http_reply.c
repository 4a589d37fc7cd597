/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_reply.h"

#include <stdlib.h>

static char *
copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static int64_t
number(struct wire_size size)
{
	return size.known ? (int64_t)size.n : -1;
}

int
http_reply_read(struct http_reply *out, struct bytes head, struct buf *body, struct err *e)
{
	struct http_response *response = &out->response;
	struct wire_response in;
	const char *s;

	*out = (struct http_reply)HTTP_REPLY_INIT;
	if (wire_response_decode(&in, head, e) != 0)
		return -1;
	if (in.outcome != WIRE_OK && body->n > 0)
		return err_set(e, E_INVALID, "response: a body with a failure");
	if (in.outcome == WIRE_OK && in.url == NULL)
		return err_set(e, E_INVALID, "response: no URL");
	out->outcome = (enum wire_outcome)in.outcome;
	out->message = copy(in.message);
	if (out->outcome != WIRE_OK)
		return 0;
	out->retry_after = in.retry_after;
	response->status = in.status;
	response->url = xstrdup(in.url);
	response->content_type = copy(in.content_type);
	while ((s = wire_texts_next(&in.authenticate)) != NULL)
		*LIST_ADD(response->authenticate, response->n_authenticate) = xstrdup(s);
	response->length = number(in.length);
	response->range_first = number(in.range_first);
	response->range_total = number(in.range_total);
	response->body = *body;
	*body = (struct buf)BUF_INIT;
	return 0;
}

int
http_reply_error(const struct http_reply *r, struct err *e)
{
	const char *message = r->message;

	switch (r->outcome) {
	case WIRE_OK:
		return 0;
	case WIRE_BROKEN_OFF:
		return err_set(e, E_UNREACHABLE, "%s", message ? message : "connection lost");
	case WIRE_TIMED_OUT:
		return err_set(e, E_TIMED_OUT, "%s", message ? message : "timed out");
	case WIRE_TOO_LARGE:
		return err_set(e, E_TOO_LARGE, "%s", message ? message : "too large");
	case WIRE_TLS:
		return err_set(e, E_UNREACHABLE, "TLS: %s", message ? message : "failed");
	case WIRE_BAD_REQUEST:
		return err_set(e, E_USAGE, "%s", message ? message : "not a request");
	case WIRE_OUTCOME_UNSET:
	case WIRE_UNREACHABLE:
	case WIRE_CANCELLED:
		break;
	}
	return err_set(e, E_UNREACHABLE, "%s", message ? message : "unreachable");
}

bool
http_reply_is_passing(const struct http_reply *r)
{
	unsigned status = r->response.status;

	if (r->outcome == WIRE_BROKEN_OFF)
		return true;
	/* 501 "not implemented" is for good (RFC 9110 section 15.6.2). */
	return r->outcome == WIRE_OK &&
	       (status == 408 || status == 429 || (status >= 500 && status < 600 && status != 501));
}

void
http_reply_free(struct http_reply *r)
{
	free(r->message);
	r->message = NULL;
	http_response_free(&r->response);
}
