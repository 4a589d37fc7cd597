/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is shown has no user name; what was accepted is accepted again, and means the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STR char *text = xstrndup(size > 0 ? (const char *)data : "", size);
	AUTO(proxy) p = PROXY_INIT;
	AUTO(proxy) again = PROXY_INIT;
	AUTO(err) e = ERR_INIT;

	if (proxy_is_bypassed(text, "registry.example.com", "443") !=
		proxy_is_bypassed(text, "REGISTRY.example.com.", "443") ||
	    (proxy_is_bypassed(text, "[::1]", "1") && text[0] == '\0') ||
	    (proxy_is_bypassed(text, "10.0.0.1", "1") && text[0] == '\0'))
		abort();
	if (proxy_parse(&p, text, &e) != 0) {
		if (proxy_is_set(&p) || e.code != E_USAGE)
			abort();
		return 0;
	}
	if (strchr(p.shown, '@') != NULL || proxy_parse(&again, p.url, &e) != 0 ||
	    strcmp(p.url, again.url) != 0 || strcmp(p.shown, again.shown) != 0)
		abort();
	return 0;
}
