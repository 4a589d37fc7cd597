/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was found, into the report, by one thread and in the report's order, so that it is the same
 * whatever the threads did. A problem is told once: of a manifest under each name that leads to it,
 * of a blob under the first.
 */
#include <stdlib.h>
#include <string.h>

#include "verify/audit_work.h"

/* Where in the report somebody is. */
struct place_told {
	struct audit *audit;
	const char *architecture; /* of the release image; NULL: of all that there are */
	const char *component;	  /* NULL: the release image itself */
};

static char *
copy(const char *s)
{
	return s != NULL ? xstrdup(s) : NULL;
}

static void
add_problem(const struct place_told *at, const struct audit_problem *p, const char *component,
    size_t others)
{
	struct audit_report *r = at->audit->report;
	struct audit_problem *told = LIST_ADD(r->problems, r->n_problems);

	*told = *p;
	told->architecture = copy(at->architecture);
	told->component = copy(component != NULL ? component : p->component);
	told->where = copy(p->where);
	told->detail = others > 0
			   ? xasprintf("%s (%zu other images have it, too)", p->detail, others)
			   : xstrdup(p->detail);
}

static void
add_problems(const struct place_told *at, const struct audit_problems *list, const char *component)
{
	for (size_t i = 0; i < list->n; i++)
		add_problem(at, &list->v[i], component, 0);
}

/*
 * --- problems -----------------------------------------------------------------------------------
 */

/* Was the node told of by this name already, for another architecture? */
static bool
was_told(struct audit_node *n, const char *component)
{
	for (size_t i = 0; i < n->n_told; i++)
		if (strcmp(n->told[i], component != NULL ? component : "") == 0)
			return true;
	*LIST_ADD(n->told, n->n_told) = component != NULL ? component : "";
	return false;
}

static void
count_node(struct audit *a, struct audit_node *n)
{
	struct audit_counts *c = &a->report->counts;

	if (n->counted)
		return;
	n->counted = true;
	c->manifests += n->link != NULL;
	c->sigstore += n->result.sigstore == OUTCOME_PROVEN;
}

static void
tell_leaf(const struct place_told *at, struct audit_leaf *l)
{
	struct audit_counts *c = &at->audit->report->counts;

	if (l == NULL || l->told)
		return;
	l->told = true;
	if (l->problem.kind != PROBLEM_UNSET)
		add_problem(at, &l->problem, at->component, l->refs - 1);
	if (l->outcome != OUTCOME_PROVEN)
		return;
	c->blobs++;
	c->bytes_named += l->size;
	c->blobs_hashed += l->hashed;
	c->bytes_hashed += l->hashed ? l->size : 0;
}

/* How often it is in the report, and what is wrong with it. */
static void
tell_node(const struct place_told *at, struct audit_node *n)
{
	n->uses++;
	count_node(at->audit, n);
	if (n->problems.n > 0 && !was_told(n, at->component))
		add_problems(at, &n->problems, at->component);
	for (size_t i = 0; n->leaves != NULL && i < n->result.n_blobs; i++)
		tell_leaf(at, n->leaves[i]);
	for (size_t i = 0; i < n->n_children; i++)
		tell_node(at, n->children[i].node);
}

/*
 * --- the tree -----------------------------------------------------------------------------------
 */

/* The worse of two. */
static enum outcome
worse(enum outcome a, enum outcome b)
{
	if (a == OUTCOME_REFUSED || b == OUTCOME_REFUSED)
		return OUTCOME_REFUSED;
	return a == OUTCOME_PROVEN ? b : a;
}

/* The last use takes what the others copy. */
static void
take_blobs(struct audit_image *out, struct audit_node *n, bool last)
{
	if (last) {
		out->blobs = steal(&n->result.blobs);
		out->n_blobs = n->result.n_blobs;
		n->result.n_blobs = 0;
		return;
	}
	for (size_t i = 0; i < n->result.n_blobs; i++) {
		struct audit_blob *b = LIST_ADD(out->blobs, out->n_blobs);

		*b = n->result.blobs[i];
		b->media_type = copy(n->result.blobs[i].media_type);
	}
}

static void
finish_blobs(struct audit_node *n, enum outcome *outcome)
{
	for (size_t i = 0; n->leaves != NULL && i < n->result.n_blobs; i++) {
		const struct audit_leaf *l = n->leaves[i];

		if (l == NULL)
			continue;
		n->result.blobs[i].outcome = l->outcome;
		n->result.blobs[i].hashed = l->hashed;
		*outcome = worse(*outcome, l->outcome);
	}
}

static void
take_image(struct audit_image *out, struct audit_node *n, const char *architecture)
{
	enum outcome outcome = n->result.outcome;

	for (size_t i = 0; i < n->problems.n; i++)
		outcome = worse(outcome, n->problems.v[i].outcome);
	finish_blobs(n, &outcome);
	*out = n->result;
	out->blobs = NULL;
	out->n_blobs = 0;
	out->architecture = copy(architecture);
	out->where = copy(n->result.where);
	out->sigstore_key = copy(n->result.sigstore_key);
	take_blobs(out, n, --n->uses == 0);
	for (size_t i = 0; i < n->n_children; i++) {
		struct audit_image *child = LIST_ADD(out->children, out->n_children);

		take_image(child, n->children[i].node, n->children[i].architecture);
		outcome = worse(outcome, child->outcome);
	}
	out->outcome = outcome;
}

/*
 * --- all of it ----------------------------------------------------------------------------------
 */

/* What is wrong with the list of release images, which is in the report only as the image. */
static void
tell_list(struct audit *a, struct audit_node *root)
{
	const struct place_told at = { .audit = a };

	count_node(a, root);
	add_problems(&at, &root->problems, NULL);
}

static void
tell_release(struct audit *a, size_t i)
{
	struct audit_payload *p = &a->payloads[i];
	struct audit_release *r = &a->report->releases[i];
	struct place_told at = { .audit = a,
		.architecture = a->n_payloads > 1 ? r->architecture : NULL };

	tell_node(&at, p->node);
	add_problems(&at, &p->problems, NULL);
	for (size_t k = 0; k < r->n_components; k++) {
		if (p->components[k] == NULL)
			continue;
		at.component = r->components[k].named->name;
		at.architecture =
		    p->components[k]->n_naming < a->n_payloads ? r->architecture : NULL;
		a->report->counts.components += p->components[k]->uses == 0;
		tell_node(&at, p->components[k]);
	}
}

static void
take_release(struct audit *a, size_t i)
{
	struct audit_payload *p = &a->payloads[i];
	struct audit_release *r = &a->report->releases[i];

	take_image(&r->image, p->node, r->architecture);
	for (size_t k = 0; k < r->n_components; k++)
		if (p->components[k] != NULL)
			take_image(&r->components[k].image, p->components[k], NULL);
}

void
audit_tell(struct audit *a)
{
	if (a->n_nodes > 0 && (a->n_payloads == 0 || a->payloads[0].node != a->all_nodes[0]))
		tell_list(a, a->all_nodes[0]);
	for (size_t i = 0; i < a->n_payloads; i++)
		tell_release(a, i);
	for (size_t i = 0; i < a->n_payloads; i++)
		take_release(a, i);
}
