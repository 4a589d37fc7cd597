/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The signatures that nodes will demand: by the ClusterImagePolicies of the release's own payload,
 * which is proven before, and whose keys are therefore trusted. A node that pulls a list asks about
 * the image that it takes of it, under the list's name.
 */
#include <stdlib.h>
#include <string.h>

#include "verify/audit_work.h"
#include "verify/work.h"

/*
 * --- policies -----------------------------------------------------------------------------------
 */

static bool
was_read(struct audit_policies *p, const struct digest *digest)
{
	for (size_t i = 0; i < p->n_seen; i++)
		if (digest_equal(&p->seen[i], digest))
			return true;
	*LIST_ADD(p->seen, p->n_seen) = *digest;
	return false;
}

int
audit_policies_read(struct audit_policies *p, const char *file, struct bytes content,
    struct audit_release *r, struct err *e)
{
	AUTO(cluster_image_policies) found = CLUSTER_IMAGE_POLICIES_INIT;
	struct digest digest;
	bool again;

	if (digest_of_bytes(&digest, content, e) != 0 ||
	    cluster_image_policies_pick(&found, file, content, e) != 0)
		return -1;
	again = was_read(p, &digest);
	for (size_t i = 0; i < found.n; i++) {
		struct audit_policy *line = LIST_ADD(r->policies, r->n_policies);

		line->name = xstrdup(found.v[i].name);
		line->idle = release_annotations_idle(&found.v[i].annotations);
		if (line->idle != NULL || again)
			continue;
		*LIST_ADD(p->all.v, p->all.n) = found.v[i];
		found.v[i] = (struct cluster_image_policy){ 0 };
	}
	return 0;
}

/* When all of them are there, since the keys borrow from them. */
void
audit_policies_keys(struct audit_policies *p, bool allow_weak)
{
	const struct policy_key_files none = { .root = "", .deadline = DEADLINE_NEVER };

	p->keys = xcalloc(p->all.n + 1, sizeof(*p->keys));
	for (size_t i = 0; i < p->all.n; i++)
		requirement_keys_read(&p->keys[i], &p->all.v[i].requirement, &none, allow_weak);
}

void
audit_policies_free(struct audit_policies *p)
{
	for (size_t i = 0; p->keys != NULL && i < p->all.n; i++)
		requirement_keys_free(&p->keys[i]);
	free(p->keys);
	cluster_image_policies_free(&p->all);
	free(p->seen);
}

/*
 * --- one image ----------------------------------------------------------------------------------
 */

/* Under the name that the cluster has for it. */
static void
name_of(struct reference *out, const struct audit_node *n)
{
	reference_copy(out, n->upstream != NULL ? n->upstream : &n->image);
	free(steal(&out->tag));
	out->digest = n->image.digest;
}

static void
look(struct audit_node *n, struct work *w)
{
	struct audit *a = n->audit;
	AUTO_PTR(store_iter) beside = NULL;
	AUTO(err) e = ERR_INIT;

	if (w->n_demands == 0)
		return;
	if (content_attachments(a->content, &n->at, &n->image.digest, &beside, &e) == 0)
		work_try_sigstore_store(w, n->result.where != NULL ? n->result.where : "", beside);
}

static char *
describe(const struct audit_node *n, const struct image_report *r, const char *policy)
{
	AUTO_STR char *repository = NULL;
	AUTO(reference) upstream = REFERENCE_INIT;

	name_of(&upstream, n);
	repository = reference_repository(&upstream);
	if (verdict_reason(&r->verdict) != REASON_NO_SIGNATURE)
		return xasprintf("nodes will demand a signature of it, by the ClusterImagePolicy "
				 "%s: %s",
		    policy, verdict_detail(&r->verdict));
	return xasprintf("nodes will demand a signature of it, by the ClusterImagePolicy %s, and "
			 "none is here: copy %s:sha256-%s.sig to where this image is, for example "
			 "with skopeo copy",
	    policy, repository, digest_hex(&n->image.digest));
}

static void
judge(struct audit_node *n, const struct image_report *r, const char *policy)
{
	struct audit *a = n->audit;
	size_t obligation = audit_require(
	    a, PROOF_VERDICT, "a signature is there that nodes demand", &n->image.digest);
	enum audit_problem_kind kind = PROBLEM_BAD_SIGSTORE;
	AUTO_STR char *detail = NULL;

	n->result.sigstore = verdict_outcome(&r->verdict);
	if (n->result.sigstore == OUTCOME_PROVEN) {
		audit_prove_verdict(a, obligation, &r->verdict);
		for (size_t i = 0; i < r->n_attempts && n->result.sigstore_key == NULL; i++)
			if (r->attempts[i].outcome == OUTCOME_PROVEN)
				n->result.sigstore_key =
				    xstrdup(r->attempts[i].sigstore.fingerprint);
		return;
	}
	if (n->result.sigstore == OUTCOME_UNDECIDED)
		kind = PROBLEM_UNREACHABLE;
	else if (verdict_reason(&r->verdict) == REASON_NO_SIGNATURE)
		kind = PROBLEM_NO_SIGSTORE;
	detail = describe(n, r, policy);
	audit_fail(a, obligation,
	    audit_note(a, &n->problems, kind, &n->image.digest, n->result.where, detail));
}

/* Every policy that holds for the image is met, each by a signature. */
static void
look_for(struct audit_node *n, const struct reference *image,
    const struct cluster_image_policy *const *policies, size_t n_policies)
{
	struct audit *a = n->audit;
	AUTO(image_report) report = IMAGE_REPORT_INIT;
	AUTO(work) w = { .run = a->run, .report = &report };

	w.subject = steal(&n->subject);
	for (size_t i = 0; i < n_policies; i++) {
		size_t k = work_require(
		    &w, scheme_word(SCHEME_SIGSTORE), policies[i]->name, "the ClusterImagePolicy");

		work_demand_of(&w, k, &a->policies.keys[policies[i] - a->policies.all.v], image);
	}
	look(n, &w);
	judge(n, &report, policies[0]->name);
}

void
audit_node_sigstore(struct audit_node *n)
{
	struct audit *a = n->audit;
	const struct cluster_image_policy **found = NULL;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(scopes) scopes = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	size_t n_found = 0;

	name_of(&image, n);
	if (scopes_of_reference(&scopes, &image, &e) == 0)
		found = cluster_image_policies_find(&a->policies.all, &scopes, &n_found);
	else
		audit_never(a, audit_note(a, &n->problems, PROBLEM_BAD_POLICY, &n->image.digest,
				   n->result.where, err_msg(&e)));
	if (n_found > 0 && !audit_is_over(a))
		look_for(n, &image, found, n_found);
	free(found);
}
