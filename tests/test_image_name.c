/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/image_name.h"
#include "rows.h"
#include "suites.h"

#define HEX63 "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX64 "0" HEX63
#define HEX64_UPPER "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"
#define A10 "aaaaaaaaaa"
#define A120 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10

static const struct {
	const char *text, *part;
} refused[] = {
	{ "", "empty image name" },
	{ " 4.14.3", "white space" },
	{ "4.14.3 ", "white space" },
	{ "4.14.3\n", "white space" },
	{ "quay.io/a:1 quay.io/b:1", "white space" },
	{ "quay.io/a:\001", "not a tag" },
	/* Paths. */
	{ "dir:", "want dir:PATH" },
	{ "./manifest.json", "write dir:. for" },
	{ "/x/y", "write dir:/x/y for" },
	{ "/x/manifest.json", "write dir:/x for" },
	{ "/manifest.json", "write dir:/manifest.json for" },
	{ "../x", "write dir:../x for" },
	{ "~/x", "write dir:~/x for" },
	{ ".", "write dir:. for" },
	{ "..", "write dir:.. for" },
	{ "manifest.json", "neither a tag nor a digest" },
	/* URLs and transports that are not read. */
	{ "https://quay.io/a/b:1", "write docker://quay.io/a/b:1" },
	{ "http://registry.local:5000/a/b:1", "write docker://registry.local:5000/a/b:1" },
	{ "s3://bucket/key", "is a URL" },
	{ "oci:", "want oci:PATH" },
	{ "oci::4.14.3", "want oci:PATH" },
	{ "oci:/tmp/x:", "want a tag" },
	{ "oci:/tmp/x:no tag", "want a tag" },
	{ "oci:/tmp/x:quay.io/a/b", "want a tag" },
	{ "oci:/tmp/x:a@sha256:" HEX64, "want a tag" },
	{ "oci:/tmp/x:quay.io/a/b:tag@sha256:" HEX64, "want a tag" },
	{ "file://", "file://" },
	{ "file:///tmp/x:4.14.3", "file://" },
	{ "file://../x:4.14.3", "file://" },
	{ "file://openshift/release", "neither a tag nor a digest" },
	{ "file:openshift/release:4.14.3", "are not read" },
	{ "oci-archive:/tmp/x.tar", "are not read" },
	{ "docker-archive:/tmp/x.tar", "are not read" },
	{ "docker-daemon:x:1", "are not read" },
	{ "containers-storage:x:1", "are not read" },
	/* Digests. */
	{ "sha256:", "want 64 hex digits" },
	{ "sha256:" HEX63, "has 63 characters after \"sha256:\", want 64" },
	{ "sha256:" HEX64 "0", "has 65 characters after \"sha256:\", want 64" },
	{ "sha256:" HEX64_UPPER, "upper case" },
	{ "sha256:x" HEX63, "not a hex digit" },
	{ "sha256=" HEX64, "with a colon, sha256:HEX" },
	{ "sha256-" HEX64, "with a colon, sha256:HEX" },
	{ "sha256%" HEX64, "with a colon, sha256:HEX" },
	{ "sha256@" HEX64, "with a colon, sha256:HEX" },
	{ "sha256", "with a colon, sha256:HEX" },
	{ "sha256:latest", "has 6 characters" },
	{ HEX63, "has 63 characters" },
	{ HEX64 "0", "has 65 characters" },
	{ HEX64_UPPER, "upper case" },
	{ "sha512:" HEX64 HEX64, "sha256 digests only" },
	{ "sha384:" HEX64 "0123456789abcdef0123456789abcdef", "sha256 digests only" },
	{ "@sha256:" HEX64, "no repository name" },
	/* Versions. */
	{ "4.14.3-sparc",
	    "architecture \"sparc\", only for x86_64, aarch64, ppc64le, s390x, multi" },
	{ "4.14.3-x86-64", "architecture \"x86-64\", only for" },
	{ "4.14.3-X86_64", "architecture \"X86_64\", only for" },
	{ "4.14.3-rc", "architecture \"rc\", only for" },
	{ "4.16.0-rc.1-riscv64", "architecture \"riscv64\", only for" },
	{ "4.16.0-x86_64-multi", "architecture \"x86_64-multi\", only for" },
	{ "4.14.3-", "architecture \"\", only for" },
	{ "4.14.3--x86_64", "only for" },
	{ "4.16.0-rc.1-", "only for" },
	{ "4.16.0-rc.1--x86_64", "only for" },
	{ "4.16.0-rc_1", "only for" },
	{ "4.16.0-rc.1~", "only for" },
	{ "4.16.0-rc-1.2-x86_64", "only for" },
	{ "4.16.0-rc.1--2-x86_64", "only for" },
	{ "4.", "is not a release version" },
	{ "4.14.", "is not a release version" },
	{ "4..3", "is not a release version" },
	{ "4.14.3.1", "is not a release version" },
	{ "4.14.3+build", "is not a release version" },
	{ "4-rc.1", "is not a release version" },
	{ "4.14.z", "is not a release version" },
	{ "v4.14.3", "neither a tag nor a digest" },
	{ "4.14.3-0." A120 "-x86_64", "not a tag" },
	/* Bare words. */
	{ "latest", "is not an image name" },
	{ "busybox", "is not an image name" },
	{ "4", "is not an image name" },
	{ "sha256sum", "is not an image name" },
	{ "e73ab4b33a9c", "is not an image name" },
	{ "-", "is not an image name" },
	/* References. */
	{ "quay.io/openshift-release-dev/ocp-release", "neither a tag nor a digest" },
	{ "docker://busybox", "neither a tag nor a digest" },
	{ "docker://", "it is empty" },
	{ "docker:///tmp/x", "looks like a path" },
	{ "docker://https://quay.io/a:1", "looks like a URL" },
	{ "docker://docker://quay.io/a:1", "leave the transport \"docker://\" out" },
	{ "docker:quay.io/a:1", "host name" },
	{ "quay.io/A:1", "repository name must be lowercase" },
	{ "quay.io/a@sha256:" HEX63, "want 64 hex digits" },
	{ "quay.io/a@sha512:" HEX64 HEX64, "sha256 digests only" },
	{ "quay.io/a:1@sha384:" HEX64 "0123456789abcdef0123456789abcdef", "sha256 digests only" },
};

START_TEST(refuses)
{
	AUTO(image_name) n = IMAGE_NAME_INIT;
	AUTO(err) e = ERR_INIT;
	int r = image_name_parse(&n, refused[_i].text, "x86_64", &e);

	row_refused(refused[_i].text, r, &e, E_USAGE, refused[_i].part);
	ck_assert_msg(n.kind == IMAGE_UNSET && n.given == NULL && n.path == NULL &&
			  !reference_is_set(&n.reference),
	    "%s: left something behind", refused[_i].text);
}
END_TEST

#define RELEASE RELEASE_REPOSITORY

static const struct {
	const char *text, *machine, *reference;
} accepted[] = {
	{ "sha256:" HEX64, NULL, RELEASE "@sha256:" HEX64 },
	{ HEX64, NULL, RELEASE "@sha256:" HEX64 },
	{ "4.14.3", "x86_64", RELEASE ":4.14.3-x86_64" },
	{ "4.14.3", "s390x", RELEASE ":4.14.3-s390x" },
	{ "4.14", "x86_64", RELEASE ":4.14-x86_64" },
	{ "4.14.3-x86_64", NULL, RELEASE ":4.14.3-x86_64" },
	{ "4.14.3-x86_64", "aarch64", RELEASE ":4.14.3-x86_64" },
	{ "4.14.3-aarch64", "x86_64", RELEASE ":4.14.3-aarch64" },
	{ "4.14.3-ppc64le", "x86_64", RELEASE ":4.14.3-ppc64le" },
	{ "4.14.3-s390x", "x86_64", RELEASE ":4.14.3-s390x" },
	{ "4.14.3-multi", "x86_64", RELEASE ":4.14.3-multi" },
	{ "4.14.3-amd64", "x86_64", RELEASE ":4.14.3-x86_64" },
	{ "4.14.3-arm64", "x86_64", RELEASE ":4.14.3-aarch64" },
	{ "4.16.0-rc.1", "x86_64", RELEASE ":4.16.0-rc.1-x86_64" },
	{ "4.16.0-rc.1-multi", "x86_64", RELEASE ":4.16.0-rc.1-multi" },
	{ "4.16.0-ec.3-arm64", NULL, RELEASE ":4.16.0-ec.3-aarch64" },
	{ "4.10.0-0.nightly-2021-11-14-184249", "x86_64",
	    RELEASE ":4.10.0-0.nightly-2021-11-14-184249-x86_64" },
	{ "4.15.0-0.nightly-multi-2024-01-02-030405-multi", NULL,
	    RELEASE ":4.15.0-0.nightly-multi-2024-01-02-030405-multi" },
	{ "quay.io/a/b:1", NULL, "quay.io/a/b:1" },
	{ "docker://quay.io/a/b:1", NULL, "quay.io/a/b:1" },
	{ "quay.io/a/b@sha256:" HEX64, NULL, "quay.io/a/b@sha256:" HEX64 },
	{ "registry.local:5000/ocp/release-images:4.14.3-x86_64@sha256:" HEX64, NULL,
	    "registry.local:5000/ocp/release-images:4.14.3-x86_64@sha256:" HEX64 },
	{ "10.0.0.1:5000/a:1", NULL, "10.0.0.1:5000/a:1" },
	{ "[::1]:5000/a:1", NULL, "[::1]:5000/a:1" },
	{ "localhost/a:1", NULL, "localhost/a:1" },
	{ "a/b:1", NULL, "docker.io/a/b:1" },
	{ "busybox:1", NULL, "docker.io/library/busybox:1" },
	{ "docker://busybox:1", NULL, "docker.io/library/busybox:1" },
	{ "docker://oci:latest", NULL, "docker.io/library/oci:latest" },
	{ "docker://4.14.3:x", NULL, "docker.io/library/4.14.3:x" },
	{ "sha256:5000/a:1", NULL, "sha256:5000/a:1" },
};

START_TEST(accepts_registry)
{
	AUTO_STR char *reference = NULL;
	AUTO(image_name) n = IMAGE_NAME_INIT;
	AUTO(err) e = ERR_INIT;
	const char *name = accepted[_i].text;

	row_accepted(name, image_name_parse(&n, name, accepted[_i].machine, &e), &e);
	ck_assert_msg(n.kind == IMAGE_REGISTRY, "%s: kind %d", name, (int)n.kind);
	row_string(name, "given", n.given, name);
	row_string(name, "path", n.path, NULL);
	reference = reference_string(&n.reference);
	row_string(name, "reference", reference, accepted[_i].reference);
}
END_TEST

static const struct {
	const char *text, *path;
} directories[] = {
	{ "dir:.", "." },
	{ "dir:/a/b c", "/a/b c" },
	{ "dir:https://x", "https://x" },
	{ "dir://a", "//a" },
	{ "dir:dir:", "dir:" },
};

START_TEST(accepts_dir)
{
	AUTO(image_name) n = IMAGE_NAME_INIT;
	AUTO(err) e = ERR_INIT;
	const char *name = directories[_i].text;

	row_accepted(name, image_name_parse(&n, name, NULL, &e), &e);
	ck_assert_msg(n.kind == IMAGE_DIR, "%s: kind %d", name, (int)n.kind);
	row_string(name, "given", n.given, name);
	row_string(name, "path", n.path, directories[_i].path);
	ck_assert_msg(!reference_is_set(&n.reference), "%s: has a reference", name);
}
END_TEST

static const struct {
	const char *text;
	enum image_kind kind;
	const char *path, *ref, *repository, *tag, *digest;
} in_trees[] = {
	{ "oci:.", IMAGE_OCI, ".", NULL, NULL, NULL, "" },
	{ "oci:/a b/c:4.14.3-x86_64", IMAGE_OCI, "/a b/c", "4.14.3-x86_64", NULL, "4.14.3-x86_64",
	    "" },
	{ "oci:x:quay.io/a/b:tag", IMAGE_OCI, "x", "quay.io/a/b:tag", NULL, "tag", "" },
	{ "file://a/b:tag", IMAGE_OC, NULL, NULL, "a/b", "tag", "" },
	{ "file://a@sha256:" HEX64, IMAGE_OC, NULL, NULL, "a", NULL, "sha256:" HEX64 },
	{ "file://a:tag@sha256:" HEX64, IMAGE_OC, NULL, NULL, "a", "tag", "sha256:" HEX64 },
};

START_TEST(accepts_trees)
{
	AUTO(image_name) n = IMAGE_NAME_INIT;
	AUTO(err) e = ERR_INIT;
	const char *name = in_trees[_i].text;

	row_accepted(name, image_name_parse(&n, name, NULL, &e), &e);
	ck_assert_msg(n.kind == in_trees[_i].kind, "%s: kind %d", name, (int)n.kind);
	row_string(name, "path", n.path, in_trees[_i].path);
	row_string(name, "REF", n.ref, in_trees[_i].ref);
	row_string(name, "domain", n.reference.domain, NULL);
	row_string(name, "repository", n.reference.path, in_trees[_i].repository);
	row_string(name, "tag", n.reference.tag, in_trees[_i].tag);
	row_string(name, "digest", n.reference.digest.text, in_trees[_i].digest);
}
END_TEST

START_TEST(wants_an_architecture)
{
	AUTO(image_name) n = IMAGE_NAME_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("no machine", image_name_parse(&n, "4.14.3", NULL, &e), &e, E_USAGE,
	    "want VERSION-ARCH");
	row_refused("no machine", image_name_parse(&n, "4.16.0-rc.1", NULL, &e), &e, E_USAGE,
	    "want VERSION-ARCH");
}
END_TEST

START_TEST(limits_length)
{
	AUTO_STR char *text = xcalloc(MAX_URL_BYTES + 2, 1);
	AUTO(image_name) n = IMAGE_NAME_INIT;
	AUTO(err) e = ERR_INIT;

	memset(text, 'a', MAX_URL_BYTES + 1);
	memcpy(text, "dir:", 4);
	row_refused("one above", image_name_parse(&n, text, NULL, &e), &e, E_USAGE,
	    "image name of 8193 bytes");
	err_free(&e);
	text[MAX_URL_BYTES] = '\0';
	row_accepted("at the cap", image_name_parse(&n, text, NULL, &e), &e);
}
END_TEST

START_TEST(knows_machines)
{
	static const struct {
		const char *machine, *want;
	} rows[] = { { NULL, NULL }, { "", NULL }, { "i686", NULL }, { "riscv64", NULL },
		{ "multi", NULL }, { "armv7l", NULL }, { "x86_64", "x86_64" },
		{ "aarch64", "aarch64" }, { "ppc64le", "ppc64le" }, { "s390x", "s390x" } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		row_string(rows[i].machine != NULL ? rows[i].machine : "NULL", "word",
		    image_machine(rows[i].machine), rows[i].want);
}
END_TEST

Suite *
image_name_suite(void)
{
	Suite *s = suite_create("image_name");
	TCase *t = tcase_create("image_name");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, wants_an_architecture);
	tcase_add_test(t, limits_length);
	tcase_add_loop_test(t, accepts_registry, 0, ARRAY_LEN(accepted));
	tcase_add_loop_test(t, accepts_dir, 0, ARRAY_LEN(directories));
	tcase_add_loop_test(t, accepts_trees, 0, ARRAY_LEN(in_trees));
	tcase_add_test(t, knows_machines);
	suite_add_tcase(s, t);
	return s;
}
