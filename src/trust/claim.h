/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The proof that discharges an obligation: signed bytes whose claims are what was asked for. */
#ifndef RELSIG_TRUST_CLAIM_H
#define RELSIG_TRUST_CLAIM_H

#include "base/base.h"
#include "base/err.h"
#include "formats/payload.h"
#include "trust/identity.h"
#include "trust/reason.h"
#include "trust/signed_bytes.h"
#include "trust/subject.h"

/* Opaque: only claim_make makes one. */
struct claim;

/* Both sides of the comparison come from the request; what the payload claims is only ever
 * compared. */
struct expectation {
	const struct subject *subject;
	const struct identity *identity;
	enum payload_optional optional;
};

/*
 * Read the payload strictly, as the type that its kind of signature signs, compare its digest, then
 * its reference. PROVEN: *out is set. REFUSED: why is malformed-payload, signed-digest-mismatch or
 * identity-mismatch. seen gets what the payload says, for reports, as soon as it could be read (it
 * is authentic: a trusted key signed it).
 */
enum outcome claim_make(struct claim **out, const struct signed_bytes *bytes,
    const struct expectation *expected, struct payload *seen, enum reason *why,
    struct err *e) RESULT_USED;
/* Of the manifest that it is about. */
const struct digest *claim_digest(const struct claim *c);
void claim_free(struct claim *c);
AUTO_PTR_DEFINE(claim)

#endif
