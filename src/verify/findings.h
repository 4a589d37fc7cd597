/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was found about a configuration: all of it, not only the first. */
#ifndef RELSIG_VERIFY_FINDINGS_H
#define RELSIG_VERIFY_FINDINGS_H

#include "base/base.h"

enum finding_severity {
	FINDING_UNSET = 0,
	FINDING_ERROR,	  /* it does not do what it says: nothing matches, nothing is accepted */
	FINDING_WARNING,  /* weak: unsigned images run, or it hangs on what cannot be seen here */
	FINDING_UNJUDGED, /* it could not be looked at, so nothing is known */
	FINDING_NOTE,	  /* worth knowing, nothing wrong */
};

struct finding {
	enum finding_severity severity;
	char *place; /* a file, or what is in it, owned: "/etc/containers/policy.json: default" */
	char *text;  /* owned; untrusted text, like place */
};

struct findings {
	struct finding *v;
	size_t n;
};
#define FINDINGS_INIT                                                                              \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Add one, unless the very same is there. "place: " at the front of the text is left out: messages
 * of errors often name the file themselves.
 */
void findings_add(struct findings *f, enum finding_severity severity, const char *place,
    const char *fmt, ...) PRINTF_LIKE(4, 5);
/* "error", "warning", "not judged", "note". */
const char *finding_word(enum finding_severity severity);
/* 1 with an error or a warning, otherwise 2 when something could not be judged, otherwise 0. */
int findings_exit_status(const struct findings *f) RESULT_USED;
void findings_free(struct findings *f);
AUTO_DEFINE(findings)

#endif
