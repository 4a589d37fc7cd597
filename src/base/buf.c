/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
reserve(struct buf *b, size_t more)
{
	size_t want;

	/* The additions below cannot wrap: no object is larger than PTRDIFF_MAX. */
	want = b->n + more + 1;
	if (want <= b->cap)
		return;
	if (want < b->cap * 2)
		want = b->cap * 2;
	if (want < 64)
		want = 64;
	b->p = xreallocarray(b->p, want, 1);
	b->cap = want;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	reserve(b, n);
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_add_byte(struct buf *b, uint8_t c)
{
	buf_add(b, &c, 1);
}

void
buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	AUTO_STR char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		must_have(NULL); /* not another text: a report is made here */
	va_end(ap);
	buf_add_str(b, s);
}

bool
buf_add_max(struct buf *b, const void *p, size_t n, size_t max)
{
	if (b->n > max || n > max - b->n)
		return false;
	buf_add(b, p, n);
	return true;
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	if (b->p != NULL)
		b->p[0] = '\0';
}

struct bytes
buf_bytes(const struct buf *b)
{
	return bytes_of(b->p, b->n);
}

const char *
buf_str(const struct buf *b)
{
	return b->p != NULL ? (const char *)b->p : "";
}

char *
buf_steal_str(struct buf *b)
{
	char *s = b->p != NULL ? (char *)b->p : xstrdup("");

	*b = (struct buf)BUF_INIT;
	return s;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf)BUF_INIT;
}
