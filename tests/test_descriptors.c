/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/descriptors.h"
#include "rows.h"
#include "suites.h"

#define DOCKER_IMAGE "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_LIST "application/vnd.docker.distribution.manifest.list.v2+json"
#define OCI_IMAGE "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define HEX_32 "0123456789abcdef0123456789abcdef"
#define ONE "sha256:" HEX_32 HEX_32
#define TWO "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define SHA512 "sha512:" HEX_32 HEX_32 HEX_32 HEX_32
#define LONG_S "\xc5\xbf"

#define TYPED(type, more) "{\"schemaVersion\":2,\"mediaType\":\"" type "\"," more "}"
#define OF(size, digest, more)                                                                     \
	"{\"mediaType\":\"a/b\",\"size\":" size ",\"digest\":\"" digest "\"" more "}"
#define GOOD OF("7", ONE, "")
#define CONFIG(config) TYPED(DOCKER_IMAGE, "\"config\":" config ",\"layers\":[]")
#define LAYERS(layers) TYPED(OCI_IMAGE, "\"config\":" GOOD ",\"layers\":" layers)
#define LIST(manifests) TYPED(DOCKER_LIST, "\"manifests\":" manifests)
#define CHILD(platform) LIST("[" OF("7", ONE, ",\"platform\":" platform) "]")

static const struct {
	const char *name, *text;
	enum errc code;
	const char *part;
} refused[] = {
	{ "nothing", "", E_INVALID, "manifest: empty" },
	{ "an array", "[]", E_INVALID, "not a JSON object" },
	{ "schema 1", "{\"schemaVersion\":1,\"fsLayers\":[]}", E_UNSUPPORTED, "schema 1" },
	{ "signatures", TYPED(DOCKER_IMAGE, "\"signatures\":[],\"config\":" GOOD ",\"layers\":[]"),
	    E_UNSUPPORTED, "\"signatures\" member" },
	{ "an image and a list",
	    TYPED(DOCKER_IMAGE, "\"config\":" GOOD ",\"layers\":[],\"manifests\":[]"),
	    E_UNSUPPORTED, "ambiguous" },
	{ "a size twice", CONFIG(OF("7", ONE, ",\"size\":8")), E_INVALID, "duplicate" },
	{ "no config", TYPED(DOCKER_IMAGE, "\"layers\":[]"), E_INVALID, "config: not an object" },
	{ "config is text", CONFIG("\"" ONE "\""), E_INVALID, "config: not an object" },
	{ "no layers", TYPED(OCI_IMAGE, "\"config\":" GOOD), E_INVALID, "layers: missing" },
	{ "layers null", LAYERS("null"), E_INVALID, "layers: null" },
	{ "layers are one", LAYERS(GOOD), E_INVALID, "layers: an object" },
	{ "a layer that is text", LAYERS("[" GOOD ",\"" ONE "\"]"), E_INVALID,
	    "layers[1]: not an object" },
	{ "no manifests", TYPED(OCI_INDEX, "\"annotations\":{}"), E_INVALID, "manifests: missing" },
	{ "no media type", LAYERS("[{\"size\":7,\"digest\":\"" ONE "\"}]"), E_INVALID,
	    "layers[0]: key \"mediaType\" is missing" },
	{ "a number for a media type", CONFIG("{\"mediaType\":1}"), E_INVALID, "is a number" },
	{ "no digest", CONFIG("{\"mediaType\":\"a/b\",\"size\":7}"), E_INVALID,
	    "\"digest\" is missing" },
	{ "half a digest", CONFIG(OF("7", "sha256:0123", "")), E_INVALID, "config" },
	{ "a path for a digest", LAYERS("[" OF("7", "sha256:../x", "") "]"), E_INVALID,
	    "layers[0]" },
	{ "a digest in upper case",
	    CONFIG(OF("7", "sha256:0123456789ABCDEF0123456789ABCDEF" HEX_32, "")), E_INVALID,
	    "config" },
	{ "sha512", LAYERS("[" OF("7", SHA512, "") "]"), E_UNSUPPORTED, "want sha256" },
	{ "no size", CONFIG("{\"mediaType\":\"a/b\",\"digest\":\"" ONE "\"}"), E_INVALID,
	    "\"size\" is missing or not" },
	{ "a negative size", LAYERS("[" OF("-1", ONE, "") "]"), E_INVALID,
	    "layers[0]: \"size\" is missing or not" },
	{ "half a byte", LAYERS("[" OF("0.5", ONE, "") "]"), E_INVALID, "number of bytes" },
	{ "a real number", LAYERS("[" OF("7.0", ONE, "") "]"), E_INVALID, "number of bytes" },
	{ "text for a size", LAYERS("[" OF("\"7\"", ONE, "") "]"), E_INVALID, "number of bytes" },
	{ "a size beyond 63 bits", LAYERS("[" OF("9223372036854775808", ONE, "") "]"), E_INVALID,
	    "not acceptable JSON" },
	{ "another case of digest", LAYERS("[" OF("7", ONE, ",\"Digest\":\"" TWO "\"") "]"),
	    E_UNSUPPORTED, "layers[0]: manifest: ambiguous" },
	{ "a size with a long s", CONFIG(OF("7", ONE, ",\"" LONG_S "ize\":8")), E_UNSUPPORTED,
	    "is \"size\" to readers" },
	{ "another case of urls", LAYERS("[" OF("7", ONE, ",\"URLs\":[]") "]"), E_UNSUPPORTED,
	    "is \"urls\" to readers" },
	{ "platform is text", CHILD("\"linux/amd64\""), E_INVALID, "platform: a string" },
	{ "a number for an os", CHILD("{\"os\":1}"), E_INVALID, "\"os\" is a number" },
	{ "a number for an architecture", CHILD("{\"os\":\"linux\",\"architecture\":64}"),
	    E_INVALID, "\"architecture\" is a number" },
	{ "null for a variant", CHILD("{\"variant\":null}"), E_INVALID, "\"variant\" is null" },
	{ "another case of os", CHILD("{\"os\":\"linux\",\"OS\":\"windows\"}"), E_UNSUPPORTED,
	    "manifests[0]: platform: manifest: ambiguous" },
};

START_TEST(refuses)
{
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name, descriptors_parse(&d, bytes_of_str(refused[_i].text), &e), &e,
	    refused[_i].code, refused[_i].part);
	ck_assert_int_eq(d.kind, MANIFEST_UNSET);
	ck_assert_ptr_null(d.v);
	ck_assert_uint_eq(d.n, 0);
}
END_TEST

static const struct {
	const char *name, *text;
	enum manifest_kind kind;
	size_t n;
} accepted[] = {
	{ "no layers", CONFIG(GOOD), MANIFEST_DOCKER_IMAGE, 1 },
	{ "two layers, the same", LAYERS("[" GOOD "," GOOD "]"), MANIFEST_OCI_IMAGE, 3 },
	{ "an empty list", LIST("[]"), MANIFEST_DOCKER_LIST, 0 },
	{ "an empty index", TYPED(OCI_INDEX, "\"manifests\":[]"), MANIFEST_OCI_INDEX, 0 },
	{ "an index without its type", "{\"schemaVersion\":2,\"manifests\":[" GOOD "]}",
	    MANIFEST_OCI_INDEX, 1 },
	{ "an image without its type",
	    "{\"schemaVersion\":2,\"config\":" GOOD ",\"layers\":[" GOOD "]}", MANIFEST_OCI_IMAGE,
	    2 },
	{ "an unknown member", LAYERS("[" OF("0", ONE, ",\"annotations\":{}") "]"),
	    MANIFEST_OCI_IMAGE, 2 },
};

START_TEST(accepts)
{
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(
	    accepted[_i].name, descriptors_parse(&d, bytes_of_str(accepted[_i].text), &e), &e);
	ck_assert_msg(d.kind == accepted[_i].kind, "%s: kind %d", accepted[_i].name, d.kind);
	ck_assert_msg(d.n == accepted[_i].n, "%s: %zu", accepted[_i].name, d.n);
}
END_TEST

/* The config is first. Who has "urls" (a foreign layer) is a layer as any other. */
START_TEST(reads_an_image)
{
	static const char text[] = TYPED(DOCKER_IMAGE,
	    "\"config\":" OF("1218", ONE, ",\"urls\":[\"https://a/\"]") ",\"layers\":[" OF(
		"9223372036854775807", TWO, "") "," OF("0", ONE,
		",\"urls\":[\"https://a/\"]") "," OF("1", TWO, ",\"urls\":[]") "," OF("2", TWO,
		",\"urls\":\"https://a/\"") "]");
	static const uint64_t sizes[] = { 1218, INT64_MAX, 0, 1, 2 };
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("image", descriptors_parse(&d, bytes_of_str(text), &e), &e);
	ck_assert_uint_eq(d.n, ARRAY_LEN(sizes));
	for (size_t i = 0; i < d.n; i++) {
		ck_assert_uint_eq(d.v[i].size, sizes[i]);
		row_string("image", "type", d.v[i].media_type, "a/b");
		row_string("image", "os", d.v[i].os, NULL);
	}
	row_string("config", "digest", d.v[0].digest.text, ONE);
	row_string("layer", "digest", d.v[1].digest.text, TWO);
}
END_TEST

START_TEST(reads_a_list)
{
	static const char text[] = LIST("[" OF("5", ONE,
	    ",\"urls\":[\"https://a/\"],"
	    "\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":"
	    "\"v8\"}") "," OF("6", TWO, ",\"platform\":{}") "," GOOD "]");
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("list", descriptors_parse(&d, bytes_of_str(text), &e), &e);
	ck_assert_uint_eq(d.n, 3);
	row_string("first", "os", d.v[0].os, "linux");
	row_string("first", "architecture", d.v[0].architecture, "arm64");
	row_string("first", "variant", d.v[0].variant, "v8");
	row_string("second", "os", d.v[1].os, NULL);
	row_string("second", "digest", d.v[1].digest.text, TWO);
	row_string("third", "architecture", d.v[2].architecture, NULL);
}
END_TEST

/* The config and so many layers. */
static int
parse_many(struct descriptors *d, size_t layers, struct err *e)
{
	AUTO(buf) list = BUF_INIT;
	AUTO_STR char *text = NULL;

	for (size_t i = 0; i < layers; i++) {
		if (i > 0)
			buf_add(&list, ",", 1);
		buf_add(&list, GOOD, strlen(GOOD));
	}
	text = xasprintf(LAYERS("[%s]"), buf_str(&list));
	return descriptors_parse(d, bytes_of_str(text), e);
}

START_TEST(keeps_to_the_cap)
{
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("one above", parse_many(&d, MAX_DESCRIPTORS, &e), &e, E_TOO_LARGE,
	    "more than 1000 descriptors");
	ck_assert_uint_eq(d.n, 0);
	err_free(&e);
	row_accepted("at the cap", parse_many(&d, MAX_DESCRIPTORS - 1, &e), &e);
	ck_assert_uint_eq(d.n, MAX_DESCRIPTORS);
}
END_TEST

Suite *
descriptors_suite(void)
{
	Suite *s = suite_create("descriptors");
	TCase *t = tcase_create("descriptors");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, (int)ARRAY_LEN(accepted));
	tcase_add_test(t, reads_an_image);
	tcase_add_test(t, reads_a_list);
	tcase_add_test(t, keeps_to_the_cap);
	suite_add_tcase(s, t);
	return s;
}
