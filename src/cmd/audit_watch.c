/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_watch.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "cmd/progress.h"

/* How long this thread sleeps before it looks whether there is something to show. */
enum { TICK_MS = 100 };

/* What both threads have in hand. */
struct shared {
	const struct image_run *run;
	struct audit_options options;
	const char *name;
	struct audit_report *out;
	struct err *e;
	int result;
};

static void *
work(void *arg)
{
	struct shared *s = arg;

	s->result = audit_run(s->run, &s->options, s->name, s->out, s->e);
	return NULL;
}

/* Has it ended? Waits a little. */
static bool
ended(pthread_t thread)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until); /* what pthread_timedjoin_np goes by */
	until.tv_nsec += TICK_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	return pthread_timedjoin_np(thread, NULL, &until) == 0;
}

static void
watch(const struct audit_watch *w, pthread_t thread, const struct audit_progress *counts)
{
	const struct verify_settings *s = &w->run->s;
	struct progress progress;

	progress_begin(&progress, counts, s->quiet, s->verbose, clock_ms());
	while (!ended(thread))
		progress_tick(&progress, *w->stop, clock_ms());
	progress_end(&progress);
}

int
audit_watch_run(struct audit_watch *w, const char *name, struct audit_report *out, struct err *e)
{
	const struct audit_settings *a = w->settings;
	struct audit_progress counts = { 0 };
	struct shared shared = { .run = &w->run->run,
		.options = { .blobs = a->diff ? AUDIT_BLOBS_NONE : a->blobs,
		    .architectures = a->architectures,
		    .n_architectures = a->n_architectures,
		    .components = a->components,
		    .n_components = a->n_components,
		    .payload_only = a->diff,
		    .allow_weak = w->run->s.allow_weak,
		    .jobs = w->run->s.jobs,
		    .progress = &counts,
		    .stop = w->stop },
		.name = name,
		.out = out,
		.e = e };
	pthread_t thread;

	*out = (struct audit_report)AUDIT_REPORT_INIT;
	errno = pthread_create(&thread, NULL, work, &shared);
	if (errno != 0)
		return err_sys(e, E_IO, "starting the thread of the audit");
	/* Who waits for the keys does so in the other thread. */
	if (!w->keys_are_given)
		verify_run_keys(w->run);
	w->keys_are_given = true;
	watch(w, thread, &counts);
	return shared.result;
}
