/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/files_json.h"

#include "cmd/files_text.h"
#include "cmd/json_build.h"
#include "cmd/report_json.h"

static json_t *
number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *
file_value(const struct files_report *r, const struct file_report *f)
{
	const struct obligation *obligation = &r->verdict.v[f->obligation];
	enum outcome outcome = verdict_outcome_of(&r->verdict, f->obligation);
	json_t *o = must_have(json_object());

	json_put(o, "file", json_text(f->path));
	json_put(o, "name", json_text(f->name));
	json_put(o, "outcome", json_text(report_json_outcome(outcome)));
	json_put(
	    o, "reason", json_text(reason_word(verdict_reason_of(&r->verdict, f->obligation))));
	json_put(
	    o, "detail", outcome == OUTCOME_PROVEN ? json_null() : json_text(obligation->detail));
	json_put(o, "digest", digest_is_set(&f->digest) ? json_text(f->digest.text) : json_null());
	json_put(o, "bytes", number(f->bytes));
	json_put(o, "fetched", number(f->fetched));
	return o;
}

json_t *
files_json(const struct files_wanted *w, const struct files_report *r)
{
	json_t *o = must_have(json_object()), *files = must_have(json_array());
	bool proven = r->outcome == OUTCOME_PROVEN;

	json_put(o, "file", json_text(r->sums));
	json_put(o, "url", json_text(w->from.url));
	json_put(o, "form", json_text(files_form_word(r->form)));
	json_put(o, "text", json_text(r->text));
	/* The list is not what is accepted: files are. */
	json_put(o, "signed", json_boolean(proven));
	json_put(o, "reason", proven ? json_null() : json_text(reason_word(r->reason)));
	json_put(o, "detail", json_text(r->detail));
	json_put(o, "signature", report_json_signature(&r->facts));
	json_put(o, "listed", number(r->listed));
	json_put(o, "missing", number(r->missing));
	for (size_t i = 0; i < r->n; i++)
		json_push(files, file_value(r, &r->files[i]));
	json_put(o, "files", files);
	return o;
}
