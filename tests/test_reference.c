/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/reference.h"
#include "rows.h"
#include "suites.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define A10 "aaaaaaaaaa"
#define A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10
#define A128 A100 A10 A10 "aaaaaaaa"
/* docker.io/library/ is 18 characters, quay.io/ is 8. */
#define A237 A100 A100 A10 A10 A10 "aaaaaaa"
#define A247 A237 A10

static const struct {
	const char *text, *part;
} refused[] = {
	/* What people type when they mean something else. */
	{ "", "it is empty" },
	{ "https://quay.io/a/b:1", "looks like a URL; leave \"https://\" out" },
	{ "http://quay.io/a/b", "looks like a URL" },
	{ "ftp://quay.io/a/b", "looks like a URL" },
	{ "docker://quay.io/a/b:1", "leave the transport \"docker://\" out" },
	{ "dir:/tmp/image", "it names a transport" },
	{ "oci:/tmp/image", "it names a transport" },
	{ "containers-storage:[overlay]x", "it names a transport" },
	{ "file:///tmp/image", "it names a file" },
	{ "/tmp/manifest.json", "looks like a path" },
	{ "./manifest.json", "looks like a path" },
	{ "../x/y", "looks like a path" },
	{ "~/x", "looks like a path" },
	{ "quay.io/a/b:1 ", "white space" },
	{ " quay.io/a/b:1", "white space" },
	{ "quay.io/a b:1", "white space" },
	{ "quay.io/a/b:1\n", "white space" },
	{ "quay.io/a\tb", "white space" },
	{ "quay.io/a\001", "not a repository name" },
	{ HEX64, "64 hex digits are a digest" },
	/* Repositories. */
	{ "docker/Docker", "repository name must be lowercase" },
	{ "docker.io/docker/Docker", "repository name must be lowercase" },
	{ "Busybox", "repository name must be lowercase" },
	{ "Foo/bar", "repository name must be lowercase" },
	{ "LOCALDOMAIN/debian", "repository name must be lowercase" },
	{ "quay.io/a/B@sha256:" HEX64, "repository name must be lowercase" },
	{ "-docker", "not a repository name" },
	{ "-docker/docker", "not a repository name" },
	{ "-docker.io/docker/docker", "host name" },
	{ "docker///docker", "not a repository name" },
	{ "docker.io/docker///docker", "not a repository name" },
	{ "docker-/docker", "not a repository name" },
	{ "-docker-/docker", "not a repository name" },
	{ "____/____", "not a repository name" },
	{ "_docker/_docker", "not a repository name" },
	{ "dock..er/docker", "host name" },
	{ "dock_.er/docker", "host name" },
	{ "dock-.er/docker", "host name" },
	{ "quay.io/dock..er", "not a repository name" },
	{ "quay.io/dock_.er", "not a repository name" },
	{ "quay.io/dock-.er", "not a repository name" },
	{ "quay.io/dock-_er", "not a repository name" },
	{ "quay.io/dock___er", "not a repository name" },
	{ "quay.io/docker_", "not a repository name" },
	{ "quay.io/docker.", "not a repository name" },
	{ "docker/", "not a repository name" },
	{ "quay.io/", "no repository name" },
	{ "quay.io//a", "not a repository name" },
	{ "quay.io/a/", "not a repository name" },
	{ "quay.io/:tag", "no repository name" },
	{ "quay.io/@sha256:" HEX64, "no repository name" },
	{ "quay.io/a/\xc3\xa4", "not a repository name" },
	{ "quay.io/a/$(id)", "not a repository name" },
	{ "quay.io/a/..", "not a repository name" },
	{ A237 "a", "more than 255" },
	{ "quay.io/" A247 "a", "more than 255" },
	{ "library/" A237 "a", "more than 255" },
	{ A100 A100 A100 "a", "more than 255" },
	/* Domains. */
	{ "localhost:/a", "host name" },
	{ "localhost:5000:5000/a", "host name" },
	{ "localhost:port/a", "host name" },
	{ ":5000/a", "host name" },
	{ "user@quay.io/a", "host name" },
	{ "quay.io:80@evil.example/a", "host name" },
	{ "quay..io/a", "host name" },
	{ ".quay.io/a", "host name" },
	{ "quay.io./a", "host name" },
	{ "quay-.io/a", "host name" },
	{ "quay_x.io/a", "host name" },
	{ "quay%2eio.x/a", "host name" },
	{ "[fc00::1]", "not a repository name" },
	{ "[fc00::1]:5000", "not a repository name" },
	{ "fc00::1:5000/debian", "host name" },
	{ "[fe80::1%eth0]:5000/debian", "host name" },
	{ "[2001:db8:3:4::192.0.2.33]:5000/debian", "host name" },
	{ "[::1/debian", "host name" },
	{ "[::1:5000/debian", "host name" },
	{ "[]:5000/debian", "host name" },
	{ "[::g]:5000/debian", "host name" },
	{ "[::G]/debian", "host name" },
	/* Tags. */
	{ "quay.io/a:", "not a tag" },
	{ "quay.io/a:-x", "not a tag" },
	{ "quay.io/a:.x", "not a tag" },
	{ "quay.io/a:x/y", "not a tag" },
	{ "quay.io/a:x:y", "not a tag" },
	{ "quay.io/a:x+y", "not a tag" },
	{ "quay.io/a:" A128 "a", "not a tag" },
	{ "quay.io/a:@sha256:" HEX64, "not a tag" },
	/* Digests. */
	{ "quay.io/a@", "is not a digest" },
	{ "quay.io/a@sha256", "is not a digest" },
	{ "quay.io/a@sha256:", "want 64 hex digits" },
	{ "quay.io/a@sha256:" HEX64 "0", "want 64 hex digits" },
	{ "quay.io/a@sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
	    "upper case" },
	{ "quay.io/a@sha1:0123456789abcdef0123456789abcdef01234567", "is not a digest" },
	{ "quay.io/a@md5:0123456789abcdef0123456789abcdef", "is not a digest" },
	{ "quay.io/a@sha256:" HEX64 ":tag", "want 64 hex digits" },
	{ "quay.io/a@sha256:" HEX64 "@sha256:" HEX64, "want 64 hex digits" },
	{ "quay.io/a@sha256:../../../../../../../../../../../../../../../../../../../../../.",
	    "not a hex digit" },
};

START_TEST(refuses)
{
	AUTO(reference) r = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;
	int result = reference_parse(&r, refused[_i].text, &e);

	row_refused(refused[_i].text, result, &e, E_INVALID, refused[_i].part);
	ck_assert_msg(!reference_is_set(&r) && r.tag == NULL && !digest_is_set(&r.digest),
	    "%s: left something behind", refused[_i].text);
}
END_TEST

START_TEST(refuses_nul)
{
	static const char inside[] = "quay.io/a\0b:1";
	AUTO(reference) r = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("NUL inside",
	    reference_parse_bytes(&r, bytes_of(inside, sizeof(inside) - 1), &e), &e, E_INVALID,
	    "NUL byte");
	row_refused("NUL after", reference_parse_bytes(&r, bytes_of("quay.io/a:1", 12), &e), &e,
	    E_INVALID, "NUL byte");
	row_refused(
	    "NUL alone", reference_parse_bytes(&r, bytes_of("", 1), &e), &e, E_INVALID, "NUL byte");
	row_refused("nothing", reference_parse_bytes(&r, bytes_of(NULL, 0), &e), &e, E_INVALID,
	    "it is empty");
}
END_TEST

static const struct {
	const char *text, *domain, *path, *tag;
	bool digest;
} accepted[] = {
	{ "quay.io/openshift-release-dev/ocp-release:4.14.3-x86_64", "quay.io",
	    "openshift-release-dev/ocp-release", "4.14.3-x86_64", false },
	{ "quay.io/a/b@sha256:" HEX64, "quay.io", "a/b", NULL, true },
	{ "quay.io/a/b:1@sha256:" HEX64, "quay.io", "a/b", "1", true },
	{ "quay.io/a", "quay.io", "a", NULL, false },
	{ "quay.io/a/b/c/d", "quay.io", "a/b/c/d", NULL, false },
	/* docker.io and library/ are filled in, a tag never is. */
	{ "busybox", "docker.io", "library/busybox", NULL, false },
	{ "busybox:latest", "docker.io", "library/busybox", "latest", false },
	{ "busybox:latest@sha256:" HEX64, "docker.io", "library/busybox", "latest", true },
	{ "docker/docker", "docker.io", "docker/docker", NULL, false },
	{ "library/debian", "docker.io", "library/debian", NULL, false },
	{ "docker.io/debian", "docker.io", "library/debian", NULL, false },
	{ "docker.io/library/foo/bar", "docker.io", "library/foo/bar", NULL, false },
	{ "index.docker.io/debian", "docker.io", "library/debian", NULL, false },
	{ "index.docker.io/fooo/bar:1", "docker.io", "fooo/bar", "1", false },
	{ "docker.io/" HEX64, "docker.io", "library/" HEX64, NULL, false },
	{ "sha256:" HEX64, "docker.io", "library/sha256", HEX64, false },
	{ "test_com/foo", "docker.io", "test_com/foo", NULL, false },
	{ "192.168.0.1", "docker.io", "library/192.168.0.1", NULL, false },
	{ "192.168.0.1:80", "docker.io", "library/192.168.0.1", "80", false },
	{ "localhost:5000", "docker.io", "library/localhost", "5000", false },
	{ "localhost", "docker.io", "library/localhost", NULL, false },
	/* Domains. */
	{ "localhost/debian", "localhost", "debian", NULL, false },
	{ "localhost:5000/a/b:1", "localhost:5000", "a/b", "1", false },
	{ "Quay.IO/bar", "Quay.IO", "bar", NULL, false },
	{ "test-com:8080/foo", "test-com:8080", "foo", NULL, false },
	{ "registry:5000/foo", "registry:5000", "foo", NULL, false },
	{ "127.0.0.1/debian", "127.0.0.1", "debian", NULL, false },
	{ "127.0.0.1:5000/library/debian", "127.0.0.1:5000", "library/debian", NULL, false },
	{ "xn--n3h.com:18080/foo", "xn--n3h.com:18080", "foo", NULL, false },
	{ "[fc00::1]:5000/docker", "[fc00::1]:5000", "docker", NULL, false },
	{ "[::1]/a:1", "[::1]", "a", "1", false },
	{ "[FC00:1:2:3:4:5:6:7]:5000/library/debian", "[FC00:1:2:3:4:5:6:7]:5000", "library/debian",
	    NULL, false },
	/* Separators, and lengths at their limits. */
	{ "docker---rules/docker", "docker.io", "docker---rules/docker", NULL, false },
	{ "dock__er/docker", "docker.io", "dock__er/docker", NULL, false },
	{ "quay.io/a.b_c__d-e--f/0", "quay.io", "a.b_c__d-e--f/0", NULL, false },
	{ "quay.io/a:_", "quay.io", "a", "_", false },
	{ "quay.io/a:A.b-c_D", "quay.io", "a", "A.b-c_D", false },
	{ "quay.io/a:" A128, "quay.io", "a", A128, false },
	{ A237, "docker.io", "library/" A237, NULL, false },
	{ "quay.io/" A247, "quay.io", A247, NULL, false },
};

START_TEST(accepts)
{
	AUTO_STR char *string = NULL;
	AUTO_STR char *repository = NULL;
	AUTO(reference) r = REFERENCE_INIT;
	AUTO(reference) again = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;
	const char *name = accepted[_i].text;

	row_accepted(name, reference_parse(&r, name, &e), &e);
	row_string(name, "domain", r.domain, accepted[_i].domain);
	row_string(name, "path", r.path, accepted[_i].path);
	row_string(name, "tag", r.tag, accepted[_i].tag);
	row_string(name, "digest", r.digest.text, accepted[_i].digest ? "sha256:" HEX64 : "");
	string = reference_string(&r);
	repository = reference_repository(&r);
	ck_assert_msg(strncmp(string, repository, strlen(repository)) == 0, "%s: %s", name, string);
	row_accepted(name, reference_parse(&again, string, &e), &e);
	ck_assert_msg(reference_equal(&r, &again), "%s: %s means something else", name, string);
}
END_TEST

/* Columns: the same repository, the same altogether. */
static const struct {
	const char *a, *b;
	bool repository, all;
} compared[] = {
	{ "quay.io/a:1", "quay.io/a:1", true, true },
	{ "quay.io/a:1", "quay.io/a:2", true, false },
	{ "quay.io/a:1", "quay.io/a", true, false },
	{ "quay.io/a", "quay.io/a:1", true, false },
	{ "quay.io/a", "quay.io/a", true, true },
	{ "quay.io/a:latest", "quay.io/a", true, false },
	{ "quay.io/a@sha256:" HEX64, "quay.io/a@sha256:" HEX64, true, true },
	{ "quay.io/a:1@sha256:" HEX64, "quay.io/a@sha256:" HEX64, true, false },
	{ "quay.io/a@sha256:" HEX64, "quay.io/a", true, false },
	{ "quay.io/a:1", "quay.io/b:1", false, false },
	{ "quay.io/a:1", "quay.com/a:1", false, false },
	{ "quay.io/a:1", "quay.io:443/a:1", false, false },
	{ "quay.io/a:1", "Quay.io/a:1", false, false },
	{ "testing/manifest", "docker.io/testing/manifest", true, true },
	{ "index.docker.io/testing/manifest", "testing/manifest", true, true },
	{ "busybox:1", "docker.io/library/busybox:1", true, true },
};

START_TEST(compares)
{
	AUTO(reference) a = REFERENCE_INIT;
	AUTO(reference) b = REFERENCE_INIT;
	AUTO(reference) none = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(compared[_i].a, reference_parse(&a, compared[_i].a, &e), &e);
	row_accepted(compared[_i].b, reference_parse(&b, compared[_i].b, &e), &e);
	ck_assert_msg(reference_same_repository(&a, &b) == compared[_i].repository, "%s and %s",
	    compared[_i].a, compared[_i].b);
	ck_assert_msg(reference_equal(&a, &b) == compared[_i].all, "%s and %s", compared[_i].a,
	    compared[_i].b);
	ck_assert_msg(reference_equal(&b, &a) == compared[_i].all, "%s and %s", compared[_i].b,
	    compared[_i].a);
	ck_assert(!reference_equal(&a, &none) && !reference_equal(&none, &a));
}
END_TEST

START_TEST(nothing_equals_nothing)
{
	char none_of_it[] = "quay.io";
	AUTO_STR char *string = NULL;
	AUTO_STR char *repository = NULL;
	struct reference none = REFERENCE_INIT, copy;
	const struct reference half = { .domain = none_of_it };

	ck_assert(!reference_is_set(&none));
	ck_assert_msg(!reference_is_set(&half), "a domain alone names no repository");
	ck_assert(!reference_equal(&none, &none));
	ck_assert(!reference_same_repository(&none, &none));
	string = reference_string(&none);
	repository = reference_repository(&none);
	ck_assert_str_eq(string, "");
	ck_assert_str_eq(repository, "");
	reference_copy(&copy, &none);
	ck_assert(!reference_is_set(&copy));
	reference_free(&copy);
}
END_TEST

START_TEST(copies)
{
	AUTO(reference) a = REFERENCE_INIT;
	AUTO(reference) b = REFERENCE_INIT;
	AUTO(reference) c = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(reference_parse(&a, "quay.io/a:1@sha256:" HEX64, &e), 0);
	reference_copy(&b, &a);
	ck_assert(reference_equal(&a, &b));
	ck_assert(a.tag != b.tag);
	reference_free(&a);
	ck_assert(!reference_is_set(&a));
	ck_assert_str_eq(b.tag, "1");
	reference_free(&b);
	reference_free(&b);
	ck_assert_int_eq(reference_parse(&c, "quay.io/a", &e), 0);
	reference_copy(&b, &c);
	ck_assert(b.tag == NULL);
}
END_TEST

/* The rows are containers/image's (signature/policy_config_test.go), and a few more. */
static const struct {
	const char *text;
	bool is;
} prefixes[] = {
	{ "", false },
	{ "repo_with_underscores", false },
	{ "example.com/", false },
	{ "example.com/UPPERCASEISINVALID", false },
	{ "example.com/repo/", false },
	{ "example.com/repo:tag", false },
	{ "example.com/repo@sha256:" HEX64, false },
	{ "example.com/repo:tag@sha256:" HEX64, false },
	{ "example.com:/repo", false },
	{ "/repo", false },
	{ "a_b/repo", false },
	{ "this is invalid", false },
	{ "*.example.com", false },
	{ "localhost", true },
	{ "example.com", true },
	{ "example.com:80", true },
	{ "example.com/repo", true },
	{ "example.com/ns1/ns2/ns3/repo.with.dots-dashes_underscores", true },
	{ "example.com:80/ns1/ns2/ns3/repo.with.dots-dashes_underscores", true },
	{ "shortname", true },
	{ "ns/shortname", true },
	{ "[::1]:5000/a", true },
};

START_TEST(knows_prefixes)
{
	ck_assert_msg(
	    reference_is_prefix(prefixes[_i].text) == prefixes[_i].is, "\"%s\"", prefixes[_i].text);
}
END_TEST

Suite *
reference_suite(void)
{
	Suite *s = suite_create("reference");
	TCase *t = tcase_create("reference");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, refuses_nul);
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_loop_test(t, compares, 0, ARRAY_LEN(compared));
	tcase_add_loop_test(t, knows_prefixes, 0, (int)ARRAY_LEN(prefixes));
	tcase_add_test(t, nothing_equals_nothing);
	tcase_add_test(t, copies);
	suite_add_tcase(s, t);
	return s;
}
