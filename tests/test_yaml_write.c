/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "formats/json.h"
#include "formats/yaml.h"
#include "formats/yaml_write.h"
#include "rows.h"
#include "suites.h"

static const struct {
	const char *json, *yaml;
} written[] = {
	{ "{\"kind\":\"MachineConfig\",\"spec\":{\"files\":[{\"path\":\"/etc/x\",\"mode\":420}]}}",
	    "kind: MachineConfig\nspec:\n  files:\n  - path: /etc/x\n    mode: 420\n" },
	{ "{\"b\":1,\"a\":2}", "b: 1\na: 2\n" },
	{ "{\"a\":[],\"b\":{}}", "a: []\nb: {}\n" },
	{ "[true,false,null,-1]", "- true\n- false\n- null\n- -1\n" },
	{ "[\"true\",\"No\",\"null\",\"~\",\"1\",\"\",\"3.2.0\",\"y\",\"=\",\"a b\"]",
	    "- \"true\"\n- \"No\"\n- \"null\"\n- \"~\"\n- \"1\"\n- \"\"\n- \"3.2.0\"\n- \"y\"\n- "
	    "\"=\"\n"
	    "- \"a b\"\n" },
	{ "[\"a: b\",\"#x\",\"&a\",\"*a\",\"!t\",\"a\\\"b\\\\\"]",
	    "- \"a: b\"\n- \"#x\"\n- \"&a\"\n- \"*a\"\n- \"!t\"\n- \"a\\\"b\\\\\"\n" },
	{ "{\"inline\":\"{\\n  \\\"a\\\": 1\\n}\\n\"}", "inline: |\n  {\n    \"a\": 1\n  }\n" },
	{ "{\"on\":\"x\",\"machineconfiguration.openshift.io/role\":\"worker\"}",
	    "\"on\": x\nmachineconfiguration.openshift.io/role: worker\n" },
	{ "[\"\\u00e4\\u0007\\n\"]", "- \"\\xE4\\a\\n\"\n" },
};

/* As expected to the letter, and read again as the same tree. */
START_TEST(writes)
{
	AUTO_JSON json_t *root = json_loads(written[_i].json, 0, NULL);
	AUTO_JSON json_t *again = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	ck_assert(root != NULL);
	yaml_write(&out, root);
	row_string(written[_i].json, "YAML", buf_str(&out), written[_i].yaml);
	again = yaml_read(buf_bytes(&out), "again", &e);
	row_accepted(written[_i].json, again != NULL ? 0 : -1, &e);
	ck_assert_msg(json_equal(root, again), "%s", written[_i].json);
}
END_TEST

/* Texts that a block cannot hold as they are still come back as they were. */
START_TEST(writes_lines)
{
	static const char *const lines[] = { "\n", "\n\n", " a\nb", "a\nb", "a\n\nb\n", "a\n\n\n",
		"a \nb\n", "\ta\n", "a\n b\n", "a\r\nb\r\n", "# a\n", "---\n", "...\n",
		"a\xc2\x85"
		"b\n",
		"a\xe2\x80\xa8"
		"b\n",
		"\xef\xbb\xbf"
		"a\n" };
	AUTO_JSON json_t *root = json_array();
	AUTO_JSON json_t *again = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		ck_assert_int_eq(json_array_append_new(root, json_string(lines[i])), 0);
	yaml_write(&out, root);
	again = yaml_read(buf_bytes(&out), "again", &e);
	row_accepted(buf_str(&out), again != NULL ? 0 : -1, &e);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		row_string(
		    buf_str(&out), lines[i], json_string_value(json_array_get(again, i)), lines[i]);
}
END_TEST

Suite *
yaml_write_suite(void)
{
	Suite *s = suite_create("yaml_write");
	TCase *t = tcase_create("yaml_write");

	tcase_add_loop_test(t, writes, 0, (int)ARRAY_LEN(written));
	tcase_add_test(t, writes_lines);
	suite_add_tcase(s, t);
	return s;
}
