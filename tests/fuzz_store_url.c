/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "transport/fetcher_url.h"
#include "transport/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Letters only, so that libcurl has nothing to decode or to shorten: is it the one in the URL? */
static bool
is_host_of(const char *host, const char *url)
{
	const char *at = strstr(url, "://") + 3;
	size_t n = strlen(host);

	if (strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != n)
		return true;
	return strncasecmp(at, host, n) == 0 && strchr(":/?", at[n]) != NULL;
}

/* What the judge takes for a store, libcurl takes for the same place. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STR char *url = xstrndup(size > 0 ? (const char *)data : "", size);
	AUTO(origin) o = ORIGIN_INIT;
	AUTO(err) e = ERR_INIT;
	const char *s;

	if (store_check_url(url, &e) != 0) {
		if (e.code != E_USAGE)
			abort();
		return 0;
	}
	for (s = url; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			abort();
	if (strncasecmp(url, store_needs_network(url) ? "http" : "file://", 4) != 0)
		abort();
	if (store_needs_network(url) && origin_read(&o, url, &e) == 0 && !is_host_of(o.host, url))
		abort();
	return 0;
}
