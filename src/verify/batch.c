/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/batch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

/* A slot per image: a thread fills it, the reporter empties it. */
struct slot {
	bool done;
	struct image_report report;
};

struct batch {
	const struct image_run *run;
	char *const *names;
	size_t n;
	pthread_mutex_t lock;
	pthread_cond_t finished;
	struct slot *slots;
	size_t next_to_start, next_to_report;
	pthread_t *threads;
	unsigned n_threads;
};

static void *
work(void *arg)
{
	struct batch *b = arg;
	size_t i;

	pthread_mutex_lock(&b->lock);
	while (b->next_to_start < b->n) {
		i = b->next_to_start++;
		pthread_mutex_unlock(&b->lock);
		image_verify(b->run, b->names[i], &b->slots[i].report);
		pthread_mutex_lock(&b->lock);
		b->slots[i].done = true;
		pthread_cond_broadcast(&b->finished);
	}
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

int
batch_start(struct batch **out, const struct image_run *run, char *const *names, size_t n,
    unsigned jobs, struct err *e)
{
	AUTO_PTR(batch) b = xcalloc(1, sizeof(*b));
	int r = 0;

	*out = NULL;
	b->run = run;
	b->names = names;
	b->n = n;
	b->slots = xcalloc(n, sizeof(*b->slots));
	b->threads = xcalloc(jobs, sizeof(*b->threads));
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->finished, NULL);
	while (b->n_threads < jobs && b->n_threads < n && r == 0) {
		r = pthread_create(&b->threads[b->n_threads], NULL, work, b);
		if (r == 0)
			b->n_threads++;
	}
	/* Fewer threads than asked for do the same work. */
	if (b->n_threads == 0) {
		errno = r;
		return err_sys(e, E_IO, "starting a thread");
	}
	*out = steal(&b);
	return 0;
}

bool
batch_next(struct batch *b, struct image_report *out)
{
	struct slot *s;

	if (b->next_to_report == b->n)
		return false;
	s = &b->slots[b->next_to_report++];
	pthread_mutex_lock(&b->lock);
	while (!s->done)
		pthread_cond_wait(&b->finished, &b->lock);
	pthread_mutex_unlock(&b->lock);
	*out = s->report;
	s->report = (struct image_report)IMAGE_REPORT_INIT;
	return true;
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	pthread_mutex_lock(&b->lock);
	b->next_to_start = b->n;
	pthread_mutex_unlock(&b->lock);
	for (unsigned i = 0; i < b->n_threads; i++)
		pthread_join(b->threads[i], NULL);
	for (size_t i = 0; i < b->n; i++)
		image_report_free(&b->slots[i].report);
	pthread_cond_destroy(&b->finished);
	pthread_mutex_destroy(&b->lock);
	free(b->threads);
	free(b->slots);
	free(b);
}
