/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/http_request.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "transport/http_wire.h"

/* Printable ASCII without space, and no backslash, which some read as a slash and some do not. */
static bool
is_url_text(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~' || *s == '\\')
			return false;
	return true;
}

/*
 * RFC 3986 section 3.2: HOST[:PORT] stands between "//" and the path, the query or the fragment.
 * The user name is looked for first, so that no message shows a password.
 */
static int
check_url(const char *url, struct err *e)
{
	const char *authority = strstr(url, "//");
	size_t n;

	authority = authority != NULL ? authority + 2 : url;
	n = strcspn(authority, "/?#");
	if (memchr(authority, '@', n) != NULL)
		return err_set(e, E_USAGE, "a URL with a user name or password is not accepted");
	if (strlen(url) > MAX_URL_BYTES)
		return err_set(
		    e, E_USAGE, "a URL of %zu bytes, want at most %zu", strlen(url), MAX_URL_BYTES);
	if (!is_url_text(url))
		return err_set(e, E_USAGE, "%s: a character that no URL has", url);
	if (strncasecmp(url, "https://", 8) != 0 && strncasecmp(url, "http://", 7) != 0)
		return err_set(e, E_USAGE, "%s: want http:// or https://", url);
	if (n == 0 || authority[0] == ':')
		return err_set(e, E_USAGE, "%s: no host", url);
	return 0;
}

/* Field values of RFC 9110 section 5.5 that carry no line ends: nothing can be smuggled in. */
static bool
is_header_text(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return false;
	return true;
}

static int
check_header(const char *header, struct err *e)
{
	/* Authorization has a member of its own, with its own rules. */
	static const char *const refused[] = { "authorization", "proxy-authorization", "cookie",
		"host", "content-length", "transfer-encoding" };
	size_t n = strcspn(header, ":"), i;

	if (n == 0 || header[n] != ':' || !is_header_text(header) || strcspn(header, " \t") < n)
		return err_set(e, E_USAGE, "not a header: %s", header);
	for (i = 0; i < ARRAY_LEN(refused); i++)
		if (strlen(refused[i]) == n && strncasecmp(header, refused[i], n) == 0)
			return err_set(
			    e, E_USAGE, "a header that is not the caller's: %s", refused[i]);
	return 0;
}

int
http_request_check(const struct http_request *request, struct err *e)
{
	const char *method = request->method;
	bool is_post = strcmp(method, "POST") == 0;
	const char *const *header;

	if (check_url(request->url, e) != 0)
		return -1;
	if (!is_post && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return err_set(e, E_USAGE, "method %s, want GET, HEAD or POST", method);
	if (!is_post && request->body.n > 0)
		return err_set(e, E_USAGE, "a body with %s", method);
	if (request->body.n > WIRE_MAX_REQUEST_BODY_BYTES)
		return err_set(e, E_TOO_LARGE, "a request body of %zu bytes, want at most %zu",
		    request->body.n, WIRE_MAX_REQUEST_BODY_BYTES);
	if (request->max_body > UINT32_MAX)
		return err_set(e, E_USAGE, "a response of up to %zu bytes", request->max_body);
	if (request->max_stream > INT64_MAX)
		return err_set(
		    e, E_USAGE, "a stream of up to %ju bytes", (uintmax_t)request->max_stream);
	if (request->authorization != NULL && !is_header_text(request->authorization))
		return err_set(e, E_USAGE, "a control character in the authorization");
	for (header = request->headers; header != NULL && *header != NULL; header++)
		if (check_header(*header, e) != 0)
			return -1;
	return 0;
}
