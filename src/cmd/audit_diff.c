/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/audit_json.h"
#include "cmd/json_build.h"
#include "formats/release_diff.h"

static bool
same_architecture(const struct audit_release *a, const struct audit_release *b)
{
	if (a->architecture == NULL || b->architecture == NULL)
		return a->architecture == b->architecture;
	return strcmp(a->architecture, b->architecture) == 0;
}

/*
 * The release of the other report for the same architecture, or the only one when each has one;
 * NULL when there is none.
 */
static const struct audit_release *
partner(const struct audit_release *release, const struct audit_report *own,
    const struct audit_report *other)
{
	if (own->n_releases == 1 && other->n_releases == 1)
		return &other->releases[0];
	for (size_t i = 0; i < other->n_releases; i++)
		if (same_architecture(release, &other->releases[i]))
			return &other->releases[i];
	return NULL;
}

bool
audit_diff_possible(const struct audit_shown *old, const struct audit_shown *new)
{
	return audit_outcome(old) == OUTCOME_PROVEN && audit_outcome(new) == OUTCOME_PROVEN &&
	       old->report->n_releases > 0 && new->report->n_releases > 0;
}

/*
 * --- text ---------------------------------------------------------------------------------------
 */

static const char *
digest_of(const struct release_component *c)
{
	return digest_is_set(&c->image.digest) ? c->image.digest.text : audit_pullspec(c);
}

static const char *
commit_of(const struct release_component *c)
{
	return c->commit != NULL ? c->commit : "not known";
}

static void
component_line(struct buf *out, const struct component_diff *d)
{
	const struct release_component *any = d->new != NULL ? d->new : d->old;
	AUTO(buf) text = BUF_INIT;
	AUTO_STR char *label = xasprintf("%s:", component_change_word(d->change));
	AUTO_STR char *escaped = NULL;

	buf_addf(&text, "%s: ", any->name);
	if (d->old != NULL && d->new != NULL) {
		buf_addf(&text, "%s -> %s", digest_of(d->old), digest_of(d->new));
		buf_addf(&text, ", commit %s", commit_of(d->old));
		if (d->change != COMPONENT_REBUILT)
			buf_addf(&text, " -> %s", commit_of(d->new));
	} else {
		buf_addf(&text, "%s, commit %s", digest_of(any), commit_of(any));
	}
	if (any->source != NULL)
		buf_addf(&text, " of %s", any->source);
	escaped = text_escaped(buf_str(&text));
	buf_addf(out, "  %-11s %s\n", label, escaped);
}

static void
pair_text(
    struct buf *out, const struct audit_release *old, const struct audit_release *new, bool for_all)
{
	AUTO(release_diff) diff = RELEASE_DIFF_INIT;
	AUTO_STR char *from = text_escaped(old->references.version);
	AUTO_STR char *to = text_escaped(new->references.version);
	AUTO_STR char *architecture = text_escaped(audit_architecture(new->architecture));

	release_diff_make(&diff, &old->references, &new->references);
	buf_addf(out, "%s -> %s%s%s\n", from, to, !for_all && architecture[0] != '\0' ? ", " : "",
	    for_all ? "" : architecture);
	for (size_t i = 0; i < diff.n; i++)
		if (diff.v[i].change != COMPONENT_SAME)
			component_line(out, &diff.v[i]);
	buf_addf(out, "  %-11s %zu added, %zu removed, %zu changed, %zu rebuilt, %zu the same\n",
	    "count:", diff.counts[COMPONENT_ADDED], diff.counts[COMPONENT_REMOVED],
	    diff.counts[COMPONENT_CHANGED], diff.counts[COMPONENT_REBUILT],
	    diff.counts[COMPONENT_SAME]);
}

static void
alone_text(struct buf *out, const struct audit_report *own, const struct audit_report *other,
    const char *which)
{
	for (size_t i = 0; i < own->n_releases; i++)
		if (partner(&own->releases[i], own, other) == NULL) {
			AUTO_STR char *architecture =
			    text_escaped(audit_architecture(own->releases[i].architecture));

			buf_addf(out, "  only %s: %s\n", which, architecture);
		}
}

void
audit_diff_text(struct buf *out, const struct audit_report *old, const struct audit_report *new)
{
	bool for_all = audit_same_references(old) && audit_same_references(new);

	for (size_t i = 0; i < new->n_releases; i++) {
		const struct audit_release *was = partner(&new->releases[i], new, old);

		if (was == NULL)
			continue;
		pair_text(out, was, &new->releases[i], for_all);
		if (for_all)
			break;
	}
	alone_text(out, old, new, "the old one is for");
	alone_text(out, new, old, "the new one is for");
}

/*
 * --- JSON ---------------------------------------------------------------------------------------
 */

static json_t *
change_value(const struct component_diff *d)
{
	json_t *o = must_have(json_object());

	json_put(o, "name", json_text(d->new != NULL ? d->new->name : d->old->name));
	json_put(o, "change", json_text(component_change_word(d->change)));
	json_put(o, "old", audit_json_named(d->old));
	json_put(o, "new", audit_json_named(d->new));
	return o;
}

static json_t *
pair_value(const struct audit_release *old, const struct audit_release *new)
{
	AUTO(release_diff) diff = RELEASE_DIFF_INIT;
	json_t *o = must_have(json_object()), *components = must_have(json_array());
	json_t *counts = must_have(json_object());

	release_diff_make(&diff, &old->references, &new->references);
	for (size_t i = 0; i < diff.n; i++)
		json_push(components, change_value(&diff.v[i]));
	for (unsigned c = COMPONENT_SAME; c <= COMPONENT_REBUILT; c++)
		json_put(counts, component_change_word((enum component_change)c),
		    json_integer((json_int_t)diff.counts[c]));
	json_put(o, "architecture", json_text(audit_architecture(new->architecture)));
	json_put(o, "old_version", json_text(old->references.version));
	json_put(o, "new_version", json_text(new->references.version));
	json_put(o, "counts", counts);
	json_put(o, "components", components);
	return o;
}

static json_t *
alone_value(const struct audit_report *own, const struct audit_report *other)
{
	json_t *alone = must_have(json_array());

	for (size_t i = 0; i < own->n_releases; i++)
		if (partner(&own->releases[i], own, other) == NULL)
			json_push(
			    alone, json_text(audit_architecture(own->releases[i].architecture)));
	return alone;
}

/* Empty when there is nothing to compare. */
static json_t *
pairs_value(const struct audit_shown *old, const struct audit_shown *new)
{
	const struct audit_report *own = new->report;
	json_t *pairs = must_have(json_array());

	for (size_t i = 0; i < own->n_releases && audit_diff_possible(old, new); i++) {
		const struct audit_release *was = partner(&own->releases[i], own, old->report);

		if (was != NULL)
			json_push(pairs, pair_value(was, &own->releases[i]));
	}
	return pairs;
}

json_t *
audit_diff_json(const struct audit_shown *old, const struct audit_shown *new)
{
	json_t *o = must_have(json_object());

	json_put(o, "old", audit_json(old));
	json_put(o, "new", audit_json(new));
	json_put(o, "architectures", pairs_value(old, new));
	json_put(o, "only_old", alone_value(old->report, new->report));
	json_put(o, "only_new", alone_value(new->report, old->report));
	return o;
}
