/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tar archives made by hand, byte by byte: those that no program writes, too. */
#ifndef RELSIG_TESTS_TARBALL_H
#define RELSIG_TESTS_TARBALL_H

#include "base/buf.h"

/* A header of the ustar format. All zero is a regular file without a name and of no bytes. */
struct tarball_header {
	const char
	    *name; /* of more than 100 bytes: split at a slash, which must then be possible */
	char type; /* '\0' is '0', a file */
	uint64_t size;
	const char *size_field; /* instead of size: 12 bytes */
	const char *target;	/* of a link */
	bool is_damaged;	/* a wrong checksum */
};
void tarball_header(struct buf *out, const struct tarball_header *h);
/* A file with its content, filled up to whole blocks. */
void tarball_file(struct buf *out, const char *name, struct bytes content);
void tarball_text(struct buf *out, const char *name, const char *content);
void tarball_directory(struct buf *out, const char *name);
void tarball_link(struct buf *out, const char *name, const char *target);
/* A header that says something of the next one: 'x' (pax), 'L' (GNU's long name), 'g'. */
void tarball_special(struct buf *out, char type, struct bytes content);
/* A record "LENGTH KEY=VALUE\n" of a pax header. */
void tarball_pax(struct buf *out, const char *key, const char *value);
/* GNU's header of a file with holes, whose list goes on in so many blocks behind it. */
void tarball_sparse(struct buf *out, const char *name, size_t blocks);
/* Two blocks of zeros. */
void tarball_end(struct buf *out);

#endif
