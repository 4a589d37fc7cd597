/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth.json (containers-auth.json(5)), docker's config.json and the older .dockercfg. */
#ifndef RELSIG_FORMATS_AUTHFILE_H
#define RELSIG_FORMATS_AUTHFILE_H

#include "base/base.h"
#include "base/err.h"
#include "formats/reference.h"

/* What to log in with. All zero: nothing, be anonymous. */
struct credentials {
	char *username;	      /* owned; NULL when there is none */
	char *password;	      /* owned */
	char *identity_token; /* owned; an OAuth2 refresh token instead of a password */
};
#define CREDENTIALS_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

enum authfile_form { AUTHFILE_AUTHS = 0, AUTHFILE_DOCKERCFG /* a bare map of registries */ };

/*
 * The entry for a repository: its full name, then each parent path, then the host, then docker's
 * older spellings (https://HOST/v1/, docker.io's aliases). 0 with empty credentials when the
 * file has none; E_INVALID when it is not such a file (an empty one included, as
 * containers/image has it); E_UNSUPPORTED when it leaves this host to a credential helper.
 */
int authfile_find(struct credentials *out, struct bytes file, enum authfile_form form,
    const struct reference *image, struct err *e) RESULT_USED;
bool credentials_are_set(const struct credentials *c) RESULT_USED;
/* Wipes, then frees. */
void credentials_free(struct credentials *c);
AUTO_DEFINE(credentials)

/* "user:password" as --creds takes it, or "user" with an empty password; E_USAGE without a user. */
int credentials_parse(struct credentials *out, const char *text, struct err *e) RESULT_USED;

#endif
