/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The acceptance predicate over what gpg said about one preflighted message: the operation, one
 * good signature and nothing else, agreement of everything with the message, a trusted signer, the
 * time. What is good is listed; all else refuses.
 */
#ifndef RELSIG_TRUST_EVIDENCE_H
#define RELSIG_TRUST_EVIDENCE_H

#include "base/base.h"
#include "base/err.h"
#include "formats/signed_message.h"
#include "trust/gpg.h"
#include "trust/keys.h"
#include "trust/reason.h"
#include "trust/validsig.h"

/* Everything is borrowed. */
struct evidence {
	const struct trusted_keys *keys;
	const struct signed_message *message; /* that gpg was given */
	const struct gpg_result *result;      /* what came of it */
	bool allow_weak;
	int timeout_ms; /* that gpg had, for messages */
};

/*
 * PROVEN: the message's body is signed by a trusted key; v says by which and when. REFUSED or
 * UNDECIDED: why and e say which rule. now in seconds since 1970.
 */
enum outcome evidence_judge(const struct evidence *evidence, int64_t now, struct validsig *v,
    enum reason *why, struct err *e) RESULT_USED;

#endif
