/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "transport/fetcher_url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An origin, written as a URL, leads to itself. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STR char *url = xstrndup(size > 0 ? (const char *)data : "", size);
	AUTO(origin) again = ORIGIN_INIT;
	AUTO_STR char *text = NULL;
	AUTO(origin) o = ORIGIN_INIT;
	AUTO(err) e = ERR_INIT;

	if (origin_read(&o, url, &e) != 0) {
		if (o.scheme != NULL || o.host != NULL || o.port != NULL || e.code != E_USAGE)
			abort();
		return 0;
	}
	if (o.host[0] == '\0' || strspn(o.port, "0123456789") != strlen(o.port) ||
	    origin_is_https(&o) != (strcmp(o.scheme, "https") == 0))
		abort();
	text = xasprintf("%s://%s:%s/", o.scheme, o.host, o.port);
	if (origin_read(&again, text, &e) != 0 || !origin_equal(&o, &again))
		abort();
	return 0;
}
