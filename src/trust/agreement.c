/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/agreement.h"

#include <stdlib.h>
#include <string.h>

/* That it exists is what it says. */
struct agreement {
	size_t n;
};

static struct agreement *
agree(size_t n)
{
	struct agreement *a = xcalloc(1, sizeof(*a));

	a->n = n;
	return a;
}

struct agreement *
agreement_of_values(const char *const *values, size_t n)
{
	if (n < 2)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (values[i] == NULL || strcmp(values[i], values[0]) != 0)
			return NULL;
	return agree(n);
}

struct agreement *
agreement_of_counts(size_t done, size_t all)
{
	return done == all && all > 0 ? agree(all) : NULL;
}

void
agreement_free(struct agreement *a)
{
	free(a);
}
