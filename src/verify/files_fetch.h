/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of a signed list that a server has (--url). For verify/files_task alone. */
#ifndef RELSIG_VERIFY_FILES_FETCH_H
#define RELSIG_VERIFY_FILES_FETCH_H

#include "verify/files_task.h"

/*
 * The file that is there already; or else fetch it, and go on with what an earlier run brought of
 * it. It has its name only when its digest is the signed one.
 */
void files_fetch(struct files_task *t);

#endif
