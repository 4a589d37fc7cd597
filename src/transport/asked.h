/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who was asked for a manifest, in order, and what came of it: for the report. */
#ifndef RELSIG_TRANSPORT_ASKED_H
#define RELSIG_TRANSPORT_ASKED_H

#include "base/base.h"
#include "base/err.h"

enum asked_outcome {
	ASKED_UNSET = 0,
	ASKED_USED,	 /* these bytes are the ones that are judged */
	ASKED_OTHER,	 /* bytes of another digest than was asked for */
	ASKED_ABSENT,	 /* it is not there */
	ASKED_FAILED,	 /* no answer, or none that can be used */
	ASKED_FORBIDDEN, /* not asked: NeverContactSource */
};

struct asked_place {
	char *name; /* of the image there: "registry.local:5000/ocp/release@sha256:..."; owned */
	char *location; /* URL or path of the bytes that came; owned; NULL for none */
	char *detail;	/* why they are not used, for people; owned; NULL for ASKED_USED */
	bool mirror;
	enum asked_outcome outcome;
};

struct asked {
	struct asked_place *v;
	size_t n;
};
#define ASKED_INIT                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

/* Add a place that was not used. Strings are copied; location may be NULL. */
void asked_add(struct asked *a, const char *name, bool mirror, enum asked_outcome outcome,
    const char *location, const char *detail);
/* Add the place whose bytes are used. */
void asked_add_used(struct asked *a, const char *name, bool mirror, const char *location);
/* Add a place that could not be read: ASKED_ABSENT for E_NOT_FOUND, else ASKED_FAILED. */
void asked_add_error(struct asked *a, const char *name, bool mirror, const struct err *e);
/* "used", "other-digest", "absent", "failed", "forbidden"; "" for ASKED_UNSET. */
const char *asked_word(enum asked_outcome outcome);
void asked_free(struct asked *a);
AUTO_DEFINE(asked)

#endif
