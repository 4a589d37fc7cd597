/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/crew.h"

#include <pthread.h>
#include <stdlib.h>

struct task {
	void (*work)(void *arg);
	void *arg;
};

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* something was added, or all is done, or it is the end */
	struct task *tasks;
	size_t n, next;
	size_t working;
	bool over;
	pthread_t *threads;
	unsigned n_threads;
};

/* Do the next task, with the lock held before and after. */
static void
do_next(struct crew *c)
{
	struct task task = c->tasks[c->next++];

	if (c->next == c->n)
		c->next = c->n = 0;
	c->working++;
	pthread_mutex_unlock(&c->lock);
	task.work(task.arg);
	pthread_mutex_lock(&c->lock);
	c->working--;
	if (c->working == 0 && c->n == 0)
		pthread_cond_broadcast(&c->changed);
}

static void *
member(void *arg)
{
	struct crew *c = arg;

	pthread_mutex_lock(&c->lock);
	while (!c->over) {
		if (c->n > 0)
			do_next(c);
		else
			pthread_cond_wait(&c->changed, &c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

struct crew *
crew_new(unsigned jobs)
{
	struct crew *c = xcalloc(1, sizeof(*c));

	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	c->threads = xcalloc(jobs > 0 ? jobs : 1, sizeof(*c->threads));
	while (c->n_threads + 1 < jobs &&
	       pthread_create(&c->threads[c->n_threads], NULL, member, c) == 0)
		c->n_threads++;
	return c;
}

void
crew_add(struct crew *c, void (*work)(void *arg), void *arg)
{
	struct task *task;

	pthread_mutex_lock(&c->lock);
	task = LIST_ADD(c->tasks, c->n);
	task->work = work;
	task->arg = arg;
	pthread_cond_signal(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

void
crew_wait(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	while (c->n > 0 || c->working > 0) {
		if (c->n > 0)
			do_next(c);
		else
			pthread_cond_wait(&c->changed, &c->lock);
	}
	pthread_mutex_unlock(&c->lock);
}

void
crew_free(struct crew *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->over = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	for (unsigned i = 0; i < c->n_threads; i++)
		pthread_join(c->threads[i], NULL);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c->threads);
	free(c->tasks);
	free(c);
}
