/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <stdlib.h>

#include <check.h>

#include "base/clock.h"
#include "rows.h"
#include "suites.h"
#include "verify/ready.h"

enum { WAITERS = 6 };

static const struct deadline never = DEADLINE_NEVER;

struct waiter {
	struct ready *ready;
	pthread_t thread;
	int result;
	struct err e;
};

static void *
wait_for_it(void *arg)
{
	struct waiter *w = arg;

	w->result = ready_wait(w->ready, &never, &w->e);
	return NULL;
}

static void
start_waiters(struct waiter *w, struct ready *ready)
{
	for (int i = 0; i < WAITERS; i++) {
		w[i] = (struct waiter){ .ready = ready, .result = 99 };
		ck_assert_int_eq(pthread_create(&w[i].thread, NULL, wait_for_it, &w[i]), 0);
	}
}

START_TEST(hands_a_failure_to_all)
{
	AUTO_PTR(ready) r = ready_new();
	struct waiter w[WAITERS];
	AUTO(err) failure = ERR_INIT;
	AUTO(err) late = ERR_INIT;

	start_waiters(w, r);
	(void)err_set(&failure, E_NOT_FOUND, "no key, 100%% sure: %%s");
	ready_set(r, &failure);
	err_free(&failure); /* they have copies */
	for (int i = 0; i < WAITERS; i++) {
		ck_assert_int_eq(pthread_join(w[i].thread, NULL), 0);
		row_refused("a waiter", w[i].result, &w[i].e, E_NOT_FOUND, "no key, 100% sure: %s");
		err_free(&w[i].e);
	}
	row_refused("who comes late", ready_wait(r, &never, &late), &late, E_NOT_FOUND, "no key");
}
END_TEST

START_TEST(lets_all_go)
{
	AUTO_PTR(ready) r = ready_new();
	struct waiter w[WAITERS];
	AUTO(err) e = ERR_INIT;

	start_waiters(w, r);
	ready_set(r, NULL);
	for (int i = 0; i < WAITERS; i++) {
		ck_assert_int_eq(pthread_join(w[i].thread, NULL), 0);
		row_accepted("a waiter", w[i].result, &w[i].e);
	}
	row_accepted("who comes late", ready_wait(r, &never, &e), &e);
}
END_TEST

/* The first word counts: a failure is not taken back, nor is success. */
START_TEST(is_set_once)
{
	AUTO_PTR(ready) failed = ready_new();
	AUTO_PTR(ready) good = ready_new();
	AUTO(err) first = ERR_INIT;
	AUTO(err) second = ERR_INIT;
	AUTO(err) e = ERR_INIT;

	(void)err_set(&first, E_IO, "the first");
	(void)err_set(&second, E_USAGE, "the second");
	ready_set(good, NULL);
	ready_set(good, &first);
	row_accepted("success, then failure", ready_wait(good, &never, &e), &e);
	ready_set(failed, &first);
	ready_set(failed, NULL);
	ready_set(failed, &second);
	row_refused("failure, then success", ready_wait(failed, &never, &e), &e, E_IO, "the first");
}
END_TEST

START_TEST(is_not_waited_for_longer)
{
	struct deadline soon = deadline_after(clock_ms(), 50);
	AUTO_PTR(ready) r = ready_new();
	AUTO(err) e = ERR_INIT;

	row_refused("unset", ready_wait(r, &soon, &e), &e, E_TIMED_OUT, "--timeout");
	ready_set(r, NULL);
	err_free(&e);
	row_accepted("set, and late", ready_wait(r, &soon, &e), &e);
}
END_TEST

START_TEST(is_freed_unset)
{
	ready_free(ready_new());
	ready_free(NULL);
}
END_TEST

Suite *
ready_suite(void)
{
	Suite *s = suite_create("ready");
	TCase *t = tcase_create("ready");

	tcase_add_test(t, hands_a_failure_to_all);
	tcase_add_test(t, lets_all_go);
	tcase_add_test(t, is_set_once);
	tcase_add_test(t, is_not_waited_for_longer);
	tcase_add_test(t, is_freed_unset);
	suite_add_tcase(s, t);
	return s;
}
