/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/oci_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each image has a digest; the only one is found without a name. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(oci_index) index = OCI_INDEX_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest digest;
	size_t i;

	if (oci_index_parse(&index, bytes_of(data, size), &e) != 0) {
		if (index.v != NULL || index.n != 0 || e.code == E_NONE)
			abort();
		return 0;
	}
	for (i = 0; i < index.n; i++)
		if (!digest_is_set(&index.v[i].digest))
			abort();
	if ((oci_index_find(&digest, &index, NULL, &e) == 0) != (index.n == 1))
		abort();
	return 0;
}
