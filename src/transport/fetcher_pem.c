/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

/* Without this a key under a passphrase would make OpenSSL ask at the terminal. */
static int
no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)arg;
	return 0;
}

int
openssl_error(struct err *e, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	err_set(e, E_USAGE, "%s: %s", what, reason != NULL ? reason : "OpenSSL does not say why");
	ERR_clear_error();
	return -1;
}

static BIO *
open_pem(struct bytes pem)
{
	return BIO_new_mem_buf(pem.p, (int)pem.n);
}

enum next { NEXT_END = 0, NEXT_FOUND, NEXT_BAD };

static enum next
next_certificate(BIO *pem, X509 **out)
{
	unsigned long code;

	ERR_clear_error();
	*out = PEM_read_bio_X509_AUX(pem, NULL, no_passphrase, NULL);
	if (*out != NULL)
		return NEXT_FOUND;
	code = ERR_peek_last_error();
	if (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE) {
		ERR_clear_error();
		return NEXT_END;
	}
	return NEXT_BAD;
}

/* Without strict, what cannot be read is passed over; where nothing is, memory has run out. */
static int
read_certificates(STACK_OF(X509) *all, BIO *pem, bool strict, const char *what, struct err *e)
{
	X509 *certificate = NULL;
	size_t before = BIO_ctrl_pending(pem);
	enum next next;

	while ((next = next_certificate(pem, &certificate)) != NEXT_END) {
		if (next == NEXT_BAD && (strict || BIO_ctrl_pending(pem) == before))
			return openssl_error(e, what);
		if (next == NEXT_FOUND && sk_X509_push(all, certificate) == 0) {
			X509_free(certificate);
			return openssl_error(e, what);
		}
		before = BIO_ctrl_pending(pem);
	}
	if (strict && sk_X509_num(all) == 0)
		return err_set(e, E_USAGE, "%s: no PEM certificate", what);
	return 0;
}

int
pem_certificates(
    STACK_OF(X509) **out, struct bytes pem, bool strict, const char *what, struct err *e)
{
	STACK_OF(X509) *all = sk_X509_new_null();
	BIO *bio = open_pem(pem);
	int r = all != NULL && bio != NULL ? read_certificates(all, bio, strict, what, e)
					   : openssl_error(e, what);

	BIO_free(bio);
	if (r != 0) {
		pem_certificates_free(all);
		all = NULL;
	}
	*out = all;
	return r;
}

void
pem_certificates_free(STACK_OF(X509) *certificates)
{
	sk_X509_pop_free(certificates, X509_free);
}

EVP_PKEY *
pem_private_key(struct bytes pem)
{
	BIO *bio = open_pem(pem);
	EVP_PKEY *key =
	    bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;

	BIO_free(bio);
	return key;
}
