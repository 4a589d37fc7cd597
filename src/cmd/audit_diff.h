/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changed between two releases that were verified, for people and for programs. */
#ifndef RELSIG_CMD_AUDIT_DIFF_H
#define RELSIG_CMD_AUDIT_DIFF_H

#include <jansson.h>

#include "base/buf.h"
#include "cmd/audit_words.h"

/* Is there a payload of both to compare? Only of what was verified there is one. */
bool audit_diff_possible(const struct audit_shown *old, const struct audit_shown *new) RESULT_USED;
/*
 * Append a line for each component that is not the same, and their number: for each architecture
 * that both have, or once when what they name is the same for all.
 */
void audit_diff_text(
    struct buf *out, const struct audit_report *old, const struct audit_report *new);
/* "diff" of the document, a new reference. */
json_t *audit_diff_json(const struct audit_shown *old, const struct audit_shown *new);

#endif
