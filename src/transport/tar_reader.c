/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/tar_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/limits.h"

/* CHUNK_BYTES: some headers in one go where members are small, little in vain where they are large.
 */
enum { BLOCK_BYTES = 512, CHUNK_BYTES = 16384 };

struct tar_reader {
	const struct tar_file *file;
	const struct deadline *deadline;
	struct archive *archive;
	bool is_open;
	uint64_t start, at; /* in the file: where libarchive's first byte is, and its next */
	bool too_late;
	int failed; /* errno of a read */
	bool in_header;
	size_t header;	/* bytes that were given for it */
	uint64_t given; /* of the content of the member that was next */
	uint8_t chunk[CHUNK_BYTES];
};

static int
check_compressed(int fd, const char *path, struct err *e)
{
	static const struct {
		const char *magic;
		size_t n;
		const char *name, *command;
	} compressed[] = {
		{ "\x1f\x8b", 2, "gzip", "gunzip" },
		{ "\x28\xb5\x2f\xfd", 4, "zstd", "unzstd" },
		{ "\xfd"
		  "7zXZ",
		    5, "xz", "unxz" },
		{ "BZh", 3, "bzip2", "bunzip2" },
		{ "\x04\x22\x4d\x18", 4, "lz4", "unlz4" },
	};
	char head[8] = { 0 };

	if (pread(fd, head, sizeof(head), 0) < 0)
		return err_sys(e, E_IO, "reading %s", path);
	for (size_t i = 0; i < ARRAY_LEN(compressed); i++)
		if (memcmp(head, compressed[i].magic, compressed[i].n) == 0)
			return err_set(e, E_UNSUPPORTED,
			    "%s: compressed with %s, and is read in place: unpack it with %s first",
			    path, compressed[i].name, compressed[i].command);
	return 0;
}

static int
check_file(struct tar_file *f, struct err *e)
{
	struct stat st;

	if (fstat(f->fd, &st) != 0)
		return err_sys(e, E_IO, "%s", f->path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, E_INVALID, "%s: not a regular file, want a tar archive", f->path);
	if (st.st_size / BLOCK_BYTES > UINT32_MAX)
		return err_set(e, E_TOO_LARGE, "%s: an archive of 2 TiB or more", f->path);
	f->size = (uint64_t)st.st_size;
	return check_compressed(f->fd, f->path, e);
}

int
tar_file_open(struct tar_file *out, const char *path, struct err *e)
{
	*out = (struct tar_file)TAR_FILE_INIT;
	/* O_NONBLOCK: a FIFO that nobody writes to must not hang. */
	out->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (out->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_sys(e, E_NOT_FOUND, "%s", path);
	if (out->fd < 0)
		return err_sys(e, E_IO, "opening %s", path);
	out->path = xstrdup(path);
	if (check_file(out, e) == 0)
		return 0;
	tar_file_free(out);
	return -1;
}

void
tar_file_free(struct tar_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	*f = (struct tar_file)TAR_FILE_INIT;
}

void
tar_member_free(struct tar_member *m)
{
	free(m->name);
	free(m->link);
	free(m->hard);
	*m = (struct tar_member)TAR_MEMBER_INIT;
}

/* libarchive's callback. By pread: the descriptor's own position is everybody's. */
static la_ssize_t
give(struct archive *a, void *reader, const void **out)
{
	struct tar_reader *r = reader;
	ssize_t n = -1;

	*out = r->chunk;
	/*
	 * libarchive keeps what a header says of the holes in a file, however long that is, until
	 * the next one comes.
	 */
	if (r->in_header && r->header > MAX_TAR_HEADER_BYTES) {
		archive_set_error(
		    a, EFBIG, "a header of more than %zu bytes", MAX_TAR_HEADER_BYTES);
		return -1;
	}
	r->too_late = deadline_passed(r->deadline);
	while (!r->too_late && (n = pread(r->file->fd, r->chunk, CHUNK_BYTES, (off_t)r->at)) < 0 &&
	       errno == EINTR)
		;
	if (n < 0 && !r->too_late)
		r->failed = errno;
	if (n < 0)
		archive_set_error(a, r->failed, "reading failed");
	else {
		r->at += (uint64_t)n;
		r->header += (size_t)n;
	}
	return n;
}

/* No further than the end, where reading finds that nothing follows. */
static la_int64_t
skip(struct archive *a, void *reader, la_int64_t wanted)
{
	struct tar_reader *r = reader;
	uint64_t left = r->at < r->file->size ? r->file->size - r->at : 0;
	uint64_t n = (uint64_t)wanted < left ? (uint64_t)wanted : left;

	(void)a;
	r->at += n;
	return (la_int64_t)n;
}

struct tar_reader *
tar_reader_new(const struct tar_file *file, uint32_t block, const struct deadline *deadline)
{
	struct tar_reader *r = xcalloc(1, sizeof(*r));

	r->file = file;
	r->deadline = deadline;
	r->start = r->at = (uint64_t)block * BLOCK_BYTES;
	r->archive = must_have(archive_read_new());
	return r;
}

static int
failure(const struct tar_reader *r, const char *doing, struct err *e)
{
	const char *why = archive_error_string(r->archive);

	if (r->too_late)
		(void)deadline_error(r->deadline, e);
	else if (r->failed != 0) {
		errno = r->failed;
		(void)err_sys(e, E_IO, "reading");
	} else
		(void)err_set(e, E_INVALID, "%s: %s", doing,
		    why != NULL ? why : "libarchive does not say why");
	return err_wrap(e, "%s", r->file->path);
}

/* Opened when first asked: what is wrong with the first bytes is then like what is with others. */
static int
open_archive(struct tar_reader *r)
{
	if (r->is_open)
		return ARCHIVE_OK;
	r->is_open = true;
	/*
	 * Not by libarchive's look at the first bytes: it is stricter with the first header than
	 * with the others, and each is somebody's first.
	 */
	if (archive_read_set_format(r->archive, ARCHIVE_FORMAT_TAR) != ARCHIVE_OK)
		return ARCHIVE_FATAL;
	return archive_read_open2(r->archive, r, NULL, give, skip, NULL);
}

/* Where in the file the header stands that was last read, or the end. */
static uint64_t
header_at(const struct tar_reader *r)
{
	return r->start + (uint64_t)archive_read_header_position(r->archive);
}

/* An archive that was cut off between two members ends as a whole one does, but for these. */
static int
check_end(struct tar_reader *r, struct err *e)
{
	static const uint8_t zeros[2 * BLOCK_BYTES];
	uint8_t end[2 * BLOCK_BYTES];
	ssize_t n = pread(r->file->fd, end, sizeof(end), (off_t)header_at(r));

	if (n < 0)
		return err_sys(e, E_IO, "reading %s", r->file->path);
	if ((size_t)n != sizeof(end) || memcmp(end, zeros, sizeof(end)) != 0)
		return err_set(e, E_INVALID,
		    "%s: ends without two blocks of zeros: it was cut off, or damaged",
		    r->file->path);
	return 0;
}

/* No part is empty, "." or "..". */
static bool
is_inside(const char *name)
{
	for (;;) {
		size_t n = strcspn(name, "/");

		if (n == 0 || (n == 1 && name[0] == '.') ||
		    (n == 2 && name[0] == '.' && name[1] == '.'))
			return false;
		if (name[n] == '\0')
			return true;
		name += n + 1;
	}
}

/* The name without what "tar -c ." and directories have more of; NULL when it is none. */
static char *
normal_name(const char *raw)
{
	AUTO_STR char *name = NULL;
	size_t n;

	if (strcmp(raw, ".") == 0 || strcmp(raw, "./") == 0)
		return xstrdup("");
	if (raw[0] == '.' && raw[1] == '/')
		raw += 2;
	n = strlen(raw);
	if (n > 1 && raw[n - 1] == '/')
		n--;
	name = xstrndup(raw, n);
	return is_inside(name) ? steal(&name) : NULL;
}

static enum filetree_type
type_of(struct archive_entry *entry)
{
	if (archive_entry_hardlink(entry) != NULL || archive_entry_sparse_count(entry) > 0)
		return FILETREE_OTHER;
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return FILETREE_FILE;
	case AE_IFDIR:
		return FILETREE_DIRECTORY;
	case AE_IFLNK:
		return FILETREE_LINK;
	default: /* of another library's constants */
		return FILETREE_OTHER;
	}
}

static int
take_entry(struct tar_reader *r, struct archive_entry *entry, struct tar_member *out, struct err *e)
{
	const char *raw = archive_entry_pathname(entry), *link = archive_entry_symlink(entry);
	const char *hard = archive_entry_hardlink(entry);
	la_int64_t size = archive_entry_size(entry);
	uint64_t at = header_at(r);

	if (raw == NULL)
		return err_set(e, E_INVALID, "%s: a member without a name", r->file->path);
	out->name = normal_name(raw);
	if (out->name == NULL)
		return err_set(e, E_INVALID,
		    "%s: a member is named \"%s\": absolute, or with an empty part, \".\" or "
		    "\"..\"",
		    r->file->path, raw);
	out->type = type_of(entry);
	/* A sparse file says how large it would be. */
	if (size < 0 || (out->type == FILETREE_FILE &&
			    (at > r->file->size || (uint64_t)size > r->file->size - at)))
		return err_set(e, E_INVALID, "%s: %s: has %lld bytes, more than the archive",
		    r->file->path, out->name, (long long)size);
	if (out->type == FILETREE_LINK && link == NULL)
		return err_set(
		    e, E_INVALID, "%s: %s: a link that leads nowhere", r->file->path, out->name);
	out->link = link != NULL ? xstrdup(link) : NULL;
	out->hard = hard != NULL ? normal_name(hard) : NULL;
	out->size = (uint64_t)size;
	out->block = (uint32_t)(at / BLOCK_BYTES);
	return 0;
}

int
tar_reader_next(struct tar_reader *r, struct tar_member *out, bool *end, struct err *e)
{
	struct archive_entry *entry = NULL;
	int result;

	*out = (struct tar_member)TAR_MEMBER_INIT;
	*end = false;
	r->given = 0;
	r->header = 0;
	r->in_header = true;
	result = open_archive(r);
	if (result == ARCHIVE_OK)
		result = archive_read_next_header(r->archive, &entry);
	r->in_header = false;
	if (result == ARCHIVE_EOF) {
		*end = true;
		return check_end(r, e);
	}
	/*
	 * EILSEQ: a name of a user or a file that is not ASCII, in a header that says it is UTF-8.
	 * Without a locale libarchive warns, and hands out the bytes as they are. Any other warning
	 * is of damage.
	 */
	if (result != ARCHIVE_OK &&
	    !(result == ARCHIVE_WARN && archive_errno(r->archive) == EILSEQ))
		return failure(r, "no tar archive, or a damaged one", e);
	if (take_entry(r, entry, out, e) == 0)
		return 0;
	tar_member_free(out);
	return -1;
}

int
tar_reader_content(struct tar_reader *r, const struct tar_member *m, struct buf *out, struct err *e)
{
	uint8_t chunk[4096];
	la_ssize_t n;

	buf_clear(out);
	while ((n = archive_read_data(r->archive, chunk, sizeof(chunk))) > 0)
		if (!buf_add_max(out, chunk, (size_t)n, m->size))
			break;
	if (n == 0 && out->n == m->size)
		return 0;
	buf_clear(out);
	if (n < 0)
		return failure(r, m->name, e);
	return err_set(e, E_INVALID, "%s: %s: does not have the %llu bytes that it says",
	    r->file->path, m->name, (unsigned long long)m->size);
}

int
tar_reader_piece(
    struct tar_reader *r, const struct tar_member *m, struct bytes *piece, struct err *e)
{
	const void *p;
	size_t n = 0;
	la_int64_t at;
	int result;

	/* libarchive hands out empty blocks, too. */
	do
		result = archive_read_data_block(r->archive, &p, &n, &at);
	while (result == ARCHIVE_OK && n == 0);
	if (result != ARCHIVE_OK && result != ARCHIVE_EOF)
		return failure(r, m->name, e);
	*piece = result == ARCHIVE_OK ? bytes_of(p, n) : bytes_of("", 0);
	if ((piece->n > 0 && (uint64_t)at != r->given) || piece->n > m->size - r->given ||
	    (piece->n == 0 && r->given != m->size))
		return err_set(e, E_INVALID, "%s: %s: does not have the %llu bytes that it says",
		    r->file->path, m->name, (unsigned long long)m->size);
	r->given += piece->n;
	return 0;
}

void
tar_reader_free(struct tar_reader *r)
{
	if (r == NULL)
		return;
	(void)archive_read_free(r->archive);
	free(r);
}
