/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a node's files are, and what cannot be used of them. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/limits.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "verify/node_config.h"

#define REJECT "{\"default\":[{\"type\":\"reject\"}]}"
#define SYSTEM_POLICY "root/etc/containers/policy.json"
#define SYSTEM_D "root/etc/containers/registries.d"
#define USER_POLICY "home/.config/containers/policy.json"
#define USER_D "home/.config/containers/registries.d"
#define STORE(url) "default-docker: {lookaside: '" url "'}\n"

static char *old_home;

static void
set_up(void)
{
	const char *home = getenv("HOME");
	AUTO_STR char *path = NULL;

	tree_make();
	old_home = home != NULL ? xstrdup(home) : NULL;
	path = tree_path("home");
	setenv("HOME", path, 1);
}

static void
tear_down(void)
{
	if (old_home != NULL)
		setenv("HOME", old_home, 1);
	else
		unsetenv("HOME");
	free(steal(&old_home));
	tree_remove();
}

/* Where things are said to be: names in the tree, NULL for the default places. */
struct places {
	const char *policy, *registriesd;
	bool root; /* the directory root/ stands for "/" */
};

static int
read_config(struct node_config *out, const struct places *p, struct err *e)
{
	AUTO_STR char *policy = p->policy != NULL ? tree_path(p->policy) : NULL;
	AUTO_STR char *registriesd = p->registriesd != NULL ? tree_path(p->registriesd) : NULL;
	AUTO_STR char *root = p->root ? tree_path("root") : NULL;
	struct node_config_options options = { .policy_file = policy,
		.registriesd = registriesd,
		.root = root,
		.deadline = deadline_after(clock_ms(), 500) };

	return node_config_read(out, &options, e);
}

static const struct {
	const char *name;
	const char *files[3][2]; /* to be written */
	struct places places;
	enum errc code;
	const char *part;
} refused[] = {
	{ "none", { { NULL } }, { .root = true }, E_NOT_FOUND, "no policy.json: neither" },
	{ "none that is named", { { SYSTEM_POLICY, REJECT } }, { .policy = "x", .root = true },
	    E_NOT_FOUND, "/x: No such file" },
	{ "the user's, of another machine", { { USER_POLICY, REJECT } }, { .root = true },
	    E_NOT_FOUND, "root/etc/containers/policy.json is there" },
	{ "an empty one", { { SYSTEM_POLICY, "" } }, { .root = true }, E_INVALID, "policy.json" },
	{ "a broken one", { { SYSTEM_POLICY, "{}" } }, { .root = true }, E_INVALID,
	    "policy.json: default: missing" },
	{ "no requirements", { { SYSTEM_POLICY, "{\"default\":[]}" } }, { .root = true }, E_INVALID,
	    "default: no requirements" },
	{ "a directory", { { SYSTEM_POLICY "/x", "" } }, { .root = true }, E_IO, "policy.json" },
	{ "a file for a directory", { { "root/etc/containers", "" } }, { .root = true },
	    E_NOT_FOUND, "policy.json is there" },
	/* The user's is there: that of the system is not asked, whatever is wrong with it. */
	{ "the user's broken", { { USER_POLICY, "{" } }, { .registriesd = NULL }, E_INVALID,
	    "home/.config/containers/policy.json" },
	{ "the user's a directory", { { USER_POLICY "/x", "" } }, { .registriesd = NULL }, E_IO,
	    "home/.config/containers/policy.json" },

	{ "registries.d not there that is named", { { SYSTEM_POLICY, REJECT } },
	    { .registriesd = "x", .root = true }, E_NOT_FOUND, "/x: No such file" },
	{ "registries.d a file", { { SYSTEM_POLICY, REJECT }, { SYSTEM_D, "" } }, { .root = true },
	    E_IO, "registries.d" },
	{ "one broken file", { { SYSTEM_POLICY, REJECT }, { SYSTEM_D "/a.yaml", "docker: [" } },
	    { .root = true }, E_INVALID, "a.yaml" },
	{ "one broken beside a good one",
	    { { SYSTEM_POLICY, REJECT }, { SYSTEM_D "/a.yaml", STORE("file:///a") },
		{ SYSTEM_D "/b.yaml", "docker: 1" } },
	    { .root = true }, E_INVALID, "b.yaml" },
	{ "two defaults",
	    { { SYSTEM_POLICY, REJECT }, { SYSTEM_D "/a.yaml", STORE("file:///a") },
		{ SYSTEM_D "/b.yaml", STORE("file:///b") } },
	    { .root = true }, E_INVALID, "default-docker is in both" },
	{ "a directory among them", { { SYSTEM_POLICY, REJECT }, { SYSTEM_D "/a.yaml/x", "" } },
	    { .root = true }, E_IO, "a.yaml" },
	{ "the user's registries.d broken", { { "p", REJECT }, { USER_D "/a.yaml", "docker: [" } },
	    { .policy = "p" }, E_INVALID, "home/.config/containers/registries.d/a.yaml" },
};

START_TEST(refuses)
{
	const char *name = refused[_i].name;
	AUTO(node_config) c = NODE_CONFIG_INIT;
	AUTO(err) e = ERR_INIT;

	for (size_t i = 0; i < 3 && refused[_i].files[i][0] != NULL; i++)
		tree_write_str(refused[_i].files[i][0], refused[_i].files[i][1]);
	row_refused(
	    name, read_config(&c, &refused[_i].places, &e), &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(c.policy_file == NULL && c.policy.fallback.n == 0, "%s: left over", name);
}
END_TEST

static const struct {
	const char *name;
	const char *files[4][2];
	struct places places;
	const char *policy, *registriesd; /* which were read: the ends of their paths; NULL: none */
	const char *store;		  /* of quay.io/a/b:1; its end */
} accepted[] = {
	{ "another machine's", { { SYSTEM_POLICY, REJECT } }, { .root = true }, SYSTEM_POLICY, NULL,
	    "root/var/lib/containers/sigstore" },
	{ "another machine's, whatever the user has",
	    { { SYSTEM_POLICY, REJECT }, { USER_POLICY, "{" }, { USER_D "/a.yaml", "docker: [" } },
	    { .root = true }, SYSTEM_POLICY, NULL, "root/var/lib/containers/sigstore" },
	{ "the user's", { { USER_POLICY, REJECT }, { USER_D "/a.yaml", STORE("file:///user") } },
	    { .registriesd = NULL }, USER_POLICY, USER_D, "file:///user" },
	{ "an empty registries.d of the user's", { { USER_POLICY, REJECT }, { USER_D "/a", "" } },
	    { .registriesd = NULL }, USER_POLICY, USER_D, "/containers/sigstore" },
	{ "those that are named",
	    { { "p", REJECT }, { "d/a.yaml", STORE("file:///named") }, { USER_POLICY, "{" },
		{ USER_D "/a.yaml", "docker: [" } },
	    { .policy = "p", .registriesd = "d" }, "/p", "/d", "file:///named" },
	{ "no other names than *.yaml",
	    { { SYSTEM_POLICY, REJECT }, { SYSTEM_D "/a.yml", "docker: [" },
		{ SYSTEM_D "/README", "docker: [" },
		{ SYSTEM_D "/.yaml", STORE("file:///hidden") } },
	    { .root = true }, SYSTEM_POLICY, SYSTEM_D, "file:///hidden" },
};

static void
expect_end(const char *row, const char *what, const char *got, const char *end)
{
	size_t n = end != NULL ? strlen(end) : 0;

	ck_assert_msg((got == NULL) == (end == NULL), "%s: %s: %s", row, what, got ? got : "none");
	if (end != NULL)
		ck_assert_msg(strlen(got) >= n && strcmp(got + strlen(got) - n, end) == 0,
		    "%s: %s: %s, want ...%s", row, what, got, end);
}

START_TEST(accepts)
{
	const char *name = accepted[_i].name;
	AUTO(node_config) c = NODE_CONFIG_INIT;
	AUTO(node_stores) stores = NODE_STORES_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;

	for (size_t i = 0; i < 4 && accepted[_i].files[i][0] != NULL; i++)
		tree_write_str(accepted[_i].files[i][0], accepted[_i].files[i][1]);
	row_accepted(name, read_config(&c, &accepted[_i].places, &e), &e);
	expect_end(name, "policy.json", c.policy_file, accepted[_i].policy);
	expect_end(name, "registries.d", c.registriesd_directory, accepted[_i].registriesd);
	ck_assert_int_eq(reference_parse(&image, "quay.io/a/b:1", &e), 0);
	row_accepted(name, node_config_stores(&c, &image, &stores, &e), &e);
	expect_end(name, "the store", stores.lookaside, accepted[_i].store);
	ck_assert_msg(!stores.attachments, "%s: attachments", name);
}
END_TEST

/* Links are followed, as a node does; those that lead nowhere are no "no such file". */
START_TEST(follows_links)
{
	const struct places places = { .policy = "link", .registriesd = "d" };
	AUTO(node_config) c = NODE_CONFIG_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("policy", REJECT);
	tree_write_str("elsewhere", STORE("file:///linked"));
	tree_link("link", "policy");
	tree_directory("d");
	tree_link("d/a.yaml", "../elsewhere");
	row_accepted("links", read_config(&c, &places, &e), &e);
	node_config_free(&c);
	tree_link("d/b.yaml", "nowhere");
	row_refused("a link to nothing", read_config(&c, &places, &e), &e, E_IO, "b.yaml");
}
END_TEST

/* Who writes no policy cannot hold up a run for longer than it may take. */
START_TEST(waits_no_longer)
{
	static const char *const names[] = { "fifo", "d/a.yaml" };
	const struct places places = { .policy = _i == 0 ? "fifo" : "policy", .registriesd = "d" };
	AUTO_STR char *fifo = NULL;
	AUTO(node_config) c = NODE_CONFIG_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("policy", REJECT);
	tree_directory("d");
	fifo = tree_path(names[_i]);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	row_refused(names[_i], read_config(&c, &places, &e), &e, E_TIMED_OUT, names[_i]);
}
END_TEST

/* At the cap and one byte above. */
START_TEST(size)
{
	static const struct {
		const char *file, *text;
		size_t max;
	} rows[] = { { "policy", REJECT, MAX_POLICY_BYTES },
		{ "d/a.yaml", "docker: {}\n", MAX_REGISTRIESD_BYTES } };
	const struct places places = { .policy = "policy", .registriesd = "d" };

	for (size_t over = 0; over <= 1; over++) {
		AUTO(node_config) c = NODE_CONFIG_INIT;
		AUTO(buf) text = BUF_INIT;
		AUTO(err) e = ERR_INIT;

		tree_write_str("policy", REJECT);
		tree_directory("d");
		buf_add_str(&text, rows[_i].text);
		while (text.n < rows[_i].max + over)
			buf_add_byte(&text, '\n');
		tree_write(rows[_i].file, buf_bytes(&text));
		if (over == 0)
			row_accepted(rows[_i].file, read_config(&c, &places, &e), &e);
		else
			row_refused(rows[_i].file, read_config(&c, &places, &e), &e, E_TOO_LARGE,
			    rows[_i].file);
	}
}
END_TEST

/* Without a home there is no default place in it, and the root directory is not one. */
START_TEST(needs_no_home)
{
	AUTO(node_config) c = NODE_CONFIG_INIT;
	const struct places places = { .policy = "policy", .registriesd = "d" };
	AUTO(err) e = ERR_INIT;

	tree_write_str("policy", REJECT);
	tree_directory("d");
	if (_i == 0)
		unsetenv("HOME");
	else
		setenv("HOME", "", 1);
	row_accepted("no home", read_config(&c, &places, &e), &e);
	row_string(
	    "no home", "the default store", c.default_store, "file:///var/lib/containers/sigstore");
}
END_TEST

/* The entry is found for where a path leads; a path that leads nowhere has none. */
START_TEST(resolves_paths)
{
	const struct places places = { .policy = "policy", .registriesd = "d" };
	AUTO_STR char *real = NULL;
	AUTO_STR char *link = tree_path("link");
	AUTO_STR char *image = NULL;
	AUTO_STR char *text = NULL;
	AUTO(node_config) c = NODE_CONFIG_INIT;
	const struct policy_entry *entry;
	AUTO(err) e = ERR_INIT;

	tree_directory("d");
	tree_directory("image");
	tree_link("link", "image");
	image = tree_path("image");
	real = realpath(image, NULL);
	text = xasprintf("{\"default\":[{\"type\":\"insecureAcceptAnything\"}],\"transports\":"
			 "{\"dir\":{\"%s\":[{\"type\":\"reject\"}]}}}",
	    real);
	tree_write_str("policy", text);
	row_accepted("the policy", read_config(&c, &places, &e), &e);
	entry = node_config_entry_of_path(&c, "dir", link, &e);
	ck_assert_ptr_nonnull(entry);
	row_string("a link", "its scope", entry->scope, real);
	entry = node_config_entry_of_path(&c, "oci", link, &e);
	ck_assert_ptr_nonnull(entry);
	row_string("another transport", "its scope", entry->scope, NULL);
	ck_assert_ptr_null(node_config_entry_of_path(&c, "dir", "/nowhere/at/all", &e));
	row_refused("nowhere", -1, &e, E_NOT_FOUND, "/nowhere/at/all");
}
END_TEST

Suite *
node_config_suite(void)
{
	Suite *s = suite_create("node_config");
	TCase *t = tcase_create("node_config");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, waits_no_longer, 0, 2);
	tcase_add_loop_test(t, size, 0, 2);
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_test(t, follows_links);
	tcase_add_loop_test(t, needs_no_home, 0, 2);
	tcase_add_test(t, resolves_paths);
	suite_add_tcase(s, t);
	return s;
}
