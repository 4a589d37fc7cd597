/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_watch.h"

#include "cmd/watched.h"

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

int
audit_watch_run(struct audit_watch *w, const char *name, struct audit_report *out, struct err *e)
{
	const struct audit_settings *a = w->settings;
	struct progress_counts counts = { 0 };
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
	const struct watched watched = { .run = w->run,
		.counts = &counts,
		.stop = w->stop,
		.work = work,
		.arg = &shared,
		.keys_are_given = w->keys_are_given };

	*out = (struct audit_report)AUDIT_REPORT_INIT;
	w->keys_are_given = true;
	return watched_run(&watched, e) == 0 ? shared.result : err_wrap(e, "the audit");
}
