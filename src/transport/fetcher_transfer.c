/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_transfer.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/clock.h"
#include "transport/fetcher_hop.h"
#include "transport/fetcher_proxy.h"
#include "transport/fetcher_url.h"

/* What the judge was told. */
enum said { SAID_NOTHING = 0, SAID_HEAD, SAID_ALL };

struct transfer {
	uint64_t id;
	struct buf head, post;	     /* the request's frame */
	struct wire_request request; /* borrows from head */
	CURLM *multi;
	struct tls_material tls;
	struct proxy proxy; /* to where it leads */
	struct hop hop;	    /* the exchange that runs, borrows from what is here */
	char *url;	    /* where it leads, and its origin */
	struct origin here,
	    first; /* authorization belongs to the first, and stays behind with it */
	unsigned redirects;
	struct fetcher_stream stream; /* where hop has it */
	enum transfer_state state;
	enum said said;
	enum wire_outcome outcome;
	struct buf message;
};

static void
end_with(struct transfer *t, enum wire_outcome outcome, const char *message)
{
	t->state = TRANSFER_DONE;
	t->outcome = outcome;
	buf_clear(&t->message);
	if (t->redirects > 0)
		buf_addf(&t->message, "redirected to %s: ", t->url);
	buf_add_str(&t->message, message);
	if (t->message.n > WIRE_MAX_MESSAGE_BYTES) {
		t->message.n = WIRE_MAX_MESSAGE_BYTES;
		t->message.p[t->message.n] = '\0';
	}
}

static void
end_with_error(struct transfer *t, const struct err *e)
{
	end_with(t, e->code == E_USAGE ? WIRE_BAD_REQUEST : WIRE_UNREACHABLE, err_msg(e));
}

static void
start(struct transfer *t)
{
	bool is_safe = origin_is_https(&t->here) && !t->tls.elsewhere;
	AUTO(err) e = ERR_INIT;

	t->hop.url = t->url;
	t->hop.authorization = is_safe ? t->request.authorization : NULL;
	proxy_free(&t->proxy);
	if (fetcher_proxy_choose(&t->proxy, t->request.proxy, &t->here, &e) != 0) {
		end_with_error(t, &e);
		return;
	}
	t->tls.through_tls = fetcher_proxy_is_tls(&t->proxy);
	if (hop_start(&t->hop, t->multi, &t->tls, &e) == 0)
		t->state = TRANSFER_RUNS;
	else
		end_with_error(t, &e);
}

/* Whether the server's word to go elsewhere is followed; then method, url and here are the next
 * hop's. */
static int
follow(struct transfer *t, long status, const char *location, struct err *e)
{
	bool is_post = strcmp(t->hop.method, "POST") == 0;
	bool was_https = origin_is_https(&t->here);
	AUTO(origin) next = ORIGIN_INIT;

	if (t->redirects >= MAX_HTTP_REDIRECTS)
		return err_set(e, E_UNREACHABLE, "more than %ld redirects", MAX_HTTP_REDIRECTS);
	if (origin_read(&next, location, e) != 0)
		return err_set(e, E_UNREACHABLE, "redirected to %s: %s", location, err_msg(e));
	if (was_https && !origin_is_https(&next))
		return err_set(e, E_UNREACHABLE, "redirected from https to %s", location);
	/* Once gone, a secret does not come back: the other server may have sent us here. */
	if (!origin_equal(&next, &t->first))
		t->tls.elsewhere = true;
	if (is_post && (status == 307 || status == 308)) {
		/* A form is a password or a token: it stays with whom it was meant for. */
		if (t->tls.elsewhere)
			return err_set(e, E_UNREACHABLE, "a form was redirected to %s", location);
	} else if (is_post) {
		t->hop.method = "GET"; /* RFC 9110 section 15.4, as every client has it */
	}
	t->redirects++;
	free(t->url);
	t->url = xstrdup(location);
	origin_free(&t->here);
	t->here = next;
	next = (struct origin)ORIGIN_INIT;
	return 0;
}

static bool
is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Where a redirect leads, for free(); NULL when the response is none. */
static char *
redirect_url(const struct hop *h)
{
	char *url = NULL;

	if (!is_redirect(hop_status(h)) ||
	    curl_easy_getinfo(h->easy, CURLINFO_REDIRECT_URL, &url) != CURLE_OK || url == NULL)
		return NULL;
	return xstrdup(url);
}

void
transfer_hop_ended(struct transfer *t, CURLcode rc)
{
	AUTO(buf) message = BUF_INIT;
	AUTO_STR char *location = NULL;
	AUTO(err) e = ERR_INIT;
	enum wire_outcome outcome;

	curl_multi_remove_handle(t->multi, t->hop.easy);
	t->state = TRANSFER_UNSET;
	if (t->tls.wrong.code != E_NONE) {
		end_with_error(t, &t->tls.wrong);
		return;
	}
	outcome = hop_outcome(&t->hop, rc, &message);
	if (outcome == WIRE_TLS && t->tls.tls->authorities.wrong.code != E_NONE)
		buf_addf(&message, "; %s", err_msg(&t->tls.tls->authorities.wrong));
	if (outcome == WIRE_OK)
		location = redirect_url(&t->hop);
	if (location == NULL)
		end_with(t, outcome, buf_str(&message));
	else if (follow(t, hop_status(&t->hop), location, &e) != 0)
		end_with_error(t, &e);
	else
		start(t);
}

int
transfer_begin(struct transfer **out, CURLM *multi, struct fetcher_tls *tls, uint64_t id,
    struct buf *head, struct buf *body, struct err *e)
{
	struct transfer *t = xcalloc(1, sizeof(*t));
	AUTO(err) why = ERR_INIT;

	*out = NULL;
	t->id = id;
	t->multi = multi;
	t->head = *head;
	t->post = *body;
	*head = *body = (struct buf)BUF_INIT;
	if (wire_request_decode(&t->request, buf_bytes(&t->head), e) != 0) {
		transfer_free(t);
		return -1;
	}
	*out = t;
	t->tls = (struct tls_material){
		.tls = tls,
		.ca = t->request.ca,
		.certificate = t->request.certificate,
		.key = t->request.key,
		.verify = t->request.tls_no_verify == 0,
	};
	t->hop = (struct hop){
		.method = t->request.method,
		.extra_headers = t->request.headers,
		.post = buf_bytes(&t->post),
		.proxy = &t->proxy,
		.max_body = t->request.max_body,
		.deadline = clock_ms() + t->request.timeout_ms,
		.stream = t->request.max_stream.known ? &t->stream : NULL,
		.owner = t,
		.easy = curl_easy_init(),
	};
	fetcher_stream_init(&t->stream, t->request.max_stream.n);
	t->url = xstrdup(t->request.url);
	if (t->hop.easy == NULL)
		end_with(t, WIRE_UNREACHABLE, "libcurl cannot start");
	else if (origin_read(&t->first, t->url, &why) != 0 ||
		 origin_read(&t->here, t->url, &why) != 0)
		end_with_error(t, &why);
	else
		start(t);
	return 0;
}

static void
stop(struct transfer *t, enum wire_outcome outcome, const char *message)
{
	if (t->state == TRANSFER_RUNS)
		curl_multi_remove_handle(t->multi, t->hop.easy);
	end_with(t, outcome, message);
}

void
transfer_cancel(struct transfer *t)
{
	stop(t, WIRE_CANCELLED, "cancelled");
}

int
transfer_credit(struct transfer *t, uint32_t n, struct err *e)
{
	bool was_paused = t->stream.is_paused;
	CURLcode rc;

	if (t->hop.stream == NULL)
		return err_set(e, E_INVALID, "credit for what is no stream");
	if (fetcher_stream_credit(&t->stream, n, e) != 0)
		return -1;
	if (t->state != TRANSFER_RUNS || !was_paused)
		return 0;
	/* This may give us what was held back, and pause again. */
	rc = curl_easy_pause(t->hop.easy, CURLPAUSE_CONT);
	if (rc != CURLE_OK)
		transfer_hop_ended(t, rc);
	return 0;
}

/* Without a stream, libcurl keeps the time. */
int64_t
transfer_due(const struct transfer *t)
{
	if (t->state != TRANSFER_RUNS || t->hop.stream == NULL)
		return INT64_MAX;
	return t->stream.is_open ? fetcher_stream_due(&t->stream, t->request.timeout_ms)
				 : t->hop.deadline;
}

void
transfer_expire(struct transfer *t)
{
	AUTO(buf) message = BUF_INIT;

	buf_addf(&message, "timed out: %s for %u milliseconds",
	    t->stream.is_open ? "no more bytes" : "no response", t->request.timeout_ms);
	stop(t, WIRE_TIMED_OUT, buf_str(&message));
}

uint64_t
transfer_id(const struct transfer *t)
{
	return t->id;
}

static struct wire_size
size_of(int64_t n)
{
	return (struct wire_size){ .known = n >= 0, .n = n >= 0 ? (uint64_t)n : 0 };
}

static void
describe(struct transfer *t, struct wire_response *out)
{
	curl_off_t retry_after = 0, length = -1;
	char *content_type = NULL;

	*out = (struct wire_response){ .outcome = t->stream.is_open ? WIRE_OK : t->outcome };
	if (out->outcome != WIRE_OK) {
		out->message = buf_str(&t->message);
		return;
	}
	(void)curl_easy_getinfo(t->hop.easy, CURLINFO_CONTENT_TYPE, &content_type);
	(void)curl_easy_getinfo(t->hop.easy, CURLINFO_RETRY_AFTER, &retry_after);
	(void)curl_easy_getinfo(t->hop.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	out->status = (uint32_t)hop_status(&t->hop);
	out->url = t->url;
	out->content_type = content_type;
	out->authenticate = buf_bytes(&t->hop.authenticate);
	out->length = size_of(length);
	out->range_first = size_of(t->hop.range.first);
	out->range_total = size_of(t->hop.range.total);
	if (retry_after > 0)
		out->retry_after = retry_after < UINT32_MAX ? (uint32_t)retry_after : UINT32_MAX;
}

static void
say_response(struct transfer *t, struct buf *frame, struct buf *body)
{
	struct wire_response response;
	AUTO(err) e = ERR_INIT;

	describe(t, &response);
	if (response.outcome == WIRE_OK) {
		*body = t->hop.answer;
		t->hop.answer = (struct buf)BUF_INIT;
	}
	if (wire_response_encode(frame, t->id, &response, body->n, &e) == 0)
		return;
	/* Unreachable with the caps as they are; the judge still gets its one response. */
	t->said = SAID_ALL;
	buf_free(body);
	buf_clear(frame);
	response = (struct wire_response){ .outcome = WIRE_TOO_LARGE };
	if (wire_response_encode(frame, t->id, &response, 0, &e) != 0)
		buf_clear(frame);
}

static void
say_end(struct transfer *t, struct buf *frame)
{
	const struct wire_end end = { .outcome = t->outcome,
		.message = t->outcome != WIRE_OK ? buf_str(&t->message) : NULL };
	AUTO(err) e = ERR_INIT;

	/* Unreachable: the outcome is one, and the message was cut. */
	if (wire_end_encode(frame, t->id, &end, &e) != 0)
		buf_clear(frame);
}

bool
transfer_frame(struct transfer *t, struct buf *frame, struct buf *body)
{
	bool is_done = t->state == TRANSFER_DONE;

	*frame = *body = (struct buf)BUF_INIT;
	if (t->said == SAID_NOTHING && (is_done || t->stream.is_open)) {
		t->said = t->stream.is_open ? SAID_HEAD : SAID_ALL;
		say_response(t, frame, body);
		return true;
	}
	if (t->said != SAID_HEAD)
		return false;
	if (fetcher_stream_take(&t->stream, body)) {
		wire_data_encode(frame, t->id, body->n);
		return true;
	}
	if (!is_done)
		return false;
	t->said = SAID_ALL;
	say_end(t, frame);
	return true;
}

bool
transfer_is_over(const struct transfer *t)
{
	return t->said == SAID_ALL;
}

void
transfer_free(struct transfer *t)
{
	if (t == NULL)
		return;
	if (t->state == TRANSFER_RUNS)
		curl_multi_remove_handle(t->multi, t->hop.easy);
	hop_free(&t->hop);
	fetcher_stream_free(&t->stream);
	err_free(&t->tls.wrong);
	origin_free(&t->first);
	origin_free(&t->here);
	proxy_free(&t->proxy);
	free(t->url);
	buf_free(&t->head);
	buf_free(&t->post);
	buf_free(&t->message);
	free(t);
}

struct transfer *
transfer_of(CURL *easy)
{
	char *t = NULL;

	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
	return (struct transfer *)(void *)t;
}
