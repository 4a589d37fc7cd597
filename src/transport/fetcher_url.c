/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/limits.h"

/* A copy of our own: curl_free() is not free() everywhere. NULL when the part is not there. */
static char *
part(CURLU *url, CURLUPart what, unsigned flags)
{
	char *s = NULL, *out;

	if (curl_url_get(url, what, &s, flags) != CURLUE_OK || s == NULL)
		return NULL;
	out = xstrdup(s);
	curl_free(s);
	return out;
}

static int
read_parts(struct origin *out, CURLU *u, const char *url, struct err *e)
{
	if (u == NULL || curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK)
		return err_set(
		    e, E_USAGE, "not a URL that is fetched (http or https, no user name)");
	out->scheme = part(u, CURLUPART_SCHEME, 0);
	out->host = part(u, CURLUPART_HOST, 0);
	out->port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	if (out->scheme == NULL || out->host == NULL || out->port == NULL ||
	    (strcmp(out->scheme, "http") != 0 && strcmp(out->scheme, "https") != 0))
		return err_set(e, E_USAGE, "want an http or https URL");
	return 0;
}

int
origin_read(struct origin *out, const char *url, struct err *e)
{
	AUTO(origin) o = ORIGIN_INIT;
	CURLU *u;
	int r;

	*out = (struct origin)ORIGIN_INIT;
	if (strlen(url) > MAX_URL_BYTES)
		return err_set(e, E_USAGE, "a URL of more than %zu bytes", MAX_URL_BYTES);
	u = curl_url();
	r = read_parts(&o, u, url, e);
	curl_url_cleanup(u);
	if (r != 0)
		return -1;
	*out = o;
	o = (struct origin)ORIGIN_INIT;
	return 0;
}

bool
origin_equal(const struct origin *a, const struct origin *b)
{
	return strcmp(a->scheme, b->scheme) == 0 && strcasecmp(a->host, b->host) == 0 &&
	       strcmp(a->port, b->port) == 0;
}

bool
origin_is_https(const struct origin *o)
{
	return strcmp(o->scheme, "https") == 0;
}

void
origin_free(struct origin *o)
{
	free(o->scheme);
	free(o->host);
	free(o->port);
	*o = (struct origin)ORIGIN_INIT;
}
