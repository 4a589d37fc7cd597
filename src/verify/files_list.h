/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Read and verify a signed list of sums, in whatever form it comes. For verify/files alone. */
#ifndef RELSIG_VERIFY_FILES_LIST_H
#define RELSIG_VERIFY_FILES_LIST_H

#include "trust/file_claim.h"
#include "verify/files.h"

/* The list; or NULL, and the report says why. */
struct signed_sums *files_read_list(const struct files_wanted *w, struct openpgp *openpgp,
    struct ready *keys, struct files_report *report);

#endif
