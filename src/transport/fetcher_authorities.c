/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_authorities.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include "base/file.h"
#include "base/limits.h"
#include "transport/certs.h"
#include "transport/fetcher_pem.h"

#define SYSTEM "the system's authorities"

/* Of a store's ex_data: the authorities that it has not got yet. */
static int store_index = -1;

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

static char *
copy_or_null(const char *s)
{
	return s != NULL && s[0] != '\0' ? xstrdup(s) : NULL;
}

int
authorities_open(struct authorities *out, struct err *e)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	bool knows = info->age >= CURLVERSION_SEVENTH;
	const char *directories = getenv("SSL_CERT_DIR");

	*out = (struct authorities)AUTHORITIES_INIT;
	out->file = copy_or_null(getenv("SSL_CERT_FILE"));
	if (out->file == NULL && knows)
		out->file = copy_or_null(info->cainfo);
	out->is_listed = directories != NULL && directories[0] != '\0';
	if (out->is_listed)
		return read_directories(&out->pem, directories, e);
	if (knows)
		out->directory = copy_or_null(info->capath);
	return 0;
}

void
authorities_free(struct authorities *a)
{
	free(a->file);
	free(a->directory);
	buf_free(&a->pem);
	pem_certificates_free(a->certificates);
	err_free(&a->wrong);
	*a = (struct authorities)AUTHORITIES_INIT;
}

bool
authorities_are_known(const struct authorities *a)
{
	return a->file != NULL || a->directory != NULL || a->is_listed;
}

/* A bundle that cannot be read vouches for nobody; why, is said when a server is not believed. */
static int
read_all(struct authorities *a)
{
	AUTO(buf) bundle = BUF_INIT;

	if (a->file != NULL && file_read(&bundle, a->file, MAX_CERTS_BYTES, &a->wrong) != 0)
		buf_clear(&bundle);
	buf_add(&bundle, "\n", 1);
	buf_add(&bundle, a->pem.p, a->pem.n);
	return pem_certificates(&a->certificates, buf_bytes(&bundle), false, SYSTEM, &a->wrong);
}

static int
add_all(struct authorities *a, X509_STORE *store)
{
	int i;

	if (a->certificates == NULL && read_all(a) != 0)
		return -1;
	for (i = 0; i < sk_X509_num(a->certificates); i++)
		if (X509_STORE_add_cert(store, sk_X509_value(a->certificates, i)) != 1)
			return -1;
	return 0;
}

static bool
is_in_time(const X509 *certificate)
{
	return X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0 &&
	       X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

/*
 * OpenSSL's question for the issuer of a certificate. Before the answer is "none", or one that has
 * expired (another with its name may not have), the bundle is put into the store.
 */
static int
find_issuer(X509 **out, X509_STORE_CTX *ctx, X509 *certificate)
{
	X509_STORE *store = X509_STORE_CTX_get0_store(ctx);
	struct authorities *a = X509_STORE_get_ex_data(store, store_index);
	int found = X509_STORE_CTX_get1_issuer(out, ctx, certificate);

	if (a == NULL || (found > 0 && is_in_time(*out)))
		return found;
	if (found > 0)
		X509_free(*out);
	(void)X509_STORE_set_ex_data(store, store_index, NULL);
	if (add_all(a, store) != 0)
		return -1;
	return X509_STORE_CTX_get1_issuer(out, ctx, certificate);
}

int
authorities_add_to(struct authorities *a, X509_STORE *store, struct err *e)
{
	X509_LOOKUP *names = NULL;

	if (store_index < 0)
		store_index = X509_STORE_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	if (store_index < 0 || X509_STORE_set_ex_data(store, store_index, a) != 1)
		return openssl_error(e, SYSTEM);
	X509_STORE_set_get_issuer(store, find_issuer);
	if (a->directory == NULL)
		return 0;
	names = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
	if (names == NULL || X509_LOOKUP_add_dir(names, a->directory, X509_FILETYPE_PEM) != 1)
		return openssl_error(e, SYSTEM);
	return 0;
}
