/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads that wait for another one to read their calls' frames. Each has a condition of its own:
 * with one for all, every response would wake every thread. All of it under the session's lock.
 */
#ifndef RELSIG_TRANSPORT_HTTP_WAITERS_H
#define RELSIG_TRANSPORT_HTTP_WAITERS_H

#include <pthread.h>
#include <time.h>

#include "transport/http_call.h"

struct http_waiter;

struct http_waiters {
	pthread_condattr_t monotonic;
	struct http_waiter *first;
};

void http_waiters_init(struct http_waiters *w);
/* When nobody waits any more. */
void http_waiters_free(struct http_waiters *w);

/*
 * Wait, without the lock, for news of the call, for all to be woken, or to be the one who is woken;
 * at the longest until a time of CLOCK_MONOTONIC. It may return early, as pthread_cond_timedwait
 * does.
 */
void http_waiters_wait(struct http_waiters *w, const struct http_call *call, pthread_mutex_t *lock,
    const struct timespec *until);
/* Who waits for this call, if somebody does. */
void http_waiters_wake(struct http_waiters *w, const struct http_call *call);
void http_waiters_wake_all(struct http_waiters *w);
/* Whoever it is: nobody reads any more. */
void http_waiters_wake_one(struct http_waiters *w);

#endif
