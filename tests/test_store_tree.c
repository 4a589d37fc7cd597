/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/limits.h"
#include "expect_store.h"
#include "rows.h"
#include "suites.h"
#include "transport/store_tree.h"
#include "tree.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
#define CONFIGMAP(key) "apiVersion: v1\nkind: ConfigMap\nbinaryData:\n  sha256-" HEX key ": b25l\n"

/* What is read, in the test's tree. */
static struct filetree *root;

static void
set_up(void)
{
	AUTO_STR char *path = NULL;
	AUTO(err) e = ERR_INIT;

	tree_make();
	path = tree_path("");
	row_accepted("the tree", filetree_open_directory(&root, path, &e), &e);
}

static void
tear_down(void)
{
	filetree_free(root);
	tree_remove();
}

static struct store_tree *
recognise(const char *folder, const char *layouts)
{
	struct store_tree *s = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted(folder, store_tree_recognise(&s, root, folder, &e), &e);
	row_string(folder, "layouts", store_tree_layouts(s), layouts);
	return s;
}

static struct store_iter *
find(const struct store_tree *s, const char *hex)
{
	struct store_iter *it = NULL;
	AUTO(err) e = ERR_INIT;
	struct digest d = { "sha256:" };

	memcpy(d.text + 7, hex, strlen(hex) + 1);
	row_accepted(hex, store_tree_find(&it, s, &d, &e), &e);
	return it;
}

static void
expect_unrecognised(const char *folder, enum errc code, const char *part)
{
	struct store_tree *s = NULL;
	AUTO(err) e = ERR_INIT;

	row_refused(folder, store_tree_recognise(&s, root, folder, &e), &e, code, part);
	ck_assert_ptr_null(s);
}

START_TEST(refuses_digests)
{
	static const char *const digests[] = { "", "sha256:", "sha256:../../../../etc",
		"sha512:" HEX HEX, "sha256:" HEX "0" };
	AUTO_PTR(store_tree) s = NULL;
	AUTO_PTR(store_iter) it = NULL;
	struct digest d = { "" };
	AUTO(err) e = ERR_INIT;

	tree_directory("sha256=" HEX);
	s = recognise("", "signature store");
	memcpy(d.text, digests[_i], strlen(digests[_i]) + 1);
	row_refused(digests[_i], store_tree_find(&it, s, &d, &e), &e, E_UNSUPPORTED, "sha256");
	ck_assert_ptr_null(it);
}
END_TEST

/* The message says what would have been recognised. */
START_TEST(refuses_what_is_nothing)
{
	static const char *const names[] = { "signature-1", "sha256=0123/signature-1",
		"sha256=" HEX "0/signature-1", "a@sha512=" HEX "/signature-1", "sha256/" HEX "0/x",
		"signatures/tag-sha256-0123", "signatures/sha512-" HEX, "sub/" HEX "/signature-1",
		"a/b/c/d/e@sha256=" HEX "/signature-1", "pod.yaml", "cluster-resources/idms.json" };

	tree_write_str(names[_i], "kind: Pod\n");
	if (strstr(names[_i], ".json") != NULL)
		tree_write_str(names[_i], "{\"kind\":\"Pod\"}");
	expect_unrecognised("", E_NOT_FOUND, "want sha256=HEX/signature-1");
}
END_TEST

START_TEST(refuses_folders)
{
	tree_write_str("file", "");
	tree_link("link", "sub");
	tree_write_str("sub/sha256=" HEX "/signature-1", "one");
	expect_unrecognised("nothing", E_NOT_FOUND, "nothing: not a directory");
	expect_unrecognised("file", E_INVALID, "file: not a directory");
	expect_unrecognised("link", E_INVALID, "link: not a directory");
	expect_unrecognised("../sub", E_INVALID, "");
	tree_link("config", "sub");
	expect_unrecognised("", E_INVALID, "config: no directory, and links are not followed");
	tree_link("signatures", "sub");
	expect_unrecognised("", E_INVALID, "a symbolic link on the way");
}
END_TEST

static const struct {
	const char *folder, *name, *layouts, *place;
} layouts[] = {
	{ "", "sha256=" HEX "/signature-1", "signature store", "/sha256=" HEX "/signature-1" },
	{ "a", "a/sha256=" HEX "/signature-1", "signature store", "a/sha256=" HEX "/signature-1" },
	{ "", "r@sha256=" HEX "/signature-1", "lookaside store", "r@sha256=" HEX "/signature-1" },
	{ "", "a/b/c/d@sha256=" HEX "/signature-1", "lookaside store", "/d@sha256=" },
	{ "", "signatures/sha256/" HEX "/signature-1", "graph data", "sha256/" HEX },
	{ "", "sha256/" HEX "/signature-1", "graph data", "sha256/" HEX "/signature-1" },
	{ "signatures", "signatures/sha256/" HEX "/signature-1", "graph data", "sha256/" HEX },
	{ "sha256", "sha256/" HEX "/signature-1", "graph data", "sha256/" HEX "/signature-1" },
	{ "", "working-dir/signatures/4.1-x86_64-sha256-" HEX, "oc-mirror", "4.1-x86_64-sha256-" },
	{ "", "signatures/4.1-sha256-" HEX, "oc-mirror", "signatures/4.1-sha256-" HEX },
	{ "signatures", "signatures/4.1-sha256-" HEX, "oc-mirror", "4.1-sha256-" HEX },
	{ "", "a.yaml", "ConfigMaps", "a.yaml: binaryData[\"sha256-" HEX "\"]" },
	{ "", "a.yml", "ConfigMaps", "a.yml: " },
	{ "", "cluster-resources/a.yaml", "ConfigMaps", "cluster-resources/a.yaml: " },
	{ "", "working-dir/cluster-resources/a.yaml", "ConfigMaps", "resources/a.yaml: " },
	{ "", "release-signatures/a.yaml", "ConfigMaps", "release-signatures/a.yaml: " },
	{ "", "config/a.yaml", "ConfigMaps", "config/a.yaml: " },
};

START_TEST(reads_layouts)
{
	bool configmap = strcmp(layouts[_i].layouts, "ConfigMaps") == 0;
	AUTO_PTR(store_iter) other = NULL;
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_tree) s = NULL;

	tree_write_str(layouts[_i].name, configmap ? CONFIGMAP("") : "one");
	s = recognise(layouts[_i].folder, layouts[_i].layouts);
	it = find(s, HEX);
	expect_item(it, "one", layouts[_i].place);
	expect_end(it);
	other = find(s, OTHER);
	expect_end(other);
}
END_TEST

/* All layouts of a folder are read, each to its end, in the order of the header. */
START_TEST(reads_all_layouts)
{
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_tree) s = NULL;

	tree_write_str("b.yaml", CONFIGMAP("-1"));
	tree_write_str("other.yaml", "kind: Pod\n");
	tree_write_str("notes.txt", "a: [");
	tree_write_str("x-sha256-" HEX, "six");
	tree_write_str("a-sha256-" HEX, "five");
	tree_write_str("a-sha256-" OTHER, "another's");
	tree_write_str(HEX "/signature-1", "four");
	tree_write_str("sub/r@sha256=" HEX "/signature-1", "three");
	tree_write_str("sha256=" HEX "/signature-1", "one");
	tree_write_str("sha256=" HEX "/signature-2", "two");
	tree_write_str("sha256=" HEX "/signature-4", "after a gap");
	s = recognise("", "signature store, lookaside store, graph data, oc-mirror, ConfigMaps");
	it = find(s, HEX);
	expect_item(it, "one", "signature-1");
	expect_item(it, "two", "signature-2");
	expect_item(it, "three", "sub/r@sha256=");
	expect_item(it, "four", HEX "/signature-1");
	expect_item(it, "five", "a-sha256-" HEX);
	expect_item(it, "six", "x-sha256-" HEX);
	expect_item(it, "one", "b.yaml: binaryData");
	expect_end(it);
}
END_TEST

/* oc-mirror's folders may be large: a lookaside store is not looked for in them. */
START_TEST(walks_no_folder_of_oc_mirror)
{
	static const char *const folders[] = { "working-dir", "signatures", "cluster-resources",
		"release-signatures" };

	tree_directory(folders[_i]);
	tree_write_str("sub/r@sha256=" HEX "/signature-1", "one");
	expect_unrecognised("", E_NOT_FOUND, "no signatures recognised");
}
END_TEST

/* A link, a directory, a FIFO where a signature belongs, or its directory: no end, a failure. */
START_TEST(broken_entries)
{
	static const struct {
		const char *name, *layouts, *part;
	} rows[] = {
		{ "sha256=" HEX, "signature store", "not a directory" },
		{ "r@sha256=" HEX, "lookaside store", "not a directory" },
		{ "sha256/" HEX, "graph data", "not a directory" },
		{ "sha256=" HEX "/signature-1", "signature store", "regular" },
		{ "r@sha256=" HEX "/signature-1", "lookaside store", "regular" },
		{ "sha256/" HEX "/signature-1", "graph data", "regular" },
		{ "signatures/a-sha256-" HEX, "oc-mirror", "regular" },
		{ "a.yaml", "ConfigMaps", "regular" },
	};
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_tree) s = NULL;

	tree_write_str("elsewhere/signature-1", "one");
	tree_directory(rows[_i].name);
	{
		AUTO_STR char *path = tree_path(rows[_i].name);

		ck_assert_int_eq(rmdir(path), 0);
	}
	tree_link(rows[_i].name,
	    strstr(rows[_i].part, "directory") != NULL ? "../elsewhere" : "elsewhere/signature-1");
	s = recognise("", rows[_i].layouts);
	it = find(s, HEX);
	expect_failure(it, E_INVALID, rows[_i].part);
}
END_TEST

START_TEST(a_fifo_for_a_signature)
{
	AUTO_STR char *path = tree_path("sha256=" HEX "/signature-1");
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_tree) s = NULL;

	tree_directory("sha256=" HEX);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	s = recognise("", "signature store");
	it = find(s, HEX);
	expect_failure(it, E_INVALID, "regular");
}
END_TEST

/* What was there when the tree was recognised, and is gone, is no end either. */
START_TEST(vanished)
{
	AUTO_STR char *path = tree_path("signatures/a-sha256-" HEX);
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_tree) s = NULL;

	tree_write_str("signatures/a-sha256-" HEX, "one");
	s = recognise("", "oc-mirror");
	ck_assert_int_eq(unlink(path), 0);
	it = find(s, HEX);
	expect_failure(it, E_NOT_FOUND, "a-sha256-");
}
END_TEST

/* A link on the way to a lookaside store: what lies behind it is not read, and that is said. */
START_TEST(a_link_beside_a_lookaside_store)
{
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_iter) none = NULL;
	AUTO_PTR(store_tree) s = NULL;

	tree_write_str("sub/r@sha256=" HEX "/signature-1", "one");
	tree_link("link", "sub");
	tree_link("link2", "sub");
	s = recognise("", "lookaside store");
	it = find(s, HEX);
	expect_item(it, "one", "sub/r@sha256=");
	expect_failure(it, E_INVALID, "link: a symbolic link");
	none = find(s, OTHER);
	expect_failure(none, E_INVALID, "link: a symbolic link");
}
END_TEST

/* Beside a ConfigMap that is broken the others are read, and then it is told. */
START_TEST(a_broken_configmap)
{
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_tree) s = NULL;

	tree_write_str("a.json", "{");
	tree_write_str("b.yaml", "a: [");
	tree_write_str("c.yaml", CONFIGMAP(""));
	s = recognise("", "ConfigMaps");
	it = find(s, HEX);
	expect_item(it, "one", "c.yaml: ");
	expect_failure(it, E_INVALID, "a.json");
}
END_TEST

static void
write_zeros(const char *name, size_t n)
{
	AUTO_STR char *zeros = xcalloc(1, n);

	tree_write(name, bytes_of(zeros, n));
}

START_TEST(size_of_signatures)
{
	static const char *const names[] = { "sha256=" HEX "/signature-1", "a-sha256-" HEX };
	AUTO_PTR(store_iter) small = NULL;
	AUTO_PTR(store_iter) large = NULL;
	AUTO_PTR(store_tree) s = NULL;

	write_zeros(names[_i], MAX_SIGNATURE_BYTES);
	s = recognise("", _i == 0 ? "signature store" : "oc-mirror");
	small = find(s, HEX);
	expect_item(small, "", names[_i]);
	write_zeros(names[_i], MAX_SIGNATURE_BYTES + 1);
	large = find(s, HEX);
	expect_failure(large, E_TOO_LARGE, names[_i]);
}
END_TEST

static void
write_numbered(const char *directory, unsigned n)
{
	for (unsigned i = 1; i <= n; i++) {
		AUTO_STR char *name = xasprintf("%s/signature-%u", directory, i);

		tree_write_str(name, "x");
	}
}

/* A store and graph data end as the cluster's reader does; a lookaside store as a node's fails. */
START_TEST(number_of_signatures)
{
	static const struct {
		const char *directory, *layouts;
		unsigned max;
		bool fails;
	} rows[] = {
		{ "sha256=" HEX, "signature store", MAX_SIGNATURES_PER_STORE, false },
		{ "sha256/" HEX, "graph data", MAX_SIGNATURES_PER_STORE, false },
		{ "r@sha256=" HEX, "lookaside store", MAX_SIGNATURES_PER_LOOKASIDE, true },
	};
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_tree) s = NULL;

	write_numbered(rows[_i].directory, rows[_i].max + 1);
	s = recognise("", rows[_i].layouts);
	it = find(s, HEX);
	for (unsigned i = 0; i < rows[_i].max; i++)
		expect_item(it, "x", "signature-");
	if (rows[_i].fails)
		expect_failure(it, E_TOO_LARGE, "more than 127 signatures");
	else
		expect_end(it);
}
END_TEST

/* Of all layouts together. */
START_TEST(signatures_of_a_tree)
{
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_tree) s = NULL;

	for (unsigned i = 0; i < MAX_SIGNATURES_PER_TREE + (unsigned)_i; i++) {
		AUTO_STR char *name = xasprintf("%u-sha256-%s", i, HEX);

		tree_write_str(name, "x");
	}
	s = recognise("", "oc-mirror");
	it = find(s, HEX);
	for (unsigned i = 0; i < MAX_SIGNATURES_PER_TREE; i++)
		expect_item(it, "x", "-sha256-");
	if (_i == 0)
		expect_end(it);
	else
		expect_failure(it, E_TOO_LARGE, "more than 128 signatures");
}
END_TEST

static void
write_configmap_of(const char *name, size_t n)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_str(&text, CONFIGMAP(""));
	buf_addf(&text, "# %*s\n", (int)(n - text.n - 3), "");
	ck_assert_uint_eq(text.n, n);
	tree_write(name, buf_bytes(&text));
}

START_TEST(size_of_configmaps)
{
	AUTO_PTR(store_iter) it = NULL;
	AUTO_PTR(store_tree) s = NULL;
	size_t n = MAX_CONFIGMAPS_BYTES / MAX_CONFIGMAP_BYTES;

	for (size_t i = 0; i < n; i++) {
		AUTO_STR char *name = xasprintf("%zu.yaml", i);

		write_configmap_of(name, MAX_CONFIGMAP_BYTES);
	}
	if (_i == 1)
		write_configmap_of("a.yaml", 1000);
	if (_i == 2)
		write_configmap_of("0.yaml", MAX_CONFIGMAP_BYTES + 1);
	s = recognise("", "ConfigMaps");
	it = find(s, HEX);
	for (size_t i = _i == 2 ? 1 : 0; i < n; i++)
		expect_item(it, "one", ".yaml: ");
	if (_i == 0)
		expect_end(it);
	else
		expect_failure(it, E_TOO_LARGE, _i == 1 ? "a.yaml: with it more" : "0.yaml");
}
END_TEST

static int
open_configmap(struct store_tree **out, const char *name, struct err *e)
{
	static const struct deadline never = DEADLINE_NEVER;
	AUTO_STR char *path = tree_path(name);

	return store_tree_open_configmap(out, path, &never, e);
}

START_TEST(refuses_configmaps)
{
	static const struct {
		const char *name, *content;
		enum errc code;
		const char *part;
	} rows[] = {
		{ "nothing", NULL, E_NOT_FOUND, "nothing" },
		{ "file", "kind: Pod\n", E_INVALID, "\"Pod\": not a ConfigMap" },
		{ "file", "", E_INVALID, "no ConfigMap" },
		{ "", NULL, E_NOT_FOUND, "no ConfigMap with signatures of releases in its files" },
	};
	AUTO_PTR(store_tree) s = NULL;
	AUTO(err) e = ERR_INIT;

	tree_write_str("pod.yaml", "kind: Pod\n");
	/* A directory of them has no other layout. */
	tree_write_str("sha256=" HEX "/signature-1", "one");
	if (rows[_i].content != NULL)
		tree_write_str(rows[_i].name, rows[_i].content);
	row_refused(
	    rows[_i].name, open_configmap(&s, rows[_i].name, &e), &e, rows[_i].code, rows[_i].part);
	ck_assert_ptr_null(s);
}
END_TEST

START_TEST(opens_configmaps)
{
	AUTO_PTR(store_iter) in_file = NULL;
	AUTO_PTR(store_iter) in_directory = NULL;
	AUTO_PTR(store_tree) file = NULL;
	AUTO_PTR(store_tree) directory = NULL;
	AUTO(err) e = ERR_INIT;

	tree_write_str("a.yaml", CONFIGMAP("-2") "  sha256-" OTHER ": dHdv\n");
	tree_write_str("pod.yaml", "kind: Pod\n");
	tree_write_str("sha256=" HEX "/signature-1", "one");
	row_accepted("a file", open_configmap(&file, "a.yaml", &e), &e);
	row_string("a file", "layouts", store_tree_layouts(file), "ConfigMaps");
	in_file = find(file, OTHER);
	expect_item(in_file, "two", "a.yaml: binaryData[\"sha256-" OTHER "\"]");
	expect_end(in_file);
	row_accepted("a directory", open_configmap(&directory, "", &e), &e);
	in_directory = find(directory, HEX);
	expect_item(in_directory, "one", "a.yaml: binaryData[\"sha256-" HEX "-2\"]");
	expect_end(in_directory);
	store_tree_free(NULL);
}
END_TEST

Suite *
store_tree_suite(void)
{
	Suite *s = suite_create("store_tree");
	TCase *tc = tcase_create("store_tree");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, refuses_digests, 0, 5);
	tcase_add_loop_test(tc, refuses_what_is_nothing, 0, 11);
	tcase_add_test(tc, refuses_folders);
	tcase_add_loop_test(tc, walks_no_folder_of_oc_mirror, 0, 4);
	tcase_add_loop_test(tc, broken_entries, 0, 8);
	tcase_add_test(tc, a_fifo_for_a_signature);
	tcase_add_test(tc, vanished);
	tcase_add_test(tc, a_link_beside_a_lookaside_store);
	tcase_add_test(tc, a_broken_configmap);
	tcase_add_loop_test(tc, size_of_signatures, 0, 2);
	tcase_add_loop_test(tc, size_of_configmaps, 0, 3);
	tcase_add_loop_test(tc, refuses_configmaps, 0, 4);
	tcase_add_loop_test(tc, reads_layouts, 0, (int)ARRAY_LEN(layouts));
	tcase_add_test(tc, reads_all_layouts);
	tcase_add_loop_test(tc, number_of_signatures, 0, 3);
	tcase_add_loop_test(tc, signatures_of_a_tree, 0, 2);
	tcase_add_test(tc, opens_configmaps);
	suite_add_tcase(s, tc);
	return s;
}
