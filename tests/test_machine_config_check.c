/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <check.h>

#include "base/file.h"
#include "base/limits.h"
#include "formats/data_url.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "verify/machine_config_check.h"
#include "verify/node_files.h"
#include "verify/node_view.h"

#define HEAD(role, name)                                                                           \
	"apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\n"                  \
	"metadata: {" role "name: " name "}\n"
#define WORKER "labels: {machineconfiguration.openshift.io/role: worker}, "
#define MASTER "labels: {machineconfiguration.openshift.io/role: master}, "
#define CONFIG(role, name, version, files)                                                         \
	HEAD(role, name)                                                                           \
	"spec: {config: {ignition: {version: " version "}, storage: {files: [" files "]}}}\n"
#define NEW(files) CONFIG(WORKER, "a", "3.2.0", files)
#define FILE_AT(path, mode, source)                                                                \
	"{path: " path ", mode: " mode ", contents: {source: '" source "'}}"
#define REJECT "data:,%7B%22default%22%3A%5B%7B%22type%22%3A%22reject%22%7D%5D%7D"
#define POLICY_PATH "/etc/containers/policy.json"
#define POLICY(mode) FILE_AT(POLICY_PATH, mode, REJECT)
#define REGISTRIESD(name, source) FILE_AT("/etc/containers/registries.d/" name, "420", source)
/* signedBy the key file at PATH, for registry HOST. */
#define SIGNED_BY(host, path)                                                                      \
	FILE_AT(POLICY_PATH, "420",                                                                \
	    "data:,{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{\"" host       \
	    "\":[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPath\":\"" path "\"}]}}}")

static const struct {
	const char *name, *text;
	enum finding_severity severity;
	const char *part;
} found[] = {
	{ "no file", CONFIG(WORKER, "a", "3.2.0", ""), FINDING_ERROR,
	    "policy.json: not carried, and no *.yaml" },
	{ "other files alone", NEW(FILE_AT("/etc/motd", "420", "data:,x")), FINDING_ERROR,
	    "this changes no node's policy" },
	{ "the wrong directory", NEW(FILE_AT("/etc/container/policy.json", "420", REJECT)),
	    FINDING_ERROR, "this changes no node's policy" },
	{ "644 is decimal", NEW(POLICY("644")), FINDING_ERROR,
	    "mode 644 is decimal, and so 01204" },
	{ "0600", NEW(POLICY("384")), FINDING_WARNING, "mode 0600, want 0644" },
	{ "0666", NEW(POLICY("438")), FINDING_WARNING, "mode 0666, want 0644" },
	{ "a key's mode", NEW(SIGNED_BY("q.example", "/k") ", " FILE_AT("/k", "438", "data:,x")),
	    FINDING_WARNING, "/k: mode 0666, want 0644" },
	{ "no YAML's name", NEW(POLICY("420") ", " REGISTRIESD("a.yml", "data:,")), FINDING_WARNING,
	    "registries.d/a.yml: nobody reads it" },
	{ "no role", CONFIG("", "a", "3.2.0", POLICY("420")), FINDING_WARNING, "no node gets it" },
	{ "Ignition 2", CONFIG(WORKER, "a", "2.2.0", POLICY("420")), FINDING_NOTE,
	    "a: Ignition 2.2.0" },
	{ "no policy", NEW(REGISTRIESD("a.yaml", "data:,docker:%20{}")), FINDING_NOTE,
	    "policy.json: not carried: the node's own decides" },
	{ "contents elsewhere", NEW(FILE_AT(POLICY_PATH, "420", "https://h/policy")),
	    FINDING_UNJUDGED, "policy.json" },
	{ "a broken policy", NEW(FILE_AT(POLICY_PATH, "420", "data:,x")), FINDING_ERROR,
	    "with this file no image is accepted" },
	{ "a broken file of registries.d",
	    NEW(POLICY("420") ", " REGISTRIESD("a.yaml", "data:,docker:%20[")), FINDING_ERROR,
	    "/etc/containers/registries.d/a.yaml" },
	{ "a broken key", NEW(SIGNED_BY("q.example", "/k") ", " FILE_AT("/k", "420", "data:,x")),
	    FINDING_ERROR, "/k" },
	{ "a key that is not carried", NEW(SIGNED_BY("q.example", "/k")), FINDING_WARNING,
	    "/k: not carried: it must be on the node" },
	{ "Red Hat's key", NEW(SIGNED_BY("registry.redhat.io", NODE_RED_HAT_KEY_FILE)),
	    FINDING_NOTE, "not carried: it is taken for what Red Hat's nodes come with" },
	{ "no store", NEW(SIGNED_BY("q.example", NODE_RED_HAT_KEY_FILE)), FINDING_WARNING,
	    "no lookaside is carried" },
	{ "Red Hat's store", NEW(SIGNED_BY("registry.redhat.io", NODE_RED_HAT_KEY_FILE)),
	    FINDING_NOTE, "no lookaside is carried" },
	{ "a later one replaces it",
	    NEW(POLICY("420")) "---\n" CONFIG(WORKER, "b", "3.2.0", POLICY("644")), FINDING_ERROR,
	    "mode 644 is decimal" },
};

static const struct {
	const char *name, *text;
} clean[] = {
	{ "a policy", NEW(POLICY("420")) },
	{ "octal, as YAML 1.1 has it", NEW(POLICY("0644")) },
	{ "no mode", NEW("{path: " POLICY_PATH ", contents: {source: '" REJECT "'}}") },
	{ "rendered", CONFIG("", "rendered-worker-0123", "3.2.0", POLICY("420")) },
	{ "Red Hat's key and store", NEW(SIGNED_BY("registry.redhat.io", NODE_RED_HAT_KEY_FILE)) },
	{ "another file's mode", NEW(POLICY("420") ", " FILE_AT("/etc/motd", "438", "data:,x")) },
	{ "an earlier one is replaced",
	    NEW(POLICY("644")) "---\n" CONFIG(WORKER, "b", "3.2.0", POLICY("420")) },
	{ "Butane",
	    "variant: openshift\nversion: 4.8.0\n"
	    "metadata: {" WORKER "name: a}\n"
	    "storage: {files: [{path: " POLICY_PATH
	    ", mode: 0644, contents: {inline: '{\"default\":[{\"type\":\"reject\"}]}'}}]}\n" },
};

static void
read_configs(struct machine_configs *out, const char *text)
{
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(machine_configs_read(out, "f", bytes_of_str(text), &e) == 0, "%s: %s",
	    err_msg(&e), text);
}

/* The findings as text, "severity: place: text" and a new line each. */
static void
add_lines(struct buf *out, const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		buf_addf(out, "%s: %s: %s\n", finding_word(f->v[i].severity), f->v[i].place,
		    f->v[i].text);
}

static void
must_have_finding(
    const char *name, const struct findings *f, enum finding_severity severity, const char *part)
{
	AUTO(buf) text = BUF_INIT;

	add_lines(&text, f);
	for (size_t i = 0; i < f->n; i++) {
		AUTO_STR char *line = xasprintf("%s: %s", f->v[i].place, f->v[i].text);

		if (f->v[i].severity == severity && strstr(line, part) != NULL)
			return;
	}
	ck_abort_msg(
	    "%s: no %s with \"%s\" in:\n%s", name, finding_word(severity), part, buf_str(&text));
}

START_TEST(finds)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO(findings) f = FINDINGS_INIT;

	read_configs(&c, found[_i].text);
	machine_configs_check(&c, &f);
	must_have_finding(found[_i].name, &f, found[_i].severity, found[_i].part);
}
END_TEST

START_TEST(finds_nothing)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO(findings) f = FINDINGS_INIT;
	AUTO(buf) text = BUF_INIT;

	read_configs(&c, clean[_i].text);
	machine_configs_check(&c, &f);
	add_lines(&text, &f);
	ck_assert_msg(
	    findings_exit_status(&f) == 0, "%s: found:\n%s", clean[_i].name, buf_str(&text));
}
END_TEST

START_TEST(takes_one_role_at_a_time)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO(err) e = ERR_INIT;

	read_configs(&c, NEW(POLICY("420")) "---\n" CONFIG("", "b", "3.2.0", POLICY("420")));
	ck_assert_int_eq(machine_configs_for_one_node(&c, &e), 0);
	read_configs(&c, CONFIG(MASTER, "m", "3.2.0", POLICY("420")));
	row_refused("both", machine_configs_for_one_node(&c, &e), &e, E_USAGE,
	    "for masters (m) and for workers (a)");
}
END_TEST

static const struct {
	const char *name, *text;
	enum errc code;
	const char *part;
} no_node[] = {
	{ "no policy", NEW(REGISTRIESD("a.yaml", "data:,docker:%20{}")), E_NOT_FOUND,
	    "policy.json: not carried" },
	{ "a policy elsewhere", NEW(FILE_AT(POLICY_PATH, "420", "https://h/policy")), E_UNSUPPORTED,
	    "policy.json" },
	{ "a broken policy", NEW(FILE_AT(POLICY_PATH, "420", "data:,x")), E_INVALID,
	    "policy.json: policy: not acceptable JSON" },
	{ "a broken file of registries.d",
	    NEW(POLICY("420") ", " REGISTRIESD("a.yaml", "data:,docker:%20[")), E_INVALID,
	    "a.yaml" },
};

START_TEST(makes_no_node)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO(node_config) node = NODE_CONFIG_INIT;
	AUTO(err) e = ERR_INIT;

	read_configs(&c, no_node[_i].text);
	row_refused(no_node[_i].name, machine_configs_node(&c, &node, &e), &e, no_node[_i].code,
	    no_node[_i].part);
	ck_assert_ptr_null(node.policy_file);
}
END_TEST

START_TEST(makes_a_node)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO(node_config) node = NODE_CONFIG_INIT;
	AUTO(err) e = ERR_INIT;

	read_configs(
	    &c, NEW(POLICY("420") ", " REGISTRIESD("a.yaml", "data:,docker:%20{h:%20{}}")));
	row_accepted("node", machine_configs_node(&c, &node, &e), &e);
	ck_assert_str_eq(node.policy_file, POLICY_PATH);
	ck_assert_int_eq(node.policy.fallback.v[0].type, POLICY_REJECT);
	ck_assert_uint_eq(node.registriesd.n, 1);
}
END_TEST

/*
 * --- a node beside it ---------------------------------------------------------------------------
 */

#define ON_NODE "etc/containers/policy.json"
#define REJECT_TEXT "{\"default\":[{\"type\":\"reject\"}]}"

static void
set_mode(const char *name, mode_t mode)
{
	AUTO_STR char *path = tree_path(name);

	ck_assert_int_eq(chmod(path, mode), 0);
}

static void
compare(const char *text, struct findings *out)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO_STR char *root = tree_path("");

	read_configs(&c, text);
	machine_configs_compare(&c, root, out);
}

START_TEST(compares_a_node)
{
	AUTO(findings) missing = FINDINGS_INIT;
	AUTO(findings) different = FINDINGS_INIT;
	AUTO(findings) mode = FINDINGS_INIT;
	AUTO(findings) directory = FINDINGS_INIT;
	AUTO(findings) same = FINDINGS_INIT;

	compare(NEW(POLICY("420")), &missing);
	must_have_finding("missing", &missing, FINDING_ERROR, "the MachineConfig puts it there");
	tree_write_str(ON_NODE, REJECT_TEXT "\n");
	set_mode(ON_NODE, 0644);
	compare(NEW(POLICY("420")), &different);
	must_have_finding("different", &different, FINDING_ERROR, "(32 and 31 bytes)");
	tree_write_str(ON_NODE, REJECT_TEXT);
	set_mode(ON_NODE, 0600);
	compare(NEW(POLICY("420")), &mode);
	must_have_finding("mode", &mode, FINDING_ERROR, "mode 0600 in");
	set_mode(ON_NODE, 0644);
	compare(NEW(POLICY("420")), &same);
	ck_assert_uint_eq(same.n, 0);
	tree_directory("k");
	compare(NEW(SIGNED_BY("q.example", "/k") ", " FILE_AT("/k", "420", "data:,x")), &directory);
	must_have_finding("directory", &directory, FINDING_UNJUDGED, "/k");
}
END_TEST

START_TEST(views_files)
{
	AUTO_STR char *root = tree_path("");
	const struct node_view below = { .root = root }, here = { .root = "" };
	AUTO_STR char *missing = tree_path("none/f");
	AUTO(viewed_file) file = VIEWED_FILE_INIT;
	AUTO(err) e = ERR_INIT;

	tree_write_str("d/f", "four");
	ck_assert_int_eq(node_view_read(&below, "/none/f", 4, &file, &e), NODE_VIEW_NOT_SHOWN);
	ck_assert_int_eq(node_view_read(&below, "/d/g", 4, &file, &e), NODE_VIEW_MISSING);
	ck_assert_int_eq(node_view_read(&here, missing, 4, &file, &e), NODE_VIEW_MISSING);
	ck_assert_int_eq(node_view_read(&below, "/d", 4, &file, &e), NODE_VIEW_UNREADABLE);
	ck_assert_int_eq(node_view_read(&below, "/d/f", 3, &file, &e), NODE_VIEW_UNREADABLE);
	ck_assert_int_eq(e.code, E_TOO_LARGE);
	ck_assert_int_eq(node_view_read(&below, "/d/f", 4, &file, &e), NODE_VIEW_READ);
	ck_assert_str_eq(buf_str(&file.content), "four");
	ck_assert_int_eq(file.mode, 0600);
}
END_TEST

START_TEST(views_carried_files)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	const struct node_view view = { .configs = &c, .root = "" };
	AUTO(viewed_file) file = VIEWED_FILE_INIT;
	AUTO(err) e = ERR_INIT;

	read_configs(&c, NEW(FILE_AT("/f", "420", "data:,four") ", " FILE_AT("/g", "420", "x:y")));
	ck_assert_int_eq(node_view_read(&view, "/h", 4, &file, &e), NODE_VIEW_NOT_SHOWN);
	ck_assert_int_eq(node_view_read(&view, "/g", 4, &file, &e), NODE_VIEW_UNREADABLE);
	ck_assert_int_eq(node_view_read(&view, "/f", 3, &file, &e), NODE_VIEW_UNREADABLE);
	ck_assert_int_eq(e.code, E_TOO_LARGE);
	ck_assert_int_eq(node_view_read(&view, "/f", 4, &file, &e), NODE_VIEW_READ);
	ck_assert_str_eq(buf_str(&file.content), "four");
	ck_assert_int_eq(file.mode, 0644);
}
END_TEST

/*
 * --- collecting ---------------------------------------------------------------------------------
 */

static char *
paths_of(const struct node_files *f)
{
	AUTO(buf) b = BUF_INIT;

	for (size_t i = 0; i < f->n; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", f->v[i].path);
	return buf_steal_str(&b);
}

#define KEYS(paths)                                                                                \
	"{\"default\":[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPaths\":[" paths "]}]}"

static const struct {
	const char *name, *policy;
	bool policy_alone, registriesd_alone;
	const char *paths; /* NULL: an error */
} collected[] = {
	{ "a key that is missing", KEYS("\"/k\", \"/none\""), false, false, NULL },
	{ "all", KEYS("\"/k\""), false, false,
	    "/etc/containers/policy.json /k /etc/containers/registries.d/a.yaml "
	    "/etc/containers/registries.d/b.yaml" },
	{ "one key twice", KEYS("\"/k\", \"/k\""), true, false, "/etc/containers/policy.json /k" },
	{ "Red Hat's key stays", KEYS("\"" NODE_RED_HAT_KEY_FILE "\""), true, false,
	    "/etc/containers/policy.json" },
	{ "a relative path is for the check", KEYS("\"k\""), true, false,
	    "/etc/containers/policy.json" },
	{ "so is a broken policy", "{", true, false, "/etc/containers/policy.json" },
	{ "registries.d alone", "{", false, true,
	    "/etc/containers/registries.d/a.yaml /etc/containers/registries.d/b.yaml" },
};

START_TEST(collects)
{
	AUTO_STR char *root = tree_path("");
	AUTO_STR char *policy = tree_path(ON_NODE);
	AUTO_STR char *directory = tree_path("etc/containers/registries.d");
	const struct node_config_options options = { .root = root,
		.policy_file = collected[_i].policy_alone ? policy : NULL,
		.registriesd = collected[_i].registriesd_alone ? directory : NULL };
	AUTO(node_files) files = NODE_FILES_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *paths = NULL;
	int r;

	tree_write_str(ON_NODE, collected[_i].policy);
	tree_write_str("etc/containers/registries.d/b.yaml", "");
	tree_write_str("etc/containers/registries.d/a.yaml", "");
	tree_write_str("etc/containers/registries.d/c.yml", "");
	tree_write_str("k", "key");
	r = node_files_collect(&files, &options, &e);
	if (collected[_i].paths == NULL) {
		row_refused(collected[_i].name, r, &e, E_NOT_FOUND, "/none");
		return;
	}
	row_accepted(collected[_i].name, r, &e);
	paths = paths_of(&files);
	row_string(collected[_i].name, "the paths", paths, collected[_i].paths);
}
END_TEST

Suite *
machine_config_check_suite(void)
{
	Suite *s = suite_create("machine_config_check");
	TCase *t = tcase_create("machine_config_check");

	tcase_add_checked_fixture(t, tree_make, tree_remove);
	tcase_add_loop_test(t, finds, 0, (int)ARRAY_LEN(found));
	tcase_add_loop_test(t, finds_nothing, 0, (int)ARRAY_LEN(clean));
	tcase_add_test(t, takes_one_role_at_a_time);
	tcase_add_loop_test(t, makes_no_node, 0, (int)ARRAY_LEN(no_node));
	tcase_add_test(t, makes_a_node);
	tcase_add_test(t, compares_a_node);
	tcase_add_test(t, views_files);
	tcase_add_test(t, views_carried_files);
	tcase_add_loop_test(t, collects, 0, (int)ARRAY_LEN(collected));
	suite_add_tcase(s, t);
	return s;
}
