/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "audit_data.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "judge.h"

#define COMPONENTS "quay.io/openshift-release-dev/ocp-v4.0-art-dev"

struct digest
audit_data_digest(char digit)
{
	struct digest d = { "sha256:" };

	memset(d.text + strlen("sha256:"), digit, 64);
	return d;
}

/* For free(). */
static char *
text(const struct audit_data *d, const char *harmless)
{
	return xstrdup(d->hostile != NULL ? d->hostile : harmless);
}

void
audit_data_component(struct image_references *out, const char *name, char digit, const char *commit)
{
	struct release_component *c = LIST_ADD(out->v, out->n);
	AUTO(err) e = ERR_INIT;

	c->name = xstrdup(name);
	c->pullspec = xasprintf(COMPONENTS "@%s", audit_data_digest(digit).text);
	ck_assert_msg(reference_parse(&c->image, c->pullspec, &e) == 0, "%s", err_msg(&e));
	c->commit = commit != NULL ? xstrdup(commit) : NULL;
	c->source = xasprintf("https://github.com/openshift/%s", name);
}

static void
add_blob(struct audit_image *image, char digit, uint64_t size, const char *type)
{
	struct audit_blob *b = LIST_ADD(image->blobs, image->n_blobs);

	b->digest = audit_data_digest(digit);
	b->size = size;
	b->media_type = xstrdup(type);
	b->outcome = OUTCOME_PROVEN;
}

static void
fill_image(const struct audit_data *d, struct audit_image *image, char digit)
{
	image->digest = audit_data_digest(digit);
	image->where = d->hostile != NULL
			   ? xstrdup(d->hostile)
			   : xasprintf("https://mirror.example:5000/v2/ocp/release/manifests/%s",
				 image->digest.text);
	image->kind = MANIFEST_DOCKER_IMAGE;
	image->bytes = 900;
	image->outcome = OUTCOME_PROVEN;
	add_blob(image, 'c', 2000, d->hostile != NULL ? d->hostile : "application/json");
	add_blob(image, 'd', 3u << 20, "application/tar");
}

/* Each names the same: a list of one image, an image, and one that was not looked at. */
static void
fill_components(const struct audit_data *d, struct audit_release *r)
{
	static const char *const names[] = { "cli", "etcd", "machine-config-operator" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		audit_data_component(&r->references, d->hostile != NULL ? d->hostile : names[i],
		    (char)('1' + i), d->hostile != NULL ? d->hostile : "0123456789abcdef");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct audit_component *c = LIST_ADD(r->components, r->n_components);

		c->named = &r->references.v[i];
		c->wanted = i < 2;
		if (c->wanted)
			fill_image(d, &c->image, (char)('1' + i));
	}
	r->components[0].image.kind = MANIFEST_DOCKER_LIST;
	fill_image(
	    d, LIST_ADD(r->components[0].image.children, r->components[0].image.n_children), '4');
	r->components[0].image.children[0].architecture = text(d, "arm64");
}

static void
add_release(struct audit_data *d, const char *architecture, enum audit_tie tie, char digit)
{
	struct audit_release *r = LIST_ADD(d->report.releases, d->report.n_releases);
	struct audit_policy *policy;

	r->architecture = text(d, architecture);
	fill_image(d, &r->image, digit);
	r->image.sigstore = OUTCOME_PROVEN;
	r->image.sigstore_key = text(d, "5165");
	r->tie = tie;
	r->tie_key =
	    tie == TIE_SIGNATURE ? text(d, "4EDB57D1B2E4C666DD00CE03EE46194CB49E4007") : NULL;
	r->references.version = text(d, "4.99.0");
	r->metadata.version = text(d, "4.99.0");
	r->metadata.url = text(d, "https://access.redhat.com/errata/RHBA-2020:0001");
	r->config_version = text(d, "4.99.0");
	policy = LIST_ADD(r->policies, r->n_policies);
	policy->name = text(d, "openshift");
	policy->idle = tie == TIE_SIGNATURE ? NULL : text(d, "for TechPreviewNoUpgrade alone");
	fill_components(d, r);
}

static void
fill_verified(const struct audit_data *d, const struct judged *proven, struct image_report *image)
{
	struct attempt *a = LIST_ADD(image->attempts, image->n_attempts);
	struct requirement_report *q = LIST_ADD(image->requirements, image->n_requirements);

	image->given = text(d, "4.99.0-multi");
	image->expected_identity =
	    text(d, "quay.io/openshift-release-dev/ocp-release:4.99.0-multi");
	image->digest = audit_data_digest('e');
	image->manifest_location =
	    text(d, "https://mirror.example:5000/v2/ocp/release-images/manifests/4.99.0-multi");
	image->manifest_bytes = 1000;
	image->manifest_kind = MANIFEST_DOCKER_LIST;
	a->scheme = SCHEME_OPENPGP;
	a->outcome = OUTCOME_PROVEN;
	a->reason = REASON_ACCEPTED;
	a->store = text(d, "file:///store");
	a->location = text(d, "file:///store/signature-1");
	a->payload.claimed_reference =
	    text(d, "quay.io/openshift-release-dev/ocp-release:4.99.0-multi");
	a->facts = proven->facts;
	a->facts.user_id = text(d, "relsig test release <test@relsig.invalid>");
	q->type = "openpgp";
	q->obligation = verdict_require(&image->verdict, "signed");
	q->accepted = 1;
	image->accepted = a;
	verdict_discharge(&image->verdict, q->obligation, proven->claim);
}

void
audit_data_open(struct audit_data *d, const char *hostile)
{
	struct judge judge;
	struct judged proven = JUDGED_INIT;
	AUTO(buf) blob = BUF_INIT;

	*d = (struct audit_data){ .hostile = hostile };
	judge_must_open(&judge, NULL);
	testdata_read(&blob, "release/signature-1");
	judge_blob(&judge, buf_bytes(&blob), &proven);
	ck_assert_msg(proven.claim != NULL, "%s", err_msg(&proven.e));
	fill_verified(d, &proven, &d->report.image);
	d->report.version = text(d, "4.99.0");
	add_release(d, "amd64", TIE_SIGNATURE, 'a');
	add_release(d, "arm64", TIE_MEMBERSHIP, 'b');
	d->report.counts = (struct audit_counts){ .manifests = 6,
		.blobs = 12,
		.bytes_named = 5368709120,
		.components = 2,
		.sigstore = 2 };
	verdict_discharge(
	    &d->report.verdict, verdict_require(&d->report.verdict, "the release"), proven.claim);
	judged_free(&proven);
	judge_must_close(&judge);
}

void
audit_data_problem(struct audit_data *d, enum audit_problem_kind kind, enum outcome outcome,
    const char *architecture, const char *component, char digit, const char *where)
{
	struct audit_problem *p = LIST_ADD(d->report.problems, d->report.n_problems);
	size_t open = verdict_require(&d->report.verdict, "all of it");

	p->kind = kind;
	p->outcome = outcome;
	p->architecture = architecture != NULL ? text(d, architecture) : NULL;
	p->component = component != NULL ? text(d, component) : NULL;
	p->digest = audit_data_digest(digit);
	p->where = where != NULL ? text(d, where) : NULL;
	p->detail = text(d, "got this, want that");
	if (outcome == OUTCOME_UNDECIDED)
		verdict_undecided(&d->report.verdict, open, REASON_UNREACHABLE, p->detail);
	else
		verdict_refuse(&d->report.verdict, open, REASON_CONTENT_MISSING, p->detail);
}

void
audit_data_close(struct audit_data *d)
{
	audit_report_free(&d->report);
}
