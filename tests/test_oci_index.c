/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>

#include "formats/oci_index.h"
#include "rows.h"
#include "suites.h"

#define ONE "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TWO "sha256:1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BARE(digest) "{\"digest\":\"" digest "\"}"
#define NAMED(digest, name)                                                                        \
	"{\"digest\":\"" digest "\",\"annotations\":{\"org.opencontainers.image.ref.name\":" name  \
	"}}"
#define INDEX(list) "{\"schemaVersion\":2,\"manifests\":[" list "]}"

static const struct {
	const char *name, *text, *wanted;
	enum errc code; /* E_NONE: found */
	const char *part;
} rows[] = {
	{ "nothing", "", NULL, E_INVALID, "index.json" },
	{ "no object", "[]", NULL, E_INVALID, "index.json" },
	{ "no list", "{}", NULL, E_INVALID, "manifests" },
	{ "a list of another kind", "{\"manifests\":{}}", NULL, E_INVALID, "manifests" },
	{ "no digest", INDEX("{}"), NULL, E_INVALID, "digest" },
	{ "an image that is none", INDEX("7"), NULL, E_INVALID, "not an object" },
	{ "a path for a digest", INDEX(BARE("sha256:../../x")), NULL, E_INVALID, "manifests[0]" },
	{ "a bad one beside", INDEX(BARE(ONE) "," BARE("x")), NULL, E_INVALID, "manifests[1]" },
	{ "a name that is a number", INDEX(NAMED(ONE, "1")), NULL, E_INVALID, "ref.name" },
	{ "a key twice", "{\"manifests\":[],\"manifests\":[" BARE(ONE) "]}", NULL, E_INVALID,
	    "index.json" },
	{ "something after it", INDEX(BARE(ONE)) "x", NULL, E_INVALID, "index.json" },
	{ "no images", INDEX(""), NULL, E_NOT_FOUND, "no image" },
	{ "another name", INDEX(NAMED(ONE, "\"a\"")), "b", E_NOT_FOUND, "no image b" },
	{ "no name", INDEX(BARE(ONE)), "a", E_NOT_FOUND, "no image a" },
	{ "several, none named", INDEX(BARE(ONE) "," BARE(TWO)), NULL, E_INVALID, "2 images" },
	{ "several of the name", INDEX(NAMED(ONE, "\"a\"") "," NAMED(TWO, "\"a\"")), "a", E_INVALID,
	    "2 images are called" },

	{ "the only one", INDEX(BARE(ONE)), NULL, E_NONE, NULL },
	{ "the only one, named", INDEX(NAMED(ONE, "\"a\"")), NULL, E_NONE, NULL },
	{ "one of several", INDEX(NAMED(TWO, "\"b\"") "," NAMED(ONE, "\"a\"")), "a", E_NONE, NULL },
};

START_TEST(finds)
{
	const char *name = rows[_i].name;
	AUTO(oci_index) index = OCI_INDEX_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest digest = { "" };
	int r = oci_index_parse(&index, bytes_of_str(rows[_i].text), &e);

	if (r == 0)
		r = oci_index_find(&digest, &index, rows[_i].wanted, &e);
	if (rows[_i].code != E_NONE) {
		row_refused(name, r, &e, rows[_i].code, rows[_i].part);
		ck_assert_msg(!digest_is_set(&digest), "%s: a digest is left", name);
		return;
	}
	row_accepted(name, r, &e);
	row_string(name, "digest", digest.text, ONE);
}
END_TEST

Suite *
oci_index_suite(void)
{
	Suite *s = suite_create("oci_index");
	TCase *t = tcase_create("oci_index");

	tcase_add_loop_test(t, finds, 0, ARRAY_LEN(rows));
	suite_add_tcase(s, t);
	return s;
}
