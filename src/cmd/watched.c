/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/watched.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "cmd/progress.h"

/* How long this thread sleeps before it looks whether there is something to show. */
enum { TICK_MS = 100 };

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
watch(const struct watched *w, pthread_t thread)
{
	const struct verify_settings *s = &w->run->s;
	struct progress progress;

	progress_begin(&progress, w->counts, s->quiet, s->verbose, clock_ms());
	while (!ended(thread))
		progress_tick(&progress, w->stop != NULL && *w->stop, clock_ms());
	progress_end(&progress);
}

int
watched_run(const struct watched *w, struct err *e)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, w->work, w->arg);
	if (errno != 0)
		return err_sys(e, E_IO, "starting a thread");
	/* Who waits for the keys does so in the other thread. */
	if (!w->keys_are_given)
		verify_run_keys(w->run);
	watch(w, thread);
	return 0;
}
