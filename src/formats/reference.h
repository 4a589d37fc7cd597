/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Image references, "quay.io/openshift-release-dev/ocp-release:4.14.3-x86_64", in the grammar and
 * with the normalisation of containers/image's docker/reference (ParseNormalizedNamed): docker.io
 * and library/ are filled in, index.docker.io becomes docker.io, no tag is ever added.
 */
#ifndef RELSIG_FORMATS_REFERENCE_H
#define RELSIG_FORMATS_REFERENCE_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"

/* All zero is "no reference". Every string is owned. */
struct reference {
	char *domain;	      /* "quay.io", "registry.local:5000", "localhost", "[::1]:5000" */
	char *path;	      /* "openshift-release-dev/ocp-release" */
	char *tag;	      /* NULL when there is none */
	struct digest digest; /* not set when there is none */
};
#define REFERENCE_INIT                                                                             \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Parse and normalise. A transport prefix ("docker://"), a URL, a path or white space is an error
 * that says what it looks like and what belongs there. On failure out is "no reference".
 */
int reference_parse(struct reference *out, const char *text, struct err *e) RESULT_USED;
/* The same for bytes from outside, which may hold NUL. */
int reference_parse_bytes(struct reference *out, struct bytes text, struct err *e) RESULT_USED;
/* "domain/path", for free(). */
char *reference_repository(const struct reference *r);
/* "domain/path[:tag][@digest]", for free(). */
char *reference_string(const struct reference *r);
/*
 * May text be the front of a reference up to a '/', or its whole repository: HOST[:PORT][/PATH]?
 * Nothing is filled in: "busybox" is a host here, as for containers/image's remapIdentity.
 */
bool reference_is_prefix(const char *text) RESULT_USED;
bool reference_is_set(const struct reference *r) RESULT_USED;
bool reference_same_repository(const struct reference *a, const struct reference *b) RESULT_USED;
/* Same repository, tag (or none) and digest (or none). False when either is not set. */
bool reference_equal(const struct reference *a, const struct reference *b) RESULT_USED;
void reference_copy(struct reference *out, const struct reference *r);
void reference_free(struct reference *r);
AUTO_DEFINE(reference)

#endif
