/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/asked.h"

#include <stdlib.h>

void
asked_add(struct asked *a, const char *name, bool mirror, enum asked_outcome outcome,
    const char *location, const char *detail)
{
	struct asked_place *p = LIST_ADD(a->v, a->n);

	p->name = xstrdup(name);
	p->location = location != NULL ? xstrdup(location) : NULL;
	p->detail = detail != NULL ? xstrdup(detail) : NULL;
	p->mirror = mirror;
	p->outcome = outcome;
}

void
asked_add_used(struct asked *a, const char *name, bool mirror, const char *location)
{
	asked_add(a, name, mirror, ASKED_USED, location, NULL);
}

void
asked_add_error(struct asked *a, const char *name, bool mirror, const struct err *e)
{
	asked_add(a, name, mirror, e->code == E_NOT_FOUND ? ASKED_ABSENT : ASKED_FAILED, NULL,
	    err_msg(e));
}

const char *
asked_word(enum asked_outcome outcome)
{
	switch (outcome) {
	case ASKED_UNSET:
		break;
	case ASKED_USED:
		return "used";
	case ASKED_OTHER:
		return "other-digest";
	case ASKED_ABSENT:
		return "absent";
	case ASKED_FAILED:
		return "failed";
	case ASKED_FORBIDDEN:
		return "forbidden";
	}
	return "";
}

void
asked_free(struct asked *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->v[i].name);
		free(a->v[i].location);
		free(a->v[i].detail);
	}
	free(a->v);
	*a = (struct asked)ASKED_INIT;
}
