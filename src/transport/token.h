/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Docker's token authentication (distribution, docs "token", "oauth"): one token, one scope. */
#ifndef RELSIG_TRANSPORT_TOKEN_H
#define RELSIG_TRANSPORT_TOKEN_H

#include "base/base.h"
#include "base/err.h"
#include "formats/authfile.h"
#include "formats/challenge.h"
#include "transport/http.h"

struct token_request {
	const struct challenge *challenge;     /* a Bearer one */
	const struct credentials *credentials; /* empty: an anonymous token */
	const char *scope;		       /* "repository:PATH:pull" */
};

/*
 * Ask the challenge's realm for a token, for free(). The realm must be https: credentials go
 * there, and what comes back is one. E_DENIED: refused by the service, or a realm on plain http;
 * E_TIMED_OUT; E_UNREACHABLE for all else, a useless answer included.
 */
int token_fetch(
    struct http *http, const struct token_request *q, char **token, struct err *e) RESULT_USED;

/* "Basic ..." of RFC 7617, for free(). */
char *basic_authorization(const struct credentials *c);

#endif
