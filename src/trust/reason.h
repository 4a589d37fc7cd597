/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for what came out, the same in text, JSON, the manual and scripts that match them. */
#ifndef RELSIG_TRUST_REASON_H
#define RELSIG_TRUST_REASON_H

#include "base/base.h"
#include "base/err.h"

enum reason {
	REASON_UNSET = 0,
	REASON_NO_SIGNATURE,
	REASON_NOT_A_SIGNATURE,
	REASON_BAD_SIGNATURE,
	REASON_UNKNOWN_KEY,
	REASON_UNTRUSTED_KEY,
	REASON_KEY_EXPIRED,
	REASON_KEY_REVOKED,
	REASON_SIGNATURE_EXPIRED,
	REASON_WEAK_CRYPTO,
	REASON_MALFORMED_PAYLOAD,
	REASON_SIGNED_DIGEST_MISMATCH,
	REASON_IDENTITY_MISMATCH,
	REASON_MANIFEST_DIGEST_MISMATCH,
	REASON_UNSUPPORTED_MANIFEST,
	REASON_REJECTED_BY_POLICY,
	REASON_UNREACHABLE,
	REASON_TOO_LARGE,
	REASON_TIMED_OUT,
	REASON_IO_ERROR,
	REASON_USAGE,
	REASON_CONTENT_MISSING,
	REASON_CONTENT_MISMATCH,
	REASON_ACCEPTED = 100,
};

/* What one step, or the whole, came to. Zero is not "proven". */
enum outcome {
	OUTCOME_UNSET = 0,
	OUTCOME_PROVEN,	   /* only together with the proof itself */
	OUTCOME_REFUSED,   /* the evidence is there and says no */
	OUTCOME_UNDECIDED, /* there was no way to tell */
};

/* "bad-signature"; "unset" for REASON_UNSET, which no report should ever show. */
const char *reason_word(enum reason r);
/*
 * The reason for an error that kept us from the evidence (unreachable, timed-out, too-large, ...).
 */
enum reason reason_of_error(enum errc code);

#endif
