/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * By libarchive, which is given bytes and gives bytes: of its formats only the one that is none is
 * in use, and two decompressors, both in this process and in this thread.
 */
#include "transport/unpacked.h"

#include <errno.h>
#include <stdlib.h>

#include <archive.h>

/* libarchive counts the bytes as they come as a filter, too. */
enum { MAX_FILTERS = 2 };

struct unpacked {
	struct blob *packed;
	struct archive *archive;
	struct err failure; /* of packed */
};

static void
unpacked_free(void *state)
{
	struct unpacked *u = state;

	(void)archive_read_free(u->archive);
	err_free(&u->failure);
	free(u);
}

/* libarchive's callback. */
static la_ssize_t
give(struct archive *a, void *arg, const void **out)
{
	struct unpacked *u = arg;
	struct bytes piece;

	if (blob_next(u->packed, &piece, &u->failure) != 0) {
		archive_set_error(a, EIO, "reading failed");
		return -1;
	}
	*out = piece.p;
	return (la_ssize_t)piece.n;
}

static int
failure(struct unpacked *u, struct err *e)
{
	const char *why = archive_error_string(u->archive);

	if (u->failure.code != E_NONE)
		return err_set(e, u->failure.code, "%s", err_msg(&u->failure));
	return err_set(e, E_INVALID, "%s: it cannot be unpacked: %s", blob_where(u->packed),
	    why != NULL ? why : "libarchive does not say why");
}

static int
unpacked_next(void *state, struct bytes *piece, struct err *e)
{
	struct unpacked *u = state;
	const void *p;
	size_t n = 0;
	la_int64_t at;
	int result;

	/* libarchive hands out empty blocks, too. */
	do
		result = archive_read_data_block(u->archive, &p, &n, &at);
	while (result == ARCHIVE_OK && n == 0);
	if (result != ARCHIVE_OK && result != ARCHIVE_EOF)
		return failure(u, e);
	*piece = result == ARCHIVE_OK ? bytes_of(p, n) : bytes_of("", 0);
	return 0;
}

/* ARCHIVE_WARN: it would start a program to decompress with, which nothing here may. */
static int
open_archive(struct unpacked *u, struct err *e)
{
	struct archive_entry *entry;

	if (archive_read_support_filter_gzip(u->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(u->archive) != ARCHIVE_OK ||
	    archive_read_support_format_raw(u->archive) != ARCHIVE_OK)
		return err_set(e, E_UNSUPPORTED, "libarchive was built without gzip or zstd");
	if (archive_read_open2(u->archive, u, NULL, give, NULL, NULL) != ARCHIVE_OK ||
	    archive_read_next_header(u->archive, &entry) != ARCHIVE_OK)
		return failure(u, e);
	/* Each has a window of its own, and libarchive would open many one after the other. */
	if (archive_filter_count(u->archive) > MAX_FILTERS)
		return err_set(
		    e, E_INVALID, "%s: compressed more than once", blob_where(u->packed));
	return 0;
}

int
unpacked_open(struct blob *packed, uint64_t max, struct blob **out, struct err *e)
{
	static const struct blob_kind kind = { unpacked_next, unpacked_free };
	struct unpacked *u = xcalloc(1, sizeof(*u));

	*out = NULL;
	u->packed = packed;
	u->archive = must_have(archive_read_new());
	if (open_archive(u, e) != 0) {
		unpacked_free(u);
		return -1;
	}
	*out = blob_new(&kind, u, max, xasprintf("%s, unpacked", blob_where(packed)));
	return 0;
}
