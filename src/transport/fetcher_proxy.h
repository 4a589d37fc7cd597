/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Through which proxy a server is asked. It is chosen here and not by libcurl, which does not tell
 * what it chose, and understands another NO_PROXY in each version.
 */
#ifndef RELSIG_TRANSPORT_FETCHER_PROXY_H
#define RELSIG_TRANSPORT_FETCHER_PROXY_H

#include <curl/curl.h>

#include "base/base.h"
#include "base/err.h"
#include "formats/proxy.h"
#include "transport/fetcher_tls.h"
#include "transport/fetcher_url.h"

/*
 * The proxy to that server, or none: given is --proxy ("": none), NULL the environment's, in curl's
 * variables and their order; in both cases NO_PROXY counts. E_USAGE names the variable.
 */
int fetcher_proxy_choose(
    struct proxy *out, const char *given, const struct origin *to, struct err *e) RESULT_USED;
/* Everything about proxies of a handle. With none, libcurl looks for none. */
int fetcher_proxy_apply(
    CURL *easy, const struct proxy *p, const struct fetcher_tls *tls, struct err *e) RESULT_USED;
/* Is a connection to this proxy a TLS connection itself? */
bool fetcher_proxy_is_tls(const struct proxy *p) RESULT_USED;

#endif
