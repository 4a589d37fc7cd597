/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/registry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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

/* One Accept line for each media type: some registries read only the first of a comma list. */
static void
make_headers(struct headers *h)
{
	const char *const *type;

	*LIST_ADD(h->v, h->n) = xstrdup(REGISTRY_API_VERSION);
	for (type = manifest_media_types(); *type != NULL; type++)
		*LIST_ADD(h->v, h->n) = xasprintf("Accept: %s", *type);
	(void)LIST_ADD(h->v, h->n);
}

static int
get(struct registry *r, const char *url, const char *authorization, size_t max,
    struct http_response *out, struct err *e)
{
	AUTO(headers) h = { NULL, 0 };
	struct http_request request = {
		.method = "GET",
		.url = url,
		.authorization = authorization,
		.max_body = max,
	};

	make_headers(&h);
	request.headers = (const char *const *)h.v;
	return http_fetch(r->http, &request, out, e);
}

/* Ask; when the answer is 401, once more with what it wants. More would be a loop. */
static int
get_authorized(struct registry *r, struct login *l, const struct reference *image, const char *url,
    size_t max, struct http_response *out, struct err *e)
{
	AUTO_STR char *first = NULL;
	AUTO_STR char *second = NULL;
	AUTO(challenge) wanted = CHALLENGE_INIT;

	if (login_authorize(l, image, NULL, NULL, &first, e) != 0 ||
	    get(r, url, first, max, out, e) != 0)
		return -1;
	if (out->status != 401)
		return 0;
	if (login_challenge(&wanted, out, e) != 0 ||
	    login_authorize(l, image, &wanted, first, &second, e) != 0)
		return -1;
	if (second == NULL || (first != NULL && strcmp(first, second) == 0))
		return 0;
	http_response_free(out);
	return get(r, url, second, max, out, e);
}

static int
judge(const struct reference *image, const char *url, const struct http_response *response,
    struct err *e)
{
	AUTO_STR char *said = NULL;
	const char *tag = image->tag;

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
		    "GET %s: status 404%s: no %s %s in the repository %s", url, said,
		    tag != NULL ? "tag" : "digest", tag != NULL ? tag : image->digest.text,
		    image->path);
	}
	return err_set(
	    e, E_UNREACHABLE, "GET %s: status %u%s, want 200", url, response->status, said);
}

int
registry_manifest(struct registry *r, const struct reference *image, size_t max, struct buf *out,
    char **url, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO_STR char *path = NULL;
	AUTO_STR char *asked = NULL;
	struct login *l;

	*url = NULL;
	buf_clear(out);
	if (!reference_is_set(image) || (image->tag == NULL && !digest_is_set(&image->digest)))
		return err_set(e, E_USAGE, "an image without a tag and without a digest");
	l = login_for(r, image->domain);
	if (login_ping(l, e) != 0)
		return -1;
	path = xasprintf(
	    "%s/manifests/%s", image->path, image->tag != NULL ? image->tag : image->digest.text);
	asked = login_url(l, path);
	if (get_authorized(r, l, image, asked, max, &response, e) != 0 ||
	    judge(image, asked, &response, e) != 0)
		return -1;
	buf_free(out);
	*out = response.body;
	response.body = (struct buf)BUF_INIT;
	*url = steal(&asked);
	return 0;
}
