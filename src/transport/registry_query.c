/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/registry_query.h"

#include <stdlib.h>
#include <string.h>

#include "formats/registry_error.h"
#include "transport/login.h"

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

void
registry_query_free(struct registry_query *q)
{
	free(q->path);
	free(q->url);
}

/* One Accept line for each media type: some registries read only the first of a comma list. */
static void
make_headers(struct headers *h, const struct registry_query *q)
{
	const char *const *accept = q->accept;

	*LIST_ADD(h->v, h->n) = xstrdup(REGISTRY_API_VERSION);
	if (q->range != NULL)
		*LIST_ADD(h->v, h->n) = xasprintf("Range: %s", q->range);
	for (; accept != NULL && *accept != NULL; accept++)
		*LIST_ADD(h->v, h->n) = xasprintf("Accept: %s", *accept);
	(void)LIST_ADD(h->v, h->n);
}

static const char *
method_of(const struct registry_query *q)
{
	return q->method != NULL ? q->method : "GET";
}

static int
fetch(struct registry *r, const struct registry_query *q, const char *authorization,
    struct http_response *out, struct err *e)
{
	AUTO(headers) h = { NULL, 0 };
	struct http_request request = {
		.method = method_of(q),
		.url = q->url,
		.authorization = authorization,
		.max_body = q->max,
		.max_stream = q->max_stream,
	};

	make_headers(&h, q);
	request.headers = (const char *const *)h.v;
	if (q->stream != NULL)
		return http_stream_open(r->http, &request, out, q->stream, e);
	return http_fetch(r->http, &request, out, e);
}

/* Ask; when the answer is 401, once more with what it wants. More would be a loop. */
static int
send_authorized(struct registry *r, struct login *l, const struct registry_query *q,
    struct http_response *out, struct err *e)
{
	AUTO_STR char *first = NULL;
	AUTO_STR char *second = NULL;
	AUTO(challenge) wanted = CHALLENGE_INIT;

	if (login_authorize(l, q->image, NULL, NULL, &first, e) != 0 ||
	    fetch(r, q, first, out, e) != 0)
		return -1;
	if (out->status != 401)
		return 0;
	if (login_challenge(&wanted, out, e) != 0 ||
	    login_authorize(l, q->image, &wanted, first, &second, e) != 0)
		return -1;
	if (second == NULL || (first != NULL && strcmp(first, second) == 0))
		return 0;
	http_response_free(out);
	return fetch(r, q, second, out, e);
}

int
registry_ask(struct registry *r, struct registry_query *q, struct http_response *out, struct err *e)
{
	struct login *l = login_for(r, q->image->domain);

	if (login_ping(l, e) != 0)
		return -1;
	free(q->url);
	q->url = login_url(l, q->path);
	return send_authorized(r, l, q, out, e);
}

int
registry_refuse(const struct registry_query *q, const struct http_response *response, struct err *e)
{
	AUTO_STR char *said = registry_error_text(buf_bytes(&response->body));
	const char *method = method_of(q), *url = q->url;

	switch (response->status) {
	case 401:
	case 403:
		return err_set(e, E_DENIED,
		    "%s %s: status %u%s: the registry wants credentials, or other ones: "
		    "see --creds and --authfile",
		    method, url, response->status, said);
	case 404:
		return err_set(e, E_NOT_FOUND, "%s %s: status 404%s: no %s %s in the repository %s",
		    method, url, said, q->what, q->name, q->image->path);
	}
	return err_set(e, E_UNREACHABLE, "%s %s: status %u%s, want %s", method, url,
	    response->status, said, q->range != NULL ? "206" : "200");
}

int
registry_answer(
    struct registry *r, struct registry_query *q, struct http_response *out, struct err *e)
{
	if (registry_ask(r, q, out, e) != 0)
		return -1;
	return out->status == 200 ? 0 : registry_refuse(q, out, e);
}
