/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "transport/http_blob.h"
#include "transport/http_request.h"

/* What comes with an error; nobody reads it. */
#define MAX_ERROR_BYTES ((size_t)64 << 10)

int
http_file_check_base(const char *base, struct err *e)
{
	const struct http_request request = { .method = "GET", .url = base };

	if (http_request_check(&request, e) != 0)
		return -1;
	if (strpbrk(base, "?#") != NULL)
		return err_set(e, E_USAGE, "%s: names cannot follow \"?\" or \"#\"", base);
	return 0;
}

/* RFC 3986 section 2.3; a slash is between the parts of a name. */
static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr("-._~/", c) != NULL;
}

char *
http_file_url(const char *base, const char *name)
{
	AUTO(buf) url = BUF_INIT;

	buf_add_str(&url, base);
	if (!text_ends_with(base, "/"))
		buf_add_byte(&url, '/');
	for (; *name != '\0'; name++) {
		if (is_plain(*name))
			buf_add_byte(&url, (uint8_t)*name);
		else
			buf_addf(&url, "%%%02X", (unsigned)(uint8_t)*name);
	}
	return buf_steal_str(&url);
}

static int
refuse(const char *url, unsigned status, struct err *e)
{
	enum errc code = E_UNREACHABLE;

	if (status == 404 || status == 410)
		code = E_NOT_FOUND;
	else if (status == 401 || status == 403)
		code = E_DENIED;
	return err_set(e, code, "GET %s: status %u", url, status);
}

int
http_file_read(struct http *h, const char *url, size_t max, struct buf *out, struct err *e)
{
	const struct http_request request = { .method = "GET", .url = url, .max_body = max };
	AUTO(http_response) response = HTTP_RESPONSE_INIT;

	buf_clear(out);
	if (http_fetch(h, &request, &response, e) != 0)
		return -1;
	if (response.status != 200)
		return refuse(url, response.status, e);
	buf_add(out, response.body.p, response.body.n);
	return 0;
}

/*
 * --- from a byte on -----------------------------------------------------------------------------
 */

/* What a stream goes on with: its byte 0 is the file's byte at. */
struct source {
	struct http *http;
	char *url;
	uint64_t at, max;
};

static void
source_free(void *arg)
{
	struct source *s = arg;

	free(s->url);
	free(s);
}

/* Whatever the status; the stream is there when it is 200 or 206. */
static int
get(const struct source *s, uint64_t from, struct http_response *response, struct http_stream **out,
    struct err *e)
{
	AUTO_STR char *bytes = http_blob_range(from);
	AUTO_STR char *range = from > 0 ? xasprintf("Range: %s", bytes) : NULL;
	const char *const headers[] = { range, NULL };
	const struct http_request request = { .method = "GET",
		.url = s->url,
		.headers = headers,
		.max_body = MAX_ERROR_BYTES,
		.max_stream = s->max };

	if (http_stream_open(s->http, &request, response, out, e) != 0)
		return -1;
	if (response->status != 200 && response->status != 206)
		http_stream_free(steal(out));
	return 0;
}

/* Does it bring what was asked for, from that byte on? */
static bool
goes_on(const struct http_response *response, uint64_t from)
{
	return response->status == 206 && response->range_first >= 0 &&
	       (uint64_t)response->range_first == from;
}

/* For http_blob, which counts from the first byte that it has handed out. */
static int
ask(void *arg, uint64_t got, struct http_response *response, struct http_stream **out,
    struct err *e)
{
	struct source *s = arg;
	uint64_t from = s->at + got;

	*out = NULL;
	if (get(s, from, response, out, e) != 0)
		return -1;
	if (*out == NULL)
		return refuse(s->url, response->status, e);
	if (from > 0 && !goes_on(response, from)) {
		http_stream_free(steal(out));
		return err_set(e, E_UNREACHABLE,
		    "GET %s: asked to go on from byte %ju, the server answers with status %u",
		    s->url, (uintmax_t)from, response->status);
	}
	if (from > 0) {
		response->range_first -= (int64_t)s->at;
		response->range_total -= response->range_total >= 0 ? (int64_t)s->at : 0;
	}
	return 0;
}

/* Is what is here already all that there is? */
static bool
is_complete(const struct http_response *response, uint64_t from)
{
	return response->status == 416 && response->range_total >= 0 &&
	       (uint64_t)response->range_total == from;
}

static int
check_size(const struct source *s, const struct http_response *response, struct err *e)
{
	int64_t size = s->at > 0 ? response->range_total : response->length;

	if (size < 0 || (uint64_t)size <= s->max)
		return 0;
	return err_set(e, E_TOO_LARGE, "GET %s: %jd bytes, want at most %ju", s->url,
	    (intmax_t)size, (uintmax_t)s->max);
}

/* The first answer, from byte s->at on if the server can. NULL: that is the end. */
static int
begin(struct source *s, struct http_response *response, struct http_stream **out, struct err *e)
{
	if (get(s, s->at, response, out, e) != 0)
		return -1;
	if (s->at > 0 && is_complete(response, s->at))
		return 0;
	/* What is here is more than there is, or the server does as it likes: all of it, then. */
	if (s->at > 0 && !goes_on(response, s->at)) {
		s->at = 0;
		if (response->status == 206 || response->status == 416) {
			http_stream_free(steal(out));
			http_response_free(response);
			if (get(s, 0, response, out, e) != 0)
				return -1;
		}
	}
	if (s->at == 0 && response->status != 200) {
		http_stream_free(steal(out));
		return refuse(s->url, response->status, e);
	}
	return check_size(s, response, e);
}

int
http_file_open(struct http *h, const char *url, uint64_t from, uint64_t max, struct blob **out,
    uint64_t *at, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	struct http_blob_source source = { .ask = ask, .free = source_free };
	AUTO_PTR(http_stream) stream = NULL;
	struct source *s = xcalloc(1, sizeof(*s));
	int r;

	*out = NULL;
	*s = (struct source){ .http = h, .url = xstrdup(url), .max = max };
	/* More than may be is no beginning of it. */
	s->at = from <= max ? from : 0;
	source.arg = s;
	r = begin(s, &response, &stream, e);
	*at = s->at;
	if (r != 0 || stream == NULL) {
		source_free(s);
		return r;
	}
	*out = http_blob_new(h, &source, steal(&stream), &response, max - s->at, xstrdup(url));
	return 0;
}
