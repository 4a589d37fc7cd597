/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is this a request that is sent at all? For transport/http. */
#ifndef RELSIG_TRANSPORT_HTTP_REQUEST_H
#define RELSIG_TRANSPORT_HTTP_REQUEST_H

#include "transport/http.h"

/* What http.h demands of a request: E_USAGE, E_TOO_LARGE. Messages show no password. */
int http_request_check(const struct http_request *request, struct err *e) RESULT_USED;

#endif
