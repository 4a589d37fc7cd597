/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sigstore_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <openssl/pem.h>

#include "judge.h"

size_t
sigstore_rows(struct sigstore_row **out, const char *table, size_t words)
{
	AUTO_STR char *path = xasprintf(TEST_SRCDIR "/testdata/sigstore/%s", table);
	FILE *f = fopen(path, "r");
	char line[512];
	size_t n = 0;

	*out = NULL;
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		struct sigstore_row row = { 0 };

		if (line[0] == '#')
			continue;
		if (sscanf(line, "%63s %63s %63s %63s", row.words[0], row.words[1], row.words[2],
			row.words[3]) < (int)words)
			abort();
		*LIST_ADD(*out, n) = row;
	}
	if (f != NULL)
		fclose(f);
	return n;
}

void
sigstore_keys(struct public_keys *out, const char *names)
{
	AUTO_STR char *list = xstrdup(names);
	char *rest = list, *name;

	while ((name = strsep(&rest, ",")) != NULL) {
		AUTO_STR char *path = xasprintf("sigstore/keys/%s.pem", name);
		AUTO(buf) pem = BUF_INIT;
		AUTO(err) e = ERR_INIT;

		testdata_read(&pem, path);
		ck_assert_msg(public_keys_add(out, buf_bytes(&pem), true, &e) == 0, "%s: %s", name,
		    err_msg(&e));
	}
}

void
sigstore_blob(struct buf *out, const char *name)
{
	AUTO_STR char *path = xasprintf("sigstore/signatures/%s", name);

	testdata_read(out, path);
}

void
sigstore_read(struct signature_blob *out, const char *name)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	sigstore_blob(&blob, name);
	ck_assert_msg(
	    signature_blob_parse(out, buf_bytes(&blob), &e) == 0, "%s: %s", name, err_msg(&e));
	ck_assert_int_eq(out->kind, SIGNATURE_BLOB_SIGSTORE);
}

void
sigstore_sign(struct buf *out, const char *secret, struct bytes text)
{
	AUTO_STR char *path = xasprintf("sigstore/secret/%s.pem", secret);
	AUTO(buf) pem = BUF_INIT;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[512];
	size_t n = sizeof(signature);
	EVP_PKEY *key;
	BIO *bio;

	testdata_read(&pem, path);
	bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	ck_assert_int_eq(EVP_DigestSign(ctx, signature, &n, text.p, text.n), 1);
	buf_clear(out);
	buf_add(out, signature, n);
	EVP_PKEY_free(key);
	BIO_free(bio);
	EVP_MD_CTX_free(ctx);
}

void
sigstore_expected(struct subject **subject, struct identity *identity)
{
	AUTO_STR char *text = testdata_text("release.txt");
	AUTO(reference) reference = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;
	char *digest = strchr(text, '\n');
	struct digest d;
	enum reason why;

	ck_assert_ptr_nonnull(digest);
	*digest++ = '\0';
	digest[strcspn(digest, "\n")] = '\0';
	ck_assert_int_eq(digest_parse(&d, bytes_of_str(digest), &e), 0);
	ck_assert_int_eq(reference_parse(&reference, text, &e), 0);
	ck_assert_int_eq(subject_from_digest(subject, &d, &why, &e), OUTCOME_PROVEN);
	identity_exact(identity, &reference);
}
