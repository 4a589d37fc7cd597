/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What names a signature store: --store, registries.d and ClusterVersions have such URLs. */
#ifndef RELSIG_TRANSPORT_STORE_URL_H
#define RELSIG_TRANSPORT_STORE_URL_H

#include "base/base.h"
#include "base/err.h"

/*
 * E_USAGE unless url is http://, https:// or file:// (an absolute path, percent-decoded), no
 * user info, and no host that libcurl would read otherwise.
 */
int store_check_url(const char *url, struct err *e) RESULT_USED;
/* True for http and https. */
bool store_needs_network(const char *url) RESULT_USED;

/* What follows "file://"; NULL for a URL of another scheme. */
const char *store_url_file(const char *url);
/*
 * The path of what follows "file://" (RFC 8089), percent-decoded, no slashes at its end: "/"
 * becomes "". E_USAGE. For free().
 */
int store_url_path(char **out, const char *rest, struct err *e) RESULT_USED;

#endif
