/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RELSIG_CMD_VERIFY_MIRRORS_H
#define RELSIG_CMD_VERIFY_MIRRORS_H

#include "base/deadline.h"
#include "base/err.h"
#include "cmd/options.h"
#include "formats/mirrors.h"

/*
 * Append what --mirror and the files of --mirror-config say, in this order. E_USAGE for what they
 * say wrongly; a file that cannot be read as file_read_by has it.
 */
int verify_mirrors_read(struct mirrors *out, const struct string_list *pairs,
    const struct string_list *files, const struct deadline *deadline, struct err *e) RESULT_USED;

#endif
