/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is recognised, and what a tag or a digest leads to there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/sigstore_manifest.h"
#include "rows.h"
#include "suites.h"
#include "transport/places.h"
#include "tree.h"

/* Of "one" and of "two". */
#define ONE "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
#define TWO "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"
#define DATA(hex, hh) "docker/registry/v2/blobs/sha256/" hh "/" hex "/data"
#define REPOSITORY(name) "docker/registry/v2/repositories/" name "/_manifests/"
#define LINK(name, tag) REPOSITORY(name) "tags/" tag "/current/link"
#define REVISION(name, hex) REPOSITORY(name) "revisions/sha256/" hex "/link"
#define OC(name, file) "v2/" name "/manifests/" file
#define LAYOUT                                                                                     \
	{                                                                                          \
		"oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"                                 \
	}

static const struct deadline never = DEADLINE_NEVER;

static const struct {
	const char *name;
	const char *files[6][2]; /* "->..." is a symbolic link */
	const char *tag, *digest;
	enum errc code;	  /* E_NONE: "one" is found */
	const char *part; /* of the error, or the place's kind */
} rows[] = {
	/* Nothing that is known. */
	{ "empty", { { "x", "" } }, "t", "", E_UNSUPPORTED, "neither" },
	{ "blobs alone", { { DATA(ONE, "76"), "one" } }, "t", "", E_UNSUPPORTED, "neither" },
	{ "a link for a tree", { { "v2", "->.." } }, "t", "", E_INVALID, "symbolic link" },
	/* A registry's storage. */
	{ "no such tag", { { LINK("a/b", "u"), "sha256:" ONE }, { DATA(ONE, "76"), "one" } }, "t",
	    "", E_NOT_FOUND, "no repository has the tag" },
	{ "no such digest", { { LINK("a/b", "t"), "sha256:" ONE }, { DATA(ONE, "76"), "one" } },
	    NULL, TWO, E_NOT_FOUND, "" },
	{ "a tag to no revision",
	    { { LINK("a/b", "t"), "sha256:" ONE }, { DATA(ONE, "76"), "one" } }, "t", "", E_INVALID,
	    "which is not there" },
	{ "a tag to no blob",
	    { { LINK("a/b", "t"), "sha256:" TWO }, { REVISION("a/b", TWO), "sha256:" TWO },
		{ DATA(ONE, "76"), "one" } },
	    "t", "", E_INVALID, "which is not there" },
	{ "a link with a path",
	    { { LINK("a/b", "t"), "sha256:../../../x" }, { DATA(ONE, "76"), "one" } }, "t", "",
	    E_INVALID, "link" },
	{ "a link with a newline",
	    { { LINK("a/b", "t"), "sha256:" ONE "\n" }, { DATA(ONE, "76"), "one" } }, "t", "",
	    E_INVALID, "link" },
	{ "an empty link", { { LINK("a/b", "t"), "" }, { DATA(ONE, "76"), "one" } }, "t", "",
	    E_INVALID, "link" },
	{ "a symbolic link", { { LINK("a/b", "t"), "->x" }, { DATA(ONE, "76"), "one" } }, "t", "",
	    E_INVALID, "regular" },
	{ "a tag that is two images",
	    { { LINK("c", "t"), "sha256:" ONE }, { LINK("d", "t"), "sha256:" TWO },
		{ DATA(ONE, "76"), "one" } },
	    "t", "", E_INVALID, "c (sha256:" ONE "), d (sha256:" TWO ")" },
	/* A tree of oc's. */
	{ "oc: a tag that leads out", { { OC("a/b", "t"), "->../../../x" } }, "t", "", E_INVALID,
	    "elsewhere" },
	{ "oc: a tag to nowhere", { { OC("a/b", "t"), "->sha256:" ONE } }, "t", "", E_INVALID,
	    "which is not there" },
	{ "oc: two images",
	    { { OC("c", "t"), "->sha256:" ONE }, { OC("d", "t"), "->sha256:" TWO } }, "t", "",
	    E_INVALID, "several images" },
	{ "oc: a link for a manifest",
	    { { OC("a/b", "sha256:" ONE), "->../blobs/sha256:" ONE },
		{ "v2/a/b/blobs/sha256:" ONE, "one" } },
	    NULL, ONE, E_INVALID, "no regular file" },
	/* An OCI layout. */
	{ "oci: no index", { LAYOUT }, "t", "", E_NOT_FOUND, "index.json" },
	{ "oci: another version",
	    { { "oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}" }, { "index.json", "{}" } }, "t",
	    "", E_UNSUPPORTED, "2.0.0" },

	{ "registry: by tag",
	    { { LINK("a/b", "t"), "sha256:" ONE }, { REVISION("a/b", ONE), "sha256:" ONE },
		{ DATA(ONE, "76"), "one" } },
	    "t", "", E_NONE, "registry storage" },
	{ "registry: elsewhere, by tag",
	    { { LINK("x/y/z", "t"), "sha256:" ONE }, { REVISION("x/y/z", ONE), "sha256:" ONE },
		{ DATA(ONE, "76"), "one" } },
	    "t", "", E_NONE, "registry storage" },
	{ "registry: as oc-mirror has it, another beside",
	    { { LINK("openshift/release-images", "t"), "sha256:" ONE },
		{ REVISION("openshift/release-images", ONE), "sha256:" ONE },
		{ LINK("d", "t"), "sha256:" TWO }, { DATA(ONE, "76"), "one" } },
	    "t", "", E_NONE, "registry storage" },
	{ "registry: by digest", { { LINK("d", "t"), "sha256:" TWO }, { DATA(ONE, "76"), "one" } },
	    NULL, ONE, E_NONE, "registry storage" },
	{ "oc: by tag",
	    { { OC("a/b", "t"), "->sha256:" ONE }, { OC("a/b", "sha256:" ONE), "one" } }, "t", "",
	    E_NONE, "oc tree" },
	{ "oc: as on Windows",
	    { { OC("x/a/b", "t"), "->sha256-" ONE }, { OC("x/a/b", "sha256-" ONE), "one" } }, "t",
	    "", E_NONE, "oc tree" },
	{ "oc: copied without links",
	    { { OC("a/b", "t"), "one" }, { OC("a/b", "sha256:" ONE), "one" } }, "t", "", E_NONE,
	    "oc tree" },
	{ "oc: by digest", { { OC("x/y", "sha256:" ONE), "one" } }, NULL, ONE, E_NONE, "oc tree" },
	{ "oci: by tag",
	    { LAYOUT,
		{ "index.json",
		    "{\"manifests\":[{\"digest\":\"sha256:" ONE
		    "\",\"annotations\":{\"org.opencontainers.image.ref.name\":\"t\"}}]}" },
		{ "blobs/sha256/" ONE, "one" } },
	    "t", "", E_NONE, "OCI layout" },
};

static void
write_files(const char *const files[][2], size_t n)
{
	for (size_t i = 0; i < n && files[i][0] != NULL; i++) {
		AUTO_STR char *directory = xstrdup(files[i][0]);
		char *slash = strrchr(directory, '/');

		if (strncmp(files[i][1], "->", 2) != 0) {
			tree_write_str(files[i][0], files[i][1]);
			continue;
		}
		if (slash != NULL) {
			*slash = '\0';
			tree_directory(directory);
		}
		tree_link(files[i][0], files[i][1] + 2);
	}
}

START_TEST(finds)
{
	const char *name = rows[_i].name;
	struct place_query query = { .repository = "a/b", .tag = rows[_i].tag };
	AUTO_STR char *path = tree_path("");
	AUTO_STR char *where = NULL;
	AUTO(places) places = PLACES_INIT;
	AUTO(place_found) found = { 0 };
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	const struct place *by = NULL;
	int r;

	write_files(rows[_i].files, ARRAY_LEN(rows[_i].files));
	if (rows[_i].digest[0] != '\0')
		snprintf(
		    query.digest.text, sizeof(query.digest.text), "sha256:%s", rows[_i].digest);
	r = places_open(&places, &path, 1, &never, &e);
	if (r == 0)
		r = places_manifest(&places, &query, &out, &found, &by, &where, &e);
	if (rows[_i].code != E_NONE) {
		row_refused(name, r, &e, rows[_i].code, rows[_i].part);
		ck_assert_msg(out.n == 0 && by == NULL, "%s: left something behind", name);
		return;
	}
	row_accepted(name, r, &e);
	row_string(name, "content", buf_str(&out), "one");
	row_string(name, "digest", digest_hex(&found.digest), ONE);
	row_string(name, "kind", place_word(by), rows[_i].part);
}
END_TEST

/* oc-mirror's signatures: those whose name has the digest, whatever else it says. */
START_TEST(gives_signatures)
{
	AUTO_STR char *path = tree_path("");
	AUTO(places) places = PLACES_INIT;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest digest = { "sha256:" ONE };

	tree_write_str("working-dir/signatures/4.14.3-x86_64-sha256-" ONE, "signature");
	tree_write_str("working-dir/signatures/4.14.4-x86_64-sha256-" TWO, "another");
	row_accepted("open", places_open(&places, &path, 1, &never, &e), &e);
	row_string("open", "kind", place_word(places.v[0]), "oc-mirror working directory");
	ck_assert(places_bring_signatures(&places));
	it = places_signatures(&places, &digest);
	for (int i = 0; i < 2; i++) {
		AUTO_STR char *where = NULL;

		ck_assert_int_eq(
		    store_next(it, &blob, &where, &e), i == 0 ? STORE_ITEM : STORE_END);
		if (i == 0)
			row_string("first", "content", buf_str(&blob), "signature");
	}
}
END_TEST

/* A signature file that is a link is a failure, and no end. */
START_TEST(refuses_a_link_for_a_signature)
{
	AUTO_STR char *path = tree_path("");
	AUTO_STR char *where = NULL;
	AUTO(places) places = PLACES_INIT;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest digest = { "sha256:" ONE };

	tree_directory("working-dir/signatures");
	tree_link("working-dir/signatures/x-sha256-" ONE, "/etc/passwd");
	row_accepted("open", places_open(&places, &path, 1, &never, &e), &e);
	it = places_signatures(&places, &digest);
	ck_assert_int_eq(store_next(it, &blob, &where, &e), STORE_FAILED);
	ck_assert_int_eq(e.code, E_INVALID);
}
END_TEST

#define TYPE "application/vnd.oci.image.manifest.v1+json"
#define BESIDE(hex)                                                                                \
	"{\"schemaVersion\":2,\"mediaType\":\"" TYPE                                               \
	"\",\"config\":{},\"layers\":[{\"mediaType\":\"" SIGSTORE_SIGNATURE_TYPE                   \
	"\",\"digest\":\"sha256:" hex                                                              \
	"\",\"size\":3,\"annotations\":{\"dev.cosignproject.cosign/signature\":\"x\"}}]}"

static const struct {
	const char *name, *layer; /* what lies under the layer's digest; NULL: nothing */
	bool tagged;
	enum store_item item;
	enum errc code;
} beside[] = {
	{ "no layer", NULL, true, STORE_FAILED, E_NOT_FOUND },
	{ "another layer", "two", true, STORE_FAILED, E_MISMATCH },
	{ "no tag", "one", false, STORE_END, E_NONE },
	{ "a signature", "one", true, STORE_ITEM, E_NONE },
};

/* Sigstore signatures beside an image, in a tree of oc's. */
START_TEST(gives_attachments)
{
	const char *name = beside[_i].name, *manifest = BESIDE(ONE);
	AUTO_STR char *path = tree_path("");
	AUTO_STR char *where = NULL;
	AUTO_STR char *file = NULL;
	AUTO(places) places = PLACES_INIT;
	AUTO_PTR(store_iter) it = NULL;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest image = { "sha256:" TWO }, digest;

	ck_assert_int_eq(digest_of_bytes(&digest, bytes_of_str(manifest), &e), 0);
	file = xasprintf("v2/a/b/manifests/%s", digest.text);
	tree_write_str(file, manifest);
	if (beside[_i].tagged)
		tree_link("v2/a/b/manifests/sha256-" TWO ".sig", digest.text);
	if (beside[_i].layer != NULL)
		tree_write_str("v2/a/b/blobs/sha256:" ONE, beside[_i].layer);
	row_accepted(name, places_open(&places, &path, 1, &never, &e), &e);
	row_accepted(name, places_attachments(&it, &places, "c", false, &image, &e), &e);
	ck_assert_msg(
	    store_next(it, &blob, &where, &e) == beside[_i].item, "%s: %s", name, err_msg(&e));
	ck_assert_msg(e.code == beside[_i].code, "%s: code %d", name, (int)e.code);
}
END_TEST

Suite *
place_suite(void)
{
	Suite *s = suite_create("place");
	TCase *t = tcase_create("place");

	tcase_add_checked_fixture(t, tree_make, tree_remove);
	tcase_add_loop_test(t, finds, 0, ARRAY_LEN(rows));
	tcase_add_test(t, refuses_a_link_for_a_signature);
	tcase_add_loop_test(t, gives_attachments, 0, ARRAY_LEN(beside));
	tcase_add_test(t, gives_signatures);
	suite_add_tcase(s, t);
	return s;
}
