/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_blob.h"

#include <stdlib.h>

/* A try that brought so much was a good one. */
#define PROGRESS_BYTES ((uint64_t)1 << 20)

struct http_blob {
	struct http *http;
	struct http_blob_source source;
	struct http_stream *stream;
	int64_t total;	/* as the server said; -1: it did not */
	uint64_t got;	/* bytes handed out */
	uint64_t since; /* of them, before the last try */
	unsigned tries;
};

char *
http_blob_range(uint64_t from)
{
	return xasprintf("bytes=%ju-", (uintmax_t)from);
}

/* Does the server go on where the last connection broke off? */
static int
check(const struct http_blob *b, const struct http_response *r, struct err *e)
{
	bool is_there =
	    r->status == 206 && r->range_first >= 0 && (uint64_t)r->range_first == b->got;

	if (b->got == 0 && r->status == 200)
		return 0;
	if (!is_there)
		return err_set(e, E_UNREACHABLE,
		    "asked to go on from byte %ju, the server answers with status %u, from byte "
		    "%jd",
		    (uintmax_t)b->got, r->status, (intmax_t)r->range_first);
	if (b->total >= 0 && r->range_total >= 0 && r->range_total != b->total)
		return err_set(e, E_UNREACHABLE, "of %jd bytes at first, now of %jd",
		    (intmax_t)b->total, (intmax_t)r->range_total);
	return 0;
}

/* One more try, after the last one broke off for that reason. */
static int
go_on(struct http_blob *b, const struct err *why, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;

	if (b->got - b->since >= PROGRESS_BYTES)
		b->tries = 0;
	b->since = b->got;
	if (b->tries == http_retry_times(b->http))
		return err_set(e, why->code, "%s", err_msg(why));
	if (http_pause(b->http, ++b->tries, why, e) != 0)
		return -1;
	http_stream_free(steal(&b->stream));
	if (b->source.ask(b->source.arg, b->got, &response, &b->stream, e) == 0)
		return check(b, &response, e);
	/* It was there, and we were let in: what the server says now is about the server. */
	if (e->code != E_TIMED_OUT)
		e->code = E_UNREACHABLE;
	return -1;
}

static int
next(void *state, struct bytes *piece, struct err *e)
{
	struct http_blob *b = state;

	for (;;) {
		AUTO(err) why = ERR_INIT;

		if (http_stream_next(b->stream, piece, &why) == 0) {
			b->got += piece->n;
			return 0;
		}
		if (!http_stream_broke(b->stream))
			return err_set(e, why.code, "%s", err_msg(&why));
		if (go_on(b, &why, e) != 0)
			return err_wrap(e, "after %ju bytes", (uintmax_t)b->got);
	}
}

static void
release(void *state)
{
	struct http_blob *b = state;

	http_stream_free(b->stream);
	b->source.free(b->source.arg);
	free(b);
}

struct blob *
http_blob_new(struct http *h, const struct http_blob_source *source, struct http_stream *first,
    const struct http_response *response, uint64_t max, char *where)
{
	static const struct blob_kind kind = { next, release };
	struct http_blob *b = xcalloc(1, sizeof(*b));

	b->http = h;
	b->source = *source;
	b->stream = first;
	b->total = response->length;
	return blob_new(&kind, b, max, where);
}
