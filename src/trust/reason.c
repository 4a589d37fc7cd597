/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/reason.h"

const char *
reason_word(enum reason r)
{
	switch (r) {
	case REASON_UNSET:
		break;
	case REASON_NO_SIGNATURE:
		return "no-signature";
	case REASON_NOT_A_SIGNATURE:
		return "not-a-signature";
	case REASON_BAD_SIGNATURE:
		return "bad-signature";
	case REASON_UNKNOWN_KEY:
		return "unknown-key";
	case REASON_UNTRUSTED_KEY:
		return "untrusted-key";
	case REASON_KEY_EXPIRED:
		return "key-expired";
	case REASON_KEY_REVOKED:
		return "key-revoked";
	case REASON_SIGNATURE_EXPIRED:
		return "signature-expired";
	case REASON_WEAK_CRYPTO:
		return "weak-crypto";
	case REASON_MALFORMED_PAYLOAD:
		return "malformed-payload";
	case REASON_SIGNED_DIGEST_MISMATCH:
		return "signed-digest-mismatch";
	case REASON_IDENTITY_MISMATCH:
		return "identity-mismatch";
	case REASON_MANIFEST_DIGEST_MISMATCH:
		return "manifest-digest-mismatch";
	case REASON_UNSUPPORTED_MANIFEST:
		return "unsupported-manifest";
	case REASON_REJECTED_BY_POLICY:
		return "rejected-by-policy";
	case REASON_UNREACHABLE:
		return "unreachable";
	case REASON_TOO_LARGE:
		return "too-large";
	case REASON_TIMED_OUT:
		return "timed-out";
	case REASON_IO_ERROR:
		return "io-error";
	case REASON_USAGE:
		return "usage";
	case REASON_CONTENT_MISSING:
		return "content-missing";
	case REASON_CONTENT_MISMATCH:
		return "content-mismatch";
	case REASON_ACCEPTED:
		return "accepted";
	}
	return "unset";
}

enum reason
reason_of_error(enum errc code)
{
	switch (code) {
	case E_USAGE:
		return REASON_USAGE;
	case E_UNREACHABLE:
	case E_DENIED:
		return REASON_UNREACHABLE;
	case E_TOO_LARGE:
		return REASON_TOO_LARGE;
	case E_TIMED_OUT:
		return REASON_TIMED_OUT;
	case E_NONE:
	case E_NOT_FOUND:
	case E_INVALID:
	case E_WEAK:
	case E_UNSUPPORTED:
	case E_MISMATCH:
	case E_IO:
		break;
	}
	return REASON_IO_ERROR;
}
