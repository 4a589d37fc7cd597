/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "formats/scopes.h"
#include "rows.h"
#include "suites.h"

#define DIGEST "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The list in one string, a blank between two. */
static char *
joined(const struct scopes *s)
{
	AUTO(buf) b = BUF_INIT;
	size_t i;

	for (i = 0; i < s->n; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", s->v[i]);
	return buf_steal_str(&b);
}

static const struct {
	const char *image, *part;
} images_refused[] = {
	{ "", "no image reference" },
	{ "busybox", "docker.io/library/busybox has neither a tag nor a digest" },
	{ "quay.io/a/b", "quay.io/a/b has neither a tag nor a digest" },
	{ "busybox:notlatest" DIGEST, "has both a tag and a digest" },
};

START_TEST(refuses_images)
{
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(scopes) s = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	const char *name = images_refused[_i].image;

	if (name[0] != '\0')
		row_accepted(name, reference_parse(&image, name, &e), &e);
	row_refused(
	    name, scopes_of_reference(&s, &image, &e), &e, E_INVALID, images_refused[_i].part);
	ck_assert_msg(s.n == 0 && s.v == NULL, "%s: left something behind", name);
}
END_TEST

/* The names are containers/image's (docker/policyconfiguration/naming_test.go), and a few more. */
static const struct {
	const char *name, *full, *wider;
} images[] = {
	{ "example.com/ns/repo", "example.com/ns/repo", "example.com/ns example.com *.com" },
	{ "example.com/repo", "example.com/repo", "example.com *.com" },
	{ "localhost/ns/repo", "localhost/ns/repo", "localhost/ns localhost" },
	{ "localhost/repo", "localhost/repo", "localhost" },
	{ "notlocalhost/repo", "docker.io/notlocalhost/repo",
	    "docker.io/notlocalhost docker.io *.io" },
	{ "docker.io/ns/repo", "docker.io/ns/repo", "docker.io/ns docker.io *.io" },
	{ "docker.io/library/repo", "docker.io/library/repo", "docker.io/library docker.io *.io" },
	{ "docker.io/repo", "docker.io/library/repo", "docker.io/library docker.io *.io" },
	{ "ns/repo", "docker.io/ns/repo", "docker.io/ns docker.io *.io" },
	{ "library/repo", "docker.io/library/repo", "docker.io/library docker.io *.io" },
	{ "repo", "docker.io/library/repo", "docker.io/library docker.io *.io" },
	{ "yet.another.example.com:8443/ns/repo", "yet.another.example.com:8443/ns/repo",
	    "yet.another.example.com:8443/ns yet.another.example.com:8443 "
	    "*.another.example.com *.example.com *.com" },
	{ "quay.io/openshift-release-dev/ocp-release", "quay.io/openshift-release-dev/ocp-release",
	    "quay.io/openshift-release-dev quay.io *.io" },
	{ "a.b.c:5000/x", "a.b.c:5000/x", "a.b.c:5000 *.b.c *.c" },
	{ "registry:5000/x", "registry:5000/x", "registry:5000" },
	{ "127.0.0.1:5000/x", "127.0.0.1:5000/x", "127.0.0.1:5000 *.0.0.1 *.0.1 *.1" },
	{ "[::1]:5000/x/y", "[::1]:5000/x/y", "[::1]:5000/x [::1]:5000" },
	{ "[fc00::1]/x", "[fc00::1]/x", "[fc00::1]" },
	{ "quay.io/a/b.c/d", "quay.io/a/b.c/d", "quay.io/a/b.c quay.io/a quay.io *.io" },
};

static void
check_image(const char *name, const char *suffix, const char *full, const char *wider)
{
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(scopes) s = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *text = xasprintf("%s%s", name, suffix);
	AUTO_STR char *want = xasprintf("%s%s %s %s", full, suffix, full, wider);
	AUTO_STR char *got = NULL;

	row_accepted(text, reference_parse(&image, text, &e), &e);
	row_accepted(text, scopes_of_reference(&s, &image, &e), &e);
	got = joined(&s);
	row_string(text, "the list", got, want);
}

START_TEST(lists_for_images)
{
	check_image(images[_i].name, ":tag", images[_i].full, images[_i].wider);
	check_image(images[_i].name, DIGEST, images[_i].full, images[_i].wider);
}
END_TEST

static const char *const paths_refused[] = {
	"",
	"a",
	"a/b",
	"./a",
	"../a",
	"~/a",
	"//",
	"//a",
	"/a/",
	"/a//b",
	"/a/b//",
	"/.",
	"/..",
	"/./a",
	"/../a",
	"/a/.",
	"/a/..",
	"/a/./b",
	"/a/../b",
};

START_TEST(refuses_paths)
{
	AUTO(scopes) s = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	const char *path = paths_refused[_i];

	row_refused(path, scopes_of_path(&s, path, &e), &e, E_INVALID, "not an absolute path");
	ck_assert_msg(s.n == 0 && s.v == NULL, "%s: left something behind", path);
	ck_assert_msg(!scopes_path_is_clean(path), "%s: is clean", path);
}
END_TEST

static const struct {
	const char *path, *list;
} paths[] = {
	{ "/", "" },
	{ "/a", "/a" },
	{ "/a/b/c", "/a/b/c /a/b /a" },
	{ "/ab/.b", "/ab/.b /ab" },
	{ "/.a/..b/c..", "/.a/..b/c.. /.a/..b /.a" },
	{ "/...", "/..." },
	{ "/var/lib/images/release.oci",
	    "/var/lib/images/release.oci /var/lib/images /var/lib /var" },
};

START_TEST(lists_for_paths)
{
	AUTO(scopes) s = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *got = NULL;
	const char *path = paths[_i].path;

	row_accepted(path, scopes_of_path(&s, path, &e), &e);
	got = joined(&s);
	row_string(path, "the list", got, paths[_i].list);
	ck_assert_msg(scopes_path_is_clean(path), "%s: is not clean", path);
}
END_TEST

static const struct {
	const char *scope, *part;
} scopes_refused[] = {
	{ "", "no image has this scope" },
	{ "busybox", "the name that is searched for is docker.io/library/busybox" },
	{ "busybox:latest", "docker.io/library/busybox:latest" },
	{ "docker.io/busybox:1", "docker.io/library/busybox:1" },
	{ "index.docker.io/a/b:1", "docker.io/a/b:1" },
	{ "docker://quay.io", "it begins with a host" },
	{ "https://quay.io/a", "it begins with a host" },
	{ "quay.io/", "it ends in '/'" },
	{ "quay.io/a/", "it ends in '/'" },
	{ "quay.io/A", "no image has this scope" },
	{ "quay.io:tag", "no image has this scope" },
	{ "quay.io/a:1" DIGEST, "a tag and a digest" },
	{ "*", "'*' stands only in" },
	{ "*.", "'*' stands only in" },
	{ "*.example.com:5000", "'*' stands only in" },
	{ "*.example.com/a", "'*' stands only in" },
	{ "a.*.example.com", "'*' stands only in" },
	{ "*example.com", "'*' stands only in" },
	{ "quay.io/*", "'*' stands only in" },
};

START_TEST(refuses_scopes)
{
	AUTO(scopes) s = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	const char *scope = scopes_refused[_i].scope;

	row_refused(scope, scopes_of_scope(&s, scope, &e), &e, E_INVALID, scopes_refused[_i].part);
	ck_assert_msg(s.n == 0 && s.v == NULL, "%s: left something behind", scope);
}
END_TEST

static const struct {
	const char *scope, *list;
} scopes[] = {
	{ "quay.io", "quay.io *.io" },
	{ "quay.io:5000", "quay.io:5000 *.io" },
	{ "localhost", "localhost" },
	{ "busybox:1", "busybox:1" }, /* a host with a port */
	{ "localhost:5000", "localhost:5000" },
	{ "quay.io/a", "quay.io/a quay.io *.io" },
	{ "quay.io/a/b:1", "quay.io/a/b:1 quay.io/a/b quay.io/a quay.io *.io" },
	{ "quay.io/a" DIGEST, "quay.io/a" DIGEST " quay.io/a quay.io *.io" },
	{ "docker.io/busybox", "docker.io/busybox docker.io *.io" },
	{ "docker.io/library/busybox:1",
	    "docker.io/library/busybox:1 docker.io/library/busybox docker.io/library docker.io "
	    "*.io" },
	{ "*.b.example.com", "*.b.example.com *.example.com *.com" },
	{ "*.io", "*.io" },
	{ "[::1]:5000", "[::1]:5000" },
};

START_TEST(lists_for_scopes)
{
	AUTO(scopes) s = SCOPES_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *got = NULL;
	const char *scope = scopes[_i].scope;

	row_accepted(scope, scopes_of_scope(&s, scope, &e), &e);
	got = joined(&s);
	row_string(scope, "the list", got, scopes[_i].list);
}
END_TEST

Suite *
scopes_suite(void)
{
	Suite *s = suite_create("scopes");
	TCase *t = tcase_create("scopes");

	tcase_add_loop_test(t, refuses_images, 0, (int)ARRAY_LEN(images_refused));
	tcase_add_loop_test(t, refuses_paths, 0, (int)ARRAY_LEN(paths_refused));
	tcase_add_loop_test(t, lists_for_images, 0, (int)ARRAY_LEN(images));
	tcase_add_loop_test(t, lists_for_paths, 0, (int)ARRAY_LEN(paths));
	tcase_add_loop_test(t, refuses_scopes, 0, (int)ARRAY_LEN(scopes_refused));
	tcase_add_loop_test(t, lists_for_scopes, 0, (int)ARRAY_LEN(scopes));
	suite_add_tcase(s, t);
	return s;
}
