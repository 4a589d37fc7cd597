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

#endif
