/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom the fetcher believes: the system's authorities, and those of a request in addition.
 * libcurl 7.76 can only replace authorities, so OpenSSL is asked to add them.
 */
#ifndef RELSIG_TRANSPORT_FETCHER_TLS_H
#define RELSIG_TRANSPORT_FETCHER_TLS_H

#include <curl/curl.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "transport/fetcher_authorities.h"

/* The same for all transfers. */
struct fetcher_tls {
	bool is_openssl;		/* libcurl's TLS is the OpenSSL that we are linked with */
	char *backend;			/* its name, for messages; owned */
	struct authorities authorities; /* the system's */
	bool private_seen;		/* some request had certificates of its own */
};
#define FETCHER_TLS_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

int fetcher_tls_open(struct fetcher_tls *out, struct err *e) RESULT_USED;
void fetcher_tls_free(struct fetcher_tls *t);

/* Whether connections get the system's authorities from here, and libcurl brings none itself. */
bool fetcher_tls_has_authorities(const struct fetcher_tls *t);

/* For one connection. PEM, borrowed while the transfer runs. */
struct tls_material {
	struct fetcher_tls *tls;
	struct bytes ca, certificate, key;
	bool verify;
	bool through_tls; /* to a proxy that speaks TLS itself; set for each connection */
	bool elsewhere;	  /* a redirect led to another server than the one these are for */
	struct err wrong; /* what is wrong with them, found while connecting */
};

/*
 * Everything about TLS of a handle. Elsewhere: the authorities still count, as in containers/image;
 * the client's certificate is not shown, and the connection is not shared with requests to that
 * server.
 */
int fetcher_tls_apply(CURL *easy, struct tls_material *m, struct err *e) RESULT_USED;

#endif
