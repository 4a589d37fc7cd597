/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "rows.h"
#include "suites.h"
#include "transport/layout_save.h"
#include "tree.h"

#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222222222222222222222222222"
#define IMAGE "images/" ONES "/"

static const struct digest ones = { "sha256:" ONES }, twos = { "sha256:" TWOS };
static struct filetree *tree;

static void
set_up(void)
{
	AUTO_STR char *path = NULL;
	AUTO(err) e = ERR_INIT;

	tree_make();
	path = tree_path("");
	row_accepted("opening", filetree_open_directory(&tree, path, &e), &e);
}

static void
tear_down(void)
{
	filetree_free(steal(&tree));
	tree_remove();
}

static const struct {
	const char *name, *file, *content, *link;
	bool want;
} marks[] = {
	{ "nothing", NULL, NULL, NULL, false },
	{ "another file", "index.json", "{}", NULL, false },
	{ "a directory", "relsig-save.json/x", "{}", NULL, false },
	{ "a link", "relsig-save.json", NULL, "index.json", false },
	{ "the file", "relsig-save.json", "", NULL, true },
};

START_TEST(recognises)
{
	AUTO(err) e = ERR_INIT;
	bool is;

	if (marks[_i].link != NULL)
		tree_link(marks[_i].file, marks[_i].link);
	else if (marks[_i].file != NULL)
		tree_write_str(marks[_i].file, marks[_i].content);
	row_accepted(marks[_i].name, layout_save_is(tree, &is, &e), &e);
	ck_assert_msg(is == marks[_i].want, "%s: %d", marks[_i].name, is);
}
END_TEST

static int
find(const char *name, struct digest *out, struct err *e)
{
	AUTO(reference) image = REFERENCE_INIT;

	row_accepted(name, reference_parse(&image, name, e), e);
	return layout_save_find(tree, &image, out, e);
}

START_TEST(finds_tags)
{
	AUTO(err) e = ERR_INIT;
	struct digest d;

	row_refused("no index", find("a.io/b:1", &d, &e), &e, E_NOT_FOUND, "relsig-save.json");
	err_free(&e);
	tree_write_str("relsig-save.json", "{}");
	row_refused("no such index", find("a.io/b:1", &d, &e), &e, E_INVALID, "relsig-save.json");
	err_free(&e);
	tree_write_str("relsig-save.json",
	    "{\"relsig-save\":1,\"images\":{\"a.io/b:1\":\"sha256:" ONES
	    "\",\"a.io/c:2\":\"sha256:" TWOS "\"}}");
	row_refused("no such tag", find("a.io/b:3", &d, &e), &e, E_NOT_FOUND, "the tag 3");
	ck_assert(!digest_is_set(&d));
	err_free(&e);
	row_accepted("a name", find("a.io/b:1", &d, &e), &e);
	ck_assert(digest_equal(&d, &ones));
	row_accepted("another repository's tag", find("d.io/x:2", &d, &e), &e);
	ck_assert(digest_equal(&d, &twos));
}
END_TEST

START_TEST(reads_manifests)
{
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	const struct digest none = { "" }, other = { "sha512:" ONES ONES };
	char *where = NULL;

	tree_write_str(IMAGE "manifest.json", "12345");
	tree_directory("images/" TWOS);
	tree_link("images/" TWOS "/manifest.json", "../" ONES "/manifest.json");
	row_refused("no digest", layout_save_manifest(tree, &none, 9, &out, &where, &e), &e,
	    E_UNSUPPORTED, "sha256");
	err_free(&e);
	row_refused("another digest", layout_save_manifest(tree, &other, 9, &out, &where, &e), &e,
	    E_UNSUPPORTED, "sha256");
	err_free(&e);
	row_refused("a link", layout_save_manifest(tree, &twos, 9, &out, &where, &e), &e, E_INVALID,
	    "manifest.json");
	err_free(&e);
	free(steal(&where));
	row_refused("too large", layout_save_manifest(tree, &ones, 4, &out, &where, &e), &e,
	    E_TOO_LARGE, "manifest.json");
	ck_assert_uint_eq(out.n, 0);
	err_free(&e);
	free(steal(&where));
	row_accepted("a manifest", layout_save_manifest(tree, &ones, 5, &out, &where, &e), &e);
	ck_assert_str_eq(buf_str(&out), "12345");
	ck_assert_msg(strstr(where, IMAGE "manifest.json") != NULL, "%s", where);
	free(where);
}
END_TEST

/* How many there are before the end, or before the failure. */
static unsigned
walk(const struct digest *digest, enum store_item *last, struct err *e)
{
	AUTO_PTR(store_iter) it = NULL;
	AUTO(buf) blob = BUF_INIT;
	unsigned n = 0;

	row_accepted("signatures", layout_save_signatures(&it, tree, digest, e), e);
	for (;;) {
		AUTO_STR char *where = NULL;

		*last = store_next(it, &blob, &where, e);
		ck_assert_msg((where != NULL) == (*last != STORE_END), "%u: %s", n, where);
		if (*last != STORE_ITEM)
			return n;
		n++;
	}
}

static void
write_signatures(unsigned n)
{
	for (unsigned i = 1; i <= n; i++) {
		AUTO_STR char *name = xasprintf(IMAGE "signature-%u", i);

		tree_write_str(name, "a signature");
	}
}

static const struct {
	const char *name;
	unsigned written, want;
	enum store_item last;
} series[] = {
	{ "one over the cap", MAX_SIGNATURES_PER_LOOKASIDE + 1, MAX_SIGNATURES_PER_LOOKASIDE,
	    STORE_FAILED },
	{ "none", 0, 0, STORE_END },
	{ "two", 2, 2, STORE_END },
	{ "at the cap", MAX_SIGNATURES_PER_LOOKASIDE, MAX_SIGNATURES_PER_LOOKASIDE, STORE_END },
};

START_TEST(reads_signatures)
{
	enum store_item last;
	AUTO(err) e = ERR_INIT;

	write_signatures(series[_i].written);
	ck_assert_msg(walk(&ones, &last, &e) == series[_i].want, "%s", series[_i].name);
	ck_assert_msg(last == series[_i].last, "%s: %s", series[_i].name, err_msg(&e));
	if (last == STORE_FAILED)
		ck_assert_int_eq(e.code, E_TOO_LARGE);
	else
		ck_assert_int_eq(e.code, E_NONE);
}
END_TEST

START_TEST(fails_on_what_is_no_signature)
{
	AUTO_PTR(store_iter) it = NULL;
	const struct digest none = { "" };
	enum store_item last;
	AUTO(err) e = ERR_INIT;
	AUTO(buf) large = BUF_INIT;

	row_refused(
	    "no digest", layout_save_signatures(&it, tree, &none, &e), &e, E_UNSUPPORTED, "sha256");
	ck_assert_ptr_null(it);
	err_free(&e);
	write_signatures(1);
	tree_link(IMAGE "signature-2", "signature-1");
	ck_assert_uint_eq(walk(&ones, &last, &e), 1);
	ck_assert_int_eq(last, STORE_FAILED);
	err_free(&e);
	while (large.n <= MAX_SIGNATURE_BYTES)
		buf_add_byte(&large, 'x');
	tree_write("images/" TWOS "/signature-1", buf_bytes(&large));
	ck_assert_uint_eq(walk(&twos, &last, &e), 0);
	ck_assert_int_eq(last, STORE_FAILED);
	ck_assert_int_eq(e.code, E_TOO_LARGE);
}
END_TEST

static const struct {
	const char *name, *file, *link;
	unsigned version;
	enum errc code;
} keys[] = {
	{ "another key", "keys/B.pgp", NULL, 1, E_NOT_FOUND },
	{ "another version", "keys/A.pgp", NULL, 2, E_NOT_FOUND },
	{ "a link", "keys/A.pgp", "../relsig-save.json", 1, E_INVALID },
	{ "the key", "keys/A.pgp", NULL, 1, E_NONE },
	{ "as it was the second time", "keys/A-2.pgp", NULL, 2, E_NONE },
};

START_TEST(reads_keys)
{
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;
	int r;

	tree_directory("keys");
	if (keys[_i].link != NULL)
		tree_link(keys[_i].file, keys[_i].link);
	else
		tree_write_str(keys[_i].file, "a key");
	r = layout_save_key(tree, "A", keys[_i].version, &out, &where, &e);
	if (keys[_i].code != E_NONE) {
		row_refused(keys[_i].name, r, &e, keys[_i].code, "");
		return;
	}
	row_accepted(keys[_i].name, r, &e);
	row_string(keys[_i].name, "content", buf_str(&out), "a key");
}
END_TEST

Suite *
layout_save_suite(void)
{
	Suite *s = suite_create("layout_save");
	TCase *t = tcase_create("layout_save");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, recognises, 0, (int)ARRAY_LEN(marks));
	tcase_add_test(t, finds_tags);
	tcase_add_test(t, reads_manifests);
	tcase_add_loop_test(t, reads_signatures, 0, (int)ARRAY_LEN(series));
	tcase_add_test(t, fails_on_what_is_no_signature);
	tcase_add_loop_test(t, reads_keys, 0, (int)ARRAY_LEN(keys));
	suite_add_tcase(s, t);
	return s;
}
