/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/json.h"
#include "formats/yaml.h"
#include "rows.h"
#include "suites.h"

/* A row whose text may hold NUL. */
#define ROW(name, text, part)                                                                      \
	{                                                                                          \
		name, text, sizeof(text) - 1, part                                                 \
	}

static const struct {
	const char *name, *text;
	size_t n;
	const char *part;
} refused[] = {
	ROW("alias", "a: &x 1\nb: *x\n", "an anchor or a tag"),
	ROW("alias of a mapping", "a: &x {}\n", "line 1 column 4: an anchor or a tag"),
	ROW("alias of a sequence", "a: &x []\n", "an anchor or a tag"),
	ROW("alias of nothing", "a: *x\n", "an alias (*)"),
	ROW("alias for a key", "*x : 1\n", "an alias (*)"),
	ROW("a key with an anchor", "&k a: 1\n", "an anchor or a tag"),
	ROW("laughs", "a: &a [lol]\nb: [*a,*a]\n", "an anchor or a tag"),
	ROW("tag", "a: !!binary aGVsbG8=\n", "an anchor or a tag"),
	ROW("tag of a mapping", "!!map {}\n", "an anchor or a tag"),
	ROW("tag of a sequence", "a: !!set [1]\n", "an anchor or a tag"),
	ROW("tag of a language", "a: !python/object 1\n", "an anchor or a tag"),
	ROW("tag of no kind", "a: ! x\n", "an anchor or a tag"),
	ROW("merge key", "<<: {a: 1}\n", "a merge key"),
	ROW("key twice", "a: 1\nb: 2\na: 3\n", "line 3: the key \"a\" is there twice"),
	ROW("key twice, quoted", "a: 1\n\"a\": 2\n", "twice"),
	ROW("key twice by escape", "a: 1\n\"\\x61\": 2\n", "twice"),
	ROW("key twice, null first", "a:\na: 2\n", "twice"),
	ROW("key twice, deep", "x: [{a: 1, a: 2}]\n", "twice"),
	ROW("mapping for a key", "? {a: 1}\n: 2\n", "a mapping or a sequence for a key"),
	ROW("sequence for a key", "[a]: 2\n", "a mapping or a sequence for a key"),
	ROW("NUL by escape", "a: \"b\\0c\"\n", "a NUL in a text"),
	ROW("NUL in a key", "\"a\\0b\": 1\n", "a NUL in a text"),
	ROW("NUL", "a: b\0c\n", "not acceptable YAML"),
	ROW("tab", "a:\n\tb: 1\n", "not acceptable YAML"),
	ROW("unfinished", "a: [1, 2\n", "not acceptable YAML"),
	ROW("unfinished quotes", "a: \"b\n", "not acceptable YAML"),
	ROW("bad indentation", "a: 1\n  b: 2\n", "not acceptable YAML: line 2"),
	ROW("text after a mapping", "{a: 1} x\n", "not acceptable YAML"),
	ROW("not UTF-8", "a: \x80\n", "not acceptable YAML"),
	ROW("overlong UTF-8", "a: \xc0\xaf\n", "not acceptable YAML"),
	ROW("surrogate by escape", "a: \"\\ud800\"\n", "not acceptable YAML"),
	ROW("surrogate in UTF-8", "a: \xed\xa0\x80\n", "not acceptable YAML"),
	ROW("escape character", "a: \x1b[31m\n", "not acceptable YAML"),
	ROW("UTF-16",
	    "\xff\xfe"
	    "a\0:\0 \0x\0",
	    "not acceptable YAML"),
	ROW("YAML 2", "%YAML 2.0\n---\na: 1\n", "not acceptable YAML"),
};

START_TEST(refuses)
{
	AUTO(err) e = ERR_INIT;
	json_t *j = yaml_read_all(bytes_of(refused[_i].text, refused[_i].n), "thing", &e);

	row_refused(refused[_i].name, j == NULL ? -1 : 0, &e, E_INVALID, refused[_i].part);
	row_refused(refused[_i].name, -1, &e, E_INVALID, "thing: ");
	err_free(&e);
	j = yaml_read(bytes_of(refused[_i].text, refused[_i].n), "thing", &e);
	row_refused(refused[_i].name, j == NULL ? -1 : 0, &e, E_INVALID, refused[_i].part);
}
END_TEST

/* What a text means, as JSON. */
static const struct {
	const char *text, *json;
} read[] = {
	{ "a: 1\n", "[{\"a\":1}]" },
	{ "a:\n  - b\n  - c: d\n    e: []\n", "[{\"a\":[\"b\",{\"c\":\"d\",\"e\":[]}]}]" },
	{ "{\"a\": {\"b\": [1, -2, true, null, \"x\"]}}",
	    "[{\"a\":{\"b\":[1,-2,true,null,\"x\"]}}]" },
	{ "# only a comment\n", "[]" },
	{ "", "[]" },
	{ "---\n---\n", "[]" },
	{ "---\na: 1\n---\nb: 2\n...\n---\n~\n", "[{\"a\":1},{\"b\":2}]" },
	{ "%YAML 1.1\n---\n- x\n", "[[\"x\"]]" },
	{ "[null, Null, NULL, ~, ]", "[[null,null,null,null]]" },
	{ "a:\nb: ''\n", "[{\"a\":null,\"b\":\"\"}]" },
	{ "[true, True, TRUE, false, False, FALSE]", "[[true,true,true,false,false,false]]" },
	{ "[yes, no, on, off, y, n, tRue, nUll]",
	    "[[\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\",\"tRue\",\"nUll\"]]" },
	{ "['true', \"null\", '1', \"~\"]", "[[\"true\",\"null\",\"1\",\"~\"]]" },
	{ "[0, -0, +1, 10, -10, 0644, 0o644, 0x1A4, 0x1a4, -0644]",
	    "[[0,0,1,10,-10,420,420,420,420,-420]]" },
	{ "[08, 0o8, 0xg, 0x, 0o, 1_000, 1.5, 1e3, -, +, --1, 1a, 4.11.0]",
	    "[[\"08\",\"0o8\",\"0xg\",\"0x\",\"0o\",\"1_000\",\"1.5\",\"1e3\",\"-\",\"+\",\"--1\","
	    "\"1a\","
	    "\"4.11.0\"]]" },
	{ "[9223372036854775807, 9223372036854775808]",
	    "[[9223372036854775807,\"9223372036854775808\"]]" },
	{ "a: |\n  {\n    \"b\": 1\n  }\n", "[{\"a\":\"{\\n  \\\"b\\\": 1\\n}\\n\"}]" },
	{ "a: >\n  folded\n  text\n", "[{\"a\":\"folded text\\n\"}]" },
	{ "a: 'it''s'\nb: \"\\u00e4\"\n", "[{\"a\":\"it's\",\"b\":\"\xc3\xa4\"}]" },
	{ "1: one\ntrue: yes\n", "[{\"1\":\"one\",\"true\":\"yes\"}]" },
	{ "\"<<\": x\n", "[{\"<<\":\"x\"}]" },
	{ "docker:\n     registry.redhat.io:\n         sigstore: https://registry.redhat.io/s\n",
	    "[{\"docker\":{\"registry.redhat.io\":{\"sigstore\":\"https://registry.redhat.io/"
	    "s\"}}}]" },
	{ "text\n", "[\"text\"]" },
};

START_TEST(reads)
{
	AUTO_JSON json_t *j = NULL;
	AUTO_JSON json_t *want = json_loads(read[_i].json, JSON_DECODE_ANY, NULL);
	AUTO(err) e = ERR_INIT;

	j = yaml_read_all(bytes_of_str(read[_i].text), "thing", &e);
	row_accepted(read[_i].text, j != NULL ? 0 : -1, &e);
	ck_assert_msg(want != NULL && json_equal(j, want), "%s: %s", read[_i].text,
	    json_dumps(j, JSON_COMPACT));
}
END_TEST

START_TEST(wants_one_document)
{
	AUTO_JSON json_t *j = NULL;
	AUTO(err) e = ERR_INIT;

	ck_assert(yaml_read(bytes_of_str(""), "thing", &e) == NULL);
	row_refused("none", -1, &e, E_INVALID, "thing: 0 YAML documents, want one");
	ck_assert(yaml_read(bytes_of(NULL, 0), "thing", &e) == NULL);
	row_refused("NULL", -1, &e, E_INVALID, "0 YAML documents");
	ck_assert(yaml_read(bytes_of_str("a: 1\n---\nb: 1\n"), "thing", &e) == NULL);
	row_refused("two", -1, &e, E_INVALID, "2 YAML documents");
	err_free(&e);
	j = yaml_read(bytes_of_str("---\na: 1\n---\n"), "thing", &e);
	row_accepted("one, and nothing", j != NULL ? 0 : -1, &e);
	ck_assert_int_eq(json_integer_value(json_object_get(j, "a")), 1);
}
END_TEST

/* depth levels of flow sequences, or of block mappings in them. */
static void
nest(struct buf *out, size_t depth, const char *open, const char *close)
{
	for (size_t i = 0; i < depth; i++)
		buf_add_str(out, open);
	for (size_t i = 0; i < depth; i++)
		buf_add_str(out, close);
}

START_TEST(limits_depth)
{
	AUTO_JSON json_t *deep = NULL;
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;
	AUTO(buf) million = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	nest(&above, MAX_JSON_DEPTH + 1, "[", "]");
	ck_assert(yaml_read(buf_bytes(&above), "thing", &e) == NULL);
	row_refused("one above", -1, &e, E_INVALID, "column 65: nested too deep");
	nest(&million, 1000000, "- ", "");
	ck_assert(yaml_read(buf_bytes(&million), "thing", &e) == NULL);
	row_refused("a million", -1, &e, E_INVALID, "nested too deep");
	buf_clear(&million);
	nest(&million, 1000000, "{a: ", "}");
	ck_assert(yaml_read(buf_bytes(&million), "thing", &e) == NULL);
	row_refused("a million mappings", -1, &e, E_INVALID, "nested too deep");
	err_free(&e);
	nest(&at, MAX_JSON_DEPTH, "[", "]");
	deep = yaml_read(buf_bytes(&at), "thing", &e);
	row_accepted("at the cap", deep != NULL ? 0 : -1, &e);
}
END_TEST

/* A sequence and so many scalars: all count. */
static json_t *
read_many(size_t scalars, const char *last, struct err *e)
{
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < scalars; i++)
		buf_add_str(&text, "- 1\n");
	buf_add_str(&text, last);
	return yaml_read(buf_bytes(&text), "thing", e);
}

START_TEST(limits_values)
{
	AUTO_JSON json_t *full = NULL;
	AUTO(err) e = ERR_INIT;

	ck_assert(read_many(MAX_JSON_VALUES, "", &e) == NULL);
	row_refused("one above", -1, &e, E_INVALID, "too many values");
	ck_assert(read_many(MAX_JSON_VALUES - 1, "- []\n", &e) == NULL);
	row_refused("one above, a sequence", -1, &e, E_INVALID, "too many values");
	err_free(&e);
	full = read_many(MAX_JSON_VALUES - 1, "", &e);
	row_accepted("at the cap", full != NULL ? 0 : -1, &e);
}
END_TEST

Suite *
yaml_suite(void)
{
	Suite *s = suite_create("yaml");
	TCase *t = tcase_create("yaml");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, wants_one_document);
	tcase_add_test(t, limits_depth);
	tcase_add_test(t, limits_values);
	tcase_add_loop_test(t, reads, 0, ARRAY_LEN(read));
	suite_add_tcase(s, t);
	return s;
}
