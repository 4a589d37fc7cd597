/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void
print_error(const char *fmt, ...)
{
	AUTO_STR char *escaped = NULL;
	AUTO_STR char *raw = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&raw, fmt, ap) < 0)
		raw = NULL;
	va_end(ap);
	escaped = text_escaped(raw != NULL ? raw : "an error that could not be printed");
	fprintf(stderr, "relsig: %s\n", escaped);
}

int
fail(const char *command, const struct err *e)
{
	if (e->code == E_USAGE)
		print_error("usage: %s (try \"relsig help %s\")", err_msg(e), command);
	else
		print_error("%s: %s", command, err_msg(e));
	return STATUS_NO_VERDICT;
}

int
finish_output(int status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	print_error("writing to standard output: %s", strerror(errno));
	return status == STATUS_REFUSED ? STATUS_REFUSED : STATUS_NO_VERDICT;
}

bool
read_arguments(const struct subcommand *command, const struct option_row *rows, int argc,
    char **argv, size_t want, struct string_list *arguments, int *status)
{
	AUTO(err) e = ERR_INIT;

	switch (options_read(command, rows, argc, argv, arguments, &e)) {
	case OPTIONS_HELP:
		*status = finish_output(STATUS_ACCEPTED);
		return false;
	case OPTIONS_BAD:
		*status = fail(command->name, &e);
		return false;
	case OPTIONS_READ:
		break;
	}
	if (arguments->n == want)
		return true;
	(void)err_set(&e, E_USAGE, "want %s, got %zu arguments", command->arguments, arguments->n);
	*status = fail(command->name, &e);
	return false;
}
