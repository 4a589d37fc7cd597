/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "transport/http_parts.h"

struct http_stream {
	struct http_ticket *ticket; /* its call is the stream */
	struct buf piece;	    /* what the caller has */
	bool ended;
	struct err failure; /* once set, for good */
};

int
http_stream_open(struct http *h, const struct http_request *request, struct http_response *response,
    struct http_stream **out, struct err *e)
{
	AUTO_PTR(http_ticket) t = NULL;

	*out = NULL;
	*response = (struct http_response)HTTP_RESPONSE_INIT;
	if (strcmp(request->method, "GET") != 0)
		return err_set(e, E_USAGE, "a stream with %s", request->method);
	t = http_ticket_start(h, request, true, e);
	if (t == NULL || http_ticket_converse(t, response, e) != 0)
		return -1;
	if (t->call == NULL)
		return 0;
	*out = xcalloc(1, sizeof(**out));
	(*out)->ticket = steal(&t);
	return 0;
}

static int
take_next(struct http_stream *s, struct err *e)
{
	struct http_ticket *t = s->ticket;

	if (deadline_passed(&t->http->deadline))
		return deadline_error(&t->http->deadline, e);
	if (http_session_next(t->http->session, t->call, &s->piece, e) != 0)
		return -1;
	s->ended = s->piece.n == 0;
	return s->ended ? http_reply_error(&t->call->end, e) : 0;
}

int
http_stream_next(struct http_stream *s, struct bytes *piece, struct err *e)
{
	*piece = bytes_of(NULL, 0);
	if (!s->ended && s->failure.code == E_NONE && take_next(s, &s->failure) != 0)
		err_wrap(&s->failure, "%s", s->ticket->what);
	if (s->failure.code != E_NONE)
		return err_set(e, s->failure.code, "%s", err_msg(&s->failure));
	*piece = buf_bytes(&s->piece);
	return 0;
}

bool
http_stream_broke(const struct http_stream *s)
{
	enum wire_outcome end = s->ended ? s->ticket->call->end.outcome : WIRE_OUTCOME_UNSET;

	return end == WIRE_BROKEN_OFF || end == WIRE_TIMED_OUT;
}

void
http_stream_free(struct http_stream *s)
{
	if (s == NULL)
		return;
	http_ticket_free(s->ticket);
	buf_free(&s->piece);
	err_free(&s->failure);
	free(s);
}
