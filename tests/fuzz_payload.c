/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/payload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the strict mode accepts, the other accepts too; nothing is left after a refusal. No payload
 * is of two types, and none is of no type. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(payload) strict = PAYLOAD_INIT;
	AUTO(payload) loose = PAYLOAD_INIT;
	AUTO(payload) cosign = PAYLOAD_INIT;
	AUTO(payload) none = PAYLOAD_INIT;
	AUTO(err) e = ERR_INIT;
	int c = payload_parse(
	    &cosign, bytes_of(data, size), PAYLOAD_COSIGN, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, &e);
	int d = payload_parse(
	    &none, bytes_of(data, size), PAYLOAD_TYPE_UNSET, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, &e);
	int a = payload_parse(
	    &strict, bytes_of(data, size), PAYLOAD_ATOMIC, PAYLOAD_OPTIONAL_REQUIRED, &e);
	int b = payload_parse(
	    &loose, bytes_of(data, size), PAYLOAD_ATOMIC, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, &e);

	if (a == 0 && b != 0)
		abort();
	if ((c == 0 && b == 0) || d == 0)
		abort();
	if (b == 0 && (loose.claimed_reference[0] == '\0' || !digest_is_set(&loose.claimed_digest)))
		abort();
	if (b != 0 &&
	    (e.code != E_INVALID || loose.claimed_reference != NULL || loose.creator != NULL))
		abort();
	return 0;
}
