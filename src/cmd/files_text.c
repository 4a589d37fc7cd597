/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/files_text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "cmd/report_text.h"
#include "formats/packets.h"

const char *
files_form_word(enum signed_form form)
{
	switch (form) {
	case SIGNED_OPAQUE:
		return "opaque";
	case SIGNED_CLEARTEXT:
		return "cleartext";
	case SIGNED_DETACHED:
		return "detached";
	case SIGNED_FORM_UNSET:
		break;
	}
	return NULL;
}

/* "  label:     text", the text escaped. */
static void
line(struct buf *out, const char *label, const char *text)
{
	AUTO_STR char *escaped = text_escaped(text);

	buf_addf(out, "  %-11s %s\n", label, escaped);
}

/* "refused: NAME: reason", and what "because:" says. */
static void
head(
    struct buf *out, const char *name, enum outcome outcome, enum reason reason, const char *detail)
{
	AUTO_STR char *escaped = text_escaped(name);

	buf_addf(out, "%s: %s: %s\n", outcome_word(outcome), escaped, reason_word(reason));
	if (detail != NULL && detail[0] != '\0')
		line(out, "because:", detail);
}

static void
form_line(struct buf *out, const struct files_report *r)
{
	AUTO_STR char *text = NULL;

	switch (r->form) {
	case SIGNED_OPAQUE:
		text = xstrdup("one signed message");
		break;
	case SIGNED_CLEARTEXT:
		text = xstrdup("a text in clear, with its signature");
		break;
	case SIGNED_DETACHED:
		text = xasprintf("a detached signature, of %s",
		    r->text != NULL ? r->text : "a text that is not known");
		break;
	case SIGNED_FORM_UNSET:
		return;
	}
	line(out, "form:", text);
}

static void
signer_lines(struct buf *out, const struct signature_facts *f)
{
	AUTO_STR char *hash = pgp_hash_name(f->hash_algorithm);
	AUTO_STR char *key = pgp_key_algorithm_name(f->key_algorithm);
	AUTO_STR char *created = text_utc(f->created);
	AUTO_STR char *by =
	    xasprintf("%s %s", f->fingerprint, f->user_id != NULL ? f->user_id : "");
	AUTO_STR char *when = xasprintf("%s (%s, %s)", created, key, hash);

	line(out, "signed by:", by);
	line(out, "signed on:", when);
}

/* The list alone is not accepted: files are. */
static void
list_lines(struct buf *out, const struct files_wanted *w, const struct files_report *r)
{
	AUTO_STR char *name = text_escaped(r->sums);

	if (r->outcome != OUTCOME_PROVEN) {
		head(out, r->sums, r->outcome, r->reason, r->detail);
	} else {
		AUTO_STR char *missing =
		    r->missing > 0 ? xasprintf(", %zu of them not there and left out", r->missing)
				   : xstrdup("");
		AUTO_STR char *files = xasprintf("%zu in the list%s", r->listed, missing);

		buf_addf(out, "signed: %s\n", name);
		line(out, "files:", files);
	}
	if (w->from.url != NULL)
		line(out, "from:", w->from.url);
	form_line(out, r);
	if (r->facts.verified)
		signer_lines(out, &r->facts);
}

/* "(730 bytes, 100 of them fetched)" */
static void
accepted_line(struct buf *out, const struct files_wanted *w, const struct file_report *f)
{
	AUTO_STR char *name = text_escaped(f->path);

	buf_addf(out, "accepted: %s (%" PRIu64 " bytes", name, f->bytes);
	if (w->from.url != NULL && f->fetched == f->bytes && f->bytes > 0)
		buf_add_str(out, ", fetched");
	else if (w->from.url != NULL)
		buf_addf(out, ", %" PRIu64 " of them fetched", f->fetched);
	buf_add_str(out, ")\n");
}

static void
file_lines(struct buf *out, const struct files_wanted *w, const struct files_report *r,
    const struct file_report *f)
{
	const struct obligation *o = &r->verdict.v[f->obligation];
	enum outcome outcome = verdict_outcome_of(&r->verdict, f->obligation);

	if (outcome == OUTCOME_PROVEN)
		accepted_line(out, w, f);
	else
		/* What the list was refused for is said once. */
		head(out, f->path, outcome, verdict_reason_of(&r->verdict, f->obligation),
		    r->outcome == OUTCOME_PROVEN ? o->detail : NULL);
}

void
files_text(struct buf *out, const struct files_wanted *w, const struct files_report *r)
{
	list_lines(out, w, r);
	for (size_t i = 0; i < r->n; i++)
		file_lines(out, w, r, &r->files[i]);
	/* Of no file: the list was refused, and that was said; or there is nothing to verify. */
	if (r->n == 0 && r->outcome == OUTCOME_PROVEN)
		head(out, r->verdict.v[0].what, verdict_outcome(&r->verdict),
		    verdict_reason(&r->verdict), verdict_detail(&r->verdict));
}
