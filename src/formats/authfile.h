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

/* A program that has them: docker-credential-NAME, and what it is asked for. Owned; zero: none. */
struct authfile_helper {
	char *name, *server;
};
#define AUTHFILE_HELPER_INIT                                                                       \
	{                                                                                          \
		0                                                                                  \
	}
void authfile_helper_free(struct authfile_helper *h);
AUTO_DEFINE(authfile_helper)

/*
 * In this order: the helper that "credHelpers" names for the host; the entry of "auths" for a
 * repository, which is that of its full name, then of each parent path, then of the host, then of
 * docker's older spellings (https://HOST/v1/, docker.io's aliases); the helper that "credsStore"
 * names for all. The first two are as containers/image has them, the third, which it does not know,
 * is docker's. An empty name in "credHelpers" keeps a host away from "credsStore". 0 with empty
 * credentials and no helper when the file has none; E_INVALID when it is not such a file (an empty
 * one included, as containers/image has it), or a helper's name is none.
 */
int authfile_find(struct credentials *out, struct authfile_helper *helper, struct bytes file,
    enum authfile_form form, const struct reference *image, struct err *e) RESULT_USED;
bool credentials_are_set(const struct credentials *c) RESULT_USED;
/* Wipes, then frees. */
void credentials_free(struct credentials *c);
AUTO_DEFINE(credentials)

/* "user:password" as --creds takes it, or "user" with an empty password; E_USAGE without a user. */
int credentials_parse(struct credentials *out, const char *text, struct err *e) RESULT_USED;

#endif
