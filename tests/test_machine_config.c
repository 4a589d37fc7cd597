/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "failing.h"
#include "formats/machine_config.h"
#include "rows.h"
#include "suites.h"

#define HEAD "apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\n"
#define IGNITION(version) HEAD "spec: {config: {ignition: {version: " version "}, storage: "
#define FILES(files) IGNITION("3.2.0") "{files: [" files "]}}}\n"
#define BUTANE(files) "variant: openshift\nversion: 4.11.0\nstorage: {files: [" files "]}\n"

static const struct {
	const char *text;
	enum errc code;
	const char *part;
} refused[] = {
	{ "", E_INVALID, "f: empty" },
	{ "a: [", E_INVALID, "not acceptable YAML" },
	{ "- a\n", E_UNSUPPORTED, "f: neither a MachineConfig" },
	{ "text\n", E_UNSUPPORTED, "neither a MachineConfig" },
	{ "kind: MachineConfig\n", E_UNSUPPORTED, "neither a MachineConfig" },
	{ "kind: MachineConfig\napiVersion: v1\n", E_UNSUPPORTED, "neither a MachineConfig" },
	{ "kind: ConfigMap\napiVersion: v1\n", E_UNSUPPORTED, "neither a MachineConfig" },
	{ HEAD, E_INVALID, "f: key \"spec\" is missing" },
	{ HEAD "spec: []\n", E_INVALID, "\"spec\" is an array" },
	{ HEAD "spec: {config: {}}\n", E_INVALID, "ignition.version is missing" },
	{ HEAD "spec: {config: {ignition: {version: 3}}}\n", E_INVALID, "version is missing" },
	{ HEAD "spec: {config: {ignition: {version: 4.0.0}}}\n", E_UNSUPPORTED,
	    "Ignition 4.0.0, want 2.x or 3.x" },
	{ IGNITION("3.2.0") "{files: {}}}}\n", E_INVALID, "storage.files is not a list" },
	{ FILES("{}"), E_INVALID, "f: storage.files[0]: key \"path\" is missing" },
	{ FILES("text"), E_INVALID, "storage.files[0]: not an object" },
	{ FILES("{path: 1}"), E_INVALID, "\"path\" is a number" },
	{ FILES("{path: etc/x}"), E_INVALID, "path \"etc/x\" is not absolute" },
	{ FILES("{path: /a}, {path: /b, mode: rw}"), E_INVALID,
	    "storage.files[1]: \"mode\" is not a number" },
	{ "kind: List\n", E_INVALID, "a list without items" },
	{ "kind: List\nitems: {}\n", E_INVALID, "a list without items" },
	{ "kind: List\nitems: [{kind: List, items: []}]\n", E_UNSUPPORTED,
	    "f: items[0]: not a MachineConfig" },
	{ "kind: List\nitems: [1]\n", E_UNSUPPORTED, "f: items[0]: not a MachineConfig" },
	{ "kind: List\nitems: [{kind: MachineConfig}]\n", E_UNSUPPORTED,
	    "f: items[0]: neither a MachineConfig" },
	{ "variant: openshift\n", E_INVALID, "key \"version\" is missing" },
	{ "variant: 1\n", E_INVALID, "\"variant\" is a number" },
	{ "variant: windows\nversion: 1.0.0\n", E_UNSUPPORTED, "Butane variant \"windows\"" },
	{ BUTANE("{path: x}"), E_INVALID, "is not absolute" },
	{ FILES("{path: /a}") "---\nkind: Pod\n", E_UNSUPPORTED, "neither a MachineConfig" },
};

START_TEST(refuses)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].text,
	    machine_configs_read(&c, "f", bytes_of_str(refused[_i].text), &e), &e, refused[_i].code,
	    refused[_i].part);
	ck_assert_uint_eq(c.n, 0);
}
END_TEST

#define HELLO_SHA512                                                                               \
	"9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e" \
	"1"                                                                                        \
	"4b8c5da0c4663475c2e5c3adef46f73bcdec043"
#define HELLO_SHA256 "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define NOTHING_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HELLO_GZIP "data:;base64,H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA=="

/* What becomes of the file /x: its mode, its contents, or why they are not known. */
static const struct {
	const char *text;
	int64_t mode;
	const char *contents, *unreadable;
} read[] = {
	{ FILES("{path: /x, contents: {source: 'https://h/f'}}"), -1, "",
	    "its content is elsewhere" },
	{ FILES("{path: /x, contents: {source: 'data:'}}"), -1, "", "no comma" },
	{ FILES("{path: /x, append: [{source: 'data:,a'}]}"), -1, "", "it is appended" },
	{ FILES("{path: /x, contents: {source: 'data:,hello', compression: xz}}"), -1, "",
	    "compressed by xz" },
	{ FILES("{path: /x, contents: {source: 'data:,hello', compression: gzip}}"), -1, "",
	    "damaged" },
	{ FILES("{path: /x, contents: {source: 'data:,hello', verification: {hash: md5-1}}}"), -1,
	    "", "a hash of an unknown kind" },
	{ FILES("{path: /x, contents: {source: 'data:,hullo', verification: {hash: "
		"sha256-" HELLO_SHA256 "}}}"),
	    -1, "", "do not have the hash" },
	{ FILES("{path: /x, contents: {source: 'data:,hello', verification: {hash: sha256-}}}"), -1,
	    "", "do not have the hash" },
	{ IGNITION(
	      "2.2.0") "{files: [{path: /x, append: true, contents: {source: 'data:,a'}}]}}}\n",
	    -1, "", "it is appended" },
	{ BUTANE("{path: /x, contents: {local: f}}"), -1, "", "in another file" },
	{ BUTANE("{path: /x, contents: {source: 'http://h/'}}"), -1, "", "elsewhere" },

	{ FILES("{path: /x}"), -1, "", NULL },
	{ FILES("{path: /x, mode: 420, contents: {source: 'data:,hello'}}"), 0644, "hello", NULL },
	{ FILES("{path: /x, mode: 0644, contents: {source: ''}}"), 0644, "", NULL },
	{ FILES("{path: /x, mode: ~, contents: {source: 'data:;base64,aGVsbG8='}}"), -1, "hello",
	    NULL },
	{ FILES("{path: /x, append: [], contents: {source: 'data:,hello', compression: ''}}"), -1,
	    "hello", NULL },
	{ FILES("{path: /x, contents: {source: '" HELLO_GZIP
		"', compression: gzip, verification: {hash: "
		"sha512-" HELLO_SHA512 "}}}"),
	    -1, "hello", NULL },
	{ FILES("{path: /x, contents: {source: 'data:,hello', verification: {hash: "
		"sha256-" HELLO_SHA256 "}}}"),
	    -1, "hello", NULL },
	{ FILES("{path: /x, contents: {source: 'data:,', verification: {hash: "
		"sha256-" NOTHING_SHA256 "}}}"),
	    -1, "", NULL },
	{ FILES("{path: /x, contents: {verification: {hash: ''}}}"), -1, "", NULL },
	{ IGNITION(
	      "2.2.0") "{files: [{filesystem: root, path: /x, mode: 420, append: false, contents: "
		       "{source: 'data:,hello', verification: {}}}]}}}\n",
	    0644, "hello", NULL },
	{ BUTANE("{path: /x, mode: 0644, overwrite: true, contents: {inline: hello}}"), 0644,
	    "hello", NULL },
	{ BUTANE("{path: /x, contents: {source: 'data:,hello'}}"), -1, "hello", NULL },
};

START_TEST(reads)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	const char *row = read[_i].text;
	const struct node_file *f;
	AUTO(err) e = ERR_INIT;

	row_accepted(row, machine_configs_read(&c, "f", bytes_of_str(row), &e), &e);
	f = machine_configs_file(&c, "/x");
	ck_assert_msg(f != NULL, "%s", row);
	ck_assert_msg(f->mode == read[_i].mode, "%s: mode %ld", row, (long)f->mode);
	row_string(row, "contents", buf_str(&f->contents), read[_i].contents);
	if (read[_i].unreadable == NULL)
		row_string(row, "unreadable", f->unreadable, NULL);
	else
		ck_assert_msg(
		    f->unreadable != NULL && strstr(f->unreadable, read[_i].unreadable) != NULL,
		    "%s: %s", row, f->unreadable);
}
END_TEST

START_TEST(takes_no_hash_for_right_unseen)
{
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	const struct node_file *f;
	AUTO(err) e = ERR_INIT;

	fail_call("EVP_Digest", 0);
	row_accepted("a digest that cannot be computed",
	    machine_configs_read(&c, "f",
		bytes_of_str(FILES("{path: /x, contents: {source: 'data:,hello', verification: "
				   "{hash: sha256-" HELLO_SHA256 "}}}")),
		&e),
	    &e);
	ck_assert(fail_happened());
	f = machine_configs_file(&c, "/x");
	ck_assert(f != NULL && f->unreadable != NULL && f->contents.n == 0);
	ck_assert_msg(strstr(f->unreadable, "could not compute") != NULL, "%s", f->unreadable);
}
END_TEST

START_TEST(reads_metadata)
{
	static const char text[] = HEAD
	    "metadata: {name: 51-x, labels: {machineconfiguration.openshift.io/role: worker}}\n"
	    "spec: {kernelArguments: [a]}\n"
	    "---\n"
	    "variant: fcos\nversion: 1.4.0\n"
	    "---\n"
	    "kind: MachineConfigList\nitems: [{apiVersion: machineconfiguration.openshift.io/v1, "
	    "kind: MachineConfig, metadata: {name: 1}, spec: {config: {ignition: {version: 2.2.0}, "
	    "storage: {files: ~}}}}]\n";
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("text", machine_configs_read(&c, "f", bytes_of_str(text), &e), &e);
	ck_assert_uint_eq(c.n, 3);
	ck_assert_int_eq(c.v[0].kind, MACHINE_CONFIG_UNSET);
	ck_assert_str_eq(c.v[0].name, "51-x");
	ck_assert_str_eq(c.v[0].role, "worker");
	row_string("kernel arguments", "version", c.v[0].version, NULL);
	ck_assert_int_eq(c.v[1].kind, MACHINE_CONFIG_BUTANE);
	ck_assert_str_eq(c.v[1].version, "1.4.0");
	row_string("Butane", "name", c.v[1].name, NULL);
	ck_assert_int_eq(c.v[2].kind, MACHINE_CONFIG_IGNITION_2);
	row_string("a number for a name", "name", c.v[2].name, NULL);
	row_string("no label", "role", c.v[2].role, NULL);
	ck_assert(machine_configs_file(&c, "/x") == NULL);
}
END_TEST

#define NAMED(name, files)                                                                         \
	HEAD "metadata: {name: " name "}\n"                                                        \
	     "spec: {config: {ignition: {version: 3.2.0}, storage: {files: [" files "]}}}\n---\n"
#define X(contents) "{path: /x, contents: {source: 'data:," contents "'}}"

/* Of several configs the one whose name comes last has the word. */
START_TEST(merges_by_name)
{
	static const struct {
		const char *text, *contents;
	} rows[] = {
		{ NAMED("51-b", X("b")) NAMED("50-a", X("a")), "b" },
		{ NAMED("50-a", X("a")) NAMED("51-b", X("b")), "b" },
		{ NAMED("50-a", X("a")) NAMED("51-b", "{path: /y}"), "a" },
		{ NAMED("50-a", X("1") ", " X("2")), "2" },
		{ NAMED("50-a", X("1")) NAMED("50-a", X("2")), "2" },
		{ NAMED("50-a", X("a")) BUTANE(X("b")), "a" },
		{ BUTANE(X("a")) "---\n" BUTANE(X("b")), "b" },
	};
	AUTO(machine_configs) c = MACHINE_CONFIGS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(
	    rows[_i].text, machine_configs_read(&c, "f", bytes_of_str(rows[_i].text), &e), &e);
	ck_assert(machine_configs_file(&c, "/x") != NULL);
	row_string(rows[_i].text, "contents", buf_str(&machine_configs_file(&c, "/x")->contents),
	    rows[_i].contents);
}
END_TEST

static const struct {
	bool butane, percent;
	const char *yaml;
} written[] = {
	{ false, false,
	    "apiVersion: machineconfiguration.openshift.io/v1\n"
	    "kind: MachineConfig\n"
	    "metadata:\n"
	    "  labels:\n"
	    "    machineconfiguration.openshift.io/role: worker\n"
	    "  name: \"51-trust\"\n"
	    "spec:\n"
	    "  config:\n"
	    "    ignition:\n"
	    "      version: \"3.2.0\"\n"
	    "    storage:\n"
	    "      files:\n"
	    "      - path: /etc/containers/policy.json\n"
	    "        mode: 420\n"
	    "        overwrite: true\n"
	    "        contents:\n"
	    "          source: \"data:text/plain;charset=utf-8;base64,ewp9Cg==\"\n" },
	{ false, true, "          source: \"data:,%7B%0A%7D%0A\"\n" },
	{ true, false,
	    "variant: openshift\n"
	    "version: \"3.2.0\"\n"
	    "metadata:\n"
	    "  labels:\n"
	    "    machineconfiguration.openshift.io/role: worker\n"
	    "  name: \"51-trust\"\n"
	    "storage:\n"
	    "  files:\n"
	    "  - path: /etc/containers/policy.json\n"
	    "    mode: 420\n"
	    "    overwrite: true\n"
	    "    contents:\n"
	    "      inline: |\n"
	    "        {\n"
	    "        }\n" },
};

/* What is written is as expected, and read again as the same file. */
START_TEST(writes)
{
	const struct machine_config_form form = { .butane = written[_i].butane,
		.percent = written[_i].percent,
		.name = "51-trust",
		.role = "worker",
		.version = "3.2.0" };
	struct node_file file = { .path = (char[]){ "/etc/containers/policy.json" } };
	AUTO(machine_configs) again = MACHINE_CONFIGS_INIT;
	const struct node_file *f;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&file.contents, "{\n}\n");
	row_accepted("write", machine_config_write(&out, &form, &file, 1, &e), &e);
	ck_assert_msg(strstr(buf_str(&out), written[_i].yaml) != NULL, "%s", buf_str(&out));
	row_accepted("read", machine_configs_read(&again, "f", buf_bytes(&out), &e), &e);
	f = machine_configs_file(&again, file.path);
	ck_assert(f != NULL && f->unreadable == NULL && f->mode == 0644);
	ck_assert(bytes_equal(buf_bytes(&f->contents), buf_bytes(&file.contents)));
	buf_free(&file.contents);
}
END_TEST

START_TEST(refuses_to_write)
{
	const struct machine_config_form form = {
		.butane = true, .name = "n", .role = "worker", .version = "4.11.0"
	};
	static const char *const contents[] = { "a\0b", "\x80" };
	static const size_t lengths[] = { 3, 1 };
	struct node_file file = { .path = (char[]){ "/key" } };
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add(&file.contents, contents[_i], lengths[_i]);
	row_refused("no text", machine_config_write(&out, &form, &file, 1, &e), &e, E_INVALID,
	    "/key: not text");
	ck_assert_uint_eq(out.n, 0);
	buf_free(&file.contents);
}
END_TEST

Suite *
machine_config_suite(void)
{
	Suite *s = suite_create("machine_config");
	TCase *t = tcase_create("machine_config");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, refuses_to_write, 0, 2);
	tcase_add_loop_test(t, reads, 0, (int)ARRAY_LEN(read));
	tcase_add_test(t, takes_no_hash_for_right_unseen);
	tcase_add_test(t, reads_metadata);
	tcase_add_loop_test(t, merges_by_name, 0, 7);
	tcase_add_loop_test(t, writes, 0, (int)ARRAY_LEN(written));
	suite_add_tcase(s, t);
	return s;
}
