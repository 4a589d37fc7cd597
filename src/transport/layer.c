/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libarchive meets hostile bytes here, in the process that has the verdict; what keeps that small
 * is said in transport/tar_reader.h. Besides its tar reader two decompressors are in use, both in
 * this process and in this thread.
 */
#include "transport/layer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/limits.h"
#include "base/text.h"

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"

struct run {
	struct blob *blob;
	const struct layer_reader *reader;
	struct archive *archive;
	struct digest_hash *hash;
	struct err failure; /* of the blob */
	bool ended;	    /* the blob did */
	uint64_t unpacked, files;
};

static void
run_free(struct run *r)
{
	(void)archive_read_free(r->archive);
	digest_hash_free(r->hash);
	err_free(&r->failure);
}
AUTO_DEFINE(run)

static int
next_piece(struct run *r, struct bytes *piece)
{
	if (blob_next(r->blob, piece, &r->failure) != 0)
		return -1;
	if (piece->n == 0)
		r->ended = true;
	else
		digest_hash_add(r->hash, *piece);
	return 0;
}

/* libarchive's callback. */
static la_ssize_t
give(struct archive *a, void *arg, const void **out)
{
	struct run *r = arg;
	struct bytes piece;

	if (next_piece(r, &piece) != 0) {
		archive_set_error(a, EIO, "reading failed");
		return -1;
	}
	*out = piece.p;
	return (la_ssize_t)piece.n;
}

static int
failure(struct run *r, struct err *e)
{
	const char *why = archive_error_string(r->archive);

	if (r->failure.code != E_NONE) {
		*e = r->failure;
		r->failure = (struct err)ERR_INIT;
		return -1;
	}
	return err_set(e, E_INVALID, "%s: no layer, or a damaged one: %s", blob_where(r->blob),
	    why != NULL ? why : "libarchive does not say why");
}

/* ARCHIVE_WARN: it would start a program to decompress with, which nothing here may. */
static int
open_archive(struct run *r, struct err *e)
{
	if (archive_read_support_filter_gzip(r->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(r->archive) != ARCHIVE_OK ||
	    archive_read_support_format_tar(r->archive) != ARCHIVE_OK)
		return err_set(e, E_UNSUPPORTED, "libarchive was built without gzip or zstd");
	if (archive_read_open2(r->archive, r, NULL, give, NULL, NULL) != ARCHIVE_OK)
		return failure(r, e);
	return 0;
}

/* The name as layers have it, without "./" and a slash at its end; NULL for what is no name. */
static char *
normal_name(const char *raw)
{
	AUTO_STR char *name = NULL;
	size_t n;

	while (raw[0] == '.' && raw[1] == '/')
		raw += 2;
	n = strlen(raw);
	if (n > 0 && raw[n - 1] == '/')
		n--;
	if (n == 0 || (n == 1 && raw[0] == '.'))
		return xstrdup("");
	name = xstrndup(raw, n);
	for (const char *part = name;; part += strcspn(part, "/") + 1) {
		size_t length = strcspn(part, "/");

		if (length == 0 || (length == 2 && part[0] == '.' && part[1] == '.'))
			return NULL;
		if (part[length] == '\0')
			return steal(&name);
	}
}

static int
count(struct run *r, la_int64_t bytes, struct err *e)
{
	r->unpacked += bytes > 0 ? (uint64_t)bytes : 0;
	if (r->unpacked <= r->reader->max_unpacked)
		return 0;
	return err_set(e, E_TOO_LARGE, "%s: it unpacks to more than %" PRIu64 " bytes",
	    blob_where(r->blob), r->reader->max_unpacked);
}

/* A file that is wanted. */
static int
read_file(struct run *r, const char *name, struct err *e)
{
	AUTO(buf) content = BUF_INIT;
	uint8_t chunk[4096];
	la_ssize_t n;

	while ((n = archive_read_data(r->archive, chunk, sizeof(chunk))) > 0) {
		if (count(r, n, e) != 0)
			return -1;
		if (!buf_add_max(&content, chunk, (size_t)n, r->reader->max_file))
			return err_set(e, E_TOO_LARGE, "%s: %s: more than %zu bytes",
			    blob_where(r->blob), name, r->reader->max_file);
	}
	if (n < 0)
		return failure(r, e);
	return r->reader->file(r->reader->arg, name, buf_bytes(&content), e);
}

/* One that is not: its bytes go by, counted as they are decompressed. */
static int
skip_file(struct run *r, struct err *e)
{
	const void *p;
	size_t n;
	la_int64_t at;
	int result;

	while ((result = archive_read_data_block(r->archive, &p, &n, &at)) == ARCHIVE_OK)
		if (count(r, (la_int64_t)n, e) != 0)
			return -1;
	return result == ARCHIVE_EOF ? 0 : failure(r, e);
}

static bool
is_sparse_or_hard(struct archive_entry *entry)
{
	return archive_entry_hardlink(entry) != NULL || archive_entry_sparse_count(entry) > 0;
}

static int
take_whiteout(struct run *r, const char *name, const char *last, struct err *e)
{
	AUTO_STR char *gone = NULL;
	int front = (int)(last - name);

	if (strcmp(last, OPAQUE) == 0)
		gone = xstrndup(name, front > 0 ? (size_t)front - 1 : 0);
	else
		gone = xasprintf("%.*s%s", front, name, last + strlen(WHITEOUT));
	return r->reader->gone(r->reader->arg, gone, e);
}

static int
take_entry(struct run *r, struct archive_entry *entry, const char *name, struct err *e)
{
	const char *slash = strrchr(name, '/');
	const char *last = slash != NULL ? slash + 1 : name;
	bool regular = archive_entry_filetype(entry) == AE_IFREG && !is_sparse_or_hard(entry);

	if (text_starts_with(last, WHITEOUT))
		return take_whiteout(r, name, last, e) == 0 ? skip_file(r, e) : -1;
	if (!r->reader->wanted(r->reader->arg, name))
		return skip_file(r, e);
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return skip_file(r, e);
	if (!regular)
		return err_set(e, E_INVALID,
		    "%s: %s: a link, a sparse file or a device, want a regular file",
		    blob_where(r->blob), name);
	return read_file(r, name, e);
}

static int
take_header(struct run *r, struct archive_entry *entry, struct err *e)
{
	const char *raw = archive_entry_pathname(entry);
	AUTO_STR char *name =
	    raw != NULL && strlen(raw) <= MAX_MEMBER_NAME_BYTES ? normal_name(raw) : NULL;

	if (name == NULL)
		return err_set(e, E_INVALID,
		    "%s: a file is named \"%.300s\": too long, absolute, or with an empty part or "
		    "\"..\"",
		    blob_where(r->blob), raw != NULL ? raw : "");
	if (++r->files > r->reader->max_files)
		return err_set(e, E_TOO_LARGE, "%s: more than %" PRIu64 " files",
		    blob_where(r->blob), r->reader->max_files);
	/* A header is a block at least: many empty files are a bomb, too. */
	return count(r, 512, e) == 0 ? take_entry(r, entry, name, e) : -1;
}

static int
read_entries(struct run *r, struct err *e)
{
	struct archive_entry *entry;
	int result;

	for (;;) {
		result = archive_read_next_header(r->archive, &entry);
		if (result == ARCHIVE_EOF)
			return 0;
		/* EILSEQ: a name that is not ASCII; see tar_reader.c. */
		if (result != ARCHIVE_OK &&
		    !(result == ARCHIVE_WARN && archive_errno(r->archive) == EILSEQ))
			return failure(r, e);
		if (take_header(r, entry, e) != 0)
			return -1;
	}
}

/* What stands behind the archive's end is hashed, too: the digest is of all of it. */
static int
read_rest(struct run *r, struct err *e)
{
	struct bytes piece;

	while (!r->ended)
		if (next_piece(r, &piece) != 0)
			return failure(r, e);
	return 0;
}

int
layer_read(struct blob *blob, const struct layer_reader *reader, struct digest *got, struct err *e)
{
	AUTO(run)
	r = { .blob = blob,
		.reader = reader,
		.archive = must_have(archive_read_new()),
		.hash = digest_hash_new() };

	*got = (struct digest){ 0 };
	if (open_archive(&r, e) != 0 || read_entries(&r, e) != 0 || read_rest(&r, e) != 0)
		return -1;
	return digest_hash_end(r.hash, got, e);
}
