/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "transport/http_blob.h"
#include "transport/registry_query.h"

/* What comes with an error; of a blob nothing is read here. */
#define MAX_ERROR_BYTES ((size_t)64 << 10)

static int
begin(struct registry_query *q, const struct reference *image, const struct digest *digest,
    struct err *e)
{
	*q = (struct registry_query){
		.image = image, .what = "blob", .name = digest->text, .max = MAX_ERROR_BYTES
	};
	if (!reference_is_set(image) || !digest_is_sha256(digest))
		return err_set(e, E_USAGE, "a blob without a repository or without a sha256");
	q->path = xasprintf("%s/blobs/%s", image->path, digest->text);
	return 0;
}

/*
 * Is HEAD understood here, and answered in full? The URL that a registry redirects to may be signed
 * for GET alone; and some say 0 of a body that they leave out.
 */
static bool
head_says_nothing(const struct registry_query *q, const struct http_response *response)
{
	switch (response->status) {
	case 200:
		return response->length <= 0;
	case 403:
		return strcmp(response->url, q->url) != 0;
	case 405:
	case 501:
		return true;
	}
	return false;
}

/*
 * By what a server says of a whole when it is asked for its first byte. It may send all of it: q
 * has it as a stream, whose head is enough.
 */
static int
ask_first_byte(struct registry *r, struct registry_query *q, int64_t *size, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;

	q->method = NULL;
	q->range = "bytes=0-0";
	q->max_stream = INT64_MAX;
	if (registry_ask(r, q, &response, e) != 0)
		return -1;
	*size = response.status == 200 ? response.length : response.range_total;
	/* 416: there is no first byte. */
	if (response.status == 200 || response.status == 206 ||
	    (response.status == 416 && *size == 0))
		return 0;
	return registry_refuse(q, &response, e);
}

int
registry_blob_size(struct registry *r, const struct reference *image, const struct digest *digest,
    uint64_t *size, char **url, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) unread = NULL;
	AUTO(registry_query) q = { 0 };
	int64_t said;

	*url = NULL;
	*size = 0;
	if (begin(&q, image, digest, e) != 0)
		return -1;
	q.method = "HEAD";
	if (registry_ask(r, &q, &response, e) != 0)
		return -1;
	said = response.length;
	if (head_says_nothing(&q, &response)) {
		q.stream = &unread;
		if (ask_first_byte(r, &q, &said, e) != 0)
			return -1;
	} else if (response.status != 200) {
		return registry_refuse(&q, &response, e);
	}
	if (said < 0)
		return err_set(
		    e, E_UNSUPPORTED, "GET %s: the server does not say how large it is", q.url);
	*size = (uint64_t)said;
	*url = steal(&q.url);
	return 0;
}

/* What a stream goes on with. */
struct source {
	struct registry *registry;
	struct reference image;
	struct digest digest;
	uint64_t max;
	char *url; /* once it was asked */
};

static void
source_free(void *arg)
{
	struct source *s = arg;

	reference_free(&s->image);
	free(s->url);
	free(s);
}

static int
ask(void *arg, uint64_t from, struct http_response *response, struct http_stream **out,
    struct err *e)
{
	struct source *s = arg;
	AUTO(registry_query) q = { 0 };
	AUTO_STR char *range = from > 0 ? http_blob_range(from) : NULL;

	*out = NULL;
	if (begin(&q, &s->image, &s->digest, e) != 0)
		return -1;
	q.range = range;
	q.stream = out;
	q.max_stream = s->max - from;
	if (registry_ask(s->registry, &q, response, e) != 0)
		return -1;
	if (*out != NULL && response->status == (from > 0 ? 206 : 200)) {
		free(s->url);
		s->url = steal(&q.url);
		return 0;
	}
	http_stream_free(steal(out));
	return registry_refuse(&q, response, e);
}

int
registry_blob_open(struct registry *r, const struct reference *image, const struct digest *digest,
    uint64_t max, struct blob **out, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	struct http_blob_source source = { .ask = ask, .free = source_free };
	struct http_stream *stream = NULL;
	struct source *s = xcalloc(1, sizeof(*s));

	*out = NULL;
	*s = (struct source){ .registry = r, .digest = *digest, .max = max };
	if (max > INT64_MAX)
		s->max = INT64_MAX;
	source.arg = s;
	if (reference_is_set(image))
		reference_copy(&s->image, image);
	if (ask(s, 0, &response, &stream, e) != 0) {
		source_free(s);
		return -1;
	}
	*out = http_blob_new(r->http, &source, stream, &response, max, xstrdup(s->url));
	return 0;
}
