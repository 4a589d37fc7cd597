/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of the work: the release image as "verify" has it; its manifest, and of a list those of
 * its images; what is in each; then all that they refer to.
 */
#include "verify/audit.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "verify/audit_work.h"

/*
 * --- the beginning ------------------------------------------------------------------------------
 */

static void
leave(void *node)
{
	(void)node;
}

static void
audit_free(struct audit *a)
{
	crew_free(a->crew);
	tdestroy(a->nodes, leave);
	tdestroy(a->leaves, leave);
	for (size_t i = 0; i < a->n_payloads; i++)
		audit_payload_free(&a->payloads[i]);
	free(a->payloads);
	for (size_t i = 0; i < a->n_leaves; i++)
		audit_leaf_free(a->all_leaves[i]);
	free(a->all_leaves);
	for (size_t i = 0; i < a->n_nodes; i++)
		audit_node_free(a->all_nodes[i]);
	free(a->all_nodes);
	audit_policies_free(&a->policies);
	content_free(a->content);
	image_name_free(&a->name);
	pthread_mutex_destroy(&a->lock);
}
AUTO_DEFINE(audit)

/* Why there is nothing to follow. */
static void
close_all(struct audit *a, enum outcome outcome, enum reason reason, const char *detail)
{
	struct verdict *v = &a->report->verdict;

	for (size_t i = 0; i < v->n; i++)
		if (outcome == OUTCOME_REFUSED)
			verdict_refuse(v, i, reason, detail);
		else
			verdict_undecided(v, i, reason, detail);
}

/* The first obligations: what "verify" says, and that all the rest was looked at. */
static bool
is_verified(struct audit *a)
{
	struct audit_report *r = a->report;
	const struct verdict *v = &r->image.verdict;
	size_t signed_by =
	    audit_require(a, PROOF_VERDICT, "the release image is signed", &r->image.digest);

	a->whole = audit_require(a, PROOF_AGREEMENT, "all that is named was looked at", NULL);
	audit_prove_verdict(a, signed_by, v);
	if (verdict_outcome_of(&r->verdict, signed_by) == OUTCOME_PROVEN)
		return true;
	if (!verdict_accepted(v))
		close_all(a, verdict_outcome(v), verdict_reason(v), verdict_detail(v));
	else
		close_all(a, OUTCOME_REFUSED, REASON_REJECTED_BY_POLICY,
		    "the policy accepts the release without verifying anything: there is nothing "
		    "that the rest could follow from");
	return false;
}

/*
 * --- the release images -------------------------------------------------------------------------
 */

static void
add_payload(struct audit *a, struct audit_node *node, const char *architecture)
{
	struct audit_payload *p = LIST_ADD(a->payloads, a->n_payloads);

	p->audit = a;
	p->node = node;
	p->listed_architecture = architecture;
	(void)LIST_ADD(a->report->releases, a->report->n_releases);
}

static void
add_child(struct audit *a, const struct audit_child *child, bool is_new)
{
	struct audit_problem *p;

	if (is_new) {
		add_payload(a, child->node, child->architecture);
		return;
	}
	p = audit_note(a, &a->all_nodes[0]->problems, PROBLEM_ARCHITECTURE,
	    &child->node->image.digest, NULL, "the list has one image twice");
	audit_never(a, p);
}

/* What was accepted: one release image, or a list of them. */
static void
look_at_root(struct audit *a)
{
	struct audit_wanted wanted = { .upstream = a->run->options->identity };
	struct audit_node *root;
	bool is_new;

	reference_copy(&wanted.image, &a->name.reference);
	free(steal(&wanted.image.tag));
	wanted.image.digest = a->report->image.digest;
	root = audit_node_get(a, &wanted, &is_new);
	reference_free(&wanted.image);
	if (!audit_node_look(root))
		return;
	if (manifest_is_list(root->result.kind))
		audit_node_children(root, add_child);
	else
		add_payload(a, root, NULL);
}

static void
look_into_releases(struct audit *a)
{
	look_at_root(a);
	for (size_t i = 0; i < a->n_payloads; i++)
		crew_add(a->crew, audit_payload_work, &a->payloads[i]);
	crew_wait(a->crew);
	for (size_t i = 0; i < a->n_payloads; i++)
		audit_release_judge(a, i);
	audit_policies_keys(&a->policies, a->options->allow_weak);
	for (size_t i = 0; i < a->n_payloads && !a->options->payload_only; i++)
		if (a->payloads[i].node->link != NULL)
			audit_node_sigstore(a->payloads[i].node);
}

/*
 * --- the components -----------------------------------------------------------------------------
 */

static bool
is_wanted(const struct audit_options *o, const char *name)
{
	for (size_t i = 0; i < o->n_components; i++)
		if (strcmp(o->components[i], name) == 0)
			return true;
	return o->n_components == 0;
}

static void
add_component(struct audit_payload *p, struct audit_component *c, struct audit_node **node)
{
	struct audit *a = p->audit;
	const struct audit_file *f = audit_payload_file(p, AUDIT_REFERENCES_FILE);
	struct audit_wanted wanted = { .image = c->named->image,
		.parent = p->node->reads[f->blob].link };
	struct audit_problem *problem;
	bool is_new;

	if (c->named->wrong != NULL) {
		problem =
		    audit_note(a, &p->problems, PROBLEM_BAD_COMPONENT, NULL, NULL, c->named->wrong);
		problem->component = xstrdup(c->named->name);
		c->image.outcome = OUTCOME_REFUSED;
		audit_never(a, problem);
		return;
	}
	if (a->options->payload_only)
		return;
	*node = audit_node_get(a, &wanted, &is_new);
	if ((*node)->named_by != p)
		(*node)->n_naming++;
	(*node)->named_by = p;
	if (is_new)
		crew_add(a->crew, audit_node_work, *node);
}

static void
add_components(struct audit *a, size_t i)
{
	struct audit_payload *p = &a->payloads[i];
	struct audit_release *r = &a->report->releases[i];

	r->n_components = r->references.n;
	r->components = xcalloc(r->references.n + 1, sizeof(*r->components));
	p->components = xcalloc(r->references.n + 1, sizeof(struct audit_node *));
	for (size_t k = 0; k < r->references.n; k++) {
		struct audit_component *c = &r->components[k];

		c->named = &r->references.v[k];
		c->wanted = is_wanted(a->options, c->named->name);
		if (c->wanted)
			add_component(p, c, &p->components[k]);
	}
}

/* Is it in any of the releases that were read? */
static bool
is_known(const struct audit_report *r, const char *name)
{
	for (size_t i = 0; i < r->n_releases; i++)
		if (image_references_find(&r->releases[i].references, name) != NULL)
			return true;
	return false;
}

static int
check_names(const struct audit *a, struct err *e)
{
	const struct audit_options *o = a->options;
	bool any = false;

	for (size_t i = 0; i < a->report->n_releases; i++)
		any = any || a->report->releases[i].references.n > 0;
	for (size_t i = 0; any && i < o->n_components; i++)
		if (!is_known(a->report, o->components[i]))
			return err_set(e, E_USAGE, "--components: the release has no \"%s\"",
			    o->components[i]);
	return 0;
}

/*
 * --- all of it ----------------------------------------------------------------------------------
 */

static size_t
count_components(const struct audit *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_payloads; i++)
		for (size_t k = 0; k < a->report->releases[i].n_components; k++)
			n += a->payloads[i].components[k] != NULL;
	return n;
}

/* Was there something to look at? Of a payload alone that is what it names. */
static bool
has_components(const struct audit *a)
{
	if (!a->options->payload_only)
		return count_components(a) > 0;
	for (size_t i = 0; i < a->report->n_releases; i++)
		if (a->report->releases[i].n_components > 0)
			return true;
	return false;
}

/* Does the evidence say no anywhere? */
static bool
is_refused(const struct audit *a)
{
	const struct verdict *v = &a->report->verdict;

	for (size_t i = 0; i < v->n; i++)
		if (i != a->whole && verdict_outcome_of(v, i) == OUTCOME_REFUSED)
			return true;
	return false;
}

/* That nothing was left out, and that there was something. */
static void
conclude(struct audit *a)
{
	struct audit_report *r = a->report;
	AUTO_PTR(agreement) agreement = NULL;

	r->interrupted = a->cut;
	if (!a->cut && has_components(a))
		agreement = agreement_of_counts(a->n_looked, a->n_nodes + a->n_leaves);
	audit_prove_agreement(a, a->whole, agreement);
	for (size_t i = 0; a->cut && i < r->verdict.n; i++)
		if (r->verdict.v[i].reason == REASON_UNSET)
			verdict_undecided(&r->verdict, i, REASON_TIMED_OUT,
			    "the audit ended before this was looked at");
	if (agreement != NULL || a->cut)
		return;
	if (r->n_problems > 0 && !is_refused(a))
		verdict_undecided(&r->verdict, a->whole, REASON_UNREACHABLE,
		    "what could not be had hides the rest");
	else
		verdict_refuse(
		    &r->verdict, a->whole, REASON_CONTENT_MISSING, "what is wrong hides the rest");
}

int
audit_run(const struct image_run *run, const struct audit_options *options, const char *name,
    struct audit_report *out, struct err *e)
{
	const struct image_options *o = run->options;
	const struct source_options so = { .registry = run->registry,
		.mirrors = o->mirrors,
		.places = o->places,
		.directory = o->directory,
		.deadline = o->deadline };
	AUTO(audit)
	a = { .run = run, .options = options, .report = out, .lock = PTHREAD_MUTEX_INITIALIZER };
	AUTO(err) unread = ERR_INIT;

	*out = (struct audit_report)AUDIT_REPORT_INIT;
	a.progress = options->progress != NULL ? options->progress : &a.own_progress;
	image_verify(run, name, &out->image);
	if (!is_verified(&a) || image_name_parse(&a.name, name, o->machine, &unread) != 0)
		return 0;
	a.content = content_open(&a.name, &so);
	a.crew = crew_new(options->jobs);
	look_into_releases(&a);
	if (check_names(&a, e) != 0)
		return -1;
	for (size_t i = 0; i < a.n_payloads; i++)
		add_components(&a, i);
	crew_wait(a.crew);
	audit_tell(&a);
	conclude(&a);
	return 0;
}
