/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/ready.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

struct ready {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool set;
	struct err failure;
};

struct ready *
ready_new(void)
{
	struct ready *r = xcalloc(1, sizeof(*r));
	pthread_condattr_t attributes;

	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&r->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return r;
}

void
ready_set(struct ready *r, const struct err *failure)
{
	pthread_mutex_lock(&r->lock);
	if (!r->set && failure != NULL)
		(void)err_set(&r->failure, failure->code, "%s", err_msg(failure));
	r->set = true;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

int
ready_wait(struct ready *r, const struct deadline *deadline, struct err *e)
{
	const struct timespec until = clock_timespec(deadline->at_ms);
	int result = 0;

	pthread_mutex_lock(&r->lock);
	while (!r->set && !deadline_passed(deadline)) {
		if (deadline->is_set)
			pthread_cond_timedwait(&r->changed, &r->lock, &until);
		else
			pthread_cond_wait(&r->changed, &r->lock);
	}
	if (!r->set)
		result = deadline_error(deadline, e);
	else if (r->failure.code != E_NONE)
		result = err_set(e, r->failure.code, "%s", err_msg(&r->failure));
	pthread_mutex_unlock(&r->lock);
	return result;
}

void
ready_free(struct ready *r)
{
	if (r == NULL)
		return;
	err_free(&r->failure);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
