/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the page of cmd/audit_html, and what they are written with. */
#ifndef RELSIG_CMD_AUDIT_HTML_PARTS_H
#define RELSIG_CMD_AUDIT_HTML_PARTS_H

#include "base/buf.h"
#include "cmd/audit_words.h"

/* Tables have a name that is read out, and scroll by themselves where they are too wide. */
void html_table_begin(struct buf *out, const char *name, const char *const *headings);
void html_table_end(struct buf *out);
/* A cell: text; a digest, command or the like, which may be broken anywhere; a number. */
void html_cell(struct buf *out, const char *text);
void html_cell_code(struct buf *out, const char *text);
void html_cell_number(struct buf *out, uint64_t n);
/* "accepted", "refused", "no verdict"; "not looked at" for UNSET. */
void html_cell_outcome(struct buf *out, enum outcome o);
/* The cell that its row is about, and a row of two cells; nothing for a NULL text. */
void html_row_heading(struct buf *out, const char *text);
void html_row(struct buf *out, const char *heading, const char *text);
void html_row_code(struct buf *out, const char *heading, const char *text);

/* Sections of the page. */
void audit_html_releases(struct buf *out, const struct audit_report *r);
void audit_html_components(struct buf *out, const struct audit_report *r);
void audit_html_counts(struct buf *out, const struct audit_shown *a);

#endif
