/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/made_signature.h"

#include <time.h>

enum outcome
made_signature_prove(struct claim **out, struct openpgp *o, const struct subject *subject,
    const struct reference *name, struct bytes blob, enum reason *why, struct err *e)
{
	AUTO(signature_facts) facts = SIGNATURE_FACTS_INIT;
	AUTO(identity) identity = IDENTITY_INIT;
	AUTO(payload) payload = PAYLOAD_INIT;
	AUTO_PTR(signed_bytes) bytes = NULL;
	struct expectation expected = {
		.subject = subject, .identity = &identity, .optional = PAYLOAD_OPTIONAL_REQUIRED
	};
	enum outcome outcome;

	*out = NULL;
	identity_exact(&identity, name);
	outcome = openpgp_verify(o, blob, (int64_t)time(NULL), &bytes, &facts, why, e);
	if (outcome == OUTCOME_PROVEN)
		outcome = claim_make(out, bytes, &expected, &payload, why, e);
	if (outcome != OUTCOME_PROVEN)
		(void)err_wrap(e, "what gpg made would not be accepted");
	return outcome;
}
