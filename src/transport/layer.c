/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libarchive meets hostile bytes here, in the process that has the verdict; what keeps that small
 * is said in transport/tar_reader.h, and of its decompressors in transport/unpacked.c. They are a
 * step of their own, so that each byte is counted before the tar reader has it.
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
#include "transport/unpacked.h"

#define WHITEOUT ".wh."
#define OPAQUE ".wh..wh..opq"

struct run {
	struct blob *blob;
	const struct layer_reader *reader;
	struct blob *hashed, *unpacked; /* the blob; what it was compressed from */
	struct archive *archive;
	struct digest_hash *hash;
	struct err failure; /* of reading them */
	bool in_header;
	size_t header; /* bytes that were given for it */
	uint64_t files;
};

static void
run_free(struct run *r)
{
	(void)archive_read_free(r->archive);
	blob_free(r->unpacked);
	blob_free(r->hashed);
	digest_hash_free(r->hash);
	err_free(&r->failure);
}
AUTO_DEFINE(run)

static int
hashed_next(void *run, struct bytes *piece, struct err *e)
{
	struct run *r = run;

	if (blob_next(r->blob, piece, e) != 0)
		return -1;
	digest_hash_add(r->hash, *piece);
	return 0;
}

/* The run owns what it reads from. */
static void
keep(void *run)
{
	(void)run;
}

/*
 * libarchive keeps what a header says of the holes in a file, however long that is, until the next
 * one comes.
 */
static int
check_header(struct run *r, size_t n)
{
	if (!r->in_header || n <= MAX_TAR_HEADER_BYTES - r->header) {
		r->header += n;
		return 0;
	}
	return err_set(&r->failure, E_INVALID, "%s: a file has a header of more than %zu bytes",
	    blob_where(r->blob), MAX_TAR_HEADER_BYTES);
}

/* libarchive's callback. */
static la_ssize_t
give(struct archive *a, void *run, const void **out)
{
	struct run *r = run;
	struct bytes piece;

	if (blob_next(r->unpacked, &piece, &r->failure) != 0 || check_header(r, piece.n) != 0) {
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
		err_free(e);
		*e = r->failure;
		r->failure = (struct err)ERR_INIT;
		return -1;
	}
	return err_set(e, E_INVALID, "%s: no layer, or a damaged one: %s", blob_where(r->blob),
	    why != NULL ? why : "libarchive does not say why");
}

static int
open_archive(struct run *r, struct err *e)
{
	static const struct blob_kind kind = { hashed_next, keep };

	r->hashed = blob_new(&kind, r, UINT64_MAX, xstrdup(blob_where(r->blob)));
	if (unpacked_open(r->hashed, r->reader->max_unpacked, &r->unpacked, e) != 0)
		return -1;
	r->in_header = true;
	if (archive_read_support_format_tar(r->archive) != ARCHIVE_OK ||
	    archive_read_open2(r->archive, r, NULL, give, NULL, NULL) != ARCHIVE_OK)
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

		if (length == 0 || (length == 1 && part[0] == '.') ||
		    (length == 2 && part[0] == '.' && part[1] == '.'))
			return NULL;
		if (part[length] == '\0')
			return steal(&name);
	}
}

/* A file that is wanted. */
static int
read_file(struct run *r, const char *name, struct err *e)
{
	AUTO(buf) content = BUF_INIT;
	uint8_t chunk[4096];
	la_ssize_t n;

	while ((n = archive_read_data(r->archive, chunk, sizeof(chunk))) > 0)
		if (!buf_add_max(&content, chunk, (size_t)n, r->reader->max_file))
			return err_set(e, E_TOO_LARGE, "%s: %s: more than %zu bytes",
			    blob_where(r->blob), name, r->reader->max_file);
	if (n < 0)
		return failure(r, e);
	return r->reader->file(r->reader->arg, name, buf_bytes(&content), e);
}

/* One that is not. */
static int
skip_file(struct run *r, struct err *e)
{
	return archive_read_data_skip(r->archive) == ARCHIVE_OK ? 0 : failure(r, e);
}

static bool
is_sparse_or_hard(struct archive_entry *entry)
{
	return archive_entry_hardlink(entry) != NULL || archive_entry_sparse_count(entry) > 0;
}

static int
take_whiteout(struct run *r, const char *name, const char *last, struct err *e)
{
	const char *rest = last + strlen(WHITEOUT);
	AUTO_STR char *gone = NULL;
	int front = (int)(last - name);

	/* Who unpacks it would take away the folder that it is in, or the one around that. */
	if (rest[0] == '\0' || strcmp(rest, ".") == 0 || strcmp(rest, "..") == 0)
		return err_set(
		    e, E_INVALID, "%s: %s: a whiteout of no name", blob_where(r->blob), name);
	if (strcmp(last, OPAQUE) == 0)
		gone = xstrndup(name, front > 0 ? (size_t)front - 1 : 0);
	else
		gone = xasprintf("%.*s%s", front, name, rest);
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

/*
 * Content behind the header of a link: some readers take it for the link's, others for the next
 * header.
 */
static bool
is_ambiguous(struct archive_entry *entry)
{
	return archive_entry_hardlink(entry) != NULL && archive_entry_size(entry) > 0;
}

static int
take_header(struct run *r, struct archive_entry *entry, struct err *e)
{
	const char *raw = archive_entry_pathname(entry);
	AUTO_STR char *name =
	    raw != NULL && strlen(raw) <= MAX_MEMBER_NAME_BYTES ? normal_name(raw) : NULL;

	if (name == NULL)
		return err_set(e, E_INVALID,
		    "%s: a file is named \"%.300s\": too long, absolute, or with an empty part, "
		    "\".\" or \"..\"",
		    blob_where(r->blob), raw != NULL ? raw : "");
	if (is_ambiguous(entry))
		return err_set(e, E_INVALID, "%s: %s: a link with content of its own",
		    blob_where(r->blob), name);
	if (++r->files > r->reader->max_files)
		return err_set(e, E_TOO_LARGE, "%s: more than %" PRIu64 " files",
		    blob_where(r->blob), r->reader->max_files);
	return take_entry(r, entry, name, e);
}

static int
read_entries(struct run *r, struct err *e)
{
	struct archive_entry *entry;
	int result;

	for (;;) {
		/* What was skipped of the file before is no part of this header. */
		r->header = 0;
		r->in_header = true;
		result = archive_read_next_header(r->archive, &entry);
		r->in_header = false;
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

	do {
		if (blob_next(r->hashed, &piece, e) != 0)
			return -1;
	} while (piece.n > 0);
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
