/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of an audit for people, every word from outside escaped. */
#ifndef RELSIG_CMD_AUDIT_TEXT_H
#define RELSIG_CMD_AUDIT_TEXT_H

#include "base/buf.h"
#include "cmd/audit_words.h"

/*
 * Append the verdict, what it rests on, a line for each problem, their number for each kind, and
 * what to do about it; with verbose a line for each component too.
 */
void audit_text(struct buf *out, const struct audit_shown *a, bool verbose);
/*
 * Append the pull specs as "oc adm release info --pullspecs" prints them: once when all releases
 * name the same ones, else for each architecture.
 */
void audit_text_pullspecs(struct buf *out, const struct audit_report *r);

#endif
