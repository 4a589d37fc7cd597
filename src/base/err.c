/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static char *__attribute__((format(printf, 1, 0))) vformat(const char *fmt, va_list ap)
{
	char *s = NULL;

	/* A message that cannot be formatted is still an error. */
	if (vasprintf(&s, fmt, ap) < 0)
		return xstrdup("(message could not be formatted)");
	return s;
}

int
err_set(struct err *e, enum errc code, const char *fmt, ...)
{
	va_list ap;
	char *msg;

	va_start(ap, fmt);
	msg = vformat(fmt, ap);
	va_end(ap);
	free(e->msg);
	e->msg = msg;
	e->code = code;
	return -1;
}

int
err_sys(struct err *e, enum errc code, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	char *msg;

	va_start(ap, fmt);
	msg = vformat(fmt, ap);
	va_end(ap);
	free(e->msg);
	/* %m and not strerror(), whose buffer all threads share. */
	errno = saved;
	e->msg = xasprintf("%s: %m", msg);
	e->code = code;
	free(msg);
	return -1;
}

int
err_wrap(struct err *e, const char *fmt, ...)
{
	va_list ap;
	char *outer, *msg;

	va_start(ap, fmt);
	outer = vformat(fmt, ap);
	va_end(ap);
	msg = xasprintf("%s: %s", outer, err_msg(e));
	free(outer);
	free(e->msg);
	e->msg = msg;
	return -1;
}

const char *
err_msg(const struct err *e)
{
	return e->msg != NULL ? e->msg : "no error recorded";
}

void
err_free(struct err *e)
{
	free(e->msg);
	e->msg = NULL;
	e->code = E_NONE;
}
