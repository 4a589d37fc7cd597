/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What docker-credential-NAME programs say (docker-credential-helpers, "get"): a server's name goes
 * in, {"ServerURL", "Username", "Secret"} comes out.
 */
#ifndef RELSIG_FORMATS_CREDENTIAL_HELPER_H
#define RELSIG_FORMATS_CREDENTIAL_HELPER_H

#include "base/base.h"
#include "base/err.h"
#include "formats/authfile.h"

/*
 * The answer of a helper that was asked for server. The user name "<token>" means that the secret
 * is an identity token; "" is as good as no user name. Members that are not known are passed over.
 * An answer that is for another server is E_MISMATCH. No message shows anything of the answer.
 */
int credential_helper_read(
    struct credentials *out, struct bytes answer, const char *server, struct err *e) RESULT_USED;
/* Is this what a helper that failed says when it just has nothing for the server? */
bool credential_helper_has_none(struct bytes answer) RESULT_USED;
/* The part of the program's name behind "docker-credential-": [A-Za-z0-9._-]+, not too long. */
bool credential_helper_is_name(const char *name) RESULT_USED;

#endif
