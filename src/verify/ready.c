/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/ready.h"

#include <pthread.h>
#include <stdlib.h>

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

	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
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
ready_wait(struct ready *r, struct err *e)
{
	int result = 0;

	pthread_mutex_lock(&r->lock);
	while (!r->set)
		pthread_cond_wait(&r->changed, &r->lock);
	if (r->failure.code != E_NONE)
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
