/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/files_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "formats/signed_text.h"
#include "transport/http_file.h"

/* What was read before anything is believed. */
struct inputs {
	struct buf blob, text;
	bool has_text;
};

static void
inputs_free(struct inputs *in)
{
	buf_free(&in->blob);
	buf_free(&in->text);
}
AUTO_DEFINE(inputs)

/* As whoever publishes both names them: the text without this at its end. NULL: not so. */
static char *
name_of_text(const char *sums)
{
	static const char *const suffixes[] = { ".gpg", ".sig", ".asc" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		if (text_ends_with(sums, suffixes[i]))
			return xstrndup(sums, strlen(sums) - strlen(suffixes[i]));
	return NULL;
}

/* A file, or what a server has under its name. */
static int
read_one(struct buf *out, const char *name, size_t max, const struct files_wanted *w, struct err *e)
{
	AUTO_STR char *url = NULL;

	if (w->from.url == NULL)
		return file_read_by(out, name, max, &w->deadline, e);
	url = http_file_url(w->from.url, name);
	return http_file_read(w->from.http, url, max, out, e);
}

static int
read_text(
    struct inputs *in, const struct files_wanted *w, struct files_report *report, struct err *e)
{
	report->text = w->sums_file != NULL ? xstrdup(w->sums_file) : name_of_text(w->sums);
	if (report->text == NULL)
		return err_set(e, E_USAGE,
		    "%s is a signature without its text, and does not end in .gpg, .sig or .asc: "
		    "give the text with --sums-file",
		    w->sums);
	in->has_text = true;
	if (read_one(&in->text, report->text, MAX_SUMS_BYTES, w, e) == 0)
		return 0;
	return err_wrap(e, "the text of the detached signature");
}

static int
read_inputs(
    struct inputs *in, const struct files_wanted *w, struct files_report *report, struct err *e)
{
	/* A list in clear text has its signature with it. */
	if (read_one(&in->blob, w->sums, MAX_SUMS_BYTES + MAX_SIGNATURE_BYTES, w, e) != 0)
		return -1;
	if (w->sums_file == NULL && !signed_text_is_detached(buf_bytes(&in->blob)))
		return 0;
	report->form = SIGNED_DETACHED;
	return read_text(in, w, report, e);
}

static void
undecided(struct files_report *report, const struct err *e)
{
	report->outcome = OUTCOME_UNDECIDED;
	report->reason = reason_of_error(e->code);
	report->detail = xstrdup(err_msg(e));
}

/* The list that was verified goes beside its files, so that they can be verified again. */
static int
keep(const struct inputs *in, const struct files_wanted *w, const char *text, struct err *e)
{
	struct outdir *d = w->from.directory;
	int (*put)(struct outdir *, const char *, struct bytes, struct err *) =
	    w->from.overwrites ? outdir_replace : outdir_add;

	if (in->has_text && put(d, text, buf_bytes(&in->text), e) != 0)
		return -1;
	if (put(d, w->sums, buf_bytes(&in->blob), e) != 0)
		return -1;
	return outdir_commit(d, e);
}

/* One that is there already and is another is of other files: nothing is fetched beside it. */
static void
keep_list(const struct inputs *in, const struct files_wanted *w, struct files_report *report,
    struct err *e)
{
	if (w->from.url == NULL || keep(in, w, report->text, e) == 0)
		return;
	outdir_drop(w->from.directory);
	report->outcome = e->code == E_MISMATCH ? OUTCOME_REFUSED : OUTCOME_UNDECIDED;
	report->reason = e->code == E_MISMATCH ? REASON_CONTENT_MISMATCH : reason_of_error(e->code);
	if (e->code == E_MISMATCH)
		err_wrap(e, "not replaced without --overwrite");
}

struct signed_sums *
files_read_list(const struct files_wanted *w, struct openpgp *openpgp, struct ready *keys,
    struct files_report *report)
{
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO(inputs) in = { .has_text = false };
	AUTO(err) e = ERR_INIT;
	struct signed_sums *list = NULL;
	struct bytes text;

	if (read_inputs(&in, w, report, &e) != 0 || ready_wait(keys, &w->deadline, &e) != 0) {
		undecided(report, &e);
		return NULL;
	}
	text = buf_bytes(&in.text);
	report->outcome =
	    openpgp_verify_sums(openpgp, buf_bytes(&in.blob), in.has_text ? &text : NULL, w->now,
		&bytes, &report->form, &report->facts, &report->reason, &e);
	if (report->outcome == OUTCOME_PROVEN)
		report->outcome =
		    signed_sums_make(&list, bytes, MAX_SUMS_FILES, &report->reason, &e);
	if (report->outcome == OUTCOME_PROVEN)
		keep_list(&in, w, report, &e);
	if (report->outcome == OUTCOME_PROVEN) {
		report->listed = signed_sums_list(list)->n;
		return list;
	}
	report->detail = xstrdup(err_msg(&e));
	signed_sums_free(list);
	return NULL;
}
