/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relsig verify-files */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/outdir.h"
#include "cmd/command.h"
#include "cmd/files_json.h"
#include "cmd/files_text.h"
#include "cmd/json_build.h"
#include "cmd/report_json.h"
#include "cmd/verify_run.h"
#include "cmd/watched.h"

static const struct subcommand command = { "verify-files", "[OPTION...] SUMS [FILE...]",
	"Verify a signed list of SHA-256 sums, and that each FILE is what it lists.",
	"SUMS is a signed message, a text signed in clear, or a detached signature beside its "
	"text:\n"
	"sha256sum.txt.sig, sha256sum.txt.gpg. Each FILE lies in its directory, or below.\n"
	"With --url they are names there, and are fetched: files once the list is verified." };

/* All that a run owns. */
struct run {
	struct verify_run base;
	struct string_list arguments;
	struct files_wanted wanted;
	const char *output; /* --output-dir */
	unsigned max_mib;   /* --max-size */
	struct outdir *directory;
	struct progress_counts progress;
	struct files_report report;
};

static void
run_free(struct run *r)
{
	files_report_free(&r->report);
	outdir_free(r->directory);
	string_list_free(&r->arguments);
	verify_run_free(&r->base);
}
AUTO_DEFINE(run)

/* A file keeps a processor busy. */
static unsigned
default_jobs(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 1)
		return 1;
	return n < (long)MAX_JOBS ? (unsigned)n : MAX_JOBS;
}

static enum options_result
read_options(struct run *r, int argc, char **argv, struct err *e)
{
	struct verify_settings *s = &r->base.s;
	struct files_wanted *w = &r->wanted;
	const struct option_row rows[] = {
		{ OPTION_STRING, 0, "sums-file", "FILE",
		    "the text of a detached signature (default: SUMS less .gpg)", &w->sums_file, 0,
		    0 },
		{ OPTION_FLAG, 0, "all", NULL, "verify every file of the list", &w->all, 0, 0 },
		{ OPTION_FLAG, 0, "ignore-missing", NULL, "... but for those that are not there",
		    &w->ignore_missing, 0, 0 },
		{ OPTION_STRING, 0, "url", "URL", "fetch SUMS and each FILE by its name at URL",
		    &w->from.url, 0, 0 },
		{ OPTION_STRING, 0, "output-dir", "DIR",
		    "... into this directory, made or added to (default: here)", &r->output, 0, 0 },
		{ OPTION_FLAG, 0, "overwrite", NULL,
		    "... and replace what is there with other content", &w->from.overwrites, 0, 0 },
		{ OPTION_NUMBER, 0, "max-size", "MIB", "... no file that is larger (default 16384)",
		    &r->max_mib, 1, MAX_FETCHED_FILE_MIB },
		{ OPTION_LIST, 0, "key", "FILE", "trust the OpenPGP keys of FILE (repeatable)",
		    &s->keys, 0, 0 },
		{ OPTION_LIST, 0, "fingerprint", "FPR",
		    "... but only these primary keys (repeatable, a,b)", &s->fingerprints, 0, 0 },
		{ OPTION_FLAG, 0, "allow-weak-crypto", NULL,
		    "accept SHA-1, SHA-224, RIPEMD-160, short keys", &s->allow_weak, 0, 0 },
		{ OPTION_FLAG, 0, "offline", NULL, "touch no network, for the key neither",
		    &s->offline, 0, 0 },
		{ OPTION_STRING, 0, "cert-dir", "DIR",
		    "*.crt here are trusted too; *.cert and *.key are ours", &s->cert_dir, 0, 0 },
		{ OPTION_STRING, 0, "proxy", "URL", "ask servers through this proxy; \"\" for none",
		    &s->proxy, 0, 0 },
		{ OPTION_BOOL, 0, "tls-verify", "BOOL", "verify TLS certificates (default true)",
		    &s->tls_verify, 0, 0 },
		{ OPTION_DURATION, 0, "timeout", "TIME", "limit for the whole run (default none)",
		    &s->timeout_ms, 0, MAX_RUN_TIMEOUT_MS },
		{ OPTION_DURATION, 0, "request-timeout", "TIME",
		    "limit for an answer, and for a silence (default 30s)", &s->request_timeout_ms,
		    0, MAX_REQUEST_TIMEOUT_MS },
		{ OPTION_NUMBER, 0, "retry-times", "N",
		    "tries after a failure in passing (default 2)", &s->retry_times, 0, 20 },
		{ OPTION_NUMBER, 'j', "jobs", "N", "files at once (default: one a processor)",
		    &s->jobs, 1, MAX_JOBS },
		{ OPTION_FLAG, 0, "json", NULL, "print a JSON report, relsig-report(5)", &s->json,
		    0, 0 },
		{ OPTION_FLAG, 'q', "quiet", NULL, "print nothing, only exit", &s->quiet, 0, 0 },
		{ OPTION_END, 0, NULL, NULL, NULL, NULL, 0, 0 },
	};

	*s = (struct verify_settings){ .no_images = true,
		.tls_verify = true,
		.request_timeout_ms = HTTP_TIMEOUT_MS,
		.retry_times = HTTP_RETRY_TIMES,
		.jobs = default_jobs() };
	return options_read(&command, rows, argc, argv, &r->arguments, e);
}

static int
check_url(const struct run *r, struct err *e)
{
	const struct files_from *from = &r->wanted.from;

	if (from->url == NULL && (r->output != NULL || from->overwrites || r->max_mib > 0))
		return err_set(e, E_USAGE,
		    "--output-dir, --overwrite and --max-size are for --url: nothing else is "
		    "fetched");
	if (from->url != NULL && r->base.s.offline)
		return err_set(e, E_USAGE, "--url needs the network, --offline forbids it");
	if (r->output != NULL && r->output[0] == '\0')
		return err_set(e, E_USAGE, "--output-dir: its name is empty");
	return 0;
}

static int
check(struct run *r, struct err *e)
{
	struct files_wanted *w = &r->wanted;

	if (r->arguments.n == 0)
		return err_set(e, E_USAGE, "no SUMS is given");
	w->sums = r->arguments.v[0];
	w->names = r->arguments.v + 1;
	w->n_names = r->arguments.n - 1;
	w->jobs = r->base.s.jobs;
	w->from.max_bytes = (uint64_t)(r->max_mib > 0 ? r->max_mib : FETCHED_FILE_MIB) << 20;
	r->base.s.fetches = w->from.url != NULL;
	if (check_url(r, e) != 0)
		return -1;
	return files_check(w, e) == 0 ? verify_settings_check(&r->base.s, &command, 0, e) : -1;
}

static void
print_report(const struct run *r, const struct tally *tally)
{
	AUTO(buf) text = BUF_INIT;
	json_t *document;

	if (r->base.s.json) {
		document = report_json_document(command.name, must_have(json_array()), NULL,
		    r->base.keys_found ? &r->base.keys : NULL, openpgp_gpg_version(r->base.openpgp),
		    &r->base.confined, tally, r->wanted.now);
		json_put(document, "sums", files_json(&r->wanted, &r->report));
		report_json_text(&text, document);
	} else if (!r->base.s.quiet) {
		files_text(&text, &r->wanted, &r->report);
	}
	if (text.n > 0)
		fwrite(text.p, 1, text.n, stdout);
}

static void *
work(void *arg)
{
	struct run *r = arg;

	files_verify(&r->wanted, r->base.openpgp, r->base.ready, &r->report);
	return NULL;
}

/* The directory is opened now, and is the one that this process may write to later. */
static int
open_all(struct run *r, struct err *e)
{
	struct verify_run_names names = { .v = NULL };

	if (r->wanted.from.url != NULL) {
		if (outdir_open(&r->directory, r->output != NULL ? r->output : ".", e) != 0)
			return err_wrap(e, "--output-dir");
		names.output = outdir_path(r->directory);
	}
	if (verify_run_open(&r->base, &names, e) != 0)
		return -1;
	r->progress.of_files = true;
	r->wanted.progress = &r->progress;
	r->wanted.from.http = r->base.http;
	r->wanted.from.directory = r->directory;
	r->wanted.deadline = r->base.deadline;
	r->wanted.now = (int64_t)time(NULL);
	/* What was fetched until then is kept and told; of what is only read there is nothing to
	 * keep. */
	if (r->wanted.from.url != NULL)
		r->wanted.stop = cleanup_stop_first();
	return 0;
}

static int
verify(struct run *r, struct err *e)
{
	struct watched watched = {
		.run = &r->base, .counts = &r->progress, .work = work, .arg = r
	};
	struct tally tally;

	if (open_all(r, e) != 0)
		return -1;
	watched.stop = r->wanted.stop;
	if (watched_run(&watched, e) != 0)
		return -1;
	tally = files_tally(&r->report);
	print_report(r, &tally);
	return finish_output(tally_exit_status(&tally));
}

int
cmd_verify_files(int argc, char **argv)
{
	AUTO(run) r = { .report = FILES_REPORT_INIT };
	AUTO(err) e = ERR_INIT;
	int64_t start = clock_ms();
	int status;

	switch (read_options(&r, argc, argv, &e)) {
	case OPTIONS_HELP:
		return finish_output(STATUS_ACCEPTED);
	case OPTIONS_BAD:
		return fail(command.name, &e);
	case OPTIONS_READ:
		break;
	}
	if (check(&r, &e) != 0 || verify_run_read(&r.base, start, &e) != 0)
		return fail(command.name, &e);
	status = verify(&r, &e);
	return status >= 0 ? status : fail(command.name, &e);
}
