/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "transport/filetree_archive.h"

enum { MAX_BYTES = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Piece by piece: is it this? */
static bool
read_blob(struct filetree *t, const char *name, const struct buf *want)
{
	AUTO_PTR(blob) blob = NULL;
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct bytes piece;

	if (filetree_open_blob(t, name, MAX_BYTES, &blob, &e) != 0)
		return false;
	do {
		if (blob_next(blob, &piece, &e) != 0)
			return false;
		buf_add(&got, piece.p, piece.n);
	} while (piece.n > 0);
	return bytes_equal(buf_bytes(&got), buf_bytes(want));
}

static void
read_file(struct filetree *t, const char *name, uint64_t size)
{
	AUTO(buf) content = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	if (filetree_read(t, name, MAX_BYTES, &content, &where, &e) == 0) {
		must(content.n == size);
		must(read_blob(t, name, &content));
	} else {
		must(content.n == 0 && e.code == (size > MAX_BYTES ? E_TOO_LARGE : E_INVALID));
		must(!read_blob(t, name, &content));
	}
	must(where != NULL);
}

/* What was found once is found again, as what it was, by its own name alone. */
static void
walk(struct filetree *t, const char *name)
{
	AUTO(filetree_names) names = FILETREE_NAMES_INIT;
	enum filetree_type type;
	AUTO(err) e = ERR_INIT;
	uint64_t size = 0;

	must(filetree_stat(t, name, &type, &size, &e) == 0);
	must(type != FILETREE_UNSET && type != FILETREE_ABSENT);
	if (type == FILETREE_FILE)
		read_file(t, name, size);
	if (type != FILETREE_DIRECTORY)
		return;
	must(filetree_list(t, name, MAX_BYTES, &names, &e) == 0);
	for (size_t i = 0; i < names.n; i++) {
		AUTO_STR char *inner =
		    xasprintf("%s%s%s", name, name[0] != '\0' ? "/" : "", names.v[i]);

		must(i == 0 || strcmp(names.v[i - 1], names.v[i]) < 0);
		walk(t, inner);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct deadline never = DEADLINE_NEVER;
	AUTO_FD int fd = memfd_create("fuzz", MFD_CLOEXEC);
	AUTO_STR char *path = xasprintf("/proc/self/fd/%d", fd);
	AUTO_PTR(filetree) t = NULL;
	AUTO(err) e = ERR_INIT;

	must(fd >= 0 && file_write_fd(fd, "fuzz", bytes_of(data, size), &e) == 0);
	if (filetree_open_archives(&t, &path, 1, &never, &e) == 0)
		walk(t, "");
	else
		must(e.code == E_INVALID || e.code == E_UNSUPPORTED || e.code == E_TOO_LARGE);
	return 0;
}
