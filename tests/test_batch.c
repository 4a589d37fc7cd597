/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/clock.h"
#include "formats/reference.h"
#include "judge.h"
#include "rows.h"
#include "suites.h"
#include "trust/identity.h"
#include "verify/batch.h"

enum { NAMES = 50 };

/* A run without a network, with the key of the sample release. */
struct runner {
	struct judge judge;
	struct http *http;
	struct registry *registry;
	struct ready *ready;
	struct reference identity;
	struct image_options options;
	struct image_run run;
};

static struct runner runner;

static void
set_up(void)
{
	static const struct http_options offline = { .offline = true, .timeout_ms = 1000 };
	static const struct stores no_stores = STORES_INIT;
	static const struct credential_options none = { .creds = NULL };
	AUTO(err) e = ERR_INIT;

	memset(&runner, 0, sizeof(runner));
	judge_must_open(&runner.judge, NULL);
	ck_assert_msg(http_open(&runner.http, &offline, &e) == 0, "%s", err_msg(&e));
	ck_assert_int_eq(reference_parse(&runner.identity, RELEASE_REPOSITORY, &e), 0);
	runner.registry = registry_new(runner.http, &none);
	runner.ready = ready_new();
	runner.options = (struct image_options){ .openpgp = true,
		.stores = &no_stores,
		.stores_are_default = true,
		.identity = &runner.identity };
	runner.run = (struct image_run){ .options = &runner.options,
		.http = runner.http,
		.registry = runner.registry,
		.openpgp = runner.judge.openpgp,
		.keys = runner.ready };
}

static void
tear_down(void)
{
	ready_free(runner.ready);
	registry_free(runner.registry);
	http_free(runner.http);
	reference_free(&runner.identity);
	judge_must_close(&runner.judge);
}

/* Names of three kinds in turn: the sample release, one that is not there, one that is no name. */
static const struct {
	const char *name;
	enum reason reason;
} kinds[] = {
	{ "dir:" TEST_SRCDIR "/testdata/release", REASON_ACCEPTED },
	{ "dir:" TEST_SRCDIR "/testdata/not-there", REASON_IO_ERROR },
	{ "Not//A:Name@", REASON_USAGE },
};

static void
make_names(char *names[NAMES])
{
	for (int i = 0; i < NAMES; i++)
		names[i] = xstrdup(kinds[i % ARRAY_LEN(kinds)].name);
}

static void
free_names(char *names[NAMES])
{
	for (int i = 0; i < NAMES; i++)
		free(names[i]);
}

static struct batch *
start(char *const *names, size_t n, unsigned jobs)
{
	struct batch *b = NULL;
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(batch_start(&b, &runner.run, names, n, jobs, &e) == 0, "%s", err_msg(&e));
	return b;
}

/* More jobs than names, fewer, one: each report at its place, with its own verdict. */
START_TEST(keeps_the_order)
{
	static const unsigned jobs[] = { 1, 2, 8, 64 };
	AUTO_PTR(batch) b = NULL;
	AUTO(image_report) report = IMAGE_REPORT_INIT;
	char *names[NAMES];
	int i;

	make_names(names);
	ready_set(runner.ready, NULL);
	b = start(names, NAMES, jobs[_i]);
	for (i = 0; batch_next(b, &report); i++) {
		enum reason want = kinds[i % ARRAY_LEN(kinds)].reason;

		row_string("a report", "its name", report.given, names[i]);
		ck_assert_msg(verdict_reason(&report.verdict) == want, "%d: %s, want %s", i,
		    reason_word(verdict_reason(&report.verdict)), reason_word(want));
		ck_assert_msg(
		    verdict_accepted(&report.verdict) == (want == REASON_ACCEPTED), "%d", i);
		ck_assert_msg((report.accepted != NULL) == (want == REASON_ACCEPTED), "%d", i);
		image_report_free(&report);
	}
	ck_assert_int_eq(i, NAMES);
	ck_assert_msg(!batch_next(b, &report), "after the last there is none");
	free_names(names);
}
END_TEST

/* Who stops early waits for what is under way and leaks nothing. */
START_TEST(is_freed_early)
{
	char *names[NAMES];
	struct batch *b;

	make_names(names);
	ready_set(runner.ready, NULL);
	b = start(names, NAMES, 3);
	for (int i = 0; i < _i; i++) {
		AUTO(image_report) report = IMAGE_REPORT_INIT;

		ck_assert(batch_next(b, &report));
	}
	batch_free(b);
	batch_free(NULL);
	free_names(names);
}
END_TEST

/* Without keys nothing is accepted, and each image says why. */
START_TEST(tells_all_of_missing_keys)
{
	AUTO_PTR(batch) b = NULL;
	AUTO(image_report) report = IMAGE_REPORT_INIT;
	AUTO(err) e = ERR_INIT;
	char *names[NAMES];
	int i;

	make_names(names);
	b = start(names, NAMES, 4);
	(void)err_set(&e, E_USAGE, "no such key");
	ready_set(runner.ready, &e);
	for (i = 0; batch_next(b, &report); i++) {
		ck_assert_msg(!verdict_accepted(&report.verdict), "%d: accepted without keys", i);
		if (kinds[i % ARRAY_LEN(kinds)].reason == REASON_ACCEPTED)
			row_string(
			    names[i], "the detail", verdict_detail(&report.verdict), "no such key");
		image_report_free(&report);
	}
	ck_assert_int_eq(i, NAMES);
	free_names(names);
}
END_TEST

/* When the time is up nothing is begun, and nothing accepted; a name that is none is still that. */
START_TEST(begins_nothing_late)
{
	AUTO_PTR(batch) b = NULL;
	AUTO(image_report) report = IMAGE_REPORT_INIT;
	char *names[NAMES];
	int i;

	runner.options.deadline = deadline_after(clock_ms() - 2000, 2000);
	make_names(names);
	ready_set(runner.ready, NULL);
	b = start(names, NAMES, 4);
	for (i = 0; batch_next(b, &report); i++) {
		enum reason want = kinds[i % ARRAY_LEN(kinds)].reason == REASON_USAGE
				       ? REASON_USAGE
				       : REASON_TIMED_OUT;

		ck_assert(verdict_outcome(&report.verdict) == OUTCOME_UNDECIDED);
		row_string(names[i], "the reason", reason_word(verdict_reason(&report.verdict)),
		    reason_word(want));
		if (want == REASON_TIMED_OUT)
			row_string(names[i], "the detail", verdict_detail(&report.verdict),
			    "the run's --timeout of 2 s is over");
		ck_assert_uint_eq(report.n_attempts, 0);
		ck_assert_uint_eq(report.manifest_bytes, 0);
		image_report_free(&report);
	}
	ck_assert_int_eq(i, NAMES);
	free_names(names);
}
END_TEST

Suite *
batch_suite(void)
{
	Suite *s = suite_create("batch");
	TCase *t = tcase_create("batch");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, begins_nothing_late);
	tcase_add_test(t, tells_all_of_missing_keys);
	tcase_add_loop_test(t, keeps_the_order, 0, 4);
	tcase_add_loop_test(t, is_freed_early, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
