/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/registry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "formats/manifest.h"
#include "formats/registry_error.h"
#include "transport/login.h"

struct registry {
	struct http *http;
	const struct credential_options *credentials;
	pthread_mutex_t lock; /* of the list; its elements stay where they are */
	struct login **logins;
	size_t n_logins;
};

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

static struct login *
login_for(struct registry *r, const char *domain)
{
	struct login *found = NULL;
	size_t i;

	pthread_mutex_lock(&r->lock);
	for (i = 0; i < r->n_logins && found == NULL; i++)
		if (strcmp(login_domain(r->logins[i]), domain) == 0)
			found = r->logins[i];
	if (found == NULL) {
		found = login_new(domain, r->http, r->credentials);
		*LIST_ADD(r->logins, r->n_logins) = found;
	}
	pthread_mutex_unlock(&r->lock);
	return found;
}

struct headers {
	char **v; /* NULL-terminated */
	size_t n;
};

static void
headers_free(struct headers *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free(h->v[i]);
	free(h->v);
}
AUTO_DEFINE(headers)

/* One thing that is asked for. */
struct query {
	const struct reference *image; /* whose repository it is in */
	const char *const *accept;     /* media types, NULL-terminated; NULL: any */
	const char *what, *name;       /* for messages: "tag" and which */
	char *path;		       /* below /v2/, owned */
	size_t max;
	char *url; /* owned; set when it is known */
};

static void
query_free(struct query *q)
{
	free(q->path);
	free(q->url);
}
AUTO_DEFINE(query)

/* One Accept line for each media type: some registries read only the first of a comma list. */
static void
make_headers(struct headers *h, const char *const *accept)
{
	*LIST_ADD(h->v, h->n) = xstrdup(REGISTRY_API_VERSION);
	for (; accept != NULL && *accept != NULL; accept++)
		*LIST_ADD(h->v, h->n) = xasprintf("Accept: %s", *accept);
	(void)LIST_ADD(h->v, h->n);
}

static int
get(struct registry *r, const struct query *q, const char *authorization, struct http_response *out,
    struct err *e)
{
	AUTO(headers) h = { NULL, 0 };
	struct http_request request = {
		.method = "GET",
		.url = q->url,
		.authorization = authorization,
		.max_body = q->max,
	};

	make_headers(&h, q->accept);
	request.headers = (const char *const *)h.v;
	return http_fetch(r->http, &request, out, e);
}

/* Ask; when the answer is 401, once more with what it wants. More would be a loop. */
static int
get_authorized(struct registry *r, struct login *l, const struct query *q,
    struct http_response *out, struct err *e)
{
	AUTO_STR char *first = NULL;
	AUTO_STR char *second = NULL;
	AUTO(challenge) wanted = CHALLENGE_INIT;

	if (login_authorize(l, q->image, NULL, NULL, &first, e) != 0 ||
	    get(r, q, first, out, e) != 0)
		return -1;
	if (out->status != 401)
		return 0;
	if (login_challenge(&wanted, out, e) != 0 ||
	    login_authorize(l, q->image, &wanted, first, &second, e) != 0)
		return -1;
	if (second == NULL || (first != NULL && strcmp(first, second) == 0))
		return 0;
	http_response_free(out);
	return get(r, q, second, out, e);
}

static int
judge(const struct query *q, const struct http_response *response, struct err *e)
{
	AUTO_STR char *said = NULL;
	const char *url = q->url;

	if (response->status == 200)
		return 0;
	said = registry_error_text(buf_bytes(&response->body));
	switch (response->status) {
	case 401:
	case 403:
		return err_set(e, E_DENIED,
		    "GET %s: status %u%s: the registry wants credentials, or other ones: "
		    "see --creds and --authfile",
		    url, response->status, said);
	case 404:
		return err_set(e, E_NOT_FOUND,
		    "GET %s: status 404%s: no %s %s in the repository %s", url, said, q->what,
		    q->name, q->image->path);
	}
	return err_set(
	    e, E_UNREACHABLE, "GET %s: status %u%s, want 200", url, response->status, said);
}

/* The answer to a query, with status 200. */
static int
answer(struct registry *r, struct query *q, struct http_response *out, struct err *e)
{
	struct login *l = login_for(r, q->image->domain);

	if (login_ping(l, e) != 0)
		return -1;
	q->url = login_url(l, q->path);
	return get_authorized(r, l, q, out, e) == 0 ? judge(q, out, e) : -1;
}

static void
hand_over(struct http_response *response, struct query *q, struct buf *out, char **url)
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
	AUTO(query) q = { .image = image, .accept = manifest_media_types(), .max = max };

	*url = NULL;
	buf_clear(out);
	if (!reference_is_set(image) || (image->tag == NULL && !digest_is_set(&image->digest)))
		return err_set(e, E_USAGE, "an image without a tag and without a digest");
	q.what = image->tag != NULL ? "tag" : "digest";
	q.name = image->tag != NULL ? image->tag : image->digest.text;
	q.path = xasprintf("%s/manifests/%s", image->path, q.name);
	if (answer(r, &q, &response, e) != 0)
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
	AUTO(query) q = { .image = image, .what = "blob", .name = digest->text, .max = max };
	struct digest got;

	*url = NULL;
	buf_clear(out);
	if (!reference_is_set(image) || !digest_is_sha256(digest))
		return err_set(e, E_USAGE, "a blob without a repository or without a sha256");
	q.path = xasprintf("%s/blobs/%s", image->path, digest->text);
	if (answer(r, &q, &response, e) != 0 ||
	    digest_of_bytes(&got, buf_bytes(&response.body), e) != 0)
		return -1;
	if (!digest_equal(&got, digest))
		return err_set(
		    e, E_UNREACHABLE, "GET %s: what came has the digest %s", q.url, got.text);
	hand_over(&response, &q, out, url);
	return 0;
}
