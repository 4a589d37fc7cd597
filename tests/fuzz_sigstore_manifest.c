/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/limits.h"
#include "formats/sigstore_manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each layer has a digest that may stand in a URL. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(sigstore_manifest) m = SIGSTORE_MANIFEST_INIT;
	AUTO(err) e = ERR_INIT;
	size_t i;

	if (sigstore_manifest_parse(&m, bytes_of(data, size), &e) != 0) {
		if (m.v != NULL || m.n != 0 || e.code == E_NONE)
			abort();
		return 0;
	}
	if (m.n > MAX_SIGSTORE_LAYERS)
		abort();
	for (i = 0; i < m.n; i++)
		if (m.v[i].media_type == NULL || !digest_is_sha256(&m.v[i].digest))
			abort();
	return 0;
}
