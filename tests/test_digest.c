/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/digest.h"
#include "rows.h"
#include "suites.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX64 HEX32 HEX32
#define HEX128 HEX64 HEX64

static const struct {
	const char *name, *text, *part;
} refused[] = {
	{ "empty", "", "is not a digest" },
	{ "no algorithm", HEX64, "is not a digest" },
	{ "algorithm alone", "sha256", "is not a digest" },
	{ "no hex", "sha256:", "0 characters" },
	{ "63 digits", "sha256:" HEX32 "0123456789abcdef0123456789abcde", "has 63 characters" },
	{ "65 digits", "sha256:" HEX64 "0", "has 65 characters" },
	{ "sha256 of sha512's length", "sha256:" HEX128, "want 64 hex digits" },
	{ "sha512 of sha256's length", "sha512:" HEX64, "want 128 hex digits" },
	{ "sha384 one short", "sha384:" HEX64 "0123456789abcdef0123456789abcde",
	    "want 96 hex digits" },
	{ "upper case", "sha256:0123456789ABCDEF0123456789abcdef" HEX32, "upper case" },
	{ "upper-case algorithm", "SHA256:" HEX64, "is not a digest" },
	{ "md5", "md5:" HEX32, "is not a digest" },
	{ "sha1", "sha1:" HEX32 "01234567", "is not a digest" },
	{ "sha224", "sha224:" HEX32 "0123456789abcdef01234567", "is not a digest" },
	{ "sha512-256", "sha512-256:" HEX64, "is not a digest" },
	{ "store's spelling", "sha256=" HEX64, "is not a digest" },
	{ "path instead of hex",
	    "sha256:../../../../../../../../../../../../../../../../../../../../../.",
	    "not a hex digit" },
	{ "g among the digits", "sha256:g123456789abcdef0123456789abcdef" HEX32,
	    "not a hex digit" },
	{ "space before", " sha256:" HEX64, "is not a digest" },
	{ "newline after", "sha256:" HEX64 "\n", "has 65 characters" },
	{ "long after an algorithm", "sha256:" HEX128 HEX64, "has 192 characters" },
	{ "long", HEX128 HEX64, "is not a digest" },
	{ "two colons", "sha256::" HEX64, "has 65 characters" },
};

START_TEST(refuses)
{
	AUTO(err) e = ERR_INIT;
	struct digest d;
	int r;

	memset(&d, 'x', sizeof(d));
	r = digest_parse(&d, bytes_of_str(refused[_i].text), &e);
	row_refused(refused[_i].name, r, &e, E_INVALID, refused[_i].part);
	ck_assert_msg(!digest_is_set(&d), "%s: left a digest behind", refused[_i].name);
}
END_TEST

START_TEST(refuses_nul)
{
	static const char text[] = "sha256:" HEX32 "0123456789abcdef\0"
				   "123456789abcdef";
	AUTO(err) e = ERR_INIT;
	struct digest d;

	row_refused("NUL inside", digest_parse(&d, bytes_of(text, sizeof(text) - 1), &e), &e,
	    E_INVALID, "not a hex digit");
	row_refused("NUL after", digest_parse(&d, bytes_of("sha256:" HEX64, 7 + 65), &e), &e,
	    E_INVALID, "65 characters");
	row_refused(
	    "nothing", digest_parse(&d, bytes_of(NULL, 0), &e), &e, E_INVALID, "not a digest");
}
END_TEST

static const struct {
	const char *text;
	bool sha256;
} accepted[] = {
	{ "sha256:" HEX64, true },
	{ "sha384:" HEX64 HEX32, false },
	{ "sha512:" HEX128, false },
};

START_TEST(accepts)
{
	const char *text = accepted[_i].text;
	AUTO(err) e = ERR_INIT;
	struct digest d;

	row_accepted(text, digest_parse(&d, bytes_of_str(text), &e), &e);
	ck_assert_str_eq(d.text, text);
	ck_assert_str_eq(digest_hex(&d), strchr(text, ':') + 1);
	ck_assert_int_eq(digest_is_sha256(&d), accepted[_i].sha256);
	ck_assert(digest_is_set(&d));
	ck_assert(digest_equal(&d, &d));
}
END_TEST

START_TEST(compares)
{
	struct digest none = { 0 }, a, b, c;
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(digest_parse(&a, bytes_of_str("sha256:" HEX64), &e), 0);
	ck_assert_int_eq(
	    digest_parse(&b, bytes_of_str("sha256:" HEX32 "0123456789abcdef0123456789abcdee"), &e),
	    0);
	ck_assert_int_eq(digest_parse(&c, bytes_of_str("sha512:" HEX128), &e), 0);
	ck_assert_msg(!digest_equal(&none, &none), "no digest equals nothing");
	ck_assert(!digest_equal(&none, &a));
	ck_assert(!digest_equal(&a, &none));
	ck_assert(!digest_equal(&a, &b));
	ck_assert_msg(!digest_equal(&a, &c), "the algorithm counts");
	ck_assert(!digest_is_set(&none));
	ck_assert(!digest_is_sha256(&none));
	ck_assert_str_eq(digest_hex(&none), "");
}
END_TEST

/* FIPS 180-2 appendix B.1 and B.3, and the digest of nothing. */
START_TEST(computes)
{
	uint8_t *million = xmalloc(1000000);
	AUTO(err) e = ERR_INIT;
	struct digest d;

	ck_assert_int_eq(digest_of_bytes(&d, bytes_of(NULL, 0), &e), 0);
	ck_assert_str_eq(
	    d.text, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	ck_assert_int_eq(digest_of_bytes(&d, bytes_of_str("abc"), &e), 0);
	ck_assert_str_eq(
	    d.text, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	memset(million, 'a', 1000000);
	ck_assert_int_eq(digest_of_bytes(&d, bytes_of(million, 1000000), &e), 0);
	ck_assert_str_eq(
	    d.text, "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
}
END_TEST

START_TEST(hashes_pieces_as_the_whole)
{
	AUTO_PTR(digest_hash) h = digest_hash_new();
	struct digest whole, pieces;
	AUTO(err) e = ERR_INIT;

	digest_hash_add(h, bytes_of_str("one "));
	digest_hash_add(h, bytes_of("", 0));
	digest_hash_add(h, bytes_of_str("piece"));
	row_accepted("pieces", digest_hash_end(h, &pieces, &e), &e);
	row_accepted("whole", digest_of_bytes(&whole, bytes_of_str("one piece"), &e), &e);
	ck_assert(digest_equal(&whole, &pieces));
	digest_hash_free(NULL);
}
END_TEST

Suite *
digest_suite(void)
{
	Suite *s = suite_create("digest");
	TCase *t = tcase_create("digest");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, refuses_nul);
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_test(t, compares);
	tcase_add_test(t, computes);
	tcase_add_test(t, hashes_pieces_as_the_whole);
	suite_add_tcase(s, t);
	return s;
}
