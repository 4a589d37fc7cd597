/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/json.h"
#include "formats/signature_configmap_write.h"
#include "rows.h"
#include "suites.h"

#define HEX "1111111111111111111111111111111111111111111111111111111111111111"

START_TEST(writes_one)
{
	const struct configmap_signature all[] = {
		{ HEX, 1, { (const uint8_t *)"\x00\xff", 2 } },
		{ HEX, 2, { (const uint8_t *)"abc", 3 } },
	};
	AUTO(buf) text = BUF_INIT;

	signature_configmap_write(&text, all, ARRAY_LEN(all));
	row_string("two signatures", "text", buf_str(&text),
	    "{\n"
	    "  \"apiVersion\": \"v1\",\n"
	    "  \"binaryData\": {\n"
	    "    \"sha256-" HEX "-1\": \"AP8=\",\n"
	    "    \"sha256-" HEX "-2\": \"YWJj\"\n"
	    "  },\n"
	    "  \"kind\": \"ConfigMap\",\n"
	    "  \"metadata\": {\n"
	    "    \"labels\": {\n"
	    "      \"release.openshift.io/verification-signatures\": \"\"\n"
	    "    },\n"
	    "    \"name\": \"relsig-release-signatures\",\n"
	    "    \"namespace\": \"openshift-config-managed\"\n"
	    "  }\n"
	    "}\n");
}
END_TEST

/* So many signatures of 3 kB (4 kB of base64), and how many ConfigMaps they make. */
static const struct {
	size_t n, maps;
} sizes[] = { { 1, 1 }, { 40, 1 }, { 41, 2 }, { 80, 2 }, { 81, 3 } };

START_TEST(makes_several_of_many)
{
	static uint8_t blob[3072];
	struct configmap_signature *all = xcalloc(sizes[_i].n, sizeof(*all));
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_JSON json_t *document = NULL;
	size_t members = 0, maps = 0;
	const char *name;
	json_t *item;

	for (size_t i = 0; i < sizes[_i].n; i++)
		all[i] = (struct configmap_signature){ HEX, (unsigned)i + 1,
			bytes_of(blob, sizeof(blob)) };
	signature_configmap_write(&text, all, sizes[_i].n);
	free(all);
	document = json_read(buf_bytes(&text), "the ConfigMap", &e);
	ck_assert_msg(document != NULL, "%s", err_msg(&e));
	name = json_string_value(json_object_get(document, "kind"));
	if (sizes[_i].maps == 1) {
		row_string("one", "kind", name, "ConfigMap");
		ck_assert_uint_eq(
		    json_object_size(json_object_get(document, "binaryData")), sizes[_i].n);
		return;
	}
	row_string("several", "kind", name, "List");
	json_array_foreach(json_object_get(document, "items"), maps, item)
	{
		AUTO_STR char *want = maps == 0
					  ? xstrdup("relsig-release-signatures")
					  : xasprintf("relsig-release-signatures-%zu", maps + 1);

		members += json_object_size(json_object_get(item, "binaryData"));
		row_string("several", "name",
		    json_string_value(json_object_get(json_object_get(item, "metadata"), "name")),
		    want);
	}
	ck_assert_uint_eq(maps, sizes[_i].maps);
	ck_assert_uint_eq(members, sizes[_i].n);
}
END_TEST

Suite *
signature_configmap_write_suite(void)
{
	Suite *s = suite_create("signature_configmap_write");
	TCase *t = tcase_create("signature_configmap_write");

	tcase_add_test(t, writes_one);
	tcase_add_loop_test(t, makes_several_of_many, 0, (int)ARRAY_LEN(sizes));
	suite_add_tcase(s, t);
	return s;
}
