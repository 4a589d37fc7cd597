/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of relsig verify-files for people: the list, then a line for each file. */
#ifndef RELSIG_CMD_FILES_TEXT_H
#define RELSIG_CMD_FILES_TEXT_H

#include "base/buf.h"
#include "verify/files.h"

/* "cleartext": what SUMS was found to be, one word for programs; NULL when that is not known. */
const char *files_form_word(enum signed_form form);
/* Append the report; every word from outside is escaped. */
void files_text(struct buf *out, const struct files_wanted *w, const struct files_report *r);

#endif
