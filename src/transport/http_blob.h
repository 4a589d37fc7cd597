/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A blob from a web server that outlives its connections: where one breaks off, another goes on
 * from the byte where it did.
 */
#ifndef RELSIG_TRANSPORT_HTTP_BLOB_H
#define RELSIG_TRANSPORT_HTTP_BLOB_H

#include "base/base.h"
#include "base/err.h"
#include "transport/blob.h"
#include "transport/http.h"

struct http_blob_source {
	/*
	 * As http_stream_open, with "Range: bytes=FROM-" unless from is 0, and max_stream without
	 * those that came; whatever the status.
	 */
	int (*ask)(void *arg, uint64_t from, struct http_response *response,
	    struct http_stream **out, struct err *e);
	void (*free)(void *arg);
	void *arg; /* owned */
};

/*
 * What a first stream, from byte 0 on, begins; response is its head, where is consumed. Each time
 * that it breaks off (http_stream_broke) there are as many tries as the session's retry_times, with
 * pauses; one that brought less than 1 MiB counts for the next time, too. The server must go on at
 * the right place of the same whole: E_UNREACHABLE. Otherwise errors as http_stream_next.
 */
struct blob *http_blob_new(struct http *h, const struct http_blob_source *source,
    struct http_stream *first, const struct http_response *response, uint64_t max, char *where);
/* The value of Range for who goes on, for free(). */
char *http_blob_range(uint64_t from);

#endif
