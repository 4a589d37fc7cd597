/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "transport/http_parts.h"
#include "transport/http_request.h"

/* Waits between tries: this, then twice as long each time; longer when the server says so, up to a
 * bound. */
#define FIRST_PAUSE_MS 500
#define MAX_PAUSE_MS 30000
/* The judge ends a request at the run's deadline, and says so; the fetcher would a little later. */
#define FETCHER_GRACE_MS 1000

/* HOST[:PORT] of a URL that was checked, for free(). */
static char *
server_of(const char *url)
{
	const char *authority = strstr(url, "//") + 2;

	return xstrndup(authority, strcspn(authority, "/?#"));
}

/* What the fetcher may take for a request. */
static uint32_t
request_ms(const struct http *h)
{
	struct deadline later = h->deadline;

	later.at_ms += FETCHER_GRACE_MS;
	return (uint32_t)deadline_left_ms(&later, (int)h->timeout_ms);
}

static int
encode(struct http_ticket *t, const struct http_request *request, struct err *e)
{
	struct http *h = t->http;
	AUTO(buf) headers = BUF_INIT;
	AUTO_STR char *server = server_of(request->url);
	const struct certs *certs = NULL;
	const char *const *header;
	struct wire_request wire = {
		.method = request->method,
		.url = request->url,
		.authorization = request->authorization,
		.max_body = (uint32_t)request->max_body,
		.timeout_ms = request_ms(h),
		.tls_no_verify = h->tls_no_verify,
		.proxy = h->proxy,
		.max_stream = { .known = t->caps.is_stream, .n = t->caps.stream },
	};

	if (http_certs(h, server, &certs, e) != 0)
		return -1;
	for (header = request->headers; header != NULL && *header != NULL; header++)
		wire_texts_add(&headers, *header);
	wire.headers = buf_bytes(&headers);
	wire.ca = buf_bytes(&certs->ca);
	wire.certificate = buf_bytes(&certs->certificate);
	wire.key = buf_bytes(&certs->key);
	return wire_request_encode(&t->frame, t->id, &wire, request->body.n, e);
}

static int
send_ticket(struct http_ticket *t, struct err *e)
{
	t->call = http_session_send(
	    t->http->session, t->id, &t->caps, buf_bytes(&t->frame), buf_bytes(&t->body), e);
	return t->call != NULL ? 0 : -1;
}

struct http_ticket *
http_ticket_start(struct http *h, const struct http_request *request, bool is_stream, struct err *e)
{
	AUTO_PTR(http_ticket) t = NULL;

	if (http_request_check(request, e) != 0)
		return NULL;
	t = xcalloc(1, sizeof(*t));
	t->http = h;
	t->id = http_session_id(h->session);
	t->caps.body = request->max_body;
	t->caps.is_stream = is_stream;
	t->caps.stream = request->max_stream;
	t->repeatable = strcmp(request->method, "POST") != 0;
	t->what = xasprintf("%s %s", request->method, request->url);
	buf_add(&t->body, request->body.p, request->body.n);
	if (h->offline) {
		err_set(e, E_UNREACHABLE, "%s: not asked, because --offline", t->what);
		return NULL;
	}
	if (deadline_passed(&h->deadline)) {
		(void)deadline_error(&h->deadline, e);
		err_wrap(e, "%s", t->what);
		return NULL;
	}
	if (encode(t, request, e) != 0 || send_ticket(t, e) != 0) {
		err_wrap(e, "%s", t->what);
		return NULL;
	}
	return steal(&t);
}

int
http_start(
    struct http *h, const struct http_request *request, struct http_ticket **out, struct err *e)
{
	*out = http_ticket_start(h, request, false, e);
	return *out != NULL ? 0 : -1;
}

static void
pause_for(int64_t ms)
{
	struct timespec until = clock_timespec(clock_ms() + ms);

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

static int64_t
usual_pause(unsigned tries)
{
	int64_t ms = FIRST_PAUSE_MS;

	for (; tries > 1 && ms < MAX_PAUSE_MS; tries--)
		ms *= 2;
	return ms < MAX_PAUSE_MS ? ms : MAX_PAUSE_MS;
}

/* How long before try number tries + 1; -1: the server wants more patience than we have. */
static int64_t
pause_before(const struct http_reply *reply, unsigned tries)
{
	int64_t ms = usual_pause(tries);

	if (reply->retry_after > MAX_PAUSE_MS / 1000)
		return -1;
	return ms > (int64_t)reply->retry_after * 1000 ? ms : (int64_t)reply->retry_after * 1000;
}

/* Not waited for when it would be too long: another server may still do better in what is left. */
static int
pause_or_give_up(const struct http *h, const char *why, int64_t ms, struct err *e)
{
	if (deadline_left_ms(&h->deadline, (int)ms) < ms)
		return err_set(e, E_TIMED_OUT,
		    "%s; the next try would be in %lld ms, when the run's --timeout of %u s is "
		    "over",
		    why, (long long)ms, h->deadline.given_ms / 1000);
	pause_for(ms);
	return 0;
}

int
http_pause(struct http *h, unsigned tries, const struct err *why, struct err *e)
{
	return pause_or_give_up(h, err_msg(why), usual_pause(tries), e);
}

unsigned
http_retry_times(const struct http *h)
{
	return h->retry_times;
}

/* What a reply in passing says, for a message. */
static void
explain(const struct http_reply *reply, struct err *why)
{
	if (http_reply_error(reply, why) == 0)
		(void)err_set(why, E_UNREACHABLE, "status %u", reply->response.status);
}

/* The last reply of as many tries as it takes and is allowed. */
static int
converse(struct http_ticket *t, struct http_reply *reply, struct err *e)
{
	unsigned tries;
	int64_t ms;

	for (tries = 1;; tries++) {
		AUTO(err) why = ERR_INIT;

		if (http_session_wait(t->http->session, &t->call, reply, e) != 0)
			return -1;
		if (!t->repeatable || tries > t->http->retry_times || !http_reply_is_passing(reply))
			return 0;
		ms = pause_before(reply, tries);
		if (ms < 0)
			return 0;
		explain(reply, &why);
		http_reply_free(reply);
		if (pause_or_give_up(t->http, err_msg(&why), ms, e) != 0 || send_ticket(t, e) != 0)
			return -1;
	}
}

int
http_ticket_converse(struct http_ticket *t, struct http_response *out, struct err *e)
{
	AUTO(http_reply) reply = HTTP_REPLY_INIT;

	*out = (struct http_response)HTTP_RESPONSE_INIT;
	if (converse(t, &reply, e) != 0 || http_reply_error(&reply, e) != 0)
		return err_wrap(e, "%s", t->what);
	*out = reply.response;
	reply.response = (struct http_response)HTTP_RESPONSE_INIT;
	return 0;
}

int
http_wait(struct http_ticket *ticket, struct http_response *out, struct err *e)
{
	AUTO_PTR(http_ticket) t = ticket;

	return http_ticket_converse(t, out, e);
}

static void
wipe(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->cap);
	buf_free(b);
}

void
http_ticket_free(struct http_ticket *t)
{
	if (t == NULL)
		return;
	http_session_abandon(t->http->session, t->call);
	/* Passwords, tokens and a client's key went through these. */
	wipe(&t->frame);
	wipe(&t->body);
	free(t->what);
	free(t);
}

int
http_fetch(
    struct http *h, const struct http_request *request, struct http_response *out, struct err *e)
{
	struct http_ticket *ticket = http_ticket_start(h, request, false, e);

	*out = (struct http_response)HTTP_RESPONSE_INIT;
	return ticket != NULL ? http_wait(ticket, out, e) : -1;
}
