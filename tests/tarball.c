/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tarball.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

enum { BLOCK = 512 };

/* Where the fields of a header are (POSIX, "ustar Interchange Format"). */
enum { NAME = 0, MODE = 100, SIZE = 124, TIME = 136, SUM = 148, TYPE = 156, TARGET = 157 };
enum { MAGIC = 257, VERSION = 263, PREFIX = 345, NAME_BYTES = 100, PREFIX_BYTES = 155 };
/* And of GNU's form. */
enum { HOLES = 386, GOES_ON = 482, REAL_SIZE = 483 };

static void
put(uint8_t *header, size_t at, const char *text, size_t max)
{
	size_t n = strlen(text);

	ck_assert_uint_le(n, max);
	for (size_t i = 0; i < n; i++)
		header[at + i] = (uint8_t)text[i];
}

static void
put_name(uint8_t *header, const char *name)
{
	size_t n = strlen(name), split = 0;

	if (n > NAME_BYTES) {
		split = n - NAME_BYTES - 1;
		while (split < n && name[split] != '/')
			split++;
		ck_assert_uint_le(split, PREFIX_BYTES);
		memcpy(header + PREFIX, name, split);
		split++;
	}
	put(header, NAME, name + split, NAME_BYTES);
}

/* The checksum, with its own field taken for spaces. */
static void
put_sum(uint8_t *header, unsigned more)
{
	char number[16];
	unsigned sum = 0;

	memset(header + SUM, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += header[i];
	snprintf(number, sizeof(number), "%06o", sum + more);
	memcpy(header + SUM, number, 7);
}

void
tarball_header(struct buf *out, const struct tarball_header *h)
{
	uint8_t header[BLOCK] = { 0 };
	char number[16];

	put_name(header, h->name != NULL ? h->name : "");
	put(header, MODE, "0000644", 8);
	put(header, TIME, "00000000000", 12);
	snprintf(number, sizeof(number), "%011llo", (unsigned long long)h->size);
	memcpy(header + SIZE, h->size_field != NULL ? h->size_field : number, 12);
	header[TYPE] = (uint8_t)(h->type != '\0' ? h->type : '0');
	put(header, TARGET, h->target != NULL ? h->target : "", NAME_BYTES);
	put(header, MAGIC, "ustar", 6);
	put(header, VERSION, "00", 2);
	put_sum(header, h->is_damaged);
	buf_add(out, header, sizeof(header));
}

static void
add_holes(struct buf *out, size_t blocks)
{
	enum { HOLES_BYTES = 24, HOLES_IN_BLOCK = 21, MORE = HOLES_IN_BLOCK * HOLES_BYTES };
	uint8_t block[BLOCK] = { 0 };

	for (size_t i = 0; i < MORE; i += HOLES_BYTES) {
		put(block, i, "00000000000", 12);
		put(block, i + 12, "00000000000", 12);
	}
	for (; blocks > 0; blocks--) {
		block[MORE] = blocks > 1;
		buf_add(out, block, sizeof(block));
	}
}

void
tarball_sparse(struct buf *out, const char *name, size_t blocks)
{
	uint8_t header[BLOCK] = { 0 };

	put_name(header, name);
	put(header, MODE, "0000644", 8);
	put(header, SIZE, "00000000000", 12);
	put(header, TIME, "00000000000", 12);
	header[TYPE] = 'S';
	put(header, MAGIC, "ustar  ", 8);
	put(header, HOLES, "00000000000", 12);
	put(header, HOLES + 12, "00000000000", 12);
	header[GOES_ON] = blocks > 0;
	put(header, REAL_SIZE, "00000001000", 12);
	put_sum(header, 0);
	buf_add(out, header, sizeof(header));
	add_holes(out, blocks);
}

static void
add_content(struct buf *out, struct bytes content)
{
	buf_add(out, content.p, content.n);
	while (out->n % BLOCK != 0)
		buf_add_byte(out, 0);
}

void
tarball_file(struct buf *out, const char *name, struct bytes content)
{
	tarball_header(out, &(struct tarball_header){ .name = name, .size = content.n });
	add_content(out, content);
}

void
tarball_text(struct buf *out, const char *name, const char *content)
{
	tarball_file(out, name, bytes_of_str(content));
}

void
tarball_directory(struct buf *out, const char *name)
{
	tarball_header(out, &(struct tarball_header){ .name = name, .type = '5' });
}

void
tarball_link(struct buf *out, const char *name, const char *target)
{
	tarball_header(
	    out, &(struct tarball_header){ .name = name, .type = '2', .target = target });
}

void
tarball_special(struct buf *out, char type, struct bytes content)
{
	tarball_header(
	    out, &(struct tarball_header){ .name = "special", .type = type, .size = content.n });
	add_content(out, content);
}

void
tarball_pax(struct buf *out, const char *key, const char *value)
{
	size_t n = strlen(key) + strlen(value) + 3, total = n + 1;
	AUTO_STR char *record = NULL;

	/* The length counts its own digits. */
	while ((size_t)snprintf(NULL, 0, "%zu", total) + n != total)
		total++;
	record = xasprintf("%zu %s=%s\n", total, key, value);
	tarball_special(out, 'x', bytes_of_str(record));
}

void
tarball_end(struct buf *out)
{
	static const uint8_t zeros[2 * BLOCK];

	buf_add(out, zeros, sizeof(zeros));
}
