/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relsig, run as a program by a kernel that lacks something: it verifies all the same, with a
 * signature that its fetcher brings, and says of each of its processes what is not in effect.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>
#include <jansson.h>

#include "base/buf.h"
#include "base/file.h"
#include "confined_child.h"
#include "httpd.h"
#include "judge.h"
#include "process.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"

#define HEX "b1f20f1510a77dced94eb382a5b02abe7ca3b63d8aa94ad5a52c49321dffb50c"
#define LANDLOCK_FILES (1u << CONFINE_FILES)
#define LANDLOCK_TCP (1u << CONFINE_TCP)
#define LANDLOCK (LANDLOCK_FILES | LANDLOCK_TCP)
#define SECCOMP (1u << CONFINE_SECCOMP)
enum { NO_FILTER = 99, MAX_OUTPUT = 1 << 20 };

/* clang-format off */
static const struct row {
	const char *name;
	struct other_kernel kernel;
	unsigned lacking;
	enum confine_state why_not;
} rows[] = {
	{ "no Landlock", WITHOUT_LANDLOCK, LANDLOCK, CONFINE_NO_LANDLOCK },
	{ "Landlock turned off", { "landlock_create_ruleset", EOPNOTSUPP, 0 }, LANDLOCK,
	    CONFINE_LANDLOCK_IS_OFF },
	{ "no seccomp", WITHOUT_SECCOMP, SECCOMP, CONFINE_NO_SECCOMP },
	{ "a container's seccomp", { "seccomp", EPERM, 0 }, SECCOMP, CONFINE_SECCOMP_IS_DENIED },
	{ "no no_new_privs", { "prctl", EINVAL, PR_SET_NO_NEW_PRIVS + 1 },
	    LANDLOCK | SECCOMP | 1u << CONFINE_NO_NEW_PRIVS, CONFINE_NO_NO_NEW_PRIVS },
	{ "this kernel", { NULL, 0, 0 }, 0, CONFINE_IN_EFFECT },
};
/* clang-format on */

static struct httpd *server;

static void
setup(void)
{
	static const char path[] = "/store/sha256=" HEX "/signature-1";
	AUTO(buf) signature = BUF_INIT;

	tree_make();
	tree_directory("tmp");
	testdata_read(&signature, "release/signature-1");
	server = httpd_start(
	    (struct httpd_route[]){
		{ .path = path, .body = buf_str(&signature), .body_n = signature.n }, { 0 } },
	    NULL);
}

static void
teardown(void)
{
	httpd_stop(server);
	server = NULL;
	tree_remove();
}

static void
redirect(const char *name, int to)
{
	AUTO_STR char *path = tree_path(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(127);
}

static int
run_relsig(void *arg)
{
	const struct row *row = arg;
	AUTO_STR char *store = httpd_url(server, "/store");
	AUTO_STR char *option = xasprintf("--store=%s", store);
	AUTO_STR char *tmp = tree_path("tmp");

	setenv("TMPDIR", tmp, 1);
	redirect("out", STDOUT_FILENO);
	redirect("err", STDERR_FILENO);
	if (row->kernel.call != NULL && !confined_play(&row->kernel))
		return NO_FILTER;
	execl(TEST_BUILDDIR "/relsig", "relsig", "verify", "--json", "--verbose", "--digest-only",
	    "--key=" TEST_SRCDIR "/testdata/keys/release.asc", option, "sha256:" HEX, (char *)NULL);
	return 127;
}

static void
read_output(struct buf *out, const char *name)
{
	AUTO_STR char *path = tree_path(name);
	AUTO(err) e = ERR_INIT;

	row_accepted(path, file_read(out, path, MAX_OUTPUT, &e), &e);
}

/* What this kernel lacks itself may be lacking in any row. */
static void
check_part(const struct row *row, const char *process, enum confine_part part, const char *got)
{
	if ((row->lacking & 1u << part) != 0)
		ck_assert_msg(strcmp(got, confine_text(row->why_not)) == 0, "%s: %s: %s: %s",
		    row->name, process, confine_word(part), got);
	else if (strcmp(got, confine_text(CONFINE_IN_EFFECT)) != 0)
		skip_test(confine_word(part), got);
}

static void
check_process(const struct row *row, const char *process, json_t *parts, const char *notes)
{
	for (unsigned i = 0; i < CONFINE_PARTS; i++) {
		const char *word = confine_word((enum confine_part)i);
		const char *got = json_string_value(json_object_get(parts, word));
		AUTO_STR char *note = NULL;

		ck_assert_msg(got != NULL, "%s: %s: no %s", row->name, process, word);
		check_part(row, process, (enum confine_part)i, got);
		note = xasprintf("relsig: note: %s: %s: %s\n", process, word, got);
		ck_assert_msg(
		    strstr(notes, note) != NULL, "%s: no \"%s\" in:\n%s", row->name, note, notes);
	}
}

static void
check_report(const struct row *row, const struct buf *out, const struct buf *notes)
{
	json_t *report = json_loadb((const char *)out->p, out->n, 0, NULL);
	json_t *judge = json_object_get(report, "confinement");
	const char *outcome = json_string_value(json_object_get(report, "outcome"));

	ck_assert_msg(outcome != NULL, "%s: no report:\n%s", row->name, buf_str(notes));
	row_string(row->name, "the outcome", outcome, "accepted");
	check_process(row, "relsig", judge, buf_str(notes));
	check_process(row, "relsig-fetch", json_object_get(judge, "fetcher"), buf_str(notes));
	check_process(row, "gpg", json_object_get(judge, "gpg"), buf_str(notes));
	json_decref(report);
}

START_TEST(works_and_says_so)
{
	const struct row *row = &rows[_i];
	AUTO(buf) out = BUF_INIT;
	AUTO(buf) notes = BUF_INIT;
	int status = process_end(process_start(run_relsig, (void *)(uintptr_t)row));

	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_FILTER) {
		skip_test(row->name, "there is no seccomp here to play another kernel with");
		return;
	}
	read_output(&out, "out");
	read_output(&notes, "err");
	ck_assert_msg(
	    status == 0, "%s: status %#x:\n%s", row->name, (unsigned)status, buf_str(&notes));
	check_report(row, &out, &notes);
}
END_TEST

Suite *
degraded_suite(void)
{
	Suite *s = suite_create("degraded");
	TCase *t = tcase_create("kernels");

	skip_prepare();
	tcase_set_timeout(t, 100);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, works_and_says_so, 0, (int)ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
