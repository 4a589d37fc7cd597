/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/token.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "formats/registry_error.h"

static void
wipe(struct buf *b)
{
	if (b->p != NULL)
		OPENSSL_cleanse(b->p, b->cap);
}

char *
basic_authorization(const struct credentials *c)
{
	AUTO(buf) plain = BUF_INIT;
	AUTO_STR char *encoded = NULL;

	buf_addf(&plain, "%s:%s", c->username, c->password != NULL ? c->password : "");
	encoded = text_base64(buf_bytes(&plain));
	wipe(&plain);
	return xasprintf("Basic %s", encoded);
}

/* RFC 3986 §2.3: all but the unreserved characters as %XX, which a form reads the same. */
static void
add_encoded(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if ((*s >= '0' && *s <= '9') || (*s >= 'A' && *s <= 'Z') ||
		    (*s >= 'a' && *s <= 'z') || strchr("-._~", *s) != NULL)
			buf_add_byte(out, (uint8_t)*s);
		else
			buf_addf(out, "%%%02X", (unsigned char)*s);
	}
}

/* "name=value", after a "&" unless it is the first. No value, no parameter. */
static void
add_parameter(struct buf *out, bool first, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	buf_addf(out, "%s%s=", first ? "" : "&", name);
	add_encoded(out, value);
}

/* The realm is whatever the registry likes to write, and credentials go there. */
static int
check_realm(const char *realm, struct err *e)
{
	const char *host = realm + strlen("https://");
	const char *p;
	size_t n;

	for (p = realm; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || *p == '#' || *p == '\\')
			return err_set(e, E_UNREACHABLE, "its token service is not a URL");
	if (strncasecmp(realm, "http://", strlen("http://")) == 0)
		return err_set(
		    e, E_DENIED, "its token service is on plain http, where none is asked");
	if (strncasecmp(realm, "https://", strlen("https://")) != 0)
		return err_set(e, E_UNREACHABLE, "its token service is not an https URL");
	n = strcspn(host, "/?");
	if (n == 0 || memchr(host, '@', n) != NULL)
		return err_set(
		    e, E_UNREACHABLE, "its token service's URL has no host, or a user name");
	return 0;
}

/* GET REALM?account=...&service=...&scope=..., with the password in Basic authorization. */
static int
ask_with_get(
    struct http *http, const struct token_request *q, struct http_response *out, struct err *e)
{
	const char *realm = q->challenge->realm;
	AUTO_STR char *authorization = NULL;
	AUTO(buf) url = BUF_INIT;
	struct http_request request = { .method = "GET", .max_body = MAX_TOKEN_BYTES };

	buf_addf(&url, "%s%c", realm, strchr(realm, '?') != NULL ? '&' : '?');
	add_parameter(&url, true, "scope", q->scope);
	add_parameter(&url, false, "service", q->challenge->service);
	add_parameter(&url, false, "account", q->credentials->username);
	if (url.n > MAX_URL_BYTES)
		return err_set(e, E_UNREACHABLE, "its token service's URL is too long");
	if (q->credentials->username != NULL)
		authorization = basic_authorization(q->credentials);
	request.url = buf_str(&url);
	request.authorization = authorization;
	return http_fetch(http, &request, out, e);
}

/* POST with an identity token (distribution, docs "oauth"; RFC 6749 §6). */
static int
ask_with_post(
    struct http *http, const struct token_request *q, struct http_response *out, struct err *e)
{
	AUTO(buf) form = BUF_INIT;
	struct http_request request = {
		.method = "POST",
		.url = q->challenge->realm,
		.max_body = MAX_TOKEN_BYTES,
	};
	int r;

	buf_add_str(&form, "grant_type=refresh_token&client_id=relsig");
	add_parameter(&form, false, "service", q->challenge->service);
	add_parameter(&form, false, "scope", q->scope);
	add_parameter(&form, false, "refresh_token", q->credentials->identity_token);
	request.body = buf_bytes(&form);
	r = http_fetch(http, &request, out, e);
	wipe(&form);
	return r;
}

static int
judge(const struct token_request *q, const struct http_response *response, char **token,
    struct err *e)
{
	bool oauth = q->credentials->identity_token != NULL;
	AUTO_STR char *said = NULL;

	if (response->status == 200) {
		*token = token_parse(buf_bytes(&response->body), e);
		return *token != NULL ? 0 : -1;
	}
	said = registry_error_text(buf_bytes(&response->body));
	/* RFC 6749 §5.2: a grant that is not valid is status 400. */
	if (response->status == 401 || response->status == 403 ||
	    (oauth && response->status == 400))
		return err_set(e, E_DENIED, "status %u%s, want 200: %s", response->status, said,
		    credentials_are_set(q->credentials)
			? "it refuses these credentials; see --creds and --authfile"
			: "it wants credentials; use --creds or --authfile");
	return err_set(e, E_UNREACHABLE, "status %u%s, want 200", response->status, said);
}

int
token_fetch(struct http *http, const struct token_request *q, char **token, struct err *e)
{
	AUTO(http_response) response = HTTP_RESPONSE_INIT;
	int r;

	*token = NULL;
	r = check_realm(q->challenge->realm, e);
	if (r == 0 && q->credentials->identity_token != NULL)
		r = ask_with_post(http, q, &response, e);
	else if (r == 0)
		r = ask_with_get(http, q, &response, e);
	if (r == 0)
		r = judge(q, &response, token, e);
	wipe(&response.body);
	if (r == 0)
		return 0;
	/* What a token service gets wrong says nothing about the image. */
	if (e->code != E_DENIED && e->code != E_TIMED_OUT)
		e->code = E_UNREACHABLE;
	return err_wrap(e, "asking %s for a token for %s", q->challenge->realm, q->scope);
}
