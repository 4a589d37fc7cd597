/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/certificates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every certificate that comes out is read again as itself, alone and whole. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(err) e = ERR_INIT;

	if (certificates_add(&c, bytes_of(data, size), "fuzz", &e) != 0)
		return 0;
	if (c.n == 0)
		abort();
	for (size_t i = 0; i < c.n; i++) {
		AUTO(certificates) again = CERTIFICATES_INIT;
		const struct certificate *one = &c.v[i];

		if (certificates_add(&again, buf_bytes(&one->raw), "again", &e) != 0 ||
		    again.n != 1 || again.skipped.n != 0 || again.v[0].n_keys != one->n_keys ||
		    !bytes_equal(buf_bytes(&again.v[0].raw), buf_bytes(&one->raw)) ||
		    strcmp(again.v[0].user_id, one->user_id) != 0)
			abort();
		if (certificates_by_primary(&c, one->keys[0].fingerprint) != one ||
		    certificates_by_key(&c, one->keys[one->n_keys - 1].fingerprint) != one)
			abort();
	}
	return 0;
}
