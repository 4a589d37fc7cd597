/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an audit found: the evidence tree, and the problems in it. Text from outside is untrusted.
 */
#ifndef RELSIG_VERIFY_AUDIT_REPORT_H
#define RELSIG_VERIFY_AUDIT_REPORT_H

#include "formats/descriptors.h"
#include "formats/image_references.h"
#include "formats/release_metadata.h"
#include "verify/image_report.h"

/* Kinds of problems; the words are for scripts (audit_problem_word), and never change. */
enum audit_problem_kind {
	PROBLEM_UNSET = 0,
	PROBLEM_MISSING_MANIFEST,     /* "missing-manifest": nobody who was asked has it */
	PROBLEM_CORRUPT_MANIFEST,     /* "corrupt-manifest": bytes with another digest */
	PROBLEM_UNSUPPORTED_MANIFEST, /* "unsupported-manifest": not of a kind that can be audited
				       */
	PROBLEM_MISSING_BLOB,	      /* "missing-blob" */
	PROBLEM_BLOB_SIZE,	      /* "blob-size": another size than the manifest says */
	PROBLEM_CORRUPT_BLOB,	      /* "corrupt-blob": bytes with another digest */
	PROBLEM_NO_IMAGE_REFERENCES,  /* "no-image-references": in no layer, or cannot be read */
	PROBLEM_NO_METADATA,	      /* "no-release-metadata" */
	PROBLEM_BAD_COMPONENT,	      /* "bad-component": named by a tag, or twice, or not at all */
	PROBLEM_VERSION,	      /* "version-mismatch" */
	PROBLEM_ARCHITECTURE,	      /* "architecture-mismatch" */
	PROBLEM_NO_SIGSTORE,	      /* "no-sigstore-signature": nodes will demand one */
	PROBLEM_BAD_SIGSTORE,	      /* "bad-sigstore-signature": there are some, none is right */
	PROBLEM_BAD_POLICY,  /* "bad-cluster-image-policy": in the payload, cannot be read */
	PROBLEM_UNREACHABLE, /* "unreachable": could not be looked at: no verdict on it */
};

struct audit_problem {
	enum audit_problem_kind kind;
	enum outcome outcome; /* REFUSED, or UNDECIDED for what could not be looked at */
	char *architecture;   /* of the release image that it is in; owned; NULL: of all */
	char *component;      /* owned; NULL: the release image itself */
	struct digest digest; /* of the manifest or blob that it is about; may be unset */
	char *where;	      /* URL or path; owned; or NULL */
	char *detail;	      /* tried, got, want; owned */
};

#define AUDIT_PROBLEM_INIT                                                                         \
	{                                                                                          \
		0                                                                                  \
	}
void audit_problem_free(struct audit_problem *p);

/* A blob that an image refers to. */
struct audit_blob {
	struct digest digest;
	uint64_t size;	  /* as the manifest says */
	char *media_type; /* owned */
	enum outcome outcome;
	bool hashed; /* read to its end and hashed; else only its size was compared */
};

/* A manifest, and all beneath it. */
struct audit_image {
	struct digest digest;
	char *architecture; /* of an image in a list; owned; or NULL */
	char *where;	    /* that it came from; owned; or NULL */
	enum manifest_kind kind;
	size_t bytes;
	enum outcome outcome; /* of the manifest and all beneath it */
	struct audit_blob *blobs;
	size_t n_blobs;
	struct audit_image *children; /* of a list: those that were looked at */
	size_t n_children;
	enum outcome sigstore; /* UNSET: nobody will demand such a signature */
	char *sigstore_key;    /* fingerprint of the key that verified; owned; or NULL */
};

#define AUDIT_IMAGE_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}
void audit_image_free(struct audit_image *i);

struct audit_component {
	const struct release_component *named; /* borrowed from the release's references */
	bool wanted;			       /* by --components */
	struct audit_image image;
};

/* A ClusterImagePolicy in the payload. */
struct audit_policy {
	char *name; /* owned */
	char *idle; /* why a cluster with the default settings does not enforce it ("for the
		       feature sets TechPreviewNoUpgrade alone"); owned; NULL: it does */
};

/* How one release image is tied to what was verified. */
enum audit_tie {
	TIE_UNSET = 0,
	TIE_SIGNATURE,	/* "signature": its own */
	TIE_MEMBERSHIP, /* "membership": the signed list names its digest */
};

/* One release image: of a list, one for each architecture. */
struct audit_release {
	char *architecture; /* owned */
	struct audit_image image;
	enum audit_tie tie;
	char *tie_key; /* of TIE_SIGNATURE: the primary fingerprint, or the public key's; owned */
	struct image_references references;
	struct release_metadata metadata;
	char *config_version; /* owned; or NULL */
	struct audit_policy *policies;
	size_t n_policies;
	struct audit_component *components; /* one for each of references */
	size_t n_components;
};

struct audit_counts {
	size_t manifests, blobs, blobs_hashed; /* each distinct one once */
	uint64_t bytes_named, bytes_hashed;    /* of those blobs */
	size_t components;		       /* distinct images */
	size_t sigstore;		       /* signatures that verified */
};

struct audit_report {
	struct image_report image; /* as relsig verify has it: it decides first */
	char *version;		   /* owned; NULL when it is not known */
	struct audit_release *releases;
	size_t n_releases;
	struct audit_problem *problems;
	size_t n_problems;
	struct audit_counts counts;
	bool interrupted; /* by a signal, or the time was up: what is not here was not looked at */
	struct verdict verdict; /* of all of it: an obligation each for what has to be proven */
};
#define AUDIT_REPORT_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}
void audit_report_free(struct audit_report *r);
AUTO_DEFINE(audit_report)

const char *audit_problem_word(enum audit_problem_kind kind);
const char *audit_tie_word(enum audit_tie tie);

#endif
