/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing byte buffer. The byte after the last is always NUL, so p also reads as a string. */
#ifndef RELSIG_BASE_BUF_H
#define RELSIG_BASE_BUF_H

#include "base/base.h"

struct buf {
	uint8_t *p; /* owned; NULL while nothing was added */
	size_t n;   /* bytes in use */
	size_t cap; /* bytes allocated */
};
#define BUF_INIT                                                                                   \
	{                                                                                          \
		0                                                                                  \
	}

void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_byte(struct buf *b, uint8_t c);
void buf_add_str(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Add only when the total stays within max; false (and no change) otherwise. */
bool buf_add_max(struct buf *b, const void *p, size_t n, size_t max) RESULT_USED;
/* Keep the memory, forget the content. */
void buf_clear(struct buf *b);
/* Borrow the content; valid until the buffer changes. */
struct bytes buf_bytes(const struct buf *b);
/* The content as a string: never NULL; valid until the buffer changes. */
const char *buf_str(const struct buf *b);
/* Hand the content over as a string for free(); the buffer is empty afterwards. */
char *buf_steal_str(struct buf *b);
void buf_free(struct buf *b);
AUTO_DEFINE(buf)

#endif
