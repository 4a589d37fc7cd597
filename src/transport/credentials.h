/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which credentials a registry gets: --creds, --authfile, or containers-auth.json(5)'s places. */
#ifndef RELSIG_TRANSPORT_CREDENTIALS_H
#define RELSIG_TRANSPORT_CREDENTIALS_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/authfile.h"
#include "formats/reference.h"

struct credential_options {
	/* --creds USER:PASSWORD, or NULL; goes to every registry of the run. */
	const char *creds;
	/* --authfile, or NULL: $REGISTRY_AUTH_FILE. Either must exist, and is the only one. */
	const char *authfile;
	struct deadline deadline; /* for a file that is a FIFO */
};

/*
 * 0 with credentials, or with none when no place has any (be anonymous). An existing file that
 * cannot be read or parsed is an error that names it: silently going on as nobody would only
 * look like a 401 later. A named file that is missing is E_USAGE. A matching credential helper
 * ("credHelpers") is E_UNSUPPORTED, and says so.
 */
int credentials_find(struct credentials *out, const struct credential_options *options,
    const struct reference *image, struct err *e) RESULT_USED;

#endif
