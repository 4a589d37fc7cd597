/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/program.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"

enum { LONG_MS = 60000, MAX_OUTPUT = 1000 }; /* never waited for; printed at most */

static int
shell(struct program_result *out, const char *line, const char *input, unsigned timeout_ms,
    struct err *e)
{
	char *const argv[] = { (char[]){ "/bin/sh" }, (char[]){ "-c" }, (char *)line, NULL };
	char *const envp[] = { (char[]){ "PATH=/bin:/usr/bin" }, (char[]){ "WORD=word" }, NULL };
	const struct program p = { .argv = argv,
		.envp = envp,
		.input = bytes_of_str(input),
		.max_output = MAX_OUTPUT,
		.timeout_ms = timeout_ms };

	return program_run(out, &p, e);
}

static const struct {
	const char *line, *input;
	const char *out, *err;
	bool exited;
	int status;
} runs[] = {
	{ "exit 3", "", "", "", true, 3 },
	{ "kill -9 $$", "", "", "", false, SIGKILL },
	{ "kill -TERM $$", "", "", "", false, SIGTERM },
	{ "true", "nobody reads this", "", "", true, 0 },
	{ "exec 0<&-; sleep 0; true", "nobody reads this", "", "", true, 0 },
	{ "cat", "", "", "", true, 0 },
	{ "cat", "what goes in", "what goes in", "", true, 0 },
	{ "echo out; echo err >&2", "", "out\n", "err\n", true, 0 },
	{ "exec >&- 2>&-; exit 5", "", "", "", true, 5 },
	{ "echo $WORD ${HOME-none}", "", "word none\n", "", true, 0 },
};

START_TEST(runs_it)
{
	AUTO(program_result) r = PROGRAM_RESULT_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(runs[_i].line, shell(&r, runs[_i].line, runs[_i].input, LONG_MS, &e), &e);
	row_string(runs[_i].line, "output", buf_str(&r.out), runs[_i].out);
	row_string(runs[_i].line, "error", buf_str(&r.err), runs[_i].err);
	ck_assert_msg(r.end.exited == runs[_i].exited && r.end.status == runs[_i].status,
	    "%s: ended with %d", runs[_i].line, r.end.status);
}
END_TEST

static const struct {
	const char *name, *line;
	unsigned timeout_ms;
	enum errc code;
	const char *part;
} stopped[] = {
	{ "it hangs", "sleep 600", 100, E_TIMED_OUT, "in time" },
	{ "it hangs with its output closed", "exec >&- 2>&-; exec sleep 600", 100, E_TIMED_OUT,
	    "in time" },
	{ "it ignores signals", "trap '' TERM INT; while :; do sleep 1; done", 100, E_TIMED_OUT,
	    "in time" },
	{ "it floods its output", "yes", LONG_MS, E_TOO_LARGE, "more than 1000 bytes" },
	{ "it floods its error", "yes >&2", LONG_MS, E_TOO_LARGE, "more than 1000 bytes" },
	{ "a byte over the cap", "printf %01001d 0", LONG_MS, E_TOO_LARGE, "more than 1000 bytes" },
};

START_TEST(stops_it)
{
	int64_t start = clock_ms();
	AUTO(program_result) r = PROGRAM_RESULT_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(stopped[_i].name, shell(&r, stopped[_i].line, "", stopped[_i].timeout_ms, &e),
	    &e, stopped[_i].code, stopped[_i].part);
	/* Not the sleep's ten minutes, whatever else the machine does. */
	ck_assert_msg(clock_ms() - start < LONG_MS, "%s: not stopped", stopped[_i].name);
	children_end();
}
END_TEST

START_TEST(output_at_the_cap)
{
	AUTO(program_result) r = PROGRAM_RESULT_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("1000 bytes", shell(&r, "printf %01000d 0", "", LONG_MS, &e), &e);
	ck_assert_uint_eq(r.out.n, MAX_OUTPUT);
}
END_TEST

START_TEST(input_at_the_cap)
{
	AUTO_STR char *input = xcalloc(1, MAX_PROGRAM_INPUT_BYTES + 2);
	AUTO(program_result) r = PROGRAM_RESULT_INIT;
	AUTO(err) e = ERR_INIT;

	memset(input, 'x', MAX_PROGRAM_INPUT_BYTES);
	row_accepted("at the cap", shell(&r, "test $(wc -c) -eq 4096", input, LONG_MS, &e), &e);
	ck_assert_int_eq(r.end.status, 0);
	input[MAX_PROGRAM_INPUT_BYTES] = 'x';
	row_refused("over it", shell(&r, "true", input, LONG_MS, &e), &e, E_TOO_LARGE, "bytes");
}
END_TEST

START_TEST(deadline_of_the_run)
{
	char *const argv[] = { (char[]){ "/bin/sleep" }, (char[]){ "600" }, NULL };
	char *const envp[] = { NULL };
	const struct program p = { .argv = argv,
		.envp = envp,
		.timeout_ms = LONG_MS,
		.deadline = deadline_after(clock_ms(), 100) };
	AUTO(program_result) r = PROGRAM_RESULT_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("sleep", program_run(&r, &p, &e), &e, E_TIMED_OUT, "--timeout");
}
END_TEST

START_TEST(no_program)
{
	AUTO_STR char *path = tree_path("text");
	char *const argv[] = { path, NULL };
	char *const envp[] = { NULL };
	const struct program p = {
		.argv = argv, .envp = envp, .max_output = MAX_OUTPUT, .timeout_ms = LONG_MS
	};
	AUTO(program_result) r = PROGRAM_RESULT_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("text", "no program");
	row_accepted("text", program_run(&r, &p, &e), &e);
	ck_assert_int_eq(r.end.status, 127);
	row_string("text", "error", buf_str(&r.err), "it cannot be executed");
}
END_TEST

static const struct {
	const char *path; /* ${T}: the tree */
	bool found;
} paths[] = {
	{ "", false },
	{ ":", false },
	{ ".", false },
	{ "bin", false },
	{ "${T}/text", false },
	{ "${T}/nowhere", false },
	{ "${T}/notes", false },
	{ "${T}/folders", false },
	{ "${T}/bin", true },
	{ "${T}/notes:${T}/bin", true },
	{ "::${T}/bin:", true },
};

START_TEST(finds)
{
	AUTO_STR char *tree = tree_path("");
	AUTO_STR char *program = tree_path("bin/program");
	AUTO_STR char *found = NULL;
	AUTO(buf) path = BUF_INIT;

	tree_write_str("bin/program", "#!/bin/sh\n");
	tree_write_str("notes/program", "not executable");
	tree_directory("folders/program");
	ck_assert_int_eq(chmod(program, 0700), 0);
	ck_assert_int_eq(chdir(tree), 0);
	for (const char *s = paths[_i].path; *s != '\0'; s++) {
		if (strncmp(s, "${T}", 4) == 0) {
			buf_add_str(&path, tree);
			s += 3;
		} else {
			buf_add_byte(&path, (uint8_t)*s);
		}
	}
	found = program_find(buf_str(&path), "program");
	ck_assert_msg((found != NULL) == paths[_i].found, "PATH=%s", buf_str(&path));
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

Suite *
program_suite(void)
{
	Suite *s = suite_create("program");
	TCase *tc = tcase_create("program");

	tcase_add_checked_fixture(tc, tree_make, tree_remove);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, stops_it, 0, ARRAY_LEN(stopped));
	tcase_add_loop_test(tc, runs_it, 0, ARRAY_LEN(runs));
	tcase_add_test(tc, output_at_the_cap);
	tcase_add_test(tc, input_at_the_cap);
	tcase_add_test(tc, deadline_of_the_run);
	tcase_add_test(tc, no_program);
	tcase_add_loop_test(tc, finds, 0, ARRAY_LEN(paths));
	suite_add_tcase(s, tc);
	return s;
}
