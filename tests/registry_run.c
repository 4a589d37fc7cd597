/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry_run.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "certgen.h"
#include "patience.h"
#include "rows.h"
#include "tree.h"

static struct certgen authority, certificate;
struct httpd *run_server;
static struct http *http;
static struct registry *registry;
static struct credential_options credentials;
static char *authfile_path;

void
run_setup(void)
{
	struct certgen_spec ca = { .name = "CA", .is_authority = true };
	struct certgen_spec leaf = {
		.issuer = &authority, .name = "server", .alternatives = "IP:127.0.0.1"
	};

	tree_make();
	certgen_make(&authority, &ca);
	certgen_make(&certificate, &leaf);
	tree_write_str("certs/ca.crt", authority.certificate);
	tree_write_str("none.json", "{}");
}

void
run_stop(void)
{
	registry_free(registry);
	http_free(http);
	httpd_stop(run_server);
	free(authfile_path);
	registry = NULL;
	http = NULL;
	run_server = NULL;
	authfile_path = NULL;
}

void
run_teardown(void)
{
	run_stop();
	certgen_free(&certificate);
	certgen_free(&authority);
	tree_remove();
}

void
run_serve(const struct httpd_route *routes, bool tls)
{
	struct httpd_tls with = { .certificate = certificate.certificate, .key = certificate.key };

	run_server = httpd_start(routes, tls ? &with : NULL);
}

void
run_start(const char *creds, const char *authfile, struct http_options options)
{
	AUTO_STR char *certs = tree_path("certs");
	AUTO(err) e = ERR_INIT;

	authfile_path = tree_path(authfile != NULL ? authfile : "none.json");
	credentials = (struct credential_options){ .creds = creds, .authfile = authfile_path };
	options.fetcher = TEST_BUILDDIR "/relsig-fetch";
	options.cert_dir = certs;
	if (options.timeout_ms == 0)
		options.timeout_ms = 20000;
	options.timeout_ms = patience_ms(options.timeout_ms);
	ck_assert_msg(http_open(&http, &options, &e) == 0, "%s", err_msg(&e));
	registry = registry_new(http, &credentials);
}

struct registry *
run_registry(void)
{
	return registry;
}

void
run_image(struct reference *out, const char *rest)
{
	AUTO_STR char *text = xasprintf("127.0.0.1:%u%s", httpd_port(run_server), rest);
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(reference_parse(out, text, &e) == 0, "%s", err_msg(&e));
}

int
run_ask_within(const char *rest, size_t max, struct buf *out, char **url, struct err *e)
{
	AUTO(reference) image = REFERENCE_INIT;

	run_image(&image, rest);
	return registry_manifest(registry, &image, NULL, max, out, url, e);
}

int
run_ask(const char *rest, struct err *e)
{
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *url = NULL;

	return run_ask_within(rest, MAX_MANIFEST_BYTES, &out, &url, e);
}

void
run_expect_requests(const char *row, const char *const *want)
{
	size_t i;

	for (i = 0; i < httpd_count(run_server); i++) {
		const struct httpd_request *r = httpd_request(run_server, i);
		AUTO_STR char *got = xasprintf("%s %s%s%s", r->method, r->path,
		    r->authorization[0] != '\0' ? " " : "", r->authorization);

		row_string(row, "request", got, want[i]);
		if (want[i] == NULL)
			return;
	}
	row_string(row, "request that did not come", NULL, want[i]);
}
