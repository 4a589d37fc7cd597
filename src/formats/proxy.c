/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/proxy.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/text.h"

bool
proxy_is_set(const struct proxy *p)
{
	return p->url != NULL;
}

void
proxy_free(struct proxy *p)
{
	if (p->url != NULL)
		explicit_bzero(p->url, strlen(p->url));
	free(p->url);
	free(p->shown);
	*p = (struct proxy)PROXY_INIT;
}

/* An IP address, of either family: how many bytes it has. */
struct address {
	uint8_t bytes[16];
	unsigned n;
};

static bool
read_address(struct address *out, int family, struct bytes text)
{
	AUTO_STR char *s = text.n > 0 ? xstrndup((const char *)text.p, text.n) : xstrdup("");

	out->n = family == AF_INET ? 4 : 16;
	return inet_pton(family, s, out->bytes) == 1;
}

/* The inside of "[...]"; false when s is not that. */
static bool
in_brackets(struct bytes s, struct bytes *inside)
{
	if (s.n < 3 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	*inside = bytes_of(s.p + 1, s.n - 2);
	return true;
}

/*
 * HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT in its two parts, the brackets staying; port is
 * without bytes when there is none. More than one colon outside of brackets is an address alone.
 */
static void
split_port(struct bytes s, struct bytes *host, struct bytes *port)
{
	const uint8_t *colon = s.n > 0 ? memrchr(s.p, ':', s.n) : NULL;
	const uint8_t *bracket = s.n > 0 ? memrchr(s.p, ']', s.n) : NULL;

	*host = s;
	*port = bytes_of(NULL, 0);
	if (colon == NULL || (bracket != NULL && colon < bracket) ||
	    (bracket == NULL && memchr(s.p, ':', (size_t)(colon - s.p)) != NULL))
		return;
	*host = bytes_of(s.p, (size_t)(colon - s.p));
	*port = bytes_of(colon + 1, s.n - host->n - 1);
}

/*
 * --- the proxy ----------------------------------------------------------------------------------
 */

static int
check_host(struct bytes host, struct err *e)
{
	struct address address;
	struct bytes inside;

	if (in_brackets(host, &inside))
		return read_address(&address, AF_INET6, inside)
			   ? 0
			   : err_set(e, E_USAGE, "the proxy's URL: not an IPv6 address in []");
	if (host.n == 0)
		return err_set(e, E_USAGE, "the proxy's URL: no host in it");
	for (size_t i = 0; i < host.n; i++)
		if (!isalnum(host.p[i]) && strchr("-._", host.p[i]) == NULL)
			return err_set(e, E_USAGE, "the proxy's URL: not a host's name in it");
	return 0;
}

static int
check_server(struct bytes server, struct err *e)
{
	struct bytes host, port;
	uint64_t number;

	split_port(server, &host, &port);
	if (check_host(host, e) != 0)
		return -1;
	if (host.n < server.n && !text_number(&number, port, 1, UINT16_MAX))
		return err_set(e, E_USAGE, "the proxy's URL: not a port in it");
	return 0;
}

/* The scheme in its own spelling, and what follows it; NULL for one that is not known. */
static const char *
take_scheme(const char **rest)
{
	static const char *const schemes[] = { "http", "https", "socks5", "socks5h" };
	const char *end = strstr(*rest, "://");
	size_t n;

	if (end == NULL)
		return schemes[0];
	n = (size_t)(end - *rest);
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (strlen(schemes[i]) == n && strncasecmp(*rest, schemes[i], n) == 0) {
			*rest = end + 3;
			return schemes[i];
		}
	}
	return NULL;
}

static int
check_text(const char *text, struct err *e)
{
	if (strlen(text) > MAX_URL_BYTES)
		return err_set(e, E_USAGE, "the proxy's URL: more than %zu bytes", MAX_URL_BYTES);
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || *text == '\\')
			return err_set(e, E_USAGE, "the proxy's URL: a character that no URL has");
	return 0;
}

int
proxy_parse(struct proxy *out, const char *text, struct err *e)
{
	const char *rest = text, *scheme, *at;
	size_t n, user;

	*out = (struct proxy)PROXY_INIT;
	if (check_text(text, e) != 0)
		return -1;
	scheme = take_scheme(&rest);
	if (scheme == NULL)
		return err_set(
		    e, E_USAGE, "the proxy's URL: want http://, https://, socks5h:// or socks5://");
	n = strcspn(rest, "/?#");
	if (rest[n] != '\0' && strcmp(rest + n, "/") != 0)
		return err_set(e, E_USAGE, "the proxy's URL: something behind the host");
	at = memrchr(rest, '@', n);
	user = at != NULL ? (size_t)(at - rest) + 1 : 0;
	if (user > 0 && (memchr(rest, '@', user - 1) != NULL || user == 1 || rest[0] == ':'))
		return err_set(e, E_USAGE,
		    "the proxy's URL: want USER or USER:PASSWORD before one \"@\"; in them it is "
		    "written %%40");
	if (check_server(bytes_of(rest + user, n - user), e) != 0)
		return -1;
	out->url = xasprintf("%s://%.*s", scheme, (int)n, rest);
	out->shown = xasprintf("%s://%.*s", scheme, (int)(n - user), rest + user);
	return 0;
}

/*
 * --- and who does without it --------------------------------------------------------------------
 */

static bool
has_prefix(const struct address *a, const struct address *network, uint64_t bits)
{
	size_t whole = (size_t)bits / 8;
	unsigned rest = bits % 8;

	if (memcmp(a->bytes, network->bytes, whole) != 0)
		return false;
	return rest == 0 || ((a->bytes[whole] ^ network->bytes[whole]) >> (8 - rest)) == 0;
}

static bool
matches_address(const struct address *a, int family, struct bytes entry)
{
	const uint8_t *slash = entry.n > 0 ? memchr(entry.p, '/', entry.n) : NULL;
	struct address network;
	const uint64_t all = (uint64_t)a->n * 8;
	uint64_t bits = all;
	struct bytes inside;

	if (slash != NULL) {
		const struct bytes number =
		    bytes_of(slash + 1, entry.n - (size_t)(slash - entry.p) - 1);

		if (!text_number(&bits, number, 0, all))
			return false;
		entry.n = (size_t)(slash - entry.p);
	}
	if (family == AF_INET6 && in_brackets(entry, &inside))
		entry = inside;
	return read_address(&network, family, entry) && has_prefix(a, &network, bits);
}

static bool
matches_name(struct bytes host, struct bytes entry)
{
	if (entry.n > 1 && entry.p[0] == '*' && entry.p[1] == '.')
		entry = bytes_of(entry.p + 1, entry.n - 1);
	if (entry.n > 0 && entry.p[0] == '.')
		entry = bytes_of(entry.p + 1, entry.n - 1);
	/* A name's last dot says that it is whole: it is the same without. */
	if (entry.n > 0 && entry.p[entry.n - 1] == '.')
		entry.n--;
	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	if (entry.n == 0 || entry.n > host.n ||
	    strncasecmp(
		(const char *)host.p + (host.n - entry.n), (const char *)entry.p, entry.n) != 0)
		return false;
	return entry.n == host.n || host.p[host.n - entry.n - 1] == '.';
}

static bool
matches(struct bytes entry, struct bytes host, struct bytes port)
{
	struct bytes name, its_port, inside;
	struct address a;

	if (bytes_equal(entry, bytes_of_str("*")))
		return true;
	split_port(entry, &name, &its_port);
	if (name.n < entry.n && !bytes_equal(its_port, port))
		return false;
	if (in_brackets(host, &inside))
		return read_address(&a, AF_INET6, inside) && matches_address(&a, AF_INET6, name);
	if (read_address(&a, AF_INET, host))
		return matches_address(&a, AF_INET, name);
	return matches_name(host, name);
}

bool
proxy_is_bypassed(const char *no_proxy, const char *host, const char *port)
{
	static const char separators[] = ", \t";
	const char *s = no_proxy != NULL ? no_proxy : "";
	size_t n;

	for (s += strspn(s, separators); *s != '\0'; s += n + strspn(s + n, separators)) {
		n = strcspn(s, separators);
		if (matches(bytes_of(s, n), bytes_of_str(host), bytes_of_str(port)))
			return true;
	}
	return false;
}
