/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_waiters.h"

/* On the stack of the thread that waits. */
struct http_waiter {
	struct http_waiter *next;
	const struct http_call *call;
	pthread_cond_t news;
};

void
http_waiters_init(struct http_waiters *w)
{
	*w = (struct http_waiters){ .first = NULL };
	pthread_condattr_init(&w->monotonic);
	pthread_condattr_setclock(&w->monotonic, CLOCK_MONOTONIC);
}

void
http_waiters_free(struct http_waiters *w)
{
	pthread_condattr_destroy(&w->monotonic);
}

static void
enter(struct http_waiters *w, struct http_waiter *who)
{
	who->next = w->first;
	w->first = who;
}

static void
leave(struct http_waiters *w, const struct http_waiter *who)
{
	struct http_waiter **at;

	for (at = &w->first; *at != who; at = &(*at)->next)
		;
	*at = who->next;
}

void
http_waiters_wait(struct http_waiters *w, const struct http_call *call, pthread_mutex_t *lock,
    const struct timespec *until)
{
	struct http_waiter me = { .call = call };

	pthread_cond_init(&me.news, &w->monotonic);
	enter(w, &me);
	pthread_cond_timedwait(&me.news, lock, until);
	leave(w, &me);
	pthread_cond_destroy(&me.news);
}

void
http_waiters_wake(struct http_waiters *w, const struct http_call *call)
{
	for (struct http_waiter *one = w->first; one != NULL; one = one->next)
		if (one->call == call)
			pthread_cond_signal(&one->news);
}

void
http_waiters_wake_all(struct http_waiters *w)
{
	for (struct http_waiter *one = w->first; one != NULL; one = one->next)
		pthread_cond_signal(&one->news);
}

void
http_waiters_wake_one(struct http_waiters *w)
{
	if (w->first != NULL)
		pthread_cond_signal(&w->first->news);
}
