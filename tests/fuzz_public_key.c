/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/public_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A key is whole or not there; what is accepted is the same key in both modes, and only for its
 * weakness in one of them alone.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(public_key) strict = PUBLIC_KEY_INIT;
	AUTO(public_key) weak = PUBLIC_KEY_INIT;
	AUTO(err) e = ERR_INIT;
	int b = public_key_read(&weak, bytes_of(data, size), true, &e);
	int a = public_key_read(&strict, bytes_of(data, size), false, &e);

	if (a != 0 && (strict.key != NULL || strict.spki.n != 0 || e.code == E_NONE))
		abort();
	if (a != 0 && b == 0 && e.code != E_WEAK)
		abort();
	if (a == 0 && (b != 0 || !public_key_equal(&strict, &weak)))
		abort();
	if (b == 0 && (weak.key == NULL || public_key_kind_name(weak.kind)[0] == '\0' ||
			  strlen(weak.fingerprint) != PUBLIC_KEY_FINGERPRINT_HEX))
		abort();
	return 0;
}
