/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/reference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted, written out in full, is accepted again and is the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(reference) r = REFERENCE_INIT;
	AUTO(reference) again = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *text = NULL;

	if (reference_parse_bytes(&r, bytes_of(data, size), &e) != 0) {
		if (reference_is_set(&r) || e.code == E_NONE)
			abort();
		return 0;
	}
	text = reference_string(&r);
	if (reference_parse(&again, text, &e) != 0 || !reference_equal(&r, &again))
		abort();
	return 0;
}
