/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/filetree_archive.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/limits.h"
#include "confined_child.h"
#include "failing.h"
#include "memory_blob.h"
#include "rows.h"
#include "suites.h"
#include "tarball.h"
#include "transport/filetree_open.h"
#include "transport/tar_index.h"
#include "tree.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BLOB "docker/registry/v2/blobs/sha256/01/" HEX "/data"

static const struct deadline never = DEADLINE_NEVER;

/* One archive in the test's directory, by its name there. */
static int
open_one(struct filetree **out, const char *name, struct err *e)
{
	AUTO_STR char *path = tree_path(name);

	return filetree_open_archives(out, &path, 1, &never, e);
}

static void
must_open(struct filetree **out, const struct buf *tar)
{
	AUTO(err) e = ERR_INIT;

	tree_write("a.tar", buf_bytes(tar));
	row_accepted("opening", open_one(out, "a.tar", &e), &e);
}

static void
named(struct buf *tar, const char *name)
{
	tarball_text(tar, name, "content");
	tarball_end(tar);
}

static void
of_size(struct buf *tar, const char *field)
{
	tarball_text(tar, "before", "");
	tarball_header(tar, &(struct tarball_header){ .name = "large", .size_field = field });
	tarball_end(tar);
}

/* A member by a letter for its kind: f(ile), d(irectory), l(ink), h(ard link), F(IFO). */
static void
member(struct buf *tar, char kind, const char *name)
{
	struct tarball_header hard = { .name = name, .type = '1', .target = "elsewhere" };
	struct tarball_header fifo = { .name = name, .type = '6' };

	if (kind == 'f')
		tarball_text(tar, name, "content");
	else if (kind == 'd')
		tarball_directory(tar, name);
	else if (kind == 'l')
		tarball_link(tar, name, "elsewhere");
	else
		tarball_header(tar, kind == 'h' ? &hard : &fifo);
}

/* As many as there are kinds. */
static void
members(struct buf *tar, const char *kinds, const char *one, const char *other)
{
	member(tar, kinds[0], one);
	if (kinds[1] != '\0')
		member(tar, kinds[1], other);
	tarball_end(tar);
}

static void
zeros(struct buf *tar, size_t n)
{
	for (; n > 0; n--)
		buf_add_byte(tar, 0);
}

static void
make_pax_up(struct buf *tar)
{
	tarball_pax(tar, "path", "a/../../b");
	named(tar, "harmless");
}

static void
make_8_eib(struct buf *tar)
{
	of_size(tar, "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff");
}

static void
make_negative(struct buf *tar)
{
	of_size(tar, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00");
}

static void
make_8_gib(struct buf *tar)
{
	of_size(tar, "77777777777");
}

static void
make_pax_size(struct buf *tar)
{
	tarball_pax(tar, "size", "9223372036854775807");
	named(tar, "large");
}

static void
make_cut_header(struct buf *tar)
{
	named(tar, "a");
	tar->n = 300;
}

static void
make_cut_content(struct buf *tar)
{
	named(tar, "a");
	tar->n = 516;
}

static void
make_cut_padding(struct buf *tar)
{
	named(tar, "a");
	tar->n = 700;
}

static void
make_cut_between(struct buf *tar)
{
	members(tar, "ff", "a", "b");
	tar->n = 1024;
}

static void
make_half_an_end(struct buf *tar)
{
	tarball_text(tar, "a", "content");
	zeros(tar, 512);
}

static void
make_lone_zeros(struct buf *tar)
{
	tarball_text(tar, "a", "content");
	zeros(tar, 512);
	named(tar, "b");
}

static void
make_checksum(struct buf *tar)
{
	tarball_text(tar, "a", "content");
	tarball_header(tar, &(struct tarball_header){ .name = "b", .is_damaged = true });
	tarball_end(tar);
}

static void
make_text(struct buf *tar)
{
	for (unsigned i = 0; i < 300; i++)
		buf_add_str(tar, "no archive at all\n");
}

static void
make_nothing(struct buf *tar)
{
	(void)tar;
}

static void
make_pax_garbage(struct buf *tar)
{
	tarball_special(tar, 'x', bytes_of_str("99999999999999999999 path=a\n"));
	named(tar, "a");
}

static void
make_pax_large(struct buf *tar)
{
	AUTO(buf) value = BUF_INIT;

	while (value.n < (size_t)3 << 20)
		buf_add_str(&value, "a/");
	tarball_pax(tar, "path", buf_str(&value));
	named(tar, "a");
}

static void
make_pax_chain(struct buf *tar)
{
	for (unsigned i = 0; i < 10000; i++)
		tarball_pax(tar, "comment", "and another one");
	named(tar, "a");
}

static void
make_long_name(struct buf *tar)
{
	AUTO(buf) name = BUF_INIT;

	while (name.n <= MAX_MEMBER_NAME_BYTES)
		buf_add_str(&name, "name");
	tarball_special(tar, 'L', buf_bytes(&name));
	named(tar, "a");
}

static void
make_deep(struct buf *tar)
{
	AUTO(buf) name = BUF_INIT;

	for (unsigned i = 0; i < MAX_MEMBER_NAME_PARTS; i++)
		buf_add_str(&name, "d/");
	buf_add_str(&name, "a");
	tarball_special(tar, 'L', buf_bytes(&name));
	named(tar, "a");
}

static const struct {
	const char *name;
	const char *kinds, *one, *other; /* the members, or what makes the archive: */
	void (*make)(struct buf *tar);
	enum errc code;
	const char *part;
} refused[] = {
	{ "an absolute name", "f", "/etc/passwd", .part = "\"/etc/passwd\"" },
	{ "a name that leads out", "f", "../up", .part = "\"../up\"" },
	{ "one that leads out and in", "f", "a/../b", .part = "\"a/../b\"" },
	{ "one that ends above", "f", "a/..", .part = "\"a/..\"" },
	{ "an empty part", "f", "a//b", .part = "\"a//b\"" },
	{ "a dot as a part", "f", "a/./b", .part = "\"a/./b\"" },
	{ "two dots in front", "f", "././a", .part = "\"././a\"" },
	{ "two slashes at the end", "d", "a//", .part = "\"a//\"" },
	{ "the root of the machine", "d", "/", .part = "\"/\"" },
	{ "no name", "f", "", .part = "a member" },
	{ "a file that is the root", "f", ".", .part = "no directory" },
	{ "a file twice", "ff", "a/b", "a/b", .part = "a/b: is there twice" },
	{ "a file twice, written otherwise", "ff", "a/b", "./a/b", .part = "a/b: is there twice" },
	{ "a link and a file", "fl", "a", "a", .part = "a: is there twice" },
	{ "a hard link and a file", "fh", "a", "a", .part = "a: is there twice" },
	{ "a FIFO twice", "FF", "a", "a", .part = "a: is there twice" },
	{ "a file and a directory", "df", "a/", "a", .part = "a: is there twice" },
	{ "a file, and one in it before", "ff", "a/b/c", "a/b", .part = "a/b: is there twice" },
	{ "a directory and a file", "fd", "a", "a/", .part = "a: is there twice" },
	{ "beneath a file", "ff", "a", "a/b/c", .part = "a/b/c: lies beneath \"a\"" },
	{ "beneath a link", "lf", "a", "a/b", .part = "a/b: lies beneath \"a\"" },
	{ "a pax name that leads out", .make = make_pax_up, .part = "\"a/../../b\"" },
	{ "8 EiB", .make = make_8_eib, .part = "a.tar" },
	{ "fewer than no bytes", .make = make_negative, .part = "a.tar" },
	{ "8 GiB", .make = make_8_gib, .part = "large: has 8589934591 bytes" },
	{ "8 EiB in a pax header", .make = make_pax_size, .part = "a.tar" },
	{ "cut in a header", .make = make_cut_header, .part = "a.tar" },
	{ "cut in a content", .make = make_cut_content, .part = "a.tar" },
	{ "cut behind a content", .make = make_cut_padding, .part = "a.tar" },
	{ "cut between members", .make = make_cut_between, .part = "two blocks of zeros" },
	{ "half an end", .make = make_half_an_end, .part = "two blocks of zeros" },
	{ "zeros, then a member", .make = make_lone_zeros, .part = "two blocks of zeros" },
	{ "a wrong checksum", .make = make_checksum, .part = "damaged" },
	{ "a text", .make = make_text, .part = "no tar archive" },
	{ "nothing", .make = make_nothing, .part = "two blocks of zeros" },
	{ "a pax header of nonsense", .make = make_pax_garbage, .part = "damaged" },
	{ "a pax header of megabytes", .make = make_pax_large, .part = "damaged" },
	{ "headers of headers of headers", .make = make_pax_chain, .part = "damaged" },
	{ "a name over the cap", .make = make_long_name, .code = E_TOO_LARGE,
	    .part = "more than 4096 bytes" },
	{ "directories over the cap", .make = make_deep, .code = E_TOO_LARGE,
	    .part = "more than 255 directories" },
};

START_TEST(refuses)
{
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (refused[_i].make != NULL)
		refused[_i].make(&tar);
	else
		members(&tar, refused[_i].kinds, refused[_i].one, refused[_i].other);
	tree_write("a.tar", buf_bytes(&tar));
	row_refused(refused[_i].name, open_one(&t, "a.tar", &e), &e,
	    refused[_i].code != E_NONE ? refused[_i].code : E_INVALID, refused[_i].part);
	ck_assert_ptr_null(t);
}
END_TEST

START_TEST(refuses_what_is_no_archive)
{
	static const struct {
		const char *name, *head, *part;
	} compressed[] = {
		{ "gzip", "\x1f\x8b\x08", "gunzip" },
		{ "zstd", "\x28\xb5\x2f\xfd", "unzstd" },
		{ "xz", "\xfd\x37zXZ", "unxz" },
		{ "bzip2", "BZh9", "bunzip2" },
		{ "lz4", "\x04\x22\x4d\x18", "unlz4" },
	};
	AUTO_PTR(filetree) t = NULL;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *fifo = tree_path("fifo");

	row_refused("missing", open_one(&t, "missing", &e), &e, E_NOT_FOUND, "missing: No such");
	row_refused("a directory", open_one(&t, "", &e), &e, E_INVALID, "not a regular file");
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	row_refused("a FIFO", open_one(&t, "fifo", &e), &e, E_INVALID, "not a regular file");
	for (size_t i = 0; i < ARRAY_LEN(compressed); i++) {
		tree_write_str("a.tar", compressed[i].head);
		row_refused(compressed[i].name, open_one(&t, "a.tar", &e), &e, E_UNSUPPORTED,
		    compressed[i].part);
	}
	row_refused(
	    "none", filetree_open_archives(&t, NULL, 0, &never, &e), &e, E_TOO_LARGE, "0 archives");
}
END_TEST

/* At the cap of files in one tree, and one above. */
START_TEST(opens_so_many)
{
	char *paths[MAX_ARCHIVES + 1];
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tarball_end(&tar);
	tree_write("a.tar", buf_bytes(&tar));
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		paths[i] = tree_path("a.tar");
	row_refused("one above", filetree_open_archives(&t, paths, ARRAY_LEN(paths), &never, &e),
	    &e, E_TOO_LARGE, "257 archives, want 1 to 256");
	err_free(&e);
	row_accepted("at the cap", filetree_open_archives(&t, paths, MAX_ARCHIVES, &never, &e), &e);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		free(paths[i]);
}
END_TEST

START_TEST(refuses_too_late)
{
	struct deadline over = deadline_after(clock_ms() - 50, 50);
	AUTO_STR char *path = tree_path("a.tar");
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	named(&tar, "a");
	tree_write("a.tar", buf_bytes(&tar));
	row_refused("late", filetree_open_archives(&t, &path, 1, &over, &e), &e, E_TIMED_OUT,
	    "a.tar: the run's --timeout");
}
END_TEST

START_TEST(refuses_parts_that_disagree)
{
	char *paths[] = { tree_path("1.tar"), tree_path("2.tar") };
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) other = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	named(&one, "a/b");
	tree_write("1.tar", buf_bytes(&one));
	tree_write("2.tar", buf_bytes(&one));
	row_refused("the same file", filetree_open_archives(&t, paths, 2, &never, &e), &e,
	    E_INVALID, "2.tar: a/b: is there twice");
	named(&other, "a");
	tree_write("2.tar", buf_bytes(&other));
	row_refused("a directory here, a file there",
	    filetree_open_archives(&t, paths, 2, &never, &e), &e, E_INVALID, "2.tar: a: is there");
	free(paths[0]);
	free(paths[1]);
}
END_TEST

START_TEST(names_no_more_than_the_cap)
{
	AUTO(err) e = ERR_INIT;
	AUTO_PTR(tar_index) index = tar_index_new(3, &e);
	struct tar_place place = { 0 };

	row_accepted("three", tar_index_add(index, "a/b/c", FILETREE_FILE, place, &e), &e);
	row_accepted("one again", tar_index_add(index, "a/b", FILETREE_DIRECTORY, place, &e), &e);
	row_refused("four", tar_index_add(index, "a/d", FILETREE_FILE, place, &e), &e, E_TOO_LARGE,
	    "more than 3 names");
}
END_TEST

/* All of a few thousand names are found again, and no others. */
START_TEST(finds_all)
{
	enum { NAMES = 5000 };
	AUTO(err) e = ERR_INIT;
	AUTO_PTR(tar_index) index = tar_index_new(MAX_ARCHIVE_NAMES, &e);
	const struct tar_node *node;

	for (uint32_t i = 0; i < NAMES; i++) {
		AUTO_STR char *name = xasprintf("d%u/f%u", i % 100, i);
		struct tar_place place = { .part = (uint16_t)(i % 7), .block = i };

		row_accepted(name, tar_index_add(index, name, FILETREE_FILE, place, &e), &e);
	}
	for (uint32_t i = 0; i < NAMES; i++) {
		AUTO_STR char *name = xasprintf("d%u/f%u", i % 100, i);
		AUTO_STR char *other = xasprintf("d%u/f%u", i % 100, i + 1);

		row_accepted(name, tar_index_find(index, name, &node, &e), &e);
		ck_assert_msg(
		    node != NULL && node->block == i && node->part == i % 7 && node->depth == 2,
		    "%s", name);
		row_accepted(other, tar_index_find(index, other, &node, &e), &e);
		ck_assert_msg(node == NULL, "%s", other);
	}
}
END_TEST

static void
expect_type(struct filetree *t, const char *name, enum filetree_type want, uint64_t want_size)
{
	enum filetree_type type = FILETREE_UNSET;
	uint64_t size = 0;
	AUTO(err) e = ERR_INIT;

	row_accepted(name, filetree_stat(t, name, &type, &size, &e), &e);
	ck_assert_msg(type == want, "%s: type %d, want %d", name, (int)type, (int)want);
	ck_assert_msg(size == want_size, "%s: size %llu", name, (unsigned long long)size);
}

static void
expect_content(struct filetree *t, const char *name, const char *want)
{
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *where = NULL;
	AUTO_STR char *end = xasprintf("a.tar: %s", name);

	row_accepted(name, filetree_read(t, name, strlen(want), &b, &where, &e), &e);
	row_string(name, "content", buf_str(&b), want);
	ck_assert_msg(where != NULL && strstr(where, end) != NULL, "%s: where is %s", name, where);
}

static void
expect_refused(struct filetree *t, const char *name, size_t max, enum errc code, const char *part)
{
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *where = NULL;

	buf_add_str(&b, "old");
	row_refused(name, filetree_read(t, name, max, &b, &where, &e), &e, code, part);
	ck_assert_msg(b.n == 0, "%s: half a file was left", name);
	ck_assert_msg(where != NULL, "%s: where?", name);
}

/* The same, piece by piece. */
static void
expect_blob(struct filetree *t, const char *name, struct bytes want)
{
	AUTO_STR char *end = xasprintf("a.tar: %s", name);
	AUTO_PTR(blob) blob = NULL;
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(name, filetree_open_blob(t, name, want.n, &blob, &e), &e);
	ck_assert_msg(strstr(blob_where(blob), end) != NULL, "where is %s", blob_where(blob));
	row_accepted(name, blob_read_all(blob, &got, &e), &e);
	ck_assert_msg(bytes_equal(buf_bytes(&got), want), "%s: other bytes", name);
}

static void
expect_no_blob(struct filetree *t, const char *name, uint64_t max, enum errc code, const char *part)
{
	struct blob *blob;
	AUTO(err) e = ERR_INIT;

	row_refused(name, filetree_open_blob(t, name, max, &blob, &e), &e, code, part);
	ck_assert_ptr_null(blob);
}

static void
expect_names(struct filetree *t, const char *name, const char *want)
{
	AUTO(filetree_names) names = FILETREE_NAMES_INIT;
	AUTO(buf) all = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(name, filetree_list(t, name, 99, &names, &e), &e);
	for (size_t i = 0; i < names.n; i++)
		buf_addf(&all, "%s ", names.v[i]);
	row_string(name, "names", buf_str(&all), want);
}

START_TEST(reads)
{
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;

	tarball_directory(&tar, "./");
	tarball_directory(&tar, "./a/");
	tarball_text(&tar, "./a/file", "content");
	tarball_text(&tar, "a/empty", "");
	tarball_text(&tar, BLOB, "a blob");
	tarball_directory(&tar, "a");
	member(&tar, 'h', "a/hard");
	member(&tar, 'F', "a/fifo");
	member(&tar, 'l', "a/link");
	tarball_end(&tar);
	buf_add_str(&tar, "what is behind the end is not looked at");
	must_open(&t, &tar);
	expect_type(t, "", FILETREE_DIRECTORY, 0);
	expect_type(t, "a", FILETREE_DIRECTORY, 0);
	expect_type(t, "docker/registry/v2/blobs/sha256/01", FILETREE_DIRECTORY, 0);
	expect_type(t, "a/file", FILETREE_FILE, 7);
	expect_type(t, BLOB, FILETREE_FILE, 6);
	expect_type(t, "a/link", FILETREE_LINK, 0);
	expect_type(t, "a/hard", FILETREE_OTHER, 0);
	expect_type(t, "a/fifo", FILETREE_OTHER, 0);
	expect_type(t, "a/fil", FILETREE_ABSENT, 0);
	expect_type(t, "a/file/beneath", FILETREE_ABSENT, 0);
	expect_type(t, "file", FILETREE_ABSENT, 0);
	expect_content(t, "a/file", "content");
	expect_content(t, "a/empty", "");
	expect_content(t, BLOB, "a blob");
	expect_names(t, "", "a docker ");
	expect_names(t, "a", "empty fifo file hard link ");
	expect_names(t, "docker/registry/v2/blobs/sha256/01", HEX " ");
}
END_TEST

START_TEST(reads_no_more_than_asked)
{
	AUTO(filetree_names) names = FILETREE_NAMES_INIT;
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tarball_text(&tar, "d/file", "content");
	member(&tar, 'h', "d/hard");
	member(&tar, 'F', "d/fifo");
	member(&tar, 'l', "d/link");
	tarball_end(&tar);
	must_open(&t, &tar);
	expect_refused(t, "d/file", 6, E_TOO_LARGE, "d/file: more than 6 bytes");
	expect_refused(t, "d/missing", 99, E_NOT_FOUND, "a.tar: d/missing: no such member");
	expect_refused(t, "d/hard", 99, E_INVALID, "a hard link to none, want a file");
	expect_refused(t, "d/fifo", 99, E_INVALID, "d/fifo: a sparse file, a device");
	expect_refused(t, "d/link", 99, E_INVALID, "d/link: a symbolic link, want a file");
	expect_refused(t, "d", 99, E_INVALID, "d: a directory, want a file");
	row_refused("three names", filetree_list(t, "d", 3, &names, &e), &e, E_TOO_LARGE,
	    "more than 3 names");
	filetree_names_free(&names);
	row_refused("a file's names", filetree_list(t, "d/file", 99, &names, &e), &e, E_INVALID,
	    "a file, want a directory");
	row_refused("no names", filetree_list(t, "e", 99, &names, &e), &e, E_NOT_FOUND, "a.tar: e");
}
END_TEST

START_TEST(opens_blobs)
{
	const struct tarball_header hard = { .name = "d/hard", .type = '1', .target = "d/large" };
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT, content = BUF_INIT;

	while (content.n < 100000)
		buf_addf(&content, "%zu ", content.n);
	tarball_text(&tar, "d/empty", "");
	tarball_file(&tar, "d/large", buf_bytes(&content));
	tarball_text(&tar, "d/file", "content");
	tarball_header(&tar, &hard);
	member(&tar, 'h', "d/none");
	member(&tar, 'F', "d/fifo");
	member(&tar, 'l', "d/link");
	tarball_end(&tar);
	must_open(&t, &tar);
	expect_blob(t, "d/empty", bytes_of_str(""));
	expect_blob(t, "d/large", buf_bytes(&content));
	expect_blob(t, "d/hard", buf_bytes(&content));
	expect_blob(t, "d/file", bytes_of_str("content"));
	expect_no_blob(t, "d/file", 6, E_TOO_LARGE, "d/file: more than 6 bytes");
	expect_no_blob(t, "d/missing", 99, E_NOT_FOUND, "a.tar: d/missing: no such member");
	expect_no_blob(t, "d/none", 99, E_INVALID, "a hard link to none, want a file");
	expect_no_blob(t, "d/fifo", 99, E_INVALID, "d/fifo: a sparse file, a device");
	expect_no_blob(t, "d/link", 99, E_INVALID, "d/link: a symbolic link, want a file");
	expect_no_blob(t, "d", 99, E_INVALID, "d: a directory, want a file");
	expect_no_blob(t, "d/../d/file", 99, E_INVALID, "\"..\"");
}
END_TEST

START_TEST(reads_links)
{
	AUTO_STR char *target = NULL;
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;
	AUTO(buf) far = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	while (far.n <= MAX_LINK_BYTES)
		buf_add_str(&far, "../");
	tarball_text(&tar, "file", "");
	tarball_link(&tar, "link", "sha256:" HEX);
	tarball_special(&tar, 'K', buf_bytes(&far));
	tarball_link(&tar, "far", "../../");
	tarball_end(&tar);
	must_open(&t, &tar);
	row_refused("a file", filetree_read_link(t, "file", &target, &e), &e, E_INVALID,
	    "a file, want a symbolic link");
	row_refused("nothing", filetree_read_link(t, "no", &target, &e), &e, E_NOT_FOUND, "no");
	row_refused("far", filetree_read_link(t, "far", &target, &e), &e, E_TOO_LARGE,
	    "more than 4096 bytes");
	ck_assert_ptr_null(target);
	err_free(&e);
	row_accepted("link", filetree_read_link(t, "link", &target, &e), &e);
	row_string("link", "target", target, "sha256:" HEX);
}
END_TEST

static void
hard_link(struct buf *tar, const char *name, const char *target)
{
	tarball_header(
	    tar, &(struct tarball_header){ .name = name, .type = '1', .target = target });
}

/* As tar unpacks it, and nothing that it would not unpack. */
START_TEST(reads_hard_links)
{
	static const char *const others[] = { "itself", "later", "nowhere", "up", "directory",
		"soft", "deep" };
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;

	hard_link(&tar, "later", "blobs/blob");
	tarball_text(&tar, "./blobs/blob", "content");
	tarball_link(&tar, "link", "blobs/blob");
	hard_link(&tar, "manifest", "./blobs/blob");
	hard_link(&tar, "again", "manifest");
	hard_link(&tar, "itself", "itself");
	hard_link(&tar, "nowhere", "nothing");
	hard_link(&tar, "up", "../blobs/blob");
	hard_link(&tar, "directory", "blobs");
	hard_link(&tar, "soft", "link");
	hard_link(&tar, "deep", "nowhere");
	tarball_end(&tar);
	must_open(&t, &tar);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		expect_type(t, others[i], FILETREE_OTHER, 0);
		expect_refused(t, others[i], 99, E_INVALID, "a hard link to none, want a file");
	}
	expect_type(t, "manifest", FILETREE_FILE, 7);
	expect_type(t, "again", FILETREE_FILE, 7);
	expect_content(t, "manifest", "content");
	expect_content(t, "again", "content");
	expect_refused(t, "manifest", 6, E_TOO_LARGE, "manifest: more than 6 bytes");
}
END_TEST

/* Names longer than a header's field, of other letters; sparse files of both forms. */
START_TEST(reads_every_dialect)
{
	static const char *const name = "v2/" HEX "/" HEX "/" HEX "/" HEX "/" HEX "/manifests/tag";
	struct tarball_header sparse = { .name = "gnu-sparse", .type = 'S' };
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;

	tarball_pax(&tar, "path", name);
	tarball_text(&tar, "short", "by pax");
	tarball_special(&tar, 'L', bytes_of_str("gnu/" HEX "/" HEX "/a"));
	tarball_text(&tar, "short", "by GNU");
	tarball_special(&tar, 'g', bytes_of_str("20 comment=for all.\n"));
	tarball_pax(&tar, "path", "g\xc3\xbc/file");
	tarball_text(&tar, "short", "not ASCII");
	tarball_pax(&tar, "uname", "J\xc3\xbcrgen");
	tarball_text(&tar, "owned", "by J");
	tarball_header(&tar, &sparse);
	tarball_special(&tar, 'x',
	    bytes_of_str("26 GNU.sparse.numblocks=1\n21 GNU.sparse.size=8\n"
			 "22 GNU.sparse.map=4,4\n"));
	tarball_text(&tar, "pax-sparse", "abcd");
	tarball_end(&tar);
	must_open(&t, &tar);
	expect_content(t, name, "by pax");
	expect_content(t, "gnu/" HEX "/" HEX "/a", "by GNU");
	expect_content(t, "g\xc3\xbc/file", "not ASCII");
	expect_content(t, "owned", "by J");
	expect_names(t, "", "gnu gnu-sparse g\xc3\xbc owned pax-sparse v2 ");
	expect_refused(t, "pax-sparse", 99, E_INVALID, "sparse");
}
END_TEST

START_TEST(reads_parts_as_one)
{
	char *paths[] = { tree_path("1.tar"), tree_path("a.tar") };
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) other = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	members(&one, "df", "a", "a/b");
	members(&other, "df", "a", "a/c");
	tree_write("1.tar", buf_bytes(&one));
	tree_write("a.tar", buf_bytes(&other));
	row_accepted("both", filetree_open_archives(&t, paths, 2, &never, &e), &e);
	expect_names(t, "a", "b c ");
	expect_content(t, "a/c", "content");
	ck_assert_msg(strstr(filetree_path(t), "1.tar and 1 more") != NULL, "%s", filetree_path(t));
	free(paths[0]);
	free(paths[1]);
}
END_TEST

START_TEST(fails_closed)
{
	AUTO_PTR(filetree) t = NULL;
	AUTO(filetree_names) names = FILETREE_NAMES_INIT;
	AUTO(buf) tar = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum filetree_type type;

	named(&tar, "a/b");
	tree_write("a.tar", buf_bytes(&tar));
	for (unsigned before = 0; before < 2; before++) {
		fail_call("EVP_Digest", before);
		row_refused("opening", open_one(&t, "a.tar", &e), &e, E_IO, "SHA-256");
		ck_assert(fail_happened());
	}
	err_free(&e);
	must_open(&t, &tar);
	fail_call("EVP_Digest", 0);
	row_refused("type", filetree_stat(t, "a/b", &type, NULL, &e), &e, E_IO, "SHA-256");
	fail_call("EVP_Digest", 0);
	row_refused("names", filetree_list(t, "a", 9, &names, &e), &e, E_IO, "SHA-256");
	fail_call("EVP_Digest", 0);
	expect_refused(t, "a/b", 99, E_IO, "SHA-256");
	fail_call("deadline_passed", 0);
	expect_refused(t, "a/b", 99, E_TIMED_OUT, "a.tar: the run's --timeout");
	ck_assert(fail_happened());
	expect_content(t, "a/b", "content");
}
END_TEST

static void
overwrite(size_t at, struct bytes with)
{
	AUTO_STR char *path = tree_path("a.tar");
	FILE *f = fopen(path, "r+b");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fseek(f, (long)at, SEEK_SET), 0);
	ck_assert_uint_eq(fwrite(with.p, 1, with.n, f), with.n);
	ck_assert_int_eq(fclose(f), 0);
}

/* Somebody writes to the archive while it is read: never one member's bytes under another's name.
 */
START_TEST(sees_a_change)
{
	AUTO_STR char *path = tree_path("a.tar");
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;
	AUTO(buf) other = BUF_INIT;

	members(&tar, "ff", "a", "d/b");
	must_open(&t, &tar);
	tarball_text(&other, "c", "content");
	overwrite(0, buf_bytes(&other));
	expect_refused(t, "a", 99, E_IO, "a.tar: a: changed since it was looked through");
	buf_clear(&other);
	tarball_link(&other, "a", "d/b");
	overwrite(0, buf_bytes(&other));
	expect_refused(t, "a", 99, E_IO, "changed since");
	buf_clear(&other);
	tarball_end(&other);
	overwrite(0, buf_bytes(&other));
	expect_refused(t, "a", 99, E_IO, "changed since");
	expect_content(t, "d/b", "content");
	ck_assert_int_eq(truncate(path, 1540), 0);
	expect_refused(t, "d/b", 99, E_INVALID, "d/b");
	ck_assert_int_eq(truncate(path, 0), 0);
	expect_refused(t, "d/b", 99, E_INVALID, "a.tar");
}
END_TEST

/* Cut off behind what was read: what was there is there, and then it is an error. */
START_TEST(sees_a_blob_cut_off)
{
	AUTO_STR char *path = tree_path("a.tar");
	AUTO_PTR(filetree) t = NULL;
	AUTO_PTR(blob) blob = NULL;
	AUTO(buf) tar = BUF_INIT, content = BUF_INIT;
	struct bytes piece;
	AUTO(err) e = ERR_INIT;

	zeros(&content, 100000);
	tarball_file(&tar, "a", buf_bytes(&content));
	tarball_end(&tar);
	must_open(&t, &tar);
	row_accepted("open", filetree_open_blob(t, "a", content.n, &blob, &e), &e);
	row_accepted("the first piece", blob_next(blob, &piece, &e), &e);
	ck_assert_uint_gt(piece.n, 0);
	ck_assert_int_eq(truncate(path, 60000), 0);
	row_refused("the rest", blob_read_all(blob, &content, &e), &e, E_INVALID, "a.tar: a");
}
END_TEST

static const struct {
	const char *name;
	size_t blocks;
	bool fits;
} headers[] = {
	{ "holes without end", MAX_TAR_HEADER_BYTES / 512 + 64, false },
	{ "half of the cap", MAX_TAR_HEADER_BYTES / 1024, true },
};

START_TEST(bounds_headers)
{
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tarball_sparse(&tar, "holes", headers[_i].blocks);
	tarball_text(&tar, "file", "content");
	tarball_end(&tar);
	tree_write("a.tar", buf_bytes(&tar));
	if (headers[_i].fits) {
		row_accepted(headers[_i].name, open_one(&t, "a.tar", &e), &e);
		expect_content(t, "file", "content");
		return;
	}
	row_refused(
	    headers[_i].name, open_one(&t, "a.tar", &e), &e, E_INVALID, "a header of more than");
}
END_TEST

START_TEST(opens_what_is_there)
{
	AUTO_STR char *archive = tree_path("parts/mirror_000001.tar");
	AUTO_STR char *parts = tree_path("parts");
	AUTO_STR char *other = tree_path("other");
	AUTO_PTR(filetree) one = NULL;
	AUTO_PTR(filetree) all = NULL;
	AUTO_PTR(filetree) itself = NULL;
	bool archives;
	AUTO(buf) tar = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("nothing", filetree_open(&one, archive, &never, &archives, &e), &e, E_NOT_FOUND,
	    "parts");
	err_free(&e);
	named(&tar, "a/b");
	tree_write("parts/mirror_000001.tar", buf_bytes(&tar));
	buf_clear(&tar);
	named(&tar, "a/c");
	tree_write("parts/mirror_000002.tar", buf_bytes(&tar));
	tree_write_str("parts/beside", "");
	tree_write_str("other/a.tar", "not looked into");
	row_accepted("an archive", filetree_open(&one, archive, &never, &archives, &e), &e);
	expect_names(one, "a", "b ");
	row_accepted("parts", filetree_open(&all, parts, &never, &archives, &e), &e);
	expect_names(all, "a", "b c ");
	ck_assert(archives);
	row_accepted("a directory", filetree_open(&itself, other, &never, &archives, &e), &e);
	expect_names(itself, "", "a.tar ");
	ck_assert(!archives);
}
END_TEST

static void *
read_often(void *tree)
{
	for (unsigned i = 0; i < 200; i++) {
		expect_content(tree, "one", "the first");
		expect_content(tree, "d/other", "the second");
		expect_names(tree, "", "d one ");
	}
	return NULL;
}

START_TEST(serves_threads_at_once)
{
	AUTO_PTR(filetree) t = NULL;
	AUTO(buf) tar = BUF_INIT;
	pthread_t threads[4];

	tarball_text(&tar, "one", "the first");
	tarball_text(&tar, "d/other", "the second");
	tarball_end(&tar);
	must_open(&t, &tar);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, read_often, t), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
}
END_TEST

/* As the judge: opened and read when it is confined, with a name that libarchive warns of. */
static int
read_confined(void *name)
{
	AUTO_PTR(filetree) t = NULL;
	AUTO_STR char *where = NULL;
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	size_t size;
	char *detail = confined_detail(&size);

	if (open_one(&t, "a.tar", &e) == 0 && filetree_read(t, name, 99, &b, &where, &e) == 0)
		return (int)b.n;
	snprintf(detail, size, "%s", err_msg(&e));
	return -1;
}

START_TEST(serves_the_confined)
{
	char name[] = "g\xc3\xbc/file";
	const struct confined_child child = {
		.role = CONFINE_ROLE_JUDGE, .attempt = read_confined, .arg = name
	};
	const struct confined_answer *a;
	AUTO(buf) tar = BUF_INIT;

	tarball_pax(&tar, "path", name);
	named(&tar, "short");
	tree_write("a.tar", buf_bytes(&tar));
	tree_directory("home");
	a = confined_run("an archive", &child);
	ck_assert_msg(a == NULL || (a->ended && a->result == 7), "%s%s", a->message, a->detail);
}
END_TEST

Suite *
filetree_archive_suite(void)
{
	Suite *s = suite_create("filetree_archive");
	TCase *t = tcase_create("filetree_archive");

	tcase_add_checked_fixture(t, tree_make, tree_remove);
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, refuses_what_is_no_archive);
	tcase_add_test(t, opens_so_many);
	tcase_add_test(t, refuses_too_late);
	tcase_add_test(t, refuses_parts_that_disagree);
	tcase_add_test(t, names_no_more_than_the_cap);
	tcase_add_test(t, finds_all);
	tcase_add_test(t, reads);
	tcase_add_test(t, reads_no_more_than_asked);
	tcase_add_test(t, opens_blobs);
	tcase_add_test(t, sees_a_blob_cut_off);
	tcase_add_loop_test(t, bounds_headers, 0, ARRAY_LEN(headers));
	tcase_add_test(t, reads_links);
	tcase_add_test(t, reads_hard_links);
	tcase_add_test(t, reads_every_dialect);
	tcase_add_test(t, reads_parts_as_one);
	tcase_add_test(t, opens_what_is_there);
	tcase_add_test(t, fails_closed);
	tcase_add_test(t, sees_a_change);
	tcase_add_test(t, serves_threads_at_once);
	tcase_add_test(t, serves_the_confined);
	suite_add_tcase(s, t);
	return s;
}
