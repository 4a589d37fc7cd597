/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/sums.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_HERE = 100 };

/* Said otherwise than in the parser: no part of "/PATH/" is empty, "." or "..". */
static void
must_stay_beneath(const char *name)
{
	AUTO_STR char *between = xasprintf("/%s/", name);

	if (strstr(between, "//") != NULL || strstr(between, "/./") != NULL ||
	    strstr(between, "/../") != NULL)
		abort();
}

/* What is accepted has a line for each entry, names that stay, each once, and finds them. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(sums) s = SUMS_INIT;
	AUTO(err) e = ERR_INIT;
	size_t lines = size > 0 && data[size - 1] != '\n';

	if (sums_parse(&s, bytes_of(data, size), MAX_HERE, &e) != 0) {
		if (s.n != 0 || s.v != NULL || (e.code != E_INVALID && e.code != E_TOO_LARGE))
			abort();
		return 0;
	}
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	if (s.n != lines || s.n == 0 || s.n > MAX_HERE)
		abort();
	for (size_t i = 0; i < s.n; i++) {
		must_stay_beneath(s.v[i].name);
		if (sums_find(&s, s.v[i].name) != &s.v[i])
			abort();
	}
	return 0;
}
