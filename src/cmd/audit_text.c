/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/report_text.h"

/* "  label:     text", the text escaped. */
static void
line(struct buf *out, const char *label, const char *text)
{
	AUTO_STR char *escaped = text_escaped(text);

	buf_addf(out, "  %-11s %s\n", label, escaped);
}

/*
 * --- what was looked at -------------------------------------------------------------------------
 */

static void
release_line(struct buf *out, const struct audit_release *r)
{
	AUTO(buf) text = BUF_INIT;

	if (r->architecture != NULL)
		buf_addf(&text, "%s: ", audit_architecture(r->architecture));
	buf_add_str(&text, r->image.digest.text);
	switch (r->tie) {
	case TIE_SIGNATURE:
		buf_addf(&text, ", by its own signature%s%s", r->tie_key != NULL ? ", key " : "",
		    r->tie_key != NULL ? r->tie_key : "");
		break;
	case TIE_MEMBERSHIP:
		buf_add_str(&text, ", named by the signed list");
		break;
	case TIE_UNSET:
		buf_add_str(&text, ", not verified");
		break;
	}
	line(out, "release:", buf_str(&text));
}

/* "openshift, in the payload: nodes enforce it"; for free(). */
static char *
policy_text(const struct audit_policy *p)
{
	return xasprintf("%s, in the payload: %s%s", p->name,
	    p->idle != NULL ? "not enforced " : "nodes enforce it", p->idle != NULL ? p->idle : "");
}

static bool
same_policies(const struct audit_release *a, const struct audit_release *b)
{
	bool same = a->n_policies == b->n_policies;

	for (size_t i = 0; same && i < a->n_policies; i++) {
		AUTO_STR char *one = policy_text(&a->policies[i]);
		AUTO_STR char *other = policy_text(&b->policies[i]);

		same = strcmp(one, other) == 0;
	}
	return same;
}

/* Which signatures nodes will demand: once when all releases say the same. */
static void
policy_lines(struct buf *out, const struct audit_report *r)
{
	bool same = true;

	for (size_t i = 1; i < r->n_releases; i++)
		same = same && same_policies(&r->releases[0], &r->releases[i]);
	for (size_t i = 0; i < r->n_releases && (i == 0 || !same); i++)
		for (size_t k = 0; k < r->releases[i].n_policies; k++) {
			const char *architecture = audit_architecture(r->releases[i].architecture);
			AUTO_STR char *what = policy_text(&r->releases[i].policies[k]);
			AUTO_STR char *text =
			    xasprintf("%s%s%s", same || architecture == NULL ? "" : architecture,
				same || architecture == NULL ? "" : ": ", what);

			line(out, "policy:", text);
		}
}

static const char *
plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void
count_lines(struct buf *out, const struct audit_shown *a)
{
	const struct audit_counts *n = &a->report->counts;
	size_t named = audit_named_components(a->report);
	AUTO_STR char *size = audit_size(n->bytes_named);
	AUTO_STR char *hashed = audit_size(n->bytes_hashed);
	AUTO_STR char *contents = xasprintf("%zu components, of which %zu image%s; %zu manifest%s; "
					    "%zu sigstore signature%s verified",
	    named, n->components, plural(n->components), n->manifests, plural(n->manifests),
	    n->sigstore, plural(n->sigstore));
	AUTO_STR char *blobs = NULL;

	line(out, "contents:", contents);
	switch (a->blobs) {
	case AUDIT_BLOBS_VERIFY:
		blobs = xasprintf("%zu of %s, of which %zu of %s were read and hashed", n->blobs,
		    size, n->blobs_hashed, hashed);
		break;
	case AUDIT_BLOBS_PRESENT:
		blobs = xasprintf(
		    "%zu of %s, of which the sizes were compared (--blobs=verify reads them)",
		    n->blobs, size);
		break;
	case AUDIT_BLOBS_NONE:
	case AUDIT_BLOBS_UNSET:
		blobs =
		    xasprintf("%zu of %s, which were not looked at (--blobs=none)", n->blobs, size);
		break;
	}
	line(out, "blobs:", blobs);
}

static void
component_lines(struct buf *out, const struct audit_release *r)
{
	for (size_t i = 0; i < r->n_components; i++) {
		const struct audit_component *c = &r->components[i];
		AUTO_STR char *text = NULL;

		if (c->named == NULL || c->image.outcome == OUTCOME_UNSET)
			continue;
		text = xasprintf("%s%s%s%s: %s %s%s%s", c->named->name,
		    r->architecture != NULL ? " (" : "",
		    r->architecture != NULL ? audit_architecture(r->architecture) : "",
		    r->architecture != NULL ? ")" : "", outcome_word(c->image.outcome),
		    c->image.digest.text, c->image.where != NULL ? " from " : "",
		    c->image.where != NULL ? c->image.where : "");
		line(out, "component:", text);
	}
}

/*
 * --- problems -----------------------------------------------------------------------------------
 */

static void
problem_line(struct buf *out, const struct audit_problem *p)
{
	AUTO(buf) text = BUF_INIT;

	buf_addf(&text, "%s: %s", audit_problem_word(p->kind),
	    p->component != NULL ? p->component : "the release image");
	if (p->architecture != NULL)
		buf_addf(&text, " (%s)", audit_architecture(p->architecture));
	if (digest_is_set(&p->digest))
		buf_addf(&text, ": %s", p->digest.text);
	if (p->detail != NULL)
		buf_addf(&text, ": %s", p->detail);
	if (p->where != NULL && (p->detail == NULL || strstr(p->detail, p->where) == NULL))
		buf_addf(&text, " [%s]", p->where);
	line(out, "problem:", buf_str(&text));
}

/* The first one's command stands for all, unless all are wanted. */
static void
command_lines(struct buf *out, const struct audit_report *r, enum audit_problem_kind kind, bool all)
{
	size_t told = 0, more = 0;

	for (size_t i = 0; i < r->n_problems; i++) {
		AUTO_STR char *command = NULL;

		if (r->problems[i].kind == kind)
			command = audit_problem_command(r, &r->problems[i]);
		if (command == NULL)
			continue;
		if (told == 0 || all)
			line(out, "", command);
		else
			more++;
		told++;
	}
	if (more > 0) {
		AUTO_STR char *text =
		    xasprintf("and so on, %zu more: --verbose prints them all", more);

		line(out, "", text);
	}
}

static void
problem_lines(struct buf *out, const struct audit_report *r, bool verbose)
{
	for (size_t i = 0; i < r->n_problems; i++)
		problem_line(out, &r->problems[i]);
	for (unsigned k = PROBLEM_KINDS_BEGIN; k < PROBLEM_KINDS_END; k++) {
		enum audit_problem_kind kind = (enum audit_problem_kind)k;
		size_t n = audit_problem_count(r, kind);
		AUTO_STR char *count = NULL;

		if (n == 0)
			continue;
		count = xasprintf("%zu %s", n, audit_problem_word(kind));
		line(out, "count:", count);
		line(out, "hint:", audit_problem_step(kind));
		command_lines(out, r, kind, verbose);
	}
}

void
audit_text(struct buf *out, const struct audit_shown *a, bool verbose)
{
	const struct audit_report *r = a->report;
	enum outcome outcome = audit_outcome(a);
	AUTO_STR char *name = text_escaped(r->image.given);

	buf_addf(out, "%s: %s", outcome_word(outcome), name);
	if (a->stopped)
		buf_add_str(out, ": interrupted");
	else if (outcome != OUTCOME_PROVEN)
		buf_addf(out, ": %s", reason_word(audit_reason(a)));
	buf_add_byte(out, '\n');
	report_text_lines(out, &r->image, verbose);
	/* Else the problems, or the lines of the image, say why. */
	if (outcome != OUTCOME_PROVEN && r->n_problems == 0 && verdict_accepted(&r->image.verdict))
		line(out, "because:",
		    a->stopped ? "it was interrupted by a signal" : verdict_detail(&r->verdict));
	if (r->version != NULL)
		line(out, "version:", r->version);
	for (size_t i = 0; i < r->n_releases; i++)
		release_line(out, &r->releases[i]);
	policy_lines(out, r);
	for (size_t i = 0; verbose && i < r->n_releases; i++)
		component_lines(out, &r->releases[i]);
	if (r->n_releases > 0 && !a->payload_only)
		count_lines(out, a);
	problem_lines(out, r, verbose);
	if (r->interrupted)
		line(out, "unfinished:", "what is not named above was not looked at");
	else if (r->n_releases > 0 && r->n_problems == 0)
		line(out, "problems:", "none");
}

/*
 * --- pull specs ---------------------------------------------------------------------------------
 */

/* As text/tabwriter pads: one more than the longest. */
static void
pullspec_table(struct buf *out, const struct image_references *references)
{
	size_t width = strlen("NAME");

	for (size_t i = 0; i < references->n; i++) {
		AUTO_STR char *name = text_escaped(references->v[i].name);

		width = strlen(name) > width ? strlen(name) : width;
	}
	buf_addf(out, "  %-*s PULL SPEC\n", (int)width, "NAME");
	for (size_t i = 0; i < references->n; i++) {
		AUTO_STR char *name = text_escaped(references->v[i].name);
		AUTO_STR char *pullspec = text_escaped(audit_pullspec(&references->v[i]));

		buf_addf(out, "  %-*s %s\n", (int)width, name, pullspec);
	}
}

void
audit_text_pullspecs(struct buf *out, const struct audit_report *r)
{
	bool same = audit_same_references(r);

	for (size_t i = 0; i < r->n_releases && (i == 0 || !same); i++) {
		const char *architecture = audit_architecture(r->releases[i].architecture);

		if (same || architecture == NULL) {
			buf_add_str(out, "\nImages:\n");
		} else {
			AUTO_STR char *escaped = text_escaped(architecture);

			buf_addf(out, "\nImages: %s\n", escaped);
		}
		pullspec_table(out, &r->releases[i].references);
	}
}
