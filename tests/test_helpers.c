/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Credential helpers, as scripts on PATH, and the order in which they and the files are asked. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <check.h>

#include "base/children.h"
#include "base/file.h"
#include "rows.h"
#include "suites.h"
#include "transport/credentials.h"
#include "tree.h"

enum { LONG_MS = 60000, SHORT_MS = 200 };

#define HOST "registry.local"
#define GOOD "{\"ServerURL\":\"" HOST "\",\"Username\":\"help\",\"Secret\":\"my-secret\"}"
#define NOT_FOUND "echo credentials not found in native keychain; exit 1"
/* What each helper notes of its being asked. */
#define NOTE "printf '%s %s;' \"$1\" \"$(cat)\" >>\"$HOME/asked\"\n"

static const char *const variables[] = { "HOME", "PATH", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
	"DOCKER_CONFIG", "REGISTRY_AUTH_FILE" };
static char *saved[ARRAY_LEN(variables)];

static void
set_path(const char *variable, const char *name, const char *more)
{
	AUTO_STR char *path = tree_path(name);
	AUTO_STR char *value = xasprintf("%s%s", path, more);

	setenv(variable, value, 1);
}

static void
setup(void)
{
	tree_make();
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		saved[i] = getenv(variables[i]) != NULL ? xstrdup(getenv(variables[i])) : NULL;
		unsetenv(variables[i]);
	}
	tree_directory("bin");
	tree_directory("home");
	set_path("HOME", "home", "");
	set_path("XDG_RUNTIME_DIR", "none", "");
	set_path("PATH", "bin", ":/usr/bin:/bin");
}

static void
teardown(void)
{
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		if (saved[i] != NULL)
			setenv(variables[i], saved[i], 1);
		else
			unsetenv(variables[i]);
		free(saved[i]);
	}
	tree_remove();
}

/* docker-credential-NAME, a shell's script. */
static void
write_helper(const char *name, const char *script)
{
	AUTO_STR char *file = xasprintf("bin/docker-credential-%s", name);
	AUTO_STR char *path = tree_path(file);
	AUTO_STR char *text = xasprintf("#!/bin/sh\n%s\n", script);

	tree_write_str(file, text);
	ck_assert_int_eq(chmod(path, 0700), 0);
}

/* What the helpers noted; "" when none was asked. */
static char *
asked(void)
{
	AUTO_STR char *path = tree_path("home/asked");
	AUTO(buf) notes = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (file_read(&notes, path, 1000, &e) != 0)
		return xstrdup("");
	return buf_steal_str(&notes);
}

static const struct {
	const char *name, *script; /* NULL: no such program */
	enum errc code;
	const char *part;
} failing[] = {
	{ "a missing program", NULL, E_IO, "none of the directories of PATH" },
	{ "no script", "\r\n\001", E_IO, "it ends with status" },
	{ "it dies", "kill -9 $$", E_IO, "ended by signal 9" },
	{ "it fails in silence", "exit 7", E_IO, "it ends with status 7" },
	{ "it fails with a complaint", "echo no keyring here >&2; exit 1", E_IO,
	    "status 1: no keyring here" },
	{ "it complains as docker's do", "echo cannot connect to the session; exit 1", E_IO,
	    "status 1: cannot connect to the session" },
	{ "a complaint of two lines", "printf 'a\\nb\\n' >&2; exit 1", E_IO, "status 1: a b" },
	{ "it answers and fails", "echo '" GOOD "'; exit 1", E_IO, "status 1" },
	{ "not found, but with status 0", "echo credentials not found in native keychain",
	    E_INVALID, "JSON" },
	{ "it hangs", "exec sleep 600", E_TIMED_OUT, "in time" },
	{ "it floods", "yes my-secret", E_TOO_LARGE, "more than 65536 bytes" },
	{ "it floods its error", "yes my-secret >&2", E_TOO_LARGE, "more than 65536 bytes" },
	{ "it answers nothing", "exit 0", E_INVALID, "JSON" },
	{ "no JSON", "echo my-secret", E_INVALID, "JSON" },
	{ "a NUL", "printf '{\"Username\":\"u\",\"Secret\":\"my-secret\\000\"}'", E_INVALID,
	    "JSON" },
	{ "for another host",
	    "echo '{\"ServerURL\":\"x\",\"Username\":\"u\",\"Secret\":\"my-secret\"}'", E_MISMATCH,
	    "another server" },
};

START_TEST(fails)
{
	const struct authfile_helper which = { (char[]){ "test" }, (char[]){ HOST } };
	const struct deadline never = DEADLINE_NEVER;
	bool hangs = failing[_i].code == E_TIMED_OUT;
	AUTO_PTR(helpers) h = helpers_new(hangs ? SHORT_MS : LONG_MS, &never);
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(err) e = ERR_INIT;

	if (failing[_i].script != NULL)
		write_helper("test", failing[_i].script);
	/* The second time from memory. */
	for (int time = 0; time < 2; time++) {
		row_refused(failing[_i].name, helpers_get(h, &which, &c, &e), &e, failing[_i].code,
		    failing[_i].part);
		ck_assert_msg(strstr(err_msg(&e), "docker-credential-test") != NULL &&
				  strstr(err_msg(&e), HOST) != NULL,
		    "%s: does not name it: %s", failing[_i].name, err_msg(&e));
		ck_assert_msg(strstr(err_msg(&e), "secret") == NULL, "%s: tells: %s",
		    failing[_i].name, err_msg(&e));
		ck_assert(!credentials_are_set(&c));
		helpers_close(h);
	}
	children_end();
}
END_TEST

START_TEST(asks_once)
{
	const struct authfile_helper which = { (char[]){ "test" }, (char[]){ HOST } };
	const struct authfile_helper other = { (char[]){ "test" }, (char[]){ "other.local" } };
	const struct deadline never = DEADLINE_NEVER;
	AUTO_PTR(helpers) h = helpers_new(LONG_MS, &never);
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *notes = NULL;

	write_helper("test", NOTE "echo '" GOOD "'");
	for (int time = 0; time < 3; time++) {
		AUTO(credentials) c = CREDENTIALS_INIT;

		row_accepted("good", helpers_get(h, &which, &c, &e), &e);
		row_string("good", "user", c.username, "help");
		row_string("good", "password", c.password, "my-secret");
		if (time == 1)
			helpers_close(h);
	}
	AUTO(credentials) none = CREDENTIALS_INIT;
	row_refused("closed", helpers_get(h, &other, &none, &e), &e, E_IO, "was not asked");
	row_refused("without", helpers_get(NULL, &which, &none, &e), &e, E_UNSUPPORTED,
	    "docker-credential-test");
	notes = asked();
	row_string("good", "asked", notes, "get " HOST ";");
}
END_TEST

/* It gets what it needs to reach the user's session and the cloud, and nothing that is ours. */
START_TEST(environment)
{
	const struct authfile_helper which = { (char[]){ "test" }, (char[]){ HOST } };
	const struct deadline never = DEADLINE_NEVER;
	AUTO_PTR(helpers) h = helpers_new(LONG_MS, &never);
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(err) e = ERR_INIT;

	setenv("AWS_PROFILE", "aws", 1);
	setenv("LC_MESSAGES", "C", 1);
	setenv("RELSIG_TEST_SECRET", "ours", 1);
	setenv("HOMELY", "ours", 1);
	write_helper("test",
	    "printf '{\"Username\":\"%s\",\"Secret\":\"%s\"}' "
	    "\"$AWS_PROFILE-$LC_MESSAGES-${HOME##*/}\" \"${RELSIG_TEST_SECRET-no}${HOMELY-no}\"");
	row_accepted("environment", helpers_get(h, &which, &c, &e), &e);
	row_string("environment", "given", c.username, "aws-C-home");
	row_string("environment", "kept", c.password, "nono");
	unsetenv("AWS_PROFILE");
	unsetenv("LC_MESSAGES");
	unsetenv("RELSIG_TEST_SECRET");
	unsetenv("HOMELY");
}
END_TEST

#define AUTH "{\"auths\":{\"" HOST "\":{\"auth\":\"b25lOnA=\"}}"
#define OWN(name) "\"credHelpers\":{\"" HOST "\":\"" name "\"}"
#define STORE(name) "\"credsStore\":\"" name "\""
#define CONTAINERS "home/.config/containers/auth.json"
#define DOCKER "home/.docker/config.json"

static const struct {
	const char *name;
	const char *containers, *docker; /* the files; NULL: none */
	enum errc code;
	const char *user; /* or part of the message */
	const char *asked;
} orders[] = {
	{ "a helper that has nothing, and no other file", "{" OWN("none") "}", NULL, E_NONE, NULL,
	    "get " HOST ";" },
	{ "a helper that has nothing: the entry beside it does not count, the next file does",
	    AUTH "," OWN("none") "}", "{" OWN("good") "}", E_NONE, "help",
	    "get " HOST ";get " HOST ";" },
	{ "a helper that fails: the next file does not make up for it", "{" OWN("bad") "}",
	    AUTH "}", E_IO, CONTAINERS, "get " HOST ";" },
	{ "a store that fails", NULL, "{" STORE("bad") "}", E_IO, DOCKER, "get " HOST ";" },
	{ "a helper that is not there", "{" OWN("missing") "}", NULL, E_IO, "PATH", "" },
	{ "a helper before an entry", AUTH "," OWN("good") "}", NULL, E_NONE, "help",
	    "get " HOST ";" },
	{ "an entry before the store", AUTH "," STORE("bad") "}", NULL, E_NONE, "one", "" },
	{ "an entry in the first file before a helper in the next", AUTH "}", "{" OWN("bad") "}",
	    E_NONE, "one", "" },
	{ "the store for all", NULL, "{" STORE("good") "}", E_NONE, "help", "get " HOST ";" },
	{ "the store has nothing, and no other file", NULL, "{" STORE("none") "}", E_NONE, NULL,
	    "get " HOST ";" },
	{ "a helper of another host",
	    "{\"credHelpers\":{\"other.local\":\"bad\"},\"auths\":{\"" HOST
	    "\":{\"auth\":\"b25lOnA=\"}}}",
	    NULL, E_NONE, "one", "" },
};

START_TEST(order)
{
	const struct deadline never = DEADLINE_NEVER;
	AUTO_PTR(helpers) h = helpers_new(LONG_MS, &never);
	const struct credential_options options = { .helpers = h };
	struct reference images[3] = { REFERENCE_INIT, REFERENCE_INIT, REFERENCE_INIT };
	static const char *const names[] = { HOST "/a/b:1", HOST "/a/b:2", HOST "/c:1" };
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO_STR char *notes = NULL;
	AUTO(err) e = ERR_INIT;
	int r;

	write_helper("good", NOTE "echo '" GOOD "'");
	write_helper("none", NOTE NOT_FOUND);
	write_helper("bad", NOTE "exit 1");
	if (orders[_i].containers != NULL)
		tree_write_str(CONTAINERS, orders[_i].containers);
	if (orders[_i].docker != NULL)
		tree_write_str(DOCKER, orders[_i].docker);
	for (size_t i = 0; i < ARRAY_LEN(images); i++)
		ck_assert_int_eq(reference_parse(&images[i], names[i], &e), 0);
	credentials_ask_helpers(&options, images, ARRAY_LEN(images));
	r = credentials_find(&c, &options, &images[1], &e);
	if (orders[_i].code == E_NONE) {
		row_accepted(orders[_i].name, r, &e);
		row_string(orders[_i].name, "user", c.username, orders[_i].user);
	} else {
		row_refused(orders[_i].name, r, &e, orders[_i].code, orders[_i].user);
	}
	notes = asked();
	row_string(orders[_i].name, "asked", notes, orders[_i].asked);
	for (size_t i = 0; i < ARRAY_LEN(images); i++)
		reference_free(&images[i]);
}
END_TEST

Suite *
helpers_suite(void)
{
	Suite *s = suite_create("helpers");
	TCase *tc = tcase_create("helpers");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, fails, 0, ARRAY_LEN(failing));
	tcase_add_test(tc, asks_once);
	tcase_add_test(tc, environment);
	tcase_add_loop_test(tc, order, 0, ARRAY_LEN(orders));
	suite_add_tcase(s, tc);
	return s;
}
