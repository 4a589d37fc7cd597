/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Credential helpers, docker-credential-NAME: programs, so they are run before this process gives
 * up running any, and what they said is kept for whoever asks later.
 */
#ifndef RELSIG_TRANSPORT_HELPERS_H
#define RELSIG_TRANSPORT_HELPERS_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/authfile.h"

struct helpers;

/* Each may take timeout_ms, and all of them until the deadline. */
struct helpers *helpers_new(unsigned timeout_ms, const struct deadline *deadline);
/* NULL is fine. */
void helpers_free(struct helpers *h);
AUTO_PTR_DEFINE(helpers)

/*
 * What this helper has: credentials, or none. Each is run once for each server, found on PATH, with
 * the parts of the environment that such programs need; that it fails is remembered too. After
 * helpers_close(), from any thread, only what is remembered: nothing is run. Without helpers (h is
 * NULL) it is E_UNSUPPORTED. E_IO: it is not there, it failed, it was not asked in time;
 * E_TIMED_OUT, E_TOO_LARGE; as credential_helper_read. No message has anything of the secret.
 */
int helpers_get(struct helpers *h, const struct authfile_helper *which, struct credentials *out,
    struct err *e) RESULT_USED;
void helpers_close(struct helpers *h);

#endif
