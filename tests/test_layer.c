/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>
#include <check.h>

#include "base/limits.h"
#include "confined_child.h"
#include "memory_blob.h"
#include "rows.h"
#include "suites.h"
#include "tarball.h"
#include "transport/layer.h"
#include "tree.h"

enum { PIECE = 700 };

/*
 * --- blobs --------------------------------------------------------------------------------------
 */

static const struct {
	const char *name;
	uint64_t max;
	size_t fail_after;
	enum errc code;
} blobs[] = {
	{ "one byte too many", 9, SIZE_MAX, E_TOO_LARGE },
	{ "a lost connection", 10, 4, E_UNREACHABLE },
	{ "all of it", 10, SIZE_MAX, E_NONE },
};

START_TEST(gives_a_blob)
{
	AUTO_PTR(blob)
	b = memory_blob(bytes_of_str("0123456789"), 4, blobs[_i].max, blobs[_i].fail_after);
	AUTO(buf) all = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct bytes piece;
	int result;

	row_string(blobs[_i].name, "where", blob_where(b), "memory");
	while ((result = blob_next(b, &piece, &e)) == 0 && piece.n > 0)
		buf_add(&all, piece.p, piece.n);
	if (blobs[_i].code == E_NONE) {
		row_accepted(blobs[_i].name, result, &e);
		row_string(blobs[_i].name, "content", buf_str(&all), "0123456789");
		row_accepted("at the end", blob_next(b, &piece, &e), &e);
		ck_assert_uint_eq(piece.n, 0);
		return;
	}
	row_refused(blobs[_i].name, result, &e, blobs[_i].code, "");
	ck_assert_uint_eq(piece.n, 0);
	row_refused("again", blob_next(b, &piece, &e), &e, E_IO, "failed before");
}
END_TEST

/*
 * --- layers -------------------------------------------------------------------------------------
 */

/* What came, "NAME=CONTENT" and "-NAME" for what is gone. */
struct seen {
	struct buf text;
	const char *fail_at;
};

static bool
wanted(void *arg, const char *name)
{
	(void)arg;
	return strncmp(name, "want/", 5) == 0;
}

static int
take_file(void *arg, const char *name, struct bytes content, struct err *e)
{
	struct seen *s = arg;

	if (s->fail_at != NULL && strcmp(s->fail_at, name) == 0)
		return err_set(e, E_MISMATCH, "not this one");
	buf_addf(&s->text, "%s=%.*s ", name, (int)content.n, (const char *)content.p);
	return 0;
}

static int
take_gone(void *arg, const char *name, struct err *e)
{
	struct seen *s = arg;

	(void)e;
	buf_addf(&s->text, "-%s ", name);
	return 0;
}

static int
read_layer(struct bytes layer, size_t fail_after, struct seen *s, struct digest *got, struct err *e)
{
	const struct layer_reader reader = { wanted, take_file, take_gone, s, 20, 20000, 8 };
	AUTO_PTR(blob) b = memory_blob(layer, PIECE, UINT64_MAX, fail_after);

	return layer_read(b, &reader, got, e);
}

/* Compressed by libarchive, as one piece. */
static void
compress_by(struct buf *out, int filter, struct bytes in)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t used = 0, room = in.n + 4096;
	uint8_t *p = xmalloc(room);

	ck_assert_int_eq(archive_write_add_filter(a, filter), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_set_format_raw(a), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_set_bytes_in_last_block(a, 1), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_open_memory(a, p, room, &used), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	ck_assert_int_eq(archive_write_header(a, entry), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_data(a, in.p, in.n), (la_ssize_t)in.n);
	ck_assert_int_eq(archive_write_close(a), ARCHIVE_OK);
	archive_entry_free(entry);
	archive_write_free(a);
	buf_add(out, p, used);
	free(p);
}

/* A layer with what is wanted, and something else. */
static void
make_good(struct buf *out)
{
	tarball_directory(out, "want/");
	tarball_text(out, "./want/a", "one");
	tarball_text(out, "other/b", "a file that nobody wants, of more than twenty bytes");
	tarball_text(out, "want/c", "");
	tarball_end(out);
}

static const int filters[] = { ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD };

START_TEST(reads_what_is_wanted)
{
	AUTO(buf) tar = BUF_INIT, layer = BUF_INIT;
	struct seen s = { BUF_INIT, NULL };
	struct digest got, want;
	AUTO(err) e = ERR_INIT;

	make_good(&tar);
	compress_by(&layer, filters[_i], buf_bytes(&tar));
	/* What stands behind the end belongs to what is hashed. */
	buf_add_str(&layer, _i == 0 ? "behind the end" : "");
	row_accepted("layer", read_layer(buf_bytes(&layer), SIZE_MAX, &s, &got, &e), &e);
	row_string("layer", "files", buf_str(&s.text), "want/a=one want/c= ");
	row_accepted("digest", digest_of_bytes(&want, buf_bytes(&layer), &e), &e);
	row_string("layer", "digest", got.text, want.text);
	buf_free(&s.text);
}
END_TEST

static void
long_name(struct buf *out)
{
	AUTO(buf) name = BUF_INIT;

	for (int i = 0; i < 5000; i++)
		buf_add_byte(&name, i % 100 == 99 ? '/' : 'x');
	buf_add_str(&name, "y");
	buf_add_byte(&name, '\0');
	tarball_special(out, 'L', buf_bytes(&name));
	tarball_text(out, "x", "");
}

/* One archive for each row. */
static void
make(struct buf *out, int which)
{
	static const uint8_t zeros[20001];
	struct tarball_header h = { .name = "want/d", .type = '3' };

	switch (which) {
	case 0:
		tarball_link(out, "want/a", "../b");
		break;
	case 1:
		h.type = '1';
		h.target = "other/b";
		tarball_header(out, &h);
		break;
	case 2:
		tarball_header(out, &h);
		break;
	case 3:
		tarball_text(out, "want/a", "twenty bytes and one.");
		break;
	case 4:
		tarball_file(out, "other/b", bytes_of(zeros, sizeof(zeros)));
		break;
	case 5:
		for (int i = 0; i < 9; i++)
			tarball_text(out, "other/b", "");
		break;
	case 6:
		tarball_text(out, "/want/a", "x");
		break;
	case 7:
		tarball_text(out, "want/../b", "x");
		break;
	case 8:
		tarball_text(out, "want//b", "x");
		break;
	case 9:
		long_name(out);
		break;
	case 10:
		h = (struct tarball_header){ .name = "want/a", .size = 5, .is_damaged = true };
		tarball_header(out, &h);
		break;
	case 11:
		tarball_text(out, "want/a", "one");
		out->n -= 300;
		return;
	case 12:
		buf_add_str(out, "no archive at all, but a text");
		return;
	case 13:
		h = (struct tarball_header){ .name = "want/a", .size_field = "777777777777" };
		tarball_header(out, &h);
		break;
	}
	tarball_end(out);
}

static const struct {
	const char *name;
	enum errc code;
	const char *part;
} bad[] = {
	{ "a symbolic link that is wanted", E_INVALID, "regular file" },
	{ "a hard link that is wanted", E_INVALID, "regular file" },
	{ "a device that is wanted", E_INVALID, "regular file" },
	{ "a file over its cap", E_TOO_LARGE, "want/a" },
	{ "a layer over its cap", E_TOO_LARGE, "unpacked: more than 20000" },
	{ "too many files", E_TOO_LARGE, "files" },
	{ "an absolute name", E_INVALID, "absolute" },
	{ "a name that leads out", E_INVALID, "\"..\"" },
	{ "a name with an empty part", E_INVALID, "empty part" },
	{ "a name that is too long", E_INVALID, "too long" },
	{ "a damaged header", E_INVALID, "damaged" },
	{ "a file that is cut off", E_INVALID, "damaged" },
	{ "a text", E_INVALID, "no layer" },
	{ "a file larger than all", E_INVALID, "damaged" },
};

START_TEST(refuses)
{
	AUTO(buf) layer = BUF_INIT;
	struct seen s = { BUF_INIT, NULL };
	struct digest got;
	AUTO(err) e = ERR_INIT;

	make(&layer, _i);
	row_refused(bad[_i].name, read_layer(buf_bytes(&layer), SIZE_MAX, &s, &got, &e), &e,
	    bad[_i].code, bad[_i].part);
	ck_assert_msg(!digest_is_set(&got), "%s: a digest is left", bad[_i].name);
	buf_free(&s.text);
}
END_TEST

/* 100 MB of zeros in 100 kB: read no further than the cap. */
START_TEST(refuses_a_bomb)
{
	AUTO(buf) tar = BUF_INIT, layer = BUF_INIT;
	struct seen s = { BUF_INIT, NULL };
	struct digest got;
	AUTO(err) e = ERR_INIT;
	const struct tarball_header h = { .name = "other/zeros", .size = 100 << 20 };
	static const uint8_t zeros[1 << 20];

	tarball_header(&tar, &h);
	for (int i = 0; i < 100; i++)
		buf_add(&tar, zeros, sizeof(zeros));
	tarball_end(&tar);
	compress_by(&layer, filters[1 + _i], buf_bytes(&tar));
	ck_assert_uint_lt(layer.n, 200000);
	row_refused("bomb", read_layer(buf_bytes(&layer), SIZE_MAX, &s, &got, &e), &e, E_TOO_LARGE,
	    "unpacked: more than 20000");
	buf_free(&s.text);
}
END_TEST

/*
 * --- what archives may hold ---------------------------------------------------------------------
 */

static void
with_dot(struct buf *out)
{
	tarball_text(out, "want/./a", "x");
}

static void
with_dot_at_the_end(struct buf *out)
{
	tarball_text(out, "want/.", "x");
}

static void
absolute_behind_dot(struct buf *out)
{
	tarball_text(out, ".//want/a", "x");
}

static void
leads_out_by_pax(struct buf *out)
{
	tarball_pax(out, "path", "want/../../a");
	tarball_text(out, "want/a", "x");
}

static void
whiteout_of_nothing(struct buf *out)
{
	tarball_text(out, "want/.wh.", "");
}

static void
whiteout_of_above(struct buf *out)
{
	tarball_text(out, "want/.wh...", "");
}

static void
whiteout_of_itself(struct buf *out)
{
	tarball_text(out, "want/.wh..", "");
}

/* libarchive reads the content of a link in a pax archive as such, Go another header. */
static void
link_with_content(struct buf *out)
{
	tarball_pax(out, "comment", "so that it is pax");
	tarball_header(
	    out, &(struct tarball_header){ .name = "b", .type = '1', .target = "a", .size = 512 });
	tarball_text(out, "want/a", "x");
}

static void
sparse(struct buf *out)
{
	tarball_special(out, 'x',
	    bytes_of_str("26 GNU.sparse.numblocks=1\n21 GNU.sparse.size=8\n"
			 "22 GNU.sparse.map=4,4\n"));
	tarball_text(out, "want/a", "abcd");
}

/* The size that a sparse file says that it has is not taken from memory. */
static void
sparse_without_end(struct buf *out)
{
	tarball_special(out, 'x',
	    bytes_of_str("26 GNU.sparse.numblocks=1\n32 GNU.sparse.size=9000000000000\n"
			 "33 GNU.sparse.map=8999999999996,4\n"));
	tarball_text(out, "want/a", "abcd");
}

static void
bad_pax(struct buf *out)
{
	tarball_special(out, 'x', bytes_of_str("99999999999999999999 path=a\n"));
	tarball_text(out, "want/a", "x");
}

static void
cut_header(struct buf *out)
{
	tarball_text(out, "want/a", "one");
	tarball_text(out, "want/c", "two");
	out->n -= 512 + 100;
}

static void
nothing(struct buf *out)
{
	(void)out;
}

static const struct {
	const char *name;
	void (*make)(struct buf *out);
	enum errc code;
	const char *part;
} hostile[] = {
	{ "a part \".\"", with_dot, E_INVALID, "\".\"" },
	{ "a part \".\" at the end", with_dot_at_the_end, E_INVALID, "\".\"" },
	{ "absolute behind \"./\"", absolute_behind_dot, E_INVALID, "absolute" },
	{ "a name that leads out, by pax", leads_out_by_pax, E_INVALID, "\"..\"" },
	{ "a whiteout of no name", whiteout_of_nothing, E_INVALID, "whiteout" },
	{ "a whiteout of the folder above", whiteout_of_above, E_INVALID, "whiteout" },
	{ "a whiteout of its folder", whiteout_of_itself, E_INVALID, "whiteout" },
	{ "a link with content", link_with_content, E_INVALID, "content of its own" },
	{ "a sparse file that is wanted", sparse, E_INVALID, "sparse" },
	{ "a sparse file without end", sparse_without_end, E_INVALID, "" },
	{ "a damaged pax header", bad_pax, E_INVALID, "damaged" },
	{ "cut off in a header", cut_header, E_INVALID, "damaged" },
	{ "nothing", nothing, E_INVALID, "" },
};

START_TEST(refuses_hostile_archives)
{
	AUTO(buf) layer = BUF_INIT;
	struct seen s = { BUF_INIT, NULL };
	struct digest got;
	AUTO(err) e = ERR_INIT;

	hostile[_i].make(&layer);
	if (layer.n % 512 == 0 && layer.n > 0)
		tarball_end(&layer);
	row_refused(hostile[_i].name, read_layer(buf_bytes(&layer), SIZE_MAX, &s, &got, &e), &e,
	    hostile[_i].code, hostile[_i].part);
	ck_assert_msg(!digest_is_set(&got), "%s: a digest is left", hostile[_i].name);
	buf_free(&s.text);
}
END_TEST

static void
only_the_end(struct buf *out)
{
	tarball_end(out);
}

static void
long_names(struct buf *out)
{
	tarball_special(out, 'L', bytes_of_str("./want/gnu"));
	tarball_text(out, "x", "1");
	tarball_pax(out, "path", "want/pax");
	tarball_text(out, "x", "2");
	tarball_pax(out, "path", "want/g\xc3\xbc");
	tarball_text(out, "x", "3");
	tarball_special(out, 'L', bytes_of_str("want/\xff"));
	tarball_text(out, "x", "4");
	tarball_end(out);
}

/* Nothing of what nobody wants is refused for what it is. */
static void
unwanted(struct buf *out)
{
	tarball_header(out, &(struct tarball_header){ .name = "dev/null", .type = '3' });
	tarball_header(out, &(struct tarball_header){ .name = "run/fifo", .type = '6' });
	tarball_link(out, "bin", "usr/bin");
	tarball_link(out, "far", "../../etc/passwd");
	tarball_special(out, 'x',
	    bytes_of_str("26 GNU.sparse.numblocks=1\n21 GNU.sparse.size=8\n"
			 "22 GNU.sparse.map=4,4\n"));
	tarball_text(out, "other/sparse", "abcd");
	tarball_text(out, "want/a", "x");
	tarball_end(out);
}

static void
directories(struct buf *out)
{
	tarball_directory(out, "./");
	tarball_directory(out, "want/");
	tarball_directory(out, "./want/d/");
	tarball_text(out, "././want/a", "x");
	tarball_end(out);
}

static void
without_an_end(struct buf *out)
{
	tarball_text(out, "want/a", "x");
}

static void
behind_the_end(struct buf *out)
{
	tarball_text(out, "want/a", "x");
	tarball_end(out);
	tarball_text(out, "want/b", "x");
	tarball_end(out);
}

static const struct {
	const char *name;
	void (*make)(struct buf *out);
	const char *seen;
} fair[] = {
	{ "an empty layer", only_the_end, "" },
	{ "long names, and odd letters", long_names,
	    "want/gnu=1 want/pax=2 want/g\xc3\xbc=3 want/\xff=4 " },
	{ "what is not wanted", unwanted, "want/a=x " },
	{ "directories", directories, "want/a=x " },
	{ "no blocks of zeros", without_an_end, "want/a=x " },
	{ "files behind the end", behind_the_end, "want/a=x " },
};

START_TEST(reads_what_is_odd)
{
	int row = _i / (int)ARRAY_LEN(filters);
	AUTO(buf) tar = BUF_INIT, layer = BUF_INIT;
	struct seen s = { BUF_INIT, NULL };
	struct digest got, want;
	AUTO(err) e = ERR_INIT;

	fair[row].make(&tar);
	compress_by(&layer, filters[_i % (int)ARRAY_LEN(filters)], buf_bytes(&tar));
	row_accepted(fair[row].name, read_layer(buf_bytes(&layer), SIZE_MAX, &s, &got, &e), &e);
	row_string(fair[row].name, "seen", buf_str(&s.text), fair[row].seen);
	row_accepted(fair[row].name, digest_of_bytes(&want, buf_bytes(&layer), &e), &e);
	row_string(fair[row].name, "digest", got.text, want.text);
	buf_free(&s.text);
}
END_TEST

/*
 * --- compression --------------------------------------------------------------------------------
 */

/* A frame of zstd's that is to be skipped, as the index of layers that are read in parts has. */
#define SKIPPED "\x50\x2a\x4d\x18\x04\x00\x00\x00skip"

/* What follows the compressed bytes: gzip(1) does not mind it, and zstd(1) does. */
static const struct {
	const char *name;
	int filter;
	const char *behind;
	size_t n;
	enum errc code;
} behind[] = {
	{ "gzip, a text", ARCHIVE_FILTER_GZIP, "behind", 6, E_NONE },
	{ "zstd, a text", ARCHIVE_FILTER_ZSTD, "behind", 6, E_INVALID },
	{ "zstd, a frame to skip", ARCHIVE_FILTER_ZSTD, SKIPPED, 12, E_NONE },
};

START_TEST(hashes_what_follows)
{
	AUTO(buf) tar = BUF_INIT, layer = BUF_INIT;
	struct seen s = { BUF_INIT, NULL };
	struct digest got, want;
	AUTO(err) e = ERR_INIT;
	int result;

	make_good(&tar);
	compress_by(&layer, behind[_i].filter, buf_bytes(&tar));
	buf_add(&layer, (const uint8_t *)behind[_i].behind, behind[_i].n);
	result = read_layer(buf_bytes(&layer), SIZE_MAX, &s, &got, &e);
	if (behind[_i].code != E_NONE) {
		row_refused(behind[_i].name, result, &e, behind[_i].code, "unpacked");
	} else {
		row_accepted(behind[_i].name, result, &e);
		row_string(behind[_i].name, "seen", buf_str(&s.text), "want/a=one want/c= ");
		row_accepted("digest", digest_of_bytes(&want, buf_bytes(&layer), &e), &e);
		row_string(behind[_i].name, "digest", got.text, want.text);
	}
	buf_free(&s.text);
}
END_TEST

/* Wherever it is cut off before its archive ends. */
START_TEST(refuses_what_cannot_be_unpacked)
{
	AUTO(buf) tar = BUF_INIT, layer = BUF_INIT, twice = BUF_INIT;
	struct seen s = { BUF_INIT, NULL };
	struct digest got;
	AUTO(err) e = ERR_INIT;

	make_good(&tar);
	compress_by(&layer, filters[1 + _i], buf_bytes(&tar));
	for (size_t n = 4; n < layer.n - 20; n++)
		row_refused("cut off", read_layer(bytes_of(layer.p, n), SIZE_MAX, &s, &got, &e), &e,
		    E_INVALID, "");
	compress_by(&twice, ARCHIVE_FILTER_GZIP, buf_bytes(&layer));
	row_refused("twice", read_layer(buf_bytes(&twice), SIZE_MAX, &s, &got, &e), &e, E_INVALID,
	    "more than once");
	buf_free(&s.text);
}
END_TEST

/* Two streams, one behind the other, are one, as gzip and zstd themselves have it. */
START_TEST(reads_streams_as_one)
{
	AUTO(buf) tar = BUF_INIT, layer = BUF_INIT;
	struct seen s = { BUF_INIT, NULL };
	struct digest got;
	AUTO(err) e = ERR_INIT;

	make_good(&tar);
	compress_by(&layer, filters[1 + _i], bytes_of(tar.p, 700));
	compress_by(&layer, filters[1 + _i], bytes_of(tar.p + 700, tar.n - 700));
	row_accepted("layer", read_layer(buf_bytes(&layer), SIZE_MAX, &s, &got, &e), &e);
	row_string("layer", "seen", buf_str(&s.text), "want/a=one want/c= ");
	buf_free(&s.text);
}
END_TEST

static void
many_holes(struct buf *out)
{
	tarball_sparse(out, "other", MAX_TAR_HEADER_BYTES / 512 + 1);
}

static void
some_holes(struct buf *out)
{
	tarball_sparse(out, "other", MAX_TAR_HEADER_BYTES / 1024);
}

/* libarchive may have a cap of its own for these. */
static void
many_names(struct buf *out)
{
	while (out->n <= MAX_TAR_HEADER_BYTES + 1024)
		tarball_special(out, 'L', bytes_of_str("want/a"));
	tarball_text(out, "want/a", "x");
}

/* Almost what a header may have, and what libarchive reads ahead goes over it. */
static void
make_large_before(struct buf *out)
{
	static const uint8_t zeros[MAX_TAR_HEADER_BYTES - 1000];

	tarball_file(out, "other/b", bytes_of(zeros, sizeof(zeros)));
	for (int i = 0; i < 6; i++)
		tarball_text(out, "other/c", "x");
}

static const struct {
	const char *name;
	void (*make)(struct buf *out);
	enum errc code;
	const char *part;
} headers[] = {
	{ "holes without end", many_holes, E_INVALID, "a header of more than" },
	{ "names without end", many_names, E_INVALID, "header" },
	{ "half of the cap", some_holes, E_NONE, NULL },
	{ "after a file that is larger by itself", make_large_before, E_NONE, NULL },
};

START_TEST(bounds_headers)
{
	const struct layer_reader reader = { wanted, take_file, take_gone, NULL, 20, UINT64_MAX,
		8 };
	AUTO(buf) tar = BUF_INIT;
	AUTO_PTR(blob) b = NULL;
	struct digest got;
	AUTO(err) e = ERR_INIT;
	int result;

	headers[_i].make(&tar);
	tarball_end(&tar);
	b = memory_blob(buf_bytes(&tar), PIECE, UINT64_MAX, SIZE_MAX);
	result = layer_read(b, &reader, &got, &e);
	if (headers[_i].code == E_NONE)
		row_accepted(headers[_i].name, result, &e);
	else
		row_refused(headers[_i].name, result, &e, headers[_i].code, headers[_i].part);
}
END_TEST

/* As the judge reads them. */
static int
read_confined(void *layer)
{
	const struct buf *b = layer;
	struct seen s = { BUF_INIT, NULL };
	struct digest got;
	AUTO(err) e = ERR_INIT;
	size_t size;
	char *detail = confined_detail(&size);
	int result = read_layer(buf_bytes(b), SIZE_MAX, &s, &got, &e);

	snprintf(detail, size, "%s", result == 0 ? buf_str(&s.text) : err_msg(&e));
	buf_free(&s.text);
	return result;
}

START_TEST(serves_the_confined)
{
	AUTO(buf) tar = BUF_INIT, layer = BUF_INIT;
	const struct confined_child child = {
		.role = CONFINE_ROLE_JUDGE, .attempt = read_confined, .arg = &layer
	};
	const struct confined_answer *a;

	make_good(&tar);
	compress_by(&layer, filters[_i], buf_bytes(&tar));
	tree_directory("home");
	a = confined_run("a layer", &child);
	ck_assert_msg(a == NULL || (a->ended && a->result == 0), "%s%s", a->message, a->detail);
	if (a != NULL)
		row_string("a layer", "seen", a->detail, "want/a=one want/c= ");
}
END_TEST

START_TEST(tells_what_is_gone)
{
	AUTO(buf) layer = BUF_INIT;
	struct seen s = { BUF_INIT, NULL };
	struct digest got;
	AUTO(err) e = ERR_INIT;

	tarball_text(&layer, "want/.wh.a", "");
	tarball_text(&layer, ".wh.b", "");
	tarball_text(&layer, "dir/sub/.wh..wh..opq", "");
	tarball_text(&layer, ".wh..wh..opq", "");
	tarball_end(&layer);
	row_accepted("layer", read_layer(buf_bytes(&layer), SIZE_MAX, &s, &got, &e), &e);
	row_string("layer", "gone", buf_str(&s.text), "-want/a -b -dir/sub - ");
	buf_free(&s.text);
}
END_TEST

/* What the blob, and whoever takes a file, fails with, is what comes out; wherever it fails. */
START_TEST(passes_failures_on)
{
	AUTO(buf) tar = BUF_INIT, layer = BUF_INIT;
	struct seen s = { BUF_INIT, "want/c" };
	struct digest got;
	AUTO(err) e = ERR_INIT;

	make_good(&tar);
	compress_by(&layer, filters[_i], buf_bytes(&tar));
	row_refused("file", read_layer(buf_bytes(&layer), SIZE_MAX, &s, &got, &e), &e, E_MISMATCH,
	    "not this one");
	s.fail_at = NULL;
	for (size_t n = 0; n < layer.n; n += PIECE)
		row_refused("blob", read_layer(buf_bytes(&layer), n, &s, &got, &e), &e,
		    E_UNREACHABLE, "lost");
	buf_add(&layer, tar.p, _i == 0 ? tar.n : 0);
	if (_i == 0)
		row_refused("behind the end", read_layer(buf_bytes(&layer), tar.n, &s, &got, &e),
		    &e, E_UNREACHABLE, "lost");
	buf_free(&s.text);
}
END_TEST

Suite *
layer_suite(void)
{
	Suite *s = suite_create("layer");
	TCase *t = tcase_create("layer"), *confined = tcase_create("confined");

	tcase_add_loop_test(t, gives_a_blob, 0, ARRAY_LEN(blobs));
	tcase_add_loop_test(t, reads_what_is_wanted, 0, ARRAY_LEN(filters));
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(bad));
	tcase_add_loop_test(t, refuses_a_bomb, 0, ARRAY_LEN(filters) - 1);
	tcase_add_loop_test(t, refuses_hostile_archives, 0, ARRAY_LEN(hostile));
	tcase_add_loop_test(t, reads_what_is_odd, 0, ARRAY_LEN(fair) * ARRAY_LEN(filters));
	tcase_add_loop_test(t, refuses_what_cannot_be_unpacked, 0, ARRAY_LEN(filters) - 1);
	tcase_add_loop_test(t, reads_streams_as_one, 0, ARRAY_LEN(filters) - 1);
	tcase_add_loop_test(t, bounds_headers, 0, ARRAY_LEN(headers));
	tcase_add_loop_test(t, hashes_what_follows, 0, ARRAY_LEN(behind));
	tcase_add_test(t, tells_what_is_gone);
	tcase_add_loop_test(t, passes_failures_on, 0, ARRAY_LEN(filters));
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(confined, tree_make, tree_remove);
	tcase_add_loop_test(confined, serves_the_confined, 0, ARRAY_LEN(filters));
	suite_add_tcase(s, confined);
	return s;
}
