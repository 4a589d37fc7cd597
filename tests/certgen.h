/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Throw-away certificates for TLS tests, made in the test: authorities, servers, clients. */
#ifndef RELSIG_TESTS_CERTGEN_H
#define RELSIG_TESTS_CERTGEN_H

#include <stdbool.h>

#include <openssl/x509.h>

struct certgen {
	X509 *x509;
	EVP_PKEY *pkey;
	char *certificate, *key; /* PEM, owned */
};

struct certgen_spec {
	const struct certgen *issuer; /* NULL: signed by itself */
	const char *name;	      /* the common name */
	const char *alternatives; /* subjectAltName, e.g. "IP:127.0.0.1,DNS:localhost"; or NULL */
	bool is_authority;
	const struct certgen *key_of; /* NULL: a key of its own */
	long from, until;	      /* seconds from now; both 0: valid from a day ago for a day */
};

/* Ends the test when it cannot. */
void certgen_make(struct certgen *out, const struct certgen_spec *spec);
void certgen_free(struct certgen *c);

#endif
