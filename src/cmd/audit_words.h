/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the reports of an audit have in common: words, numbers, and what to do about a problem. */
#ifndef RELSIG_CMD_AUDIT_WORDS_H
#define RELSIG_CMD_AUDIT_WORDS_H

#include "base/base.h"
#include "verify/audit.h"
#include "verify/audit_report.h"

/* An audit that is over. Everything is borrowed. */
struct audit_shown {
	const struct audit_report *report;
	enum audit_blobs blobs; /* what was wanted */
	bool payload_only;	/* components were named, and not looked at */
	bool stopped;		/* by a signal: then there is no verdict */
};

/* What the whole came to: never accepted when it was cut short. */
enum outcome audit_outcome(const struct audit_shown *a) RESULT_USED;
/* And why: the verdict's reason, but "timed-out" for what was cut short with nothing against it. */
enum reason audit_reason(const struct audit_shown *a) RESULT_USED;

/* The word that a release's tag has for Go's architecture; its own where there is no other. */
const char *audit_architecture(const char *go);
/* "present", "verify", "none". */
const char *audit_blobs_word(enum audit_blobs blobs);
/* "8.2 GiB", "812 bytes"; for free(). */
char *audit_size(uint64_t bytes);
/* Names in the payloads: of all releases, each name once for the one that has most. */
size_t audit_named_components(const struct audit_report *r);
/* Do all releases name the same images by the same names? */
bool audit_same_references(const struct audit_report *r) RESULT_USED;

/* As it is written; never NULL. */
const char *audit_pullspec(const struct release_component *c);

/* How many problems there are of the kind. */
size_t audit_problem_count(const struct audit_report *r, enum audit_problem_kind kind);
/* What a person would do about problems of the kind; never NULL. */
const char *audit_problem_step(enum audit_problem_kind kind);
/*
 * The command that does it for this one, which holds nothing that a shell takes apart; for free();
 * NULL where there is none to tell.
 */
char *audit_problem_command(const struct audit_report *r, const struct audit_problem *p);

/* The kinds, for loops: from the first to before the end. */
#define PROBLEM_KINDS_BEGIN PROBLEM_MISSING_MANIFEST
#define PROBLEM_KINDS_END (PROBLEM_UNREACHABLE + 1)

#endif
