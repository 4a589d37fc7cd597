/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One certificate: its name, and how much of it there may be. Files of them: certificates. */
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/certificates.h"
#include "formats/packets.h"
#include "keyring.h"
#include "pgp.h"
#include "rows.h"
#include "suites.h"

START_TEST(reads_user_ids)
{
	static const struct {
		const char *name, *hex, *want;
	} rows[] = {
		{ "none", "", "" },
		{ "plain", "cd05 416c696365", "Alice" },
		{ "empty", "cd00", "" },
		{ "not UTF-8, with an escape", "cd03 ff1b5b", "\xff\x1b[" },
		{ "a NUL ends it", "cd03 41 00 42", "A" },
		{ "the first of two", "cd01 41 cd01 42", "A" },
		{ "attribute first", "d103 020100 cd01 42", "B" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(certificates) c = CERTIFICATES_INIT;
		AUTO(buf) file = BUF_INIT;
		AUTO(err) e = ERR_INIT;

		keyring_add(&file, "K1");
		hex_add(&file, rows[i].hex);
		row_accepted(rows[i].name, certificates_add(&c, buf_bytes(&file), "f", &e), &e);
		row_string(rows[i].name, "the user ID", c.v[0].user_id, rows[i].want);
	}
}
END_TEST

/* Packets with nothing, or too little, in them: no key file is refused for one. */
START_TEST(bears_stunted_packets)
{
	static const struct {
		const char *name, *hex;
		size_t keys;
		const char *skipped;
	} rows[] = {
		{ "a subkey without a body", "ce00", 1, "a subkey of version 0" },
		{ "a subkey of version 3", "ce06 03 00000000 01", 1, "a subkey of version 3" },
		{ "a signature without a body", "c200", 1, NULL },
		{ "an RSA subkey without numbers", "ce06 04 00000000 01", 2, NULL },
		{ "an RSA subkey with half a length", "ce07 04 00000000 01 08", 2, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(certificates) c = CERTIFICATES_INIT;
		AUTO(buf) file = BUF_INIT;
		AUTO(err) e = ERR_INIT;

		keyring_add(&file, "K1 U1");
		hex_add(&file, rows[i].hex);
		row_accepted(rows[i].name, certificates_add(&c, buf_bytes(&file), "f", &e), &e);
		ck_assert_msg(
		    c.v[0].n_keys == rows[i].keys, "%s: %zu keys", rows[i].name, c.v[0].n_keys);
		ck_assert_uint_eq(c.v[0].keys[rows[i].keys - 1].bits, 0);
		ck_assert_uint_eq(c.skipped.n, rows[i].skipped != NULL);
		if (rows[i].skipped != NULL)
			ck_assert_msg(strstr(c.skipped.v[0], rows[i].skipped) != NULL, "%s: %s",
			    rows[i].name, c.skipped.v[0]);
	}
}
END_TEST

/* A fingerprint is made over a length of two bytes (RFC 4880 §12.2). */
START_TEST(caps_a_key)
{
	static uint8_t body[0x10000] = { 4, 0, 0, 0, 0, PGP_PK_EDDSA };

	for (int armored = 0; armored < 2; armored++) {
		AUTO(certificates) at = CERTIFICATES_INIT;
		AUTO(certificates) above = CERTIFICATES_INIT;
		AUTO(buf) ring = BUF_INIT;
		AUTO(buf) armor = BUF_INIT;
		AUTO(err) e = ERR_INIT;

		pgp_add(&ring, PGP_TAG_PUBLIC_KEY, bytes_of(body, sizeof(body) - 1));
		row_accepted("at the cap", certificates_add(&at, buf_bytes(&ring), "f", &e), &e);
		buf_clear(&ring);
		pgp_add(&ring, PGP_TAG_PUBLIC_KEY, bytes_of(body, sizeof(body)));
		pgp_add_armor(&armor, "PGP PUBLIC KEY BLOCK", buf_bytes(&ring));
		row_refused("one above",
		    certificates_add(&above, buf_bytes(armored ? &armor : &ring), "f", &e), &e,
		    E_INVALID, "f: a key packet of 65536 bytes");
	}
}
END_TEST

static void
check_cap(const char *what, const struct buf *at, const struct buf *above, const char *part)
{
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(certificates) d = CERTIFICATES_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(what, certificates_add(&c, buf_bytes(at), "f", &e), &e);
	row_refused(what, certificates_add(&d, buf_bytes(above), "f", &e), &e, E_TOO_LARGE, part);
}

static const struct {
	const char *name, *before;
	char letter;
	unsigned n;
	const char *after, *part;
} caps[] = {
	{ "certificates", "", 'K', MAX_CERTIFICATES, "", "more than 256 keys" },
	{ "keys", "K1 U1", 'B', MAX_KEYS_PER_CERTIFICATE - 1, "", "more than 64 keys" },
	{ "components", "K1", 'U', MAX_COMPONENTS - 1, "", "more than 1000 keys and user IDs" },
	{ "signatures on a user ID", "K1 U1", 'S', MAX_SIGNATURES_PER_COMPONENT, "U2 S1",
	    "more than 10000 signatures" },
	/* S2097152 revokes the key, and goes where it belongs. */
	{ "signatures and a revocation after", "K1", 'S', MAX_SIGNATURES_PER_COMPONENT - 1,
	    "U1 S2097152", "more than 10000 signatures" },
	{ "signatures and a revocation before", "S2097152 K1", 'S',
	    MAX_SIGNATURES_PER_COMPONENT - 1, "", "more than 10000 signatures" },
	{ "signatures on a key", "K1", 'S', MAX_SIGNATURES_PER_COMPONENT, "U2 S1",
	    "more than 10000 signatures" },
};

START_TEST(caps_what_it_counts)
{
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;

	keyring_add(&at, caps[_i].before);
	keyring_add_many(&at, caps[_i].letter, caps[_i].n);
	keyring_add(&at, caps[_i].after);
	keyring_add(&above, caps[_i].before);
	keyring_add_many(&above, caps[_i].letter, caps[_i].n + 1);
	keyring_add(&above, caps[_i].after);
	check_cap(caps[_i].name, &at, &above, caps[_i].part);
}
END_TEST

/* What two copies bring together counts as one certificate's. */
START_TEST(caps_what_it_merges)
{
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;

	keyring_add(&at, "K1 U1");
	keyring_add_many(&at, 'B', MAX_KEYS_PER_CERTIFICATE - 1);
	buf_add(&above, at.p, at.n);
	keyring_add(&at, "K1 B100 U1");
	keyring_add(&above, "K1 B99 U1");
	check_cap("keys of two copies", &at, &above, "more than 64 keys");
}
END_TEST

START_TEST(caps_merged_components)
{
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;

	keyring_add(&at, "K1");
	keyring_add_many(&at, 'U', MAX_COMPONENTS - 1);
	buf_add(&above, at.p, at.n);
	keyring_add(&at, "K1 U100");
	keyring_add(&above, "K1 U99");
	check_cap("user IDs of two copies", &at, &above, "more than 1000 keys and user IDs");
}
END_TEST

Suite *
certificate_suite(void)
{
	Suite *s = suite_create("certificate");
	TCase *t = tcase_create("certificate");

	tcase_add_test(t, reads_user_ids);
	tcase_add_test(t, bears_stunted_packets);
	tcase_add_test(t, caps_a_key);
	tcase_add_loop_test(t, caps_what_it_counts, 0, ARRAY_LEN(caps));
	tcase_add_test(t, caps_what_it_merges);
	tcase_add_test(t, caps_merged_components);
	suite_add_tcase(s, t);
	return s;
}
