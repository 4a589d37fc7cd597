/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose name must be signed: the expectation, made from the request alone, and the comparison. */
#ifndef RELSIG_TRUST_IDENTITY_H
#define RELSIG_TRUST_IDENTITY_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/policy_identity.h"
#include "formats/reference.h"

enum identity_rule {
	IDENTITY_UNSET = 0, /* nothing matches */
	IDENTITY_EXACT, /* repository, tag and digest as they are (or are not) in the reference */
	IDENTITY_REPOSITORY, /* the repository; any tag, or the manifest's own digest */
	/* A policy's, where another rule would be stricter than the node is: */
	IDENTITY_TAG_OR_DIGEST, /* the repository; any tag, or any digest */
	IDENTITY_ANYTHING,	/* the repository; any tag, any digest, or neither */
};

struct identity {
	enum identity_rule rule;
	struct reference reference;
	const char *why_nothing; /* static: why the rule is IDENTITY_UNSET; NULL when it is not */
};
#define IDENTITY_INIT                                                                              \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * The identity rule for releases. repository is --identity or the release repository: with a tag or
 * a digest it is wanted exactly. Otherwise image_tag, the tag in the image's name, is wanted too;
 * NULL when it has none, and then any tag does, for the digest binds the image.
 */
void identity_for_image(
    struct identity *out, const struct reference *repository, const char *image_tag);
/* skopeo's standalone-verify: the reference as given, normalised. */
void identity_exact(struct identity *out, const struct reference *reference);
/*
 * A requirement's signedIdentity, as containers/image compares it, for the image that the user
 * named: not the mirror that it came from. image is NULL, or not set, when the image has no such
 * name (dir:, oci:); then only exactReference and exactRepository can match. Whatever cannot match,
 * rule itself not set included, is IDENTITY_UNSET.
 */
void identity_for_policy(
    struct identity *out, const struct policy_identity *rule, const struct reference *image);
/*
 * Does the claimed docker-reference satisfy the rule? E_MISMATCH with got and want when not;
 * E_INVALID when it is no reference at all. manifest is the digest that the signature covers.
 */
int identity_match(const struct identity *expected, const char *claimed_reference,
    const struct digest *manifest, struct err *e) RESULT_USED;
/*
 * What is expected, for people and reports: "quay.io/a/b:1.2", "quay.io/a/b (any tag)", or
 * "nothing" and why. For free().
 */
char *identity_describe(const struct identity *i);
void identity_free(struct identity *i);
AUTO_DEFINE(identity)

#endif
