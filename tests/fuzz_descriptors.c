/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/descriptors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What it takes is a manifest, and all that it names has a sha256 digest. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;
	struct manifest m;

	if (descriptors_parse(&d, bytes_of(data, size), &e) != 0) {
		if (d.v != NULL || e.code == E_NONE)
			abort();
		return 0;
	}
	if (manifest_parse(&m, bytes_of(data, size), &e) != 0 || m.kind != d.kind)
		abort();
	for (size_t i = 0; i < d.n; i++)
		if (!digest_is_sha256(&d.v[i].digest) || d.v[i].size > (uint64_t)INT64_MAX)
			abort();
	return 0;
}
