/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/fetcher_confine.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

struct paths {
	char **v; /* owned; the strings too */
	size_t n;
};
#define PATHS_INIT                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

static void
paths_free(struct paths *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i]);
	free(p->v);
	*p = (struct paths)PATHS_INIT;
}
AUTO_DEFINE(paths)

/*
 * All of these stay readable and are not just kept open: libc opens its files and modules at the
 * first name that is looked up, and again when they have changed; OpenSSL looks for each authority
 * in its directory when a server names it.
 */

/* getaddrinfo(3): its files, where systemd-resolved and NetworkManager keep them, its modules. */
static const char *const resolver[] = {
	"/etc/resolv.conf",
	"/etc/hosts",
	"/etc/nsswitch.conf",
	"/etc/host.conf",
	"/etc/gai.conf",
	"/etc/services",
	"/etc/protocols",
	"/etc/networks",
	"/etc/hostname",
	"/etc/machine-info",
	"/usr/etc/nsswitch.conf",
	"/usr/etc/gai.conf",
	"/usr/etc/services",
	"/usr/etc/protocols",
	"/run/systemd/resolve",
	"/run/resolvconf",
	"/run/netconfig",
	"/run/NetworkManager/resolv.conf",
	"/run/NetworkManager/no-stub-resolv.conf",
	"/etc/ld.so.cache",
	"/lib",
	"/lib64",
	"/usr/lib",
	"/usr/lib64",
};

/* The system's authorities and OpenSSL's settings, as distributions have them; no "private" beside.
 */
static const char *const tls[] = {
	"/etc/ssl/certs",
	"/etc/ssl/cert.pem",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/openssl.cnf",
	"/etc/pki/tls/certs",
	"/etc/pki/tls/cert.pem",
	"/etc/pki/tls/openssl.cnf",
	"/etc/pki/tls/openssl.d",
	"/etc/pki/ca-trust",
	"/etc/ca-certificates",
	"/etc/crypto-policies",
	"/usr/share/crypto-policies",
	"/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates",
	"/usr/share/pki/ca-trust-source",
	"/var/lib/ca-certificates",
};

/* What libc and OpenSSL ask the kernel through files. */
static const char *const kernel[] = {
	"/dev/null",
	"/dev/random",
	"/dev/urandom",
	"/proc/sys/crypto",
	"/proc/sys/net/ipv6",
	"/sys/devices/system/cpu",
};

static void
add(struct paths *p, const char *path)
{
	*LIST_ADD(p->v, p->n) = xstrdup(path);
}

static void
add_all(struct paths *p, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(p, v[i]);
}

/* Where a library is, there are those that it loads later (NSS, OpenSSL), if it is not as above. */
static int
add_directory_of(struct dl_phdr_info *info, size_t size, void *arg)
{
	const char *slash;

	(void)size;
	slash = info->dlpi_name != NULL ? strrchr(info->dlpi_name, '/') : NULL;
	if (slash != NULL && slash != info->dlpi_name) {
		AUTO_STR char *directory =
		    xstrndup(info->dlpi_name, (size_t)(slash - info->dlpi_name));

		add(arg, directory);
	}
	return 0;
}

/* What libcurl was built to believe. */
static void
add_default_authorities(struct paths *p)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

	if (info->age < CURLVERSION_SEVENTH)
		return;
	if (info->cainfo != NULL)
		add(p, info->cainfo);
	if (info->capath != NULL)
		add(p, info->capath);
}

int
fetcher_confine(const char *authorities, struct confine_report *out, struct err *e)
{
	AUTO(paths) p = PATHS_INIT;

	add_all(&p, resolver, ARRAY_LEN(resolver));
	add_all(&p, tls, ARRAY_LEN(tls));
	add_all(&p, kernel, ARRAY_LEN(kernel));
	(void)dl_iterate_phdr(add_directory_of, &p);
	add_default_authorities(&p);
	if (authorities != NULL)
		add(&p, authorities);
	*LIST_ADD(p.v, p.n) = NULL;
	return confine_fetcher((const char *const *)p.v, out, e);
}
