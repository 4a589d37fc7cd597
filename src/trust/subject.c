/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/subject.h"

#include <stdlib.h>

struct subject {
	struct digest digest;
	struct manifest manifest;
};

enum outcome
subject_from_manifest(struct subject **out, struct bytes raw, const struct digest *asked,
    enum reason *why, struct err *e)
{
	AUTO_PTR(subject) s = xcalloc(1, sizeof(*s));

	*out = NULL;
	if (digest_of_bytes(&s->digest, raw, e) != 0) {
		*why = REASON_IO_ERROR;
		return OUTCOME_UNDECIDED;
	}
	if (asked != NULL && digest_is_set(asked) && !digest_equal(&s->digest, asked)) {
		(void)err_set(e, E_MISMATCH, "the manifest has the digest %s, want %s",
		    s->digest.text, asked->text);
		*why = REASON_MANIFEST_DIGEST_MISMATCH;
		return OUTCOME_REFUSED;
	}
	if (manifest_parse(&s->manifest, raw, e) != 0) {
		(void)err_wrap(e, "the manifest %s", s->digest.text);
		*why = REASON_UNSUPPORTED_MANIFEST;
		return OUTCOME_REFUSED;
	}
	*out = steal(&s);
	return OUTCOME_PROVEN;
}

enum outcome
subject_from_digest(
    struct subject **out, const struct digest *given, enum reason *why, struct err *e)
{
	AUTO_PTR(subject) s = xcalloc(1, sizeof(*s));

	*out = NULL;
	if (!digest_is_sha256(given)) {
		(void)err_set(e, E_USAGE, "a sha256 digest is wanted when no manifest is fetched");
		*why = REASON_USAGE;
		return OUTCOME_UNDECIDED;
	}
	s->digest = *given;
	*out = steal(&s);
	return OUTCOME_PROVEN;
}

const struct digest *
subject_digest(const struct subject *s)
{
	return &s->digest;
}

enum manifest_kind
subject_manifest_kind(const struct subject *s)
{
	return s->manifest.kind;
}

void
subject_free(struct subject *s)
{
	free(s);
}
