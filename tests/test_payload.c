/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "formats/payload.h"
#include "rows.h"
#include "suites.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX64 HEX32 HEX32
#define DIGEST "sha256:" HEX64
#define REFERENCE "quay.io/a/b:4.14.3-x86_64"

/* A good payload, in pieces that rows replace. */
#define TYPE "\"type\":\"atomic container signature\""
#define IMAGE_OF(d) "\"image\":{\"docker-manifest-digest\":\"" d "\"}"
#define IMAGE IMAGE_OF(DIGEST)
#define IDENTITY_OF(r) "\"identity\":{\"docker-reference\":" r "}"
#define IDENTITY IDENTITY_OF("\"" REFERENCE "\"")
#define CRITICAL "\"critical\":{" TYPE "," IMAGE "," IDENTITY "}"
#define WITH_CRITICAL(c) "{\"critical\":{" c "},\"optional\":{}}"
#define WITH_OPTIONAL(o) "{" CRITICAL ",\"optional\":" o "}"
#define WITH_TIMESTAMP(t) WITH_OPTIONAL("{\"timestamp\":" t "}")
#define GOOD WITH_OPTIONAL("{}")
#define NEST10 "[[[[[[[[[["

#define ROW(name, text, part)                                                                      \
	{                                                                                          \
		name, text, sizeof(text) - 1, part                                                 \
	}

/* Refused whether or not "optional" may be absent. */
static const struct {
	const char *name, *text;
	size_t n;
	const char *part;
} refused[] = {
	ROW("nothing", "", "payload: empty"),
	ROW("an array", "[]", "payload: an array, want an object"),
	ROW("a string", "\"" DIGEST "\"", "not acceptable JSON"),
	ROW("empty object", "{}", "payload: key \"critical\" is missing"),
	ROW("byte order mark", "\xef\xbb\xbf" GOOD, "not acceptable JSON"),
	ROW("trailing text", GOOD "x", "not acceptable JSON"),
	ROW("trailing NUL", GOOD "\0", "not acceptable JSON"),
	ROW("two payloads", GOOD GOOD, "not acceptable JSON"),
	ROW("cut off", "{" CRITICAL ",\"optional\":{}", "not acceptable JSON"),
	/* The top. */
	ROW("no critical", "{\"optional\":{}}", "payload: key \"critical\" is missing"),
	ROW("extra key", "{" CRITICAL ",\"optional\":{},\"x\":1}", "payload: unknown key \"x\""),
	ROW("empty key", "{" CRITICAL ",\"optional\":{},\"\":1}", "payload: unknown key \"\""),
	ROW("Critical", "{\"Critical\":{" TYPE "," IMAGE "," IDENTITY "},\"optional\":{}}",
	    "payload: unknown key \"Critical\""),
	ROW("critical twice", "{" CRITICAL "," CRITICAL ",\"optional\":{}}", "duplicate"),
	ROW("optional twice", "{" CRITICAL ",\"optional\":{},\"optional\":{}}", "duplicate"),
	ROW("optional twice by escape", "{" CRITICAL ",\"optional\":{},\"o\\u0070tional\":{}}",
	    "duplicate"),
	ROW("critical null", "{\"critical\":null,\"optional\":{}}", "\"critical\" is null"),
	ROW("critical array", "{\"critical\":[],\"optional\":{}}", "\"critical\" is an array"),
	ROW("optional null", WITH_OPTIONAL("null"), "\"optional\" is null, want an object"),
	ROW("optional array", WITH_OPTIONAL("[]"), "\"optional\" is an array"),
	ROW("optional string", WITH_OPTIONAL("\"\""), "\"optional\" is a string"),
	/* critical. */
	ROW("no type", WITH_CRITICAL(IMAGE "," IDENTITY), "critical: key \"type\" is missing"),
	ROW("no image", WITH_CRITICAL(TYPE "," IDENTITY), "critical: key \"image\" is missing"),
	ROW("no identity", WITH_CRITICAL(TYPE "," IMAGE), "critical: key \"identity\" is missing"),
	ROW("extra key in critical", WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY ",\"x\":1"),
	    "critical: unknown key \"x\""),
	ROW("Type", WITH_CRITICAL("\"Type\":\"atomic container signature\"," IMAGE "," IDENTITY),
	    "critical: unknown key \"Type\""),
	ROW("type twice", WITH_CRITICAL(TYPE "," TYPE "," IMAGE "," IDENTITY), "duplicate"),
	ROW("image twice", WITH_CRITICAL(TYPE "," IMAGE "," IMAGE "," IDENTITY), "duplicate"),
	ROW("identity twice", WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY "," IDENTITY), "duplicate"),
	ROW("image twice by escape", WITH_CRITICAL(TYPE "," IMAGE ",\"im\\u0061ge\":{}," IDENTITY),
	    "duplicate"),
	ROW("type of cosign",
	    WITH_CRITICAL("\"type\":\"cosign container image signature\"," IMAGE "," IDENTITY),
	    "critical: \"type\" is \"cosign container image signature\""),
	ROW("type in capitals",
	    WITH_CRITICAL("\"type\":\"Atomic Container Signature\"," IMAGE "," IDENTITY),
	    "want \"atomic container signature\""),
	ROW("type with more after it",
	    WITH_CRITICAL("\"type\":\"atomic container signature \"," IMAGE "," IDENTITY),
	    "want \"atomic container signature\""),
	ROW("type with NUL after it",
	    WITH_CRITICAL("\"type\":\"atomic container signature\\u0000\"," IMAGE "," IDENTITY),
	    "not acceptable JSON"),
	ROW("type empty", WITH_CRITICAL("\"type\":\"\"," IMAGE "," IDENTITY), "\"type\" is \"\""),
	ROW("type null", WITH_CRITICAL("\"type\":null," IMAGE "," IDENTITY), "\"type\" is null"),
	ROW("type a number", WITH_CRITICAL("\"type\":1," IMAGE "," IDENTITY),
	    "\"type\" is a number"),
	/* critical.image. */
	ROW("image null", WITH_CRITICAL(TYPE ",\"image\":null," IDENTITY), "\"image\" is null"),
	ROW("image string", WITH_CRITICAL(TYPE ",\"image\":\"" DIGEST "\"," IDENTITY),
	    "\"image\" is a string"),
	ROW("image empty", WITH_CRITICAL(TYPE ",\"image\":{}," IDENTITY),
	    "critical.image: key \"docker-manifest-digest\" is missing"),
	ROW("extra key in image",
	    WITH_CRITICAL(
		TYPE ",\"image\":{\"docker-manifest-digest\":\"" DIGEST "\",\"x\":1}," IDENTITY),
	    "critical.image: unknown key \"x\""),
	ROW("digest twice",
	    WITH_CRITICAL(TYPE ",\"image\":{\"docker-manifest-digest\":\"" DIGEST "\","
			       "\"docker-manifest-digest\":\"" DIGEST "\"}," IDENTITY),
	    "duplicate"),
	ROW("digest twice by escape",
	    WITH_CRITICAL(TYPE ",\"image\":{\"docker-manifest-digest\":\"" DIGEST "\","
			       "\"docker\\u002dmanifest-digest\":\"" DIGEST "\"}," IDENTITY),
	    "duplicate"),
	ROW("digest null",
	    WITH_CRITICAL(TYPE ",\"image\":{\"docker-manifest-digest\":null}," IDENTITY),
	    "\"docker-manifest-digest\" is null"),
	ROW("digest empty", WITH_CRITICAL(TYPE "," IMAGE_OF("") "," IDENTITY), "is not a digest"),
	ROW("digest in upper case",
	    WITH_CRITICAL(
		TYPE "," IMAGE_OF("sha256:0123456789ABCDEF0123456789ABCDEF" HEX32) "," IDENTITY),
	    "critical.image.docker-manifest-digest: digest"),
	ROW("digest too short", WITH_CRITICAL(TYPE "," IMAGE_OF("sha256:" HEX32) "," IDENTITY),
	    "has 32 characters"),
	ROW("digest too long", WITH_CRITICAL(TYPE "," IMAGE_OF(DIGEST "0") "," IDENTITY),
	    "has 65 characters"),
	ROW("digest by sha1",
	    WITH_CRITICAL(TYPE "," IMAGE_OF("sha1:" HEX32 "01234567") "," IDENTITY),
	    "is not a digest"),
	ROW("digest by md5", WITH_CRITICAL(TYPE "," IMAGE_OF("md5:" HEX32) "," IDENTITY),
	    "is not a digest"),
	ROW("digest without algorithm", WITH_CRITICAL(TYPE "," IMAGE_OF(HEX64) "," IDENTITY),
	    "is not a digest"),
	ROW("digest and a newline", WITH_CRITICAL(TYPE "," IMAGE_OF(DIGEST "\\n") "," IDENTITY),
	    "has 65 characters"),
	/* critical.identity. */
	ROW("identity null", WITH_CRITICAL(TYPE "," IMAGE ",\"identity\":null"),
	    "\"identity\" is null"),
	ROW("identity empty", WITH_CRITICAL(TYPE "," IMAGE ",\"identity\":{}"),
	    "critical.identity: key \"docker-reference\" is missing"),
	ROW("extra key in identity",
	    WITH_CRITICAL(TYPE "," IMAGE ",\"identity\":{\"docker-reference\":\"a\",\"x\":1}"),
	    "critical.identity: unknown key \"x\""),
	ROW("reference twice",
	    WITH_CRITICAL(TYPE
		"," IMAGE ",\"identity\":{\"docker-reference\":\"a\",\"docker-reference\":\"b\"}"),
	    "duplicate"),
	ROW("reference empty", WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY_OF("\"\"")), "is empty"),
	ROW("reference null", WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY_OF("null")), "is null"),
	ROW("reference a number", WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY_OF("1")),
	    "is a number"),
	ROW("reference an array", WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY_OF("[\"a\"]")),
	    "is an array"),
	ROW("NUL in the reference",
	    WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY_OF("\"quay.io/a\0b\"")),
	    "not acceptable JSON"),
	ROW("escaped NUL in the reference",
	    WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY_OF("\"quay.io/a\\u0000b\"")),
	    "not acceptable JSON"),
	ROW("lone surrogate in the reference",
	    WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY_OF("\"quay.io/a\\ud800\"")),
	    "not acceptable JSON"),
	ROW("invalid UTF-8 in the reference",
	    WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY_OF("\"quay.io/a\xff\"")),
	    "not acceptable JSON"),
	/* optional. */
	ROW("creator a number", WITH_OPTIONAL("{\"creator\":1}"), "\"creator\" is not a string"),
	ROW("creator an object", WITH_OPTIONAL("{\"creator\":{}}"), "\"creator\" is not a string"),
	ROW("creator twice", WITH_OPTIONAL("{\"creator\":\"a\",\"creator\":\"a\"}"), "duplicate"),
	ROW("creator twice by escape", WITH_OPTIONAL("{\"creator\":\"a\",\"creat\\u006fr\":\"a\"}"),
	    "duplicate"),
	ROW("duplicate inside an unknown member", WITH_OPTIONAL("{\"x\":{\"y\":1,\"y\":2}}"),
	    "duplicate"),
	ROW("timestamp twice", WITH_OPTIONAL("{\"timestamp\":1,\"timestamp\":1}"), "duplicate"),
	ROW("timestamp a string", WITH_TIMESTAMP("\"1\""), "\"timestamp\" is not a number"),
	ROW("timestamp true", WITH_TIMESTAMP("true"), "\"timestamp\" is not a number"),
	ROW("timestamp an array", WITH_TIMESTAMP("[1]"), "\"timestamp\" is not a number"),
	ROW("timestamp 0.5", WITH_TIMESTAMP("0.5"), "not a whole number"),
	ROW("timestamp -0.5", WITH_TIMESTAMP("-0.5"), "not a whole number"),
	ROW("timestamp 1e-3", WITH_TIMESTAMP("1e-3"), "not a whole number"),
	ROW("timestamp 1e400", WITH_TIMESTAMP("1e400"), "not acceptable JSON"),
	ROW("timestamp -1e400", WITH_TIMESTAMP("-1e400"), "not acceptable JSON"),
	ROW("timestamp 1e300", WITH_TIMESTAMP("1e300"), "out of range"),
	ROW("timestamp -1e300", WITH_TIMESTAMP("-1e300"), "out of range"),
	ROW("timestamp 2^63", WITH_TIMESTAMP("9223372036854775808"), "not acceptable JSON"),
	ROW("timestamp 2^63 - 1", WITH_TIMESTAMP("9223372036854775807"), "out of range"),
	ROW("timestamp 2^63 - 512", WITH_TIMESTAMP("9223372036854775296"), "out of range"),
	ROW("timestamp 2^63 as a real", WITH_TIMESTAMP("9223372036854775808.0"), "out of range"),
	ROW("timestamp 01", WITH_TIMESTAMP("01"), "not acceptable JSON"),
	ROW("nested too deep",
	    WITH_OPTIONAL("{\"x\":" NEST10 NEST10 NEST10 NEST10 NEST10 NEST10 NEST10),
	    "nested deeper"),
};

static void
check_refused(size_t i, enum payload_optional mode)
{
	AUTO(payload) p = PAYLOAD_INIT;
	AUTO(err) e = ERR_INIT;
	int r =
	    payload_parse(&p, bytes_of(refused[i].text, refused[i].n), PAYLOAD_ATOMIC, mode, &e);

	row_refused(refused[i].name, r, &e, E_INVALID, refused[i].part);
	ck_assert_msg(p.claimed_reference == NULL && p.creator == NULL && !p.has_timestamp &&
			  p.timestamp == 0 && !digest_is_set(&p.claimed_digest),
	    "%s: left something behind", refused[i].name);
}

START_TEST(refuses)
{
	check_refused((size_t)_i, PAYLOAD_OPTIONAL_REQUIRED);
}
END_TEST

START_TEST(refuses_with_optional_absent_allowed)
{
	check_refused((size_t)_i, PAYLOAD_OPTIONAL_MAY_BE_ABSENT);
}
END_TEST

START_TEST(optional_absent)
{
	static const char text[] = "{" CRITICAL "}";
	AUTO(payload) p = PAYLOAD_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("absent",
	    payload_parse(&p, bytes_of_str(text), PAYLOAD_ATOMIC, PAYLOAD_OPTIONAL_REQUIRED, &e),
	    &e, E_INVALID, "payload: key \"optional\" is missing");
	ck_assert(p.claimed_reference == NULL);
	err_free(&e);
	row_accepted("absent",
	    payload_parse(
		&p, bytes_of_str(text), PAYLOAD_ATOMIC, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, &e),
	    &e);
	ck_assert_str_eq(p.claimed_reference, REFERENCE);
	ck_assert_str_eq(p.claimed_digest.text, DIGEST);
	ck_assert(p.creator == NULL);
	ck_assert(!p.has_timestamp);
}
END_TEST

static const struct {
	const char *name, *text, *digest, *reference, *creator;
	bool has_timestamp;
	int64_t timestamp;
} accepted[] = {
	{ "plain", GOOD, DIGEST, REFERENCE, NULL, false, 0 },
	{ "white space around", "\n\t " GOOD "\r\n", DIGEST, REFERENCE, NULL, false, 0 },
	{ "as skopeo writes it",
	    "{\"critical\":{\"identity\":{\"docker-reference\":\"a\"},\"image\":"
	    "{\"docker-manifest-digest\":\"" DIGEST "\"},\"type\":\"atomic container signature\"},"
	    "\"optional\":{\"creator\":\"atomic 1.2.3\",\"timestamp\":1700000000}}",
	    DIGEST, "a", "atomic 1.2.3", true, 1700000000 },
	{ "keys by escape",
	    "{\"crit\\u0069cal\":{" TYPE "," IMAGE "," IDENTITY "},\"optional\":{}}", DIGEST,
	    REFERENCE, NULL, false, 0 },
	{ "sha512", WITH_CRITICAL(TYPE "," IMAGE_OF("sha512:" HEX64 HEX64) "," IDENTITY),
	    "sha512:" HEX64 HEX64, REFERENCE, NULL, false, 0 },
	{ "sha384", WITH_CRITICAL(TYPE "," IMAGE_OF("sha384:" HEX64 HEX32) "," IDENTITY),
	    "sha384:" HEX64 HEX32, REFERENCE, NULL, false, 0 },
	{ "escapes in the reference",
	    WITH_CRITICAL(TYPE "," IMAGE "," IDENTITY_OF("\"a\\/b\\u003a1\"")), DIGEST, "a/b:1",
	    NULL, false, 0 },
	{ "unknown members", WITH_OPTIONAL("{\"x\":[1,{\"y\":null}],\"Creator\":1}"), DIGEST,
	    REFERENCE, NULL, false, 0 },
	{ "creator", WITH_OPTIONAL("{\"creator\":\"\"}"), DIGEST, REFERENCE, "", false, 0 },
	{ "creator null", WITH_OPTIONAL("{\"creator\":null}"), DIGEST, REFERENCE, NULL, false, 0 },
	{ "timestamp null", WITH_TIMESTAMP("null"), DIGEST, REFERENCE, NULL, false, 0 },
	{ "timestamp 0", WITH_TIMESTAMP("0"), DIGEST, REFERENCE, NULL, true, 0 },
	{ "timestamp -1", WITH_TIMESTAMP("-1"), DIGEST, REFERENCE, NULL, true, -1 },
	{ "timestamp 1e3", WITH_TIMESTAMP("1e3"), DIGEST, REFERENCE, NULL, true, 1000 },
	{ "timestamp 1.0", WITH_TIMESTAMP("1.0"), DIGEST, REFERENCE, NULL, true, 1 },
	{ "timestamp at its most", WITH_TIMESTAMP("9223372036854775295"), DIGEST, REFERENCE, NULL,
	    true, 9223372036854775295 },
	{ "timestamp at its least", WITH_TIMESTAMP("-9223372036854775808"), DIGEST, REFERENCE, NULL,
	    true, INT64_MIN },
};

START_TEST(accepts)
{
	AUTO(payload) p = PAYLOAD_INIT;
	AUTO(err) e = ERR_INIT;
	const char *name = accepted[_i].name;
	int mode;

	for (mode = 0; mode < 2; mode++) {
		payload_free(&p);
		row_accepted(name,
		    payload_parse(&p, bytes_of_str(accepted[_i].text), PAYLOAD_ATOMIC,
			mode == 0 ? PAYLOAD_OPTIONAL_REQUIRED : PAYLOAD_OPTIONAL_MAY_BE_ABSENT, &e),
		    &e);
		row_string(name, "digest", p.claimed_digest.text, accepted[_i].digest);
		row_string(name, "reference", p.claimed_reference, accepted[_i].reference);
		row_string(name, "creator", p.creator, accepted[_i].creator);
		ck_assert_msg(p.has_timestamp == accepted[_i].has_timestamp, "%s: timestamp", name);
		ck_assert_msg(p.timestamp == accepted[_i].timestamp, "%s: timestamp %lld", name,
		    (long long)p.timestamp);
	}
}
END_TEST

#define COSIGN_TYPE "\"type\":\"cosign container image signature\""
#define COSIGN_OF(type, optional) "{\"critical\":{" type "," IMAGE "," IDENTITY "}" optional "}"
#define COSIGN(optional) COSIGN_OF(COSIGN_TYPE, optional)

/* part is NULL for what is accepted. */
static const struct {
	const char *name, *text;
	enum payload_type type;
	const char *part;
} typed[] = {
	{ "atomic for cosign", GOOD, PAYLOAD_COSIGN,
	    "\"type\" is \"atomic container signature\", want \"cosign container image "
	    "signature\"" },
	{ "cosign for atomic", COSIGN(",\"optional\":{}"), PAYLOAD_ATOMIC,
	    "\"type\" is \"cosign container image signature\", want \"atomic" },
	{ "atomic for none", GOOD, PAYLOAD_TYPE_UNSET, "want \"none\"" },
	{ "atomic for a list of sums", GOOD, PAYLOAD_SUMS, "want \"none\"" },
	{ "cosign for a list of sums", COSIGN(",\"optional\":{}"), PAYLOAD_SUMS, "want \"none\"" },
	{ "cosign for none", COSIGN(",\"optional\":{}"), PAYLOAD_TYPE_UNSET, "want \"none\"" },
	{ "none for none", COSIGN_OF("\"type\":\"none\"", ",\"optional\":{}"), PAYLOAD_TYPE_UNSET,
	    "want \"none\"" },
	{ "cosign, other case", COSIGN_OF("\"type\":\"Cosign container image signature\"", ""),
	    PAYLOAD_COSIGN, "\"type\" is \"Cosign" },
	{ "atomic, optional null", WITH_OPTIONAL("null"), PAYLOAD_ATOMIC, "\"optional\" is null" },
	{ "cosign, optional absent", COSIGN(""), PAYLOAD_COSIGN, "\"optional\" is missing" },
	{ "cosign, optional false", COSIGN(",\"optional\":false"), PAYLOAD_COSIGN,
	    "\"optional\" is true or false" },
	{ "cosign, optional a list", COSIGN(",\"optional\":[]"), PAYLOAD_COSIGN,
	    "\"optional\" is an array" },
	{ "cosign, a creator that is no string", COSIGN(",\"optional\":{\"creator\":1}"),
	    PAYLOAD_COSIGN, "\"creator\" is not a string" },
	{ "cosign, an extra key", COSIGN(",\"optional\":null,\"x\":1"), PAYLOAD_COSIGN,
	    "unknown key \"x\"" },
	{ "atomic", GOOD, PAYLOAD_ATOMIC, NULL },
	{ "cosign", COSIGN(",\"optional\":{\"x\":[null]}"), PAYLOAD_COSIGN, NULL },
	{ "cosign, optional null", COSIGN(",\"optional\":null"), PAYLOAD_COSIGN, NULL },
};

/* Whether or not "optional" may be absent. */
START_TEST(tells_types_apart)
{
	const char *name = typed[_i].name;
	int mode;

	for (mode = 0; mode < 2; mode++) {
		AUTO(payload) p = PAYLOAD_INIT;
		AUTO(err) e = ERR_INIT;
		int r = payload_parse(&p, bytes_of_str(typed[_i].text), typed[_i].type,
		    mode == 0 ? PAYLOAD_OPTIONAL_REQUIRED : PAYLOAD_OPTIONAL_MAY_BE_ABSENT, &e);

		if (typed[_i].part == NULL) {
			row_accepted(name, r, &e);
			row_string(name, "reference", p.claimed_reference, REFERENCE);
			continue;
		}
		row_refused(name, r, &e, E_INVALID, typed[_i].part);
		row_string(name, "reference", p.claimed_reference, NULL);
	}
}
END_TEST

/* Any one byte less, anywhere, is another payload or none. */
START_TEST(no_prefix_is_accepted)
{
	static const char text[] = GOOD;
	AUTO(payload) p = PAYLOAD_INIT;
	AUTO(err) e = ERR_INIT;
	size_t n;

	for (n = 0; n < sizeof(text) - 1; n++)
		ck_assert_msg(payload_parse(&p, bytes_of(text, n), PAYLOAD_ATOMIC,
				  PAYLOAD_OPTIONAL_MAY_BE_ABSENT, &e) != 0,
		    "the first %zu bytes were accepted", n);
	payload_free(&p);
	payload_free(&p);
}
END_TEST

Suite *
payload_suite(void)
{
	Suite *s = suite_create("payload");
	TCase *t = tcase_create("payload");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, refuses_with_optional_absent_allowed, 0, ARRAY_LEN(refused));
	tcase_add_test(t, optional_absent);
	tcase_add_loop_test(t, tells_types_apart, 0, ARRAY_LEN(typed));
	tcase_add_test(t, no_prefix_is_accepted);
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	suite_add_tcase(s, t);
	return s;
}
