/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted is the input to the letter. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(err) e = ERR_INIT;
	struct digest d;

	if (digest_parse(&d, bytes_of(data, size), &e) != 0) {
		if (digest_is_set(&d) || e.code == E_NONE)
			abort();
		return 0;
	}
	if (!bytes_equal(bytes_of_str(d.text), bytes_of(data, size)) || strlen(digest_hex(&d)) < 64)
		abort();
	return 0;
}
