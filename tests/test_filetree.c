/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/limits.h"
#include "memory_blob.h"
#include "rows.h"
#include "suites.h"
#include "transport/filetree.h"
#include "tree.h"

static struct filetree *tree;

/* A tree with a way out of each kind, beside what must not be read. */
static void
setup(void)
{
	AUTO_STR char *root = NULL;
	AUTO_STR char *fifo = NULL;
	AUTO(err) e = ERR_INIT;

	tree_make();
	tree_write_str("outside/secret", "secret");
	tree_write_str("in/file", "12345");
	tree_write_str("in/a/b/c", "deep");
	tree_link("in/out", "../outside");
	tree_link("in/absolute", "/etc");
	tree_link("in/leaf", "../outside/secret");
	tree_link("in/inner", "file");
	tree_link("in/loop", "loop");
	tree_directory("in/empty");
	fifo = tree_path("in/fifo");
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	root = tree_path("in");
	row_accepted("open", filetree_open_directory(&tree, root, &e), &e);
}

static void
teardown(void)
{
	filetree_free(tree);
	tree_remove();
}

static const struct {
	const char *name;
	enum errc code;
	const char *part;
} unread[] = {
	{ "", E_INVALID, "empty" },
	{ "/file", E_INVALID, "empty" },
	{ "file/", E_INVALID, "empty" },
	{ "a//b", E_INVALID, "empty" },
	{ ".", E_INVALID, "\".\"" },
	{ "..", E_INVALID, "\"..\"" },
	{ "./file", E_INVALID, "\".\"" },
	{ "../outside/secret", E_INVALID, "\"..\"" },
	{ "a/../file", E_INVALID, "\"..\"" },
	{ "out/secret", E_INVALID, "symbolic link" },
	{ "absolute/passwd", E_INVALID, "symbolic link" },
	{ "loop/x", E_INVALID, "symbolic link" },
	{ "leaf", E_INVALID, "not a regular file" },
	{ "inner", E_INVALID, "not a regular file" },
	{ "fifo", E_INVALID, "not a regular file" },
	{ "a", E_INVALID, "not a regular file" },
	{ "nothing", E_NOT_FOUND, "in/nothing" },
	{ "nothing/at/all", E_NOT_FOUND, "in/nothing" },
	{ "file/beneath", E_NOT_FOUND, "in/file/beneath" },
};

START_TEST(refuses_to_read)
{
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&out, "left over");
	row_refused(unread[_i].name, filetree_read(tree, unread[_i].name, 100, &out, &where, &e),
	    &e, unread[_i].code, unread[_i].part);
	ck_assert_msg(out.n == 0, "%s: left something behind", unread[_i].name);
}
END_TEST

START_TEST(refuses_to_open)
{
	struct blob *blob;
	AUTO(err) e = ERR_INIT;

	row_refused(unread[_i].name, filetree_open_blob(tree, unread[_i].name, 100, &blob, &e), &e,
	    unread[_i].code, unread[_i].part);
	ck_assert_ptr_null(blob);
}
END_TEST

START_TEST(reads_at_the_cap)
{
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	for (size_t max = 4; max <= 5; max++) {
		AUTO_STR char *where = NULL;
		int r = filetree_read(tree, "file", max, &out, &where, &e);

		if (max == 4)
			row_refused("above the cap", r, &e, E_TOO_LARGE, "in/file");
		else
			row_accepted("at the cap", r, &e);
		ck_assert_ptr_nonnull(strstr(where, "/in/file"));
		err_free(&e);
	}
	row_string("at the cap", "content", buf_str(&out), "12345");
}
END_TEST

/* A file of several pieces, none of which is full at its end. */
START_TEST(opens_at_the_cap)
{
	AUTO(buf) content = BUF_INIT, got = BUF_INIT;
	AUTO_PTR(blob) blob = NULL;
	struct blob *none;
	AUTO(err) e = ERR_INIT;

	while (content.n < 2 * BLOB_PIECE_BYTES + 100)
		buf_addf(&content, "%zu ", content.n);
	tree_write("in/large", buf_bytes(&content));
	row_refused("above the cap", filetree_open_blob(tree, "large", content.n - 1, &none, &e),
	    &e, E_TOO_LARGE, "in/large: more than");
	err_free(&e);
	row_accepted("at the cap", filetree_open_blob(tree, "large", content.n, &blob, &e), &e);
	ck_assert_ptr_nonnull(strstr(blob_where(blob), "/in/large"));
	row_accepted("at the cap", blob_read_all(blob, &got, &e), &e);
	ck_assert(bytes_equal(buf_bytes(&got), buf_bytes(&content)));
}
END_TEST

static const struct {
	const char *name;
	off_t size; /* the file's, after its first piece was read */
} changes[] = {
	{ "it shrank", BLOB_PIECE_BYTES + 1 },
	{ "it shrank to what was read", BLOB_PIECE_BYTES },
	{ "it is empty", 0 },
	{ "it grew", 2 * BLOB_PIECE_BYTES + 1 },
};

START_TEST(sees_a_change)
{
	AUTO_STR char *path = tree_path("in/large");
	AUTO(buf) content = BUF_INIT;
	AUTO_PTR(blob) blob = NULL;
	struct bytes piece;
	AUTO(err) e = ERR_INIT;

	while (content.n < 2 * BLOB_PIECE_BYTES)
		buf_add_byte(&content, 'x');
	tree_write("in/large", buf_bytes(&content));
	row_accepted("open", filetree_open_blob(tree, "large", UINT64_MAX, &blob, &e), &e);
	row_accepted("the first piece", blob_next(blob, &piece, &e), &e);
	ck_assert_int_eq(truncate(path, changes[_i].size), 0);
	row_refused(changes[_i].name, blob_read_all(blob, &content, &e), &e, E_IO,
	    "in/large: it changed while it was read");
}
END_TEST

static const struct {
	const char *name;
	enum filetree_type type;
	uint64_t size;
} types[] = {
	{ "nothing", FILETREE_ABSENT, 0 },
	{ "nothing/at/all", FILETREE_ABSENT, 0 },
	{ "file/beneath", FILETREE_ABSENT, 0 },
	{ "leaf", FILETREE_LINK, 0 },
	{ "out", FILETREE_LINK, 0 },
	{ "fifo", FILETREE_OTHER, 0 },
	{ "", FILETREE_DIRECTORY, 0 },
	{ "a/b", FILETREE_DIRECTORY, 0 },
	{ "a/b/c", FILETREE_FILE, 4 },
};

START_TEST(tells_types)
{
	const char *name = types[_i].name;
	enum filetree_type type;
	AUTO(err) e = ERR_INIT;
	uint64_t size;

	row_accepted(name, filetree_stat(tree, name, &type, &size, &e), &e);
	ck_assert_msg(type == types[_i].type, "%s: type %d", name, (int)type);
	ck_assert_msg(size == types[_i].size, "%s: another size", name);
}
END_TEST

START_TEST(refuses_types_beyond_links)
{
	enum filetree_type type;
	AUTO(err) e = ERR_INIT;

	row_refused("link", filetree_stat(tree, "out/secret", &type, NULL, &e), &e, E_INVALID,
	    "symbolic link");
	ck_assert_int_eq(type, FILETREE_UNSET);
}
END_TEST

START_TEST(reads_links)
{
	AUTO_STR char *target = NULL;
	AUTO_STR char *none = NULL;
	AUTO(err) e = ERR_INIT;

	row_refused("a file", filetree_read_link(tree, "file", &none, &e), &e, E_INVALID,
	    "not a symbolic link");
	row_refused("nothing", filetree_read_link(tree, "nothing", &none, &e), &e, E_NOT_FOUND, "");
	row_refused("beyond a link", filetree_read_link(tree, "out/x", &none, &e), &e, E_INVALID,
	    "symbolic link");
	err_free(&e);
	row_accepted("a link", filetree_read_link(tree, "leaf", &target, &e), &e);
	row_string("a link", "target", target, "../outside/secret");
}
END_TEST

static const struct {
	const char *name;
	enum errc code;
	const char *part;
} unlisted[] = {
	{ "..", E_INVALID, "\"..\"" },
	{ "out", E_INVALID, "symbolic link" },
	{ "nothing", E_NOT_FOUND, "" },
	{ "file", E_NOT_FOUND, "" },
	{ "", E_TOO_LARGE, "more than 2" },
};

START_TEST(refuses_to_list)
{
	AUTO(filetree_names) names = FILETREE_NAMES_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(unlisted[_i].name, filetree_list(tree, unlisted[_i].name, 2, &names, &e), &e,
	    unlisted[_i].code, unlisted[_i].part);
	ck_assert_ptr_null(names.v);
}
END_TEST

START_TEST(lists_sorted)
{
	static const char *const want[] = { "a", "absolute", "empty", "fifo", "file", "inner",
		"leaf", "loop", "out" };
	AUTO(filetree_names) names = FILETREE_NAMES_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("root", filetree_list(tree, "", ARRAY_LEN(want), &names, &e), &e);
	ck_assert_uint_eq(names.n, ARRAY_LEN(want));
	for (size_t i = 0; i < names.n; i++)
		row_string("root", "name", names.v[i], want[i]);
	filetree_names_free(&names);
	row_accepted("empty", filetree_list(tree, "empty", 0, &names, &e), &e);
	ck_assert_uint_eq(names.n, 0);
}
END_TEST

START_TEST(opens_what_is_named)
{
	AUTO_PTR(filetree) t = NULL;
	AUTO_PTR(filetree) none = NULL;
	AUTO_STR char *link = tree_path("in/out");
	AUTO_STR char *file = tree_path("in/file");
	AUTO_STR char *nothing = tree_path("in/nothing");
	AUTO_STR char *where = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("a file", filetree_open_directory(&none, file, &e), &e, E_IO, "in/file");
	row_refused("nothing", filetree_open_directory(&none, nothing, &e), &e, E_NOT_FOUND, "");
	err_free(&e);
	row_accepted("a link", filetree_open_directory(&t, link, &e), &e);
	row_accepted("a link", filetree_read(t, "secret", 6, &out, &where, &e), &e);
	row_string("a link", "content", buf_str(&out), "secret");
}
END_TEST

Suite *
filetree_suite(void)
{
	Suite *s = suite_create("filetree");
	TCase *t = tcase_create("filetree");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, refuses_to_read, 0, ARRAY_LEN(unread));
	tcase_add_loop_test(t, refuses_to_open, 0, ARRAY_LEN(unread));
	tcase_add_test(t, opens_at_the_cap);
	tcase_add_loop_test(t, sees_a_change, 0, ARRAY_LEN(changes));
	tcase_add_test(t, refuses_types_beyond_links);
	tcase_add_loop_test(t, refuses_to_list, 0, ARRAY_LEN(unlisted));
	tcase_add_test(t, reads_at_the_cap);
	tcase_add_loop_test(t, tells_types, 0, ARRAY_LEN(types));
	tcase_add_test(t, reads_links);
	tcase_add_test(t, lists_sorted);
	tcase_add_test(t, opens_what_is_named);
	suite_add_tcase(s, t);
	return s;
}
