/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is a signature in the Rekor log, as the log's static key promises? Only together with a signature
 * that was verified is this worth anything.
 */
#ifndef RELSIG_TRUST_TRANSPARENCY_H
#define RELSIG_TRUST_TRANSPARENCY_H

#include "base/base.h"
#include "base/err.h"
#include "formats/public_key.h"
#include "trust/public_keys.h"
#include "trust/reason.h"

/* What must be in the log; everything is borrowed. */
struct transparency_wanted {
	const struct public_key *key; /* that verified the signature */
	struct bytes signature;	      /* its octets */
	struct bytes payload;	      /* that it is over */
};

/* What the log says, true when it was proven. */
struct transparency_facts {
	bool proven;
	int64_t integrated_time; /* seconds since 1970: when the log took the entry */
	int64_t log_index;
	char log_key[PUBLIC_KEY_FINGERPRINT_HEX + 1]; /* which key of the log promised it */
};

/*
 * PROVEN: one of the log's keys, which must be ECDSA, signed the bundle, and its entry is for this
 * key, this signature and this payload. REFUSED: why and e say what is not so. UNDECIDED: no keys.
 * bundle may be NULL: there is none, which is refused.
 */
enum outcome transparency_verify(const struct public_keys *log_keys, const char *bundle,
    const struct transparency_wanted *wanted, struct transparency_facts *facts, enum reason *why,
    struct err *e) RESULT_USED;

#endif
