/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/store_url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"

/* What follows "SCHEME://", or NULL. Schemes have no case (RFC 3986 §3.1). */
static const char *
after_scheme(const char *url, const char *scheme)
{
	size_t n = strlen(scheme);

	if (strncasecmp(url, scheme, n) != 0 || strncmp(url + n, "://", 3) != 0)
		return NULL;
	return url + n + 3;
}

static const char *
after_network_scheme(const char *url)
{
	const char *rest = after_scheme(url, "https");

	return rest != NULL ? rest : after_scheme(url, "http");
}

const char *
store_url_file(const char *url)
{
	return after_scheme(url, "file");
}

bool
store_needs_network(const char *url)
{
	return after_network_scheme(url) != NULL;
}

static int
check_network_url(const char *rest, struct err *e)
{
	size_t host = strcspn(rest, "/?#");
	/* An IPv6 address may have a zone: [fe80::1%25eth0]. */
	const char *bracket = rest[0] == '[' ? memchr(rest, ']', host) : NULL;
	const char *name = bracket != NULL ? bracket : rest;

	if (memchr(rest, '@', host) != NULL)
		return err_set(
		    e, E_USAGE, "store URL: a user name in it; stores are read without one");
	if (host == 0)
		return err_set(e, E_USAGE, "store URL: no host in it");
	/* libcurl decodes it, and would ask another host than the one that is read here. */
	if (memchr(name, '%', (size_t)(rest + host - name)) != NULL)
		return err_set(e, E_USAGE, "store URL: \"%%\" in the host");
	if (strpbrk(rest, "# ") != NULL)
		return err_set(e, E_USAGE, "store URL: \"#\" or a space in it");
	return 0;
}

/* The path of a file URL (RFC 8089), percent-decoded, no slashes at its end: "/" becomes "". */
int
store_url_path(char **out, const char *rest, struct err *e)
{
	AUTO(buf) path = BUF_INIT;
	uint8_t c;

	*out = NULL;
	if (strncasecmp(rest, "localhost/", strlen("localhost/")) == 0)
		rest += strlen("localhost");
	if (rest[0] != '/')
		return err_set(e, E_USAGE, "store URL: want file:///ABSOLUTE/PATH");
	if (strpbrk(rest, "?#") != NULL)
		return err_set(
		    e, E_USAGE, "store URL: write \"?\" as %%3F and \"#\" as %%23 in a path");
	for (; *rest != '\0'; rest++) {
		c = (uint8_t)*rest;
		if (c == '%') {
			if (strnlen(rest, 3) < 3 || !text_unhex(&c, 1, bytes_of(rest + 1, 2)) ||
			    c == 0)
				return err_set(e, E_USAGE,
				    "store URL: \"%%\" without two hex digits (write %%25)");
			rest += 2;
		}
		buf_add_byte(&path, c);
	}
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.p[--path.n] = '\0';
	*out = buf_steal_str(&path);
	return 0;
}

int
store_check_url(const char *url, struct err *e)
{
	AUTO_STR char *path = NULL;
	size_t i;

	if (strlen(url) > MAX_URL_BYTES)
		return err_set(e, E_USAGE, "store URL: more than %zu bytes", MAX_URL_BYTES);
	for (i = 0; url[i] != '\0'; i++)
		if ((unsigned char)url[i] < 0x20 || url[i] == 0x7f)
			return err_set(e, E_USAGE, "store URL: a control character in it");
	if (after_network_scheme(url) != NULL)
		return check_network_url(after_network_scheme(url), e);
	if (after_scheme(url, "file") != NULL)
		return store_url_path(&path, after_scheme(url, "file"), e);
	if (url[0] == '/')
		return err_set(e, E_USAGE, "store URL: \"%s\" is a path, want file://%s", url, url);
	return err_set(
	    e, E_USAGE, "store URL: \"%s\" begins with none of https://, http://, file://", url);
}
