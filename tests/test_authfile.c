/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/authfile.h"
#include "rows.h"
#include "suites.h"

/* base64 of what the names say */
#define USER_PASS "dXNlcjpwYXNz"
#define HOST_H "aG9zdDpo"
#define ORG_O "b3JnOm8="
#define REPO_R "cmVwbzpy"
#define OTHER_X "b3RoZXI6eA=="

#define IMAGE "registry.local:5000/org/repo:1"
#define AUTHS(entries) "{\"auths\": {" entries "}}"
#define ENTRY(key, auth) "\"" key "\": {\"auth\": \"" auth "\"}"

static const struct {
	const char *name, *file, *image;
	enum errc code;
	const char *part;
} refused[] = {
	{ "empty file", "", IMAGE, E_INVALID, "credentials" },
	{ "not JSON", "auths", IMAGE, E_INVALID, "credentials" },
	{ "an array", "[]", IMAGE, E_INVALID, "not a JSON object" },
	{ "a key twice", "{\"auths\":{},\"auths\":{}}", IMAGE, E_INVALID, "credentials" },
	{ "bytes after", "{} {}", IMAGE, E_INVALID, "credentials" },
	{ "auths a list", "{\"auths\": []}", IMAGE, E_INVALID, "\"auths\" is not an object" },
	{ "entry a string", AUTHS("\"registry.local:5000\": \"x\""), IMAGE, E_INVALID,
	    "\"registry.local:5000\" is not an object" },
	{ "auth a number", AUTHS("\"registry.local:5000\": {\"auth\": 1}"), IMAGE, E_INVALID,
	    "\"auth\" is not a string" },
	{ "token a list", AUTHS("\"registry.local:5000\": {\"identitytoken\": []}"), IMAGE,
	    E_INVALID, "\"identitytoken\" is not a string" },
	{ "not base64", AUTHS(ENTRY("registry.local:5000", "****")), IMAGE, E_INVALID, "\"auth\"" },
	{ "base64 without padding", AUTHS(ENTRY("registry.local:5000", "dXNlcjpwYXN")), IMAGE,
	    E_INVALID, "\"auth\"" },
	{ "NUL in the password", AUTHS(ENTRY("registry.local:5000", "dTpwAA==")), IMAGE, E_INVALID,
	    "NUL" },
	{ "helpers a list", "{\"credHelpers\": []}", IMAGE, E_INVALID, "credHelpers" },
	{ "helper a number", "{\"credHelpers\": {\"registry.local:5000\": 1}}", IMAGE, E_INVALID,
	    "credHelpers" },
	{ "helper a path", "{\"credHelpers\": {\"registry.local:5000\": \"../bin/sh\"}}", IMAGE,
	    E_INVALID, "\"../bin/sh\" is no name" },
	{ "helper with arguments", "{\"credHelpers\": {\"registry.local:5000\": \"a b\"}}", IMAGE,
	    E_INVALID, "is no name" },
	{ "store a list", "{\"credsStore\": []}", IMAGE, E_INVALID, "credsStore" },
	{ "store a path", "{\"credsStore\": \"x/y\"}", IMAGE, E_INVALID, "credsStore" },
	{ "NUL in a helper's name", "{\"credsStore\": \"x\\u0000\"}", IMAGE, E_INVALID,
	    "credentials" },
};

static int
find(struct credentials *out, struct authfile_helper *helper, const char *file,
    enum authfile_form form, const char *image, struct err *e)
{
	AUTO(reference) r = REFERENCE_INIT;

	ck_assert_msg(reference_parse(&r, image, e) == 0, "%s: %s", image, err_msg(e));
	return authfile_find(out, helper, bytes_of_str(file), form, &r, e);
}

START_TEST(refuses)
{
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(authfile_helper) helper = AUTHFILE_HELPER_INIT;
	AUTO(err) e = ERR_INIT;
	int r = find(&c, &helper, refused[_i].file, AUTHFILE_AUTHS, refused[_i].image, &e);

	row_refused(refused[_i].name, r, &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(!credentials_are_set(&c), "%s: left credentials behind", refused[_i].name);
	row_string(refused[_i].name, "helper", helper.name, NULL);
}
END_TEST

static const struct {
	const char *name, *file, *image;
	enum authfile_form form;
	const char *username, *password, *token;
} found[] = {
	/* Nothing for this image: go as nobody. */
	{ "no auths", "{}", IMAGE, AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "auths null", "{\"auths\": null}", IMAGE, AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "another host", AUTHS(ENTRY("other.local", OTHER_X)), IMAGE, AUTHFILE_AUTHS, NULL, NULL,
	    NULL },
	{ "same host, another port", AUTHS(ENTRY("registry.local", OTHER_X)), IMAGE, AUTHFILE_AUTHS,
	    NULL, NULL, NULL },
	{ "another repository of the host", AUTHS(ENTRY("registry.local:5000/other", OTHER_X)),
	    IMAGE, AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "a longer repository", AUTHS(ENTRY("registry.local:5000/org/repo/x", OTHER_X)), IMAGE,
	    AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "part of a path component", AUTHS(ENTRY("registry.local:5000/or", OTHER_X)), IMAGE,
	    AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "with the tag", AUTHS(ENTRY("registry.local:5000/org/repo:1", OTHER_X)), IMAGE,
	    AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "the host as a prefix of another", AUTHS(ENTRY("registry.local:5000.evil", OTHER_X)),
	    IMAGE, AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "entry null", AUTHS("\"registry.local:5000\": null"), IMAGE, AUTHFILE_AUTHS, NULL, NULL,
	    NULL },
	{ "entry empty, as docker writes", AUTHS("\"registry.local:5000\": {}"), IMAGE,
	    AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "auth empty", AUTHS(ENTRY("registry.local:5000", "")), IMAGE, AUTHFILE_AUTHS, NULL, NULL,
	    NULL },
	{ "no colon in auth", AUTHS(ENTRY("registry.local:5000", "dXNlcg==")), IMAGE,
	    AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "only a colon in auth", AUTHS(ENTRY("registry.local:5000", "Og==")), IMAGE,
	    AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "helper for another host", "{\"credHelpers\": {\"other.local\": \"pass\"}}", IMAGE,
	    AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "helper for a repository of the host",
	    "{\"credHelpers\": {\"registry.local:5000/org\": \"x\"}}", IMAGE, AUTHFILE_AUTHS, NULL,
	    NULL, NULL },
	{ "an auths file read as dockercfg", AUTHS(ENTRY("registry.local:5000", USER_PASS)), IMAGE,
	    AUTHFILE_DOCKERCFG, NULL, NULL, NULL },

	{ "host", AUTHS(ENTRY("registry.local:5000", USER_PASS)), IMAGE, AUTHFILE_AUTHS, "user",
	    "pass", NULL },
	{ "repository before parent and host",
	    AUTHS(ENTRY("registry.local:5000", HOST_H) "," ENTRY("registry.local:5000/org",
		ORG_O) "," ENTRY("registry.local:5000/org/repo", REPO_R)),
	    IMAGE, AUTHFILE_AUTHS, "repo", "r", NULL },
	{ "parent before host",
	    AUTHS(ENTRY("registry.local:5000", HOST_H) "," ENTRY("registry.local:5000/org", ORG_O)),
	    IMAGE, AUTHFILE_AUTHS, "org", "o", NULL },
	{ "exact before older spelling",
	    AUTHS(ENTRY("https://registry.local:5000/v1/", OTHER_X) "," ENTRY(
		"registry.local:5000", HOST_H)),
	    IMAGE, AUTHFILE_AUTHS, "host", "h", NULL },
	{ "https:// and a path", AUTHS(ENTRY("https://registry.local:5000/v1/", USER_PASS)), IMAGE,
	    AUTHFILE_AUTHS, "user", "pass", NULL },
	{ "http://", AUTHS(ENTRY("http://registry.local:5000", USER_PASS)), IMAGE, AUTHFILE_AUTHS,
	    "user", "pass", NULL },
	{ "Docker Hub by docker's name", AUTHS(ENTRY("https://index.docker.io/v1/", USER_PASS)),
	    "busybox:1", AUTHFILE_AUTHS, "user", "pass", NULL },
	{ "Docker Hub by its host", AUTHS(ENTRY("registry-1.docker.io", USER_PASS)), "busybox:1",
	    AUTHFILE_AUTHS, "user", "pass", NULL },
	{ "Docker Hub by repository", AUTHS(ENTRY("docker.io/library/busybox", REPO_R)),
	    "busybox:1", AUTHFILE_AUTHS, "repo", "r", NULL },
	{ "colons in the password", AUTHS(ENTRY("registry.local:5000", "dTphOmI=")), IMAGE,
	    AUTHFILE_AUTHS, "u", "a:b", NULL },
	{ "empty password", AUTHS(ENTRY("registry.local:5000", "dTo=")), IMAGE, AUTHFILE_AUTHS, "u",
	    "", NULL },
	{ "identity token beside auth",
	    AUTHS("\"registry.local:5000\": {\"auth\": \"" USER_PASS
		  "\", \"identitytoken\": \"tok\"}"),
	    IMAGE, AUTHFILE_AUTHS, "user", "pass", "tok" },
	{ "identity token alone", AUTHS("\"registry.local:5000\": {\"identitytoken\": \"tok\"}"),
	    IMAGE, AUTHFILE_AUTHS, NULL, NULL, "tok" },
	{ "identity token empty", AUTHS("\"registry.local:5000\": {\"identitytoken\": \"\"}"),
	    IMAGE, AUTHFILE_AUTHS, NULL, NULL, NULL },
	{ "helpers null",
	    "{\"credHelpers\": null, \"auths\": {" ENTRY("registry.local:5000", USER_PASS) "}}",
	    IMAGE, AUTHFILE_AUTHS, "user", "pass", NULL },
	{ "identity token null",
	    AUTHS(
		"\"registry.local:5000\": {\"auth\": \"" USER_PASS "\", \"identitytoken\": null}"),
	    IMAGE, AUTHFILE_AUTHS, "user", "pass", NULL },
	{ "other members are none of ours",
	    "{\"credsStore\": \"desktop\", \"HttpHeaders\": {}, \"auths\": {" ENTRY(
		"registry.local:5000", USER_PASS) "}}",
	    IMAGE, AUTHFILE_AUTHS, "user", "pass", NULL },
	{ "a broken entry for another host",
	    AUTHS("\"other.local\": {\"auth\": \"*\"}," ENTRY("registry.local:5000", USER_PASS)),
	    IMAGE, AUTHFILE_AUTHS, "user", "pass", NULL },
	{ "dockercfg", "{" ENTRY("registry.local:5000", USER_PASS) "}", IMAGE, AUTHFILE_DOCKERCFG,
	    "user", "pass", NULL },
	{ "dockercfg with a URL", "{" ENTRY("https://registry.local:5000/v1/", USER_PASS) "}",
	    IMAGE, AUTHFILE_DOCKERCFG, "user", "pass", NULL },
	{ "dockercfg with a path", "{" ENTRY("registry.local:5000/v1/", USER_PASS) "}", IMAGE,
	    AUTHFILE_DOCKERCFG, "user", "pass", NULL },
};

START_TEST(finds)
{
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(authfile_helper) helper = AUTHFILE_HELPER_INIT;
	AUTO(err) e = ERR_INIT;
	int r = find(&c, &helper, found[_i].file, found[_i].form, found[_i].image, &e);

	row_accepted(found[_i].name, r, &e);
	row_string(found[_i].name, "user", c.username, found[_i].username);
	row_string(found[_i].name, "password", c.password, found[_i].password);
	row_string(found[_i].name, "identity token", c.identity_token, found[_i].token);
	row_string(found[_i].name, "helper", helper.name, NULL);
	ck_assert_msg(
	    credentials_are_set(&c) == (found[_i].username != NULL || found[_i].token != NULL),
	    "%s: credentials_are_set", found[_i].name);
}
END_TEST

#define HELPER(host, name) "\"credHelpers\": {\"" host "\": \"" name "\"}"
#define STORE(name) "\"credsStore\": \"" name "\""
#define ALL(entries) "\"auths\": {" entries "}"

static const struct {
	const char *name, *file, *image;
	const char *helper, *server; /* NULL: none is asked */
	const char *username;	     /* or NULL */
} helped[] = {
	{ "a helper for this host", "{" HELPER("registry.local:5000", "pass") "}", IMAGE, "pass",
	    "registry.local:5000", NULL },
	{ "a helper before an entry",
	    "{" ALL(ENTRY("registry.local:5000", USER_PASS)) "," HELPER(
		"registry.local:5000", "ecr-login") "}",
	    IMAGE, "ecr-login", "registry.local:5000", NULL },
	{ "a helper before the entry of a repository",
	    "{" ALL(ENTRY("registry.local:5000/org/repo", REPO_R)) "," HELPER(
		"registry.local:5000", "a.b_c-1") "}",
	    IMAGE, "a.b_c-1", "registry.local:5000", NULL },
	{ "a helper before the store",
	    "{" STORE("store") "," HELPER("registry.local:5000", "own") "}", IMAGE, "own",
	    "registry.local:5000", NULL },
	{ "the store for all", "{" STORE("desktop") "}", IMAGE, "desktop", "registry.local:5000",
	    NULL },
	{ "the store where an entry is empty, as docker writes it",
	    "{" ALL("\"registry.local:5000\": {}") "," STORE("desktop") "}", IMAGE, "desktop",
	    "registry.local:5000", NULL },
	{ "an entry before the store",
	    "{" ALL(ENTRY("registry.local:5000", USER_PASS)) "," STORE("desktop") "}", IMAGE, NULL,
	    NULL, "user" },
	{ "the store beside a helper for another host",
	    "{" STORE("store") "," HELPER("other.local", "own") "}", IMAGE, "store",
	    "registry.local:5000", NULL },
	{ "no store where the helper's name is empty",
	    "{" STORE("store") "," HELPER("registry.local:5000", "") "}", IMAGE, NULL, NULL, NULL },
	{ "an entry where the helper's name is empty",
	    "{" ALL(ENTRY("registry.local:5000", USER_PASS)) "," HELPER(
		"registry.local:5000", "") "}",
	    IMAGE, NULL, NULL, "user" },
	{ "an empty store", "{" STORE("") "}", IMAGE, NULL, NULL, NULL },
	{ "no store", "{\"credsStore\": null}", IMAGE, NULL, NULL, NULL },
	{ "Docker Hub's helper", "{" HELPER("docker.io", "pass") "}", "busybox:1", "pass",
	    "docker.io", NULL },
	{ "Docker Hub in the store", "{" STORE("desktop") "}", "busybox:1", "desktop",
	    "https://index.docker.io/v1/", NULL },
	{ "an IPv6 address", "{" HELPER("[::1]:5000", "pass") "}", "[::1]:5000/a:1", "pass",
	    "[::1]:5000", NULL },
};

START_TEST(names_helpers)
{
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(authfile_helper) helper = AUTHFILE_HELPER_INIT;
	AUTO(err) e = ERR_INIT;
	int r = find(&c, &helper, helped[_i].file, AUTHFILE_AUTHS, helped[_i].image, &e);

	row_accepted(helped[_i].name, r, &e);
	row_string(helped[_i].name, "helper", helper.name, helped[_i].helper);
	row_string(helped[_i].name, "server", helper.server, helped[_i].server);
	row_string(helped[_i].name, "user", c.username, helped[_i].username);
}
END_TEST

/* .dockercfg is a map of registries, and has no room for helpers. */
START_TEST(oldest_form_has_none)
{
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(authfile_helper) helper = AUTHFILE_HELPER_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(
	    "dockercfg", find(&c, &helper, "{" STORE("x") "}", AUTHFILE_DOCKERCFG, IMAGE, &e), &e);
	row_string("dockercfg", "helper", helper.name, NULL);
}
END_TEST

static const struct {
	const char *text;
	const char *username, *password; /* username NULL: refused */
} options[] = {
	{ "", NULL, NULL },
	{ ":", NULL, NULL },
	{ ":pass", NULL, NULL },
	{ "user", "user", "" },
	{ "user:", "user", "" },
	{ "user:pass", "user", "pass" },
	{ "user:a:b", "user", "a:b" },
};

START_TEST(reads_the_option)
{
	const char *name = options[_i].text;
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(err) e = ERR_INIT;
	int r = credentials_parse(&c, options[_i].text, &e);

	if (options[_i].username == NULL)
		row_refused(name, r, &e, E_USAGE, "no user name");
	else
		row_accepted(name, r, &e);
	row_string(name, "user", c.username, options[_i].username);
	row_string(name, "password", c.password, options[_i].password);
}
END_TEST

Suite *
authfile_suite(void)
{
	Suite *s = suite_create("authfile");
	TCase *t = tcase_create("authfile");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, finds, 0, (int)ARRAY_LEN(found));
	tcase_add_loop_test(t, names_helpers, 0, (int)ARRAY_LEN(helped));
	tcase_add_test(t, oldest_form_has_none);
	tcase_add_loop_test(t, reads_the_option, 0, (int)ARRAY_LEN(options));
	suite_add_tcase(s, t);
	return s;
}
