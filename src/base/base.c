/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
auto_str_(char **s)
{
	free(*s);
}

void
auto_fd_(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

struct bytes
bytes_of(const void *p, size_t n)
{
	return (struct bytes){ .p = p, .n = n };
}

struct bytes
bytes_of_str(const char *s)
{
	return bytes_of(s, strlen(s));
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

void (*at_out_of_memory)(void);

static void __attribute__((noreturn)) out_of_memory(void)
{
	static const char msg[] = "relsig: out of memory\n";

	if (at_out_of_memory != NULL)
		at_out_of_memory();
	/* Not exit(): nothing that runs at exit could be trusted to work now. */
	if (write(STDERR_FILENO, msg, sizeof(msg) - 1) < 0)
		_exit(2);
	_exit(2);
}

void *
must_have(void *p)
{
	if (p == NULL)
		out_of_memory();
	return p;
}

void *
xmalloc(size_t n)
{
	return must_have(malloc(n > 0 ? n : 1));
}

void *
xcalloc(size_t n, size_t size)
{
	return must_have(calloc(n > 0 ? n : 1, size));
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	/* Never zero bytes: realloc may then free p and return NULL. */
	return must_have(reallocarray(p, n > 0 ? n : 1, size > 0 ? size : 1));
}

char *
xstrdup(const char *s)
{
	return must_have(strdup(s));
}

char *
xstrndup(const char *s, size_t n)
{
	const char *end = n > 0 ? memchr(s, '\0', n) : NULL;
	size_t length = end != NULL ? (size_t)(end - s) : n;
	char *copy = xmalloc(length + 1);

	/* Not strndup(): what is copied here need not end in a NUL anywhere. */
	if (length > 0)
		memcpy(copy, s, length);
	copy[length] = '\0';
	return copy;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory();
	return s;
}

void *
list_grow_(void *v, size_t n, size_t size)
{
	/* Room is doubled whenever n is a power of two; n == 0 makes the first room. */
	if ((n & (n - 1)) == 0)
		v = xreallocarray(v, n == 0 ? 1 : n * 2, size);
	memset((char *)v + n * size, 0, size);
	return v;
}
