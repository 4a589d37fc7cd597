/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/audit_report.h"

#include <stdlib.h>

void
audit_image_free(struct audit_image *i)
{
	free(i->architecture);
	free(i->where);
	for (size_t k = 0; k < i->n_blobs; k++)
		free(i->blobs[k].media_type);
	free(i->blobs);
	for (size_t k = 0; k < i->n_children; k++)
		audit_image_free(&i->children[k]);
	free(i->children);
	free(i->sigstore_key);
	*i = (struct audit_image)AUDIT_IMAGE_INIT;
}

static void
release_free(struct audit_release *r)
{
	free(r->architecture);
	audit_image_free(&r->image);
	free(r->tie_key);
	for (size_t i = 0; i < r->n_components; i++)
		audit_image_free(&r->components[i].image);
	free(r->components);
	image_references_free(&r->references);
	release_metadata_free(&r->metadata);
	free(r->config_version);
	for (size_t i = 0; i < r->n_policies; i++) {
		free(r->policies[i].name);
		free(r->policies[i].idle);
	}
	free(r->policies);
}

void
audit_problem_free(struct audit_problem *p)
{
	free(p->architecture);
	free(p->component);
	free(p->where);
	free(p->detail);
	*p = (struct audit_problem)AUDIT_PROBLEM_INIT;
}

void
audit_report_free(struct audit_report *r)
{
	image_report_free(&r->image);
	free(r->version);
	for (size_t i = 0; i < r->n_releases; i++)
		release_free(&r->releases[i]);
	free(r->releases);
	for (size_t i = 0; i < r->n_problems; i++)
		audit_problem_free(&r->problems[i]);
	free(r->problems);
	verdict_free(&r->verdict);
	*r = (struct audit_report)AUDIT_REPORT_INIT;
}

const char *
audit_problem_word(enum audit_problem_kind kind)
{
	switch (kind) {
	case PROBLEM_UNSET:
		break;
	case PROBLEM_MISSING_MANIFEST:
		return "missing-manifest";
	case PROBLEM_CORRUPT_MANIFEST:
		return "corrupt-manifest";
	case PROBLEM_UNSUPPORTED_MANIFEST:
		return "unsupported-manifest";
	case PROBLEM_MISSING_BLOB:
		return "missing-blob";
	case PROBLEM_BLOB_SIZE:
		return "blob-size";
	case PROBLEM_CORRUPT_BLOB:
		return "corrupt-blob";
	case PROBLEM_NO_IMAGE_REFERENCES:
		return "no-image-references";
	case PROBLEM_NO_METADATA:
		return "no-release-metadata";
	case PROBLEM_BAD_COMPONENT:
		return "bad-component";
	case PROBLEM_VERSION:
		return "version-mismatch";
	case PROBLEM_ARCHITECTURE:
		return "architecture-mismatch";
	case PROBLEM_NO_SIGSTORE:
		return "no-sigstore-signature";
	case PROBLEM_BAD_SIGSTORE:
		return "bad-sigstore-signature";
	case PROBLEM_BAD_POLICY:
		return "bad-cluster-image-policy";
	case PROBLEM_UNREACHABLE:
		return "unreachable";
	}
	return "unset";
}

const char *
audit_tie_word(enum audit_tie tie)
{
	switch (tie) {
	case TIE_UNSET:
		break;
	case TIE_SIGNATURE:
		return "signature";
	case TIE_MEMBERSHIP:
		return "membership";
	}
	return "unset";
}
