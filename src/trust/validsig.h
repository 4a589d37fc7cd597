/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gpg's status lines about one signature, read strictly (gnupg's doc/DETAILS). */
#ifndef RELSIG_TRUST_VALIDSIG_H
#define RELSIG_TRUST_VALIDSIG_H

#include "base/base.h"
#include "base/err.h"
#include "formats/fingerprint.h"
#include "trust/gpg.h"

struct validsig {
	char signing_key[FINGERPRINT_HEX + 1];
	char primary[FINGERPRINT_HEX + 1];
	int64_t created;
	unsigned version, key_algorithm, hash_algorithm, signature_class;
	char *user_id; /* from GOODSIG, percent-decoded; owned */
};
#define VALIDSIG_INIT                                                                              \
	{                                                                                          \
		0                                                                                  \
	}
void validsig_free(struct validsig *v);
AUTO_DEFINE(validsig)

/*
 * Exactly one PLAINTEXT, NEWSIG, GOODSIG and VALIDSIG; a PLAINTEXT_LENGTH, if any, equal to
 * output_length; besides these only lines that are known to be harmless. E_INVALID otherwise,
 * naming the line.
 */
int validsig_read(struct validsig *out, const struct gpg_result *r, size_t output_length,
    struct err *e) RESULT_USED;
/* True when there is a line with that keyword whose arguments begin with prefix. */
bool gpg_status_has(
    const struct gpg_result *r, const char *keyword, const char *prefix) RESULT_USED;

#endif
