/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_html_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/report_text.h"

void
html_table_begin(struct buf *out, const char *name, const char *const *headings)
{
	buf_add_str(out, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"");
	text_html(out, name);
	buf_add_str(out, "\">\n<table>\n");
	if (headings != NULL) {
		buf_add_str(out, "<thead><tr>");
		for (; *headings != NULL; headings++) {
			buf_add_str(out, "<th scope=\"col\">");
			text_html(out, *headings);
			buf_add_str(out, "</th>");
		}
		buf_add_str(out, "</tr></thead>\n");
	}
	buf_add_str(out, "<tbody>\n");
}

void
html_table_end(struct buf *out)
{
	buf_add_str(out, "</tbody>\n</table>\n</div>\n");
}

void
html_cell(struct buf *out, const char *text)
{
	buf_add_str(out, "<td>");
	text_html(out, text);
	buf_add_str(out, "</td>");
}

void
html_cell_code(struct buf *out, const char *text)
{
	buf_add_str(out, "<td><code>");
	text_html(out, text);
	buf_add_str(out, "</code></td>");
}

void
html_cell_number(struct buf *out, uint64_t n)
{
	buf_addf(out, "<td class=\"number\">%" PRIu64 "</td>", n);
}

/* The word says it; the colour only helps. */
static const char *
outcome_class(enum outcome o)
{
	switch (o) {
	case OUTCOME_PROVEN:
		return "accepted";
	case OUTCOME_REFUSED:
		return "refused";
	case OUTCOME_UNDECIDED:
		return "undecided";
	case OUTCOME_UNSET:
		break;
	}
	return "unset";
}

void
html_cell_outcome(struct buf *out, enum outcome o)
{
	buf_addf(out, "<td class=\"%s\">", outcome_class(o));
	text_html(out, o != OUTCOME_UNSET ? outcome_word(o) : "not looked at");
	buf_add_str(out, "</td>");
}

void
html_row_heading(struct buf *out, const char *text)
{
	buf_add_str(out, "<th scope=\"row\">");
	text_html(out, text);
	buf_add_str(out, "</th>");
}

static void
row(struct buf *out, const char *heading, const char *text,
    void (*cell)(struct buf *out, const char *text))
{
	if (text == NULL)
		return;
	buf_add_str(out, "<tr>");
	html_row_heading(out, heading);
	cell(out, text);
	buf_add_str(out, "</tr>\n");
}

void
html_row(struct buf *out, const char *heading, const char *text)
{
	row(out, heading, text, html_cell);
}

void
html_row_code(struct buf *out, const char *heading, const char *text)
{
	row(out, heading, text, html_cell_code);
}

/*
 * --- release images -----------------------------------------------------------------------------
 */

static char *
tie_text(const struct audit_release *r)
{
	switch (r->tie) {
	case TIE_SIGNATURE:
		return xasprintf("its own signature%s%s", r->tie_key != NULL ? ", key " : "",
		    r->tie_key != NULL ? r->tie_key : "");
	case TIE_MEMBERSHIP:
		return xstrdup("named by the signed list");
	case TIE_UNSET:
		break;
	}
	return xstrdup("not verified");
}

static void
policies_cell(struct buf *out, const struct audit_release *r)
{
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < r->n_policies; i++)
		buf_addf(&text, "%s%s (%s%s)", i > 0 ? ", " : "", r->policies[i].name,
		    r->policies[i].idle != NULL ? "not enforced " : "enforced",
		    r->policies[i].idle != NULL ? r->policies[i].idle : "");
	html_cell(out, r->n_policies > 0 ? buf_str(&text) : "none");
}

static void
sigstore_cell(struct buf *out, const struct audit_image *image)
{
	AUTO_STR char *text = NULL;

	if (image->sigstore == OUTCOME_UNSET) {
		html_cell(out, "not demanded");
		return;
	}
	text = xasprintf("%s%s%s", image->sigstore == OUTCOME_PROVEN ? "verified" : "not verified",
	    image->sigstore_key != NULL ? ", key " : "",
	    image->sigstore_key != NULL ? image->sigstore_key : "");
	html_cell(out, text);
}

void
audit_html_releases(struct buf *out, const struct audit_report *r)
{
	static const char *const headings[] = { "Architecture", "Digest", "Verified by", "Version",
		"Outcome", "Sigstore policy", "Sigstore signature", "From", NULL };

	buf_add_str(out, "<section>\n<h2>Release images</h2>\n");
	html_table_begin(out, "Release images", headings);
	for (size_t i = 0; i < r->n_releases; i++) {
		const struct audit_release *release = &r->releases[i];
		const char *architecture = audit_architecture(release->architecture);
		AUTO_STR char *tie = tie_text(release);

		buf_add_str(out, "<tr>");
		html_row_heading(out, architecture != NULL ? architecture : "not known");
		html_cell_code(out, release->image.digest.text);
		html_cell(out, tie);
		html_cell(out, release->references.version);
		html_cell_outcome(out, release->image.outcome);
		policies_cell(out, release);
		sigstore_cell(out, &release->image);
		html_cell_code(out, release->image.where);
		buf_add_str(out, "</tr>\n");
	}
	html_table_end(out);
	buf_add_str(out, "</section>\n");
}

/*
 * --- components ---------------------------------------------------------------------------------
 */

/* The worse of two; what was not looked at says nothing. */
static enum outcome
worse(enum outcome a, enum outcome b)
{
	if (a == OUTCOME_REFUSED || b == OUTCOME_REFUSED)
		return OUTCOME_REFUSED;
	if (a == OUTCOME_UNDECIDED || b == OUTCOME_UNDECIDED)
		return OUTCOME_UNDECIDED;
	return a == OUTCOME_PROVEN ? a : b;
}

/* Of the component at that place in each of the releases from the first to before the end. */
static enum outcome
component_outcome(const struct audit_report *r, size_t first, size_t end, size_t at)
{
	enum outcome outcome = OUTCOME_UNSET;

	for (size_t i = first; i < end; i++)
		if (at < r->releases[i].n_components)
			outcome = worse(outcome, r->releases[i].components[at].image.outcome);
	return outcome;
}

static void
image_line(struct buf *out, const struct audit_image *image)
{
	const char *architecture = audit_architecture(image->architecture);
	uint64_t bytes = 0;
	AUTO_STR char *size = NULL;

	for (size_t i = 0; i < image->n_blobs; i++)
		bytes += image->blobs[i].size;
	size = audit_size(bytes);
	buf_add_str(out, "<div>");
	if (manifest_is_list(image->kind))
		buf_addf(out, "list of %zu: ", image->n_children);
	else if (architecture != NULL) {
		text_html(out, architecture);
		buf_add_str(out, ": ");
	}
	buf_add_str(out, "<code>");
	text_html(out, image->digest.text);
	buf_add_str(out, "</code>");
	if (image->n_blobs > 0)
		buf_addf(out, " %zu blobs, %s", image->n_blobs, size);
	buf_add_str(out, "</div>");
}

/* The manifest, and of a list the images in it. */
static void
images_cell(struct buf *out, const struct audit_component *c)
{
	buf_add_str(out, "<td>");
	if (digest_is_set(&c->image.digest))
		image_line(out, &c->image);
	for (size_t i = 0; i < c->image.n_children; i++)
		image_line(out, &c->image.children[i]);
	buf_add_str(out, "</td>");
}

static void
component_row(struct buf *out, const struct audit_component *c, enum outcome outcome)
{
	buf_add_str(out, "<tr>");
	html_row_heading(out, c->named->name);
	html_cell_outcome(out, outcome);
	html_cell_code(out, audit_pullspec(c->named));
	images_cell(out, c);
	html_cell_code(out, c->named->commit);
	sigstore_cell(out, &c->image);
	buf_add_str(out, "</tr>\n");
}

static void
component_table(struct buf *out, const struct audit_report *r, size_t first, size_t end)
{
	static const char *const headings[] = { "Component", "Outcome", "Pull spec", "Digests",
		"Source commit", "Sigstore signature", NULL };
	const struct audit_release *release = &r->releases[first];

	html_table_begin(out, "Components", headings);
	for (size_t i = 0; i < release->n_components; i++)
		if (release->components[i].named != NULL)
			component_row(
			    out, &release->components[i], component_outcome(r, first, end, i));
	html_table_end(out);
}

void
audit_html_components(struct buf *out, const struct audit_report *r)
{
	buf_addf(out, "<section>\n<h2>Components: %zu</h2>\n", audit_named_components(r));
	if (audit_same_references(r) && r->n_releases > 0) {
		component_table(out, r, 0, r->n_releases);
	} else {
		for (size_t i = 0; i < r->n_releases; i++) {
			buf_add_str(out, "<h3>");
			text_html(out, audit_architecture(r->releases[i].architecture));
			buf_add_str(out, "</h3>\n");
			component_table(out, r, i, i + 1);
		}
	}
	buf_add_str(out, "</section>\n");
}

/*
 * --- numbers ------------------------------------------------------------------------------------
 */

static void
count_row(struct buf *out, const char *heading, uint64_t n)
{
	buf_add_str(out, "<tr>");
	html_row_heading(out, heading);
	html_cell_number(out, n);
	buf_add_str(out, "</tr>\n");
}

void
audit_html_counts(struct buf *out, const struct audit_shown *a)
{
	const struct audit_counts *n = &a->report->counts;

	buf_add_str(out, "<section>\n<h2>Numbers</h2>\n");
	html_table_begin(out, "Numbers", NULL);
	count_row(out, "Components that the release names", audit_named_components(a->report));
	count_row(out, "Images that they are, each counted once", n->components);
	count_row(out, "Manifests that were read and hashed", n->manifests);
	count_row(out, "Blobs (configurations and layers) that they name", n->blobs);
	count_row(out, "Bytes of these blobs", n->bytes_named);
	count_row(out, "Blobs that were read and hashed", n->blobs_hashed);
	count_row(out, "Bytes of these", n->bytes_hashed);
	count_row(out, "Sigstore signatures that verified", n->sigstore);
	count_row(out, "Problems", a->report->n_problems);
	html_table_end(out);
	buf_add_str(out, "</section>\n");
}
