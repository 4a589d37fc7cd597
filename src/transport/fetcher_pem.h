/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates and keys in PEM (RFC 7468), read by OpenSSL among whatever else a file has. */
#ifndef RELSIG_TRANSPORT_FETCHER_PEM_H
#define RELSIG_TRANSPORT_FETCHER_PEM_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/base.h"
#include "base/err.h"

/*
 * All certificates, in their order, into *out, which is owned by the caller
 * (pem_certificates_free); NULL after a failure. Strict: a bad certificate is an error, and so is
 * none at all; otherwise a bad one is passed over. E_USAGE; what names them in messages, with its
 * files.
 */
int pem_certificates(STACK_OF(X509) **out, struct bytes pem, bool strict, const char *what,
    struct err *e) RESULT_USED;
void pem_certificates_free(STACK_OF(X509) *certificates);

/* A private key without a passphrase, for EVP_PKEY_free(); NULL: OpenSSL's error tells why. */
EVP_PKEY *pem_private_key(struct bytes pem) RESULT_USED;

/* E_USAGE: what, and what OpenSSL's last error says; returns -1. */
int openssl_error(struct err *e, const char *what);

#endif
