/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where what a release refers to is looked for, in each kind of place. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/image_name.h"
#include "registry_run.h"
#include "rows.h"
#include "suites.h"
#include "transport/content.h"
#include "tree.h"

/* Of "one", "two" and "blob". */
#define ONE "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
#define TWO "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
#define BLOB "fa2c8cc4f28176bbeed4b736df569a34c79cd3723e9ec42f9674b4d46ac6b8b8"
#define MANIFEST_OF(repository) "/v2/" repository "/manifests/sha256:" ONE
#define BLOB_OF(repository) "/v2/" repository "/blobs/sha256:" BLOB
#define STORAGE(hh, hex) "docker/registry/v2/blobs/sha256/" hh "/" hex "/data"

static const struct deadline never = DEADLINE_NEVER;

static const struct {
	const char *name, *release; /* "%s" is the tree */
	bool from;		    /* --from the tree, too */
	const char *files[4][2];    /* "->..." is a symbolic link */
	enum errc manifest, blob;   /* what comes of asking for each */
	const char *place;	    /* of content_place_name, after the tree */
} rows[] = {
	{ "a storage", "quay.io/x/release:1", true,
	    { { STORAGE("76", ONE), "one" }, { STORAGE("fa", BLOB), "blob" },
		{ "docker/registry/v2/repositories/y/_manifests/x", "" } },
	    E_NONE, E_NONE, "" },
	{ "a storage without the blob", "quay.io/x/release:1", true,
	    { { STORAGE("76", ONE), "one" },
		{ "docker/registry/v2/repositories/y/_manifests/x", "" } },
	    E_NONE, E_NOT_FOUND, "" },
	{ "a storage without the manifest", "quay.io/x/release:1", true,
	    { { STORAGE("fa", BLOB), "blob" },
		{ "docker/registry/v2/repositories/y/_manifests/x", "" } },
	    E_NOT_FOUND, E_NONE, "" },
	{ "a tree of oc's, another repository", "file://openshift/release:1", false,
	    { { "v2/openshift/release/manifests/sha256:" ONE, "one" },
		{ "v2/openshift/release/blobs/sha256:" BLOB, "blob" } },
	    E_NONE, E_NONE, " openshift/release" },
	{ "a tree of oc's, by --from", "quay.io/x/release:1", true,
	    { { "v2/deep/er/release/manifests/sha256:" ONE, "one" },
		{ "v2/deep/er/release/blobs/sha256:" BLOB, "blob" } },
	    E_NONE, E_NONE, " deep/er/release" },
	{ "a tree of oc's, the blob in another repository", "file://openshift/release:1", false,
	    { { "v2/openshift/release/manifests/sha256:" ONE, "one" },
		{ "v2/other/manifests/x", "" }, { "v2/other/blobs/sha256:" BLOB, "blob" } },
	    E_NONE, E_NOT_FOUND, " openshift/release" },
	{ "an OCI layout", "oci:%s:1", false,
	    { { "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}" },
		{ "blobs/sha256/" ONE, "one" }, { "blobs/sha256/" BLOB, "blob" } },
	    E_NONE, E_NONE, "" },
	{ "no OCI layout", "oci:%s/nowhere:1", false, { { "x", "" } }, E_NOT_FOUND, E_NONE, "" },
	{ "no tree", "file://openshift/release:1", false, { { "x", "" } }, E_NOT_FOUND, E_NONE,
	    "" },
	{ "dir:, the image itself", "dir:%s", false,
	    { { "manifest.json", "one" }, { BLOB, "blob" } }, E_NONE, E_NONE, "" },
	{ "dir:, one of a list", "dir:%s", false,
	    { { "manifest.json", "two" }, { ONE ".manifest.json", "one" }, { BLOB, "blob" } },
	    E_NONE, E_NONE, "" },
	{ "dir:, without the blob", "dir:%s", false, { { "manifest.json", "one" } }, E_NONE,
	    E_NOT_FOUND, "" },
	{ "dir:, a link for the blob", "dir:%s", false,
	    { { "manifest.json", "one" }, { BLOB, "->manifest.json" } }, E_NONE, E_INVALID, "" },
	{ "dir:, the rest --from elsewhere", "dir:%s", true,
	    { { "manifest.json", "two" }, { STORAGE("76", ONE), "one" },
		{ STORAGE("fa", BLOB), "blob" },
		{ "docker/registry/v2/repositories/y/_manifests/x", "" } },
	    E_NONE, E_NONE, "" },
	{ "no dir:", "dir:%s/nowhere", false, { { "x", "" } }, E_NOT_FOUND, E_NONE, "" },
};

static void
write_files(const char *const files[4][2])
{
	for (size_t i = 0; i < 4 && files[i][0] != NULL; i++) {
		if (strncmp(files[i][1], "->", 2) == 0)
			tree_link(files[i][0], files[i][1] + 2);
		else
			tree_write_str(files[i][0], files[i][1]);
	}
}

static void
digest_is(struct digest *out, const char *hex)
{
	AUTO_STR char *text = xasprintf("sha256:%s", hex);
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(digest_parse(out, bytes_of_str(text), &e), 0);
}

/* The component quay.io/a/b, with the digest of "one". */
static void
name_component(struct reference *out)
{
	AUTO(err) e = ERR_INIT;

	row_accepted("component", reference_parse(out, "quay.io/a/b@sha256:" ONE, &e), &e);
}

static void
read_blob(const char *row, struct content *c, const struct content_at *at, enum errc want)
{
	AUTO_STR char *where = NULL;
	AUTO_PTR(blob) blob = NULL;
	AUTO(err) e = ERR_INIT;
	struct digest digest;
	struct bytes piece;
	uint64_t size;
	int result;

	digest_is(&digest, BLOB);
	result = content_blob_size(c, at, &digest, &size, &where, &e);
	if (want != E_NONE) {
		row_refused(row, result, &e, want, "");
		row_refused(row, content_blob_open(c, at, &digest, 100, &blob, &e), &e, want, "");
		return;
	}
	row_accepted(row, result, &e);
	ck_assert_msg(where != NULL, "%s: nowhere", row);
	ck_assert_uint_eq(size, 4);
	row_accepted(row, content_blob_open(c, at, &digest, 4, &blob, &e), &e);
	row_accepted(row, blob_next(blob, &piece, &e), &e);
	ck_assert(bytes_equal(piece, bytes_of_str("blob")));
	row_accepted(row, blob_next(blob, &piece, &e), &e);
	ck_assert_uint_eq(piece.n, 0);
	blob_free(steal(&blob));
	if (content_blob_open(c, at, &digest, 3, &blob, &e) == 0) {
		while ((result = blob_next(blob, &piece, &e)) == 0 && piece.n > 0)
			;
		row_refused(row, result, &e, E_TOO_LARGE, "");
		return;
	}
	ck_assert_int_eq(e.code, E_TOO_LARGE);
}

START_TEST(finds)
{
	const char *row = rows[_i].name;
	AUTO_STR char *root = tree_path("");
	AUTO_STR char *given = NULL;
	AUTO_STR char *where = NULL;
	AUTO_STR char *place = NULL;
	AUTO_STR char *want = NULL;
	AUTO(image_name) release = IMAGE_NAME_INIT;
	AUTO(places) places = PLACES_INIT;
	AUTO(content_at) at = CONTENT_AT_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO_PTR(content) c = NULL;
	AUTO(buf) manifest = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct source_options options = { .directory = root, .deadline = never };
	int result;

	write_files(rows[_i].files);
	given = strstr(rows[_i].release, "%s") != NULL
		    ? xasprintf("%.*s%s%s", (int)strcspn(rows[_i].release, "%"), rows[_i].release,
			  root, strchr(rows[_i].release, '%') + 2)
		    : xstrdup(rows[_i].release);
	row_accepted(row, image_name_parse(&release, given, "x86_64", &e), &e);
	if (rows[_i].from) {
		row_accepted(row, places_open(&places, &root, 1, &never, &e), &e);
		options.places = &places;
	}
	c = content_open(&release, &options);
	name_component(&image);
	result = content_manifest(c, &image, &at, &manifest, &where, &e);
	if (rows[_i].manifest != E_NONE) {
		row_refused(row, result, &e, rows[_i].manifest, "");
		ck_assert_uint_eq(manifest.n, 0);
		return;
	}
	row_accepted(row, result, &e);
	row_string(row, "manifest", buf_str(&manifest), "one");
	ck_assert_msg(where != NULL, "%s: nowhere", row);
	read_blob(row, c, &at, rows[_i].blob);
	place = content_place_name(c, &at);
	want = xasprintf("%s%s", root, rows[_i].place);
	row_string(row, "place", place, want);
}
END_TEST

START_TEST(asks_nobody_for_nothing)
{
	AUTO(image_name) release = IMAGE_NAME_INIT;
	AUTO(content_at) at = CONTENT_AT_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO_STR char *where = NULL;
	AUTO_STR char *place = NULL;
	AUTO_PTR(content) c = NULL;
	AUTO_PTR(blob) blob = NULL;
	AUTO(buf) manifest = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	const struct source_options options = { .deadline = never };
	struct store_iter *it;
	struct digest digest;
	uint64_t size;

	digest_is(&digest, BLOB);
	c = content_open(&release, &options);
	row_refused("no release", content_manifest(c, &image, &at, &manifest, &where, &e), &e,
	    E_USAGE, "no release");
	row_refused("no manifest: size", content_blob_size(c, &at, &digest, &size, &where, &e), &e,
	    E_USAGE, "without its manifest");
	row_refused("no manifest: blob", content_blob_open(c, &at, &digest, 1, &blob, &e), &e,
	    E_USAGE, "without its manifest");
	row_refused("no manifest: attachments", content_attachments(c, &at, &digest, &it, &e), &e,
	    E_USAGE, "without its manifest");
	place = content_place_name(c, &at);
	row_string("no manifest", "place", place, "");
}
END_TEST

/*
 * --- registries ---------------------------------------------------------------------------------
 */

static const struct {
	const char *name, *release; /* what follows HOST:PORT */
	struct httpd_route routes[4];
	enum errc code;
	const char *place; /* the repository */
} beside[] = {
	{ "in its own repository", "/ocp/mirror:1",
	    { PING(200, ""), { .path = "/v2/ocp/mirror/manifests/sha256:" ONE, .body = "one" },
		{ .path = "/v2/ocp/mirror/blobs/sha256:" BLOB, .body = "blob" } },
	    E_NONE, "/ocp/mirror" },
	{ "in oc-mirror's other one", "/x/openshift/release-images:1",
	    { PING(200, ""),
		{ .path = "/v2/x/openshift/release/manifests/sha256:" ONE, .body = "one" },
		{ .path = "/v2/x/openshift/release/blobs/sha256:" BLOB, .body = "blob" } },
	    E_NONE, "/x/openshift/release" },
	{ "not there, but in its own", "/release-images:1",
	    { PING(200, ""), { .path = "/v2/release/manifests/*", .status = 404 },
		{ .path = "/v2/release-images/manifests/sha256:" ONE, .body = "one" },
		{ .path = "/v2/release-images/blobs/sha256:" BLOB, .body = "blob" } },
	    E_NONE, "/release-images" },
	{ "nowhere", "/a/my-release-images:1",
	    { PING(200, ""), { .path = "/v2/a/my-release-images/manifests/*", .status = 404 } },
	    E_NOT_FOUND, "" },
	{ "denied", "/x/release-images:1",
	    { PING(200, ""), { .path = "/v2/x/release/manifests/*", .status = 403 } }, E_DENIED,
	    "" },
};

START_TEST(looks_beside_the_release)
{
	const char *row = beside[_i].name;
	AUTO(image_name) release = IMAGE_NAME_INIT;
	AUTO(reference) image = REFERENCE_INIT, want = REFERENCE_INIT;
	AUTO(content_at) at = CONTENT_AT_INIT;
	AUTO_STR char *where = NULL;
	AUTO_STR char *place = NULL;
	AUTO_STR char *repository = NULL;
	AUTO_PTR(content) c = NULL;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(buf) manifest = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct source_options options = { .deadline = never };
	int result;

	run_serve(beside[_i].routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	options.registry = run_registry();
	release.kind = IMAGE_REGISTRY;
	run_image(&release.reference, beside[_i].release);
	name_component(&image);
	c = content_open(&release, &options);
	result = content_manifest(c, &image, &at, &manifest, &where, &e);
	if (beside[_i].code != E_NONE) {
		row_refused(row, result, &e, beside[_i].code, "");
		return;
	}
	row_accepted(row, result, &e);
	row_string(row, "manifest", buf_str(&manifest), "one");
	read_blob(row, c, &at, E_NONE);
	place = content_place_name(c, &at);
	run_image(&want, beside[_i].place);
	repository = reference_repository(&want);
	row_string(row, "place", place, repository);
	row_accepted(row, content_attachments(c, &at, &image.digest, &it, &e), &e);
}
END_TEST

/* The component is a/b, with a mirror m/b; the release is elsewhere, or in a directory. */
static const struct {
	const char *name, *release; /* NULL: in the component's registry */
	bool mirrors, mirror_only;
	struct httpd_route routes[5];
	enum errc code;
	const char *place;
	const char *requests[6]; /* for the manifest, then for the blob's size */
} mirrored[] = {
	{ "nobody has it", "elsewhere.example/x:1", true, false, { PING(200, NULL) }, E_NOT_FOUND,
	    "", { "GET /v2/", "GET " MANIFEST_OF("m/b"), "GET " MANIFEST_OF("a/b") } },
	{ "only the source has it, and is not asked", "elsewhere.example/x:1", true, true,
	    { PING(200, NULL), { .path = MANIFEST_OF("a/b"), .body = "one" } }, E_NOT_FOUND, "",
	    { "GET /v2/", "GET " MANIFEST_OF("m/b") } },
	{ "a mirror has it, and not the blob", "elsewhere.example/x:1", true, false,
	    { PING(200, NULL), { .path = MANIFEST_OF("m/b"), .body = "one" },
		{ .path = BLOB_OF("a/b"), .body = "blob" } },
	    E_NONE, "/m/b", { "GET /v2/", "GET " MANIFEST_OF("m/b"), "HEAD " BLOB_OF("m/b") } },
	{ "the source has it", "elsewhere.example/x:1", true, false,
	    { PING(200, NULL), { .path = MANIFEST_OF("a/b"), .body = "one" } }, E_NONE, "/a/b",
	    { "GET /v2/", "GET " MANIFEST_OF("m/b"), "GET " MANIFEST_OF("a/b"),
		"HEAD " BLOB_OF("a/b") } },
	{ "the release is there", NULL, true, false,
	    { PING(200, NULL), { .path = MANIFEST_OF("m/b"), .body = "one" } }, E_NONE, "/m/b",
	    { "GET /v2/", "GET " MANIFEST_OF("m/b"), "HEAD " BLOB_OF("m/b") } },
	{ "the release is there, without mirrors", NULL, false, false,
	    { PING(200, NULL), { .path = MANIFEST_OF("a/b"), .body = "one" } }, E_NONE, "/a/b",
	    { "GET /v2/", "GET " MANIFEST_OF("a/b"), "HEAD " BLOB_OF("a/b") } },
	{ "dir:, with a mirror", "dir:%s", true, false,
	    { PING(200, NULL), { .path = MANIFEST_OF("m/b"), .body = "one" } }, E_NONE, "/m/b",
	    { "GET /v2/", "GET " MANIFEST_OF("m/b"), "HEAD " BLOB_OF("m/b") } },
	{ "dir:, without mirrors", "dir:%s", false, false,
	    { PING(200, NULL), { .path = MANIFEST_OF("a/b"), .body = "one" } }, E_NONE, "/a/b",
	    { "GET /v2/", "GET " MANIFEST_OF("a/b"), "HEAD " BLOB_OF("a/b") } },
};

static void
name_release(struct image_name *out, const char *release)
{
	AUTO_STR char *root = tree_path("");
	AUTO_STR char *given = release != NULL && strstr(release, "%s") != NULL
				   ? xasprintf("dir:%s", root)
				   : xstrdup(release != NULL ? release : "");
	AUTO(err) e = ERR_INIT;

	if (release != NULL) {
		row_accepted(given, image_name_parse(out, given, "x86_64", &e), &e);
		return;
	}
	out->kind = IMAGE_REGISTRY;
	run_image(&out->reference, "/x/release:1");
}

static void
add_mirror(struct mirrors *out, bool mirror_only)
{
	unsigned port = httpd_port(run_server);
	AUTO_STR char *set = xasprintf(
	    "{apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, spec: "
	    "{imageDigestMirrors: [{source: '127.0.0.1:%u/a', mirrors: ['127.0.0.1:%u/m'], "
	    "mirrorSourcePolicy: %s}]}}",
	    port, port, mirror_only ? "NeverContactSource" : "AllowContactingSource");
	AUTO(err) e = ERR_INIT;

	row_accepted("set", mirrors_read(out, "f", bytes_of_str(set), &e), &e);
}

START_TEST(asks_mirrors)
{
	const char *row = mirrored[_i].name;
	AUTO(image_name) release = IMAGE_NAME_INIT;
	AUTO(reference) image = REFERENCE_INIT, want = REFERENCE_INIT;
	AUTO(content_at) at = CONTENT_AT_INIT;
	AUTO(mirrors) mirrors = MIRRORS_INIT;
	AUTO_STR char *where = NULL;
	AUTO_STR char *blob = NULL;
	AUTO_STR char *place = NULL;
	AUTO_STR char *repository = NULL;
	AUTO_PTR(content) c = NULL;
	AUTO(buf) manifest = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct source_options options = { .deadline = never };
	struct digest digest;
	uint64_t size;
	int result;

	run_serve(mirrored[_i].routes, true);
	run_start(NULL, NULL, (struct http_options){ 0 });
	options.registry = run_registry();
	options.mirrors = &mirrors;
	if (mirrored[_i].mirrors)
		add_mirror(&mirrors, mirrored[_i].mirror_only);
	name_release(&release, mirrored[_i].release);
	run_image(&image, "/a/b@sha256:" ONE);
	c = content_open(&release, &options);
	result = content_manifest(c, &image, &at, &manifest, &where, &e);
	if (mirrored[_i].code != E_NONE) {
		row_refused(row, result, &e, mirrored[_i].code, "");
	} else {
		row_accepted(row, result, &e);
		row_string(row, "manifest", buf_str(&manifest), "one");
		place = content_place_name(c, &at);
		run_image(&want, mirrored[_i].place);
		repository = reference_repository(&want);
		row_string(row, "place", place, repository);
		/* Nobody but who gave the manifest is asked for its blobs. */
		digest_is(&digest, BLOB);
		row_refused(
		    row, content_blob_size(c, &at, &digest, &size, &blob, &e), &e, E_NOT_FOUND, "");
	}
	run_expect_requests(row, mirrored[_i].requests);
}
END_TEST

Suite *
content_suite(void)
{
	Suite *s = suite_create("content");
	TCase *local = tcase_create("places"), *remote = tcase_create("registries");

	tcase_add_checked_fixture(local, tree_make, tree_remove);
	tcase_add_loop_test(local, finds, 0, ARRAY_LEN(rows));
	tcase_add_test(local, asks_nobody_for_nothing);
	suite_add_tcase(s, local);
	tcase_add_checked_fixture(remote, run_setup, run_teardown);
	tcase_add_loop_test(remote, looks_beside_the_release, 0, ARRAY_LEN(beside));
	tcase_add_loop_test(remote, asks_mirrors, 0, ARRAY_LEN(mirrored));
	suite_add_tcase(s, remote);
	return s;
}
