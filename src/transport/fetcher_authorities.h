/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system's authorities, as libcurl believes them or as SSL_CERT_FILE and SSL_CERT_DIR say. Most
 * runs of a disconnected site meet only servers for which a certificate of certs.d vouches, and a
 * bundle of 150 takes OpenSSL 3.0 as long as all the rest of a verification: it is parsed at most
 * once, when a server is met whose issuer is not found otherwise.
 */
#ifndef RELSIG_TRANSPORT_FETCHER_AUTHORITIES_H
#define RELSIG_TRANSPORT_FETCHER_AUTHORITIES_H

#include <openssl/x509.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct authorities {
	char *file;	 /* a bundle in PEM, owned; NULL: none */
	char *directory; /* with names by hash (openssl-rehash(1)), owned; NULL: none */
	bool is_listed; /* SSL_CERT_DIR is set: pem has its files, and libcurl's directory is out */
	struct buf pem;
	STACK_OF(X509) *certificates; /* of file and pem; NULL: not read yet */
	struct err wrong;	      /* why file could not be read */
};
#define AUTHORITIES_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * From the environment, as Go has it: SSL_CERT_FILE instead of the bundle, SSL_CERT_DIR instead of
 * the directory; otherwise what this libcurl was built with. Reads SSL_CERT_DIR: E_TOO_LARGE.
 */
int authorities_open(struct authorities *out, struct err *e) RESULT_USED;
void authorities_free(struct authorities *a);
AUTO_DEFINE(authorities)

/* Whether anything is known: if not, libcurl's own ways are left as they are. */
bool authorities_are_known(const struct authorities *a);

/*
 * A store, of one connection, believes them too, after what it holds already. a must outlive the
 * handshake.
 */
int authorities_add_to(struct authorities *a, X509_STORE *store, struct err *e) RESULT_USED;

#endif
