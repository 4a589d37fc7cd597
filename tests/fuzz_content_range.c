/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/content_range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is known is a part of the whole; what is refused says nothing. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct content_range range = { .first = 7, .total = 7 };
	AUTO(err) e = ERR_INIT;
	bool read = content_range_parse(&range, bytes_of(data, size), &e) == 0;

	if (read != (e.code == E_NONE) || range.first < -1 || range.total < -1)
		abort();
	if (read == (range.first == -1 && range.total == -1))
		abort();
	if (range.total >= 0 && range.first >= range.total)
		abort();
	return 0;
}
