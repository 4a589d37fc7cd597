/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One image to one verdict, in the order of the trust argument: digest, signature, claims, verdict.
 */
#ifndef RELSIG_VERIFY_IMAGE_H
#define RELSIG_VERIFY_IMAGE_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/image_name.h"
#include "formats/payload.h"
#include "transport/http.h"
#include "transport/registry.h"
#include "trust/openpgp.h"
#include "trust/verdict.h"
#include "verify/ready.h"

/* What the user asked for, the same for every image of a run. Everything is borrowed. */
struct image_options {
	char *const *stores; /* in order; --store, or the default ones */
	size_t n_stores;
	bool stores_are_default; /* not asked offline, nor for an image that brings signatures */
	char *const *signature_files; /* --signature: when there are any, nothing else is asked */
	size_t n_signature_files;
	const struct reference *identity; /* --identity or the release repository */
	const char *manifest_file;	  /* --manifest, or NULL */
	bool digest_only;
	const char *machine;	  /* this machine's architecture for bare versions, or NULL */
	struct deadline deadline; /* after it nothing is begun: the image is timed-out */
};

/* What a run shares; used by several threads at once. */
struct image_run {
	const struct image_options *options;
	struct http *http;
	struct registry *registry;
	struct openpgp *openpgp;
	struct ready *keys; /* openpgp may be asked when this is set */
};

/* One look into a store or at a blob. Text from outside is untrusted. */
struct attempt {
	char *store; /* where the blob was looked for: a store's URL, "dir", "--signature"; owned */
	char *location; /* URL or path of the blob; owned; NULL when there was none */
	size_t bytes;	/* of the blob */
	enum outcome outcome;
	enum reason reason;
	char *detail; /* owned, or NULL */
	struct signature_facts facts;
	struct payload payload; /* what was signed; meaningful when claimed_reference is set */
};

struct image_report {
	char *given;		 /* the name as it was given, owned */
	char *expected_identity; /* owned; NULL when the name could not be read */
	struct digest digest;	 /* of the manifest, or the one asked for; may be unset */
	char *manifest_location; /* URL or path that it was fetched from; owned; NULL for none */
	size_t manifest_bytes;
	enum manifest_kind manifest_kind;
	bool digest_only;
	struct verdict verdict;
	struct attempt *attempts;
	size_t n_attempts;
	const struct attempt *accepted; /* the attempt that proved it, among attempts; or NULL */
};
#define IMAGE_REPORT_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}
void image_report_free(struct image_report *r);
AUTO_DEFINE(image_report)

/* Verify the image that name stands for. Everything that happens is in the report. */
void image_verify(const struct image_run *run, const char *name, struct image_report *out);

#endif
