/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "base/limits.h"
#include "judge.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"
#include "verify/keysearch.h"

#define KEYS TEST_SRCDIR "/testdata/keys/"
#define CACHED RED_HAT_RELEASE_KEY ".asc"

static const char system_key_file[] = "/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release";

static struct http *offline;
static char *home_before, *cache_before;

static char *
copy_of(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL ? xstrdup(value) : NULL;
}

static void
put_back(const char *variable, char **value)
{
	if (*value != NULL)
		setenv(variable, *value, 1);
	else
		unsetenv(variable);
	free(*value);
	*value = NULL;
}

/* A home of the test's own, and no network. */
static void
set_up(void)
{
	static const struct http_options options = { .offline = true, .timeout_ms = 1000 };
	AUTO_STR char *home = NULL;
	AUTO(err) e = ERR_INIT;

	home_before = copy_of("HOME");
	cache_before = copy_of("XDG_CACHE_HOME");
	tree_make();
	home = tree_path("home");
	setenv("HOME", home, 1);
	unsetenv("XDG_CACHE_HOME");
	ck_assert_msg(http_open(&offline, &options, &e) == 0, "%s", err_msg(&e));
}

static void
tear_down(void)
{
	http_free(offline);
	offline = NULL;
	put_back("HOME", &home_before);
	put_back("XDG_CACHE_HOME", &cache_before);
	tree_remove();
}

/* --- --key and --fingerprint ----------------------------------------------------------------- */

/* The trusted primary keys, in order, with commas between. */
static char *
trusted(const struct key_search *s)
{
	AUTO(buf) list = BUF_INIT;

	for (size_t i = 0; i < s->keys.n_fingerprints; i++)
		if (trusted_keys_trust(&s->keys, s->keys.fingerprints[i]))
			buf_addf(&list, "%s%s", list.n > 0 ? "," : "", s->keys.fingerprints[i]);
	return buf_steal_str(&list);
}

/* Files are paths, or names in the test's own tree when they begin with '@'. */
static int
find(struct key_search *out, const char *const files[2], const char *fingerprint, struct err *e)
{
	char fingerprints[1][FINGERPRINT_HEX + 1];
	char *paths[2];
	struct key_options o = { .files = paths,
		.http = offline,
		.fingerprints = (const char(*)[FINGERPRINT_HEX + 1]) fingerprints };
	int r;

	for (; o.n_files < 2 && files[o.n_files] != NULL; o.n_files++)
		paths[o.n_files] = files[o.n_files][0] == '@' ? tree_path(files[o.n_files] + 1)
							      : xstrdup(files[o.n_files]);
	if (fingerprint != NULL) {
		ck_assert_uint_eq(strlen(fingerprint), FINGERPRINT_HEX);
		memcpy(fingerprints[o.n_fingerprints++], fingerprint, FINGERPRINT_HEX + 1);
	}
	r = keys_find(out, &o, e);
	for (size_t i = 0; i < o.n_files; i++)
		free(paths[i]);
	return r;
}

static const struct {
	const char *name, *files[2];
	enum errc code;
	const char *part;
} refused[] = {
	{ "missing", { "@missing.asc" }, E_NOT_FOUND, "missing.asc" },
	{ "a directory", { "@directory" }, E_IO, "a directory, want a file" },
	{ "a link to itself", { "@loop" }, E_IO, "loop" },
	{ "one above the cap", { "@large" }, E_TOO_LARGE, "more than 1048576 bytes" },
	{ "empty", { KEYS "empty.asc" }, E_USAGE, "no usable OpenPGP public key" },
	{ "garbage", { KEYS "garbage.asc" }, E_USAGE, "no usable OpenPGP public key" },
	{ "secret key", { KEYS "secret.asc" }, E_USAGE, "no usable OpenPGP public key" },
	{ "version 6 only", { KEYS "v6-only.asc" }, E_USAGE, "a key of version 6" },
	{ "shared subkey", { KEYS "shared-subkey.asc" }, E_USAGE, "belongs to two certificates" },
	{ "good, then missing", { KEYS "release.asc", "@missing.asc" }, E_NOT_FOUND,
	    "missing.asc" },
	{ "good, then garbage", { KEYS "release.asc", KEYS "garbage.gpg" }, E_USAGE,
	    "garbage.gpg" },
};

START_TEST(refuses_key_files)
{
	AUTO(key_search) s = KEY_SEARCH_INIT;
	AUTO(buf) large = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tree_directory("directory");
	tree_link("loop", "loop");
	while (large.n <= MAX_KEY_FILE_BYTES)
		buf_add_byte(&large, '\n');
	tree_write("large", buf_bytes(&large));
	row_refused(refused[_i].name, find(&s, refused[_i].files, NULL, &e), &e, refused[_i].code,
	    refused[_i].part);
	row_refused(refused[_i].name, -1, &e, refused[_i].code, "reading keys");
	ck_assert_msg(s.keys.n_fingerprints == 0, "%s: trusts somebody", refused[_i].name);
}
END_TEST

START_TEST(refuses_unreadable_file)
{
	static const char *const files[2] = { "@closed.asc" };
	AUTO_STR char *path = tree_path("closed.asc");
	AUTO(key_search) s = KEY_SEARCH_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("closed.asc", "");
	ck_assert_int_eq(chmod(path, 0), 0);
	if (access(path, R_OK) == 0) {
		skip_test("unreadable key file", "this user may read everything");
		return;
	}
	row_refused("unreadable", find(&s, files, NULL, &e), &e, E_IO, "Permission denied");
}
END_TEST

START_TEST(trusts_what_is_given)
{
	static const char *const one[2] = { KEYS "release.asc" };
	static const char *const both[2] = { KEYS "release.asc", KEYS "other.asc" };
	static const char *const ring[2] = { KEYS "two.gpg" };
	AUTO_STR char *release = testdata_fingerprints("release.asc");
	AUTO_STR char *other = testdata_fingerprints("other.asc");
	AUTO_STR char *two = xasprintf("%s,%s", release, other);
	const struct {
		const char *name;
		const char *const *files;
		const char *fingerprint, *want;
		size_t certificates;
	} rows[] = {
		{ "one file", one, NULL, release, 1 },
		{ "two files", both, NULL, two, 2 },
		{ "a ring of two", ring, NULL, two, 2 },
		{ "one of two, by fingerprint", both, other, other, 2 },
		{ "one of a ring, by fingerprint", ring, release, release, 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(key_search) s = KEY_SEARCH_INIT;
		AUTO(err) e = ERR_INIT;
		AUTO_STR char *got = NULL;

		row_accepted(rows[i].name, find(&s, rows[i].files, rows[i].fingerprint, &e), &e);
		got = trusted(&s);
		row_string(rows[i].name, "who is trusted", got, rows[i].want);
		ck_assert_msg(s.keys.certificates.n == rows[i].certificates, "%s", rows[i].name);
		row_string(rows[i].name, "the origin", s.origins[0], rows[i].files[0]);
		ck_assert_msg(s.note == NULL, "%s: %s", rows[i].name, s.note);
	}
}
END_TEST

/* The fingerprint of the second key of a certificate. */
static char *
subkey_of(const char *file)
{
	AUTO_STR char *path = xasprintf("keys/%s", file);
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	testdata_read(&content, path);
	ck_assert_int_eq(certificates_add(&c, buf_bytes(&content), file, &e), 0);
	ck_assert_uint_eq(c.v[0].n_keys, 2);
	return xstrdup(c.v[0].keys[1].fingerprint);
}

START_TEST(refuses_fingerprints)
{
	static const char *const release[2] = { KEYS "release.asc" };
	static const char *const with_subkey[2] = { KEYS "subkey.asc" };
	static const char *const none[2] = { NULL };
	AUTO_STR char *other = testdata_fingerprints("other.asc");
	AUTO_STR char *primary = testdata_fingerprints("subkey.asc");
	AUTO_STR char *subkey = subkey_of("subkey.asc");
	const struct {
		const char *name;
		const char *const *files;
		const char *fingerprint, *part, *other_part;
	} rows[] = {
		{ "of no file", release, other, "no --key file has the key", other },
		{ "of a subkey", with_subkey, subkey, "is a subkey", primary },
		{ "without --key", none, RED_HAT_RELEASE_KEY, "no key file to find them in", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(key_search) s = KEY_SEARCH_INIT;
		AUTO(err) e = ERR_INIT;

		row_refused(rows[i].name, find(&s, rows[i].files, rows[i].fingerprint, &e), &e,
		    E_USAGE, rows[i].part);
		row_refused(rows[i].name, -1, &e, E_USAGE, rows[i].other_part);
	}
}
END_TEST

/* --- the default places ---------------------------------------------------------------------- */

static const char *const no_files[2] = { NULL };

/* True, and counted as skipped, where this machine itself has the key. */
static bool
machine_has_key(const char *test)
{
	if (access(system_key_file, F_OK) != 0)
		return false;
	skip_test(test, "this machine has a key file of Red Hat");
	return true;
}

/* Red Hat's own key where it is at hand; false, and counted as skipped, where not. */
static bool
real_key(struct buf *out, const char *test)
{
	const char *where = getenv("RELSIG_REAL_DATA");
	AUTO_STR char *path = xasprintf("%s/keys/distribution-gpg-keys/RPM-GPG-KEY-redhat9-release",
	    where != NULL ? where : TEST_SRCDIR "/../shared/data");
	AUTO(err) e = ERR_INIT;

	if (file_read(out, path, MAX_KEY_FILE_BYTES, &e) == 0)
		return true;
	skip_test(test, "there is no RELSIG_REAL_DATA and no ../shared/data");
	return false;
}

/* Somebody else's key, or none, in the place where the release key is kept. */
START_TEST(ignores_other_keys)
{
	static const char *const files[] = { NULL, "other.asc", "garbage.asc", "v6-only.asc",
		"empty.asc" };
	AUTO_STR char *path = NULL;
	AUTO(key_search) s = KEY_SEARCH_INIT;
	AUTO_STR char *cache = tree_path("home/.cache/relsig/" CACHED);
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	const char *name = files[_i] != NULL ? files[_i] : "nothing";

	if (machine_has_key("another key in the cache"))
		return;
	if (files[_i] != NULL) {
		path = xasprintf("keys/%s", files[_i]);
		testdata_read(&content, path);
		tree_write("home/.cache/relsig/" CACHED, buf_bytes(&content));
	}
	row_refused(name, find(&s, no_files, NULL, &e), &e, E_NOT_FOUND, system_key_file);
	row_refused(name, -1, &e, E_NOT_FOUND, cache);
	row_refused(name, -1, &e, E_NOT_FOUND, RED_HAT_KEY_URL);
	row_refused(name, -1, &e, E_NOT_FOUND, "/keys");
	row_refused(name, -1, &e, E_NOT_FOUND, "--key");
	ck_assert_msg(s.keys.n_fingerprints == 0 && s.n_origins == 0, "%s: found somebody", name);
}
END_TEST

/* Where the cache is: HOME and XDG_CACHE_HOME count when they are absolute. */
static const struct {
	const char *name, *home, *cache; /* in the test's tree; "=x" is x itself; NULL is unset */
	const char *file;		 /* where the key lies; NULL: nowhere that counts */
} caches[] = {
	{ "no home", NULL, NULL, NULL },
	{ "relative home", "=home", NULL, NULL },
	{ "empty home", "=", NULL, NULL },
	{ "relative cache, no home", NULL, "=cache", NULL },
	{ "home", "home", NULL, "home/.cache/relsig/" CACHED },
	{ "cache", NULL, "cache", "cache/relsig/" CACHED },
	{ "cache before home", "home", "cache", "cache/relsig/" CACHED },
	{ "relative cache", "home", "=cache", "home/.cache/relsig/" CACHED },
	{ "empty cache", "home", "=", "home/.cache/relsig/" CACHED },
};

static void
set_in_tree(const char *variable, const char *value)
{
	AUTO_STR char *path = NULL;

	if (value == NULL) {
		unsetenv(variable);
		return;
	}
	path = value[0] == '=' ? xstrdup(value + 1) : tree_path(value);
	setenv(variable, path, 1);
}

START_TEST(looks_into_the_cache)
{
	const char *name = caches[_i].name;
	AUTO(key_search) s = KEY_SEARCH_INIT;
	AUTO_STR char *path = NULL;
	AUTO_STR char *got = NULL;
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (machine_has_key(name))
		return;
	set_in_tree("HOME", caches[_i].home);
	set_in_tree("XDG_CACHE_HOME", caches[_i].cache);
	if (caches[_i].file == NULL) {
		row_refused(name, find(&s, no_files, NULL, &e), &e, E_NOT_FOUND, "HOME is not set");
		return;
	}
	if (!real_key(&content, name))
		return;
	tree_write(caches[_i].file, buf_bytes(&content));
	row_accepted(name, find(&s, no_files, NULL, &e), &e);
	got = trusted(&s);
	row_string(name, "who is trusted", got, RED_HAT_RELEASE_KEY);
	ck_assert_msg(s.keys.certificates.n == 1, "%s: the file's other key is there too", name);
	path = tree_path(caches[_i].file);
	row_string(name, "the origin", s.origins[0], path);
	ck_assert_uint_eq(s.n_origins, 1);
}
END_TEST

/* Whatever the machine has: what is found by default is the release key and nobody else. */
START_TEST(trusts_one_by_default)
{
	AUTO(key_search) s = KEY_SEARCH_INIT;
	AUTO_STR char *got = NULL;
	AUTO(err) e = ERR_INIT;

	if (find(&s, no_files, NULL, &e) != 0) {
		ck_assert_msg(e.code == E_NOT_FOUND, "%s", err_msg(&e));
		return;
	}
	got = trusted(&s);
	ck_assert_str_eq(got, RED_HAT_RELEASE_KEY);
	ck_assert_uint_eq(s.keys.certificates.n, 1);
}
END_TEST

Suite *
keysearch_suite(void)
{
	Suite *s = suite_create("keysearch");
	TCase *t = tcase_create("keysearch");

	skip_prepare();
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, refuses_key_files, 0, ARRAY_LEN(refused));
	tcase_add_test(t, refuses_unreadable_file);
	tcase_add_test(t, refuses_fingerprints);
	tcase_add_test(t, trusts_what_is_given);
	tcase_add_loop_test(t, ignores_other_keys, 0, 5);
	tcase_add_loop_test(t, looks_into_the_cache, 0, ARRAY_LEN(caches));
	tcase_add_test(t, trusts_one_by_default);
	suite_add_tcase(s, t);
	return s;
}
