/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One GPGME operation from start to end: its descriptors, its deadline, its process. For trust/gpg.
 */
#ifndef RELSIG_TRUST_GPG_RUN_H
#define RELSIG_TRUST_GPG_RUN_H

#include <gpgme.h>

#include "trust/gpg.h"

/*
 * Let gpg verify message, or, when fingerprints is not NULL, export these keys; what it puts out
 * goes to out->output. 0 when gpg ran, whatever came of it. reusable: the context may serve again.
 */
int gpg_run(gpgme_ctx_t ctx, struct bytes message, const char *const *fingerprints,
    size_t max_output, int timeout_ms, struct gpg_result *out, bool *reusable,
    struct err *e) RESULT_USED;
/* GPGME's text for an error, for free(). */
char *gpg_error_text(gpgme_error_t err);

#endif
