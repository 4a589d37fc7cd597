/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/registry.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/manifest.h"
#include "transport/login.h"
#include "transport/registry_query.h"

struct registry *
registry_new(struct http *http, const struct credential_options *credentials)
{
	struct registry *r = xcalloc(1, sizeof(*r));

	r->http = http;
	r->credentials = credentials;
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void
registry_free(struct registry *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n_logins; i++)
		login_free(r->logins[i]);
	pthread_mutex_destroy(&r->lock);
	free(r->logins);
	free(r);
}

static void
hand_over(struct http_response *response, struct registry_query *q, struct buf *out, char **url)
{
	buf_free(out);
	*out = response->body;
	response->body = (struct buf)BUF_INIT;
	*url = steal(&q->url);
}

/* Types have no case and may have parameters (RFC 9110 §8.3.1). */
static bool
is_of_type(const char *content_type, const char *type)
{
	size_t n = strlen(type);

	return content_type != NULL && strncasecmp(content_type, type, n) == 0 &&
	       strchr("; \t", content_type[n]) != NULL;
}

int
registry_manifest(struct registry *r, const struct reference *image, const char *type, size_t max,
    struct buf *out, char **url, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO(registry_query) q = { .image = image, .accept = manifest_media_types(), .max = max };

	*url = NULL;
	buf_clear(out);
	if (!reference_is_set(image) || (image->tag == NULL && !digest_is_set(&image->digest)))
		return err_set(e, E_USAGE, "an image without a tag and without a digest");
	q.what = image->tag != NULL ? "tag" : "digest";
	q.name = image->tag != NULL ? image->tag : image->digest.text;
	q.path = xasprintf("%s/manifests/%s", image->path, q.name);
	if (registry_answer(r, &q, &response, e) != 0)
		return -1;
	if (type != NULL && !is_of_type(response.content_type, type))
		return err_set(e, E_UNREACHABLE, "GET %s: content type \"%.200s\", want \"%s\"",
		    q.url, response.content_type != NULL ? response.content_type : "", type);
	hand_over(&response, &q, out, url);
	return 0;
}

int
registry_blob(struct registry *r, const struct reference *image, const struct digest *digest,
    size_t max, struct buf *out, char **url, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO(registry_query)
	q = { .image = image, .what = "blob", .name = digest->text, .max = max };
	struct digest got;

	*url = NULL;
	buf_clear(out);
	if (!reference_is_set(image) || !digest_is_sha256(digest))
		return err_set(e, E_USAGE, "a blob without a repository or without a sha256");
	q.path = xasprintf("%s/blobs/%s", image->path, digest->text);
	if (registry_answer(r, &q, &response, e) != 0 ||
	    digest_of_bytes(&got, buf_bytes(&response.body), e) != 0)
		return -1;
	if (!digest_equal(&got, digest))
		return err_set(
		    e, E_UNREACHABLE, "GET %s: what came has the digest %s", q.url, got.text);
	hand_over(&response, &q, out, url);
	return 0;
}
