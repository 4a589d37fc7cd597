/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_tls.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "base/text.h"
#include "transport/certs.h"
#include "transport/fetcher_option.h"

/* Objects of one OpenSSL are handed to the other: both must be of one major version. */
static bool
is_our_openssl(const char *backend)
{
	AUTO_STR char *want = xasprintf("OpenSSL/%lu.", OpenSSL_version_num() >> 28);

	return text_starts_with(backend, want);
}

static int
read_directories(struct buf *out, const char *directories, struct err *e)
{
	const char *s = directories;
	size_t n;

	for (;;) {
		n = strcspn(s, ":");
		if (n > 0) {
			AUTO_STR char *directory = xstrndup(s, n);

			if (certs_read_authorities(out, directory, e) != 0)
				return -1;
		}
		if (s[n] == '\0')
			return 0;
		s += n + 1;
	}
}

int
fetcher_tls_open(struct fetcher_tls *out, struct err *e)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	const char *file = getenv("SSL_CERT_FILE");
	const char *directories = getenv("SSL_CERT_DIR");

	*out = (struct fetcher_tls)FETCHER_TLS_INIT;
	out->backend = xstrdup(info->ssl_version != NULL ? info->ssl_version : "nothing");
	out->is_openssl = is_our_openssl(out->backend);
	if (file != NULL && file[0] != '\0')
		out->file = xstrdup(file);
	if (directories == NULL || directories[0] == '\0')
		return 0;
	out->directory_is_read = true;
	return read_directories(&out->authorities, directories, e);
}

void
fetcher_tls_free(struct fetcher_tls *t)
{
	free(t->backend);
	free(t->file);
	buf_free(&t->authorities);
	*t = (struct fetcher_tls)FETCHER_TLS_INIT;
}

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

static int
openssl_error(struct err *e, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);

	err_set(e, E_USAGE, "%s: %s", what, reason != NULL ? reason : "OpenSSL does not say why");
	ERR_clear_error();
	return -1;
}

enum next { NEXT_END = 0, NEXT_FOUND, NEXT_BAD };

/* The next certificate among whatever else the PEM has; a bad one is passed over. */
static enum next
next_certificate(BIO *pem, X509 **out)
{
	unsigned long code;

	ERR_clear_error();
	*out = PEM_read_bio_X509(pem, NULL, no_passphrase, NULL);
	if (*out != NULL)
		return NEXT_FOUND;
	code = ERR_peek_last_error();
	if (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE) {
		ERR_clear_error();
		return NEXT_END;
	}
	return NEXT_BAD;
}

static int
add_to_store(X509_STORE *store, X509 *certificate, struct err *e)
{
	int ok = X509_STORE_add_cert(store, certificate); /* takes its own reference */

	X509_free(certificate);
	return ok == 1 ? 0 : openssl_error(e, "an authority's certificate");
}

static BIO *
open_pem(struct bytes pem)
{
	return BIO_new_mem_buf(pem.p, (int)pem.n);
}

/* strict: a bad certificate is an error, and so is none at all. */
static int
add_authorities(SSL_CTX *ctx, struct bytes pem, bool strict, struct err *e)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	BIO *bio = open_pem(pem);
	X509 *certificate = NULL;
	enum next next = NEXT_END;
	size_t n = 0;
	int r = bio != NULL ? 0 : openssl_error(e, "certificates");

	while (r == 0 && (next = next_certificate(bio, &certificate)) != NEXT_END) {
		if (next == NEXT_FOUND) {
			r = add_to_store(store, certificate, e);
			n++;
		} else if (strict) {
			r = openssl_error(e, "an authority's certificate (*.crt)");
		}
	}
	BIO_free(bio);
	if (r == 0 && strict && n == 0)
		return err_set(e, E_USAGE, "no PEM certificate in the authorities' files (*.crt)");
	return r;
}

/* The first certificate is ours, those after it lead to its authority. */
static int
use_chain(SSL_CTX *ctx, struct bytes pem, struct err *e)
{
	BIO *bio = open_pem(pem);
	X509 *certificate = NULL;
	enum next next = NEXT_BAD;
	int ok = bio != NULL;
	size_t n = 0;

	while (ok == 1 && (next = next_certificate(bio, &certificate)) == NEXT_FOUND) {
		ok = n == 0 ? SSL_CTX_use_certificate(ctx, certificate)
			    : (int)SSL_CTX_add1_chain_cert(ctx, certificate);
		X509_free(certificate);
		n++;
	}
	BIO_free(bio);
	if (ok == 1 && next == NEXT_END && n > 0)
		return 0;
	return openssl_error(e, "the client certificate (*.cert)");
}

static int
use_key(SSL_CTX *ctx, struct bytes pem, struct err *e)
{
	BIO *bio = open_pem(pem);
	EVP_PKEY *key =
	    bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	int ok = key != NULL && SSL_CTX_use_PrivateKey(ctx, key) == 1 &&
		 SSL_CTX_check_private_key(ctx) == 1;

	EVP_PKEY_free(key);
	BIO_free(bio);
	if (ok)
		return 0;
	return openssl_error(e, "the client's key (*.key; want PEM without a passphrase)");
}

/*
 * Called for a proxy that speaks TLS, and again, once CONNECT has led through it, for the server:
 * the client's certificate is for the server alone.
 */
static bool
is_the_proxy(CURL *easy, const struct tls_material *m)
{
	long status = 0;

	if (!m->through_tls)
		return false;
	return curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status) != CURLE_OK ||
	       status < 200 || status > 299;
}

static int
add_material(CURL *easy, SSL_CTX *ctx, struct tls_material *m)
{
	struct err *e = &m->wrong;

	if (m->tls->authorities.n > 0 &&
	    add_authorities(ctx, buf_bytes(&m->tls->authorities), false, e) != 0)
		return -1;
	if (m->ca.n > 0 && add_authorities(ctx, m->ca, true, e) != 0)
		return -1;
	if (m->certificate.n == 0 || m->elsewhere || is_the_proxy(easy, m))
		return 0;
	if (use_chain(ctx, m->certificate, e) != 0)
		return -1;
	return use_key(ctx, m->key, e);
}

static CURLcode
on_ssl_ctx(CURL *easy, void *ctx, void *arg)
{
	return add_material(easy, ctx, arg) == 0 ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

/*
 * libcurl chooses a connection or a TLS session to go on with by the server's name alone; it knows
 * nothing of the authorities that vouched for it, nor of the certificate shown on it.
 */
static int
keep_apart(CURL *easy, struct err *e)
{
	SET_OPTION(CURLOPT_FRESH_CONNECT, 1L);
	SET_OPTION(CURLOPT_FORBID_REUSE, 1L);
	SET_OPTION(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	return 0;
}

int
fetcher_tls_apply(CURL *easy, struct tls_material *m, struct err *e)
{
	bool is_private = m->ca.n > 0 || m->certificate.n > 0;

	SET_OPTION(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET_OPTION(CURLOPT_SSL_VERIFYPEER, m->verify ? 1L : 0L);
	SET_OPTION(CURLOPT_SSL_VERIFYHOST, m->verify ? 2L : 0L);
	if (m->tls->file != NULL)
		SET_OPTION(CURLOPT_CAINFO, m->tls->file);
	if (m->tls->directory_is_read)
		SET_OPTION(CURLOPT_CAPATH, NULL);
	if (is_private)
		m->tls->private_seen = true;
	if (m->tls->private_seen && m->elsewhere && keep_apart(easy, e) != 0)
		return -1;
	if (!is_private && m->tls->authorities.n == 0)
		return 0;
	if (!m->tls->is_openssl)
		return err_set(e, E_USAGE,
		    "libcurl uses %s here: certificates of certs.d, --cert-dir and SSL_CERT_DIR "
		    "need a libcurl with OpenSSL",
		    m->tls->backend);
	/* The store that is added to must be this connection's own, not one that libcurl shares. */
	SET_OPTION_IF_KNOWN(CURLOPT_CA_CACHE_TIMEOUT, 0L);
	SET_OPTION(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
	SET_OPTION(CURLOPT_SSL_CTX_DATA, m);
	return 0;
}
