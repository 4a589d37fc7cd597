/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ClusterImagePolicy objects of config.openshift.io/v1 (and v1alpha1): what an OpenShift cluster
 * demands of images, which its nodes then find in their policy.json. Each becomes the requirement
 * of policy.json that the machine config operator makes of it.
 */
#ifndef RELSIG_FORMATS_CLUSTER_IMAGE_POLICY_H
#define RELSIG_FORMATS_CLUSTER_IMAGE_POLICY_H

#include "base/base.h"
#include "base/err.h"
#include "formats/policy_requirement.h"
#include "formats/release_annotations.h"
#include "formats/scopes.h"

struct cluster_image_policy {
	char *name;    /* metadata.name, owned */
	char **scopes; /* owned, at least one: scopes of the transport "docker" */
	size_t n_scopes;
	struct policy_requirement requirement; /* sigstoreSigned */
	struct release_annotations annotations;
};

struct cluster_image_policies {
	struct cluster_image_policy *v;
	size_t n;
};
#define CLUSTER_IMAGE_POLICIES_INIT                                                                \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Append every object of a YAML or JSON stream, or of a List; file names it in messages. E_INVALID
 * with the place: another kind of object, members that are not known, a root of trust that is not
 * whole; E_TOO_LARGE. Nothing is appended then.
 */
int cluster_image_policies_read(struct cluster_image_policies *out, const char *file,
    struct bytes in, struct err *e) RESULT_USED;
/* The same, passing over objects that are of another kind; there may be none of this one. */
int cluster_image_policies_pick(struct cluster_image_policies *out, const char *file,
    struct bytes in, struct err *e) RESULT_USED;
/*
 * The policies that hold for an image with these scopes: those that name the first of the scopes
 * that any names, as nodes search. n of them, borrowed; NULL when none does. The array is for
 * free().
 */
const struct cluster_image_policy **cluster_image_policies_find(
    const struct cluster_image_policies *p, const struct scopes *scopes, size_t *n);
void cluster_image_policies_free(struct cluster_image_policies *p);
AUTO_DEFINE(cluster_image_policies)

#endif
