/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http.h"

#include <stdlib.h>
#include <string.h>

#include "transport/http_parts.h"

struct host_certs {
	char *host_port;
	struct certs certs;
};

int
http_open(struct http **out, const struct http_options *options, struct err *e)
{
	struct http *h;

	*out = NULL;
	if (options->timeout_ms == 0 || options->timeout_ms > INT32_MAX)
		return err_set(e, E_USAGE, "a timeout of %u ms", options->timeout_ms);
	h = xcalloc(1, sizeof(*h));
	h->cert_dir = options->cert_dir != NULL ? xstrdup(options->cert_dir) : NULL;
	h->proxy = options->proxy != NULL ? xstrdup(options->proxy) : NULL;
	h->tls_no_verify = options->tls_no_verify;
	h->offline = options->offline;
	h->timeout_ms = options->timeout_ms;
	h->retry_times = options->retry_times;
	h->deadline = options->deadline;
	h->session = http_session_new(options->fetcher, options->timeout_ms, &options->deadline);
	pthread_mutex_init(&h->lock, NULL);
	*out = h;
	return 0;
}

int
http_prestart(struct http *h, struct err *e)
{
	return h->offline ? 0 : http_session_start(h->session, e);
}

bool
http_fetcher_says(struct http *h, struct confine_report *out)
{
	return http_session_said(h->session, out);
}

void
http_free(struct http *h)
{
	size_t i;

	if (h == NULL)
		return;
	http_session_free(h->session);
	for (i = 0; i < h->n_hosts; i++) {
		certs_free(&h->hosts[i]->certs);
		free(h->hosts[i]->host_port);
		free(h->hosts[i]);
	}
	free(h->hosts);
	pthread_mutex_destroy(&h->lock);
	free(h->cert_dir);
	if (h->proxy != NULL)
		explicit_bzero(h->proxy, strlen(h->proxy));
	free(h->proxy);
	free(h);
}

bool
http_is_offline(const struct http *h)
{
	return h->offline;
}

bool
http_allows_plain(const struct http *h)
{
	return h->tls_no_verify;
}

int
http_certs(struct http *h, const char *host_port, const struct certs **out, struct err *e)
{
	AUTO(certs) certs = CERTS_INIT;
	struct host_certs *entry;
	size_t i;
	int r;

	pthread_mutex_lock(&h->lock);
	for (i = 0; i < h->n_hosts; i++)
		if (strcmp(h->hosts[i]->host_port, host_port) == 0)
			break;
	r = 0;
	if (i == h->n_hosts &&
	    (r = certs_read(&certs, h->cert_dir, host_port, &h->deadline, e)) == 0) {
		entry = xcalloc(1, sizeof(*entry));
		entry->host_port = xstrdup(host_port);
		entry->certs = certs;
		certs = (struct certs)CERTS_INIT;
		*LIST_ADD(h->hosts, h->n_hosts) = entry;
	}
	*out = r == 0 ? &h->hosts[i]->certs : NULL;
	pthread_mutex_unlock(&h->lock);
	return r;
}

void
http_response_free(struct http_response *r)
{
	size_t i;

	free(r->url);
	free(r->content_type);
	for (i = 0; i < r->n_authenticate; i++)
		free(r->authenticate[i]);
	free(r->authenticate);
	buf_free(&r->body);
	*r = (struct http_response)HTTP_RESPONSE_INIT;
}
