/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/keys.h"

#include <stdlib.h>
#include <string.h>

void
trusted_keys_add(struct trusted_keys *k, const char *fingerprint)
{
	char(*slot)[FINGERPRINT_HEX + 1];

	if (strlen(fingerprint) != FINGERPRINT_HEX)
		return; /* a shorter one could only match by accident */
	slot = LIST_ADD(k->fingerprints, k->n_fingerprints);
	memcpy(*slot, fingerprint, FINGERPRINT_HEX + 1);
}

void
trusted_keys_add_all(struct trusted_keys *k)
{
	for (size_t i = 0; i < k->certificates.n; i++)
		trusted_keys_add(k, k->certificates.v[i].keys[0].fingerprint);
}

bool
trusted_keys_usable(const struct trusted_keys *k)
{
	for (size_t i = 0; i < k->n_fingerprints; i++)
		if (certificates_by_primary(&k->certificates, k->fingerprints[i]) != NULL)
			return true;
	return false;
}

bool
trusted_keys_trust(const struct trusted_keys *k, const char *fingerprint)
{
	if (certificates_by_primary(&k->certificates, fingerprint) == NULL)
		return false;
	for (size_t i = 0; i < k->n_fingerprints; i++)
		if (strcmp(k->fingerprints[i], fingerprint) == 0)
			return true;
	return false;
}

void
trusted_keys_free(struct trusted_keys *k)
{
	certificates_free(&k->certificates);
	free(k->fingerprints);
	*k = (struct trusted_keys)TRUSTED_KEYS_INIT;
}
