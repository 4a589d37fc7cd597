/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http_fixture.h"

#include "patience.h"
#include "rows.h"

static struct http *
open_with(const struct http_options *options)
{
	struct http_options patient = *options;
	struct http *h = NULL;
	AUTO(err) e = ERR_INIT;

	patient.timeout_ms = patience_ms(options->timeout_ms);
	row_accepted("opening a session", http_open(&h, &patient, &e), &e);
	return h;
}

struct http *
http_fixture_open(unsigned timeout_ms, unsigned retry_times)
{
	return open_with(&(struct http_options){ .fetcher = HTTP_FIXTURE_FETCHER,
	    .timeout_ms = timeout_ms,
	    .retry_times = retry_times });
}

struct http *
http_fixture_open_tls(const char *cert_dir, bool tls_no_verify)
{
	return open_with(&(struct http_options){ .fetcher = HTTP_FIXTURE_FETCHER,
	    .cert_dir = cert_dir,
	    .tls_no_verify = tls_no_verify,
	    .timeout_ms = 20000 });
}
