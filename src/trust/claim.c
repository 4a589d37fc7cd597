/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/claim.h"

#include <stdlib.h>

/* That it exists is what it says. */
struct claim {
	struct digest digest;
};

enum outcome
claim_make(struct claim **out, const struct signed_bytes *bytes, const struct expectation *expected,
    struct payload *seen, enum reason *why, struct err *e)
{
	const struct digest *want = subject_digest(expected->subject);

	*out = NULL;
	*why = REASON_UNSET;
	payload_free(seen);
	if (payload_parse(seen, signed_bytes_payload(bytes), signed_bytes_type(bytes),
		expected->optional, e) != 0) {
		(void)err_wrap(e, "the signed payload");
		*why = REASON_MALFORMED_PAYLOAD;
		return OUTCOME_REFUSED;
	}
	if (!digest_equal(&seen->claimed_digest, want)) {
		(void)err_set(e, E_MISMATCH, "signed for the digest %s, want %s",
		    seen->claimed_digest.text, want->text);
		*why = REASON_SIGNED_DIGEST_MISMATCH;
		return OUTCOME_REFUSED;
	}
	if (identity_match(expected->identity, seen->claimed_reference, want, e) != 0) {
		*why = REASON_IDENTITY_MISMATCH;
		return OUTCOME_REFUSED;
	}
	*out = xcalloc(1, sizeof(**out));
	(*out)->digest = *want;
	return OUTCOME_PROVEN;
}

const struct digest *
claim_digest(const struct claim *c)
{
	return &c->digest;
}

void
claim_free(struct claim *c)
{
	free(c);
}
