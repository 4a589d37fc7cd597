/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of a web server, by their names beneath one URL. What comes is as hostile as any mirror. */
#ifndef RELSIG_TRANSPORT_HTTP_FILE_H
#define RELSIG_TRANSPORT_HTTP_FILE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "transport/blob.h"
#include "transport/http.h"

/* Can names follow it: http or https, a host, no user name, query or fragment? E_USAGE. */
int http_file_check_base(const char *base, struct err *e) RESULT_USED;
/* The URL of a file, for free(): name is a path, whose other characters are percent-encoded. */
char *http_file_url(const char *base, const char *name);

/*
 * Read a small one of at most max bytes into out (emptied first, and empty after a failure).
 * E_NOT_FOUND: status 404 or 410; E_DENIED: 401 or 403; E_UNREACHABLE: any other but 200; also what
 * http_fetch says.
 */
int http_file_read(
    struct http *h, const char *url, size_t max, struct buf *out, struct err *e) RESULT_USED;

/*
 * One of at most max bytes as a blob, which outlives its connections (http_blob.h), from a byte on,
 * when so many are here already: *at is where it begins, from or 0, as the server can. *out is NULL
 * when from is its end. Errors as of http_file_read; E_TOO_LARGE when the server says so.
 */
int http_file_open(struct http *h, const char *url, uint64_t from, uint64_t max, struct blob **out,
    uint64_t *at, struct err *e) RESULT_USED;

#endif
