/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <openssl/err.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/public_key.h"
#include "judge.h"
#include "rows.h"
#include "sigstore_data.h"
#include "suites.h"

/* Each line of keys.txt: file, "KIND-BITS" or why it is refused. */
static struct sigstore_row *rows;

static int
read_key(struct public_key *out, const char *file, bool allow_weak, struct err *e)
{
	AUTO_STR char *path = xasprintf("sigstore/keys/%s", file);
	AUTO(buf) pem = BUF_INIT;

	testdata_read(&pem, path);
	return public_key_read(out, buf_bytes(&pem), allow_weak, e);
}

static void
must_be_nothing(const char *name, const struct public_key *k)
{
	ck_assert_msg(k->key == NULL && k->kind == PUBLIC_KEY_UNSET && k->bits == 0 &&
			  k->spki.n == 0 && k->fingerprint[0] == '\0',
	    "%s: left something behind", name);
	ck_assert_msg(ERR_peek_error() == 0, "%s: left an error in OpenSSL's queue", name);
}

START_TEST(reads_as_the_table_says)
{
	static const struct {
		const char *word;
		enum errc code;
	} words[] = { { "weak", E_WEAK }, { "unsupported", E_UNSUPPORTED },
		{ "invalid", E_INVALID } };
	const char *name = rows[_i].words[0], *want = rows[_i].words[1];
	AUTO(public_key) k = PUBLIC_KEY_INIT;
	AUTO_STR char *got = NULL;
	AUTO(err) e = ERR_INIT;
	int r = read_key(&k, name, false, &e);
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].word, want) != 0)
			continue;
		row_refused(name, r, &e, words[i].code, "public key: ");
		must_be_nothing(name, &k);
		return;
	}
	row_accepted(name, r, &e);
	got = xasprintf("%s-%u", public_key_kind_name(k.kind), k.bits);
	row_string(name, "key", got, want);
	ck_assert_uint_eq(strlen(k.fingerprint), PUBLIC_KEY_FINGERPRINT_HEX);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}
END_TEST

START_TEST(weak_keys_on_demand)
{
	AUTO(public_key) k = PUBLIC_KEY_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("weak", read_key(&k, "rsa1024.pem", false, &e), &e, E_WEAK, "1024 bits");
	err_free(&e);
	row_accepted("weak", read_key(&k, "rsa1024.pem", true, &e), &e);
	ck_assert_uint_eq(k.bits, 1024);
	public_key_free(&k);
	/* Nothing else becomes better by it. */
	row_refused("e = 1", read_key(&k, "rsa-exponent-1.pem", true, &e), &e, E_INVALID, "");
	row_refused("curve", read_key(&k, "p224.pem", true, &e), &e, E_UNSUPPORTED, "");
}
END_TEST

/* The same key, however it is written, has the same fingerprint, and another key another. */
START_TEST(knows_keys_again)
{
	static const struct {
		const char *a, *b;
		bool same;
	} pairs[] = {
		{ "p256.pem", "other.pem", false },
		{ "p256.pem", "p384.pem", false },
		{ "rsa2048.pem", "rsa3072.pem", false },
		{ "p256.pem", "crlf.pem", true },
		{ "p256.pem", "two.pem", true },
		{ "p256.pem", "text-around.pem", true },
		{ "rsa2048.pem", "rsa-pkcs1.pem", true },
	};
	struct public_key none = PUBLIC_KEY_INIT;
	size_t i;

	ck_assert(!public_key_equal(&none, &none));
	ck_assert_str_eq(public_key_kind_name(none.kind), "");
	for (i = 0; i < ARRAY_LEN(pairs); i++) {
		AUTO(public_key) a = PUBLIC_KEY_INIT;
		AUTO(public_key) b = PUBLIC_KEY_INIT;
		AUTO(err) e = ERR_INIT;

		row_accepted(pairs[i].a, read_key(&a, pairs[i].a, false, &e), &e);
		row_accepted(pairs[i].b, read_key(&b, pairs[i].b, false, &e), &e);
		ck_assert_msg(
		    public_key_equal(&a, &b) == pairs[i].same, "%s and %s", pairs[i].a, pairs[i].b);
		ck_assert_msg((strcmp(a.fingerprint, b.fingerprint) == 0) == pairs[i].same,
		    "%s and %s: fingerprints", pairs[i].a, pairs[i].b);
		ck_assert(!public_key_equal(&a, &none) && !public_key_equal(&none, &a));
	}
}
END_TEST

START_TEST(caps_the_file)
{
	AUTO(public_key) k = PUBLIC_KEY_INIT;
	AUTO(buf) pem = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	testdata_read(&pem, "sigstore/keys/p256.pem");
	while (pem.n < MAX_KEY_FILE_BYTES)
		buf_add_byte(&pem, '\n');
	row_accepted("at the cap", public_key_read(&k, buf_bytes(&pem), false, &e), &e);
	public_key_free(&k);
	buf_add_byte(&pem, '\n');
	row_refused("over it", public_key_read(&k, buf_bytes(&pem), false, &e), &e, E_TOO_LARGE,
	    "want at most");
	must_be_nothing("over the cap", &k);
}
END_TEST

/* No bit of a key's DER may be another without its being refused or another key. */
START_TEST(every_flip_is_another_key)
{
	static const char *const files[] = { "p256.pem", "p521.pem", "rsa2048.pem", "ed25519.pem" };
	AUTO(public_key) good = PUBLIC_KEY_INIT;
	AUTO(err) e = ERR_INIT;
	size_t bit;

	row_accepted(files[_i], read_key(&good, files[_i], false, &e), &e);
	for (bit = 0; bit<good.spki.n * 8; bit += good.spki.n> 200 ? 7 : 1) {
		AUTO(public_key) k = PUBLIC_KEY_INIT;
		AUTO(buf) pem = BUF_INIT;
		AUTO_STR char *text = NULL;

		good.spki.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		text = text_base64(buf_bytes(&good.spki));
		good.spki.p[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		buf_add_str(&pem, "-----BEGIN PUBLIC KEY-----\n");
		for (const char *p = text; *p != '\0'; p += strnlen(p, 64))
			buf_addf(&pem, "%.64s\n", p);
		buf_add_str(&pem, "-----END PUBLIC KEY-----\n");
		if (public_key_read(&k, buf_bytes(&pem), false, &e) == 0)
			ck_assert_msg(!public_key_equal(&good, &k) &&
					  strcmp(good.fingerprint, k.fingerprint) != 0,
			    "%s: bit %zu makes no difference", files[_i], bit);
		else
			must_be_nothing(files[_i], &k);
	}
}
END_TEST

START_TEST(writes_what_it_reads)
{
	static const char *const files[] = { "p256.pem", "p521.pem", "rsa2048.pem", "ed25519.pem" };
	AUTO(public_key) k = PUBLIC_KEY_INIT, again = PUBLIC_KEY_INIT;
	AUTO_STR char *pem = NULL;
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *name = xasprintf("sigstore/keys/%s", files[_i]);

	row_accepted(files[_i], read_key(&k, files[_i], false, &e), &e);
	pem = public_key_pem(&k);
	row_accepted(files[_i], public_key_read(&again, bytes_of_str(pem), false, &e), &e);
	ck_assert(public_key_equal(&k, &again));
	testdata_read(&file, name);
	row_string(files[_i], "as OpenSSL wrote it", pem, buf_str(&file));
}
END_TEST

Suite *
public_key_suite(void)
{
	Suite *s = suite_create("public_key");
	TCase *t = tcase_create("public_key");
	size_t n = sigstore_rows(&rows, "keys.txt", 2);

	tcase_add_loop_test(t, reads_as_the_table_says, 0, (int)n);
	tcase_add_test(t, weak_keys_on_demand);
	tcase_add_test(t, knows_keys_again);
	tcase_add_test(t, caps_the_file);
	tcase_add_loop_test(t, every_flip_is_another_key, 0, 4);
	tcase_add_loop_test(t, writes_what_it_reads, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
