/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judge's end of the socket: starts the fetcher (at the first request, if not before), sends
 * frames, and hands each response to the thread that waits for it. A fetcher that breaks the
 * protocol, dies or hangs is killed, and nothing is asked again in this session.
 */
#ifndef RELSIG_TRANSPORT_HTTP_SESSION_H
#define RELSIG_TRANSPORT_HTTP_SESSION_H

#include "base/base.h"
#include "base/confine_report.h"
#include "base/deadline.h"
#include "base/err.h"
#include "transport/http_call.h"
#include "transport/http_reply.h"

struct http_session;

/* fetcher, timeout_ms, deadline: as http_options has them. */
struct http_session *http_session_new(
    const char *fetcher, unsigned timeout_ms, const struct deadline *deadline);
void http_session_free(struct http_session *s);

/* Start the fetcher now, when it does not run yet; before threads use the session. E_IO. */
int http_session_start(struct http_session *s, struct err *e) RESULT_USED;
/* As http_fetcher_says. Not while other threads wait for a response. */
bool http_session_said(struct http_session *s, struct confine_report *out);

/* An id that no request has had. */
uint64_t http_session_id(struct http_session *s);
/*
 * Send a frame (wire_request_encode with this id, and max_stream when it is a stream) and its body.
 * An id may be sent again once its call is gone. E_IO when the fetcher cannot be started,
 * E_UNREACHABLE when it is no longer there.
 */
struct http_call *http_session_send(struct http_session *s, uint64_t id,
    const struct http_caps *caps, struct bytes frame, struct bytes body, struct err *e) RESULT_USED;
/*
 * Wait for the response. The call is consumed and *call is NULL, but when the body comes as a
 * stream. E_UNREACHABLE, E_TIMED_OUT: the fetcher itself failed, or the deadline has passed, after
 * which the fetcher is killed: nothing is asked any more.
 */
int http_session_wait(struct http_session *s, struct http_call **call, struct http_reply *out,
    struct err *e) RESULT_USED;
/*
 * Wait for the next bytes of a stream and put them in piece, whose own were used up. None: the end,
 * and the call's end says of what kind. Errors as http_session_wait.
 */
int http_session_next(
    struct http_session *s, struct http_call *call, struct buf *piece, struct err *e) RESULT_USED;
/*
 * Give a call up, or be done with a stream: the fetcher is told, and what still comes is dropped.
 * NULL is fine.
 */
void http_session_abandon(struct http_session *s, struct http_call *call);

#endif
