/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A proxy's URL, and the list of servers that are asked without one (NO_PROXY). */
#ifndef RELSIG_FORMATS_PROXY_H
#define RELSIG_FORMATS_PROXY_H

#include "base/base.h"
#include "base/err.h"

/* All zero: no proxy. */
struct proxy {
	char *url; /* owned; with its scheme, and with what there is of a user name and password */
	char *shown; /* owned; SCHEME://HOST[:PORT]: what may be printed */
};
#define PROXY_INIT                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * [SCHEME://][USER[:PASSWORD]@]HOST[:PORT][/], as curl takes it: http (also without a scheme),
 * https, socks5h or socks5. E_USAGE, in words that show nothing of the user name and password: what
 * is meant for one may stand anywhere in a URL that is wrong.
 */
int proxy_parse(struct proxy *out, const char *text, struct err *e) RESULT_USED;
bool proxy_is_set(const struct proxy *p) RESULT_USED;
/* Wipes, then frees. */
void proxy_free(struct proxy *p);
AUTO_DEFINE(proxy)

/*
 * Does NO_PROXY (NULL: none) name this server? host is a name, an IPv4 address, or an IPv6 one in
 * brackets; port is digits. Entries have commas or blanks between them. As curl has them:
 * "example.com" and ".example.com" are that name and all below it, an address is itself, an address
 * with "/BITS" a network, "*" is everything. As Go's programs have it, an entry that ends with
 * ":PORT" is for that port alone, and "*.example.com" is ".example.com". An entry that means
 * nothing matches nothing.
 */
bool proxy_is_bypassed(const char *no_proxy, const char *host, const char *port) RESULT_USED;

#endif
