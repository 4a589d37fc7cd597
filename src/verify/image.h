/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One image to one verdict, in the order of the trust argument: digest, signature, claims, verdict.
 */
#ifndef RELSIG_VERIFY_IMAGE_H
#define RELSIG_VERIFY_IMAGE_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/cluster_image_policy.h"
#include "formats/image_name.h"
#include "formats/mirrors.h"
#include "transport/http.h"
#include "transport/places.h"
#include "transport/registry.h"
#include "trust/openpgp.h"
#include "trust/public_keys.h"
#include "verify/image_report.h"
#include "verify/policy_run.h"
#include "verify/ready.h"
#include "verify/stores.h"

/* What the user asked for, the same for every image of a run. Everything is borrowed. */
struct image_options {
	/* Without a policy: which signatures are wanted, at least one of the two; by whom; where.
	 */
	bool openpgp, sigstore;			 /* --require */
	const struct public_keys *sigstore_keys; /* --sigstore-key; or NULL */
	/* --cluster-image-policy, and the keys of each, in the same order; or NULL */
	const struct cluster_image_policies *cluster_policies;
	const struct requirement_keys *cluster_keys;
	const struct stores *stores; /* --signature-configmap, then --store, or the default ones */
	bool stores_are_default; /* not asked offline, nor for an image that brings signatures */
	char *const *signature_files; /* --signature: when there are any, the image's own are not
					 asked for */
	size_t n_signature_files;
	const struct reference *identity; /* --identity or the release repository */

	/* With one, it decides instead of all that. */
	const struct policy_run *policy; /* --policy; or NULL */
	bool require_signed;		 /* that nothing was verified is no acceptance */

	const char *manifest_file;     /* --manifest, or NULL */
	const struct mirrors *mirrors; /* --mirror and --mirror-config, or NULL */
	const struct places *places;   /* --from; or NULL */
	const char *directory;	       /* --dir, or NULL */
	bool digest_only;
	/*
	 * Keep the manifests and what was accepted; and look at every signature, also when enough
	 * are accepted.
	 */
	bool keep;
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

/* Verify the image that name stands for. Everything that happens is in the report. */
void image_verify(const struct image_run *run, const char *name, struct image_report *out);
/*
 * The same for one image of the list that name stands for: its own manifest, its own signatures, by
 * the name of the list.
 */
void image_verify_instance(const struct image_run *run, const char *name,
    const struct digest *instance, struct image_report *out);

#endif
