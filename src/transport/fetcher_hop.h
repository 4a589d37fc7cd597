/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One exchange with one server: every option of libcurl is set here, and its end is read here. */
#ifndef RELSIG_TRANSPORT_FETCHER_HOP_H
#define RELSIG_TRANSPORT_FETCHER_HOP_H

#include <curl/curl.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/content_range.h"
#include "formats/proxy.h"
#include "transport/fetcher_stream.h"
#include "transport/fetcher_tls.h"
#include "transport/http_wire.h"

struct hop {
	/* What to ask, borrowed; set before hop_start. */
	const char *method;
	const char *url;
	struct bytes extra_headers; /* texts */
	const char *authorization;  /* NULL when it does not go to this server */
	const struct proxy *proxy;
	struct bytes post;
	size_t max_body;
	struct fetcher_stream *stream; /* where a body with status 2xx goes; NULL: to answer */
	int64_t deadline;	       /* on clock_ms(); of a stream, whoever has it keeps it */
	void *owner;		       /* what CURLINFO_PRIVATE yields */

	/* What came back. */
	struct buf authenticate; /* texts: the WWW-Authenticate values */
	struct content_range range;
	struct buf answer; /* the body */

	CURL *easy; /* owned; set once */
	struct curl_slist *headers;
	char error[CURL_ERROR_SIZE];
	size_t header_bytes;
	bool headers_ended, headers_too_large, body_cut;
};
/* Hand the exchange to libcurl. A handle may be used for one hop after the other. */
int hop_start(struct hop *h, CURLM *multi, struct tls_material *tls, struct err *e) RESULT_USED;
/*
 * How it ended, by libcurl's result and our own caps, and a message unless WIRE_OK. A body over
 * max_body is too large with a status of 2xx; nobody reads an error's page to its end: there it is
 * cut.
 */
enum wire_outcome hop_outcome(const struct hop *h, CURLcode rc, struct buf *message) RESULT_USED;
long hop_status(const struct hop *h) RESULT_USED;
void hop_free(struct hop *h);

#endif
