/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "formats/challenge.h"
#include "formats/registry_error.h"
#include "rows.h"
#include "suites.h"

#define REALM "realm=\"https://auth.local/token\""

static const struct {
	const char *name, *header, *part;
} refused[] = {
	{ "a control character", "Bearer " REALM ",scope=\"a\001b\"", "control character" },
	{ "a line break", "Bearer " REALM "\r\n X", "control character" },
	{ "DEL", "Basic realm=\"\177\"", "control character" },
	{ "a tab in a quoted string", "Basic realm=\"a\tb\"", "control character" },
	{ "Bearer alone", "Bearer", "without a realm" },
	{ "Bearer with other parameters", "Bearer service=\"x\"", "without a realm" },
	{ "Bearer with an empty realm", "Bearer realm=\"\"", "without a realm" },
	{ "Bearer with token68", "Bearer abc=", "without a realm" },
	{ "Bearer whose realm reads as token68", "Bearer realm=", "without a realm" },
	{ "a realm twice", "Bearer " REALM "," REALM, "twice" },
	{ "a realm twice in other case", "Bearer " REALM ",REALM=\"x\"", "twice" },
	{ "a scope twice, the first empty", "Bearer " REALM ",scope=\"\",scope=\"x\"", "twice" },
	{ "a quoted string without end", "Bearer realm=\"https://auth", "does not end" },
	{ "an escape without end", "Bearer realm=\"https://auth\\", "does not end" },
	{ "an escaped last quote", "Bearer realm=\"https://auth\\\"", "does not end" },
	{ "no comma between parameters", "Bearer " REALM " service=\"x\"", "comma" },
	{ "no comma between challenges", "Basic realm=\"x\" Bearer " REALM, "comma" },
	{ "an unquoted URL", "Bearer realm=https://auth.local/token", "comma" },
	{ "a parameter without a value", "Bearer " REALM ",service=", "without a value" },
	{ "a parameter whose value is missing", "Bearer " REALM ",service=,scope=\"x\"",
	    "without a value" },
	{ "a quoted scheme", "\"Bearer\" " REALM, "scheme" },
	{ "a parameter without a scheme", "=x", "scheme" },
	{ "no space after the scheme", "Bearer=\"x\"", "no space" },
	{ "junk after a broken parameter", "Basic @", "comma" },
	{ "a broken second challenge", "Basic realm=\"x\", Bearer realm=\"", "does not end" },
};

START_TEST(refuses)
{
	AUTO(challenge) c = CHALLENGE_INIT;
	AUTO(err) e = ERR_INIT;
	int r = challenge_parse(&c, bytes_of_str(refused[_i].header), &e);

	row_refused(refused[_i].name, r, &e, E_INVALID, refused[_i].part);
	ck_assert_msg(c.scheme == CHALLENGE_NONE && c.realm == NULL && c.scope == NULL,
	    "%s: left a challenge behind", refused[_i].name);
}
END_TEST

START_TEST(refuses_nul)
{
	static const char header[] = "Bearer realm=\"https://a\0b\"";
	AUTO(challenge) c = CHALLENGE_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("NUL", challenge_parse(&c, bytes_of(header, sizeof(header) - 1), &e), &e,
	    E_INVALID, "control character");
}
END_TEST

static const struct {
	const char *name, *header;
	enum challenge_scheme scheme;
	const char *realm, *service, *scope, *error;
} parsed[] = {
	{ "nothing", "", CHALLENGE_NONE, NULL, NULL, NULL, NULL },
	{ "empty elements", " , ,", CHALLENGE_NONE, NULL, NULL, NULL, NULL },
	{ "another scheme", "Negotiate", CHALLENGE_NONE, NULL, NULL, NULL, NULL },
	{ "another scheme with token68", "Negotiate YWJj==", CHALLENGE_NONE, NULL, NULL, NULL,
	    NULL },
	{ "another scheme with token68 to the end", "Negotiate YWJj", CHALLENGE_NONE, NULL, NULL,
	    NULL, NULL },
	{ "another scheme with marks in it", "X_y`z|~^", CHALLENGE_NONE, NULL, NULL, NULL, NULL },
	{ "another scheme with parameters", "Digest realm=\"x\", nonce=\"y\"", CHALLENGE_NONE, NULL,
	    NULL, NULL, NULL },
	{ "a longer scheme", "BearerX " REALM, CHALLENGE_NONE, NULL, NULL, NULL, NULL },
	{ "Basic", "Basic realm=\"Registry Realm\"", CHALLENGE_BASIC, "Registry Realm", NULL, NULL,
	    NULL },
	{ "Basic alone", "Basic", CHALLENGE_BASIC, NULL, NULL, NULL, NULL },
	{ "Basic with a charset", "Basic realm=\"x\", charset=\"UTF-8\"", CHALLENGE_BASIC, "x",
	    NULL, NULL, NULL },
	{ "scheme in other case", "bAsIc realm=x", CHALLENGE_BASIC, "x", NULL, NULL, NULL },
	{ "Bearer of a ping", "Bearer " REALM ",service=\"registry.local\"", CHALLENGE_BEARER,
	    "https://auth.local/token", "registry.local", NULL, NULL },
	{ "Bearer of a manifest",
	    "Bearer " REALM
	    ",service=\"r\",scope=\"repository:a/b:pull\",error=\"insufficient_scope\"",
	    CHALLENGE_BEARER, "https://auth.local/token", "r", "repository:a/b:pull",
	    "insufficient_scope" },
	{ "names in other case and spaces",
	    "BEARER  Realm = \"https://a\" ,\tSERVICE=\"s\" , Scope = t", CHALLENGE_BEARER,
	    "https://a", "s", "t", NULL },
	{ "escapes", "Bearer realm=\"https://a/\\\"\\\\\\x\"", CHALLENGE_BEARER, "https://a/\"\\x",
	    NULL, NULL, NULL },
	{ "a comma and a scheme inside a string",
	    "Bearer realm=\"https://a\",scope=\"x, Basic realm=y\"", CHALLENGE_BEARER, "https://a",
	    NULL, "x, Basic realm=y", NULL },
	{ "empty elements inside", "Bearer ,, realm=\"https://a\",,service=s,,", CHALLENGE_BEARER,
	    "https://a", "s", NULL, NULL },
	{ "the first of two", "Basic realm=\"b\", Bearer " REALM, CHALLENGE_BASIC, "b", NULL, NULL,
	    NULL },
	{ "the first known of three", "Negotiate, Bearer " REALM ", service=s, Basic realm=\"b\"",
	    CHALLENGE_BEARER, "https://auth.local/token", "s", NULL, NULL },
	{ "the first known after token68", "NTLM TlRMTVNTUA==, Basic realm=\"b\"", CHALLENGE_BASIC,
	    "b", NULL, NULL, NULL },
	{ "a realm of another scheme stays there", "Digest realm=\"d\",scope=x, Basic realm=\"b\"",
	    CHALLENGE_BASIC, "b", NULL, NULL, NULL },
	{ "an unknown parameter twice", "Bearer " REALM ",x=1,x=2", CHALLENGE_BEARER,
	    "https://auth.local/token", NULL, NULL, NULL },
	{ "bytes above ASCII", "Basic realm=\"R\xc3\xa9gistre\"", CHALLENGE_BASIC,
	    "R\xc3\xa9gistre", NULL, NULL, NULL },
};

START_TEST(parses)
{
	const char *name = parsed[_i].name;
	AUTO(challenge) c = CHALLENGE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(name, challenge_parse(&c, bytes_of_str(parsed[_i].header), &e), &e);
	ck_assert_msg(c.scheme == parsed[_i].scheme, "%s: scheme %d", name, (int)c.scheme);
	row_string(name, "realm", c.realm, parsed[_i].realm);
	row_string(name, "service", c.service, parsed[_i].service);
	row_string(name, "scope", c.scope, parsed[_i].scope);
	row_string(name, "error", c.error, parsed[_i].error);
}
END_TEST

static const struct {
	const char *name, *body, *token, *part; /* token NULL: refused */
} tokens[] = {
	{ "nothing", "", NULL, "token service" },
	{ "a page", "<html>", NULL, "token service" },
	{ "a list", "[\"t\"]", NULL, "not a JSON object" },
	{ "a string", "\"t\"", NULL, "" },
	{ "no token", "{\"expires_in\": 60}", NULL, "neither" },
	{ "null", "{\"token\": null}", NULL, "neither" },
	{ "both empty", "{\"token\": \"\", \"access_token\": \"\"}", NULL, "neither" },
	{ "a number", "{\"token\": 1}", NULL, "\"token\" is not a string" },
	{ "the other a number", "{\"token\": \"t\", \"access_token\": 1}", NULL, "not a string" },
	{ "token twice", "{\"token\": \"a\", \"token\": \"b\"}", NULL, "token service" },
	{ "a line break", "{\"token\": \"a\\r\\nX-Evil: 1\"}", NULL, "no header may hold" },
	{ "a space", "{\"token\": \"a b\"}", NULL, "no header may hold" },
	{ "DEL", "{\"token\": \"a\\u007f\"}", NULL, "no header may hold" },
	{ "above ASCII", "{\"token\": \"\\u00e9\"}", NULL, "no header may hold" },
	{ "token", "{\"token\": \"abc.def-_~+/=\", \"expires_in\": 300}", "abc.def-_~+/=", NULL },
	{ "access_token", "{\"access_token\": \"abc\"}", "abc", NULL },
	{ "token before access_token", "{\"access_token\": \"b\", \"token\": \"a\"}", "a", NULL },
	{ "access_token for an empty token", "{\"access_token\": \"b\", \"token\": \"\"}", "b",
	    NULL },
};

START_TEST(reads_tokens)
{
	const char *name = tokens[_i].name;
	AUTO_STR char *token = NULL;
	AUTO(err) e = ERR_INIT;

	token = token_parse(bytes_of_str(tokens[_i].body), &e);
	row_string(name, "token", token, tokens[_i].token);
	if (tokens[_i].token == NULL)
		row_refused(name, token == NULL ? -1 : 0, &e, E_INVALID, tokens[_i].part);
}
END_TEST

static const struct {
	const char *name, *body, *text;
} complaints[] = {
	{ "nothing", "", "" },
	{ "a page", "<html><title>502</title></html>", "" },
	{ "another document", "{\"a\": 1}", "" },
	{ "errors not a list", "{\"errors\": \"x\"}", "" },
	{ "no error in it", "{\"errors\": []}", "" },
	{ "an error not an object", "{\"errors\": [1]}", "" },
	{ "code and message",
	    "{\"errors\": [{\"code\": \"MANIFEST_UNKNOWN\", \"message\": \"manifest unknown\","
	    " \"detail\": {}}, {\"code\": \"X\"}]}",
	    " (MANIFEST_UNKNOWN: manifest unknown)" },
	{ "code alone", "{\"errors\": [{\"code\": \"DENIED\"}]}", " (DENIED)" },
	{ "message alone", "{\"errors\": [{\"message\": \"no\"}]}", " (no)" },
	{ "oauth", "{\"error\": \"invalid_grant\", \"error_description\": \"expired\"}",
	    " (invalid_grant: expired)" },
	{ "what a terminal would obey", "{\"errors\": [{\"code\": \"\\u001b[2J\"}]}",
	    " (\\x1b[2J)" },
};

START_TEST(repeats_complaints)
{
	AUTO_STR char *text = registry_error_text(bytes_of_str(complaints[_i].body));

	row_string(complaints[_i].name, "text", text, complaints[_i].text);
}
END_TEST

/* Up to 200 bytes are shown, and what is cut is cut between characters. */
START_TEST(cuts_complaints)
{
	static const struct {
		const char *unit;
		size_t n, shown;
		bool cut;
	} rows[] = {
		{ "a", 200, 200, false },
		{ "a", 201, 200, true },
		{ "\xe2\x82\xac", 66, 198, false },
		{ "\xe2\x82\xac", 67, 198, true },
	};
	AUTO(buf) body = BUF_INIT;
	AUTO_STR char *text = NULL;
	size_t i;

	buf_add_str(&body, "{\"errors\":[{\"code\":\"");
	for (i = 0; i < rows[_i].n; i++)
		buf_add_str(&body, rows[_i].unit);
	buf_add_str(&body, "\"}]}");
	text = registry_error_text(buf_bytes(&body));
	ck_assert_uint_eq(strlen(text), strlen(" ()") + rows[_i].shown + (rows[_i].cut ? 3 : 0));
	ck_assert_int_eq(strstr(text, "...)") != NULL, rows[_i].cut);
}
END_TEST

Suite *
challenge_suite(void)
{
	Suite *s = suite_create("challenge");
	TCase *t = tcase_create("challenge");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_test(t, refuses_nul);
	tcase_add_loop_test(t, parses, 0, (int)ARRAY_LEN(parsed));
	tcase_add_loop_test(t, reads_tokens, 0, (int)ARRAY_LEN(tokens));
	tcase_add_loop_test(t, repeats_complaints, 0, (int)ARRAY_LEN(complaints));
	tcase_add_loop_test(t, cuts_complaints, 0, 4);
	suite_add_tcase(s, t);
	return s;
}
