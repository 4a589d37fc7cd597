/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "rows.h"
#include "suites.h"
#include "transport/source.h"
#include "tree.h"

#define VERSION "Directory Transport Version: "

/* An image "dir:TREE/image" of this test. */
static void
name_dir(struct image_name *out)
{
	*out = (struct image_name){ .kind = IMAGE_DIR };
	out->given = xstrdup("dir:");
	out->path = tree_path("image");
}

static const struct {
	const char *name;
	const char *files[3][2];
	const char *option; /* --manifest, a name in the tree */
	enum errc code;	    /* E_NONE: accepted */
	const char *part;   /* of the error; of an accepted one, where the manifest is */
} rows[] = {
	{ "nothing there", { { NULL, NULL } }, NULL, E_NOT_FOUND, "image/manifest.json" },
	{ "no manifest", { { "image/version", VERSION "1.1\n" } }, NULL, E_NOT_FOUND,
	    "image/manifest.json" },
	{ "another major version",
	    { { "image/version", VERSION "2.0\n" }, { "image/manifest.json", "{}" } }, NULL,
	    E_UNSUPPORTED, "version" },
	{ "a version that begins with ours",
	    { { "image/version", VERSION "11\n" }, { "image/manifest.json", "{}" } }, NULL,
	    E_UNSUPPORTED, "version" },
	{ "an empty version", { { "image/version", "" }, { "image/manifest.json", "{}" } }, NULL,
	    E_UNSUPPORTED, "version" },
	{ "a directory for a version",
	    { { "image/version/x", "" }, { "image/manifest.json", "{}" } }, NULL, E_IO, "version" },
	{ "a directory for a manifest", { { "image/manifest.json/x", "" } }, NULL, E_IO,
	    "manifest.json" },
	{ "--manifest missing", { { "image/manifest.json", "{}" } }, "other", E_NOT_FOUND,
	    "--manifest" },

	{ "a dir: layout",
	    { { "image/version", VERSION "1.1\n" }, { "image/manifest.json", "{ }" } }, NULL,
	    E_NONE, "image/manifest.json" },
	{ "without a version", { { "image/manifest.json", "{ }" } }, NULL, E_NONE,
	    "image/manifest.json" },
	{ "--manifest for the image's own", { { "image/manifest.json", "{}" }, { "other", "{ }" } },
	    "other", E_NONE, "other" },
	{ "--manifest without a layout", { { "other", "{ }" } }, "other", E_NONE, "other" },
};

START_TEST(manifests)
{
	const char *name = rows[_i].name;
	struct source_options options = { .registry = NULL };
	AUTO(image_name) image = IMAGE_NAME_INIT;
	AUTO_PTR(source) s = NULL;
	AUTO_STR char *file = NULL;
	AUTO_STR char *where = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(rows[_i].files) && rows[_i].files[i][0] != NULL; i++)
		tree_write_str(rows[_i].files[i][0], rows[_i].files[i][1]);
	if (rows[_i].option != NULL)
		file = tree_path(rows[_i].option);
	options.manifest_file = file;
	name_dir(&image);
	s = source_open(&image, &options);
	buf_add_str(&out, "left over");
	r = source_manifest(s, &out, &where, &e);
	if (rows[_i].code != E_NONE) {
		row_refused(name, r, &e, rows[_i].code, rows[_i].part);
		ck_assert_msg(where == NULL && out.n == 0, "%s: left something behind", name);
		return;
	}
	row_accepted(name, r, &e);
	row_string(name, "manifest", buf_str(&out), "{ }");
	ck_assert_msg(strstr(where, rows[_i].part) != NULL, "%s: is at %s", name, where);
}
END_TEST

START_TEST(refuses_links)
{
	static const char *const names[] = { "image/manifest.json", "image/version" };
	struct source_options options = { .registry = NULL };
	AUTO(image_name) image = IMAGE_NAME_INIT;
	AUTO_PTR(source) s = NULL;
	AUTO_STR char *where = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("elsewhere", VERSION "1.1\n");
	tree_directory("image");
	if (_i == 1)
		tree_write_str("image/manifest.json", "{}");
	tree_link(names[_i], "../elsewhere");
	name_dir(&image);
	s = source_open(&image, &options);
	row_refused(names[_i], source_manifest(s, &out, &where, &e), &e, E_IO, "symbolic link");
}
END_TEST

/* A manifest at the cap is read, one byte more is not; by either way. */
START_TEST(size)
{
	size_t over;

	for (over = 0; over <= 1; over++) {
		struct source_options options = { .registry = NULL };
		AUTO(image_name) image = IMAGE_NAME_INIT;
		AUTO_PTR(source) s = NULL;
		AUTO_STR char *file = tree_path("image/manifest.json");
		AUTO_STR char *where = NULL;
		AUTO(buf) content = BUF_INIT;
		AUTO(buf) out = BUF_INIT;
		AUTO(err) e = ERR_INIT;
		int r;

		content.p = xcalloc(MAX_MANIFEST_BYTES + over + 1, 1);
		content.n = MAX_MANIFEST_BYTES + over;
		content.cap = content.n + 1;
		tree_write("image/manifest.json", buf_bytes(&content));
		options.manifest_file = _i == 1 ? file : NULL;
		name_dir(&image);
		s = source_open(&image, &options);
		r = source_manifest(s, &out, &where, &e);
		if (over == 0)
			row_accepted("at the cap", r, &e);
		else
			row_refused("over the cap", r, &e, E_TOO_LARGE, "manifest.json");
		ck_assert_uint_eq(out.n, over == 0 ? MAX_MANIFEST_BYTES : 0);
	}
}
END_TEST

START_TEST(brings_signatures)
{
	struct source_options options = { .registry = NULL };
	AUTO(image_name) image = IMAGE_NAME_INIT;
	AUTO_PTR(source) s = NULL;
	AUTO_PTR(store_iter) it = NULL;
	AUTO_STR char *where = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("image/signature-1", "one");
	name_dir(&image);
	s = source_open(&image, &options);
	it = source_signatures(s, &(struct digest){ { 0 } });
	ck_assert_ptr_nonnull(it);
	ck_assert_int_eq(store_next(it, &blob, &where, &e), STORE_ITEM);
	ck_assert_str_eq(buf_str(&blob), "one");
	free(steal(&where));
	ck_assert_int_eq(store_next(it, &blob, &where, &e), STORE_END);
}
END_TEST

/* After source_select it is the files of that digest, and no other's. */
START_TEST(selects_one_of_a_list)
{
	static const char hex[] =
	    "1111111111111111111111111111111111111111111111111111111111111111";
	struct source_options options = { .manifest_file = "/dev/null" };
	AUTO_STR char *manifest = xasprintf("image/%s.manifest.json", hex);
	AUTO_STR char *signature = xasprintf("image/%s.signature-1", hex);
	AUTO(image_name) image = IMAGE_NAME_INIT;
	struct digest digest = { 0 };
	AUTO_PTR(source) s = NULL;
	AUTO_PTR(store_iter) it = NULL;
	AUTO_STR char *where = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	snprintf(digest.text, sizeof(digest.text), "sha256:%s", hex);
	tree_write_str("image/manifest.json", "{ list }");
	tree_write_str("image/signature-1", "of the list");
	name_dir(&image);
	s = source_open(&image, &options);
	source_select(s, &digest);
	row_refused("not there", source_manifest(s, &out, &where, &e), &e, E_NOT_FOUND, manifest);
	err_free(&e);
	it = source_signatures(s, &(struct digest){ { 0 } });
	ck_assert_int_eq(store_next(it, &out, &where, &e), STORE_END);
	store_iter_free(steal(&it));

	tree_write_str(manifest, "{ one }");
	tree_write_str(signature, "of one");
	row_accepted("there", source_manifest(s, &out, &where, &e), &e);
	row_string("there", "manifest", buf_str(&out), "{ one }");
	free(steal(&where));
	it = source_signatures(s, &(struct digest){ { 0 } });
	ck_assert_int_eq(store_next(it, &out, &where, &e), STORE_ITEM);
	row_string("there", "signature", buf_str(&out), "of one");
}
END_TEST

START_TEST(brings_none)
{
	static const enum image_kind kinds[] = { IMAGE_UNSET, IMAGE_REGISTRY };
	struct source_options options = { .registry = NULL };
	struct image_name image = { .kind = kinds[_i] };
	AUTO_PTR(source) s = source_open(&image, &options);

	ck_assert_ptr_null(source_signatures(s, &(struct digest){ { 0 } }));
}
END_TEST

START_TEST(refuses_no_image)
{
	struct source_options options = { .manifest_file = "/dev/null" };
	struct image_name image = IMAGE_NAME_INIT;
	AUTO_PTR(source) s = source_open(&image, &options);
	AUTO_STR char *where = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("unset", source_manifest(s, &out, &where, &e), &e, E_USAGE, "no image");
	source_free(NULL);
}
END_TEST

Suite *
source_suite(void)
{
	Suite *s = suite_create("source");
	TCase *t = tcase_create("source");

	tcase_add_checked_fixture(t, tree_make, tree_remove);
	tcase_add_loop_test(t, manifests, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(t, refuses_links, 0, 2);
	tcase_add_loop_test(t, size, 0, 2);
	tcase_add_test(t, brings_signatures);
	tcase_add_loop_test(t, brings_none, 0, 2);
	tcase_add_test(t, selects_one_of_a_list);
	tcase_add_test(t, refuses_no_image);
	suite_add_tcase(s, t);
	return s;
}
