/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "certgen.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/base.h"

#define DAY (24L * 60 * 60)

static EVP_PKEY *
make_key(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
	EVP_PKEY *key = NULL;

	ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1), 1);
	ck_assert_int_eq(EVP_PKEY_keygen(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void
add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ck_assert_ptr_nonnull(extension);
	ck_assert_int_eq(X509_add_ext(x, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static char *
pem_of(BIO *bio)
{
	char *p, *s;
	long n = BIO_get_mem_data(bio, &p);

	ck_assert_int_gt(n, 0);
	s = xstrndup(p, (size_t)n);
	BIO_free(bio);
	return s;
}

static void
fill(X509 *x, const struct certgen_spec *spec, X509 *issuer)
{
	bool by_default = spec->from == 0 && spec->until == 0;
	X509_NAME *name = X509_get_subject_name(x);
	uint64_t serial;

	ck_assert_int_eq(RAND_bytes((unsigned char *)&serial, sizeof(serial)), 1);
	X509_set_version(x, 2);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1);
	X509_gmtime_adj(X509_getm_notBefore(x), by_default ? -DAY : spec->from);
	X509_gmtime_adj(X509_getm_notAfter(x), by_default ? DAY : spec->until);
	ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			     (const unsigned char *)spec->name, -1, -1, 0),
	    1);
	X509_set_issuer_name(x, X509_get_subject_name(issuer));
	add_extension(x, issuer, NID_basic_constraints,
	    spec->is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
	/* As every real one: two authorities of one name are told apart by their keys. */
	add_extension(x, issuer, NID_subject_key_identifier, "hash");
	add_extension(x, issuer, NID_authority_key_identifier, "keyid");
	if (spec->alternatives != NULL)
		add_extension(x, issuer, NID_subject_alt_name, spec->alternatives);
}

void
certgen_make(struct certgen *out, const struct certgen_spec *spec)
{
	X509 *x = X509_new();
	BIO *bio;

	out->x509 = x;
	out->pkey = spec->key_of != NULL ? spec->key_of->pkey : make_key();
	if (spec->key_of != NULL)
		ck_assert_int_eq(EVP_PKEY_up_ref(out->pkey), 1);
	X509_set_pubkey(x, out->pkey);
	fill(x, spec, spec->issuer != NULL ? spec->issuer->x509 : x);
	ck_assert_int_gt(
	    X509_sign(x, spec->issuer != NULL ? spec->issuer->pkey : out->pkey, EVP_sha256()), 0);
	bio = BIO_new(BIO_s_mem());
	ck_assert_int_eq(PEM_write_bio_X509(bio, x), 1);
	out->certificate = pem_of(bio);
	bio = BIO_new(BIO_s_mem());
	ck_assert_int_eq(PEM_write_bio_PrivateKey(bio, out->pkey, NULL, NULL, 0, NULL, NULL), 1);
	out->key = pem_of(bio);
}

void
certgen_free(struct certgen *c)
{
	X509_free(c->x509);
	EVP_PKEY_free(c->pkey);
	free(c->certificate);
	free(c->key);
	memset(c, 0, sizeof(*c));
}
