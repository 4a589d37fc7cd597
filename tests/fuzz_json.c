/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is accepted, written out and read again, is the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_JSON json_t *j = NULL;
	AUTO_JSON json_t *again = NULL;
	AUTO_STR char *text = NULL;
	AUTO(err) e = ERR_INIT;

	j = json_read(bytes_of(data, size), "fuzz", &e);
	if (j == NULL) {
		if (e.code != E_INVALID)
			abort();
		return 0;
	}
	text = json_dumps(j, JSON_COMPACT);
	again = text != NULL ? json_read(bytes_of_str(text), "again", &e) : NULL;
	if (again == NULL || !json_equal(j, again))
		abort();
	return 0;
}
