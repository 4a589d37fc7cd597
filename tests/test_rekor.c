/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "formats/rekor.h"
#include "rows.h"
#include "suites.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A bundle, in pieces that rows replace. */
#define PROMISE "\"SignedEntryTimestamp\":\"cHJvbWlzZQ==\""
#define BODY "\"body\":\"YQ+/\""
#define TIME "\"integratedTime\":1"
#define INDEX "\"logIndex\":2"
#define ID "\"logID\":\"" HEX "\""
#define PAYLOAD(members) "\"Payload\":{" members "}"
#define BUNDLE(members) "{" PROMISE "," PAYLOAD(members) "}"

struct row {
	const char *name, *text;
	enum errc code;
	const char *part;
};

static const struct row bad_bundles[] = {
	{ "nothing", "", E_INVALID, "bundle: empty" },
	{ "no JSON", "x", E_INVALID, "not acceptable JSON" },
	{ "an array", "[]", E_INVALID, "bundle: an array" },
	{ "no promise", "{" PAYLOAD(BODY "," TIME "," INDEX "," ID) "}", E_INVALID,
	    "\"SignedEntryTimestamp\" is missing" },
	{ "no payload", "{" PROMISE "}", E_INVALID, "\"Payload\" is missing" },
	{ "payload a string", "{" PROMISE ",\"Payload\":\"\"}", E_INVALID,
	    "\"Payload\" is a string" },
	{ "payload twice", "{" PROMISE "," PAYLOAD("") "," PAYLOAD("") "}", E_INVALID,
	    "duplicate" },
	{ "a key more", "{" PROMISE "," PAYLOAD(BODY "," TIME "," INDEX "," ID) ",\"x\":1}",
	    E_INVALID, "bundle: unknown key \"x\"" },
	{ "promise a number", "{\"SignedEntryTimestamp\":1," PAYLOAD("") "}", E_INVALID,
	    "is a number" },
	{ "promise not base64", "{\"SignedEntryTimestamp\":\"a\"," PAYLOAD("") "}", E_INVALID,
	    "bundle.SignedEntryTimestamp: base64" },
	{ "promise empty", "{\"SignedEntryTimestamp\":\"\"," PAYLOAD("") "}", E_INVALID,
	    "\"SignedEntryTimestamp\" is empty" },
	{ "no body", BUNDLE(TIME "," INDEX "," ID), E_INVALID, "\"body\" is missing" },
	{ "no time", BUNDLE(BODY "," INDEX "," ID), E_INVALID, "\"integratedTime\" is missing" },
	{ "no index", BUNDLE(BODY "," TIME "," ID), E_INVALID, "\"logIndex\" is missing" },
	{ "no ID", BUNDLE(BODY "," TIME "," INDEX), E_INVALID, "\"logID\" is missing" },
	{ "one more", BUNDLE(BODY "," TIME "," INDEX "," ID ",\"x\":1"), E_INVALID,
	    "bundle.Payload: unknown key \"x\"" },
	{ "body an object", BUNDLE("\"body\":{}," TIME "," INDEX "," ID), E_INVALID,
	    "\"body\" is an object" },
	{ "body with a line break", BUNDLE("\"body\":\"YQ==\\n\"," TIME "," INDEX "," ID),
	    E_INVALID, "bundle.Payload.body: base64" },
	{ "body empty", BUNDLE("\"body\":\"\"," TIME "," INDEX "," ID), E_INVALID,
	    "\"body\" is empty" },
	{ "time a real", BUNDLE(BODY ",\"integratedTime\":1.0," INDEX "," ID), E_INVALID,
	    "\"integratedTime\" is missing or not an integer" },
	{ "time as a power", BUNDLE(BODY ",\"integratedTime\":1e3," INDEX "," ID), E_INVALID,
	    "\"integratedTime\" is missing or not an integer" },
	{ "time a string", BUNDLE(BODY ",\"integratedTime\":\"1\"," INDEX "," ID), E_INVALID,
	    "\"integratedTime\" is missing or not an integer" },
	{ "time negative", BUNDLE(BODY ",\"integratedTime\":-1," INDEX "," ID), E_INVALID,
	    "\"integratedTime\" is missing or not an integer" },
	{ "index 2^53", BUNDLE(BODY "," TIME ",\"logIndex\":9007199254740992," ID), E_INVALID,
	    "\"logIndex\" is missing or not an integer" },
	{ "index null", BUNDLE(BODY "," TIME ",\"logIndex\":null," ID), E_INVALID,
	    "\"logIndex\" is missing or not an integer" },
	{ "ID short", BUNDLE(BODY "," TIME "," INDEX ",\"logID\":\"0\""), E_INVALID,
	    "not 64 lower-case hex digits" },
	{ "ID with a quote", BUNDLE(BODY "," TIME "," INDEX ",\"logID\":\"\\\"\""), E_INVALID,
	    "not 64 lower-case hex digits" },
	{ "ID a number", BUNDLE(BODY "," TIME "," INDEX ",\"logID\":0"), E_INVALID,
	    "\"logID\" is a number" },
};

START_TEST(refuses_bundles)
{
	const struct row *row = &bad_bundles[_i];
	struct rekor_bundle b;
	AUTO(err) e = ERR_INIT;

	row_refused(row->name, rekor_bundle_parse(&b, bytes_of_str(row->text), &e), &e, row->code,
	    row->part);
	ck_assert_msg(b.promise.p == NULL && b.signed_form.p == NULL && b.entry.p == NULL &&
			  b.integrated_time == 0 && b.log_index == 0,
	    "%s: left something behind", row->name);
}
END_TEST

/* Whatever order and white space it comes in, what is signed has one form. */
START_TEST(signs_the_canonical_form)
{
	static const char *const texts[] = {
		BUNDLE(BODY "," TIME "," INDEX "," ID),
		BUNDLE(ID "," INDEX "," TIME "," BODY),
		" {" PAYLOAD("\n" INDEX " ,\t" BODY "," ID
			     ",\"integrated\\u0054ime\": 1 ") "," PROMISE "}\n",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO(rekor_bundle) b = REKOR_BUNDLE_INIT;
		AUTO(err) e = ERR_INIT;

		row_accepted(texts[i], rekor_bundle_parse(&b, bytes_of_str(texts[i]), &e), &e);
		ck_assert_str_eq(buf_str(&b.signed_form),
		    "{\"body\":\"YQ+/\",\"integratedTime\":1,\"logID\":\"" HEX
		    "\",\"logIndex\":2}");
		ck_assert_str_eq(buf_str(&b.promise), "promise");
		ck_assert(bytes_equal(buf_bytes(&b.entry), bytes_of("a\x0f\xbf", 3)));
		ck_assert_int_eq(b.integrated_time, 1);
		ck_assert_int_eq(b.log_index, 2);
	}
}
END_TEST

START_TEST(numbers_up_to_their_most)
{
	AUTO(rekor_bundle) b = REKOR_BUNDLE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("most",
	    rekor_bundle_parse(&b,
		bytes_of_str(
		    BUNDLE(BODY ",\"integratedTime\":0,\"logIndex\":9007199254740991," ID)),
		&e),
	    &e);
	ck_assert_ptr_nonnull(strstr(buf_str(&b.signed_form),
	    "\"integratedTime\":0,\"logID\":\"" HEX "\",\"logIndex\":9007199254740991}"));
}
END_TEST

/*
 * --- entries ------------------------------------------------------------------------------------
 */

#define KIND "\"kind\":\"hashedrekord\""
#define VERSION "\"apiVersion\":\"0.0.1\""
#define HASH "\"hash\":{\"algorithm\":\"sha256\",\"value\":\"" HEX "\"}"
#define DATA "\"data\":{" HASH "}"
#define CONTENT "\"content\":\"c2ln\""
#define KEY "\"publicKey\":{\"content\":\"a2V5\"}"
#define SIGNATURE "\"signature\":{" CONTENT "," KEY "}"
#define SPEC(members) "\"spec\":{" members "}"
#define ENTRY(members) "{" VERSION "," KIND "," SPEC(members) "}"
#define WITH_DATA(data) ENTRY("\"data\":" data "," SIGNATURE)
#define WITH_SIGNATURE(signature) ENTRY(DATA ",\"signature\":" signature)

static const struct row bad_entries[] = {
	{ "nothing", "", E_INVALID, "entry: empty" },
	{ "an array", "[]", E_INVALID, "entry: an array" },
	{ "no kind", "{" VERSION "," SPEC(DATA "," SIGNATURE) "}", E_INVALID,
	    "\"kind\" is missing" },
	{ "another kind", "{" VERSION ",\"kind\":\"intoto\"," SPEC(DATA "," SIGNATURE) "}",
	    E_UNSUPPORTED, "\"kind\" is \"intoto\", want \"hashedrekord\"" },
	{ "no version", "{" KIND "," SPEC(DATA "," SIGNATURE) "}", E_INVALID,
	    "\"apiVersion\" is missing" },
	{ "another version", "{\"apiVersion\":\"0.0.2\"," KIND "," SPEC(DATA "," SIGNATURE) "}",
	    E_UNSUPPORTED, "\"apiVersion\" is \"0.0.2\"" },
	{ "no spec", "{" VERSION "," KIND "}", E_INVALID, "\"spec\" is missing" },
	{ "a key more", "{" VERSION "," KIND "," SPEC(DATA "," SIGNATURE) ",\"x\":1}", E_INVALID,
	    "entry: unknown key \"x\"" },
	{ "one more in spec", ENTRY(DATA "," SIGNATURE ",\"x\":1"), E_INVALID,
	    "entry.spec: unknown key \"x\"" },
	{ "no data", ENTRY(SIGNATURE), E_INVALID, "\"data\" is missing" },
	{ "no signature", ENTRY(DATA), E_INVALID, "\"signature\" is missing" },
	{ "no hash", WITH_DATA("{}"), E_INVALID, "\"hash\" is missing" },
	{ "one more in data", WITH_DATA("{" HASH ",\"x\":1}"), E_INVALID,
	    "entry.spec.data: unknown key \"x\"" },
	{ "no algorithm", WITH_DATA("{\"hash\":{\"value\":\"" HEX "\"}}"), E_INVALID,
	    "\"algorithm\" is missing" },
	{ "another algorithm",
	    WITH_DATA("{\"hash\":{\"algorithm\":\"sha512\",\"value\":\"" HEX "\"}}"), E_UNSUPPORTED,
	    "\"algorithm\" is \"sha512\"" },
	{ "no value", WITH_DATA("{\"hash\":{\"algorithm\":\"sha256\"}}"), E_INVALID,
	    "\"value\" is missing" },
	{ "a short value", WITH_DATA("{\"hash\":{\"algorithm\":\"sha256\",\"value\":\"00\"}}"),
	    E_INVALID, "entry.spec.data.hash: digest" },
	{ "one more in hash",
	    WITH_DATA("{\"hash\":{\"algorithm\":\"sha256\",\"value\":\"" HEX "\",\"x\":1}}"),
	    E_INVALID, "entry.spec.data.hash: unknown key \"x\"" },
	{ "no content", WITH_SIGNATURE("{" KEY "}"), E_INVALID, "\"content\" is missing" },
	{ "content not base64", WITH_SIGNATURE("{\"content\":\"!\"," KEY "}"), E_INVALID,
	    "entry.spec.signature.content: base64" },
	{ "no key", WITH_SIGNATURE("{" CONTENT "}"), E_INVALID, "\"publicKey\" is missing" },
	{ "one more in signature", WITH_SIGNATURE("{" CONTENT "," KEY ",\"x\":1}"), E_INVALID,
	    "entry.spec.signature: unknown key \"x\"" },
	{ "one more in the key",
	    WITH_SIGNATURE("{" CONTENT ",\"publicKey\":{\"content\":\"a2V5\",\"x\":1}}"), E_INVALID,
	    "publicKey: unknown key \"x\"" },
	{ "an empty key", WITH_SIGNATURE("{" CONTENT ",\"publicKey\":{\"content\":\"\"}}"),
	    E_INVALID, "publicKey: \"content\" is empty" },
};

START_TEST(refuses_entries)
{
	const struct row *row = &bad_entries[_i];
	struct rekor_entry entry;
	AUTO(err) e = ERR_INIT;

	row_refused(row->name, rekor_entry_parse(&entry, bytes_of_str(row->text), &e), &e,
	    row->code, row->part);
	ck_assert_msg(entry.signature.p == NULL && entry.public_key.p == NULL &&
			  !digest_is_set(&entry.digest),
	    "%s: left something behind", row->name);
}
END_TEST

START_TEST(reads_an_entry)
{
	AUTO(rekor_entry) entry = REKOR_ENTRY_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(
	    "entry", rekor_entry_parse(&entry, bytes_of_str(ENTRY(SIGNATURE "," DATA)), &e), &e);
	ck_assert_str_eq(buf_str(&entry.signature), "sig");
	ck_assert_str_eq(buf_str(&entry.public_key), "key");
	ck_assert_str_eq(entry.digest.text, "sha256:" HEX);
}
END_TEST

Suite *
rekor_suite(void)
{
	Suite *s = suite_create("rekor");
	TCase *t = tcase_create("rekor");

	tcase_add_loop_test(t, refuses_bundles, 0, ARRAY_LEN(bad_bundles));
	tcase_add_test(t, signs_the_canonical_form);
	tcase_add_test(t, numbers_up_to_their_most);
	tcase_add_loop_test(t, refuses_entries, 0, ARRAY_LEN(bad_entries));
	tcase_add_test(t, reads_an_entry);
	suite_add_tcase(s, t);
	return s;
}
