/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_json.h"

#include <stdlib.h>

#include "cmd/json_build.h"
#include "cmd/report_json.h"

/* Not set: null. */
static json_t *
digest_value(const struct digest *d)
{
	return digest_is_set(d) ? json_text(d->text) : json_null();
}

static json_t *
number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *
blob_value(const struct audit_blob *b)
{
	json_t *o = must_have(json_object());

	json_put(o, "digest", digest_value(&b->digest));
	json_put(o, "size", number(b->size));
	json_put(o, "media_type", json_text(b->media_type));
	json_put(o, "outcome",
	    b->outcome != OUTCOME_UNSET ? json_text(report_json_outcome(b->outcome)) : json_null());
	json_put(o, "hashed", json_boolean(b->hashed));
	return o;
}

static json_t *
sigstore_value(const struct audit_image *image)
{
	json_t *o;

	if (image->sigstore == OUTCOME_UNSET)
		return json_null();
	o = must_have(json_object());
	json_put(o, "outcome", json_text(report_json_outcome(image->sigstore)));
	json_put(o, "fingerprint", json_text(image->sigstore_key));
	return o;
}

/* images (an array) is taken over. null: it was not looked at. */
static json_t *
manifest_value(const struct audit_image *image, json_t *images)
{
	json_t *o, *blobs;
	const char *type = manifest_media_type(image->kind);

	if (image->outcome == OUTCOME_UNSET) {
		json_decref(images);
		return json_null();
	}
	o = must_have(json_object());
	blobs = must_have(json_array());
	for (size_t i = 0; i < image->n_blobs; i++)
		json_push(blobs, blob_value(&image->blobs[i]));
	json_put(o, "digest", digest_value(&image->digest));
	json_put(o, "architecture", json_text(audit_architecture(image->architecture)));
	json_put(o, "outcome", json_text(report_json_outcome(image->outcome)));
	json_put(o, "location", json_text(image->where));
	json_put(o, "media_type", type[0] != '\0' ? json_text(type) : json_null());
	json_put(o, "bytes", number(image->bytes));
	json_put(o, "sigstore", sigstore_value(image));
	json_put(o, "blobs", blobs);
	json_put(o, "images", images);
	return o;
}

/* Of a list its images too, which are no lists themselves. */
static json_t *
image_value(const struct audit_image *image)
{
	json_t *images = must_have(json_array());

	for (size_t i = 0; i < image->n_children; i++)
		json_push(images, manifest_value(&image->children[i], must_have(json_array())));
	return manifest_value(image, images);
}

/*
 * --- releases -----------------------------------------------------------------------------------
 */

static void
put_named(json_t *o, const struct release_component *c)
{
	json_put(o, "name", json_text(c->name));
	json_put(o, "pull_spec", json_text(c->pullspec));
	json_put(o, "digest", digest_value(&c->image.digest));
	json_put(o, "commit", json_text(c->commit));
	json_put(o, "source", json_text(c->source));
	json_put(o, "wrong", json_text(c->wrong));
}

json_t *
audit_json_named(const struct release_component *c)
{
	json_t *o;

	if (c == NULL)
		return json_null();
	o = must_have(json_object());
	put_named(o, c);
	return o;
}

static json_t *
component_value(const struct audit_component *c)
{
	json_t *o = must_have(json_object());

	put_named(o, c->named);
	json_put(o, "wanted", json_boolean(c->wanted));
	json_put(o, "image", image_value(&c->image));
	return o;
}

static json_t *
policies_value(const struct audit_release *r)
{
	json_t *policies = must_have(json_array());

	for (size_t i = 0; i < r->n_policies; i++) {
		json_t *o = must_have(json_object());

		json_put(o, "name", json_text(r->policies[i].name));
		json_put(o, "enforced", json_boolean(r->policies[i].idle == NULL));
		json_put(o, "detail", json_text(r->policies[i].idle));
		json_push(policies, o);
	}
	return policies;
}

static json_t *
release_value(const struct audit_release *r)
{
	json_t *o = must_have(json_object()), *components = must_have(json_array());

	for (size_t i = 0; i < r->n_components; i++)
		if (r->components[i].named != NULL)
			json_push(components, component_value(&r->components[i]));
	json_put(o, "architecture", json_text(audit_architecture(r->architecture)));
	json_put(o, "tie", r->tie != TIE_UNSET ? json_text(audit_tie_word(r->tie)) : json_null());
	json_put(o, "tie_fingerprint", json_text(r->tie_key));
	json_put(o, "version", json_text(r->references.version));
	json_put(o, "metadata_version", json_text(r->metadata.version));
	json_put(o, "config_version", json_text(r->config_version));
	json_put(o, "advisory", json_text(r->metadata.url));
	json_put(o, "policies", policies_value(r));
	json_put(o, "image", image_value(&r->image));
	json_put(o, "components", components);
	return o;
}

/*
 * --- the whole ----------------------------------------------------------------------------------
 */

static json_t *
problem_value(const struct audit_report *r, const struct audit_problem *p)
{
	json_t *o = must_have(json_object());
	AUTO_STR char *command = audit_problem_command(r, p);

	json_put(o, "kind", json_text(audit_problem_word(p->kind)));
	json_put(o, "outcome", json_text(report_json_outcome(p->outcome)));
	json_put(o, "architecture", json_text(audit_architecture(p->architecture)));
	json_put(o, "component", json_text(p->component));
	json_put(o, "digest", digest_value(&p->digest));
	json_put(o, "location", json_text(p->where));
	json_put(o, "detail", json_text(p->detail));
	json_put(o, "next_step", json_text(audit_problem_step(p->kind)));
	json_put(o, "command", json_text(command));
	return o;
}

/* A member for each kind, also for those that there are none of. */
static json_t *
problem_counts_value(const struct audit_report *r)
{
	json_t *o = must_have(json_object());

	for (unsigned k = PROBLEM_KINDS_BEGIN; k < PROBLEM_KINDS_END; k++) {
		enum audit_problem_kind kind = (enum audit_problem_kind)k;

		json_put(o, audit_problem_word(kind), number(audit_problem_count(r, kind)));
	}
	return o;
}

static json_t *
counts_value(const struct audit_report *r)
{
	const struct audit_counts *n = &r->counts;
	json_t *o = must_have(json_object());

	json_put(o, "components", number(n->components));
	json_put(o, "manifests", number(n->manifests));
	json_put(o, "blobs", number(n->blobs));
	json_put(o, "blobs_hashed", number(n->blobs_hashed));
	json_put(o, "bytes", number(n->bytes_named));
	json_put(o, "bytes_hashed", number(n->bytes_hashed));
	json_put(o, "sigstore", number(n->sigstore));
	json_put(o, "problems", number(r->n_problems));
	return o;
}

json_t *
audit_json(const struct audit_shown *a)
{
	const struct audit_report *r = a->report;
	enum outcome outcome = audit_outcome(a);
	const char *detail = verdict_detail(&r->verdict);
	json_t *o = must_have(json_object());
	json_t *problems = must_have(json_array()), *releases = must_have(json_array());

	for (size_t i = 0; i < r->n_problems; i++)
		json_push(problems, problem_value(r, &r->problems[i]));
	for (size_t i = 0; i < r->n_releases; i++)
		json_push(releases, release_value(&r->releases[i]));
	json_put(o, "image", json_text(r->image.given));
	json_put(o, "outcome", json_text(report_json_outcome(outcome)));
	json_put(o, "reason", json_text(reason_word(audit_reason(a))));
	json_put(o, "detail", detail[0] != '\0' ? json_text(detail) : json_null());
	json_put(o, "interrupted", json_boolean(a->stopped || r->interrupted));
	json_put(o, "version", json_text(r->version));
	json_put(o, "blobs", json_text(audit_blobs_word(a->blobs)));
	json_put(o, "counts", counts_value(r));
	json_put(o, "problem_counts", problem_counts_value(r));
	json_put(o, "problems", problems);
	json_put(o, "releases", releases);
	return o;
}
