/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "expect_store.h"
#include "registry_run.h"
#include "rows.h"
#include "suites.h"
#include "transport/mirror_chain.h"

/* Of "one", of "two". */
#define ONE "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
#define TWO "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
#define BY_ONE "@sha256:" ONE
#define OCI_TYPE "Content-Type: application/vnd.oci.image.manifest.v1+json\r\n"

/* One server is the registry of a/b, and has its mirrors m/b and n/b. */
#define AT(repository, rest, text)                                                                 \
	{                                                                                          \
		.path = "/v2/" repository "/manifests/" rest, .body = (text)                       \
	}
#define BROKEN(repository, status_)                                                                \
	{                                                                                          \
		.path = "/v2/" repository "/manifests/*", .status = (status_)                      \
	}
#define GET(repository, rest) "GET /v2/" repository "/manifests/" rest
#define GET_ONE(repository) GET(repository, "sha256:" ONE)

#define NONE                                                                                       \
	{                                                                                          \
		""                                                                                 \
	} /* no digest */

enum never { ALLOW, NEVER };

struct row {
	const char *name;
	const char *image; /* after "/a/b" */
	enum never never;
	struct digest instance;
	struct httpd_route routes[6];
	const char *asked; /* the outcomes, each with a space after it */
	enum errc code;
	const char *part; /* of the error, or what came */
	const char *requests[8];
};

static const struct row rows[] = {
	{ "nobody has the tag", ":1", ALLOW, NONE, { PING(200, NULL) }, "absent absent absent ",
	    E_NOT_FOUND,
	    "no place gave it: 127.0.0.1:", { "GET /v2/", GET("m/b", "1"), GET("n/b", "1"), M } },
	{ "nobody has the digest", BY_ONE, ALLOW, NONE, { PING(200, NULL) },
	    "absent absent absent ", E_NOT_FOUND, "/n/b" BY_ONE ": GET https://127.0.0.1:",
	    { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b"), GET_ONE("a/b") } },
	{ "one is out of order, nobody else has it", BY_ONE, ALLOW, NONE,
	    { PING(200, NULL), BROKEN("n/b", 500) }, "absent failed absent ", E_UNREACHABLE,
	    "status 500", { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b"), GET_ONE("a/b") } },
	{ "a password is wanted, nobody else has it", BY_ONE, ALLOW, NONE,
	    { PING(200, NULL), BROKEN("a/b", 403) }, "absent absent failed ", E_DENIED,
	    "status 403", { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b"), GET_ONE("a/b") } },
	{ "another image, and one out of order", BY_ONE, ALLOW, NONE,
	    { PING(200, NULL), AT("m/b", "*", "two"), BROKEN("n/b", 500) },
	    "other-digest failed absent ", E_UNREACHABLE,
	    "another manifest, with the digest sha256:" TWO "; ",
	    { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b"), GET_ONE("a/b") } },
	{ "never, and the mirrors lack it", BY_ONE, NEVER, NONE,
	    { PING(200, NULL), AT("a/b", "*", "one") }, "absent absent forbidden ", E_NOT_FOUND,
	    "NeverContactSource, in a mirror set for 127.0.0.1:",
	    { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b") } },
	{ "never, and no mirror for tags", ":1", NEVER, NONE,
	    { PING(200, NULL), AT("a/b", "*", "one") }, "forbidden ", E_USAGE,
	    "nobody may be asked: NeverContactSource", { NULL } },
	{ "a manifest that is too large", BY_ONE, NEVER, NONE,
	    { PING(200, NULL), { .path = "/v2/n/b/manifests/*", .behaviour = HTTPD_ENDLESS } },
	    "absent failed forbidden ", E_TOO_LARGE, "manifests/",
	    { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b") } },

	/* Bytes of another digest come back when there are no others, to be refused. */
	{ "another image, nobody else has it", BY_ONE, ALLOW, NONE,
	    { PING(200, NULL), AT("m/b", "*", "two") }, "other-digest absent absent ", E_NONE,
	    "two", { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b"), GET_ONE("a/b") } },
	{ "two other images", BY_ONE, NEVER, NONE,
	    { PING(200, NULL), AT("m/b", "*", "two"), AT("n/b", "*", "three") },
	    "other-digest other-digest forbidden ", E_NONE, "three",
	    { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b") } },

	{ "the first has it", BY_ONE, ALLOW, NONE, { PING(200, NULL), AT("m/b", "*", "one") },
	    "used ", E_NONE, "one", { "GET /v2/", GET_ONE("m/b") } },
	{ "the second has it", BY_ONE, NEVER, NONE,
	    { PING(200, NULL), BROKEN("m/b", 500), AT("n/b", "*", "one") }, "failed used ", E_NONE,
	    "one", { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b") } },
	{ "another image, then the one", BY_ONE, ALLOW, NONE,
	    { PING(200, NULL), AT("m/b", "*", "two"), AT("n/b", "*", "one") }, "other-digest used ",
	    E_NONE, "one", { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b") } },
	{ "only upstream has it", BY_ONE, ALLOW, NONE, { PING(200, NULL), AT("a/b", "*", "one") },
	    "absent absent used ", E_NONE, "one",
	    { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b"), GET_ONE("a/b") } },
	{ "by tag, whatever it is", ":1", ALLOW, NONE,
	    { PING(200, NULL), AT("m/b", "*", "two"), AT("n/b", "*", "one") }, "used ", E_NONE,
	    "two", { "GET /v2/", GET("m/b", "1") } },
	{ "by both, at a mirror", ":1" BY_ONE, ALLOW, NONE,
	    { PING(200, NULL), AT("m/b", "*", "one") }, "used ", E_NONE, "one",
	    { "GET /v2/", GET_ONE("m/b") } },
	{ "by both, upstream", ":1" BY_ONE, ALLOW, NONE, { PING(200, NULL), AT("a/b", "1", "one") },
	    "absent absent used ", E_NONE, "one",
	    { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b"), M } },
	{ "one of a list", ":1", ALLOW, { "sha256:" ONE },
	    { PING(200, NULL), AT("m/b", "*", "two"), AT("n/b", "*", "one") }, "other-digest used ",
	    E_NONE, "one", { "GET /v2/", GET_ONE("m/b"), GET_ONE("n/b") } },
};

/* m and n are mirrors of a: with ALLOW for any image, with NEVER for digests. */
static void
make_mirrors(struct mirrors *out, enum never never)
{
	unsigned port = httpd_port(run_server);
	AUTO_STR char *m = xasprintf("127.0.0.1:%u/a=127.0.0.1:%u/m", port, port);
	AUTO_STR char *n = xasprintf("127.0.0.1:%u/a=127.0.0.1:%u/n", port, port);
	AUTO_STR char *set = xasprintf(
	    "{apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, spec: "
	    "{imageDigestMirrors: [{source: '127.0.0.1:%u/a', mirrors: ['127.0.0.1:%u/m', "
	    "'127.0.0.1:%u/n'], mirrorSourcePolicy: NeverContactSource}]}}",
	    port, port, port);
	AUTO(err) e = ERR_INIT;

	if (never == NEVER) {
		row_accepted("set", mirrors_read(out, "f", bytes_of_str(set), &e), &e);
		return;
	}
	row_accepted("m", mirrors_add_pair(out, m, &e), &e);
	row_accepted("n", mirrors_add_pair(out, n, &e), &e);
}

static void
expect_asked(const struct row *row, const struct asked *asked)
{
	AUTO(buf) got = BUF_INIT;

	for (size_t i = 0; i < asked->n; i++) {
		const struct asked_place *p = &asked->v[i];
		bool used = p->outcome == ASKED_USED;

		buf_addf(&got, "%s ", asked_word(p->outcome));
		ck_assert_msg((p->detail == NULL) == used, "%s: %s", row->name, p->name);
		ck_assert_msg((p->location != NULL) == (used || p->outcome == ASKED_OTHER),
		    "%s: %s", row->name, p->name);
		ck_assert_msg(
		    p->mirror == (strstr(p->name, "/a/b") == NULL), "%s: %s", row->name, p->name);
	}
	row_string(row->name, "asked", buf_str(&got), row->asked);
}

START_TEST(asks)
{
	const struct row *row = &rows[_i];
	AUTO_STR char *rest = xasprintf("/a/b%s", row->image);
	AUTO_PTR(mirror_chain) c = NULL;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(mirrors) mirrors = MIRRORS_INIT;
	AUTO(asked) asked = ASKED_INIT;
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;
	int r;

	run_serve(row->routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	run_image(&image, rest);
	make_mirrors(&mirrors, row->never);
	c = mirror_chain_open(&mirrors, run_registry(), &image);
	buf_add_str(&out, "left over");
	r = mirror_chain_manifest(c, &row->instance, MAX_MANIFEST_BYTES, &asked, &out, &where, &e);
	if (row->code == E_NONE) {
		row_accepted(row->name, r, &e);
		row_string(row->name, "manifest", buf_str(&out), row->part);
	} else {
		row_refused(row->name, r, &e, row->code, row->part);
	}
	ck_assert_msg((where != NULL) == (r == 0) && (out.n > 0) == (r == 0), "%s", row->name);
	expect_asked(row, &asked);
	run_expect_requests(row->name, row->requests);
}
END_TEST

#define SIG "sha256-" ONE ".sig"
#define IMAGE_OF(hex)                                                                              \
	"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","       \
	"\"config\":{},\"layers\":[{\"mediaType\":\"application/"                                  \
	"vnd.dev.cosign.simplesigning.v1+json\",\"digest\":\"sha256:" hex                          \
	"\",\"size\":3,\"annotations\":{\"dev.cosignproject.cosign/signature\":\"s\"}}]}"
#define SIGNED(repository, hex)                                                                    \
	{                                                                                          \
		.path = "/v2/" repository "/manifests/" SIG, .headers = OCI_TYPE,                  \
		.body = IMAGE_OF(hex)                                                              \
	}
#define BLOB(repository, hex, text)                                                                \
	{                                                                                          \
		.path = "/v2/" repository "/blobs/sha256:" hex, .body = (text)                     \
	}

/* Signatures of several places are one series; what stood in the way is said at its end. */
static const struct {
	const char *name;
	enum never never;
	struct httpd_route routes[8];
	size_t items;
	enum errc code;
	const char *part;
	const char *requests[8];
} attached[] = {
	{ "nobody has any", ALLOW, { PING(200, NULL) }, 0, E_NONE, NULL,
	    { "GET /v2/", GET("m/b", SIG), GET("n/b", SIG), GET("a/b", SIG) } },
	{ "one is out of order", ALLOW, { PING(200, NULL), BROKEN("m/b", 500) }, 0, E_UNREACHABLE,
	    "status 500", { "GET /v2/", GET("m/b", SIG), GET("n/b", SIG), GET("a/b", SIG) } },
	{ "two are out of order", ALLOW,
	    { PING(200, NULL), BROKEN("m/b", 500), BROKEN("n/b", 403) }, 0, E_DENIED,
	    "status 500, want 200; 127.0.0.1:",
	    { "GET /v2/", GET("m/b", SIG), GET("n/b", SIG), GET("a/b", SIG) } },
	{ "one out of order, then one with a signature", NEVER,
	    { PING(200, NULL), BROKEN("m/b", 500), SIGNED("n/b", ONE), BLOB("n/b", ONE, "one") }, 1,
	    E_UNREACHABLE, "status 500",
	    { "GET /v2/", GET("m/b", SIG), GET("n/b", SIG), "GET /v2/n/b/blobs/sha256:" ONE } },
	{ "two with a signature", ALLOW,
	    { PING(200, NULL), SIGNED("n/b", ONE), BLOB("n/b", ONE, "one"), SIGNED("a/b", TWO),
		BLOB("a/b", TWO, "two") },
	    2, E_NONE, NULL,
	    { "GET /v2/", GET("m/b", SIG), GET("n/b", SIG), "GET /v2/n/b/blobs/sha256:" ONE,
		GET("a/b", SIG), "GET /v2/a/b/blobs/sha256:" TWO } },
};

START_TEST(attachments)
{
	const char *row = attached[_i].name;
	struct digest digest = { "sha256:" ONE };
	AUTO_PTR(mirror_chain) c = NULL;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(mirrors) mirrors = MIRRORS_INIT;
	AUTO(err) e = ERR_INIT;

	run_serve(attached[_i].routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	run_image(&image, "/a/b" BY_ONE);
	make_mirrors(&mirrors, attached[_i].never);
	c = mirror_chain_open(&mirrors, run_registry(), &image);
	row_accepted(row, mirror_chain_attachments(c, &digest, &it, &e), &e);
	for (size_t i = 0; i < attached[_i].items; i++) {
		AUTO(buf) blob = BUF_INIT;
		AUTO_STR char *where = NULL;

		ck_assert_msg(
		    store_next(it, &blob, &where, &e) == STORE_ITEM, "%s: %s", row, err_msg(&e));
	}
	if (attached[_i].code != E_NONE)
		expect_failure(it, attached[_i].code, attached[_i].part);
	else
		expect_end(it);
	run_expect_requests(row, attached[_i].requests);
}
END_TEST

/* Who gave the manifest is asked first for what belongs to it. */
START_TEST(stays_with_who_gave_it)
{
	static const struct httpd_route routes[] = { PING(200, NULL), AT("n/b", "*", "one"),
		{ 0 } };
	static const char *const requests[] = { "GET /v2/", GET("m/b", "1"), GET("n/b", "1"),
		GET_ONE("n/b"), GET("n/b", SIG), GET("m/b", SIG), GET("a/b", SIG), NULL };
	struct digest none = { "" }, one = { "sha256:" ONE };
	AUTO_PTR(mirror_chain) c = NULL;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(mirrors) mirrors = MIRRORS_INIT;
	AUTO(asked) asked = ASKED_INIT;
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO_STR char *instance = NULL;
	AUTO(err) e = ERR_INIT;

	run_serve(routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	run_image(&image, "/a/b:1");
	make_mirrors(&mirrors, ALLOW);
	c = mirror_chain_open(&mirrors, run_registry(), &image);
	ck_assert(mirror_chain_used(c) == &image);
	row_accepted("list",
	    mirror_chain_manifest(c, &none, MAX_MANIFEST_BYTES, &asked, &out, &where, &e), &e);
	row_string("used", "path", mirror_chain_used(c)->path, "n/b");
	row_accepted("instance",
	    mirror_chain_manifest(c, &one, MAX_MANIFEST_BYTES, &asked, &out, &instance, &e), &e);
	ck_assert_uint_eq(asked.n, 3);
	row_accepted("attachments", mirror_chain_attachments(c, &one, &it, &e), &e);
	{
		AUTO(buf) blob = BUF_INIT;
		AUTO_STR char *at = NULL;

		/* Of no OCI type. */
		ck_assert_int_eq(store_next(it, &blob, &at, &e), STORE_FAILED);
	}
	run_expect_requests("requests", requests);
}
END_TEST

/* A mirror without a path is no place, and nobody is asked. */
START_TEST(refuses_a_name)
{
	struct digest none = { "" };
	AUTO_PTR(mirror_chain) c = NULL;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(mirrors) mirrors = MIRRORS_INIT;
	AUTO(asked) asked = ASKED_INIT;
	AUTO(buf) out = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("pair", mirrors_add_pair(&mirrors, "q.io/a=m.io", &e), &e);
	row_accepted("image", reference_parse(&image, "q.io/a:1", &e), &e);
	c = mirror_chain_open(&mirrors, NULL, &image);
	row_refused("manifest",
	    mirror_chain_manifest(c, &none, MAX_MANIFEST_BYTES, &asked, &out, &where, &e), &e,
	    E_USAGE, "a path is missing");
	row_refused("attachments", mirror_chain_attachments(c, &none, &it, &e), &e, E_USAGE,
	    "a path is missing");
	ck_assert_uint_eq(asked.n, 0);
}
END_TEST

Suite *
mirror_chain_suite(void)
{
	Suite *s = suite_create("mirror_chain");
	TCase *t = tcase_create("mirror_chain");

	tcase_add_checked_fixture(t, run_setup, run_teardown);
	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, asks, 0, (int)ARRAY_LEN(rows));
	tcase_add_loop_test(t, attachments, 0, (int)ARRAY_LEN(attached));
	tcase_add_test(t, stays_with_who_gave_it);
	tcase_add_test(t, refuses_a_name);
	suite_add_tcase(s, t);
	return s;
}
