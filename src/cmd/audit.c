/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig audit */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/outdir.h"
#include "cmd/audit_asked.h"
#include "cmd/audit_diff.h"
#include "cmd/audit_html.h"
#include "cmd/audit_json.h"
#include "cmd/audit_settings.h"
#include "cmd/audit_text.h"
#include "cmd/audit_watch.h"
#include "cmd/command.h"
#include "cmd/json_build.h"
#include "cmd/report_json.h"
#include "cmd/report_text.h"
#include "cmd/verify_run.h"

/* One IMAGE, or OLD and NEW. */
enum { MOST_IMAGES = 2 };

/* All that a run owns. */
struct run {
	struct verify_run base;
	struct audit_settings settings;
	struct audit_asked asked;
	struct outdir *directory; /* that the page is written to; or NULL */
	const char *file;	  /* its name there; borrowed from the settings */
	struct audit_report reports[MOST_IMAGES];
	struct audit_shown shown[MOST_IMAGES];
	size_t n; /* of those that were begun */
};

static void
run_free(struct run *r)
{
	for (size_t i = 0; i < MOST_IMAGES; i++)
		audit_report_free(&r->reports[i]);
	outdir_free(r->directory);
	audit_asked_free(&r->asked);
	audit_settings_free(&r->settings);
	verify_run_free(&r->base);
}
AUTO_DEFINE(run)

/*
 * --- the page -----------------------------------------------------------------------------------
 */

/* Its directory is opened now, and is the one that this process may write to later. */
static int
open_report(struct run *r, struct err *e)
{
	const char *path = r->settings.report;
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;
	AUTO_STR char *directory = NULL;
	struct stat st;

	if (path == NULL)
		return 0;
	r->file = slash != NULL ? slash + 1 : path;
	if (r->file[0] == '\0' || (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return err_set(e, E_USAGE, "--report %s: a directory, want a file", path);
	if (slash == NULL)
		directory = xstrdup(".");
	else
		directory = slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
	return outdir_open(&r->directory, directory, e) == 0 ? 0 : err_wrap(e, "--report");
}

static int
write_report(struct run *r, struct err *e)
{
	const struct audit_html page = { .shown = r->shown[0],
		.keys = r->base.keys_found ? &r->base.keys : NULL,
		.gpg_version = openpgp_gpg_version(r->base.openpgp),
		.now = (int64_t)time(NULL) };
	AUTO(buf) text = BUF_INIT;

	if (r->directory == NULL || r->n == 0)
		return 0;
	audit_html(&text, &page);
	if (outdir_replace(r->directory, r->file, buf_bytes(&text), e) == 0 &&
	    outdir_commit(r->directory, e) == 0)
		return 0;
	return err_wrap(e, "--report %s", r->settings.report);
}

/*
 * --- standard output ----------------------------------------------------------------------------
 */

static void
print_buf(const struct buf *b)
{
	if (b->n > 0)
		fwrite(b->p, 1, b->n, stdout);
}

/* Did a signal end the work before its end? Then what was found decides nothing. */
static bool
was_stopped(const struct run *r)
{
	return r->n < r->base.s.images.n || r->shown[r->n - 1].stopped;
}

static struct tally
count(const struct run *r)
{
	struct tally tally = { 0 };

	if (was_stopped(r)) {
		tally.undecided = r->base.s.images.n;
		return tally;
	}
	for (size_t i = 0; i < r->n; i++)
		switch (audit_outcome(&r->shown[i])) {
		case OUTCOME_PROVEN:
			tally.accepted++;
			break;
		case OUTCOME_REFUSED:
			tally.refused++;
			break;
		case OUTCOME_UNDECIDED:
		case OUTCOME_UNSET:
			tally.undecided++;
			break;
		}
	return tally;
}

static void
print_json(const struct run *r, const struct tally *tally)
{
	json_t *images = must_have(json_array()), *document;
	bool both = r->settings.diff && r->n == MOST_IMAGES;
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < r->n; i++)
		json_push(images, report_json_image(&r->reports[i].image));
	document = report_json_document(audit_command.name, images, NULL,
	    r->base.keys_found ? &r->base.keys : NULL, openpgp_gpg_version(r->base.openpgp),
	    &r->base.confined, tally, (int64_t)time(NULL));
	json_put(document, "audit",
	    !r->settings.diff && r->n > 0 ? audit_json(&r->shown[0]) : json_null());
	json_put(
	    document, "diff", both ? audit_diff_json(&r->shown[0], &r->shown[1]) : json_null());
	report_json_text(&text, document);
	print_buf(&text);
}

static void
print_text(const struct run *r)
{
	bool verbose = r->base.s.verbose;
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < r->n; i++)
		audit_text(&text, &r->shown[i], verbose);
	if (r->settings.pullspecs)
		audit_text_pullspecs(&text, &r->reports[0]);
	if (r->settings.diff && r->n == MOST_IMAGES &&
	    audit_diff_possible(&r->shown[0], &r->shown[1]))
		audit_diff_text(&text, &r->reports[0], &r->reports[1]);
	print_buf(&text);
}

/* A page that is not written, and an answer that nobody got, is no acceptance. */
static int
report(struct run *r)
{
	struct tally tally = count(r);
	int status = tally_exit_status(&tally);
	AUTO(err) e = ERR_INIT;

	if (r->n < r->base.s.images.n)
		print_error("interrupted before %s", r->base.s.images.v[r->n]);
	if (r->base.s.json)
		print_json(r, &tally);
	else if (!r->base.s.quiet)
		print_text(r);
	if (write_report(r, &e) != 0) {
		(void)fail(audit_command.name, &e);
		status = status == STATUS_REFUSED ? status : STATUS_NO_VERDICT;
	}
	return finish_output(status);
}

/*
 * --- the run ------------------------------------------------------------------------------------
 */

static int
audit_all(struct run *r, struct err *e)
{
	struct audit_watch work = {
		.run = &r->base, .settings = &r->settings, .stop = cleanup_stop_first()
	};

	for (size_t i = 0; i < r->base.s.images.n && !*work.stop; i++) {
		if (audit_watch_run(&work, r->base.s.images.v[i], &r->reports[i], e) != 0)
			return -1;
		r->shown[i] = (struct audit_shown){ .report = &r->reports[i],
			.blobs = r->settings.diff ? AUDIT_BLOBS_NONE : r->settings.blobs,
			.payload_only = r->settings.diff,
			.stopped = *work.stop && r->reports[i].interrupted };
		r->n++;
	}
	return 0;
}

static int
audit(struct run *r, struct err *e)
{
	const struct verify_settings *s = &r->base.s;
	struct verify_run_names names = { .v = s->images.v, .n = s->images.n };

	if (verify_run_mirrors(&r->base, e) != 0 || open_report(r, e) != 0)
		return -1;
	audit_asked_make(&r->asked, s->images.v, s->images.n, r->base.mirrors.n > 0);
	names.asked = r->asked.v;
	names.n_asked = r->asked.n;
	names.output = r->directory != NULL ? outdir_path(r->directory) : NULL;
	if (verify_run_open(&r->base, &names, e) != 0 || audit_all(r, e) != 0)
		return -1;
	return report(r);
}

int
cmd_audit(int argc, char **argv)
{
	AUTO(run) r = { .n = 0 };
	AUTO(err) e = ERR_INIT;
	int64_t start = clock_ms();
	int status;

	switch (audit_settings_read(&r.settings, &r.base.s, argc, argv, &e)) {
	case OPTIONS_HELP:
		return finish_output(STATUS_ACCEPTED);
	case OPTIONS_BAD:
		return fail(audit_command.name, &e);
	case OPTIONS_READ:
		break;
	}
	if (audit_settings_check(&r.settings, &r.base.s, &e) != 0 ||
	    verify_run_read(&r.base, start, &e) != 0)
		return fail(audit_command.name, &e);
	status = audit(&r, &e);
	return status >= 0 ? status : fail(audit_command.name, &e);
}
