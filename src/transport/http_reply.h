/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fetcher answered: a response, or why there is none. */
#ifndef RELSIG_TRANSPORT_HTTP_REPLY_H
#define RELSIG_TRANSPORT_HTTP_REPLY_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "transport/http.h"
#include "transport/http_wire.h"

struct http_reply {
	enum wire_outcome outcome; /* with anything but WIRE_OK, only message is set */
	char *message;		   /* owned, or NULL */
	unsigned retry_after;	   /* seconds; 0 when the server named none */
	struct http_response response;
};
#define HTTP_REPLY_INIT                                                                            \
	{                                                                                          \
		.outcome = WIRE_OUTCOME_UNSET, .response = HTTP_RESPONSE_INIT                      \
	}

/* From a response frame; the body moves over. E_INVALID when the frame breaks the protocol. */
int http_reply_read(
    struct http_reply *out, struct bytes head, struct buf *body, struct err *e) RESULT_USED;
/*
 * A failure as an error of http_wait: 0 when there is a response. Without a message from the
 * fetcher, the outcome says what happened.
 */
int http_reply_error(const struct http_reply *r, struct err *e) RESULT_USED;
/* A failure in passing: lost connections, 408, 429, 500, 502 and above. */
bool http_reply_is_passing(const struct http_reply *r) RESULT_USED;
void http_reply_free(struct http_reply *r);
AUTO_DEFINE(http_reply)

#endif
