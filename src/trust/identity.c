/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/identity.h"

#include <stdlib.h>
#include <string.h>

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

static bool
is_name_only(const struct reference *r)
{
	return r->tag == NULL && !digest_is_set(&r->digest);
}

static void
set_nothing(struct identity *out, const char *why)
{
	out->rule = IDENTITY_UNSET;
	out->why_nothing = why;
}

/* The repository without the tag and the digest that r may have: they are not compared. */
static void
set_repository(struct identity *out, enum identity_rule rule, const struct reference *r)
{
	reference_copy(&out->reference, r);
	free(out->reference.tag);
	out->reference.tag = NULL;
	out->reference.digest = (struct digest){ 0 };
	out->rule = rule;
}

static void
set_exact(struct identity *out, const struct reference *r)
{
	if (is_name_only(r)) {
		set_nothing(out, "the name to compare with has neither a tag nor a digest");
		return;
	}
	reference_copy(&out->reference, r);
	out->rule = IDENTITY_EXACT;
}

/* By digest alone, the digest binds the image; which one the signature names does not matter. */
static void
set_repo_digest_or_exact(struct identity *out, const struct reference *image)
{
	if (image->tag == NULL && digest_is_set(&image->digest))
		set_repository(out, IDENTITY_TAG_OR_DIGEST, image);
	else
		set_exact(out, image);
}

/* Is name the prefix, or does it go on after it with '/'? */
static bool
has_prefix(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(name, prefix, n) == 0 && (name[n] == '\0' || name[n] == '/');
}

/*
 * The image's name with the prefix exchanged. What comes out must be a reference written out in
 * full: "busybox:1" would quietly become docker.io's.
 */
static void
set_remapped(
    struct identity *out, const struct policy_identity *rule, const struct reference *image)
{
	AUTO(reference) remapped = REFERENCE_INIT;
	AUTO(err) ignored = ERR_INIT;
	AUTO_STR char *repository = reference_repository(image);
	AUTO_STR char *name = reference_string(image);
	AUTO_STR char *text = NULL;
	AUTO_STR char *full = NULL;

	if (rule->prefix == NULL || rule->signed_prefix == NULL) {
		set_nothing(out, "remapIdentity lacks a prefix");
		return;
	}
	if (!has_prefix(repository, rule->prefix)) {
		set_repo_digest_or_exact(out, image);
		return;
	}
	text = xasprintf("%s%s", rule->signed_prefix, name + strlen(rule->prefix));
	if (reference_parse(&remapped, text, &ignored) == 0)
		full = reference_string(&remapped);
	if (full != NULL && strcmp(full, text) == 0)
		set_repo_digest_or_exact(out, &remapped);
	else
		set_nothing(out, "with its signedPrefix the image's name is no full name");
}

/* The rules that compare with the image's own name. */
static void
set_for_image(
    struct identity *out, const struct policy_identity *rule, const struct reference *image)
{
	if (image == NULL || !reference_is_set(image))
		set_nothing(out, "the signed name is compared with the image's, which has none");
	else if (rule->rule == POLICY_IDENTITY_MATCH_EXACT)
		set_exact(out, image);
	else if (rule->rule == POLICY_IDENTITY_MATCH_REPOSITORY)
		set_repository(out, IDENTITY_ANYTHING, image);
	else if (rule->rule == POLICY_IDENTITY_REMAP)
		set_remapped(out, rule, image);
	else
		set_repo_digest_or_exact(out, image);
}

void
identity_for_policy(
    struct identity *out, const struct policy_identity *rule, const struct reference *image)
{
	*out = (struct identity)IDENTITY_INIT;
	switch (rule->rule) {
	case POLICY_IDENTITY_UNSET:
		break;
	case POLICY_IDENTITY_EXACT_REFERENCE:
		set_exact(out, &rule->reference);
		break;
	case POLICY_IDENTITY_EXACT_REPOSITORY:
		if (reference_is_set(&rule->reference))
			set_repository(out, IDENTITY_ANYTHING, &rule->reference);
		break;
	case POLICY_IDENTITY_MATCH_EXACT:
	case POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT:
	case POLICY_IDENTITY_MATCH_REPOSITORY:
	case POLICY_IDENTITY_REMAP:
		set_for_image(out, rule, image);
		break;
	}
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
	case IDENTITY_TAG_OR_DIGEST:
		return reference_same_repository(&expected->reference, claimed) &&
		       !is_name_only(claimed);
	case IDENTITY_ANYTHING:
		return reference_same_repository(&expected->reference, claimed);
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
	AUTO_STR char *text = reference_string(&i->reference);

	switch (i->rule) {
	case IDENTITY_UNSET:
		break;
	case IDENTITY_EXACT:
		return steal(&text);
	case IDENTITY_REPOSITORY:
		return xasprintf("%s (any tag)", text);
	case IDENTITY_TAG_OR_DIGEST:
		return xasprintf("%s (any tag or digest)", text);
	case IDENTITY_ANYTHING:
		return xasprintf("%s (any tag or digest, or none)", text);
	}
	if (i->why_nothing != NULL)
		return xasprintf("nothing: %s", i->why_nothing);
	return xstrdup("nothing");
}

void
identity_free(struct identity *i)
{
	reference_free(&i->reference);
	*i = (struct identity)IDENTITY_INIT;
}
