/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fetcher can still read: what names are resolved with, and whom TLS believes. */
#ifndef RELSIG_TRANSPORT_FETCHER_CONFINE_H
#define RELSIG_TRANSPORT_FETCHER_CONFINE_H

#include "base/base.h"
#include "base/confine.h"
#include "base/err.h"

/*
 * confine_fetcher with those paths. authorities: SSL_CERT_FILE, or NULL. After libcurl and OpenSSL
 * have read their settings, before the first request.
 */
int fetcher_confine(const char *authorities, struct confine_report *out, struct err *e) RESULT_USED;

#endif
