/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "transport/certs.h"
#include "base/clock.h"
#include "transport/http_reply.h"
#include "transport/http_request.h"
#include "transport/http_session.h"
#include "transport/http_wire.h"

/* Waits between tries: this, then twice as long each time; longer when the server says so, up to a
 * bound. */
#define FIRST_PAUSE_MS 500
#define MAX_PAUSE_MS 30000
/* The judge ends a request at the run's deadline, and says so; the fetcher would a little later. */
#define FETCHER_GRACE_MS 1000

/* The certificates of one server, read once. */
struct host_certs {
	char *host_port;
	struct certs certs;
};

struct http {
	char *cert_dir, *proxy;
	bool tls_no_verify, offline;
	unsigned timeout_ms, retry_times;
	struct deadline deadline;
	struct http_session *session;
	pthread_mutex_t lock; /* guards hosts */
	struct host_certs **hosts;
	size_t n_hosts;
};

struct http_ticket {
	struct http *http;
	char *what; /* "GET URL", for messages */
	uint64_t id;
	struct buf frame, body; /* kept for another try */
	size_t max_body;
	bool repeatable;
	struct http_call *call;
};

int
http_open(struct http **out, const struct http_options *options, struct err *e)
{
	struct http *h;

	*out = NULL;
	if (options->timeout_ms == 0 || options->timeout_ms > INT32_MAX)
		return err_set(e, E_USAGE, "a timeout of %u ms", options->timeout_ms);
	h = xcalloc(1, sizeof(*h));
	h->cert_dir = options->cert_dir != NULL ? xstrdup(options->cert_dir) : NULL;
	h->proxy = options->proxy != NULL ? xstrdup(options->proxy) : NULL;
	h->tls_no_verify = options->tls_no_verify;
	h->offline = options->offline;
	h->timeout_ms = options->timeout_ms;
	h->retry_times = options->retry_times;
	h->deadline = options->deadline;
	h->session = http_session_new(options->fetcher, options->timeout_ms, &options->deadline);
	pthread_mutex_init(&h->lock, NULL);
	*out = h;
	return 0;
}

int
http_prestart(struct http *h, struct err *e)
{
	return h->offline ? 0 : http_session_start(h->session, e);
}

bool
http_fetcher_says(struct http *h, struct confine_report *out)
{
	return http_session_said(h->session, out);
}

void
http_free(struct http *h)
{
	size_t i;

	if (h == NULL)
		return;
	http_session_free(h->session);
	for (i = 0; i < h->n_hosts; i++) {
		certs_free(&h->hosts[i]->certs);
		free(h->hosts[i]->host_port);
		free(h->hosts[i]);
	}
	free(h->hosts);
	pthread_mutex_destroy(&h->lock);
	free(h->cert_dir);
	if (h->proxy != NULL)
		explicit_bzero(h->proxy, strlen(h->proxy));
	free(h->proxy);
	free(h);
}

bool
http_is_offline(const struct http *h)
{
	return h->offline;
}

bool
http_allows_plain(const struct http *h)
{
	return h->tls_no_verify;
}

/* HOST[:PORT] of a URL that was checked, for free(). */
static char *
server_of(const char *url)
{
	const char *authority = strstr(url, "//") + 2;

	return xstrndup(authority, strcspn(authority, "/?#"));
}

/* Borrowed for the session's life. */
static int
find_certs(struct http *h, const char *host_port, const struct certs **out, struct err *e)
{
	AUTO(certs) certs = CERTS_INIT;
	struct host_certs *entry;
	size_t i;
	int r;

	pthread_mutex_lock(&h->lock);
	for (i = 0; i < h->n_hosts; i++)
		if (strcmp(h->hosts[i]->host_port, host_port) == 0)
			break;
	r = 0;
	if (i == h->n_hosts &&
	    (r = certs_read(&certs, h->cert_dir, host_port, &h->deadline, e)) == 0) {
		entry = xcalloc(1, sizeof(*entry));
		entry->host_port = xstrdup(host_port);
		entry->certs = certs;
		certs = (struct certs)CERTS_INIT;
		*LIST_ADD(h->hosts, h->n_hosts) = entry;
	}
	*out = r == 0 ? &h->hosts[i]->certs : NULL;
	pthread_mutex_unlock(&h->lock);
	return r;
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
	};

	if (find_certs(h, server, &certs, e) != 0)
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
	    t->http->session, t->id, t->max_body, buf_bytes(&t->frame), buf_bytes(&t->body), e);
	return t->call != NULL ? 0 : -1;
}

static struct http_ticket *
start(struct http *h, const struct http_request *request, struct err *e)
{
	AUTO_PTR(http_ticket) t = NULL;

	if (http_request_check(request, e) != 0)
		return NULL;
	t = xcalloc(1, sizeof(*t));
	t->http = h;
	t->id = http_session_id(h->session);
	t->max_body = request->max_body;
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
	*out = start(h, request, e);
	return *out != NULL ? 0 : -1;
}

static void
pause_for(int64_t ms)
{
	struct timespec until = clock_timespec(clock_ms() + ms);

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/* How long before try number tries + 1; -1: the server wants more patience than we have. */
static int64_t
pause_before(const struct http_reply *reply, unsigned tries)
{
	int64_t ms = FIRST_PAUSE_MS;

	for (; tries > 1 && ms < MAX_PAUSE_MS; tries--)
		ms *= 2;
	if (ms > MAX_PAUSE_MS)
		ms = MAX_PAUSE_MS;
	if (reply->retry_after > MAX_PAUSE_MS / 1000)
		return -1;
	return ms > (int64_t)reply->retry_after * 1000 ? ms : (int64_t)reply->retry_after * 1000;
}

/* Not waited for: a request to another server may still do better in what is left. */
static int
no_time_for_pause(const struct http *h, const struct http_reply *reply, int64_t ms, struct err *e)
{
	AUTO(err) why = ERR_INIT;

	if (http_reply_error(reply, &why) == 0)
		(void)err_set(&why, E_UNREACHABLE, "status %u", reply->response.status);
	return err_set(e, E_TIMED_OUT,
	    "%s; the next try would be in %lld ms, when the run's --timeout of %u s is over",
	    err_msg(&why), (long long)ms, h->deadline.given_ms / 1000);
}

/* The last reply of as many tries as it takes and is allowed. */
static int
converse(struct http_ticket *t, struct http_reply *reply, struct err *e)
{
	unsigned tries;
	int64_t ms;

	for (tries = 1;; tries++) {
		if (http_session_wait(t->http->session, steal(&t->call), reply, e) != 0)
			return -1;
		if (!t->repeatable || tries > t->http->retry_times || !http_reply_is_passing(reply))
			return 0;
		ms = pause_before(reply, tries);
		if (ms < 0)
			return 0;
		if (deadline_left_ms(&t->http->deadline, (int)ms) < ms)
			return no_time_for_pause(t->http, reply, ms, e);
		http_reply_free(reply);
		pause_for(ms);
		if (send_ticket(t, e) != 0)
			return -1;
	}
}

int
http_wait(struct http_ticket *ticket, struct http_response *out, struct err *e)
{
	AUTO_PTR(http_ticket) t = ticket;
	AUTO(http_reply) reply = HTTP_REPLY_INIT;

	*out = (struct http_response)HTTP_RESPONSE_INIT;
	if (converse(t, &reply, e) != 0 || http_reply_error(&reply, e) != 0)
		return err_wrap(e, "%s", t->what);
	*out = reply.response;
	reply.response = (struct http_response)HTTP_RESPONSE_INIT;
	return 0;
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
	struct http_ticket *ticket = start(h, request, e);

	*out = (struct http_response)HTTP_RESPONSE_INIT;
	return ticket != NULL ? http_wait(ticket, out, e) : -1;
}

void
http_response_free(struct http_response *r)
{
	size_t i;

	free(r->url);
	free(r->content_type);
	for (i = 0; i < r->n_authenticate; i++)
		free(r->authenticate[i]);
	free(r->authenticate);
	buf_free(&r->body);
	*r = (struct http_response)HTTP_RESPONSE_INIT;
}
