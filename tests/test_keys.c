/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "judge.h"
#include "suites.h"
#include "trust/keys.h"

static void
add_file(struct trusted_keys *k, const char *name)
{
	AUTO_STR char *path = xasprintf("keys/%s", name);
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	testdata_read(&file, path);
	ck_assert_msg(certificates_add(&k->certificates, buf_bytes(&file), name, &e) == 0, "%s: %s",
	    name, err_msg(&e));
}

static char *release, *other; /* fingerprints */

static void
set_up(void)
{
	release = testdata_fingerprints("release.asc");
	other = testdata_fingerprints("other.asc");
}

static void
tear_down(void)
{
	free(release);
	free(other);
}

START_TEST(zeros_trust_nobody)
{
	AUTO(trusted_keys) k = TRUSTED_KEYS_INIT;

	ck_assert(!trusted_keys_usable(&k));
	ck_assert(!trusted_keys_trust(&k, release));
	ck_assert(!trusted_keys_trust(&k, ""));
}
END_TEST

START_TEST(a_key_in_a_file_alone_is_not_trusted)
{
	AUTO(trusted_keys) k = TRUSTED_KEYS_INIT;

	add_file(&k, "release.asc");
	ck_assert(!trusted_keys_usable(&k));
	ck_assert(!trusted_keys_trust(&k, release));
}
END_TEST

START_TEST(a_fingerprint_without_its_key_is_not_trusted)
{
	AUTO(trusted_keys) k = TRUSTED_KEYS_INIT;

	trusted_keys_add(&k, release);
	ck_assert(!trusted_keys_usable(&k));
	ck_assert(!trusted_keys_trust(&k, release));
	add_file(&k, "other.asc");
	ck_assert(!trusted_keys_usable(&k));
	ck_assert(!trusted_keys_trust(&k, release));
	ck_assert(!trusted_keys_trust(&k, other));
}
END_TEST

/* What is nearly the fingerprint: key IDs, a digit less or more, lower case (fingerprint_parse
 * gives upper). */
enum { NOTHING, SHORT_ID, LONG_ID, DIGIT_LESS, DIGIT_MORE, LOWER_CASE, NEARLY };

static char *
nearly(int how)
{
	char *s;

	if (how == NOTHING)
		return xstrdup("");
	if (how == SHORT_ID || how == LONG_ID)
		return xstrdup(release + FINGERPRINT_HEX - (how == SHORT_ID ? 8 : 16));
	if (how == DIGIT_LESS)
		return xstrdup(release + 1);
	if (how == DIGIT_MORE)
		return xasprintf("%s0", release);
	s = xstrdup(release);
	for (char *p = s; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return s;
}

START_TEST(only_whole_fingerprints_count)
{
	AUTO(trusted_keys) k = TRUSTED_KEYS_INIT;
	AUTO_STR char *fingerprint = nearly(_i);

	add_file(&k, "release.asc");
	trusted_keys_add(&k, fingerprint);
	ck_assert_msg(!trusted_keys_usable(&k), "\"%s\" makes a key usable", fingerprint);
	ck_assert_msg(!trusted_keys_trust(&k, release), "\"%s\" is trusted", fingerprint);
	trusted_keys_add(&k, release);
	ck_assert(trusted_keys_trust(&k, release));
	ck_assert_msg(
	    !trusted_keys_trust(&k, fingerprint), "\"%s\" is as good as the key", fingerprint);
}
END_TEST

START_TEST(a_subkey_is_not_a_primary)
{
	AUTO(trusted_keys) k = TRUSTED_KEYS_INIT;
	const struct certificate *c;

	add_file(&k, "subkey.asc");
	c = &k.certificates.v[0];
	ck_assert_uint_ge(c->n_keys, 2);
	trusted_keys_add(&k, c->keys[1].fingerprint);
	ck_assert(!trusted_keys_usable(&k));
	ck_assert(!trusted_keys_trust(&k, c->keys[1].fingerprint));
	ck_assert(!trusted_keys_trust(&k, c->keys[0].fingerprint));
}
END_TEST

START_TEST(one_of_two_is_trusted)
{
	AUTO(trusted_keys) k = TRUSTED_KEYS_INIT;

	add_file(&k, "two.asc");
	trusted_keys_add(&k, other);
	ck_assert(trusted_keys_usable(&k));
	ck_assert(trusted_keys_trust(&k, other));
	ck_assert(!trusted_keys_trust(&k, release));
}
END_TEST

START_TEST(all_are_trusted_when_asked)
{
	AUTO(trusted_keys) k = TRUSTED_KEYS_INIT;

	add_file(&k, "release.asc");
	add_file(&k, "other.asc");
	trusted_keys_add_all(&k);
	ck_assert_uint_eq(k.n_fingerprints, 2);
	ck_assert(trusted_keys_trust(&k, release));
	ck_assert(trusted_keys_trust(&k, other));
	ck_assert(!trusted_keys_trust(&k, RED_HAT_RELEASE_KEY));
	trusted_keys_free(&k);
	ck_assert(!trusted_keys_usable(&k));
}
END_TEST

START_TEST(the_pinned_key_is_whole)
{
	char fingerprint[FINGERPRINT_HEX + 1];
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(fingerprint_parse(fingerprint, RED_HAT_RELEASE_KEY, &e), 0);
	ck_assert_str_eq(fingerprint, "567E347AD0044ADE55BA8A5F199E2F91FD431D51");
}
END_TEST

Suite *
keys_suite(void)
{
	Suite *s = suite_create("keys");
	TCase *tc = tcase_create("keys");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, zeros_trust_nobody);
	tcase_add_test(tc, a_key_in_a_file_alone_is_not_trusted);
	tcase_add_test(tc, a_fingerprint_without_its_key_is_not_trusted);
	tcase_add_loop_test(tc, only_whole_fingerprints_count, 0, NEARLY);
	tcase_add_test(tc, a_subkey_is_not_a_primary);
	tcase_add_test(tc, one_of_two_is_trusted);
	tcase_add_test(tc, all_are_trusted_when_asked);
	tcase_add_test(tc, the_pinned_key_is_whole);
	suite_add_tcase(s, tc);
	return s;
}
