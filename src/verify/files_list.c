/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/files_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "formats/signed_text.h"

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
	if (file_read_by(&in->text, report->text, MAX_SUMS_BYTES, &w->deadline, e) == 0)
		return 0;
	return err_wrap(e, "the text of the detached signature");
}

static int
read_inputs(
    struct inputs *in, const struct files_wanted *w, struct files_report *report, struct err *e)
{
	/* A list in clear text has its signature with it. */
	if (file_read_by(
		&in->blob, w->sums, MAX_SUMS_BYTES + MAX_SIGNATURE_BYTES, &w->deadline, e) != 0)
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
		report->listed = signed_sums_list(list)->n;
	else
		report->detail = xstrdup(err_msg(&e));
	return list;
}
