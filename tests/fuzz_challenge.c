/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/challenge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(challenge) c = CHALLENGE_INIT;
	AUTO(err) e = ERR_INIT;
	int r = challenge_parse(&c, bytes_of(data, size), &e);

	if (r != 0 && (c.scheme != CHALLENGE_NONE || c.realm != NULL || e.code == E_NONE))
		abort();
	if (r == 0 && c.scheme == CHALLENGE_BEARER && (c.realm == NULL || c.realm[0] == '\0'))
		abort();
	return 0;
}
