/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/login.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "transport/token.h"

/* A token to pull from one repository, or why there is none: asked for once, used by all. */
struct grant {
	char *path;
	char *token;
	struct err failure;
	struct grant *next;
};

struct login {
	char *domain;
	struct http *http;
	const struct credential_options *credentials;

	/* Held while a ping or token is on its way. All but grants stays as the ping left it. */
	pthread_mutex_t lock;
	bool pinged;
	bool plain;
	struct challenge challenge;
	struct err failure;
	struct grant *grants;
};

struct login *
login_new(const char *domain, struct http *http, const struct credential_options *credentials)
{
	struct login *l = xcalloc(1, sizeof(*l));

	l->domain = xstrdup(domain);
	l->http = http;
	l->credentials = credentials;
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void
login_free(struct login *l)
{
	struct grant *g;

	if (l == NULL)
		return;
	while ((g = l->grants) != NULL) {
		l->grants = g->next;
		free(g->path);
		free(g->token);
		err_free(&g->failure);
		free(g);
	}
	challenge_free(&l->challenge);
	err_free(&l->failure);
	pthread_mutex_destroy(&l->lock);
	free(l->domain);
	free(l);
}

const char *
login_domain(const struct login *l)
{
	return l->domain;
}

/* The address of a registry; Docker Hub's is not its name. */
static char *
url_of(const struct login *l, bool plain, const char *path)
{
	return xasprintf("%s://%s/v2/%s", plain ? "http" : "https",
	    strcmp(l->domain, "docker.io") == 0 ? "registry-1.docker.io" : l->domain, path);
}

char *
login_url(const struct login *l, const char *path)
{
	return url_of(l, l->plain, path);
}

static int
say_again(const struct err *failure, struct err *e)
{
	return err_set(e, failure->code, "%s", err_msg(failure));
}

int
login_challenge(struct challenge *out, const struct http_response *response, struct err *e)
{
	AUTO(err) broken = ERR_INIT;
	size_t i;

	*out = (struct challenge)CHALLENGE_INIT;
	for (i = 0; i < response->n_authenticate; i++) {
		if (challenge_parse(out, bytes_of_str(response->authenticate[i]), &broken) == 0 &&
		    out->scheme != CHALLENGE_NONE)
			return 0;
	}
	if (broken.code == E_NONE)
		return 0;
	return err_set(e, E_UNREACHABLE, "GET %s: status 401: %s", response->url, err_msg(&broken));
}

static int
ping_over(struct login *l, bool plain, struct err *e)
{
	static const char *const headers[] = { REGISTRY_API_VERSION, NULL };
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	AUTO_STR char *url = url_of(l, plain, "");
	struct http_request request = {
		.method = "GET",
		.url = url,
		.headers = headers,
		.max_body = MAX_TOKEN_BYTES,
	};

	if (http_fetch(l->http, &request, &response, e) != 0)
		return -1;
	l->plain = plain;
	if (response.status == 200)
		return 0;
	if (response.status == 401)
		return login_challenge(&l->challenge, &response, e);
	return err_set(e, E_UNREACHABLE,
	    "GET %s: status %u, want 200 or 401: not a registry, or one out of order", url,
	    response.status);
}

static int
ping(struct login *l, struct err *e)
{
	AUTO(err) second = ERR_INIT;

	if (ping_over(l, false, e) == 0)
		return 0;
	if (!http_allows_plain(l->http) || http_is_offline(l->http))
		return -1;
	if (ping_over(l, true, &second) == 0) {
		err_free(e);
		return 0;
	}
	return err_set(e, second.code, "%s; and over plain http: %s", err_msg(e), err_msg(&second));
}

int
login_ping(struct login *l, struct err *e)
{
	int result = 0;

	pthread_mutex_lock(&l->lock);
	/* A strange answer here is no property of the image: not "too large", not "invalid". */
	if (!l->pinged && ping(l, &l->failure) != 0 && l->failure.code != E_TIMED_OUT)
		l->failure.code = E_UNREACHABLE;
	l->pinged = true;
	if (l->failure.code != E_NONE)
		result = say_again(&l->failure, e);
	pthread_mutex_unlock(&l->lock);
	return result;
}

static int
find_credentials(
    const struct login *l, const struct reference *image, struct credentials *out, struct err *e)
{
	if (credentials_find(out, l->credentials, image, e) == 0)
		return 0;
	/* A broken or unusable file is a setting of this machine, no property of the image. */
	if (e->code != E_IO && e->code != E_TIMED_OUT)
		e->code = E_USAGE;
	return err_wrap(e, "%s wants credentials", l->domain);
}

static int
authorize_basic(const struct login *l, const struct reference *image, char **out, struct err *e)
{
	AUTO(credentials) c = CREDENTIALS_INIT;

	if (find_credentials(l, image, &c, e) != 0)
		return -1;
	if (c.username != NULL)
		*out = basic_authorization(&c);
	return 0;
}

static int
fetch_grant(struct login *l, const struct reference *image, const struct challenge *challenge,
    char **token, struct err *e)
{
	AUTO_STR char *scope = xasprintf("repository:%s:pull", image->path);
	AUTO(credentials) c = CREDENTIALS_INIT;
	struct token_request q = {
		.challenge = challenge,
		.credentials = &c,
		.scope = scope,
	};

	if (find_credentials(l, image, &c, e) != 0)
		return -1;
	return token_fetch(l->http, &q, token, e);
}

static struct grant *
grant_for(struct login *l, const char *path)
{
	struct grant *g;

	for (g = l->grants; g != NULL && strcmp(g->path, path) != 0; g = g->next)
		;
	if (g == NULL) {
		g = xcalloc(1, sizeof(*g));
		g->path = xstrdup(path);
		g->next = l->grants;
		l->grants = g;
	}
	return g;
}

/*
 * The repository's token. The scope is ours, never the challenge's: a registry may not choose what
 * the token that it will see is good for.
 */
static int
authorize_bearer(struct login *l, const struct reference *image, const struct challenge *challenge,
    const char *stale, char **out, struct err *e)
{
	AUTO_STR char *value = NULL;
	struct grant *g = grant_for(l, image->path);

	if (g->token != NULL)
		value = xasprintf("Bearer %s", g->token);
	if (value != NULL && stale != NULL && strcmp(value, stale) == 0) {
		free(steal(&value));
		free(steal(&g->token));
	}
	if (value == NULL) {
		if (g->failure.code == E_NONE &&
		    fetch_grant(l, image, challenge, &g->token, &g->failure) == 0)
			value = xasprintf("Bearer %s", g->token);
		else
			return say_again(&g->failure, e);
	}
	*out = steal(&value);
	return 0;
}

int
login_authorize(struct login *l, const struct reference *image, const struct challenge *challenge,
    const char *stale, char **out, struct err *e)
{
	const struct challenge *c = challenge != NULL ? challenge : &l->challenge;
	int r;

	*out = NULL;
	if (l->plain && c->scheme != CHALLENGE_NONE)
		return err_set(e, E_DENIED,
		    "%s wants a password or a token over plain http, where none is sent: it needs "
		    "TLS",
		    l->domain);
	switch (c->scheme) {
	case CHALLENGE_BASIC:
		return authorize_basic(l, image, out, e);
	case CHALLENGE_BEARER:
		pthread_mutex_lock(&l->lock);
		r = authorize_bearer(l, image, c, stale, out, e);
		pthread_mutex_unlock(&l->lock);
		return r;
	case CHALLENGE_NONE:
		break;
	}
	return 0;
}
