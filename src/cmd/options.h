/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line: one table per subcommand, from which both the parser and --help come. A new
 * option is one row here, and one entry in the manual (a test compares the two).
 */
#ifndef RELSIG_CMD_OPTIONS_H
#define RELSIG_CMD_OPTIONS_H

#include "base/base.h"
#include "base/err.h"

enum option_kind {
	OPTION_END = 0,
	OPTION_FLAG,	 /* bool: true when given */
	OPTION_BOOL,	 /* bool: --name, --name=true, --name=false */
	OPTION_STRING,	 /* const char *: the last one counts */
	OPTION_LIST,	 /* struct string_list: every one counts */
	OPTION_NUMBER,	 /* unsigned, within min and max */
	OPTION_DURATION, /* unsigned milliseconds: "30", "30s", "2m" */
};

struct string_list {
	char **v; /* the array is owned, the strings are borrowed from argv */
	size_t n;
};
#define STRING_LIST_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}
void string_list_free(struct string_list *l);
AUTO_DEFINE(string_list)

struct option_row {
	enum option_kind kind;
	char letter;	      /* 0: long only */
	const char *name;     /* without the dashes */
	const char *argument; /* its name in --help, NULL for flags */
	const char *help;
	void *value; /* of the kind's type */
	unsigned min, max;
};

struct subcommand {
	const char *name;      /* "verify" */
	const char *arguments; /* "[OPTION...] IMAGE..." */
	const char *purpose;   /* one sentence */
	const char *more;      /* further paragraphs, or NULL */
};

enum options_result { OPTIONS_BAD = 0, OPTIONS_READ, OPTIONS_HELP };

/*
 * Read the options out of argv (argv[0] is the subcommand); what is left, in order, goes to
 * arguments. Options and arguments may be mixed; "--" ends the options. OPTIONS_HELP: --help was
 * given and has been printed. OPTIONS_BAD: e is E_USAGE.
 */
enum options_result options_read(const struct subcommand *command, const struct option_row *rows,
    int argc, char **argv, struct string_list *arguments, struct err *e) RESULT_USED;

#endif
