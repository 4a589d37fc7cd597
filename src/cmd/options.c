/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cmd/nearest.h"

/* getopt_long's codes: the row's index, above every letter. */
enum { FIRST_CODE = 256, HELP_CODE = FIRST_CODE + 1000 };

void
string_list_free(struct string_list *l)
{
	free(l->v);
	*l = (struct string_list)STRING_LIST_INIT;
}

static int
set_bool(const struct option_row *row, const char *text, struct err *e)
{
	if (text == NULL || strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		*(bool *)row->value = true;
	else if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
		*(bool *)row->value = false;
	else
		return err_set(e, E_USAGE, "--%s=%s: want true or false", row->name, text);
	return 0;
}

static int
set_number(const struct option_row *row, const char *text, struct err *e)
{
	uint64_t v;

	if (!text_number(&v, bytes_of_str(text), row->min, row->max))
		return err_set(e, E_USAGE, "--%s=%s: want a number from %u to %u", row->name, text,
		    row->min, row->max);
	*(unsigned *)row->value = (unsigned)v;
	return 0;
}

static int
set_duration(const struct option_row *row, const char *text, struct err *e)
{
	size_t n = strlen(text);
	uint64_t v, unit = 1000;

	if (n > 0 && (text[n - 1] == 's' || text[n - 1] == 'm'))
		unit = text[--n] == 'm' ? 60000 : 1000;
	if (!text_number(&v, bytes_of(text, n), 1, row->max / unit))
		return err_set(e, E_USAGE,
		    "--%s=%s: want seconds (\"30\", \"30s\") or minutes (\"2m\"), at "
		    "most %us",
		    row->name, text, row->max / 1000);
	*(unsigned *)row->value = (unsigned)(v * unit);
	return 0;
}

static int
set_value(const struct option_row *row, char *text, struct err *e)
{
	struct string_list *list;

	switch (row->kind) {
	case OPTION_END:
		break;
	case OPTION_FLAG:
		*(bool *)row->value = true;
		return 0;
	case OPTION_BOOL:
		return set_bool(row, text, e);
	case OPTION_STRING:
		*(const char **)row->value = text;
		return 0;
	case OPTION_LIST:
		list = row->value;
		*LIST_ADD(list->v, list->n) = text;
		return 0;
	case OPTION_NUMBER:
		return set_number(row, text, e);
	case OPTION_DURATION:
		return set_duration(row, text, e);
	}
	return err_set(e, E_USAGE, "an option of no kind");
}

static void
print_help(const struct subcommand *c, const struct option_row *rows)
{
	printf("usage: relsig %s %s\n\n%s\n\nOptions:\n", c->name, c->arguments, c->purpose);
	for (const struct option_row *r = rows; r->kind != OPTION_END; r++) {
		AUTO(buf) left = BUF_INIT;

		if (r->letter != 0)
			buf_addf(&left, "-%c, ", r->letter);
		buf_addf(&left, "--%s", r->name);
		if (r->argument != NULL)
			buf_addf(&left, r->kind == OPTION_BOOL ? "[=%s]" : " %s", r->argument);
		printf("  %-28s  %s\n", buf_str(&left), r->help);
	}
	printf("  %-28s  %s\n", "-h, --help", "print this and exit");
	if (c->more != NULL)
		printf("\n%s\n", c->more);
	printf("\nThe manual is relsig(1).\n");
}

static int
argument_kind(const struct option_row *r)
{
	switch (r->kind) {
	case OPTION_END:
	case OPTION_FLAG:
		return no_argument;
	case OPTION_BOOL:
		return optional_argument;
	case OPTION_STRING:
	case OPTION_LIST:
	case OPTION_NUMBER:
	case OPTION_DURATION:
		break;
	}
	return required_argument;
}

static struct option *
make_long_options(const struct option_row *rows, struct buf *letters)
{
	struct option *v = NULL;
	size_t n = 0;

	/* The colon makes getopt tell a missing argument from an unknown option. */
	buf_add_str(letters, ":h");
	for (size_t i = 0; rows[i].kind != OPTION_END; i++) {
		*LIST_ADD(v, n) = (struct option){ .name = rows[i].name,
			.has_arg = argument_kind(&rows[i]),
			.val = FIRST_CODE + (int)i };
		if (rows[i].letter != 0)
			buf_addf(letters, "%c%s", rows[i].letter,
			    argument_kind(&rows[i]) == required_argument ? ":" : "");
	}
	*LIST_ADD(v, n) = (struct option){ .name = "help", .val = HELP_CODE };
	(void)LIST_ADD(v, n); /* all zero: the end */
	return v;
}

static const struct option_row *
row_of(const struct option_row *rows, int code)
{
	for (size_t i = 0; rows[i].kind != OPTION_END; i++)
		if (code == FIRST_CODE + (int)i || (rows[i].letter != 0 && code == rows[i].letter))
			return &rows[i];
	return NULL;
}

/* Is it short for more than one option, or nearly one? Only long ones can be. */
static void
refuse_unknown(const struct option_row *rows, const char *name, struct err *e)
{
	AUTO_STR char *typed = xstrndup(name, strcspn(name, "="));
	AUTO(buf) longer = BUF_INIT;
	const char **names = NULL, *near = NULL;
	size_t n = 0;

	for (size_t i = 0; text_starts_with(typed, "--") && rows[i].kind != OPTION_END; i++) {
		*LIST_ADD(names, n) = rows[i].name;
		if (typed[2] != '\0' && text_starts_with(rows[i].name, typed + 2))
			buf_addf(&longer, "%s--%s", longer.n > 0 ? " or " : "", rows[i].name);
	}
	if (n > 0)
		near = nearest_word(typed + 2, names, n);
	free(names);
	if (longer.n > 0)
		(void)err_set(e, E_USAGE, "unknown option %s: %s?", name, buf_str(&longer));
	else if (near != NULL)
		(void)err_set(e, E_USAGE, "unknown option %s: --%s?", name, near);
	else
		(void)err_set(e, E_USAGE, "unknown option %s", name);
}

/*
 * getopt has returned ':' or '?'. word is where it stands, which names a long option; a letter, or
 * a long option that was known, is in optopt.
 */
static void
refuse_option(const struct option_row *rows, int code, const char *word, struct err *e)
{
	const struct option_row *row = optopt >= FIRST_CODE ? row_of(rows, optopt) : NULL;
	AUTO_STR char *name = NULL;

	if (row != NULL)
		name = xasprintf("--%s", row->name);
	else
		name = optopt > 0 && optopt < FIRST_CODE ? xasprintf("-%c", optopt) : xstrdup(word);
	if (code == ':')
		(void)err_set(e, E_USAGE, "%s needs an argument", name);
	else if (row != NULL)
		(void)err_set(e, E_USAGE, "%s takes no argument", name);
	else
		refuse_unknown(rows, name, e);
}

static enum options_result
read_all(const struct subcommand *command, const struct option_row *rows, int argc, char **argv,
    const char *letters, const struct option *longs, struct err *e)
{
	const struct option_row *row;
	int code;

	opterr = 0;
	optind = 0; /* glibc: start afresh */
	while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (code == HELP_CODE || code == 'h') {
			print_help(command, rows);
			return OPTIONS_HELP;
		}
		row = row_of(rows, code);
		if (row == NULL) {
			refuse_option(rows, code, argv[optind > 0 ? optind - 1 : 0], e);
			return OPTIONS_BAD;
		}
		if (set_value(row, optarg, e) != 0)
			return OPTIONS_BAD;
	}
	return OPTIONS_READ;
}

enum options_result
options_read(const struct subcommand *command, const struct option_row *rows, int argc, char **argv,
    struct string_list *arguments, struct err *e)
{
	AUTO(buf) letters = BUF_INIT;
	struct option *longs = make_long_options(rows, &letters);
	enum options_result r;

	r = read_all(command, rows, argc, argv, buf_str(&letters), longs, e);
	free(longs);
	if (r != OPTIONS_READ)
		return r;
	for (int i = optind; i < argc; i++)
		*LIST_ADD(arguments->v, arguments->n) = argv[i];
	return OPTIONS_READ;
}
