/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/json.h"
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
	ROW("nothing", "", "empty, want JSON"),
	ROW("white space", " \n", "not acceptable JSON"),
	ROW("text", "hello", "not acceptable JSON"),
	ROW("HTML", "<html></html>", "not acceptable JSON"),
	ROW("a string alone", "\"x\"", "not acceptable JSON"),
	ROW("a number alone", "1", "not acceptable JSON"),
	ROW("null alone", "null", "not acceptable JSON"),
	ROW("unfinished object", "{\"a\":1", "not acceptable JSON"),
	ROW("unfinished string", "{\"a", "not acceptable JSON"),
	ROW("backslash at the end", "{\"a\\", "not acceptable JSON"),
	ROW("comma at the end", "{\"a\":1,}", "not acceptable JSON"),
	ROW("comma at the end of an array", "[1,]", "not acceptable JSON"),
	ROW("single quotes", "{'a':1}", "not acceptable JSON"),
	ROW("unquoted key", "{a:1}", "not acceptable JSON"),
	ROW("comment", "{} // x", "not acceptable JSON"),
	ROW("closed too often", "{}}", "not acceptable JSON"),
	ROW("trailing text", "{} x", "end of file expected"),
	ROW("second document", "{}{}", "end of file expected"),
	ROW("trailing NUL", "{}\0", "end of file expected"),
	ROW("NUL before", "\0{}", "not acceptable JSON"),
	ROW("NUL in a string", "{\"a\":\"b\0c\"}", "not acceptable JSON"),
	ROW("escaped NUL in a string", "{\"a\":\"b\\u0000c\"}", "not acceptable JSON"),
	ROW("escaped NUL in a key", "{\"a\\u0000b\":1}", "not acceptable JSON"),
	ROW("byte order mark", "\xef\xbb\xbf{}", "not acceptable JSON"),
	ROW("UTF-16", "\xff\xfe{\0}\0", "not acceptable JSON"),
	ROW("newline in a string", "{\"a\":\"b\nc\"}", "unexpected newline"),
	ROW("escape character in a string", "{\"a\":\"\x1b[31m\"}", "control character"),
	ROW("unknown escape", "{\"a\":\"\\x41\"}", "invalid escape"),
	ROW("stray UTF-8 continuation", "{\"a\":\"\x80\"}", "unable to decode"),
	ROW("overlong UTF-8", "{\"a\":\"\xc0\xaf\"}", "unable to decode"),
	ROW("cut UTF-8", "{\"a\":\"\xe2\x82\"}", "unable to decode"),
	ROW("surrogate in UTF-8", "{\"a\":\"\xed\xa0\x80\"}", "unable to decode"),
	ROW("beyond Unicode", "{\"a\":\"\xf4\x90\x80\x80\"}", "unable to decode"),
	ROW("high surrogate alone", "{\"a\":\"\\ud800\"}", "invalid Unicode"),
	ROW("high surrogate and text", "{\"a\":\"\\ud800x\"}", "invalid Unicode"),
	ROW("two high surrogates", "{\"a\":\"\\ud800\\ud800\"}", "invalid Unicode"),
	ROW("low surrogate alone", "{\"a\":\"\\udc00\"}", "invalid Unicode"),
	ROW("duplicate key", "{\"a\":1,\"a\":1}", "duplicate object key"),
	ROW("duplicate key by escape", "{\"a\":1,\"\\u0061\":1}", "duplicate object key"),
	ROW("duplicate key inside", "{\"x\":[{\"a\":1,\"b\":2,\"a\":3}]}", "duplicate object key"),
	ROW("leading zero", "[01]", "not acceptable JSON"),
	ROW("plus sign", "[+1]", "not acceptable JSON"),
	ROW("hexadecimal", "[0x1]", "not acceptable JSON"),
	ROW("no digit after the point", "[1.]", "not acceptable JSON"),
	ROW("NaN", "[NaN]", "not acceptable JSON"),
	ROW("Infinity", "[Infinity]", "not acceptable JSON"),
	ROW("over an int64", "[9223372036854775808]", "too big integer"),
	ROW("over a double", "[1e400]", "overflow"),
};

START_TEST(refuses)
{
	AUTO(err) e = ERR_INIT;
	json_t *j = json_read(bytes_of(refused[_i].text, refused[_i].n), "thing", &e);

	row_refused(refused[_i].name, j == NULL ? -1 : 0, &e, E_INVALID, refused[_i].part);
	row_refused(refused[_i].name, -1, &e, E_INVALID, "thing: ");
}
END_TEST

START_TEST(refuses_no_bytes)
{
	AUTO(err) e = ERR_INIT;

	ck_assert(json_read(bytes_of(NULL, 0), "thing", &e) == NULL);
	row_refused("NULL", -1, &e, E_INVALID, "thing: empty");
}
END_TEST

static const char *const accepted[] = {
	"{}",
	"[]",
	" \t\r\n{} \n",
	"{\"a\":{\"a\":1},\"A\":2}",
	"{\"\\ud83d\\ude00\":\"\xf0\x9f\x98\x80\"}",
	"{\"a\":\"{[{[\\\"{[\\\\\"}",
	"[-0, 1e3, -1.5e-3, 9223372036854775807, true, false, null]",
};

START_TEST(accepts)
{
	AUTO_JSON json_t *j = NULL;
	AUTO(err) e = ERR_INIT;

	j = json_read(bytes_of_str(accepted[_i]), "thing", &e);
	row_accepted(accepted[_i], j != NULL ? 0 : -1, &e);
}
END_TEST

/* depth levels, an array inside an object inside an array, then as many closed. */
static void
nest(struct buf *out, size_t depth, bool closed)
{
	size_t i;

	for (i = 0; i < depth; i++)
		buf_add_str(out, i % 2 == 0 ? "[" : "{\"k\":");
	buf_add_str(out, depth % 2 == 0 ? "1" : "");
	for (i = depth; closed && i > 0; i--)
		buf_add_str(out, i % 2 == 1 ? "]" : "}");
}

START_TEST(limits_depth)
{
	AUTO_JSON json_t *deep = NULL;
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;
	AUTO(buf) million = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	nest(&above, MAX_JSON_DEPTH + 1, true);
	ck_assert(json_read(buf_bytes(&above), "thing", &e) == NULL);
	row_refused("one above", -1, &e, E_INVALID, "thing: JSON nested deeper than 64 levels");
	nest(&million, 1000000, false);
	ck_assert(json_read(buf_bytes(&million), "thing", &e) == NULL);
	row_refused("a million", -1, &e, E_INVALID, "nested deeper");
	err_free(&e);
	nest(&at, MAX_JSON_DEPTH, true);
	deep = json_read(buf_bytes(&at), "thing", &e);
	row_accepted("at the cap", deep != NULL ? 0 : -1, &e);
}
END_TEST

/* A document that counts as so many values: three for "[{}", one for each number after a comma. */
static void
many(struct buf *out, size_t values)
{
	size_t i;

	buf_add_str(out, "[{}");
	for (i = 3; i < values; i++)
		buf_add_str(out, ",1");
	buf_add_byte(out, ']');
}

START_TEST(limits_values)
{
	AUTO_JSON json_t *full = NULL;
	AUTO(buf) at = BUF_INIT;
	AUTO(buf) above = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	many(&above, MAX_JSON_VALUES + 1);
	ck_assert(json_read(buf_bytes(&above), "thing", &e) == NULL);
	row_refused("one above", -1, &e, E_INVALID, "thing: JSON with more than 100000 values");
	err_free(&e);
	many(&at, MAX_JSON_VALUES);
	full = json_read(buf_bytes(&at), "thing", &e);
	row_accepted("at the cap", full != NULL ? 0 : -1, &e);
}
END_TEST

/* Many objects beside one another are not deep, whatever strings between them hold. */
START_TEST(counts_depth_and_not_objects)
{
	AUTO_JSON json_t *j = NULL;
	AUTO(buf) b = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int i;

	buf_add_byte(&b, '[');
	for (i = 0; i < 1000; i++)
		buf_add_str(&b, "{\"a\":\"[[[\\\"{{\\\\\"},");
	buf_add_str(&b, "{}]");
	j = json_read(buf_bytes(&b), "thing", &e);
	row_accepted("flat", j != NULL ? 0 : -1, &e);
	ck_assert_uint_eq(json_array_size(j), 1001);
}
END_TEST

START_TEST(reads_members)
{
	static const char text[] =
	    "{\"s\":\"x\",\"o\":{},\"n\":1,\"r\":1.5,\"t\":true,\"f\":false,\"z\":null,\"a\":[]}";
	static const char *const keys[] = { "s", "o", "n", "r", "t", "f", "z", "a", NULL };
	static const char *const fewer[] = { "s", "o", "n", "r", "t", "f", "z", NULL };
	AUTO_JSON json_t *j = NULL;
	AUTO(err) e = ERR_INIT;

	j = json_read(bytes_of_str(text), "thing", &e);
	ck_assert(j != NULL);
	ck_assert(json_member_string(j, "here", "absent", &e) == NULL);
	row_refused("absent", -1, &e, E_INVALID, "here: key \"absent\" is missing");
	ck_assert(json_member_string(j, "here", "S", &e) == NULL);
	row_refused("another case", -1, &e, E_INVALID, "here: key \"S\" is missing");
	ck_assert(json_member_string(j, "here", "n", &e) == NULL);
	row_refused("number", -1, &e, E_INVALID, "here: \"n\" is a number, want a string");
	ck_assert(json_member_string(j, "here", "r", &e) == NULL);
	row_refused("fraction", -1, &e, E_INVALID, "here: \"r\" is a number, want a string");
	ck_assert(json_member_string(j, "here", "t", &e) == NULL);
	row_refused("true", -1, &e, E_INVALID, "here: \"t\" is true or false, want a string");
	ck_assert(json_member_string(j, "here", "f", &e) == NULL);
	row_refused("false", -1, &e, E_INVALID, "here: \"f\" is true or false, want a string");
	ck_assert(json_member_string(j, "here", "o", &e) == NULL);
	row_refused("object", -1, &e, E_INVALID, "here: \"o\" is an object, want a string");
	ck_assert(json_member_object(j, "here", "s", &e) == NULL);
	row_refused("string", -1, &e, E_INVALID, "here: \"s\" is a string, want an object");
	ck_assert(json_member_string(j, "here", "z", &e) == NULL);
	row_refused("null", -1, &e, E_INVALID, "here: \"z\" is null, want a string");
	ck_assert(json_member_object(j, "here", "a", &e) == NULL);
	row_refused("array", -1, &e, E_INVALID, "here: \"a\" is an array, want an object");
	ck_assert(json_member_object(j, "here", "absent", &e) == NULL);
	row_refused("absent object", -1, &e, E_INVALID, "is missing");
	ck_assert(json_member_string(json_object_get(j, "a"), "here", "s", &e) == NULL);
	row_refused("member of an array", -1, &e, E_INVALID, "here: not an object");
	ck_assert(json_member_object(NULL, "here", "s", &e) == NULL);
	row_refused("member of nothing", -1, &e, E_INVALID, "here: not an object");
	row_refused("unknown key", json_only_keys(j, "here", fewer, &e), &e, E_INVALID,
	    "here: unknown key \"a\"");
	row_refused("keys of an array", json_only_keys(json_object_get(j, "a"), "here", keys, &e),
	    &e, E_INVALID, "here: an array, want an object");
	row_refused("keys of nothing", json_only_keys(NULL, "here", keys, &e), &e, E_INVALID,
	    "here: nothing, want an object");
	err_free(&e);
	ck_assert_str_eq(json_member_string(j, "here", "s", &e), "x");
	ck_assert(json_member_object(j, "here", "o", &e) == json_object_get(j, "o"));
	row_accepted("all keys", json_only_keys(j, "here", keys, &e), &e);
}
END_TEST

START_TEST(takes_values_for_what_they_are)
{
	AUTO_JSON json_t *j = NULL;
	AUTO(err) e = ERR_INIT;
	const json_t *o, *a;

	j = json_read(bytes_of_str("[\"x\", {}, [], null, true]"), "thing", &e);
	ck_assert(j != NULL);
	o = json_array_get(j, 1);
	a = json_array_get(j, 2);
	ck_assert(json_as_string(o, "here", &e) == NULL);
	row_refused("string", -1, &e, E_INVALID, "here: an object, want a string");
	ck_assert(json_as_string(NULL, "here", &e) == NULL);
	row_refused("no string", -1, &e, E_INVALID, "here: missing, want a string");
	ck_assert(json_as_object(a, "here", &e) == NULL);
	row_refused("object", -1, &e, E_INVALID, "here: an array, want an object");
	ck_assert(json_as_object(json_array_get(j, 3), "here", &e) == NULL);
	row_refused("null", -1, &e, E_INVALID, "here: null, want an object");
	ck_assert(json_as_array(json_array_get(j, 0), "here", &e) == NULL);
	row_refused("array", -1, &e, E_INVALID, "here: a string, want an array");
	ck_assert(json_as_array(json_array_get(j, 4), "here", &e) == NULL);
	row_refused("true", -1, &e, E_INVALID, "here: true or false, want an array");
	err_free(&e);
	ck_assert_str_eq(json_as_string(json_array_get(j, 0), "here", &e), "x");
	ck_assert(json_as_object(o, "here", &e) == o);
	ck_assert(json_as_array(a, "here", &e) == a);
	ck_assert_int_eq(e.code, E_NONE);
}
END_TEST

Suite *
json_suite(void)
{
	Suite *s = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, refuses_no_bytes);
	tcase_add_test(t, limits_depth);
	tcase_add_test(t, limits_values);
	tcase_add_test(t, reads_members);
	tcase_add_test(t, takes_values_for_what_they_are);
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_test(t, counts_depth_and_not_objects);
	suite_add_tcase(s, t);
	return s;
}
