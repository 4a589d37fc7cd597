/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTTP(S), the seam between the judge and the network: a request goes in, a response comes out.
 * Behind it stands the fetcher, another process (relsig-fetch) that holds libcurl and TLS and
 * nothing else: no keys, no verdict, no files. What it hands over is as hostile as what a mirror
 * sends.
 *
 * A session may be used by several threads at once; each ticket by one.
 */
#ifndef RELSIG_TRANSPORT_HTTP_H
#define RELSIG_TRANSPORT_HTTP_H

#include "base/base.h"
#include "base/buf.h"
#include "base/confine_report.h"
#include "base/deadline.h"
#include "base/err.h"

struct http;
struct http_ticket;

struct http_options {
	/* Path of relsig-fetch; NULL: beside this program, then in the libexec directory. */
	const char *fetcher;
	/*
	 * --cert-dir: its *.crt are trusted too, its X.cert and X.key are shown to servers; NULL:
	 * the directories of containers-certs.d(5), by host.
	 */
	const char *cert_dir;
	/*
	 * --proxy, as formats/proxy takes it, for all requests but those that NO_PROXY is about;
	 * "": none; NULL: the environment's.
	 */
	const char *proxy;
	bool tls_no_verify;  /* --tls-verify=false: any certificate, and plain http to registries */
	bool offline;	     /* every request is E_UNREACHABLE and nothing is started */
	unsigned timeout_ms; /* for one request, all its redirects included; > 0 */
	/*
	 * Further tries of a GET or HEAD after a failure in passing: lost connections, 408, 429,
	 * 5xx but 501. A Retry-After of over 30 s ends them.
	 */
	unsigned retry_times;
	struct deadline deadline; /* of all requests, tries and pauses: E_TIMED_OUT after it */
};

struct http_request {
	const char *method; /* "GET", "HEAD" or "POST" */
	const char *url;    /* http or https */
	/*
	 * "Name: value", NULL-terminated; NULL for none. Authorization, Cookie, Host and what
	 * frames the body are E_USAGE.
	 */
	const char *const *headers;
	/*
	 * The value of Authorization, or NULL: never sent over plain http, never to another host,
	 * port or scheme that a redirect names.
	 */
	const char *authorization;
	struct bytes body; /* POST: application/x-www-form-urlencoded */
	/*
	 * Cap of the response's body, below 4 GiB: E_TOO_LARGE above it when the status is 2xx;
	 * with any other status the body is cut there, since nobody reads an error's page to its
	 * end.
	 */
	size_t max_body;
	/* http_stream_open: cap of a body with status 2xx; below 2^63. */
	uint64_t max_stream;
};

/* A response of any status: what it means is the caller's business. Everything in it is hostile. */
struct http_response {
	unsigned status;
	char *url;	     /* where it came from in the end, owned */
	char *content_type;  /* owned; NULL when absent */
	char **authenticate; /* the WWW-Authenticate values, in order, owned */
	size_t n_authenticate;
	/* What the server says of the body, HEAD's too; -1: nothing, or nothing that is a number.
	 */
	int64_t length;			  /* Content-Length */
	int64_t range_first, range_total; /* Content-Range: the first byte, and of how many */
	struct buf body;
};
#define HTTP_RESPONSE_INIT                                                                         \
	{                                                                                          \
		.length = -1, .range_first = -1, .range_total = -1                                 \
	}

/* Make a session. Starts no process: http_prestart does, or the first request. options' strings are
 * copied. */
int http_open(struct http **out, const struct http_options *options, struct err *e) RESULT_USED;
/*
 * Start the fetcher now and not at the first request: before this process confines itself, which
 * the fetcher would inherit. Nothing when offline. E_IO.
 */
int http_prestart(struct http *h, struct err *e) RESULT_USED;
/*
 * What the fetcher says that it has given up: whoever has taken it over says what he likes. Waits
 * for its greeting, some seconds at most; without one, all is CONFINE_UNKNOWN. False when no
 * fetcher was started. Before the first http_start, or after the last http_wait.
 */
bool http_fetcher_says(struct http *h, struct confine_report *out);
/* End it: kills and reaps the fetcher. Tickets must be gone. NULL is fine. */
void http_free(struct http *h);
AUTO_PTR_DEFINE(http)
bool http_is_offline(const struct http *h) RESULT_USED;
bool http_allows_plain(const struct http *h) RESULT_USED; /* --tls-verify=false */

/*
 * Send a request and return at once. The request's memory may go when this returns. E_USAGE: not
 * such a request; E_IO: the fetcher cannot be started; E_UNREACHABLE: offline, or the fetcher is
 * gone; also what certs_read says.
 */
int http_start(struct http *h, const struct http_request *request, struct http_ticket **out,
    struct err *e) RESULT_USED;
/*
 * Wait for the response; the ticket is consumed in any case. Errors: E_UNREACHABLE (DNS,
 * connection, TLS, a redirect to a scheme other than http and https or from https to http, the
 * fetcher died), E_TIMED_OUT, E_TOO_LARGE, E_USAGE (not a URL; certificates that cannot be used).
 * Messages name the URL, which has no user name and password.
 */
int http_wait(struct http_ticket *ticket, struct http_response *out, struct err *e) RESULT_USED;
/* Give a ticket up without waiting. NULL is fine. */
void http_ticket_free(struct http_ticket *ticket);
AUTO_PTR_DEFINE(http_ticket)
/* http_start and http_wait. */
int http_fetch(struct http *h, const struct http_request *request, struct http_response *out,
    struct err *e) RESULT_USED;

void http_response_free(struct http_response *r);
AUTO_DEFINE(http_response)

/*
 * A body that comes piece by piece, so that memory does not grow with it: no more than 1 MiB is
 * under way, and what is not taken stays with the server, for as long as it likes. Several may be
 * read at once, by a thread each; one that is not read holds up nobody else.
 *
 * To go on where a stream of N bytes broke off, ask for "Range: bytes=N-", and go on only when
 * response.status is 206 and response.range_first is N: a server may send all of it again (200).
 * response.range_total is then the size of the whole.
 */
struct http_stream;
/*
 * Send a GET and wait for the head of its response, with further tries as http_wait has them.
 * Status 2xx: the body comes by http_stream_next; response.body is empty, and of max_body nothing
 * counts. Any other status: response.body, and *out is NULL. The session's timeout_ms is for the
 * time to the head, and then for each silence while the caller waits; its deadline is for all.
 */
int http_stream_open(struct http *h, const struct http_request *request,
    struct http_response *response, struct http_stream **out, struct err *e) RESULT_USED;
/*
 * The next bytes, borrowed until the next call; none (n is 0) at the end, and then always.
 * E_UNREACHABLE, E_TIMED_OUT; E_TOO_LARGE when there are more than max_stream. After an error the
 * same one again.
 */
int http_stream_next(struct http_stream *s, struct bytes *piece, struct err *e) RESULT_USED;
/* Was the error one in passing, a connection lost or a silence, so that going on may do better? */
bool http_stream_broke(const struct http_stream *s) RESULT_USED;
/* Give up what still comes. NULL is fine. */
void http_stream_free(struct http_stream *s);
AUTO_PTR_DEFINE(http_stream)
/*
 * For who goes on: wait before the next try after that many, as http_wait does. E_TIMED_OUT, with
 * what went wrong (why), at once when the deadline would be over by then.
 */
int http_pause(struct http *h, unsigned tries, const struct err *why, struct err *e) RESULT_USED;
unsigned http_retry_times(const struct http *h) RESULT_USED;

#endif
