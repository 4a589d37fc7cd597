/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of SHA-256 sums, as sha256sum (GNU) and "sha256sum --tag" (BSD) write them:
 *
 *     HEX  NAME        HEX *NAME        SHA256 (NAME) = HEX
 *
 * and with a backslash before the line \\, \n and \r in NAME are escapes. Every line is one of
 * these, and ends with LF (the last one may lack it): sha256sum -c skips what it cannot read, and
 * what is skipped here would be a file that nobody checked.
 *
 * A name is a relative path that stays beneath the directory it is looked up in: no part of it is
 * empty, "." or "..". Symbolic links are the reader's to refuse.
 */
#ifndef RELSIG_FORMATS_SUMS_H
#define RELSIG_FORMATS_SUMS_H

#include "base/base.h"
#include "base/err.h"

#define SUMS_DIGEST_BYTES 32

struct sums_entry {
	char *name; /* owned; unescaped: it may hold any byte but NUL */
	uint8_t digest[SUMS_DIGEST_BYTES];
};

struct sums {
	struct sums_entry *v; /* owned; in the order of their names, each name once */
	size_t n;
};
#define SUMS_INIT                                                                                  \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * E_INVALID, naming the line: one that is none of the above, a name that leads elsewhere, a name
 * twice (with the same digest, too), no line at all. E_TOO_LARGE: more than max_entries. On failure
 * out is zeroed.
 */
int sums_parse(struct sums *out, struct bytes text, size_t max_entries, struct err *e) RESULT_USED;
/* The entry of exactly this name, or NULL. */
const struct sums_entry *sums_find(const struct sums *s, const char *name) RESULT_USED;
void sums_free(struct sums *s);
AUTO_DEFINE(sums)

#endif
