/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trusted keys of a run: certificates from key files, and which of their primaries count. */
#ifndef RELSIG_TRUST_KEYS_H
#define RELSIG_TRUST_KEYS_H

#include "base/base.h"
#include "base/err.h"
#include "formats/certificates.h"

/* Red Hat, Inc. (release key 2), which signs OpenShift releases. */
#define RED_HAT_RELEASE_KEY "567E347AD0044ADE55BA8A5F199E2F91FD431D51"

/* All zero trusts nobody. */
struct trusted_keys {
	struct certificates certificates;
	char (*fingerprints)[FINGERPRINT_HEX + 1]; /* of trusted primaries */
	size_t n_fingerprints;
};
#define TRUSTED_KEYS_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/* Trust one primary key, by full fingerprint (upper-case, as fingerprint_parse gives it). */
void trusted_keys_add(struct trusted_keys *k, const char *fingerprint);
/* Trust every primary key among the certificates. */
void trusted_keys_add_all(struct trusted_keys *k);
/* True when a trusted fingerprint is among the certificates: otherwise nothing can be accepted. */
bool trusted_keys_usable(const struct trusted_keys *k) RESULT_USED;
/* Is this primary key both trusted and in the key files? */
bool trusted_keys_trust(const struct trusted_keys *k, const char *fingerprint) RESULT_USED;
void trusted_keys_free(struct trusted_keys *k);
AUTO_DEFINE(trusted_keys)

#endif
