/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Audits of the release of tests/release_tree, without a network and without gpg. */
#ifndef RELSIG_TESTS_AUDIT_RUN_H
#define RELSIG_TESTS_AUDIT_RUN_H

#include "release_tree.h"
#include "verify/audit.h"

/* A checked fixture: tests/tree's directory with what all audits share. */
void audit_run_set_up(void);
void audit_run_tear_down(void);

/* What befalls a blob's file. */
enum harm { HARM_REMOVE, HARM_CUT, HARM_LENGTHEN, HARM_FLIP, HARM_DIRECTORY };
void audit_run_harm(const struct digest *digest, enum harm harm);

/* How to look, and at what; all zero is as it should be. */
struct audit_case {
	const char *name;
	struct release_tree tree; /* members that are not zero, instead of release_tree_init's */
	bool no_label, no_policy, unsigned_sigstore, twice;
	void (*harm)(const struct release_tree *t);
	const char *image;    /* instead of its tag */
	const char *identity; /* instead of the release repository */
	const char *architectures[3], *components[3];
	enum audit_blobs blobs; /* UNSET: present */
	bool over, stopped;
	unsigned jobs; /* 0: 3 */

	enum errc code;		    /* of audit_run */
	enum outcome want;	    /* UNSET: REFUSED */
	enum reason reason;	    /* UNSET: any */
	const char *problems;	    /* "KIND[@ARCH] COMPONENT; ..."; NULL: none */
	enum audit_tie tie;	    /* of each release; UNSET: a signature */
	struct audit_counts counts; /* when it is proven */
};

/* Write the tree. */
void audit_case_write(const struct audit_case *c, struct release_tree *t);
/* Audit what is there now. */
int audit_case_audit(const struct audit_case *c, const struct release_tree *t,
    struct progress_counts *progress, struct audit_report *out, struct err *e) RESULT_USED;
/* The problems, as a case has them; with all that is said of them. For free(). */
char *audit_run_problems(const struct audit_report *r, bool all);
/* Both, and compare. */
void audit_case_run(const struct audit_case *c);

#endif
