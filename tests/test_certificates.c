/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key files put together packet by packet. What real ones give: key_files. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/certificates.h"
#include "formats/packets.h"
#include "keyring.h"
#include "pgp.h"
#include "rows.h"
#include "suites.h"

/* A file in parts, divided by '|': a ring, plain or in armour of some label, or text. */
static void
add_file(struct buf *out, const char *file)
{
	static const struct {
		const char *prefix, *label;
	} kinds[] = { { "armour:", "PGP PUBLIC KEY BLOCK" },
		{ "private:", "PGP PRIVATE KEY BLOCK" }, { "message:", "PGP MESSAGE" },
		{ "damaged:", "PGP PUBLIC KEY BLOCK" }, { "text:", NULL } };
	AUTO_STR char *copy = xstrdup(file);
	char *rest = copy, *part;

	while ((part = strsep(&rest, "|")) != NULL) {
		AUTO(buf) ring = BUF_INIT;
		size_t i;

		for (i = 0; i < ARRAY_LEN(kinds) && !text_starts_with(part, kinds[i].prefix); i++)
			;
		if (i == ARRAY_LEN(kinds)) {
			keyring_add(out, part);
			continue;
		}
		part += strlen(kinds[i].prefix);
		if (kinds[i].label == NULL) {
			buf_add_str(out, part);
			continue;
		}
		keyring_add(&ring, part);
		pgp_add_armor(out, kinds[i].label, buf_bytes(&ring));
		if (kinds[i].prefix[0] == 'd')
			out->p[out->n - sizeof("A\n-----END PGP PUBLIC KEY BLOCK-----\n") + 1] ^= 1;
	}
}

static const struct {
	const char *name, *file, *part;
} refused[] = {
	{ "empty", "", "neither an armoured block nor a binary keyring" },
	{ "prose", "text:Red Hat's key\n", "neither an armoured block nor a binary keyring" },
	{ "keybox", "text:\1\1\1\1\1\1\1\1KBXf and more", "a keybox of gpg" },
	{ "version 6 only", "M6 U1 V6", "a key of version 6, only version 4" },
	{ "version 3 only", "M3 U1 S1", "a key of version 3, only version 4" },
	{ "version 5 only", "M5 U1 S1", "a key of version 5, only version 4" },
	{ "version 4 of two bytes", "armour:E0", "a key of version 0" },
	{ "secret key", "P1 U1 S1 Q2 S2", "a secret key; relsig wants the public one" },
	{ "secret key in armour", "private:P1 U1 S1", "block 1 is no public key" },
	{ "secret key under the public label", "armour:P1 U1 S1", "a secret key" },
	{ "public key under another label", "message:K1 U1 S1", "block 1 is no public key" },
	{ "damaged armour", "damaged:K1 U1 S1", "block 1: its checksum is wrong" },
	{ "second block is damaged too", "private:P1|damaged:K1",
	    "block 2: its checksum is wrong" },
	{ "junk, then a secret key", "X60 P1 U1 S1", "a secret key" },
	{ "user ID without a key", "U1 S1", "(tag 13) that belongs to no key" },
	{ "subkey without a key", "B1 S1", "(tag 14) that belongs to no key" },
	{ "signature only", "S1", "(tag 2) that belongs to no key" },
	{ "signed message", "X4 X11 X2", "(tag 4) that belongs to no key" },
	{ "junk in armour", "armour:J0", "not a whole OpenPGP packet" },
	{ "a subkey of two primaries", "K1 U1 S1 B3 S3 K2 U2 S2 B3 S4",
	    "belongs to two certificates" },
	{ "a primary that is a subkey of another", "K1 U1 S1 B2 S3 K2 U2 S2",
	    "belongs to two certificates" },
	{ "a primary that is its own subkey", "K1 U1 S1 B1 S2", "belongs to two certificates" },
};

START_TEST(refuses)
{
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	add_file(&file, refused[_i].file);
	row_refused(refused[_i].name, certificates_add(&c, buf_bytes(&file), "some.asc", &e), &e,
	    E_INVALID, refused[_i].part);
	row_refused(refused[_i].name, -1, &e, E_INVALID, "some.asc");
}
END_TEST

/* Which certificates come out, packet for packet, and what is said of the rest. */
static const struct {
	const char *name, *file, *want[3], *skipped[3];
} accepted[] = {
	{ "a key alone", "K1", { "K1" }, { NULL } },
	{ "usual", "K1 U1 S1 B2 S2", { "K1 U1 S1 B2 S2" }, { NULL } },
	{ "in armour", "armour:K1 U1 S1 B2 S2", { "K1 U1 S1 B2 S2" }, { NULL } },
	{ "direct signatures", "K1 S9 S8 U1 S1", { "K1 S9 S8 U1 S1" }, { NULL } },
	{ "user attribute", "K1 U1 S1 A1 S2 U2 S3", { "K1 U1 S1 A1 S2 U2 S3" }, { NULL } },
	{ "two in one ring", "K1 U1 S1 K2 U2 S2", { "K1 U1 S1", "K2 U2 S2" }, { NULL } },
	{ "two in one block", "armour:K1 U1 S1 K2 U2 S2", { "K1 U1 S1", "K2 U2 S2" }, { NULL } },
	{ "two blocks with prose", "text:one\n|armour:K1 U1|text:two\n|armour:K2 U2|text:end\n",
	    { "K1 U1", "K2 U2" }, { NULL } },
	{ "subkeys before user IDs", "K1 B2 S2 U1 S1", { "K1 U1 S1 B2 S2" }, { NULL } },
	{ "the same signature twice", "K1 U1 S1 S1", { "K1 U1 S1" }, { NULL } },
	{ "the same user ID twice", "K1 U1 S1 U2 S2 U1 S3", { "K1 U1 S1 S3 U2 S2" }, { NULL } },
	{ "the same subkey twice", "K1 U1 S1 B2 S2 B2 S3", { "K1 U1 S1 B2 S2 S3" }, { NULL } },
	{ "the same certificate twice", "K1 U1 S1 B2 S2 K1 U1 S1 B2 S2", { "K1 U1 S1 B2 S2" },
	    { NULL } },
	{ "a revocation in the second copy", "armour:K1 U1 S1 B2 S2|armour:K1 S9 U1 S1 B2 S2",
	    { "K1 S9 U1 S1 B2 S2" }, { NULL } },
	{ "a revocation in the first copy", "K1 S9 U1 S1 K1 U1 S1", { "K1 S9 U1 S1" }, { NULL } },
	{ "a subkey's revocation in the second copy", "K1 U1 S1 B2 S2 K1 U1 S1 B2 S8 S2",
	    { "K1 U1 S1 B2 S2 S8" }, { NULL } },
	{ "copies with different user IDs and subkeys", "K1 U1 S1 B2 S2 K5 K1 U3 S3 B4 S4",
	    { "K1 U1 S1 U3 S3 B2 S2 B4 S4", "K5" }, { NULL } },
	{ "version 6 before", "M6 U9 V6 N6 V6 K1 U1 S1", { "K1 U1 S1" }, { "a key of version 6" } },
	{ "version 6 after", "K1 U1 S1 M6 U9 V6", { "K1 U1 S1" }, { "a key of version 6" } },
	{ "version 6 between", "K1 U1 S1 M6 U9 V6 K2 U2 S2", { "K1 U1 S1", "K2 U2 S2" },
	    { "a key of version 6" } },
	{ "version 6 block beside", "armour:K1 U1 S1|armour:M6 U9 V6", { "K1 U1 S1" },
	    { "a key of version 6" } },
	{ "version 3 beside", "M3 U9 S9 K1 U1 S1", { "K1 U1 S1" }, { "a key of version 3" } },
	{ "secret key before", "P9 U9 S9 Q8 S8 K1 U1 S1", { "K1 U1 S1" }, { "a secret key" } },
	{ "secret key after", "K1 U1 S1 P9 U9 S9", { "K1 U1 S1" }, { "a secret key" } },
	{ "secret block, public block", "private:P1 U1 S1|armour:K1 U1 S1", { "K1 U1 S1" },
	    { "block 1 is no public key" } },
	{ "message block", "message:X11|armour:K1 U1 S1", { "K1 U1 S1" },
	    { "block 1 is no public" } },
	{ "damaged block before", "damaged:K2 U2|armour:K1 U1 S1", { "K1 U1 S1" },
	    { "block 1: its checksum is wrong" } },
	{ "block without end after", "armour:K1 U1 S1|text:-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
	    { "K1 U1 S1" }, { "block 2: its end is missing" } },
	{ "version 6 subkey and what is on it", "K1 U1 S1 N6 S7 V6 B2 S2", { "K1 U1 S1 B2 S2" },
	    { "a subkey of version 6" } },
	{ "version 6 signature", "K1 U1 V6 S1", { "K1 U1 S1" }, { NULL } },
	{ "version 3 signature", "K1 U1 V3", { "K1 U1 V3" }, { NULL } },
	{ "version 5 and 2 signatures", "K1 U1 V5 V2 S1", { "K1 U1 S1" }, { NULL } },
	{ "trust packets, as in a ring of gpg", "K1 X12 U1 X12 S1 X12", { "K1 U1 S1" }, { NULL } },
	{ "unknown packets", "K1 X60 U1 X21 S1 X40 B2 S2 X63", { "K1 U1 S1 B2 S2" }, { NULL } },
	{ "a secret subkey inside", "K1 U1 S1 Q9 B2 S2", { "K1 U1 S1 B2 S2" }, { NULL } },
	{ "marker first", "X10 K1 U1 S1", { "K1 U1 S1" }, { "(tag 10) that belongs to no key" } },
	{ "stray packets first", "U9 S9 B9 K1 U1 S1", { "K1 U1 S1" }, { "(tag 13) that belongs" } },
	/* A signature's class is the third octet of its number: 20, 1f, 28, 30. */
	{ "revocation after the user ID", "K1 U1 S1 S2097152", { "K1 S2097152 U1 S1 S2097152" },
	    { NULL } },
	{ "direct signature after the user ID", "K1 U1 S1 S2031616",
	    { "K1 S2031616 U1 S1 S2031616" }, { NULL } },
	{ "a subkey's revocation on the key", "K1 S2621440 U1 S1 B2 S2",
	    { "K1 S2621440 U1 S1 B2 S2 S2621440" }, { NULL } },
	{ "a user ID's revocation on a subkey", "K1 U1 S1 B2 S2 S3145728",
	    { "K1 U1 S1 S3145728 B2 S2 S3145728" }, { NULL } },
	{ "revocation after a version 6 subkey", "K1 U1 S1 N6 S2097152", { "K1 S2097152 U1 S1" },
	    { "a subkey of version 6" } },
	{ "revocation in a block of its own", "armour:K1 U1 S1|armour:S2097152",
	    { "K1 S2097152 U1 S1 S2097152" }, { "(tag 2) that belongs to no key" } },
	{ "revocation before two keys", "S2097152 K1 U1 S1 K2",
	    { "K1 S2097152 U1 S1 S2097152", "K2 S2097152" }, { "(tag 2) that belongs to no key" } },
	{ "junk after", "K1 U1 S1 J0 K2 U2", { "K1 U1 S1" }, { "not a whole OpenPGP packet" } },
	{ "junk after a skipped key", "K1 U1 M6 J0 K2", { "K1 U1" },
	    { "version 6", "not a whole" } },
};

START_TEST(accepts)
{
	const char *name = accepted[_i].name;
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	size_t i;

	add_file(&file, accepted[_i].file);
	row_accepted(name, certificates_add(&c, buf_bytes(&file), "some.asc", &e), &e);
	for (i = 0; accepted[_i].want[i] != NULL; i++) {
		AUTO(buf) want = BUF_INIT;

		ck_assert_msg(i < c.n, "%s: certificate %zu is missing", name, i);
		keyring_add(&want, accepted[_i].want[i]);
		ck_assert_msg(bytes_equal(buf_bytes(&c.v[i].raw), buf_bytes(&want)),
		    "%s: certificate %zu is another one", name, i);
	}
	ck_assert_msg(c.n == i, "%s: %zu certificates", name, c.n);
	for (i = 0; accepted[_i].skipped[i] != NULL; i++)
		ck_assert_msg(i < c.skipped.n &&
				  strstr(c.skipped.v[i], accepted[_i].skipped[i]) != NULL &&
				  strstr(c.skipped.v[i], "some.asc") != NULL,
		    "%s: \"%s\"", name, i < c.skipped.n ? c.skipped.v[i] : "nothing skipped");
	ck_assert_msg(
	    c.skipped.n == i, "%s: also skipped \"%s\"", name, c.skipped.v[c.skipped.n - 1]);
}
END_TEST

/* A binary file cut anywhere: what came whole before the cut is there, or the file is refused. */
START_TEST(is_cut_anywhere)
{
	AUTO(buf) ring = BUF_INIT;
	AUTO(buf) first = BUF_INIT;

	keyring_add(&first, "K1 U1 S1 B2 S2");
	keyring_add(&ring, "K1 U1 S1 B2 S2 K3 U3 S3");
	for (size_t n = 0; n <= ring.n; n++) {
		AUTO(certificates) c = CERTIFICATES_INIT;
		uint8_t *copy = xmalloc(n);
		AUTO(err) e = ERR_INIT;
		int r;

		memcpy(copy, ring.p, n);
		r = certificates_add(&c, bytes_of(copy, n), "cut.gpg", &e);
		free(copy);
		if (r != 0) {
			ck_assert_msg(e.code == E_INVALID && n < 13, "%zu: %s", n, err_msg(&e));
			continue;
		}
		ck_assert_msg(c.n >= 1 && c.v[0].raw.n <= first.n &&
				  memcmp(c.v[0].raw.p, first.p, c.v[0].raw.n) == 0,
		    "cut at %zu", n);
		ck_assert_msg(
		    n < first.n || c.v[0].raw.n == first.n, "cut at %zu: lost something", n);
	}
}
END_TEST

START_TEST(finds_keys)
{
	AUTO_STR char *one = pgp_key_fingerprint(1);
	AUTO_STR char *two = pgp_key_fingerprint(2);
	AUTO_STR char *three = pgp_key_fingerprint(3);
	AUTO_STR char *lower = pgp_key_fingerprint(1);
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	ck_assert_ptr_null(certificates_by_primary(&c, one));
	ck_assert_ptr_null(certificates_by_key(&c, one));
	keyring_add(&file, "K1 U1 S1 B2 S2 K3 U3 S3");
	ck_assert_int_eq(certificates_add(&c, buf_bytes(&file), "f", &e), 0);
	ck_assert_uint_eq(c.v[0].n_keys, 2);
	ck_assert_str_eq(c.v[0].keys[0].fingerprint, one);
	ck_assert_str_eq(c.v[0].keys[1].fingerprint, two);
	ck_assert_uint_eq(c.v[0].keys[0].algorithm, PGP_PK_EDDSA);
	ck_assert_uint_eq(c.v[0].keys[0].bits, 0);
	ck_assert_ptr_eq(certificates_by_primary(&c, one), &c.v[0]);
	ck_assert_msg(certificates_by_primary(&c, two) == NULL, "a subkey is no primary");
	ck_assert_ptr_eq(certificates_by_key(&c, two), &c.v[0]);
	ck_assert_ptr_eq(certificates_by_key(&c, three), &c.v[1]);
	lower[39] = lower[39] == '0' ? '1' : '0';
	ck_assert_ptr_null(certificates_by_key(&c, lower));
	ck_assert_ptr_null(certificates_by_key(&c, one + 24));
	ck_assert(certificates_has_key_id(&c, one + 24));
	ck_assert(certificates_has_key_id(&c, two + 24));
	ck_assert(!certificates_has_key_id(&c, lower + 24));
	certificates_keep(&c, three);
	ck_assert_uint_eq(c.n, 1);
	ck_assert_ptr_null(certificates_by_key(&c, two));
	ck_assert_ptr_eq(certificates_by_primary(&c, three), &c.v[0]);
	certificates_keep(&c, one);
	ck_assert_uint_eq(c.n, 0);
}
END_TEST

/* Two files, one key in both: one certificate; one subkey in both: refused. */
START_TEST(adds_several_files)
{
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) two = BUF_INIT;
	AUTO(buf) three = BUF_INIT;
	AUTO(buf) want = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	keyring_add(&one, "K1 U1 S1 B2 S2");
	keyring_add(&two, "K3 U3 K1 S9 U1 S1");
	keyring_add(&three, "K4 B2 S4");
	keyring_add(&want, "K1 S9 U1 S1 B2 S2");
	row_accepted("first", certificates_add(&c, buf_bytes(&one), "one", &e), &e);
	row_accepted("second", certificates_add(&c, buf_bytes(&two), "two", &e), &e);
	ck_assert_uint_eq(c.n, 2);
	ck_assert(bytes_equal(buf_bytes(&c.v[0].raw), buf_bytes(&want)));
	row_refused("third", certificates_add(&c, buf_bytes(&three), "three", &e), &e, E_INVALID,
	    "three: the key");
}
END_TEST

START_TEST(caps_a_file)
{
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(certificates) d = CERTIFICATES_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;

	add_file(&at, "armour:K1 U1 S1");
	while (at.n < MAX_KEY_FILE_BYTES)
		buf_add_byte(&at, '\n');
	buf_add(&above, at.p, at.n);
	buf_add_byte(&above, '\n');
	row_accepted("at the cap", certificates_add(&c, buf_bytes(&at), "f", &e), &e);
	row_refused("one above", certificates_add(&d, buf_bytes(&above), "f", &e), &e, E_TOO_LARGE,
	    "more than 1048576 bytes");
}
END_TEST

Suite *
certificates_suite(void)
{
	Suite *s = suite_create("certificates");
	TCase *t = tcase_create("certificates");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_test(t, is_cut_anywhere);
	tcase_add_test(t, finds_keys);
	tcase_add_test(t, adds_several_files);
	tcase_add_test(t, caps_a_file);
	suite_add_tcase(s, t);
	return s;
}
