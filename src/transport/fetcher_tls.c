/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_tls.h"

#include <stdlib.h>

#include <openssl/ssl.h>

#include "base/text.h"
#include "transport/fetcher_option.h"
#include "transport/fetcher_pem.h"

/* Objects of one OpenSSL are handed to the other: both must be of one major version. */
static bool
is_our_openssl(const char *backend)
{
	AUTO_STR char *want = xasprintf("OpenSSL/%lu.", OpenSSL_version_num() >> 28);

	return text_starts_with(backend, want);
}

int
fetcher_tls_open(struct fetcher_tls *out, struct err *e)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

	*out = (struct fetcher_tls)FETCHER_TLS_INIT;
	out->backend = xstrdup(info->ssl_version != NULL ? info->ssl_version : "nothing");
	out->is_openssl = is_our_openssl(out->backend);
	return authorities_open(&out->authorities, e);
}

bool
fetcher_tls_has_authorities(const struct fetcher_tls *t)
{
	return t->is_openssl && authorities_are_known(&t->authorities);
}

void
fetcher_tls_free(struct fetcher_tls *t)
{
	free(t->backend);
	authorities_free(&t->authorities);
	*t = (struct fetcher_tls)FETCHER_TLS_INIT;
}

/* Authorities of a registry's own (*.crt): none, and a bad one, is an error. */
static int
add_private(X509_STORE *store, struct bytes pem, struct err *e)
{
	static const char what[] = "an authority's certificate (*.crt)";
	STACK_OF(X509) *all = NULL;
	int i, r = pem_certificates(&all, pem, true, what, e);

	for (i = 0; r == 0 && i < sk_X509_num(all); i++)
		if (X509_STORE_add_cert(store, sk_X509_value(all, i)) != 1)
			r = openssl_error(e, what);
	pem_certificates_free(all);
	return r;
}

/* The first certificate is ours, those after it lead to its authority. */
static int
use_chain(SSL_CTX *ctx, struct bytes pem, struct err *e)
{
	static const char what[] = "the client certificate (*.cert)";
	STACK_OF(X509) *all = NULL;
	int i, r = pem_certificates(&all, pem, true, what, e);

	if (r == 0 && SSL_CTX_use_certificate(ctx, sk_X509_value(all, 0)) != 1)
		r = openssl_error(e, what);
	for (i = 1; r == 0 && i < sk_X509_num(all); i++)
		if (SSL_CTX_add1_chain_cert(ctx, sk_X509_value(all, i)) != 1)
			r = openssl_error(e, what);
	pem_certificates_free(all);
	return r;
}

static int
use_key(SSL_CTX *ctx, struct bytes pem, struct err *e)
{
	EVP_PKEY *key = pem_private_key(pem);
	int ok = key != NULL && SSL_CTX_use_PrivateKey(ctx, key) == 1 &&
		 SSL_CTX_check_private_key(ctx) == 1;

	EVP_PKEY_free(key);
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
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	struct err *e = &m->wrong;

	if (m->ca.n > 0 && add_private(store, m->ca, e) != 0)
		return -1;
	if (fetcher_tls_has_authorities(m->tls) &&
	    authorities_add_to(&m->tls->authorities, store, e) != 0)
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

/* A libcurl that has no OpenSSL can replace its authorities, not add to them. */
static int
leave_to_another(CURL *easy, const struct fetcher_tls *tls, bool is_private, struct err *e)
{
	if (is_private || tls->authorities.pem.n > 0)
		return err_set(e, E_USAGE,
		    "libcurl uses %s here: certificates of certs.d, --cert-dir and SSL_CERT_DIR "
		    "need a libcurl with OpenSSL",
		    tls->backend);
	if (tls->authorities.file != NULL)
		SET_OPTION(CURLOPT_CAINFO, tls->authorities.file);
	if (tls->authorities.is_listed)
		SET_OPTION(CURLOPT_CAPATH, NULL);
	return 0;
}

int
fetcher_tls_apply(CURL *easy, struct tls_material *m, struct err *e)
{
	bool is_private = m->ca.n > 0 || m->certificate.n > 0;

	SET_OPTION(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET_OPTION(CURLOPT_SSL_VERIFYPEER, m->verify ? 1L : 0L);
	SET_OPTION(CURLOPT_SSL_VERIFYHOST, m->verify ? 2L : 0L);
	if (is_private)
		m->tls->private_seen = true;
	if (m->tls->private_seen && m->elsewhere && keep_apart(easy, e) != 0)
		return -1;
	if (!m->tls->is_openssl)
		return leave_to_another(easy, m->tls, is_private, e);
	if (fetcher_tls_has_authorities(m->tls)) {
		SET_OPTION(CURLOPT_CAINFO, NULL);
		SET_OPTION(CURLOPT_CAPATH, NULL);
	}
	/* The store that is added to must be this connection's own, not one that libcurl shares. */
	SET_OPTION_IF_KNOWN(CURLOPT_CA_CACHE_TIMEOUT, 0L);
	SET_OPTION(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
	SET_OPTION(CURLOPT_SSL_CTX_DATA, m);
	return 0;
}
