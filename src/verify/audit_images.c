/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "verify/audit_work.h"

/*
 * --- each one once ------------------------------------------------------------------------------
 */

static int
compare_strings(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int
compare_nodes(const void *left, const void *right)
{
	const struct audit_node *a = left, *b = right;
	int r = strcmp(a->image.digest.text, b->image.digest.text);

	if (r == 0)
		r = compare_strings(a->image.domain, b->image.domain);
	if (r == 0)
		r = compare_strings(a->image.path, b->image.path);
	if (r == 0)
		r = (int)a->listed - (int)b->listed;
	if (r == 0)
		r = (a->size > b->size) - (a->size < b->size);
	return r;
}

static struct audit_node *
new_node(struct audit *a, const struct audit_wanted *wanted)
{
	struct audit_node *n = xcalloc(1, sizeof(*n));

	n->audit = a;
	reference_copy(&n->image, &wanted->image);
	n->parent = wanted->parent;
	n->upstream = wanted->upstream;
	n->result.digest = n->image.digest;
	if (wanted->listed != NULL) {
		n->listed = true;
		n->size = wanted->listed->size;
	}
	return n;
}

struct audit_node *
audit_node_get(struct audit *a, const struct audit_wanted *wanted, bool *is_new)
{
	struct audit_node *n = new_node(a, wanted), *found;

	pthread_mutex_lock(&a->lock);
	found = *(struct audit_node **)must_have(tsearch(n, &a->nodes, compare_nodes));
	*is_new = found == n;
	if (*is_new) {
		n->obligation = verdict_require_proof(&a->report->verdict,
		    "the manifest is the one that is named", PROOF_INTACT, &n->image.digest);
		*LIST_ADD(a->all_nodes, a->n_nodes) = n;
		a->progress->manifests_known++;
	}
	pthread_mutex_unlock(&a->lock);
	if (!*is_new)
		audit_node_free(n);
	return found;
}

void
audit_node_free(struct audit_node *n)
{
	for (size_t i = 0; n->reads != NULL && i < n->descriptors.n; i++) {
		link_free(n->reads[i].link);
		audit_problem_free(&n->reads[i].problem);
	}
	free(n->reads);
	reference_free(&n->image);
	link_free(n->link);
	subject_free(n->subject);
	content_at_free(&n->at);
	free(n->place);
	descriptors_free(&n->descriptors);
	audit_image_free(&n->result);
	free(n->leaves);
	free(n->children);
	audit_problems_free(&n->problems);
	free(n->told);
	free(n);
}

/*
 * --- one manifest -------------------------------------------------------------------------------
 */

static bool
give_up(struct audit_node *n, const struct audit_problem *p)
{
	audit_fail(n->audit, n->obligation, p);
	n->result.outcome = p->outcome;
	return false;
}

static bool
fetch(struct audit_node *n, struct buf *manifest)
{
	struct audit *a = n->audit;
	AUTO(err) e = ERR_INIT;

	if (content_manifest(a->content, &n->image, &n->at, manifest, &n->result.where, &e) == 0) {
		n->result.bytes = manifest->n;
		return true;
	}
	return give_up(n, audit_note_error(a, &n->problems, PROBLEM_MISSING_MANIFEST,
			      &n->image.digest, n->result.where, &e));
}

static bool
follow(struct audit_node *n, struct bytes manifest)
{
	struct audit *a = n->audit;
	const struct digest *digest = &n->image.digest;
	enum outcome outcome;
	enum reason why = REASON_UNSET;
	AUTO(err) e = ERR_INIT;

	if (n->parent != NULL)
		outcome = link_follow(
		    &n->link, n->parent, digest, n->listed ? &n->size : NULL, manifest, &why, &e);
	else
		outcome =
		    link_begin(&n->link, &a->report->image.verdict, digest, manifest, &why, &e);
	if (outcome == OUTCOME_PROVEN)
		return true;
	return give_up(
	    n, audit_note(a, &n->problems,
		   outcome == OUTCOME_REFUSED ? PROBLEM_CORRUPT_MANIFEST : PROBLEM_UNREACHABLE,
		   digest, n->result.where, err_msg(&e)));
}

/* Only what is proven is read. */
static bool
read_manifest(struct audit_node *n, struct bytes manifest)
{
	struct audit *a = n->audit;
	enum reason why = REASON_UNSET;
	AUTO(err) e = ERR_INIT;

	if (descriptors_parse(&n->descriptors, manifest, &e) == 0 &&
	    subject_from_manifest(&n->subject, manifest, &n->image.digest, &why, &e) ==
		OUTCOME_PROVEN) {
		n->result.kind = n->descriptors.kind;
		if (!n->listed || !manifest_is_list(n->result.kind))
			return true;
		(void)err_set(&e, E_UNSUPPORTED, "a list of images within a list");
	}
	return give_up(n, audit_note(a, &n->problems, PROBLEM_UNSUPPORTED_MANIFEST,
			      &n->image.digest, n->result.where, err_msg(&e)));
}

bool
audit_node_look(struct audit_node *n)
{
	struct audit *a = n->audit;
	AUTO(buf) manifest = BUF_INIT;
	bool good;

	if (audit_is_over(a))
		return false;
	good = fetch(n, &manifest) && follow(n, buf_bytes(&manifest)) &&
	       read_manifest(n, buf_bytes(&manifest));
	if (good) {
		audit_prove_link(a, n->obligation, n->link);
		n->result.outcome = OUTCOME_PROVEN;
		n->place = content_place_name(a->content, &n->at);
	} else {
		link_free(steal(&n->link));
	}
	asked_free(&n->at.asked);
	n->done = true;
	a->n_looked++;
	a->progress->manifests_done++;
	return good;
}

/*
 * --- the images of a list -----------------------------------------------------------------------
 */

static bool
is_wanted(const struct audit_options *o, const struct descriptor *d)
{
	for (size_t i = 0; i < o->n_architectures; i++)
		if (d->architecture != NULL && strcmp(d->architecture, o->architectures[i]) == 0)
			return true;
	return o->n_architectures == 0;
}

static void
note_absent(struct audit_node *n, const char *architecture)
{
	AUTO_STR char *detail = architecture != NULL
				    ? xasprintf("the list has no image for %s", architecture)
				    : xstrdup("the list has no images");

	audit_never(n->audit,
	    audit_note(n->audit, &n->problems,
		architecture != NULL ? PROBLEM_ARCHITECTURE : PROBLEM_UNSUPPORTED_MANIFEST,
		&n->image.digest, n->result.where, detail));
}

static bool
has_architecture(const struct audit_node *n, const char *architecture)
{
	for (size_t i = 0; i < n->n_children; i++)
		if (n->children[i].architecture != NULL &&
		    strcmp(n->children[i].architecture, architecture) == 0)
			return true;
	return false;
}

void
audit_node_children(struct audit_node *n,
    void (*child)(struct audit *a, const struct audit_child *child, bool is_new))
{
	const struct audit_options *o = n->audit->options;

	for (size_t i = 0; i < n->descriptors.n; i++) {
		const struct descriptor *d = &n->descriptors.v[i];
		struct audit_wanted wanted = {
			.parent = n->link, .listed = d, .upstream = n->upstream
		};
		struct audit_child *c;
		bool is_new;

		if (!is_wanted(o, d))
			continue;
		reference_copy(&wanted.image, &n->image);
		wanted.image.digest = d->digest;
		c = LIST_ADD(n->children, n->n_children);
		c->architecture = d->architecture;
		c->node = audit_node_get(n->audit, &wanted, &is_new);
		child(n->audit, c, is_new);
		reference_free(&wanted.image);
	}
	for (size_t i = 0; i < o->n_architectures; i++)
		if (!has_architecture(n, o->architectures[i]))
			note_absent(n, o->architectures[i]);
	if (n->n_children == 0 && o->n_architectures == 0)
		note_absent(n, NULL);
}

static void
add_child(struct audit *a, const struct audit_child *child, bool is_new)
{
	if (is_new)
		crew_add(a->crew, audit_node_work, child->node);
}

void
audit_node_work(void *node)
{
	struct audit_node *n = node;

	if (!audit_node_look(n))
		return;
	if (manifest_is_list(n->result.kind)) {
		audit_node_children(n, add_child);
		return;
	}
	audit_node_leaves(n);
	audit_node_sigstore(n);
}
