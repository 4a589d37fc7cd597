/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/release_metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(release_metadata) m = RELEASE_METADATA_INIT;
	AUTO(err) e = ERR_INIT;

	if (release_metadata_parse(&m, bytes_of(data, size), &e) != 0) {
		if (m.version != NULL || m.url != NULL || e.code != E_INVALID)
			abort();
		return 0;
	}
	if (m.version == NULL || m.version[0] == '\0')
		abort();
	return 0;
}
