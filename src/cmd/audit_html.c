/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_html.h"

#include <stdlib.h>

#include "base/text.h"
#include "cmd/audit_html_parts.h"
#include "cmd/report_text.h"
#include "formats/packets.h"

/* Nothing but this page's own style is loaded or run, whatever stands in it. */
#define HEAD                                                                                       \
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"                  \
	"<meta http-equiv=\"Content-Security-Policy\" "                                            \
	"content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"                             \
	"<meta name=\"referrer\" content=\"no-referrer\">\n"                                       \
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"

/* Black on white, and three colours of which each has a contrast of 7 and more. */
static const char style[] =
    "<style>\n"
    "body { margin: 0 auto; max-width: 90rem; padding: 1rem 1.5rem; color: #111;\n"
    "  background: #fff; font: 1rem/1.45 system-ui, sans-serif; }\n"
    "h1 { font-size: 1.6rem; margin: 0 0 .5rem; }\n"
    "h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }\n"
    "h3 { font-size: 1.05rem; margin: 1.2rem 0 .4rem; }\n"
    ".verdict { border-left: .5rem solid; padding: .6rem 1rem; margin: .5rem 0;\n"
    "  background: #f4f4f4; overflow-wrap: anywhere; }\n"
    ".verdict strong { font-size: 1.3rem; }\n"
    ".accepted { color: #0b4f1a; }\n.refused { color: #8f0000; font-weight: 600; }\n"
    ".undecided { color: #5c3b00; font-weight: 600; }\n"
    "code, pre { font: .85rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }\n"
    "pre { white-space: pre-wrap; background: #f4f4f4; padding: .6rem; }\n"
    ".wide { overflow-x: auto; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "th, td { border: 1px solid #999; padding: .3rem .5rem; text-align: left;\n"
    "  vertical-align: top; }\n"
    "thead th { background: #e8e8e8; }\ntbody th { font-weight: 600; }\n"
    "td { overflow-wrap: anywhere; min-width: 5.5rem; }\n"
    "td.number { text-align: right; font-variant-numeric: tabular-nums; }\n"
    "td code { min-width: 12rem; display: inline-block; }\n"
    "@page { margin: 12mm; }\n"
    "@media print {\n"
    "  html { font-size: 8pt; }\n  body { max-width: none; padding: 0; }\n"
    "  code, pre { font-size: 6.5pt; }\n  td, td code { min-width: 0; }\n"
    "  .wide { overflow: visible; }\n  thead { display: table-header-group; }\n"
    "  tr, .verdict { break-inside: avoid; }\n  h2, h3 { break-after: avoid; }\n"
    "  th, td { padding: 1mm; }\n"
    "}\n</style>\n";

static const char *
verdict_class(enum outcome o)
{
	switch (o) {
	case OUTCOME_PROVEN:
		return "accepted";
	case OUTCOME_REFUSED:
		return "refused";
	case OUTCOME_UNDECIDED:
	case OUTCOME_UNSET:
		break;
	}
	return "undecided";
}

static const char *
version_of(const struct audit_report *r)
{
	return r->version != NULL ? r->version : r->image.given;
}

static void
page_begin(struct buf *out, const struct audit_html *page)
{
	const struct audit_report *r = page->shown.report;
	enum outcome outcome = audit_outcome(&page->shown);

	buf_add_str(out, HEAD "<title>");
	text_html(out, outcome_word(outcome));
	buf_add_str(out, ": ");
	text_html(out, version_of(r));
	buf_add_str(out, " - relsig audit</title>\n");
	buf_add_str(out, style);
	buf_add_str(out, "</head>\n<body>\n<header>\n<h1>Audit of the OpenShift release ");
	text_html(out, version_of(r));
	buf_addf(out,
	    "</h1>\n<p class=\"verdict %s\"><strong>%s</strong>: ", verdict_class(outcome),
	    outcome_word(outcome));
	text_html(out, r->image.given);
	if (outcome != OUTCOME_PROVEN) {
		buf_add_str(out, "<br>");
		text_html(out, page->shown.stopped ? "interrupted by a signal"
						   : reason_word(audit_reason(&page->shown)));
		buf_add_str(out, ": ");
		text_html(out, verdict_detail(&r->verdict));
	}
	buf_add_str(out, "</p>\n");
	if (page->shown.stopped || r->interrupted)
		buf_add_str(out, "<p class=\"undecided\">The audit did not come to its end: what "
				 "is not named here was not looked at.</p>\n");
	buf_add_str(out, "</header>\n<main>\n");
}

/*
 * --- problems -----------------------------------------------------------------------------------
 */

static void
kinds_table(struct buf *out, const struct audit_report *r)
{
	static const char *const headings[] = { "Kind", "Number", "What to do", NULL };

	html_table_begin(out, "Kinds of problems", headings);
	for (unsigned k = PROBLEM_KINDS_BEGIN; k < PROBLEM_KINDS_END; k++) {
		enum audit_problem_kind kind = (enum audit_problem_kind)k;
		size_t n = audit_problem_count(r, kind);

		if (n == 0)
			continue;
		buf_add_str(out, "<tr>");
		html_row_heading(out, audit_problem_word(kind));
		html_cell_number(out, n);
		html_cell(out, audit_problem_step(kind));
		buf_add_str(out, "</tr>\n");
	}
	html_table_end(out);
}

static void
problems_table(struct buf *out, const struct audit_report *r)
{
	static const char *const headings[] = { "Kind", "Component", "Architecture", "Digest",
		"What was found", "Where", NULL };

	html_table_begin(out, "Problems", headings);
	for (size_t i = 0; i < r->n_problems; i++) {
		const struct audit_problem *p = &r->problems[i];
		const char *architecture = audit_architecture(p->architecture);

		buf_addf(out, "<tr>");
		html_row_heading(out, audit_problem_word(p->kind));
		html_cell(out, p->component != NULL ? p->component : "the release image");
		html_cell(out, architecture != NULL ? architecture : "all");
		html_cell_code(out, p->digest.text);
		html_cell(out, p->detail);
		html_cell_code(out, p->where);
		buf_add_str(out, "</tr>\n");
	}
	html_table_end(out);
}

static void
commands(struct buf *out, const struct audit_report *r)
{
	AUTO(buf) lines = BUF_INIT;

	for (size_t i = 0; i < r->n_problems; i++) {
		AUTO_STR char *command = audit_problem_command(r, &r->problems[i]);

		text_html(&lines, command);
		if (command != NULL)
			buf_add_byte(&lines, '\n');
	}
	if (lines.n > 0)
		buf_addf(out, "<h3>Commands that copy the signatures</h3>\n<pre>%s</pre>\n",
		    buf_str(&lines));
}

static void
problems(struct buf *out, const struct audit_report *r)
{
	buf_addf(out, "<section>\n<h2>Problems: %zu</h2>\n", r->n_problems);
	if (r->n_problems == 0) {
		buf_add_str(out, r->n_releases > 0 && !r->interrupted
				     ? "<p>None was found.</p>\n"
				     : "<p>None was found as far as the audit came.</p>\n");
	} else {
		kinds_table(out, r);
		commands(out, r);
		buf_add_str(out, "<h3>Each of them</h3>\n");
		problems_table(out, r);
	}
	buf_add_str(out, "</section>\n");
}

/*
 * --- what was verified --------------------------------------------------------------------------
 */

static void
signature_rows(struct buf *out, const struct attempt *a)
{
	AUTO_STR char *hash = NULL;
	AUTO_STR char *created = NULL;
	AUTO_STR char *when = NULL;

	html_row_code(out, "Signed as", a->payload.claimed_reference);
	if (a->scheme == SCHEME_OPENPGP) {
		hash = pgp_hash_name(a->facts.hash_algorithm);
		created = text_utc(a->facts.created);
		when = xasprintf("%s, over %s", created, hash);
		html_row_code(out, "By the key with the fingerprint", a->facts.fingerprint);
		html_row(out, "Which calls itself", a->facts.user_id);
		html_row(out, "Signed on", when);
	} else if (a->scheme == SCHEME_SIGSTORE) {
		html_row_code(
		    out, "By the sigstore key with the fingerprint", a->sigstore.fingerprint);
	}
	html_row_code(out, "Signature from", a->location);
}

static void
key_rows(struct buf *out, const struct key_search *keys)
{
	for (size_t i = 0; i < keys->n_origins; i++)
		html_row_code(out, "Keys from", keys->origins[i]);
	for (size_t i = 0; i < keys->keys.n_fingerprints; i++)
		html_row_code(out, "Trusted key", keys->keys.fingerprints[i]);
}

static const char *
blobs_text(enum audit_blobs blobs)
{
	switch (blobs) {
	case AUDIT_BLOBS_PRESENT:
		return "each is there with the size that its manifest names (--blobs=present)";
	case AUDIT_BLOBS_VERIFY:
		return "each was read and hashed (--blobs=verify)";
	case AUDIT_BLOBS_NONE:
	case AUDIT_BLOBS_UNSET:
		break;
	}
	return "not looked at (--blobs=none)";
}

static void
verified(struct buf *out, const struct audit_html *page)
{
	const struct image_report *image = &page->shown.report->image;
	AUTO_STR char *when = text_utc(page->now);

	buf_add_str(out, "<section>\n<h2>What was verified</h2>\n");
	html_table_begin(out, "What was verified", NULL);
	html_row_code(out, "Image", image->given);
	html_row(out, "Signature of the release", outcome_word(verdict_outcome(&image->verdict)));
	html_row_code(out, "Name that must be signed", image->expected_identity);
	html_row_code(out, "Digest", digest_is_set(&image->digest) ? image->digest.text : NULL);
	if (verdict_verified(&image->verdict) && image->accepted != NULL)
		signature_rows(out, image->accepted);
	html_row_code(out, "Manifest from", image->manifest_location);
	if (page->keys != NULL)
		key_rows(out, page->keys);
	html_row(out, "Blobs", blobs_text(page->shown.blobs));
	html_row(out, "When", when);
	html_row(out, "With", "relsig " RELSIG_VERSION);
	html_row(out, "GnuPG", page->gpg_version[0] != '\0' ? page->gpg_version : "not known");
	html_table_end(out);
	buf_add_str(out, "</section>\n");
}

void
audit_html(struct buf *out, const struct audit_html *page)
{
	const struct audit_report *r = page->shown.report;

	page_begin(out, page);
	problems(out, r);
	verified(out, page);
	if (r->n_releases > 0) {
		audit_html_releases(out, r);
		audit_html_components(out, r);
		audit_html_counts(out, &page->shown);
	}
	buf_add_str(out, "</main>\n<footer>\n<p>Made by relsig " RELSIG_VERSION
			 ". This page proves nothing by itself: whoever doubts it runs the audit "
			 "again.</p>\n</footer>\n</body>\n</html>\n");
}
