/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose name must be signed: the expectation, made from the request alone, and the comparison. */
#ifndef RELSIG_TRUST_IDENTITY_H
#define RELSIG_TRUST_IDENTITY_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/reference.h"

enum identity_rule {
	IDENTITY_UNSET = 0, /* nothing matches */
	IDENTITY_EXACT, /* repository, tag and digest as they are (or are not) in the reference */
	IDENTITY_REPOSITORY, /* the repository; any tag, or the manifest's own digest */
};

struct identity {
	enum identity_rule rule;
	struct reference reference;
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
 * Does the claimed docker-reference satisfy the rule? E_MISMATCH with got and want when not;
 * E_INVALID when it is no reference at all. manifest is the digest that the signature covers.
 */
int identity_match(const struct identity *expected, const char *claimed_reference,
    const struct digest *manifest, struct err *e) RESULT_USED;
/* What is expected, for people and reports: "quay.io/a/b:1.2" or "quay.io/a/b (any tag)". For
 * free(). */
char *identity_describe(const struct identity *i);
void identity_free(struct identity *i);
AUTO_DEFINE(identity)

#endif
