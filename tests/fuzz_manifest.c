/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest m;
	struct digest instance;
	AUTO(err) e = ERR_INIT;

	if (manifest_parse(&m, bytes_of(data, size), &e) != 0) {
		if (m.kind != MANIFEST_UNSET || (e.code != E_INVALID && e.code != E_UNSUPPORTED))
			abort();
		return 0;
	}
	if (m.kind == MANIFEST_UNSET || manifest_media_type(m.kind)[0] == '\0')
		abort();
	if (manifest_instance(&instance, bytes_of(data, size), "x86_64", &e) == 0) {
		if (!manifest_is_list(m.kind) || !digest_is_sha256(&instance))
			abort();
	} else if (digest_is_set(&instance) || (e.code != E_INVALID && e.code != E_UNSUPPORTED)) {
		abort();
	}
	return 0;
}
