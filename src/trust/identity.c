/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/identity.h"

#include <stdlib.h>

void
identity_for_image(struct identity *out, const struct reference *repository, const char *image_tag)
{
	*out = (struct identity)IDENTITY_INIT;
	if (!reference_is_set(repository))
		return;
	reference_copy(&out->reference, repository);
	out->rule = IDENTITY_EXACT;
	if (out->reference.tag != NULL || digest_is_set(&out->reference.digest))
		return;
	if (image_tag != NULL)
		out->reference.tag = xstrdup(image_tag);
	else
		out->rule = IDENTITY_REPOSITORY;
}

void
identity_exact(struct identity *out, const struct reference *reference)
{
	*out = (struct identity)IDENTITY_INIT;
	if (!reference_is_set(reference))
		return;
	reference_copy(&out->reference, reference);
	out->rule = IDENTITY_EXACT;
}

/* A name without a tag and a digest says nothing about which image is meant. */
static bool
repository_matches(
    const struct identity *expected, const struct reference *claimed, const struct digest *manifest)
{
	if (!reference_same_repository(&expected->reference, claimed))
		return false;
	if (digest_is_set(&claimed->digest))
		return digest_equal(&claimed->digest, manifest);
	return claimed->tag != NULL;
}

static bool
matches(
    const struct identity *expected, const struct reference *claimed, const struct digest *manifest)
{
	switch (expected->rule) {
	case IDENTITY_UNSET:
		return false;
	case IDENTITY_EXACT:
		return reference_equal(&expected->reference, claimed);
	case IDENTITY_REPOSITORY:
		return repository_matches(expected, claimed, manifest);
	}
	return false;
}

int
identity_match(const struct identity *expected, const char *claimed_reference,
    const struct digest *manifest, struct err *e)
{
	AUTO(reference) claimed = REFERENCE_INIT;
	AUTO_STR char *want = identity_describe(expected);

	if (reference_parse(&claimed, claimed_reference, e) != 0) {
		e->code = E_INVALID;
		return err_wrap(e, "the signed docker-reference");
	}
	if (matches(expected, &claimed, manifest))
		return 0;
	return err_set(e, E_MISMATCH, "signed as %s, want %s", claimed_reference, want);
}

char *
identity_describe(const struct identity *i)
{
	AUTO_STR char *text = NULL;

	switch (i->rule) {
	case IDENTITY_UNSET:
		break;
	case IDENTITY_EXACT:
		return reference_string(&i->reference);
	case IDENTITY_REPOSITORY:
		text = reference_string(&i->reference);
		return xasprintf("%s (any tag)", text);
	}
	return xstrdup("nothing");
}

void
identity_free(struct identity *i)
{
	reference_free(&i->reference);
	*i = (struct identity)IDENTITY_INIT;
}
