/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "expect_store.h"
#include "formats/signature_blob.h"
#include "registry_run.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "transport/attachment.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
/* Of "one" and of "two". */
#define ONE "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
#define TWO "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"

#define MANIFEST_PATH "/v2/a/b/manifests/sha256-" HEX ".sig"
#define BLOB_PATH(hex) "/v2/a/b/blobs/sha256:" hex
#define OCI_IMAGE "application/vnd.oci.image.manifest.v1+json"
#define OCI_TYPE "Content-Type: " OCI_IMAGE "\r\n"
#define LAYER_OF(type, hex, size)                                                                  \
	"{\"mediaType\":\"" type "\",\"digest\":\"sha256:" hex "\",\"size\":" size                 \
	",\"annotations\":{\"dev.cosignproject.cosign/signature\":\"" size "\"}}"
#define LAYER(hex) LAYER_OF(SIGSTORE_SIGNATURE_TYPE, hex, "3")
#define IMAGE(layers)                                                                              \
	"{\"schemaVersion\":2,\"mediaType\":\"" OCI_IMAGE "\",\"config\":{},\"layers\":[" layers   \
	"]}"
#define SERVED(text)                                                                               \
	{                                                                                          \
		.path = MANIFEST_PATH, .headers = OCI_TYPE, .body = (text)                         \
	}
#define BLOB(hex, text)                                                                            \
	{                                                                                          \
		.path = BLOB_PATH(hex), .body = (text)                                             \
	}
#define GET_MANIFEST "GET " MANIFEST_PATH
#define GET_BLOB(hex) "GET " BLOB_PATH(hex)

/* Items come, each with "one" or "two" in turn; then a failure, or the end. */
static const struct {
	const char *name;
	struct httpd_route routes[6];
	size_t items;
	enum errc code; /* E_NONE: the end */
	const char *part;
	const char *requests[6];
} rows[] = {
	/* Could not look. */
	{ "no registry", { { 0 } }, 0, E_UNREACHABLE, "status 404", { "GET /v2/" } },
	{ "forbidden", { PING(200, NULL), { .path = MANIFEST_PATH, .status = 403 } }, 0, E_DENIED,
	    "status 403", { "GET /v2/", GET_MANIFEST } },
	{ "a password is wanted", { PING(401, BASIC), { .path = MANIFEST_PATH, .status = 401 } }, 0,
	    E_DENIED, "credentials", { "GET /v2/", GET_MANIFEST } },
	{ "out of order", { PING(200, NULL), { .path = MANIFEST_PATH, .status = 500 } }, 0,
	    E_UNREACHABLE, "status 500", { "GET /v2/", GET_MANIFEST } },
	{ "gone", { PING(200, NULL), { .path = MANIFEST_PATH, .status = 410 } }, 0, E_UNREACHABLE,
	    "status 410", { "GET /v2/", GET_MANIFEST } },
	{ "endless", { PING(200, NULL), { .path = MANIFEST_PATH, .behaviour = HTTPD_ENDLESS } }, 0,
	    E_TOO_LARGE, ".sig", { "GET /v2/", GET_MANIFEST } },
	{ "no type", { PING(200, NULL), { .path = MANIFEST_PATH, .body = IMAGE(LAYER(ONE)) } }, 0,
	    E_UNREACHABLE, "content type \"\", want \"" OCI_IMAGE "\"",
	    { "GET /v2/", GET_MANIFEST } },
	{ "an index by type",
	    { PING(200, NULL),
		{ .path = MANIFEST_PATH,
		    .headers = "Content-Type: application/vnd.oci.image.index.v1+json\r\n",
		    .body = IMAGE(LAYER(ONE)) } },
	    0, E_UNREACHABLE, "content type \"application/vnd.oci.image.index.v1+json\"",
	    { "GET /v2/", GET_MANIFEST } },
	{ "a type that only begins so",
	    { PING(200, NULL), { .path = MANIFEST_PATH,
				   .headers = "Content-Type: " OCI_IMAGE "x\r\n",
				   .body = IMAGE(LAYER(ONE)) } },
	    0, E_UNREACHABLE, "content type", { "GET /v2/", GET_MANIFEST } },
	{ "a page", { PING(200, NULL), SERVED("<html>") }, 0, E_INVALID, "not acceptable JSON",
	    { "GET /v2/", GET_MANIFEST } },
	{ "an index by content",
	    { PING(200, NULL),
		SERVED("{\"schemaVersion\":2,\"mediaType\":"
		       "\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}") },
	    0, E_UNSUPPORTED, "of type application/vnd.oci.image.index",
	    { "GET /v2/", GET_MANIFEST } },
	{ "a bad layer after a good one",
	    { PING(200, NULL), SERVED(IMAGE(LAYER(ONE) ",{}")), BLOB(ONE, "one") }, 0, E_INVALID,
	    "layers[1]", { "GET /v2/", GET_MANIFEST } },
	{ "no blob", { PING(200, NULL), SERVED(IMAGE(LAYER(ONE))) }, 0, E_NOT_FOUND,
	    "status 404: no blob sha256:" ONE " in the repository a/b",
	    { "GET /v2/", GET_MANIFEST, GET_BLOB(ONE) } },
	{ "another blob", { PING(200, NULL), SERVED(IMAGE(LAYER(ONE))), BLOB(ONE, "two") }, 0,
	    E_UNREACHABLE, "what came has the digest sha256:" TWO,
	    { "GET /v2/", GET_MANIFEST, GET_BLOB(ONE) } },
	{ "another size",
	    { PING(200, NULL), SERVED(IMAGE(LAYER_OF(SIGSTORE_SIGNATURE_TYPE, ONE, "4"))),
		BLOB(ONE, "one") },
	    0, E_UNREACHABLE, "3 bytes, the manifest says 4",
	    { "GET /v2/", GET_MANIFEST, GET_BLOB(ONE) } },
	{ "an endless blob",
	    { PING(200, NULL), SERVED(IMAGE(LAYER(ONE))),
		{ .path = BLOB_PATH(ONE), .behaviour = HTTPD_ENDLESS } },
	    0, E_TOO_LARGE, "blobs", { "GET /v2/", GET_MANIFEST, GET_BLOB(ONE) } },
	{ "the second blob is not there",
	    { PING(200, NULL), SERVED(IMAGE(LAYER(ONE) "," LAYER(TWO))), BLOB(ONE, "one") }, 1,
	    E_NOT_FOUND, "status 404", { "GET /v2/", GET_MANIFEST, GET_BLOB(ONE), GET_BLOB(TWO) } },

	/* None. */
	{ "no such tag", { PING(200, NULL) }, 0, E_NONE, NULL, { "GET /v2/", GET_MANIFEST } },
	{ "no such tag, in words",
	    { PING(200, NULL),
		{ .path = MANIFEST_PATH, .status = 404, .body = ERRORS("MANIFEST_UNKNOWN") } },
	    0, E_NONE, NULL, { "GET /v2/", GET_MANIFEST } },
	{ "no layers", { PING(200, NULL), SERVED(IMAGE("")) }, 0, E_NONE, NULL,
	    { "GET /v2/", GET_MANIFEST } },
	{ "other layers", { PING(200, NULL), SERVED(IMAGE(LAYER_OF("text/x", ONE, "3"))) }, 0,
	    E_NONE, NULL, { "GET /v2/", GET_MANIFEST } },

	/* Some. */
	{ "one", { PING(200, NULL), SERVED(IMAGE(LAYER(ONE))), BLOB(ONE, "one") }, 1, E_NONE, NULL,
	    { "GET /v2/", GET_MANIFEST, GET_BLOB(ONE) } },
	{ "a type with a parameter",
	    { PING(200, NULL),
		{ .path = MANIFEST_PATH,
		    .headers = "Content-Type: Application/vnd.oci.image.manifest.v1+json; x=y\r\n",
		    .body = IMAGE(LAYER(ONE)) },
		BLOB(ONE, "one") },
	    1, E_NONE, NULL, { "GET /v2/", GET_MANIFEST, GET_BLOB(ONE) } },
	{ "two, and something else",
	    { PING(200, NULL),
		SERVED(IMAGE(LAYER(ONE) "," LAYER_OF("text/x", ONE, "3") "," LAYER(TWO))),
		BLOB(ONE, "one"), BLOB(TWO, "two") },
	    2, E_NONE, NULL, { "GET /v2/", GET_MANIFEST, GET_BLOB(ONE), GET_BLOB(TWO) } },
	{ "behind a redirect",
	    { PING(200, NULL), SERVED(IMAGE(LAYER(ONE))),
		{ .path = BLOB_PATH(ONE), .status = 307, .headers = "Location: /moved\r\n" },
		{ .path = "/moved", .body = "one" } },
	    1, E_NONE, NULL, { "GET /v2/", GET_MANIFEST, GET_BLOB(ONE), "GET /moved" } },
	{ "with a token",
	    { PING(401, BEARER), TOKEN("t"),
		{ .path = MANIFEST_PATH,
		    .authorization = "Bearer t",
		    .headers = OCI_TYPE,
		    .body = IMAGE(LAYER(ONE)) },
		{ .path = BLOB_PATH(ONE), .authorization = "Bearer t", .body = "one" } },
	    1, E_NONE, NULL,
	    { "GET /v2/", "GET " TOKEN_PATH, GET_MANIFEST " Bearer t",
		GET_BLOB(ONE) " Bearer t" } },
};

/* The next item is the layer that holds this payload, with its annotation. */
static void
expect_layer(const char *row, struct store_iter *it, const char *payload)
{
	AUTO(signature_blob) read = SIGNATURE_BLOB_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;
	enum store_item got = store_next(it, &blob, &where, &e);

	ck_assert_msg(got == STORE_ITEM, "%s: %d, %s", row, (int)got, err_msg(&e));
	ck_assert_msg(where != NULL && strstr(where, "/v2/a/b/blobs/sha256:") != NULL,
	    "%s: is at %s", row, where);
	row_accepted(row, signature_blob_parse(&read, buf_bytes(&blob), &e), &e);
	ck_assert_int_eq(read.kind, SIGNATURE_BLOB_SIGSTORE);
	row_string(row, "payload", buf_str(&read.sigstore.payload), payload);
	row_string(row, "media type", read.sigstore.media_type, SIGSTORE_SIGNATURE_TYPE);
	row_string(row, "signature", read.sigstore.annotations.signature, "3");
}

START_TEST(looks)
{
	struct digest digest = { "sha256:" HEX };
	AUTO(reference) image = REFERENCE_INIT;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(err) e = ERR_INIT;
	size_t i;

	run_serve(rows[_i].routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	run_image(&image, "/a/b:any@sha256:" HEX);
	row_accepted(rows[_i].name, attachment_open(&it, run_registry(), &image, &digest, &e), &e);
	for (i = 0; i < rows[_i].items; i++)
		expect_layer(rows[_i].name, it, i == 0 ? "one" : "two");
	if (rows[_i].code != E_NONE)
		expect_failure(it, rows[_i].code, rows[_i].part);
	else
		expect_end(it);
	run_expect_requests(rows[_i].name, rows[_i].requests);
}
END_TEST

/* A payload at the cap is read, and one over it is not. */
START_TEST(caps_a_payload)
{
	AUTO(buf) payload = BUF_INIT;
	size_t more;

	for (more = 0; more < 2; more++) {
		struct digest digest = { "sha256:" HEX }, content;
		AUTO_STR char *path = NULL;
		AUTO_STR char *manifest = NULL;
		AUTO(reference) image = REFERENCE_INIT;
		AUTO_PTR(store_iter) it = NULL;
		AUTO(buf) blob = BUF_INIT;
		AUTO_STR char *where = NULL;
		AUTO(err) e = ERR_INIT;
		struct httpd_route routes[4] = { PING(200, NULL) };

		while (payload.n < MAX_SIGSTORE_PAYLOAD_BYTES + more)
			buf_add_byte(&payload, 'x');
		ck_assert_int_eq(digest_of_bytes(&content, buf_bytes(&payload), &e), 0);
		path = xasprintf("/v2/a/b/blobs/%s", content.text);
		manifest = xasprintf(IMAGE("{\"mediaType\":\"" SIGSTORE_SIGNATURE_TYPE
					   "\",\"digest\":\"%s\",\"size\":%zu}"),
		    content.text, payload.n);
		routes[1] = (struct httpd_route)SERVED(manifest);
		routes[2] = (struct httpd_route)BLOB("", buf_str(&payload));
		routes[2].path = path;
		run_serve(routes, true);
		run_start(NULL, NULL, (struct http_options){ 0 });
		run_image(&image, "/a/b");
		ck_assert_int_eq(attachment_open(&it, run_registry(), &image, &digest, &e), 0);
		ck_assert_msg(
		    store_next(it, &blob, &where, &e) == (more == 0 ? STORE_ITEM : STORE_FAILED),
		    "%zu over the cap: %s", more, err_msg(&e));
		ck_assert_int_eq(e.code, more == 0 ? E_NONE : E_TOO_LARGE);
		store_iter_free(steal(&it));
		run_stop();
	}
}
END_TEST

/* Nothing but a sha256 becomes a tag, and no blob is asked for by anything else. */
START_TEST(refuses_to_ask)
{
	static const struct httpd_route routes[] = { PING(200, NULL), { 0 } };
	static const char *const none[] = { NULL };
	struct digest bad[] = { { "" }, { "sha512:" HEX HEX }, { "sha256:../../" HEX } };
	struct reference nowhere = REFERENCE_INIT;
	struct digest digest = { "sha256:" HEX };
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *url = NULL;
	size_t i;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	run_image(&image, "/a/b");
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO_PTR(store_iter) it = NULL;
		AUTO(err) e = ERR_INIT;

		row_refused(bad[i].text, attachment_open(&it, run_registry(), &image, &bad[i], &e),
		    &e, E_UNSUPPORTED, "by sha256 digest");
		ck_assert_ptr_null(it);
	}
	for (i = 0; i < 2; i++) {
		AUTO_PTR(store_iter) it = NULL;
		AUTO(err) e = ERR_INIT;

		row_refused("a blob",
		    registry_blob(run_registry(), i == 0 ? &nowhere : &image,
			i == 0 ? &digest : &bad[0], 1, &out, &url, &e),
		    &e, E_USAGE, "a blob without");
		err_free(&e);
		row_refused("nowhere", attachment_open(&it, run_registry(), &nowhere, &digest, &e),
		    &e, E_INVALID, ".sig");
	}
	run_expect_requests("nothing is asked for", none);
}
END_TEST

Suite *
attachment_suite(void)
{
	Suite *s = suite_create("attachment");
	TCase *t = tcase_create("attachment");

	tcase_add_checked_fixture(t, run_setup, run_teardown);
	tcase_add_loop_test(t, looks, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, caps_a_payload);
	tcase_add_test(t, refuses_to_ask);
	suite_add_tcase(s, t);
	return s;
}
