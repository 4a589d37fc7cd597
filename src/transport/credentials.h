/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which credentials a registry gets: --creds, --authfile, or containers-auth.json(5)'s places. */
#ifndef RELSIG_TRANSPORT_CREDENTIALS_H
#define RELSIG_TRANSPORT_CREDENTIALS_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/authfile.h"
#include "formats/reference.h"
#include "transport/helpers.h"

struct credential_options {
	/* --creds USER:PASSWORD, or NULL; goes to every registry of the run. */
	const char *creds;
	/* --authfile, or NULL: $REGISTRY_AUTH_FILE. Either must exist, and is the only one. */
	const char *authfile;
	struct deadline deadline; /* for a file that is a FIFO */
	struct helpers *helpers;  /* borrowed; NULL: none is run */
};

/*
 * 0 with credentials, or with none when no place has any (be anonymous). An existing file that
 * cannot be read or parsed is an error that names it: silently going on as nobody would only
 * look like a 401 later. A named file that is missing is E_USAGE. Where a file names a helper for
 * the image (authfile_find), its answer counts as if it stood in the file, and what helpers_get
 * says is said of the file.
 */
int credentials_find(struct credentials *out, const struct credential_options *options,
    const struct reference *image, struct err *e) RESULT_USED;
/*
 * Run the helpers that would have the say for these images, each once for a registry, and close
 * options->helpers. To be called before the confinement with every image (and every image of a
 * mirror) that may be asked for; without one that is missing here, credentials_find fails later.
 * What is wrong is not said here: whoever needs the credentials is told.
 */
void credentials_ask_helpers(
    const struct credential_options *options, const struct reference *images, size_t n);

#endif
