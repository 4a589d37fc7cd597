/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a release image says of itself, and whether all of that agrees. */
#include <stdlib.h>
#include <string.h>

#include "verify/audit_work.h"

/* Architectures as tags spell them, and as Go does; a release for several has no word of Go's. */
static const struct {
	const char *tag, *go;
} machines[] = { { "x86_64", "amd64" }, { "aarch64", "arm64" }, { "ppc64le", "ppc64le" },
	{ "s390x", "s390x" }, { "multi", NULL } };

/* What a tag says. */
struct tag {
	const char *whose; /* "the tag", "the signed reference" */
	char *text, *version;
	const char *architecture; /* Go's word; NULL: it says none */
};

static void
tag_free(struct tag *t)
{
	free(t->text);
	free(t->version);
}
AUTO_DEFINE(tag)

/* VERSION-ARCH; the oldest releases have no ARCH. */
static void
tag_read(struct tag *out, const char *text)
{
	const size_t n = strlen(text);

	out->text = xstrdup(text);
	for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
		const size_t m = strlen(machines[i].tag);

		if (n > m + 1 && text[n - m - 1] == '-' &&
		    strcmp(text + n - m, machines[i].tag) == 0) {
			out->version = xstrndup(text, n - m - 1);
			out->architecture = machines[i].go;
			return;
		}
	}
	out->version = xstrdup(text);
}

/* The tag that the image was named by, unless the user says that it is signed as something else. */
static void
tag_of_name(struct tag *out, const struct audit *a)
{
	const struct reference *identity = a->run->options->identity;

	out->whose = "the tag";
	if (a->name.reference.tag != NULL && (identity == NULL || identity->tag == NULL))
		tag_read(out, a->name.reference.tag);
}

static void
tag_of_signature(struct tag *out, const struct audit *a)
{
	const struct attempt *accepted = a->report->image.accepted;
	AUTO(reference) signed_as = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;

	out->whose = "the signed reference's tag";
	if (accepted == NULL || accepted->payload.claimed_reference == NULL ||
	    reference_parse(&signed_as, accepted->payload.claimed_reference, &e) != 0 ||
	    signed_as.tag == NULL)
		return;
	tag_read(out, signed_as.tag);
}

/*
 * --- agreement ----------------------------------------------------------------------------------
 */

/* Somebody's word, and whose. */
struct value {
	const char *whose, *text;
};

struct values {
	struct value v[8];
	size_t n;
};

/* A value that may be absent. */
static void
add(struct values *values, const char *whose, const char *text)
{
	if (text != NULL)
		values->v[values->n++] = (struct value){ whose, text };
}

/* All must be as the first. */
static void
compare(struct audit_payload *p, const struct values *values, enum audit_problem_kind kind,
    const char *what)
{
	struct audit *a = p->audit;
	size_t obligation = audit_require(a, PROOF_AGREEMENT, what, NULL);
	const char *texts[ARRAY_LEN(values->v)];
	AUTO_PTR(agreement) agreement = NULL;

	for (size_t i = 0; i < values->n; i++) {
		AUTO_STR char *detail = xasprintf("%s: %s has %s, %s has %s", what,
		    values->v[i].whose, values->v[i].text, values->v[0].whose, values->v[0].text);

		texts[i] = values->v[i].text;
		if (strcmp(texts[i], texts[0]) != 0)
			audit_fail(a, obligation,
			    audit_note(
				a, &p->problems, kind, &p->node->image.digest, NULL, detail));
	}
	agreement = agreement_of_values(texts, values->n);
	audit_prove_agreement(a, obligation, agreement);
}

static void
compare_versions(struct audit_payload *p, const struct audit_release *r)
{
	struct audit *a = p->audit;
	const struct audit_release *first = a->report->releases;
	struct values values = { .n = 0 };
	AUTO(tag) name = { 0 };
	AUTO(tag) signature = { 0 };

	tag_of_name(&name, a);
	tag_of_signature(&signature, a);
	add(&values, "release-metadata", r->metadata.version);
	add(&values, "image-references", r->references.version);
	add(&values, "the config's label io.openshift.release", r->config_version);
	add(&values, name.whose, name.version);
	add(&values, signature.whose, signature.version);
	add(&values, "the first release image", r != first ? first->metadata.version : NULL);
	if (r->metadata.version != NULL && r->references.version != NULL)
		compare(p, &values, PROBLEM_VERSION, "the version");
}

/* Of an image that is in no list. */
static bool
is_wanted(const struct audit_options *o, const char *architecture)
{
	for (size_t i = 0; i < o->n_architectures; i++)
		if (architecture != NULL && strcmp(o->architectures[i], architecture) == 0)
			return true;
	return o->n_architectures == 0;
}

static void
compare_architectures(struct audit_payload *p)
{
	struct audit *a = p->audit;
	struct values values = { .n = 0 };
	AUTO(tag) name = { 0 };
	AUTO(tag) signature = { 0 };

	tag_of_name(&name, a);
	tag_of_signature(&signature, a);
	add(&values, "the config", p->config.architecture);
	add(&values, "the list", p->listed_architecture);
	add(&values, name.whose, name.architecture);
	add(&values, signature.whose, signature.architecture);
	if (p->node->parent == NULL && !is_wanted(a->options, p->config.architecture))
		add(&values, "--arch", a->options->architectures[0]);
	if (values.n > 1)
		compare(p, &values, PROBLEM_ARCHITECTURE, "the architecture");
}

/*
 * --- files --------------------------------------------------------------------------------------
 */

static void
note(struct audit_payload *p, enum audit_problem_kind kind, const char *detail)
{
	audit_never(p->audit, audit_note(p->audit, &p->problems, kind, &p->node->image.digest,
				  p->node->result.where, detail));
}

/* Not there, or not what it is called; unless something is in the way, which is noted. */
static void
note_file(struct audit_payload *p, const struct audit_file *f, const char *name,
    enum audit_problem_kind kind, const struct err *e)
{
	AUTO_STR char *detail =
	    f != NULL ? xasprintf("%s: %s", name, err_msg(e)) : xasprintf("%s: in no layer", name);

	if (f != NULL || !p->blocked)
		note(p, kind, detail);
}

static void
read_references(struct audit_payload *p, struct audit_release *r)
{
	struct audit *a = p->audit;
	const struct audit_file *f = audit_payload_file(p, AUDIT_REFERENCES_FILE);
	AUTO(err) e = ERR_INIT;
	size_t obligation;

	if (f == NULL || image_references_parse(&r->references, buf_bytes(&f->content), &e) != 0) {
		note_file(p, f, AUDIT_REFERENCES_FILE, PROBLEM_NO_IMAGE_REFERENCES, &e);
		return;
	}
	obligation = audit_require(a, PROOF_INTACT, "image-references is in a layer that is proven",
	    &p->node->descriptors.v[f->blob].digest);
	audit_prove_link(a, obligation, p->node->reads[f->blob].link);
}

static void
read_metadata(struct audit_payload *p, struct audit_release *r)
{
	const struct audit_file *f = audit_payload_file(p, AUDIT_METADATA_FILE);
	AUTO(err) e = ERR_INIT;

	if (f == NULL || release_metadata_parse(&r->metadata, buf_bytes(&f->content), &e) != 0)
		note_file(p, f, AUDIT_METADATA_FILE, PROBLEM_NO_METADATA, &e);
}

static void
read_policies(struct audit_payload *p, struct audit_release *r)
{
	for (size_t i = 0; i < p->n_files; i++) {
		const struct audit_file *f = &p->files[i];
		AUTO(err) e = ERR_INIT;

		if (strcmp(f->name, AUDIT_REFERENCES_FILE) == 0 ||
		    strcmp(f->name, AUDIT_METADATA_FILE) == 0)
			continue;
		if (audit_policies_read(
			&p->audit->policies, f->name, buf_bytes(&f->content), r, &e) != 0)
			note(p, PROBLEM_BAD_POLICY, err_msg(&e));
	}
}

static void
read_config(struct audit_payload *p, struct audit_release *r)
{
	if (!p->config_is_read)
		return;
	if (r->architecture == NULL)
		r->architecture = xstrdup(p->config.architecture);
	if (p->config.release_version != NULL)
		r->config_version = xstrdup(p->config.release_version);
	else
		note(p, PROBLEM_VERSION, "the config has no label io.openshift.release");
}

void
audit_release_judge(struct audit *a, size_t i)
{
	struct audit_payload *p = &a->payloads[i];
	struct audit_release *r = &a->report->releases[i];

	r->tie = p->tie;
	r->tie_key = steal(&p->tie_key);
	if (p->listed_architecture != NULL)
		r->architecture = xstrdup(p->listed_architecture);
	if (p->node->reads == NULL)
		return;
	read_config(p, r);
	read_references(p, r);
	read_metadata(p, r);
	read_policies(p, r);
	compare_versions(p, r);
	compare_architectures(p);
	if (a->report->version == NULL && r->metadata.version != NULL)
		a->report->version = xstrdup(r->metadata.version);
}
