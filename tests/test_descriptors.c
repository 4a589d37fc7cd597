/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/descriptors.h"
#include "rows.h"
#include "suites.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TYPE "\"mediaType\":\"application/x\","
#define DIGEST "\"digest\":\"sha256:" HEX "\""
#define ONE "{" TYPE DIGEST ",\"size\":7}"
#define IMAGE(config, layers)                                                                      \
	"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+"    \
	"json\",\"config\":" config ",\"layers\":" layers "}"
#define LIST(images)                                                                               \
	"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","          \
	"\"manifests\":" images "}"
#define PLATFORM(platform) "{" TYPE DIGEST ",\"size\":7,\"platform\":" platform "}"

static const struct {
	const char *name, *text;
	enum errc code;
	const char *part;
} refused[] = {
	{ "nothing", "", E_INVALID, "empty" },
	{ "schema 1", "{\"schemaVersion\":1}", E_UNSUPPORTED, "schema 1" },
	{ "no layers",
	    "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+"
	    "json\",\"config\":" ONE "}",
	    E_INVALID, "layers" },
	{ "layers that are none", IMAGE(ONE, "{}"), E_INVALID, "layers" },
	{ "a config that is none", IMAGE("7", "[]"), E_INVALID, "config" },
	{ "no media type", IMAGE("{" DIGEST ",\"size\":7}", "[]"), E_INVALID, "mediaType" },
	{ "no digest", IMAGE("{" TYPE "\"size\":7}", "[]"), E_INVALID, "digest" },
	{ "a path for a digest", IMAGE(ONE, "[{" TYPE "\"digest\":\"sha256:../x\",\"size\":7}]"),
	    E_INVALID, "layers[0]" },
	{ "another algorithm",
	    IMAGE(ONE, "[{" TYPE "\"digest\":\"sha512:" HEX HEX "\",\"size\":7}]"), E_UNSUPPORTED,
	    "want sha256" },
	{ "no size", IMAGE("{" TYPE DIGEST "}", "[]"), E_INVALID, "size" },
	{ "a size below zero", IMAGE(ONE, "[{" TYPE DIGEST ",\"size\":-1}]"), E_INVALID, "size" },
	{ "a size with a point", IMAGE(ONE, "[{" TYPE DIGEST ",\"size\":1.5}]"), E_INVALID,
	    "size" },
	{ "a size that is too large",
	    IMAGE(ONE, "[{" TYPE DIGEST ",\"size\":9223372036854775808}]"), E_INVALID, "JSON" },
	{ "a size in a string", IMAGE(ONE, "[{" TYPE DIGEST ",\"size\":\"7\"}]"), E_INVALID,
	    "size" },
	{ "two digests to readers that ignore case",
	    IMAGE(ONE, "[{" TYPE DIGEST ",\"Digest\":\"x\",\"size\":7}]"), E_UNSUPPORTED,
	    "ignore case" },
	{ "two sizes to readers that ignore case",
	    IMAGE(ONE, "[{" TYPE DIGEST ",\"size\":7,\"\xc5\xbfize\":8}]"), E_UNSUPPORTED,
	    "ignore case" },
	{ "a second layer that is none", IMAGE(ONE, "[" ONE ",7]"), E_INVALID, "layers[1]" },
	{ "a platform that is none", LIST("[" PLATFORM("7") "]"), E_INVALID, "platform" },
	{ "an os that is none", LIST("[" PLATFORM("{\"os\":7}") "]"), E_INVALID, "os" },
	{ "an architecture that is none", LIST("[" PLATFORM("{\"architecture\":7}") "]"), E_INVALID,
	    "architecture" },
	{ "a variant that is none", LIST("[" PLATFORM("{\"variant\":7}") "]"), E_INVALID,
	    "variant" },
	{ "two platforms to readers that ignore case",
	    LIST("[" PLATFORM("{\"os\":\"a\",\"OS\":\"b\"}") "]"), E_UNSUPPORTED, "ignore case" },
};

START_TEST(refuses)
{
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name, descriptors_parse(&d, bytes_of_str(refused[_i].text), &e), &e,
	    refused[_i].code, refused[_i].part);
	ck_assert_msg(d.v == NULL && d.n == 0, "something is left");
}
END_TEST

static const struct {
	const char *name, *text;
	size_t n;
} read[] = {
	{ "no layers", IMAGE(ONE, "[]"), 1 },
	{ "two layers", IMAGE(ONE, "[" ONE "," ONE "]"), 3 },
	{ "an empty list", LIST("[]"), 0 },
	{ "a list", LIST("[" ONE "," PLATFORM("{}") "]"), 2 },
};

START_TEST(reads)
{
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(read[_i].name, descriptors_parse(&d, bytes_of_str(read[_i].text), &e), &e);
	ck_assert_uint_eq(d.n, read[_i].n);
	for (size_t i = 0; i < d.n; i++) {
		row_string(read[_i].name, "type", d.v[i].media_type, "application/x");
		row_string(read[_i].name, "digest", d.v[i].digest.text, "sha256:" HEX);
		ck_assert_uint_eq(d.v[i].size, 7);
		ck_assert(!d.v[i].foreign);
	}
}
END_TEST

START_TEST(reads_platforms_and_urls)
{
	static const char list[] = LIST(
	    "[" PLATFORM("{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}") "]");
	static const char image[] =
	    IMAGE(ONE, "[{" TYPE DIGEST ",\"size\":9223372036854775807,\"urls\":[\"x\"]}]");
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("list", descriptors_parse(&d, bytes_of_str(list), &e), &e);
	ck_assert_int_eq(d.kind, MANIFEST_OCI_INDEX);
	row_string("list", "os", d.v[0].os, "linux");
	row_string("list", "architecture", d.v[0].architecture, "arm64");
	row_string("list", "variant", d.v[0].variant, "v8");
	descriptors_free(&d);
	row_accepted("image", descriptors_parse(&d, bytes_of_str(image), &e), &e);
	ck_assert(d.v[1].foreign);
	ck_assert_uint_eq(d.v[1].size, (uint64_t)INT64_MAX);
}
END_TEST

static int
parse_many(unsigned n, struct err *e)
{
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(buf) text = BUF_INIT;

	buf_add_str(&text, "{\"schemaVersion\":2,\"mediaType\":\"application/"
			   "vnd.oci.image.index.v1+json\",\"manifests\":[");
	for (unsigned i = 0; i < n; i++)
		buf_addf(&text, "%s" ONE, i > 0 ? "," : "");
	buf_add_str(&text, "]}");
	return descriptors_parse(&d, buf_bytes(&text), e);
}

START_TEST(has_a_cap)
{
	AUTO(err) e = ERR_INIT;

	row_accepted("at the cap", parse_many(MAX_DESCRIPTORS, &e), &e);
	row_refused("above", parse_many(MAX_DESCRIPTORS + 1, &e), &e, E_TOO_LARGE, "descriptors");
}
END_TEST

Suite *
descriptors_suite(void)
{
	Suite *s = suite_create("descriptors");
	TCase *t = tcase_create("descriptors");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, reads, 0, ARRAY_LEN(read));
	tcase_add_test(t, reads_platforms_and_urls);
	tcase_add_test(t, has_a_cap);
	suite_add_tcase(s, t);
	return s;
}
