/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_hop.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/clock.h"
#include "transport/fetcher_option.h"
#include "transport/fetcher_proxy.h"

/* No answer to a connection in this time is no answer: the rest is for another try. */
#define CONNECT_TIMEOUT_MS 10000L
/* What is read at a time: each costs a turn of all that waits. */
#define STREAM_BUFFER_BYTES 65536L

static bool
is_space(uint8_t c)
{
	return c == '\n' || c == '\r' || c == ' ';
}

/* The value in a line without its end, white space before it taken off; false: another header. */
static bool
header_value(struct bytes line, const char *name, struct bytes *value)
{
	size_t n = strlen(name);

	if (line.n <= n || strncasecmp((const char *)line.p, name, n) != 0 || line.p[n] != ':')
		return false;
	for (n++; n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'); n++)
		;
	*value = bytes_of(line.p + n, line.n - n);
	return memchr(line.p, '\0', line.n) == NULL;
}

/* Of the headers that libcurl does not tell of later. */
static void
take_header(struct hop *h, struct bytes line)
{
	AUTO(err) ignored = ERR_INIT;
	struct bytes value;

	if (header_value(line, "WWW-Authenticate", &value)) {
		buf_add(&h->authenticate, value.p, value.n);
		buf_add_byte(&h->authenticate, '\0');
	}
	/* One that cannot be read is none: then nothing is known of the range. */
	if (header_value(line, "Content-Range", &value) &&
	    content_range_parse(&h->range, value, &ignored) != 0)
		err_free(&ignored);
}

static bool
is_success(long status)
{
	return status >= 200 && status < 300;
}

static void
forget_headers(struct hop *h)
{
	buf_clear(&h->authenticate);
	h->range = (struct content_range)CONTENT_RANGE_INIT;
	h->headers_ended = false;
}

static size_t
on_header(char *line, size_t size, size_t n, void *arg)
{
	struct hop *h = arg;
	struct bytes rest;

	n *= size;
	h->header_bytes += n;
	h->headers_too_large = h->header_bytes > MAX_HTTP_HEADER_BYTES;
	if (h->headers_too_large)
		return 0;
	if (n >= 5 && memcmp(line, "HTTP/", 5) == 0)
		forget_headers(h); /* a status line: after a 100 Continue all starts again */
	for (rest = bytes_of(line, n); rest.n > 0 && is_space(rest.p[rest.n - 1]); rest.n--)
		;
	if (rest.n == 0 && !h->headers_ended) {
		h->headers_ended = true; /* what still comes is a trailer */
		if (h->stream != NULL && is_success(hop_status(h)))
			fetcher_stream_open(h->stream);
	}
	if (!h->headers_ended)
		take_header(h, rest);
	return n;
}

static size_t
stream_body(struct hop *h, const char *p, size_t n)
{
	switch (fetcher_stream_put(h->stream, p, n)) {
	case STREAM_TAKEN:
		return n;
	case STREAM_WAITS:
		return CURL_WRITEFUNC_PAUSE;
	case STREAM_UNSET:
	case STREAM_IS_FULL:
		break;
	}
	h->body_cut = true;
	return 0;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct hop *h = arg;

	n *= size;
	if (h->stream != NULL && h->stream->is_open)
		return stream_body(h, p, n);
	if (buf_add_max(&h->answer, p, n, h->max_body))
		return n;
	buf_add(&h->answer, p, h->max_body - h->answer.n);
	h->body_cut = true;
	return 0;
}

/*
 * A stream has a connection to itself: what nobody takes stays in the server then, where in HTTP/2
 * it may fill libcurl's memory, and hold up others on the same connection.
 */
static int
set_version(CURL *easy, const struct hop *h, struct err *e)
{
	if (h->stream != NULL) {
		SET_OPTION(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
		SET_OPTION(CURLOPT_BUFFERSIZE, STREAM_BUFFER_BYTES);
	} else if ((curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2) != 0) {
		SET_OPTION(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	}
	return 0;
}

/* What never changes: who may talk to whom, and for how long. */
static int
set_limits(CURL *easy, struct hop *h, struct err *e)
{
	int64_t left = h->deadline - clock_ms();

	if (left < 1)
		left = 1;
	SET_OPTION(CURLOPT_PRIVATE, h->owner);
	SET_OPTION(CURLOPT_ERRORBUFFER, h->error);
	SET_OPTION(CURLOPT_NOSIGNAL, 1L);
	SET_OPTION(CURLOPT_TIMEOUT_MS, h->stream == NULL ? (long)left : 0L);
	SET_OPTION(CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	/* A name lookup that outlives its request is left behind, not waited for. */
	SET_OPTION_IF_KNOWN(CURLOPT_QUICK_EXIT, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
	SET_OPTION(CURLOPT_PROTOCOLS_STR, "http,https");
#else
	SET_OPTION(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	SET_OPTION(CURLOPT_FOLLOWLOCATION, 0L);
	SET_OPTION(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET_OPTION(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET_OPTION(CURLOPT_HTTP09_ALLOWED, 0L);
	SET_OPTION(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	SET_OPTION(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET_OPTION(CURLOPT_HEADERFUNCTION, on_header);
	SET_OPTION(CURLOPT_HEADERDATA, h);
	SET_OPTION(CURLOPT_WRITEFUNCTION, on_body);
	SET_OPTION(CURLOPT_WRITEDATA, h);
	SET_OPTION(CURLOPT_USERAGENT, "relsig/" RELSIG_VERSION);
	return set_version(easy, h, e);
}

static int
add_header(struct hop *h, const char *header, struct err *e)
{
	struct curl_slist *longer = curl_slist_append(h->headers, header);

	if (longer == NULL)
		return err_set(e, E_IO, "libcurl is out of memory");
	h->headers = longer;
	return 0;
}

static int
set_headers(CURL *easy, struct hop *h, struct err *e)
{
	struct bytes texts = h->extra_headers;
	const char *header;

	curl_slist_free_all(h->headers);
	h->headers = NULL;
	while ((header = wire_texts_next(&texts)) != NULL)
		if (add_header(h, header, e) != 0)
			return -1;
	if (h->authorization != NULL) {
		AUTO_STR char *line = xasprintf("Authorization: %s", h->authorization);

		if (add_header(h, line, e) != 0)
			return -1;
	}
	SET_OPTION(CURLOPT_HTTPHEADER, h->headers);
	return 0;
}

static int
set_method(CURL *easy, struct hop *h, struct err *e)
{
	if (strcmp(h->method, "GET") == 0) {
		SET_OPTION(CURLOPT_HTTPGET, 1L);
	} else if (strcmp(h->method, "HEAD") == 0) {
		SET_OPTION(CURLOPT_NOBODY, 1L);
	} else if (strcmp(h->method, "POST") == 0) {
		SET_OPTION(CURLOPT_POST, 1L);
		SET_OPTION(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)h->post.n);
		SET_OPTION(CURLOPT_POSTFIELDS, h->post.p != NULL ? (const char *)h->post.p : "");
	} else {
		return err_set(e, E_USAGE, "method %s", h->method);
	}
	return 0;
}

/*
 * Each hop starts from nothing, so that no option of the one before is left; connections are kept.
 */
int
hop_start(struct hop *h, CURLM *multi, struct tls_material *tls, struct err *e)
{
	CURL *easy = h->easy;
	CURLMcode rc;

	forget_headers(h);
	buf_clear(&h->answer);
	h->header_bytes = 0;
	h->headers_too_large = h->body_cut = false;
	h->error[0] = '\0';
	curl_easy_reset(easy);
	if (set_limits(easy, h, e) != 0 || fetcher_tls_apply(easy, tls, e) != 0 ||
	    fetcher_proxy_apply(easy, h->proxy, tls->tls, e) != 0 || set_method(easy, h, e) != 0 ||
	    set_headers(easy, h, e) != 0)
		return -1;
	SET_OPTION(CURLOPT_URL, h->url);
	rc = curl_multi_add_handle(multi, easy);
	if (rc != CURLM_OK)
		return err_set(e, E_UNREACHABLE, "libcurl: %s", curl_multi_strerror(rc));
	return 0;
}

static enum wire_outcome
outcome_of(CURLcode rc)
{
	switch ((int)rc) {
	case CURLE_OPERATION_TIMEDOUT:
		return WIRE_TIMED_OUT;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return WIRE_BROKEN_OFF;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return WIRE_TLS;
	default: /* libcurl's enum, not ours: all others */
		return WIRE_UNREACHABLE;
	}
}

long
hop_status(const struct hop *h)
{
	long status = 0;

	if (curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return 0;
	return status;
}

/*
 * Is this the proxy's own answer: to CONNECT, or 407, which nobody else gives? What it says in
 * passing may be otherwise at another try.
 */
static bool
proxy_refuses(const struct hop *h, enum wire_outcome *outcome, struct buf *message)
{
	long status = 0;

	if (curl_easy_getinfo(h->easy, CURLINFO_HTTP_CONNECTCODE, &status) != CURLE_OK ||
	    status < 300)
		status = hop_status(h) == 407 ? 407 : 0;
	if (status == 0)
		return false;
	buf_addf(message, "the proxy %s answers with status %ld", h->proxy->shown, status);
	if (status == 407)
		buf_add_str(
		    message, ": it wants a user name and a password, or other ones, in its URL");
	*outcome =
	    status == 429 || (status >= 500 && status != 501) ? WIRE_BROKEN_OFF : WIRE_UNREACHABLE;
	return true;
}

enum wire_outcome
hop_outcome(const struct hop *h, CURLcode rc, struct buf *message)
{
	enum wire_outcome outcome = WIRE_UNREACHABLE;
	long status = hop_status(h);

	buf_clear(message);
	if (h->headers_too_large) {
		buf_addf(
		    message, "a response header of more than %zu bytes", MAX_HTTP_HEADER_BYTES);
		return WIRE_TOO_LARGE;
	}
	if (h->body_cut && is_success(status)) {
		buf_addf(message, "a response of more than %ju bytes",
		    h->stream != NULL ? (uintmax_t)h->stream->max : h->max_body);
		return WIRE_TOO_LARGE;
	}
	if (proxy_is_set(h->proxy) && proxy_refuses(h, &outcome, message))
		return outcome;
	if (rc != CURLE_OK && !h->body_cut) {
		buf_add_str(message, h->error[0] != '\0' ? h->error : curl_easy_strerror(rc));
		if (proxy_is_set(h->proxy))
			buf_addf(message, " (tried through proxy %s)", h->proxy->shown);
		return outcome_of(rc);
	}
	if (status < 100 || status > 999) {
		buf_add_str(message, "a response without a status");
		return WIRE_UNREACHABLE;
	}
	return WIRE_OK;
}

void
hop_free(struct hop *h)
{
	curl_easy_cleanup(h->easy);
	curl_slist_free_all(h->headers);
	buf_free(&h->authenticate);
	buf_free(&h->answer);
	h->easy = NULL;
	h->headers = NULL;
}
