/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "formats/credential_helper.h"
#include "rows.h"
#include "suites.h"

#define SERVER "registry.local:5000"

static const struct {
	const char *name, *answer;
	enum errc code;
	const char *part;
} refused[] = {
	{ "nothing", "", E_INVALID, "JSON" },
	{ "text", "my-secret", E_INVALID, "JSON" },
	{ "half an answer", "{\"Username\": \"u\", \"Secret\": \"my-secret", E_INVALID, "JSON" },
	{ "something behind it", "{\"Username\":\"u\",\"Secret\":\"s\"} my-secret", E_INVALID,
	    "JSON" },
	{ "a list", "[\"my-secret\"]", E_INVALID, "object" },
	{ "NUL in the secret", "{\"Username\":\"u\",\"Secret\":\"my-secret\\u0000\"}", E_INVALID,
	    "JSON" },
	{ "the secret twice", "{\"Secret\":\"a\",\"Username\":\"u\",\"Secret\":\"my-secret\"}",
	    E_INVALID, "JSON" },
	{ "a number for a user", "{\"Username\":1,\"Secret\":\"my-secret\"}", E_INVALID,
	    "not a string" },
	{ "a list for a secret", "{\"Username\":\"u\",\"Secret\":[\"my-secret\"]}", E_INVALID,
	    "not a string" },
	{ "an object for a server",
	    "{\"ServerURL\":{},\"Username\":\"u\",\"Secret\":\"my-secret\"}", E_INVALID,
	    "not a string" },
	{ "a user without a secret", "{\"Username\":\"u\"}", E_INVALID, "no \"Secret\"" },
	{ "a token without a secret", "{\"Username\":\"<token>\",\"Secret\":\"\"}", E_INVALID,
	    "no \"Secret\"" },
	{ "a colon in the user", "{\"Username\":\"u:v\",\"Secret\":\"my-secret\"}", E_INVALID,
	    "colon" },
	{ "another server",
	    "{\"ServerURL\":\"evil.local:5000\",\"Username\":\"u\",\"Secret\":\"my-secret\"}",
	    E_MISMATCH, "another server" },
	{ "another server with a name of the same length",
	    "{\"ServerURL\":\"registry.evil_:5000\",\"Username\":\"u\",\"Secret\":\"my-secret\"}",
	    E_MISMATCH, "another server" },
	{ "another port",
	    "{\"ServerURL\":\"registry.local\",\"Username\":\"u\",\"Secret\":\"my-secret\"}",
	    E_MISMATCH, "another server" },
	{ "a server that begins the same",
	    "{\"ServerURL\":\"registry.local:50000\",\"Username\":\"u\",\"Secret\":\"my-secret\"}",
	    E_MISMATCH, "another server" },
};

START_TEST(refuses)
{
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name,
	    credential_helper_read(&c, bytes_of_str(refused[_i].answer), SERVER, &e), &e,
	    refused[_i].code, refused[_i].part);
	ck_assert_msg(!credentials_are_set(&c), "%s: left credentials behind", refused[_i].name);
	ck_assert_msg(
	    strstr(err_msg(&e), "secret") == NULL, "%s: tells: %s", refused[_i].name, err_msg(&e));
}
END_TEST

static const struct {
	const char *name, *answer;
	const char *username, *password, *token;
} accepted[] = {
	{ "all members",
	    "{\"ServerURL\":\"registry.local:5000\",\"Username\":\"u\",\"Secret\":\"p\"}\n", "u",
	    "p", NULL },
	{ "the server as a URL",
	    "{\"ServerURL\":\"https://Registry.local:5000/v1/"
	    "\",\"Username\":\"u\",\"Secret\":\"p\"}",
	    "u", "p", NULL },
	{ "no server", "{\"Username\":\"u\",\"Secret\":\"a:b\"}", "u", "a:b", NULL },
	{ "null for a server", "{\"ServerURL\":null,\"Username\":\"u\",\"Secret\":\"p\"}", "u", "p",
	    NULL },
	{ "more members", "{\"Username\":\"u\",\"Secret\":\"p\",\"Expires\":{\"x\":1}}", "u", "p",
	    NULL },
	{ "a token", "{\"Username\":\"<token>\",\"Secret\":\"t\"}", NULL, NULL, "t" },
	{ "no user", "{\"Username\":\"\",\"Secret\":\"\"}", NULL, NULL, NULL },
	{ "a secret for nobody", "{\"Secret\":\"p\"}", NULL, NULL, NULL },
	{ "an empty object", "{}", NULL, NULL, NULL },
};

START_TEST(reads)
{
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(accepted[_i].name,
	    credential_helper_read(&c, bytes_of_str(accepted[_i].answer), SERVER, &e), &e);
	row_string(accepted[_i].name, "user", c.username, accepted[_i].username);
	row_string(accepted[_i].name, "password", c.password, accepted[_i].password);
	row_string(accepted[_i].name, "token", c.identity_token, accepted[_i].token);
}
END_TEST

static const struct {
	const char *text;
	bool none;
} nothing[] = {
	{ "", false },
	{ "\n", false },
	{ "credentials not found", false },
	{ "error: credentials not found in native keychain", false },
	{ "credentials not found in native keychain: no session", false },
	{ "Credentials not found in native keychain", false },
	{ "credentials not found in native keychain", true },
	{ " credentials not found in native keychain\r\n", true },
};

START_TEST(knows_nothing)
{
	ck_assert_msg(
	    credential_helper_has_none(bytes_of_str(nothing[_i].text)) == nothing[_i].none,
	    "\"%s\"", nothing[_i].text);
}
END_TEST

START_TEST(names)
{
	static const char *const bad[] = { "", "/", "a/b", "../x", "a b", "a;b", "a\n", "$(x)",
		"\xc3\xa4" };
	static const char *const good[] = { "pass", "ecr-login", "osxkeychain", "a.b_C-9" };
	char longest[130];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ck_assert_msg(!credential_helper_is_name(bad[i]), "%s", bad[i]);
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		ck_assert_msg(credential_helper_is_name(good[i]), "%s", good[i]);
	memset(longest, 'x', sizeof(longest));
	longest[129] = '\0';
	ck_assert(!credential_helper_is_name(longest));
	longest[128] = '\0';
	ck_assert(credential_helper_is_name(longest));
}
END_TEST

Suite *
credential_helper_suite(void)
{
	Suite *s = suite_create("credential_helper");
	TCase *tc = tcase_create("credential_helper");

	tcase_add_loop_test(tc, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(tc, reads, 0, ARRAY_LEN(accepted));
	tcase_add_loop_test(tc, knows_nothing, 0, ARRAY_LEN(nothing));
	tcase_add_test(tc, names);
	suite_add_tcase(s, tc);
	return s;
}
