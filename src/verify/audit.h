/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A whole release: the release image is verified, and then, link by link, that all it refers to is
 * there and is what it says. A digest chain from what was signed; nothing that is not in it is
 * looked at.
 */
#ifndef RELSIG_VERIFY_AUDIT_H
#define RELSIG_VERIFY_AUDIT_H

#include <stdatomic.h>

#include "base/base.h"
#include "base/err.h"
#include "verify/audit_report.h"
#include "verify/image.h"
#include "verify/progress_counts.h"

enum audit_blobs {
	AUDIT_BLOBS_UNSET = 0,
	AUDIT_BLOBS_PRESENT, /* each is there with the size that is named (the default) */
	AUDIT_BLOBS_VERIFY,  /* and each is read and hashed, once */
	AUDIT_BLOBS_NONE,    /* only manifests, and what has to be read of the release image */
};

struct audit_options {
	enum audit_blobs blobs;
	/* Go's words ("arm64") of the images of lists that are wanted; none: all. */
	char *const *architectures;
	size_t n_architectures;
	char *const *components; /* --components: names; none: all */
	size_t n_components;
	bool payload_only; /* components are named in the report, and not fetched; no blob is */
	bool allow_weak;
	unsigned jobs;
	struct progress_counts *progress; /* borrowed; or NULL */
	/* When another thread sets it, what was begun is ended soon, and no more is; or NULL. */
	const atomic_bool *stop;
};

/* Everything that happens is in the report. E_USAGE: a component that no release has. */
int audit_run(const struct image_run *run, const struct audit_options *options, const char *name,
    struct audit_report *out, struct err *e) RESULT_USED;

#endif
