/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/fingerprint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted is 40 digits in upper case, and is accepted again as the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STR char *text = xstrndup((const char *)data, size);
	char one[FINGERPRINT_HEX + 1], two[FINGERPRINT_HEX + 1];
	AUTO(err) e = ERR_INIT;

	if (fingerprint_parse(one, text, &e) != 0) {
		if (one[0] != '\0' || e.code != E_USAGE)
			abort();
		return 0;
	}
	if (strlen(one) != FINGERPRINT_HEX || strspn(one, "0123456789ABCDEF") != FINGERPRINT_HEX)
		abort();
	if (fingerprint_parse(two, one, &e) != 0 || strcmp(one, two) != 0)
		abort();
	return 0;
}
