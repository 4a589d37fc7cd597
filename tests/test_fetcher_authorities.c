/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system's authorities: whom they vouch for, and when they are read at all. */
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "certgen.h"
#include "rows.h"
#include "suites.h"
#include "transport/fetcher_authorities.h"
#include "tree.h"

#define DAY (24L * 60 * 60)

static struct certgen authority, namesake, expired, stranger, server, lonely;

static void
setup(void)
{
	tree_make();
	certgen_make(&authority, &(struct certgen_spec){ .name = "Us", .is_authority = true });
	certgen_make(&namesake, &(struct certgen_spec){ .name = "Us", .is_authority = true });
	certgen_make(&expired, &(struct certgen_spec){
				   .name = "Us",
				   .is_authority = true,
				   .key_of = &authority,
				   .from = -2 * DAY,
				   .until = -DAY,
			       });
	certgen_make(&stranger, &(struct certgen_spec){ .name = "Them", .is_authority = true });
	certgen_make(&server, &(struct certgen_spec){ .name = "server", .issuer = &authority });
	certgen_make(&lonely, &(struct certgen_spec){ .name = "itself", .alternatives = "DNS:x" });
}

static void
teardown(void)
{
	certgen_free(&authority);
	certgen_free(&namesake);
	certgen_free(&expired);
	certgen_free(&stranger);
	certgen_free(&server);
	certgen_free(&lonely);
	tree_remove();
}

/* With the flags that libcurl gives to its stores, as a TLS client does. */
static int
verify(X509_STORE *store, X509 *certificate)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int r;

	X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	ck_assert_int_eq(X509_STORE_CTX_init(ctx, store, certificate, NULL), 1);
	ck_assert_int_eq(X509_STORE_CTX_set_default(ctx, "ssl_server"), 1);
	r = X509_verify_cert(ctx) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	return r;
}

static void
write_hashed(const char *directory, const struct certgen *c)
{
	AUTO_STR char *name =
	    xasprintf("%s/%08lx.0", directory, X509_NAME_hash(X509_get_subject_name(c->x509)));

	tree_write_str(name, c->certificate);
}

/* What "openssl x509 -addreject serverAuth" makes of it. */
static char *
reject_for_servers(const struct certgen *c)
{
	X509 *x = X509_dup(c->x509);
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL, *pem;
	long n;

	ck_assert_int_eq(X509_add1_reject_object(x, OBJ_nid2obj(NID_server_auth)), 1);
	ck_assert_int_eq(PEM_write_bio_X509_AUX(bio, x), 1);
	n = BIO_get_mem_data(bio, &p);
	pem = xstrndup(p, (size_t)n);
	BIO_free(bio);
	X509_free(x);
	return pem;
}

/* Each names who stands there; NULL: nobody does. */
static const struct {
	const char *name;
	const struct certgen *private, *bundle, *hashed, *listed;
	const struct certgen *shown; /* NULL: the server that our authority signed */
	int want;
	bool is_read; /* the bundle was wanted */
} rows[] = {
	{ "in the bundle", NULL, &authority, NULL, NULL, NULL, X509_V_OK, true },
	{ "in the hashed directory", NULL, &stranger, &authority, NULL, NULL, X509_V_OK, false },
	{ "in a directory of SSL_CERT_DIR", NULL, &stranger, NULL, &authority, NULL, X509_V_OK,
	    true },
	{ "the connection's own", &authority, &stranger, NULL, NULL, NULL, X509_V_OK, false },
	{ "its own has the name and another key", &namesake, &authority, NULL, NULL, NULL,
	    X509_V_OK, true },
	{ "its own has expired", &expired, &authority, NULL, NULL, NULL, X509_V_OK, true },
	{ "a server that is trusted itself", NULL, &lonely, NULL, NULL, &lonely, X509_V_OK, true },
	{ "a server that is trusted itself, beside an own one", &stranger, &lonely, NULL, NULL,
	    &lonely, X509_V_OK, true },
	{ "nowhere", NULL, &stranger, &stranger, &stranger, NULL,
	    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, true },
	{ "only one of its name", NULL, &namesake, NULL, NULL, NULL,
	    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, true },
	{ "by itself", &stranger, &authority, NULL, NULL, &lonely,
	    X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, true },
	{ "expired everywhere", &expired, &expired, NULL, NULL, NULL, X509_V_ERR_CERT_HAS_EXPIRED,
	    true },
};

START_TEST(vouch)
{
	AUTO(authorities) a = AUTHORITIES_INIT;
	X509_STORE *store = X509_STORE_new();
	AUTO(err) e = ERR_INIT;
	int got;

	if (rows[_i].private != NULL)
		ck_assert_int_eq(X509_STORE_add_cert(store, rows[_i].private->x509), 1);
	if (rows[_i].bundle != NULL) {
		/* Text beside the certificates and one that is broken do no harm. */
		AUTO_STR char *text = xasprintf("# %s\n%s%s", rows[_i].name,
		    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		    rows[_i].bundle->certificate);

		tree_write_str("bundle.pem", text);
		a.file = tree_path("bundle.pem");
	}
	if (rows[_i].hashed != NULL) {
		write_hashed("hashed", rows[_i].hashed);
		a.directory = tree_path("hashed");
	}
	if (rows[_i].listed != NULL)
		buf_add_str(&a.pem, rows[_i].listed->certificate);
	row_accepted(rows[_i].name, authorities_add_to(&a, store, &e), &e);
	got = verify(store, rows[_i].shown != NULL ? rows[_i].shown->x509 : server.x509);
	ck_assert_msg(got == rows[_i].want, "%s: %s, want %s", rows[_i].name,
	    X509_verify_cert_error_string(got), X509_verify_cert_error_string(rows[_i].want));
	ck_assert_msg(
	    (a.certificates != NULL) == rows[_i].is_read, "%s: read or not", rows[_i].name);
	ck_assert_int_eq(a.wrong.code, E_NONE);
	X509_STORE_free(store);
}
END_TEST

/* One bundle for all connections: none reads it again, even when it is gone. */
START_TEST(are_read_once)
{
	AUTO(authorities) a = AUTHORITIES_INIT;
	AUTO(err) e = ERR_INIT;
	int i;

	tree_write_str("bundle.pem", authority.certificate);
	a.file = tree_path("bundle.pem");
	for (i = 0; i < 3; i++) {
		X509_STORE *store = X509_STORE_new();

		row_accepted("store", authorities_add_to(&a, store, &e), &e);
		ck_assert_int_eq(verify(store, server.x509), X509_V_OK);
		ck_assert_int_eq(verify(store, server.x509), X509_V_OK);
		ck_assert_int_ne(verify(store, lonely.x509), X509_V_OK);
		X509_STORE_free(store);
		tree_write_str("bundle.pem", "gone");
	}
}
END_TEST

START_TEST(heed_what_a_certificate_is_rejected_for)
{
	AUTO(authorities) a = AUTHORITIES_INIT;
	AUTO_STR char *pem = reject_for_servers(&authority);
	X509_STORE *store = X509_STORE_new();
	AUTO(err) e = ERR_INIT;

	tree_write_str("bundle.pem", pem);
	a.file = tree_path("bundle.pem");
	row_accepted("store", authorities_add_to(&a, store, &e), &e);
	ck_assert_int_eq(verify(store, server.x509), X509_V_ERR_CERT_REJECTED);
	X509_STORE_free(store);
}
END_TEST

/* Why nobody was believed: kept for the message. */
START_TEST(say_what_cannot_be_read)
{
	AUTO(authorities) a = AUTHORITIES_INIT;
	X509_STORE *store = X509_STORE_new();
	AUTO(err) e = ERR_INIT;

	a.file = tree_path("missing.pem");
	row_accepted("store", authorities_add_to(&a, store, &e), &e);
	ck_assert_int_eq(a.wrong.code, E_NONE);
	ck_assert_int_ne(verify(store, server.x509), X509_V_OK);
	row_refused("missing", -1, &a.wrong, E_NOT_FOUND, "missing.pem");
	X509_STORE_free(store);
}
END_TEST

Suite *
fetcher_authorities_suite(void)
{
	Suite *s = suite_create("fetcher_authorities");
	TCase *t = tcase_create("fetcher_authorities");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, vouch, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, are_read_once);
	tcase_add_test(t, heed_what_a_certificate_is_rejected_for);
	tcase_add_test(t, say_what_cannot_be_read);
	suite_add_tcase(s, t);
	return s;
}
