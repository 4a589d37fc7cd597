/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the Rekor log says of a signature: the bundle, its promise ("signed entry timestamp") to
 * have an entry, and the entry itself, of the kind hashedrekord 0.0.1. What both are worth, and
 * whether the entry is that of the signature, is trust/transparency's business.
 */
#ifndef RELSIG_FORMATS_REKOR_H
#define RELSIG_FORMATS_REKOR_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/digest.h"

struct rekor_bundle {
	struct buf promise;	/* SignedEntryTimestamp: the log's signature */
	struct buf signed_form; /* what it is over: the payload as canonical JSON (RFC 8785) */
	struct buf entry;	/* Payload.body, decoded */
	int64_t integrated_time, log_index;
};
#define REKOR_BUNDLE_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * {"SignedEntryTimestamp", "Payload": {"body", "integratedTime", "logIndex", "logID"}}, exactly.
 * The numbers are integers of 0 to 2^53 - 1, logID is 64 lower-case hex digits, and base64 is
 * strict: so there is one canonical form. E_INVALID; on failure out is zeroed.
 */
int rekor_bundle_parse(struct rekor_bundle *out, struct bytes json, struct err *e) RESULT_USED;
void rekor_bundle_free(struct rekor_bundle *b);
AUTO_DEFINE(rekor_bundle)

struct rekor_entry {
	struct buf signature;  /* spec.signature.content, decoded */
	struct buf public_key; /* spec.signature.publicKey.content, decoded: PEM */
	struct digest digest;  /* spec.data.hash: SHA-256 of what is signed */
};
#define REKOR_ENTRY_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Exact keys. E_UNSUPPORTED: another kind or version of entry, another hash than sha256. E_INVALID.
 * On failure out is zeroed.
 */
int rekor_entry_parse(struct rekor_entry *out, struct bytes json, struct err *e) RESULT_USED;
void rekor_entry_free(struct rekor_entry *entry);
AUTO_DEFINE(rekor_entry)

#endif
