/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/audit_words.h"
#include "cmd/command.h"

/* After so long without anything done, that is what is told. */
enum { STILL_MS = 3000 };
/* The columns of a terminal that does not say how many it has. */
enum { USUAL_COLUMNS = 80 };

void
progress_begin(struct progress *p, const struct progress_counts *counts, bool quiet, bool verbose,
    int64_t now_ms)
{
	const char *term = getenv("TERM");

	*p = (struct progress){
		.counts = counts, .begun_ms = now_ms, .shown_ms = now_ms, .moved_ms = now_ms
	};
	if (quiet)
		return;
	if (isatty(STDERR_FILENO) == 1 && term != NULL && strcmp(term, "dumb") != 0)
		p->to = PROGRESS_TERMINAL;
	else if (verbose)
		p->to = PROGRESS_LINES;
}

/* It goes up whenever anything is done. */
static uint64_t
done(const struct progress_counts *c)
{
	return c->manifests_done + c->blobs_done + c->bytes_done + c->files_done;
}

/* What is being waited for, as far as the numbers say it. */
static const char *
awaited(const struct progress_counts *c)
{
	if (c->of_files)
		return c->files_known == 0 ? "the list" : "files";
	if (c->manifests_known == 0)
		return "the release";
	if (c->manifests_done < c->manifests_known)
		return "manifests";
	if (c->bytes_known > 0 && c->bytes_done < c->bytes_known)
		return "the bytes of blobs";
	if (c->blobs_done < c->blobs_known)
		return "blobs";
	return "the last answers";
}

static void
bytes_text(struct buf *out, const struct progress *p, int64_t now_ms)
{
	const uint64_t bytes = p->counts->bytes_done, known = p->counts->bytes_known;
	const int64_t passed = now_ms - p->begun_ms;
	AUTO_STR char *of = audit_size(known);
	AUTO_STR char *so_far = audit_size(bytes);
	AUTO_STR char *rate = NULL;

	/* Of files nobody says beforehand how large all of them are. */
	if (known > 0)
		buf_addf(out, ", %s of %s", so_far, of);
	else if (p->counts->of_files && bytes > 0)
		buf_addf(out, ", %s", so_far);
	else
		return;
	if (passed < 1000)
		return;
	rate = audit_size((uint64_t)((double)bytes * 1000 / (double)passed));
	buf_addf(out, " at %s/s", rate);
}

void
progress_text(struct buf *out, const struct progress *p, int64_t now_ms)
{
	const struct progress_counts *c = p->counts;
	const size_t manifests = c->manifests_done, blobs = c->blobs_done;
	const size_t problems = c->problems;
	const int64_t still = now_ms - p->moved_ms;

	if (c->files_known > 0)
		buf_addf(out, "files %zu of %zu", (size_t)c->files_done, (size_t)c->files_known);
	else if (c->manifests_known > 0)
		buf_addf(out, "manifests %zu of %zu, blobs %zu of %zu", manifests,
		    (size_t)c->manifests_known, blobs, (size_t)c->blobs_known);
	else
		buf_add_str(out, "verifying");
	bytes_text(out, p, now_ms);
	if (problems > 0)
		buf_addf(out, ", %zu problem%s", problems, problems == 1 ? "" : "s");
	buf_addf(out, "; waiting for %s", awaited(c));
	if (still >= STILL_MS)
		buf_addf(out, ", nothing for %" PRId64 " s", still / 1000);
}

/* The last column stays free: some terminals go to the next line there. */
static size_t
room(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2)
		return USUAL_COLUMNS - 1;
	return size.ws_col - 1u;
}

static void
show(struct progress *p, int64_t now_ms)
{
	AUTO(buf) text = BUF_INIT;

	p->shown_ms = now_ms;
	progress_text(&text, p, now_ms);
	if (p->to == PROGRESS_LINES) {
		print_error("%s", buf_str(&text));
		return;
	}
	/* Back to the line's beginning, and nothing of the last one behind this one. */
	fprintf(stderr, "\r%.*s\033[K", (int)room(), buf_str(&text));
	p->shown = true;
}

static void
tell_stop(struct progress *p)
{
	progress_end(p);
	p->stop_was_told = true;
	print_error("interrupted: what was begun is ended; once more ends at once");
}

void
progress_tick(struct progress *p, bool stopping, int64_t now_ms)
{
	const int64_t every = p->to == PROGRESS_TERMINAL ? PROGRESS_TERMINAL_MS : PROGRESS_LINE_MS;
	const uint64_t so_far = done(p->counts);

	if (so_far != p->moved) {
		p->moved = so_far;
		p->moved_ms = now_ms;
	}
	if (p->to == PROGRESS_NOWHERE)
		return;
	if (stopping && !p->stop_was_told)
		tell_stop(p);
	if (now_ms - p->shown_ms >= every)
		show(p, now_ms);
}

void
progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
