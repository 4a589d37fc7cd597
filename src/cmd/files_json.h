/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the JSON report of relsig verify-files has besides: relsig-report(5), sums. */
#ifndef RELSIG_CMD_FILES_JSON_H
#define RELSIG_CMD_FILES_JSON_H

#include <jansson.h>

#include "verify/files.h"

/* The member "sums", a new reference. */
json_t *files_json(const struct files_wanted *w, const struct files_report *r);

#endif
