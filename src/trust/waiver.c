/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trust/waiver.h"

#include <stdlib.h>

/* That it exists is what it says. */
struct waiver {
	enum policy_requirement_type type;
};

struct waiver *
waiver_make(const struct policy_requirement *requirement)
{
	struct waiver *w;

	if (requirement->type != POLICY_INSECURE_ACCEPT_ANYTHING)
		return NULL;
	w = xcalloc(1, sizeof(*w));
	w->type = requirement->type;
	return w;
}

void
waiver_free(struct waiver *w)
{
	free(w);
}
