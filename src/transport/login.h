/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one run learns of one registry: does it speak TLS, what does it want to see, which tokens
 * did it give. Shared by threads: the first in want of an answer asks, the others wait for it.
 */
#ifndef RELSIG_TRANSPORT_LOGIN_H
#define RELSIG_TRANSPORT_LOGIN_H

#include "base/base.h"
#include "base/err.h"
#include "formats/challenge.h"
#include "formats/reference.h"
#include "transport/credentials.h"
#include "transport/http.h"

/* Sent with every request to a registry (distribution, docs "api"). */
#define REGISTRY_API_VERSION "Docker-Distribution-API-Version: registry/2.0"

struct login;

/* domain is copied, the others are borrowed. */
struct login *login_new(
    const char *domain, struct http *http, const struct credential_options *credentials);
void login_free(struct login *l);
AUTO_PTR_DEFINE(login)

const char *login_domain(const struct login *l);
/*
 * GET /v2/, once: what comes of it, failure included, holds for the run. Plain http is tried only
 * when http_allows_plain. E_TIMED_OUT, E_UNREACHABLE for all else. The functions below need it
 * done.
 */
int login_ping(struct login *l, struct err *e) RESULT_USED;
/* "https://HOST/v2/" and path, for free(). */
char *login_url(const struct login *l, const char *path);

/*
 * The value of Authorization that meets a challenge (NULL: the one that answered the ping), for
 * free(); NULL when there is nothing to show. stale is one that did not do: a token that equals it
 * is replaced. Over plain http nothing is shown, not even an anonymous token. E_DENIED: that, or
 * the token service refuses; E_USAGE and E_IO: the credentials of this machine cannot be used;
 * E_TIMED_OUT, E_UNREACHABLE.
 */
int login_authorize(struct login *l, const struct reference *image,
    const struct challenge *challenge, const char *stale, char **out, struct err *e) RESULT_USED;

/* What a 401 asks for: the first challenge in its headers that can be met, or an empty one. */
int login_challenge(
    struct challenge *out, const struct http_response *response, struct err *e) RESULT_USED;

#endif
