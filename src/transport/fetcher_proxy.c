/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_proxy.h"

#include <stdlib.h>

#include "base/text.h"
#include "transport/fetcher_option.h"

/* An empty variable is one that is not set, as curl has it. */
static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* HTTP_PROXY in capitals is what a web server makes of a client's header "Proxy:": never read. */
static const char *const for_http[] = { "http_proxy", "all_proxy", "ALL_PROXY", NULL };
static const char *const for_https[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
	NULL };

int
fetcher_proxy_choose(struct proxy *out, const char *given, const struct origin *to, struct err *e)
{
	const char *const *name = origin_is_https(to) ? for_https : for_http;
	const char *no_proxy = variable("no_proxy");
	const char *by = "--proxy";

	*out = (struct proxy)PROXY_INIT;
	for (; given == NULL && *name != NULL; name++) {
		given = variable(*name);
		by = *name;
	}
	if (no_proxy == NULL)
		no_proxy = variable("NO_PROXY");
	if (given == NULL || given[0] == '\0' || proxy_is_bypassed(no_proxy, to->host, to->port))
		return 0;
	return proxy_parse(out, given, e) == 0 ? 0 : err_wrap(e, "%s", by);
}

bool
fetcher_proxy_is_tls(const struct proxy *p)
{
	return proxy_is_set(p) && text_starts_with(p->url, "https://");
}

int
fetcher_proxy_apply(CURL *easy, const struct proxy *p, const struct fetcher_tls *tls, struct err *e)
{
	/* Both empty: "none", where NULL would be "whatever the environment says". */
	SET_OPTION(CURLOPT_PROXY, proxy_is_set(p) ? p->url : "");
	SET_OPTION(CURLOPT_NOPROXY, "");
	if (!proxy_is_set(p))
		return 0;
	SET_OPTION(CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
	SET_OPTION(CURLOPT_SOCKS5_AUTH, (long)CURLAUTH_BASIC);
	if (!fetcher_proxy_is_tls(p))
		return 0;
	/* Whatever --tls-verify says of registries: a proxy is given its password at once. */
	SET_OPTION(CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET_OPTION(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
	SET_OPTION(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
	if (fetcher_tls_has_authorities(tls))
		SET_OPTION(CURLOPT_PROXY_CAINFO, NULL);
	else if (tls->authorities.file != NULL)
		SET_OPTION(CURLOPT_PROXY_CAINFO, tls->authorities.file);
	if (fetcher_tls_has_authorities(tls) || tls->authorities.is_listed)
		SET_OPTION(CURLOPT_PROXY_CAPATH, NULL);
	return 0;
}
