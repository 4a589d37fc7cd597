/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <check.h>

#include "cmd/progress.h"
#include "rows.h"
#include "suites.h"

static const struct {
	const char *name, *want;
	size_t manifests_done, manifests_known, blobs_done, blobs_known, problems;
	uint64_t bytes_done, bytes_known;
	int64_t now_ms;
} texts[] = {
	{ "nothing known", "verifying; waiting for the release", 0, 0, 0, 0, 0, 0, 0, 500 },
	{ "manifests", "manifests 3 of 9, blobs 0 of 12; waiting for manifests", 3, 9, 0, 12, 0, 0,
	    0, 2000 },
	{ "blobs", "manifests 9 of 9, blobs 7 of 12; waiting for blobs", 9, 9, 7, 12, 0, 0, 0,
	    2000 },
	{ "the end", "manifests 9 of 9, blobs 12 of 12; waiting for the last answers", 9, 9, 12, 12,
	    0, 0, 0, 2000 },
	{ "too early for a rate",
	    "manifests 9 of 9, blobs 7 of 12, 1.0 MiB of 4.0 MiB; waiting for the bytes of blobs",
	    9, 9, 7, 12, 0, 1 << 20, 4 << 20, 999 },
	{ "bytes",
	    "manifests 9 of 9, blobs 7 of 12, 1.0 MiB of 4.0 MiB at 512.0 KiB/s; waiting for the "
	    "bytes of blobs",
	    9, 9, 7, 12, 0, 1 << 20, 4 << 20, 2000 },
	{ "a problem", "manifests 3 of 9, blobs 0 of 0, 1 problem; waiting for manifests", 3, 9, 0,
	    0, 1, 0, 0, 2000 },
	{ "problems", "manifests 3 of 9, blobs 0 of 0, 2 problems; waiting for manifests", 3, 9, 0,
	    0, 2, 0, 0, 2000 },
	{ "it stands still",
	    "manifests 3 of 9, blobs 0 of 0; waiting for manifests, nothing for 61 s", 3, 9, 0, 0,
	    0, 0, 0, 61999 },
};

static const struct {
	const char *name, *want;
	size_t done, known, problems;
	uint64_t bytes;
	int64_t now_ms;
} of_files[] = {
	{ "no list yet", "verifying; waiting for the list", 0, 0, 0, 0, 0 },
	{ "no byte yet", "files 0 of 30; waiting for files", 0, 30, 0, 0, 2000 },
	{ "bytes at once", "files 1 of 30, 1.0 MiB; waiting for files", 1, 30, 0, 1 << 20, 999 },
	{ "bytes, and a problem",
	    "files 7 of 30, 1.0 MiB at 512.0 KiB/s, 1 problem; waiting for files", 7, 30, 1,
	    1 << 20, 2000 },
	{ "it stands still",
	    "files 7 of 30, 1.0 MiB at 256.0 KiB/s; waiting for files, nothing for 4 s", 7, 30, 0,
	    1 << 20, 4000 },
};

START_TEST(says_what_is_going_on_with_files)
{
	struct progress_counts counts = { .of_files = true,
		.files_done = of_files[_i].done,
		.files_known = of_files[_i].known,
		.problems = of_files[_i].problems,
		.bytes_done = of_files[_i].bytes };
	struct progress p;
	AUTO(buf) got = BUF_INIT;

	progress_begin(&p, &counts, true, false, 0);
	progress_text(&got, &p, of_files[_i].now_ms);
	row_string(of_files[_i].name, "the text", buf_str(&got), of_files[_i].want);
}
END_TEST

START_TEST(says_what_is_going_on)
{
	struct progress_counts counts = { .manifests_done = texts[_i].manifests_done,
		.manifests_known = texts[_i].manifests_known,
		.blobs_done = texts[_i].blobs_done,
		.blobs_known = texts[_i].blobs_known,
		.problems = texts[_i].problems,
		.bytes_done = texts[_i].bytes_done,
		.bytes_known = texts[_i].bytes_known };
	struct progress p;
	AUTO(buf) got = BUF_INIT;

	progress_begin(&p, &counts, true, false, 0);
	progress_text(&got, &p, texts[_i].now_ms);
	row_string(texts[_i].name, "the text", buf_str(&got), texts[_i].want);
}
END_TEST

/* Standard error, while it is something else. */
struct elsewhere {
	int kept, ends[2]; /* that is read, that is written to */
	char *term;	   /* as it was; owned */
};

static void
go_elsewhere(struct elsewhere *e, bool terminal, const char *term)
{
	struct winsize size = { .ws_row = 24, .ws_col = 40 };
	struct termios raw;

	e->term = getenv("TERM") != NULL ? xstrdup(getenv("TERM")) : NULL;
	setenv("TERM", term, 1);
	if (terminal) {
		e->ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
		ck_assert_int_eq(grantpt(e->ends[0]) + unlockpt(e->ends[0]), 0);
		e->ends[1] = open(ptsname(e->ends[0]), O_RDWR | O_NOCTTY);
		ck_assert_int_eq(tcgetattr(e->ends[1], &raw), 0);
		cfmakeraw(&raw);
		ck_assert_int_eq(tcsetattr(e->ends[1], TCSANOW, &raw), 0);
		ck_assert_int_eq(ioctl(e->ends[1], TIOCSWINSZ, &size), 0);
	} else {
		ck_assert_int_eq(pipe(e->ends), 0);
	}
	fflush(stderr);
	e->kept = dup(STDERR_FILENO);
	ck_assert_int_ge(dup2(e->ends[1], STDERR_FILENO), 0);
}

/*
 * What was written, for free(). It is read to its end: the kernel hands a terminal's text over
 * when it comes to it, and a single read, or one that does not wait, may get the beginning alone.
 * A pipe ends with 0, a terminal with EIO.
 */
static char *
come_back(struct elsewhere *e)
{
	char text[4096];
	size_t len = 0;
	ssize_t n;

	fflush(stderr);
	ck_assert_int_ge(dup2(e->kept, STDERR_FILENO), 0);
	close(e->kept);
	close(e->ends[1]);
	while ((n = read(e->ends[0], text + len, sizeof(text) - len)) > 0)
		len += (size_t)n;
	ck_assert_msg(n == 0 || errno == EIO, "reading: %s", strerror(errno));
	close(e->ends[0]);
	if (e->term != NULL)
		setenv("TERM", e->term, 1);
	else
		unsetenv("TERM");
	free(e->term);
	return xstrndup(text, len);
}

#define LINE_1 "manifests 1 of 9, blobs 0 of 0; waiting for manifests"
#define SHORT_1 "\rmanifests 1 of 9, blobs 0 of 0; waiting\033[K"
#define CLEAR "\r\033[K"
#define STOPPED "relsig: interrupted: what was begun is ended; once more ends at once\n"

static const struct {
	const char *name, *term, *want;
	bool terminal, quiet, verbose, stopping;
} places[] = {
	{ "a pipe", "xterm", "", false, false, false, false },
	{ "a pipe, quiet", "xterm", "", false, true, true, false },
	{ "a pipe, verbose", "xterm", "relsig: " LINE_1 "\n", false, false, true, false },
	{ "a pipe, verbose, stopped", "xterm", STOPPED "relsig: " LINE_1 "\n", false, false, true,
	    true },
	{ "a terminal, quiet", "xterm", "", true, true, false, false },
	{ "a terminal", "xterm", SHORT_1 SHORT_1 SHORT_1 CLEAR, true, false, false, false },
	{ "a terminal, stopped", "xterm", STOPPED SHORT_1 SHORT_1 SHORT_1 CLEAR, true, false, false,
	    true },
	{ "a terminal that knows no commands", "dumb", "", true, false, false, false },
	{ "a terminal that knows no commands, verbose", "dumb", "relsig: " LINE_1 "\n", true, false,
	    true, false },
};

/* Six seconds in steps of two, told without waiting for any. */
START_TEST(shows_it_where_it_belongs)
{
	static const int64_t moments[] = { 10, 199, 2000, 2100, 4000, 6000 };
	struct progress_counts counts = { .manifests_done = 1, .manifests_known = 9 };
	struct elsewhere e;
	struct progress p;
	AUTO_STR char *got = NULL;

	go_elsewhere(&e, places[_i].terminal, places[_i].term);
	progress_begin(&p, &counts, places[_i].quiet, places[_i].verbose, 0);
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		counts.manifests_known = 9;
		/* So that it does not stand still. */
		counts.blobs_done = 0;
		p.moved_ms = moments[i];
		progress_tick(&p, places[_i].stopping, moments[i]);
	}
	progress_end(&p);
	progress_end(&p);
	got = come_back(&e);
	row_string(places[_i].name, "what was written", got, places[_i].want);
}
END_TEST

Suite *
progress_suite(void)
{
	Suite *s = suite_create("progress");
	TCase *t = tcase_create("progress");

	tcase_add_loop_test(t, says_what_is_going_on, 0, (int)ARRAY_LEN(texts));
	tcase_add_loop_test(t, says_what_is_going_on_with_files, 0, (int)ARRAY_LEN(of_files));
	tcase_add_loop_test(t, shows_it_where_it_belongs, 0, (int)ARRAY_LEN(places));
	suite_add_tcase(s, t);
	return s;
}
