/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "rows.h"
#include "sigstore_data.h"
#include "suites.h"

static const char text[] = "a text";

START_TEST(nobody_is_trusted_without_keys)
{
	struct public_keys none = PUBLIC_KEYS_INIT;
	const struct public_key *signer = NULL;
	AUTO(buf) signature = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	sigstore_sign(&signature, "p256", bytes_of_str(text));
	ck_assert_int_eq(
	    public_keys_verify(&none, bytes_of_str(text), buf_bytes(&signature), &signer, &e),
	    OUTCOME_UNDECIDED);
	row_refused("no keys", -1, &e, E_IO, "no keys were given");
	ck_assert_int_eq(
	    public_keys_verify(NULL, bytes_of_str(text), buf_bytes(&signature), &signer, &e),
	    OUTCOME_UNDECIDED);
	ck_assert_ptr_null(signer);
}
END_TEST

/* A zeroed key, and one that OpenSSL cannot verify with: neither says yes. */
START_TEST(no_use_of_broken_keys)
{
	struct public_key keys[2] = { PUBLIC_KEY_INIT, PUBLIC_KEY_INIT };
	struct public_keys list = { keys, 1 };
	const struct public_key *signer = NULL;
	AUTO(buf) signature = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	uint8_t any[32] = { 9 };

	sigstore_sign(&signature, "p256", bytes_of_str(text));
	ck_assert_int_eq(
	    public_keys_verify(&list, bytes_of_str(text), buf_bytes(&signature), &signer, &e),
	    OUTCOME_REFUSED);
	keys[1].kind = PUBLIC_KEY_ECDSA;
	keys[1].key = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, any, sizeof(any));
	list.n = 2;
	ck_assert_int_eq(
	    public_keys_verify(&list, bytes_of_str(text), buf_bytes(&signature), &signer, &e),
	    OUTCOME_UNDECIDED);
	row_refused("unusable", -1, &e, E_IO, "cannot verify with 1 of 2 keys");
	ck_assert_ptr_null(signer);
	ck_assert_uint_eq(ERR_peek_error(), 0);
	public_key_free(&keys[1]);
}
END_TEST

START_TEST(says_which_key_signed)
{
	AUTO(public_keys) keys = PUBLIC_KEYS_INIT;
	const struct public_key *signer = NULL;
	AUTO(buf) signature = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	size_t n;

	sigstore_keys(&keys, "other,rsa2048,p256");
	sigstore_sign(&signature, "p256", bytes_of_str(text));
	ck_assert_int_eq(
	    public_keys_verify(&keys, bytes_of_str("b text"), buf_bytes(&signature), &signer, &e),
	    OUTCOME_REFUSED);
	row_refused("another text", -1, &e, E_INVALID, "by none of the 3 trusted keys");
	err_free(&e);
	for (n = 0; n < signature.n; n++) {
		ck_assert_int_eq(public_keys_verify(&keys, bytes_of_str(text),
				     bytes_of(signature.p, n), &signer, &e),
		    OUTCOME_REFUSED);
		ck_assert_ptr_null(signer);
	}
	ck_assert_int_eq(
	    public_keys_verify(&keys, bytes_of_str(text), bytes_of(NULL, 0), &signer, &e),
	    OUTCOME_REFUSED);
	err_free(&e);
	ck_assert_int_eq(
	    public_keys_verify(&keys, bytes_of_str(text), buf_bytes(&signature), &signer, &e),
	    OUTCOME_PROVEN);
	ck_assert_ptr_eq(signer, &keys.v[2]);
	ck_assert_int_eq(e.code, E_NONE);
}
END_TEST

/* A file that is refused adds nothing, whatever was there before. */
START_TEST(adds_whole_keys_only)
{
	AUTO(public_keys) keys = PUBLIC_KEYS_INIT;
	AUTO(err) e = ERR_INIT;

	sigstore_keys(&keys, "p256");
	row_refused("text", public_keys_add(&keys, bytes_of_str("x"), true, &e), &e, E_INVALID, "");
	ck_assert_uint_eq(keys.n, 1);
}
END_TEST

START_TEST(knows_the_key_of_openshift)
{
	ck_assert_ptr_null(public_key_known_name(""));
	ck_assert_ptr_null(public_key_known_name("ba9d26"));
	ck_assert_str_eq(public_key_known_name(OPENSHIFT_SIGSTORE_KEY), "OpenShift's release key");
}
END_TEST

Suite *
public_keys_suite(void)
{
	Suite *s = suite_create("public_keys");
	TCase *t = tcase_create("public_keys");

	tcase_add_test(t, nobody_is_trusted_without_keys);
	tcase_add_test(t, no_use_of_broken_keys);
	tcase_add_test(t, says_which_key_signed);
	tcase_add_test(t, adds_whole_keys_only);
	tcase_add_test(t, knows_the_key_of_openshift);
	suite_add_tcase(s, t);
	return s;
}
