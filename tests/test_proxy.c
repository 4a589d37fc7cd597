/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/proxy.h"
#include "rows.h"
#include "suites.h"

static const struct {
	const char *name, *url, *part;
} refused[] = {
	{ "nothing", "", "no host" },
	{ "a scheme alone", "http://", "no host" },
	{ "a slash alone", "/", "no host" },
	{ "a port alone", ":3128", "no host" },
	{ "another scheme", "ftp://proxy", "want http://" },
	{ "SOCKS 4", "socks4://proxy", "want http://" },
	{ "a scheme without a name", "://proxy", "want http://" },
	{ "a file", "file:///secret", "want http://" },
	{ "a path", "http://proxy/secret", "behind the host" },
	{ "a path that is no more than two slashes", "http://proxy//", "behind the host" },
	{ "a query", "http://proxy?secret", "behind the host" },
	{ "a fragment", "http://proxy#secret", "behind the host" },
	{ "a space", "http://proxy secret", "character" },
	{ "a line end", "http://proxy\r\nX: secret", "character" },
	{ "not ASCII", "http://pr\xc3\xb6xy", "character" },
	{ "DEL", "http://pr\x7fxy", "character" },
	{ "a backslash", "http://proxy\\@secret", "character" },
	{ "no user name", "http://@proxy", "USER" },
	{ "a password alone", "http://:secret@proxy", "USER" },
	{ "an @ in the password", "http://user:sec@ret@proxy", "%40" },
	{ "a user and no host", "http://user:secret@", "no host" },
	{ "a user and a port", "http://user:secret@:80", "no host" },
	{ "a slash in the password", "http://user:sec/ret@proxy", "behind the host" },
	{ "no port", "http://proxy:", "port" },
	{ "port 0", "http://proxy:0", "port" },
	{ "port 65536", "http://proxy:65536", "port" },
	{ "a port with a sign", "http://proxy:+80", "port" },
	{ "two ports", "http://proxy:80:80", "host" },
	{ "an address without brackets", "http://::1", "host" },
	{ "brackets around a name", "http://[proxy]:80", "IPv6" },
	{ "brackets around IPv4", "http://[127.0.0.1]:80", "IPv6" },
	{ "a zone", "http://[fe80::1%eth0]:80", "IPv6" },
	{ "half a bracket", "http://[::1", "host" },
	{ "empty brackets", "http://[]:80", "host" },
	{ "something between the bracket and the port", "http://[::1]x:80", "host" },
};

START_TEST(refuses)
{
	AUTO(proxy) p = PROXY_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(
	    refused[_i].name, proxy_parse(&p, refused[_i].url, &e), &e, E_USAGE, refused[_i].part);
	ck_assert_msg(!proxy_is_set(&p), "%s: left a proxy behind", refused[_i].name);
	ck_assert_msg(
	    strstr(err_msg(&e), "sec") == NULL, "%s: tells %s", refused[_i].name, err_msg(&e));
}
END_TEST

static const struct {
	const char *url, *want, *shown;
} accepted[] = {
	{ "proxy", "http://proxy", "http://proxy" },
	{ "proxy.example.com:3128", "http://proxy.example.com:3128",
	    "http://proxy.example.com:3128" },
	{ "HTTP://proxy:3128/", "http://proxy:3128", "http://proxy:3128" },
	{ "https://proxy:65535", "https://proxy:65535", "https://proxy:65535" },
	{ "socks5h://127.0.0.1:1", "socks5h://127.0.0.1:1", "socks5h://127.0.0.1:1" },
	{ "socks5://my_proxy", "socks5://my_proxy", "socks5://my_proxy" },
	{ "http://[::1]:3128", "http://[::1]:3128", "http://[::1]:3128" },
	{ "http://[2001:DB8::1]", "http://[2001:DB8::1]", "http://[2001:DB8::1]" },
	{ "user@proxy", "http://user@proxy", "http://proxy" },
	{ "https://user:pass@proxy:80", "https://user:pass@proxy:80", "https://proxy:80" },
	{ "http://u:a:b%40c@[::1]:80/", "http://u:a:b%40c@[::1]:80", "http://[::1]:80" },
	{ "http://u:@proxy", "http://u:@proxy", "http://proxy" },
};

START_TEST(accepts)
{
	AUTO(proxy) p = PROXY_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(accepted[_i].url, proxy_parse(&p, accepted[_i].url, &e), &e);
	row_string(accepted[_i].url, "URL", p.url, accepted[_i].want);
	row_string(accepted[_i].url, "shown", p.shown, accepted[_i].shown);
}
END_TEST

START_TEST(length)
{
	AUTO(proxy) p = PROXY_INIT;
	AUTO(buf) url = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	while (url.n < MAX_URL_BYTES)
		buf_add_byte(&url, 'x');
	row_accepted("at the cap", proxy_parse(&p, buf_str(&url), &e), &e);
	proxy_free(&p);
	buf_add_byte(&url, 'x');
	row_refused("over it", proxy_parse(&p, buf_str(&url), &e), &e, E_USAGE, "bytes");
}
END_TEST

static const struct {
	const char *no_proxy, *host, *port;
	bool bypassed;
} lists[] = {
	{ NULL, "example.com", "443", false },
	{ "", "example.com", "443", false },
	{ " ,, ,", "example.com", "443", false },
	{ ".", "example.com", "443", false },
	{ ":", "example.com", "443", false },
	{ ":443", "example.com", "443", false },
	{ ":443", "10.0.0.1", "443", false },
	{ "example.com", "", "443", false },
	{ "::1", "[x]", "443", false },
	{ "..", "example.com", "443", false },
	{ "example.co", "example.com", "443", false },
	{ "xample.com", "example.com", "443", false },
	{ "ample.com", "example.com", "443", false },
	{ "example.com", "badexample.com", "443", false },
	{ "www.example.com", "example.com", "443", false },
	{ "*example.com", "www.example.com", "443", false },
	{ "example.com:80", "example.com", "443", false },
	{ "example.com:", "example.com", "443", false },
	{ "https://example.com", "example.com", "443", false },
	{ "com/8", "example.com", "443", false },
	{ "10.0.0.0/8", "example.com", "443", false },
	{ "example.com", "93.184.216.34", "443", false },
	{ "10.0.0.1", "10.0.0.10", "443", false },
	{ "0.0.1", "10.0.0.1", "443", false },
	{ ".0.0.1", "10.0.0.1", "443", false },
	{ "10.0.0.0/8", "11.0.0.1", "443", false },
	{ "10.0.0.0/33", "10.0.0.0", "443", false },
	{ "10.0.0.0/", "10.0.0.0", "443", false },
	{ "10.0.0.0/-1", "10.0.0.0", "443", false },
	{ "10.0.0.0/x", "10.0.0.0", "443", false },
	{ "/8", "10.0.0.0", "443", false },
	{ "192.168.0.0/23", "192.168.2.1", "443", false },
	{ "::/0", "10.0.0.1", "443", false },
	{ "0.0.0.0/0", "[::1]", "443", false },
	{ "::1", "[::2]", "443", false },
	{ "2001:db8::/33", "[2001:db8:8000::1]", "443", false },
	{ "[::1]:80", "[::1]", "443", false },
	{ "[::1", "[::1]", "443", false },
	{ "*", "example.com", "443", true },
	{ "a, *", "[::1]", "443", true },
	{ "example.com", "example.com", "443", true },
	{ "example.com", "EXAMPLE.COM", "443", true },
	{ "Example.Com", "www.example.com", "443", true },
	{ ".example.com", "www.example.com", "443", true },
	{ ".example.com", "example.com", "443", true },
	{ "*.example.com", "www.example.com", "443", true },
	{ "example.com.", "example.com", "443", true },
	{ "example.com", "example.com.", "443", true },
	{ "a,b example.com\tc", "example.com", "443", true },
	{ "example.com:443", "example.com", "443", true },
	{ ".svc:5000,10.0.0.0/16", "registry.svc", "5000", true },
	{ "localhost", "localhost", "80", true },
	{ "10.0.0.1", "10.0.0.1", "443", true },
	{ "10.0.0.1:5000", "10.0.0.1", "5000", true },
	{ "10.0.0.0/8", "10.255.255.255", "443", true },
	{ "192.168.0.0/23", "192.168.1.255", "443", true },
	{ "10.0.0.7/32", "10.0.0.7", "443", true },
	{ "0.0.0.0/0", "10.0.0.1", "443", true },
	{ "::1", "[::1]", "443", true },
	{ "[::1]", "[::1]", "443", true },
	{ "[::1]:443", "[::1]", "443", true },
	{ "0:0:0:0:0:0:0:1", "[::1]", "443", true },
	{ "2001:db8::/33", "[2001:DB8:7fff::1]", "443", true },
	{ "[2001:db8::]/32", "[2001:db8::1]", "443", true },
};

START_TEST(bypasses)
{
	const char *list = lists[_i].no_proxy != NULL ? lists[_i].no_proxy : "(null)";

	ck_assert_msg(proxy_is_bypassed(lists[_i].no_proxy, lists[_i].host, lists[_i].port) ==
			  lists[_i].bypassed,
	    "NO_PROXY=\"%s\", %s port %s: want %s", list, lists[_i].host, lists[_i].port,
	    lists[_i].bypassed ? "no proxy" : "the proxy");
}
END_TEST

Suite *
proxy_suite(void)
{
	Suite *s = suite_create("proxy");
	TCase *tc = tcase_create("proxy");

	tcase_add_loop_test(tc, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(tc, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_test(tc, length);
	tcase_add_loop_test(tc, bypasses, 0, ARRAY_LEN(lists));
	suite_add_tcase(s, tc);
	return s;
}
