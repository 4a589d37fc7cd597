/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/signature_configmap.h"
#include "rows.h"
#include "suites.h"

#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define B "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
#define LABELLED                                                                                   \
	"\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"labels\":"                   \
	"{\"release.openshift.io/verification-signatures\":\"\"}}"
#define PLAIN "\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\""
#define WITH(members) "{" LABELLED ",\"binaryData\":{" members "}}"
#define KEY(key) WITH("\"" key "\":\"b25l\"")
#define VALUE(base64) WITH("\"sha256-" A "\":" base64)
#define YAML "apiVersion: v1\nkind: ConfigMap\nbinaryData:\n"

static const struct {
	const char *name, *text, *part;
} refused[] = {
	{ "empty", "", "f: no ConfigMap with signatures" },
	{ "white space", " \n\t\r", "f: no" },
	{ "no YAML", "a: [", "not acceptable YAML" },
	{ "no JSON", "{\"kind\":", "not acceptable JSON" },
	{ "JSON with more after it", "{} {}", "not acceptable JSON" },
	{ "a NUL", "\0", "f: " },
	{ "a text", "text", "f: no kind: not a ConfigMap" },
	{ "an array", "[]", "f: no kind: not a ConfigMap" },
	{ "nothing in it", "{}", "f: no kind: not a ConfigMap" },
	{ "another kind", "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"}", "\"Secret\": not a" },
	{ "no version", "{\"kind\":\"ConfigMap\",\"binaryData\":{\"sha256-" A "\":\"b25l\"}}",
	    "not a ConfigMap" },
	{ "another version", "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v2\"}", "not a ConfigMap" },
	{ "no label and no key", "{" PLAIN ",\"data\":{\"verifier-public-key-x\":\"\"}}",
	    "\"ConfigMap\": not a ConfigMap with signatures" },
	{ "an object of another kind beside it", YAML "  sha256-" A ": b25l\n---\nkind: Pod\n",
	    "f: document 2: \"Pod\": not a" },
	{ "a list without items", "{\"kind\":\"List\"}", "f: items: missing" },
	{ "items that are none", "{\"kind\":\"ConfigMapList\",\"items\":{}}", "f: items: " },
	{ "an empty list", "{\"kind\":\"List\",\"items\":[]}", "f: no ConfigMap" },
	{ "a list in a list", "{\"kind\":\"List\",\"items\":[{\"kind\":\"List\",\"items\":[]}]}",
	    "f: items[0]: \"List\"" },
	{ "binaryData that is a text", "{" LABELLED ",\"binaryData\":\"x\"}", "f: binaryData: " },
	{ "data that is a list", "{" LABELLED ",\"data\":[]}", "f: data: " },
	{ "a signature in data", "{" PLAIN ",\"data\":{\"sha256-" A "\":\"b25l\"}}",
	    "f: data[\"sha256-" A "\"]: a cluster reads signatures in binaryData alone" },
	{ "a key of another form", KEY("signature-1"), "f: binaryData[\"signature-1\"]: want" },
	{ "a key with ..", KEY("../sha256-" A), "want a key" },
	{ "a key with .. at its end", KEY("sha256-" A "-.."), "want a key" },
	{ "a digest with too few digits", KEY("sha256-0123"), "want a key" },
	{ "a digest with too many", KEY("sha256-" A "0"), "want a key" },
	{ "upper case",
	    KEY("sha256-0123456789ABCDEF"
		"0123456789abcdef0123456789abcdef0123456789abcdef"),
	    "want a key" },
	{ "another algorithm", KEY("sha512-" A), "want a key" },
	{ "an equals sign", KEY("sha256=" A), "want a key" },
	{ "a dash alone", KEY("sha256-" A "-"), "want a key" },
	{ "a word for a number", KEY("sha256-" A "-one"), "want a key" },
	{ "a number with a sign", KEY("sha256-" A "-+1"), "want a key" },
	{ "a number with a zero before it", KEY("sha256-" A "-01"), "want a key" },
	{ "a number over 32 bits", KEY("sha256-" A "-4294967296"), "want a key" },
	{ "a number for a value", VALUE("1"), "f: binaryData[\"sha256-" A "\"]: a number" },
	{ "null for a value", VALUE("null"), "null" },
	{ "no base64", VALUE("\"***\""), "f: binaryData[\"sha256-" A "\"]: " },
	{ "base64 without padding", VALUE("\"b25\""), "binaryData" },
	{ "base64 with padding too much", VALUE("\"b25l=\""), "binaryData" },
	{ "base64 that is not canonical", VALUE("\"b25=\""), "binaryData" },
	{ "base64 with white space", VALUE("\"b2 5l\""), "binaryData" },
	{ "base64 with a line break", VALUE("\"b25l\\n\""), "binaryData" },
	{ "base64 with junk", VALUE("\"b25lb25l-\""), "binaryData" },
	{ "base64 for URLs", VALUE("\"__--\""), "binaryData" },
	{ "a block that ends with a line break", YAML "  sha256-" A ": |\n    b25l\n",
	    "binaryData" },
	{ "the same key twice", WITH("\"sha256-" A "\":\"b25l\",\"sha256-" A "\":\"b25l\""),
	    "duplicate" },
	{ "the same key twice in YAML", YAML "  sha256-" A ": b25l\n  sha256-" A ": b25l\n",
	    "twice" },
	{ "an alias", "a: &a b25l\n" YAML "  sha256-" A ": *a\n", "an anchor" },
	{ "a tag", YAML "  sha256-" A ": !!binary b25l\n", "a tag" },
	{ "a merge key", YAML "  <<: {sha256-" A ": b25l}\n", "a merge key" },
};

START_TEST(refuses)
{
	AUTO(signature_configmaps) c = SIGNATURE_CONFIGMAPS_INIT;
	size_t n = strlen(refused[_i].text);
	AUTO(err) e = ERR_INIT;

	if (strcmp(refused[_i].name, "a NUL") == 0)
		n = 1;
	row_refused(refused[_i].name,
	    signature_configmaps_read(
		&c, bytes_of(refused[_i].text, n), "f", OTHER_OBJECTS_REFUSED, &e),
	    &e, E_INVALID, refused[_i].part);
	ck_assert_uint_eq(c.n, 0);
	ck_assert_uint_eq(c.n_objects, 0);
}
END_TEST

/* A million levels, of either kind, are refused without going down into them. */
START_TEST(refuses_depth)
{
	static const char opening = '[';
	static const char *const starts[] = { "", "{\"a\":" };
	enum { LEVELS = 1000000 };
	AUTO(signature_configmaps) c = SIGNATURE_CONFIGMAPS_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	buf_add_str(&text, starts[_i]);
	for (size_t i = 0; i < LEVELS; i++)
		buf_add_byte(&text, (uint8_t)opening);
	row_refused(starts[_i],
	    signature_configmaps_read(&c, buf_bytes(&text), "f", OTHER_OBJECTS_LEFT_OUT, &e), &e,
	    E_INVALID, "nested");
}
END_TEST

/* At the cap a signature is one, with a byte more it is an error. */
START_TEST(signature_size)
{
	AUTO(signature_configmaps) c = SIGNATURE_CONFIGMAPS_INIT;
	AUTO_STR char *blob = xcalloc(1, MAX_SIGNATURE_BYTES + 1);
	AUTO_STR char *base64 = text_base64(bytes_of(blob, MAX_SIGNATURE_BYTES + (size_t)_i));
	AUTO_STR char *text = xasprintf("%s  sha256-%s: %s\n", YAML, A, base64);
	AUTO(err) e = ERR_INIT;
	int result =
	    signature_configmaps_read(&c, bytes_of_str(text), "f", OTHER_OBJECTS_REFUSED, &e);

	if (_i == 0) {
		row_accepted("at the cap", result, &e);
		ck_assert_uint_eq(c.v[0].blob.n, MAX_SIGNATURE_BYTES);
	} else {
		row_refused("over the cap", result, &e, E_TOO_LARGE, "more than 65536 bytes");
	}
}
END_TEST

static const struct {
	const char *name, *text;
	size_t n_objects;
	const char *found; /* "place=hex's first digit:blob" each, in order */
} accepted[] = {
	{ "as oc writes it", "\n{" LABELLED ",\"binaryData\":{\"sha256-" A "-1\":\"b25l\"}}\n", 1,
	    "binaryData[\"sha256-" A "-1\"]=0:one;" },
	{ "without a label", YAML "  sha256-" A ": b25l\n", 1,
	    "binaryData[\"sha256-" A "\"]=0:one;" },
	{ "an empty signature", YAML "  sha256-" A ": \"\"\n", 1,
	    "binaryData[\"sha256-" A "\"]=0:;" },
	{ "the label alone", "{" LABELLED "}", 1, "" },
	{ "empty data", "{" LABELLED ",\"data\":{},\"binaryData\":{}}", 1, "" },
	{ "in the order of numbers",
	    YAML "  sha256-" A "-10: dGVu\n  sha256-" A "-4294967295: b25l\n  sha256-" A
		 "-2: dHdv\n  sha256-" A ": b25l\n  sha256-" A "-0: dGVu\n  sha256-" B "-2: dHdv\n",
	    1,
	    "binaryData[\"sha256-" A "\"]=0:one;"
	    "binaryData[\"sha256-" A "-0\"]=0:ten;"
	    "binaryData[\"sha256-" A "-2\"]=0:two;"
	    "binaryData[\"sha256-" B "-2\"]=a:two;"
	    "binaryData[\"sha256-" A "-10\"]=0:ten;"
	    "binaryData[\"sha256-" A "-4294967295\"]=0:one;" },
	{ "a list",
	    "{\"kind\":\"List\",\"items\":[" KEY("sha256-" A) "," KEY("sha256-" A "-1") "]}", 2,
	    "items[0]: binaryData[\"sha256-" A "\"]=0:one;"
	    "items[1]: binaryData[\"sha256-" A "-1\"]=0:one;" },
	{ "documents", YAML "  sha256-" A ": b25l\n---\n" YAML "  sha256-" B ": dHdv\n", 2,
	    "document 1: binaryData[\"sha256-" A "\"]=0:one;"
	    "document 2: binaryData[\"sha256-" B "\"]=a:two;" },
};

START_TEST(accepts)
{
	AUTO(signature_configmaps) c = SIGNATURE_CONFIGMAPS_INIT;
	const char *name = accepted[_i].name;
	AUTO(buf) found = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(name,
	    signature_configmaps_read(
		&c, bytes_of_str(accepted[_i].text), "f", OTHER_OBJECTS_REFUSED, &e),
	    &e);
	for (size_t i = 0; i < c.n; i++)
		buf_addf(&found, "%s=%c:%s;", c.v[i].place, digest_hex(&c.v[i].digest)[0],
		    buf_str(&c.v[i].blob));
	row_string(name, "signatures", buf_str(&found), accepted[_i].found);
	ck_assert_uint_eq(c.n_objects, accepted[_i].n_objects);
}
END_TEST

/* In a directory, objects of other kinds are left out; what is wrong with ConfigMaps is not. */
START_TEST(leaves_out_others)
{
	static const char text[] = "kind: ImageDigestMirrorSet\n---\n" YAML "  sha256-" A
				   ": b25l\n---\nkind: List\nitems: [{kind: Pod}]\n---\n- text\n";
	AUTO(signature_configmaps) c = SIGNATURE_CONFIGMAPS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("nothing",
	    signature_configmaps_read(&c, bytes_of_str(""), "f", OTHER_OBJECTS_LEFT_OUT, &e), &e);
	row_accepted("others",
	    signature_configmaps_read(&c, bytes_of_str(text), "f", OTHER_OBJECTS_LEFT_OUT, &e), &e);
	ck_assert_uint_eq(c.n, 1);
	ck_assert_uint_eq(c.n_objects, 1);
	row_refused("a wrong key",
	    signature_configmaps_read(&c, bytes_of_str(KEY("x")), "f", OTHER_OBJECTS_LEFT_OUT, &e),
	    &e, E_INVALID, "want a key");
	ck_assert_uint_eq(c.n, 1);
}
END_TEST

Suite *
signature_configmap_suite(void)
{
	Suite *s = suite_create("signature_configmap");
	TCase *tc = tcase_create("signature_configmap");

	tcase_add_loop_test(tc, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(tc, refuses_depth, 0, 2);
	tcase_add_loop_test(tc, signature_size, 0, 2);
	tcase_add_loop_test(tc, accepts, 0, (int)ARRAY_LEN(accepted));
	tcase_add_test(tc, leaves_out_others);
	suite_add_tcase(s, tc);
	return s;
}
