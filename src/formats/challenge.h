/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WWW-Authenticate (RFC 7235 §2.1, §4.1) as registries use it, and the token service's answer. */
#ifndef RELSIG_FORMATS_CHALLENGE_H
#define RELSIG_FORMATS_CHALLENGE_H

#include "base/base.h"
#include "base/err.h"

enum challenge_scheme { CHALLENGE_NONE = 0, CHALLENGE_BASIC, CHALLENGE_BEARER };

struct challenge {
	enum challenge_scheme scheme;
	char *realm;   /* Bearer: the token service's URL; owned; NULL when absent */
	char *service; /* owned; NULL when absent */
	char *scope;   /* owned; NULL when absent */
	char *error;   /* "insufficient_scope"; owned; NULL when absent */
};
#define CHALLENGE_INIT                                                                             \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * One header value. Several challenges in one value are understood; the first Basic or Bearer
 * one is taken. Other schemes: 0 with CHALLENGE_NONE. E_INVALID for a broken header, one of the
 * parameters above twice, a Bearer challenge without a realm. Control characters are refused.
 */
int challenge_parse(struct challenge *out, struct bytes header, struct err *e) RESULT_USED;
void challenge_free(struct challenge *c);
AUTO_DEFINE(challenge)

/*
 * The token of a token service's JSON answer ("token", else "access_token"), for free(); NULL with
 * E_INVALID when there is none or it could not stand in a header.
 */
char *token_parse(struct bytes body, struct err *e) RESULT_USED;

#endif
