/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "rows.h"
#include "suites.h"
#include "transport/credentials.h"
#include "tree.h"

/* {"auths": {HOST: ...}} whose user is a word of three letters: base64 of "one:p", "two:p", ... */
#define AUTHS(auth) "{\"auths\": {\"registry.local\": {\"auth\": \"" auth "\"}}}"
#define ONE AUTHS("b25lOnA=")
#define TWO AUTHS("dHdvOnA=")
#define SIX AUTHS("c2l4OnA=")
#define TEN AUTHS("dGVuOnA=")
#define OLD "{\"https://registry.local/v1/\": {\"auth\": \"b2xkOnA=\"}}"
#define NOBODY "{\"auths\": {}}"

static const char *const variables[] = { "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
	"DOCKER_CONFIG", "REGISTRY_AUTH_FILE" };
static char *saved[ARRAY_LEN(variables)];

static void
setup(void)
{
	size_t i;

	tree_make();
	for (i = 0; i < ARRAY_LEN(variables); i++) {
		saved[i] = getenv(variables[i]) != NULL ? xstrdup(getenv(variables[i])) : NULL;
		unsetenv(variables[i]);
	}
}

static void
teardown(void)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(variables); i++) {
		if (saved[i] != NULL)
			setenv(variables[i], saved[i], 1);
		else
			unsetenv(variables[i]);
		free(saved[i]);
	}
	tree_remove();
}

/* Set a variable to a path in the tree; NULL leaves it unset. */
static void
set_path(const char *variable, const char *name)
{
	AUTO_STR char *path = NULL;

	if (name == NULL)
		return;
	path = tree_path(name);
	setenv(variable, path, 1);
}

static int
find(struct credentials *out, const struct credential_options *options, struct err *e)
{
	AUTO(reference) image = REFERENCE_INIT;

	ck_assert_int_eq(reference_parse(&image, "registry.local/a/b:1", e), 0);
	return credentials_find(out, options, &image, e);
}

static const struct {
	const char *name;
	const char *creds, *authfile, *environment; /* the latter two: names in the tree, or NULL */
	const char *runtime, *config, *docker; /* directories that the environment names, or NULL */
	const char *files[5][2];
	const char *user; /* NULL: nobody */
} found[] = {
	{ .name = "nothing anywhere" },
	{ .name = "--creds before all",
	    .creds = "opt:p",
	    .authfile = "a",
	    .files = { { "a", ONE } },
	    .user = "opt" },
	{ .name = "--authfile", .authfile = "a", .files = { { "a", ONE } }, .user = "one" },
	{ .name = "--authfile before the environment",
	    .authfile = "a",
	    .environment = "b",
	    .files = { { "a", ONE }, { "b", TWO } },
	    .user = "one" },
	{ .name = "--authfile is the only one",
	    .authfile = "a",
	    .files = { { "a", NOBODY }, { "home/.config/containers/auth.json", TWO } } },
	{ .name = "environment is the only one",
	    .environment = "b",
	    .files = { { "b", NOBODY }, { "home/.config/containers/auth.json", TWO } } },
	{ .name = "environment",
	    .environment = "b",
	    .files = { { "b", TWO }, { "home/.config/containers/auth.json", ONE } },
	    .user = "two" },
	{ .name = "runtime directory first",
	    .runtime = "run",
	    .files = { { "run/containers/auth.json", ONE },
		{ "home/.config/containers/auth.json", TWO }, { "home/.docker/config.json", SIX },
		{ "home/.dockercfg", OLD } },
	    .user = "one" },
	{ .name = "then the configuration",
	    .runtime = "run",
	    .files = { { "home/.config/containers/auth.json", TWO },
		{ "home/.docker/config.json", SIX }, { "home/.dockercfg", OLD } },
	    .user = "two" },
	{ .name = "XDG_CONFIG_HOME for ~/.config",
	    .runtime = "run",
	    .config = "conf",
	    .files = { { "conf/containers/auth.json", TEN },
		{ "home/.config/containers/auth.json", TWO } },
	    .user = "ten" },
	{ .name = "then docker's",
	    .runtime = "run",
	    .files = { { "home/.docker/config.json", SIX }, { "home/.dockercfg", OLD } },
	    .user = "six" },
	{ .name = "DOCKER_CONFIG for ~/.docker",
	    .runtime = "run",
	    .docker = "dock",
	    .files = { { "dock/config.json", TEN }, { "home/.docker/config.json", SIX } },
	    .user = "ten" },
	{ .name = "then the oldest",
	    .runtime = "run",
	    .files = { { "home/.dockercfg", OLD } },
	    .user = "old" },
	{ .name = "a file without an entry is passed over",
	    .runtime = "run",
	    .files = { { "run/containers/auth.json", NOBODY },
		{ "home/.docker/config.json", SIX } },
	    .user = "six" },
};

START_TEST(finds)
{
	struct credential_options options = { .creds = NULL };
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO_STR char *authfile = NULL;
	AUTO(err) e = ERR_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(found[_i].files) && found[_i].files[i][0] != NULL; i++)
		tree_write_str(found[_i].files[i][0], found[_i].files[i][1]);
	set_path("HOME", "home");
	set_path("REGISTRY_AUTH_FILE", found[_i].environment);
	set_path("XDG_RUNTIME_DIR", found[_i].runtime != NULL ? found[_i].runtime : "none");
	set_path("XDG_CONFIG_HOME", found[_i].config);
	set_path("DOCKER_CONFIG", found[_i].docker);
	if (found[_i].authfile != NULL)
		authfile = tree_path(found[_i].authfile);
	options.creds = found[_i].creds;
	options.authfile = authfile;
	row_accepted(found[_i].name, find(&c, &options, &e), &e);
	row_string(found[_i].name, "user", c.username, found[_i].user);
}
END_TEST

static const struct {
	const char *name;
	const char *creds, *authfile, *environment;
	const char *files[2][2];
	enum errc code;
	const char *part;
} refused[] = {
	{ .name = "--creds without a user",
	    .creds = ":p",
	    .code = E_USAGE,
	    .part = "no user name" },
	{ .name = "--authfile missing", .authfile = "a", .code = E_USAGE, .part = "--authfile" },
	{ .name = "--authfile missing, another place has it",
	    .authfile = "a",
	    .files = { { "home/.docker/config.json", SIX } },
	    .code = E_USAGE,
	    .part = "--authfile" },
	{ .name = "environment's missing",
	    .environment = "a",
	    .code = E_USAGE,
	    .part = "$REGISTRY_AUTH_FILE" },
	{ .name = "--authfile empty",
	    .authfile = "a",
	    .files = { { "a", "" } },
	    .code = E_INVALID,
	    .part = "/a" },
	{ .name = "a broken file before a good one",
	    .files = { { "home/.config/containers/auth.json", "{" },
		{ "home/.docker/config.json", SIX } },
	    .code = E_INVALID,
	    .part = "containers/auth.json" },
	{ .name = "a directory in a file's place",
	    .files = { { "home/.docker/config.json/x", "" } },
	    .code = E_IO,
	    .part = "config.json" },
	{ .name = "a helper",
	    .files = { { "home/.docker/config.json",
		"{\"credHelpers\": {\"registry.local\": \"ecr-login\"}}" } },
	    .code = E_UNSUPPORTED,
	    .part = "docker-credential-ecr-login" },
};

START_TEST(refuses)
{
	struct credential_options options = { .creds = NULL };
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO_STR char *authfile = NULL;
	AUTO(err) e = ERR_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(refused[_i].files) && refused[_i].files[i][0] != NULL; i++)
		tree_write_str(refused[_i].files[i][0], refused[_i].files[i][1]);
	set_path("HOME", "home");
	set_path("XDG_RUNTIME_DIR", "none");
	set_path("REGISTRY_AUTH_FILE", refused[_i].environment);
	if (refused[_i].authfile != NULL)
		authfile = tree_path(refused[_i].authfile);
	options.creds = refused[_i].creds;
	options.authfile = authfile;
	row_refused(
	    refused[_i].name, find(&c, &options, &e), &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(!credentials_are_set(&c), "%s: left credentials behind", refused[_i].name);
}
END_TEST

START_TEST(without_a_home)
{
	struct credential_options options = { .creds = NULL };
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(err) e = ERR_INIT;

	set_path("XDG_RUNTIME_DIR", "none");
	row_accepted("no HOME", find(&c, &options, &e), &e);
	setenv("HOME", "", 1);
	row_accepted("empty HOME", find(&c, &options, &e), &e);
}
END_TEST

/* A file at the cap is read, one byte more is not. */
START_TEST(size)
{
	AUTO(buf) file = BUF_INIT;
	AUTO_STR char *path = tree_path("a");
	struct credential_options options = { .authfile = path };
	size_t over;

	for (over = 0; over <= 1; over++) {
		AUTO(credentials) c = CREDENTIALS_INIT;
		AUTO(err) e = ERR_INIT;
		int r;

		buf_clear(&file);
		buf_add_str(&file, ONE);
		while (file.n < MAX_AUTHFILE_BYTES + over)
			buf_add_byte(&file, ' ');
		tree_write("a", buf_bytes(&file));
		r = find(&c, &options, &e);
		if (over == 0)
			row_accepted("at the cap", r, &e);
		else
			row_refused("over the cap", r, &e, E_TOO_LARGE, "more than");
	}
}
END_TEST

Suite *
credentials_suite(void)
{
	Suite *s = suite_create("credentials");
	TCase *t = tcase_create("credentials");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, finds, 0, (int)ARRAY_LEN(found));
	tcase_add_test(t, without_a_home);
	tcase_add_test(t, size);
	suite_add_tcase(s, t);
	return s;
}
