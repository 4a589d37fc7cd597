/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a URL leads, by libcurl's own parser, so that what was checked is what is asked. */
#ifndef RELSIG_TRANSPORT_FETCHER_URL_H
#define RELSIG_TRANSPORT_FETCHER_URL_H

#include "base/base.h"
#include "base/err.h"

/* RFC 6454: the three parts that must be equal before a secret follows a redirect. Owned. */
struct origin {
	char *scheme, *host, *port;
};
#define ORIGIN_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}

/* E_USAGE unless url is http or https with a host and without user name and password. */
int origin_read(struct origin *out, const char *url, struct err *e) RESULT_USED;
bool origin_equal(const struct origin *a, const struct origin *b) RESULT_USED;
bool origin_is_https(const struct origin *o) RESULT_USED;
void origin_free(struct origin *o);
AUTO_DEFINE(origin)

#endif
