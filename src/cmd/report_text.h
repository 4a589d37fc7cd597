/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report for people: a few lines per image, every word from outside escaped. */
#ifndef RELSIG_CMD_REPORT_TEXT_H
#define RELSIG_CMD_REPORT_TEXT_H

#include "base/buf.h"
#include "verify/image.h"

/* "accepted", "refused" or "no verdict". */
const char *outcome_word(enum outcome o);
/* Append the report; with verbose also the attempts that did not decide. */
void report_text(struct buf *out, const struct image_report *r, bool verbose);
/* All of it but the first line, for who has another verdict to tell. */
void report_text_lines(struct buf *out, const struct image_report *r, bool verbose);

#endif
