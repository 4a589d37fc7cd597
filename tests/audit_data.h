/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report of an audit, made by hand: a list of two release images that name three components,
 * accepted by the claim of the sample release.
 */
#ifndef RELSIG_TESTS_AUDIT_DATA_H
#define RELSIG_TESTS_AUDIT_DATA_H

#include "verify/audit_report.h"

struct audit_data {
	struct audit_report report;
	/* What every text from outside is; NULL: something sensible each. */
	const char *hostile;
};

/* Failing these fails the test. hostile as above. */
void audit_data_open(struct audit_data *d, const char *hostile);
void audit_data_close(struct audit_data *d);

/* "sha256:" and 64 times the digit. */
struct digest audit_data_digest(char digit);
/* Add a problem, by which the audit is refused, or has no verdict. Strings are copied. */
void audit_data_problem(struct audit_data *d, enum audit_problem_kind kind, enum outcome outcome,
    const char *architecture, const char *component, char digit, const char *where);
/* A component of that kind for a list of references, of a digest and a commit. */
void audit_data_component(
    struct image_references *out, const char *name, char digit, const char *commit);

#endif
