/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "cmd/options.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"

static const struct subcommand command = { "try", "[OPTION...] THING...", "Try the options.",
	"More about THING." };

/* One option of each kind. */
struct values {
	bool flag, other_flag, yes;
	const char *string;
	struct string_list list;
	unsigned number, duration;
	struct string_list arguments;
};

static void
values_free(struct values *v)
{
	string_list_free(&v->list);
	string_list_free(&v->arguments);
}
AUTO_DEFINE(values)

static enum options_result
read_words(struct values *v, char **argv, struct err *e)
{
	const struct option_row rows[] = {
		{ OPTION_FLAG, 'f', "flag", NULL, "is set", &v->flag, 0, 0 },
		{ OPTION_FLAG, 'o', "other-flag", NULL, "is set too", &v->other_flag, 0, 0 },
		{ OPTION_BOOL, 0, "tls-verify", "BOOL", "is true or false", &v->yes, 0, 0 },
		{ OPTION_STRING, 's', "string", "TEXT", "is a string", &v->string, 0, 0 },
		{ OPTION_LIST, 'l', "list", "ITEM", "may be repeated", &v->list, 0, 0 },
		{ OPTION_NUMBER, 'n', "number", "N", "is from 1 to 64", &v->number, 1, 64 },
		{ OPTION_DURATION, 0, "timeout", "TIME", "is at most an hour", &v->duration, 0,
		    3600000 },
		{ OPTION_FLAG, 0, "time-of-day", NULL, "shares its beginning", &v->other_flag, 0,
		    0 },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};
	int argc = 0;

	while (argv[argc] != NULL)
		argc++;
	*v = (struct values){ .number = 4, .duration = 30000 };
	return options_read(&command, rows, argc, argv, &v->arguments, e);
}

/* argv out of words between spaces, which it takes apart; "''" is an empty one. For free(). */
static char **
split(char *words)
{
	char **argv = NULL, *word;
	size_t n = 0;

	while ((word = strsep(&words, " ")) != NULL)
		*LIST_ADD(argv, n) = strcmp(word, "''") == 0 ? word + 2 : word;
	(void)LIST_ADD(argv, n);
	return argv;
}

static const struct {
	const char *words, *part;
} refused[] = {
	{ "--bogus", "unknown option --bogus" },
	{ "--bogus=1", "unknown option --bogus=1" },
	{ "a --bogus b", "unknown option --bogus" },
	{ "-x", "unknown option -x" },
	{ "a -fx b", "unknown option -x" },
	{ "-fxo", "unknown option -x" },
	{ "---flag", "unknown option ---flag" },
	{ "--=x", "unknown option --=x" },
	{ "--flags", "unknown option --flags" },
	{ "--Flag", "unknown option --Flag" },
	{ "--ti=5", "unknown option --ti=5: --timeout or --time-of-day?" },
	{ "--flog", "unknown option --flog: --flag?" },
	{ "--tsl-verify=false", "unknown option --tsl-verify=false: --tls-verify?" },
	{ "--flag=true", "--flag takes no argument" },
	{ "--flag=", "--flag takes no argument" },
	{ "--string", "--string needs an argument" },
	{ "a --list", "--list needs an argument" },
	{ "-s", "-s needs an argument" },
	{ "a -fs", "-s needs an argument" },
	{ "--number", "--number needs an argument" },
	{ "--timeout", "--timeout needs an argument" },
	{ "--tls-verify=yes", "--tls-verify=yes: want true or false" },
	{ "--tls-verify=TRUE", "want true or false" },
	{ "--tls-verify=", "want true or false" },
	{ "--tls-verify=2", "want true or false" },
	{ "--number=", "--number=: want a number from 1 to 64" },
	{ "--number=0", "want a number from 1 to 64" },
	{ "--number=65", "want a number from 1 to 64" },
	{ "--number=-1", "want a number from 1 to 64" },
	{ "--number=+1", "want a number from 1 to 64" },
	{ "--number=0x10", "want a number from 1 to 64" },
	{ "--number=4.0", "want a number from 1 to 64" },
	{ "--number=4294967297", "want a number from 1 to 64" },
	{ "--number=18446744073709551617", "want a number from 1 to 64" },
	{ "-n four", "--number=four: want a number" },
	{ "--timeout=", "--timeout=: want seconds" },
	{ "--timeout=0", "want seconds" },
	{ "--timeout=0s", "want seconds" },
	{ "--timeout=s", "want seconds" },
	{ "--timeout=m", "want seconds" },
	{ "--timeout=3601", "at most 3600s" },
	{ "--timeout=61m", "at most 3600s" },
	{ "--timeout=5h", "want seconds" },
	{ "--timeout=5ms", "want seconds" },
	{ "--timeout=1m30s", "want seconds" },
	{ "--timeout=1.5", "want seconds" },
	{ "--timeout=-5", "want seconds" },
	{ "--timeout=71582789m", "want seconds" }, /* wraps in 32 bits */
	{ "--timeout=307445734561825861m", "want seconds" },
};

START_TEST(refuses)
{
	AUTO_STR char *words = xasprintf("try %s", refused[_i].words);
	char **argv = split(words);
	AUTO(values) v = { 0 };
	AUTO(err) e = ERR_INIT;
	enum options_result r = read_words(&v, argv, &e);

	row_refused(refused[_i].words, r == OPTIONS_BAD ? -1 : 0, &e, E_USAGE, refused[_i].part);
	ck_assert_msg(v.arguments.n == 0, "%s: left arguments behind", refused[_i].words);
	free(argv);
}
END_TEST

/* Everything that was read, in one line. */
static char *
describe(const struct values *v)
{
	AUTO(buf) b = BUF_INIT;

	buf_addf(&b, "%d%d%d", v->flag, v->other_flag, v->yes);
	buf_addf(
	    &b, " s=%s n=%u d=%u l=", v->string != NULL ? v->string : "-", v->number, v->duration);
	for (size_t i = 0; i < v->list.n; i++)
		buf_addf(&b, "%s%s", i > 0 ? "," : "", v->list.v[i]);
	buf_add_str(&b, " :");
	for (size_t i = 0; i < v->arguments.n; i++)
		buf_addf(&b, " %s", v->arguments.v[i]);
	return buf_steal_str(&b);
}

static const struct {
	const char *words, *want;
} accepted[] = {
	{ "a", "000 s=- n=4 d=30000 l= : a" },
	{ "--flag", "100 s=- n=4 d=30000 l= :" },
	{ "-f a", "100 s=- n=4 d=30000 l= : a" },
	{ "-fo", "110 s=- n=4 d=30000 l= :" },
	{ "-fos x a", "110 s=x n=4 d=30000 l= : a" },
	{ "-sx a", "000 s=x n=4 d=30000 l= : a" },
	{ "--string=x", "000 s=x n=4 d=30000 l= :" },
	{ "--string x", "000 s=x n=4 d=30000 l= :" },
	{ "--string=", "000 s= n=4 d=30000 l= :" },
	{ "--string ''", "000 s= n=4 d=30000 l= :" },
	{ "--string=a=b", "000 s=a=b n=4 d=30000 l= :" },
	{ "--string x --string y", "000 s=y n=4 d=30000 l= :" },
	{ "--string --flag a", "000 s=--flag n=4 d=30000 l= : a" },
	{ "--list x --list y -l z", "000 s=- n=4 d=30000 l=x,y,z :" },
	{ "--tls-verify", "001 s=- n=4 d=30000 l= :" },
	{ "--tls-verify=true", "001 s=- n=4 d=30000 l= :" },
	{ "--tls-verify=1", "001 s=- n=4 d=30000 l= :" },
	{ "--tls-verify --tls-verify=false", "000 s=- n=4 d=30000 l= :" },
	{ "--tls-verify=1 --tls-verify=0", "000 s=- n=4 d=30000 l= :" },
	{ "--tls-verify false", "001 s=- n=4 d=30000 l= : false" },
	{ "--number 1", "000 s=- n=1 d=30000 l= :" },
	{ "--number=64", "000 s=- n=64 d=30000 l= :" },
	{ "-n8 a", "000 s=- n=8 d=30000 l= : a" },
	{ "--timeout 5", "000 s=- n=4 d=5000 l= :" },
	{ "--timeout=1s", "000 s=- n=4 d=1000 l= :" },
	{ "--timeout=2m", "000 s=- n=4 d=120000 l= :" },
	{ "--timeout=3600", "000 s=- n=4 d=3600000 l= :" },
	{ "--timeout=60m", "000 s=- n=4 d=3600000 l= :" },
	{ "a --flag b --string x c -n 2 d", "100 s=x n=2 d=30000 l= : a b c d" },
	{ "-- --flag -x", "000 s=- n=4 d=30000 l= : --flag -x" },
	{ "a --flag -- -o b", "100 s=- n=4 d=30000 l= : a -o b" },
	{ "- a -", "000 s=- n=4 d=30000 l= : - a -" },
	{ "'' a", "000 s=- n=4 d=30000 l= :  a" },
	/* GNU's: a beginning that only one option has. */
	{ "--fl --str x --oth", "110 s=x n=4 d=30000 l= :" },
	{ "--timeo=5", "000 s=- n=4 d=5000 l= :" },
};

START_TEST(accepts)
{
	AUTO_STR char *words = xasprintf("try %s", accepted[_i].words);
	char **argv = split(words);
	AUTO_STR char *got = NULL;
	AUTO(values) v = { 0 };
	AUTO(err) e = ERR_INIT;

	row_accepted(accepted[_i].words, read_words(&v, argv, &e) == OPTIONS_READ ? 0 : -1, &e);
	got = describe(&v);
	row_string(accepted[_i].words, "what was read", got, accepted[_i].want);
	free(argv);
}
END_TEST

/* What is printed for a command line that asks for help. */
static void
help_output(struct buf *out, char **argv)
{
	AUTO_STR char *path = tree_path("output");
	AUTO(values) v = { 0 };
	AUTO(err) e = ERR_INIT;
	enum options_result r;
	int saved;

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	tree_write_str("output", "");
	ck_assert_ptr_nonnull(freopen(path, "w", stdout));
	r = read_words(&v, argv, &e);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	ck_assert_int_eq(r, OPTIONS_HELP);
	ck_assert_int_eq(file_read(out, path, 65536, &e), 0);
}

START_TEST(helps)
{
	static const char *const words[] = { "try --help", "try -h", "try a --flag --help --bogus",
		"try -fh", "try --he" };
	static const char *const want[] = {
		"usage: relsig try [OPTION...] THING...\n\nTry the options.\n",
		"\n  -f, --flag                    is set\n",
		"\n  -o, --other-flag              is set too\n",
		"\n  --tls-verify[=BOOL]           is true or false\n",
		"\n  -s, --string TEXT             is a string\n",
		"\n  -l, --list ITEM               may be repeated\n",
		"\n  -n, --number N                is from 1 to 64\n",
		"\n  --timeout TIME                is at most an hour\n",
		"\n  --time-of-day                 shares its beginning\n",
		"\n  -h, --help                    print this and exit\n", "\nMore about THING.\n",
		"relsig(1)"
	};
	AUTO_STR char *copy = xstrdup(words[_i]);
	char **argv = split(copy);
	AUTO(buf) text = BUF_INIT;

	help_output(&text, argv);
	free(argv);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		ck_assert_msg(strstr(buf_str(&text), want[i]) != NULL, "%s lacks \"%s\":\n%s",
		    words[_i], want[i], buf_str(&text));
}
END_TEST

/* getopt(3) keeps its place in static variables; each command line has its own beginning. */
START_TEST(reads_again)
{
	AUTO(err) e = ERR_INIT;

	for (int i = 0; i < 3; i++) {
		char one[] = "try -fo a", bad[] = "try b -fx", *lines[] = { one, bad, one };
		AUTO(values) v = { 0 };
		char **argv = split(lines[i]);

		ck_assert_int_eq(read_words(&v, argv, &e), i == 1 ? OPTIONS_BAD : OPTIONS_READ);
		ck_assert_uint_eq(v.arguments.n, i == 1 ? 0 : 1);
		free(argv);
	}
}
END_TEST

Suite *
options_suite(void)
{
	Suite *s = suite_create("options");
	TCase *t = tcase_create("options");

	tcase_add_checked_fixture(t, tree_make, tree_remove);
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_loop_test(t, helps, 0, 5);
	tcase_add_test(t, reads_again);
	suite_add_tcase(s, t);
	return s;
}
