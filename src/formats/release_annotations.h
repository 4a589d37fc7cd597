/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The annotations of an object in a release image by which the cluster version operator chooses
 * what a cluster has of it (openshift/library-go, pkg/manifest).
 */
#ifndef RELSIG_FORMATS_RELEASE_ANNOTATIONS_H
#define RELSIG_FORMATS_RELEASE_ANNOTATIONS_H

#include "base/base.h"
#include "base/err.h"
#include "formats/json.h"

struct release_annotations {
	char *feature_sets; /* release.openshift.io/feature-set: "A,B"; owned; NULL: any */
	bool self_managed;  /* include.release.openshift.io/self-managed-high-availability */
};
#define RELEASE_ANNOTATIONS_INIT                                                                   \
	{                                                                                          \
		0                                                                                  \
	}

/* From an object's metadata; place names it. E_INVALID: of the wrong type. */
int release_annotations_read(struct release_annotations *out, const json_t *metadata,
    const char *place, struct err *e) RESULT_USED;
/*
 * Why a self-managed cluster with the default feature set does not get the object, for free(); NULL
 * when it does.
 */
char *release_annotations_idle(const struct release_annotations *a);
void release_annotations_free(struct release_annotations *a);
AUTO_DEFINE(release_annotations)

#endif
