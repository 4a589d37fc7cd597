/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions with the fetcher of this build. */
#ifndef RELSIG_TESTS_HTTP_FIXTURE_H
#define RELSIG_TESTS_HTTP_FIXTURE_H

#include "transport/http.h"

#define HTTP_FIXTURE_FETCHER TEST_BUILDDIR "/relsig-fetch"

/* A session without certificates of its own. Ends the test when it cannot be had. */
struct http *http_fixture_open(unsigned timeout_ms, unsigned retry_times);
/* With --cert-dir (or NULL) and perhaps --tls-verify=false, patient and without retries. */
struct http *http_fixture_open_tls(const char *cert_dir, bool tls_no_verify);

#endif
