/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "formats/manifest.h"
#include "rows.h"
#include "suites.h"

#define DOCKER_IMAGE "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_LIST "application/vnd.docker.distribution.manifest.list.v2+json"
#define OCI_IMAGE "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX "application/vnd.oci.image.index.v1+json"

#define V2 "\"schemaVersion\":2"
#define TYPED(type, more) "{" V2 ",\"mediaType\":\"" type "\"" more "}"
#define CONFIG_OF(type) "\"config\":{\"mediaType\":\"" type "\"}"
#define CONFIG CONFIG_OF("application/vnd.docker.container.image.v1+json")
#define OCI_CONFIG CONFIG_OF("application/vnd.oci.image.config.v1+json")
#define LONG_S "\xc5\xbf"
#define HEX_32 "0123456789abcdef0123456789abcdef"
#define HEX_128 HEX_32 HEX_32 HEX_32 HEX_32

static const struct {
	const char *name, *text;
	enum errc code;
	const char *part;
} refused[] = {
	{ "nothing", "", E_INVALID, "manifest: empty" },
	{ "HTML", "<html>", E_INVALID, "not acceptable JSON" },
	{ "an array", "[]", E_INVALID, "not a JSON object" },
	{ "trailing text", TYPED(OCI_IMAGE, "") "x", E_INVALID, "not acceptable JSON" },
	{ "two manifests", TYPED(OCI_IMAGE, "") TYPED(OCI_IMAGE, ""), E_INVALID,
	    "not acceptable JSON" },
	{ "byte order mark", "\xef\xbb\xbf" TYPED(OCI_IMAGE, ""), E_INVALID,
	    "not acceptable JSON" },
	{ "mediaType twice", TYPED(OCI_IMAGE, ",\"mediaType\":\"" OCI_INDEX "\""), E_INVALID,
	    "duplicate" },
	{ "mediaType twice by escape", TYPED(OCI_IMAGE, ",\"medi\\u0061Type\":\"" OCI_INDEX "\""),
	    E_INVALID, "duplicate" },
	{ "config twice", TYPED(OCI_IMAGE, ",\"config\":{},\"config\":{}"), E_INVALID,
	    "duplicate" },
	{ "duplicate in a descriptor", TYPED(OCI_IMAGE, ",\"config\":{\"size\":1,\"size\":2}"),
	    E_INVALID, "duplicate" },
	/* Schema 1, plain and signed. */
	{ "schema 1",
	    "{\"schemaVersion\":1,\"name\":\"a\",\"tag\":\"b\",\"fsLayers\":[],\"history\":[]}",
	    E_UNSUPPORTED, "schema 1" },
	{ "schema 1 with its media type",
	    "{\"schemaVersion\":1,\"mediaType\":\"application/"
	    "vnd.docker.distribution.manifest.v1+json\"}",
	    E_UNSUPPORTED, "schema 1" },
	{ "schema 1, signed",
	    "{\"schemaVersion\":1,\"fsLayers\":[],\"signatures\":[{\"header\":{}}]}", E_UNSUPPORTED,
	    "\"signatures\" member" },
	{ "schema 2 by version, 1 by type",
	    TYPED("application/vnd.docker.distribution.manifest.v1+prettyjws", ""), E_UNSUPPORTED,
	    "is none that is supported" },
	{ "schema 1 by version, 2 by type",
	    "{\"schemaVersion\":1,\"mediaType\":\"" DOCKER_IMAGE "\"," CONFIG "}", E_UNSUPPORTED,
	    "schema 1" },
	/* A "signatures" member, whatever it holds. */
	{ "signatures", TYPED(DOCKER_IMAGE, ",\"signatures\":[]"), E_UNSUPPORTED,
	    "\"signatures\" member" },
	{ "signatures null", TYPED(OCI_INDEX, ",\"signatures\":null"), E_UNSUPPORTED,
	    "\"signatures\" member" },
	{ "Signatures", TYPED(DOCKER_IMAGE, ",\"Signatures\":1"), E_UNSUPPORTED,
	    "\"Signatures\" member" },
	{ "SIGNATURES", TYPED(DOCKER_IMAGE, ",\"SIGNATURES\":1"), E_UNSUPPORTED,
	    "\"SIGNATURES\" member" },
	{ "signatures by escape", TYPED(DOCKER_IMAGE, ",\"\\u0073ignatures\":1"), E_UNSUPPORTED,
	    "\"signatures\" member" },
	{ "signatures with a long s", TYPED(DOCKER_IMAGE, ",\"" LONG_S "ignature" LONG_S "\":1"),
	    E_UNSUPPORTED, "which other programs strip" },
	/* schemaVersion. */
	{ "no schemaVersion", "{\"mediaType\":\"" OCI_IMAGE "\"}", E_UNSUPPORTED, "is missing" },
	{ "schemaVersion 0", "{\"schemaVersion\":0}", E_UNSUPPORTED, "schemaVersion 0, want 2" },
	{ "schemaVersion 3", "{\"schemaVersion\":3}", E_UNSUPPORTED, "schemaVersion 3, want 2" },
	{ "schemaVersion 2.0", "{\"schemaVersion\":2.0}", E_UNSUPPORTED, "is not an integer" },
	{ "schemaVersion 2e0", "{\"schemaVersion\":2e0}", E_UNSUPPORTED, "is not an integer" },
	{ "schemaVersion \"2\"", "{\"schemaVersion\":\"2\"}", E_UNSUPPORTED, "is not an integer" },
	{ "schemaVersion null", "{\"schemaVersion\":null}", E_UNSUPPORTED, "is not an integer" },
	/* mediaType. */
	{ "mediaType null", "{" V2 ",\"mediaType\":null," OCI_CONFIG "}", E_UNSUPPORTED,
	    "mediaType is not a string" },
	{ "mediaType a number", "{" V2 ",\"mediaType\":2," OCI_CONFIG "}", E_UNSUPPORTED,
	    "mediaType is not a string" },
	{ "mediaType empty", TYPED("", "," OCI_CONFIG), E_UNSUPPORTED,
	    "is none that is supported" },
	{ "mediaType of a config", TYPED("application/vnd.oci.image.config.v1+json", ""),
	    E_UNSUPPORTED, "is none that is supported" },
	{ "mediaType in upper case", TYPED("APPLICATION/vnd.oci.image.manifest.v1+json", ""),
	    E_UNSUPPORTED, "is none that is supported" },
	{ "mediaType with a parameter", TYPED(OCI_IMAGE "; charset=utf-8", ""), E_UNSUPPORTED,
	    "is none that is supported" },
	/* Members of another kind. */
	{ "manifests in a Docker image", TYPED(DOCKER_IMAGE, "," CONFIG ",\"manifests\":[]"),
	    E_UNSUPPORTED, "ambiguous: member \"manifests\"" },
	{ "manifests in an OCI image", TYPED(OCI_IMAGE, "," OCI_CONFIG ",\"manifests\":[{}]"),
	    E_UNSUPPORTED, "ambiguous: member \"manifests\"" },
	{ "manifests null in an image", TYPED(OCI_IMAGE, ",\"manifests\":null"), E_UNSUPPORTED,
	    "ambiguous: member \"manifests\"" },
	{ "config in a Docker list", TYPED(DOCKER_LIST, ",\"manifests\":[]," CONFIG), E_UNSUPPORTED,
	    "ambiguous: member \"config\"" },
	{ "config in an OCI index", TYPED(OCI_INDEX, ",\"manifests\":[]," CONFIG), E_UNSUPPORTED,
	    "ambiguous: member \"config\"" },
	{ "layers in a Docker list", TYPED(DOCKER_LIST, ",\"layers\":[]"), E_UNSUPPORTED,
	    "ambiguous: member \"layers\"" },
	{ "layers in an OCI index", TYPED(OCI_INDEX, ",\"layers\":[]"), E_UNSUPPORTED,
	    "ambiguous: member \"layers\"" },
	{ "fsLayers in an image", TYPED(DOCKER_IMAGE, ",\"fsLayers\":[]"), E_UNSUPPORTED,
	    "ambiguous: member \"fsLayers\"" },
	{ "fsLayers in a list", TYPED(DOCKER_LIST, ",\"fsLayers\":[]"), E_UNSUPPORTED,
	    "ambiguous: member \"fsLayers\"" },
	{ "history in an image", TYPED(OCI_IMAGE, ",\"history\":[]"), E_UNSUPPORTED,
	    "ambiguous: member \"history\"" },
	{ "history in an index", TYPED(OCI_INDEX, ",\"history\":[]"), E_UNSUPPORTED,
	    "ambiguous: member \"history\"" },
	{ "config and manifests, no mediaType", "{" V2 "," OCI_CONFIG ",\"manifests\":[{}]}",
	    E_UNSUPPORTED, "ambiguous: member \"manifests\"" },
	{ "manifests and layers, no mediaType", "{" V2 ",\"layers\":[],\"manifests\":[{}]}",
	    E_UNSUPPORTED, "ambiguous: member \"layers\"" },
	{ "manifests and history, no mediaType", "{" V2 ",\"history\":[],\"manifests\":[{}]}",
	    E_UNSUPPORTED, "ambiguous: member \"history\"" },
	/* Names that are one to some readers only. */
	{ "MediaType beside mediaType", TYPED(OCI_IMAGE, ",\"MediaType\":\"" OCI_INDEX "\""),
	    E_UNSUPPORTED, "\"MediaType\" is \"mediaType\" to readers" },
	{ "mediatype alone", "{" V2 ",\"mediatype\":\"" OCI_INDEX "\"," OCI_CONFIG "}",
	    E_UNSUPPORTED, "\"mediatype\" is \"mediaType\" to readers" },
	{ "SchemaVersion", "{\"SchemaVersion\":2}", E_UNSUPPORTED, "\"SchemaVersion\" is" },
	{ "schemaVersion and schemaversion", "{" V2 ",\"schemaversion\":1}", E_UNSUPPORTED,
	    "\"schemaversion\" is" },
	{ "Manifests", TYPED(DOCKER_IMAGE, ",\"Manifests\":[]"), E_UNSUPPORTED,
	    "\"Manifests\" is" },
	{ "CONFIG", TYPED(DOCKER_LIST, ",\"CONFIG\":{}"), E_UNSUPPORTED, "\"CONFIG\" is" },
	{ "Layers", TYPED(DOCKER_IMAGE, ",\"Layers\":[]"), E_UNSUPPORTED, "\"Layers\" is" },
	{ "fslayers", TYPED(DOCKER_IMAGE, ",\"fslayers\":[]"), E_UNSUPPORTED, "\"fslayers\" is" },
	{ "History", TYPED(DOCKER_IMAGE, ",\"History\":[]"), E_UNSUPPORTED, "\"History\" is" },
	{ "manifests with a long s", TYPED(DOCKER_IMAGE, ",\"manife" LONG_S "ts\":[]"),
	    E_UNSUPPORTED, "is \"manifests\" to readers" },
	{ "layers with an escaped long s", TYPED(DOCKER_LIST, ",\"layer\\u017f\":[]"),
	    E_UNSUPPORTED, "is \"layers\" to readers" },
	/* No mediaType, and nothing else that tells. */
	{ "schemaVersion alone", "{" V2 "}", E_UNSUPPORTED, "no mediaType, no config object" },
	{ "layers alone", "{" V2 ",\"layers\":[]}", E_UNSUPPORTED,
	    "no mediaType, no config object" },
	{ "empty manifests", "{" V2 ",\"manifests\":[]}", E_UNSUPPORTED,
	    "no mediaType, no config object" },
	{ "manifests no array", "{" V2 ",\"manifests\":{\"a\":1}}", E_UNSUPPORTED,
	    "no mediaType, no config object" },
	{ "config null", "{" V2 ",\"config\":null}", E_UNSUPPORTED,
	    "no mediaType, no config object" },
	{ "config a string", "{" V2 ",\"config\":\"x\"}", E_UNSUPPORTED,
	    "no mediaType, no config object" },
	{ "config null beside manifests", "{" V2 ",\"config\":null,\"manifests\":[{}]}",
	    E_UNSUPPORTED, "no mediaType, no config object" },
	{ "config.mediaType a number", "{" V2 ",\"config\":{\"mediaType\":1}}", E_UNSUPPORTED,
	    "config.mediaType is not a string" },
	{ "config.MediaType", "{" V2 ",\"config\":{\"MediaType\":\"x\"}}", E_UNSUPPORTED,
	    "\"MediaType\" is \"mediaType\" to readers" },
};

START_TEST(refuses)
{
	struct manifest m = { MANIFEST_OCI_INDEX };
	AUTO(err) e = ERR_INIT;
	int r = manifest_parse(&m, bytes_of_str(refused[_i].text), &e);

	row_refused(refused[_i].name, r, &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(m.kind == MANIFEST_UNSET, "%s: left kind %d", refused[_i].name, (int)m.kind);
}
END_TEST

static const struct {
	const char *name, *text;
	enum manifest_kind kind;
} accepted[] = {
	{ "Docker image", TYPED(DOCKER_IMAGE, "," CONFIG ",\"layers\":[{\"size\":1}]"),
	    MANIFEST_DOCKER_IMAGE },
	{ "Docker list", TYPED(DOCKER_LIST, ",\"manifests\":[{}]"), MANIFEST_DOCKER_LIST },
	{ "OCI image", TYPED(OCI_IMAGE, "," OCI_CONFIG ",\"layers\":[]"), MANIFEST_OCI_IMAGE },
	{ "OCI index", TYPED(OCI_INDEX, ",\"manifests\":[]"), MANIFEST_OCI_INDEX },
	{ "OCI image with a Docker config", TYPED(OCI_IMAGE, "," CONFIG), MANIFEST_OCI_IMAGE },
	{ "OCI image with more members",
	    TYPED(OCI_IMAGE,
		"," OCI_CONFIG ",\"subject\":{},\"artifactType\":\"x\",\"annotations\":{}"),
	    MANIFEST_OCI_IMAGE },
	{ "unknown members", TYPED(DOCKER_IMAGE, "," CONFIG ",\"conf\":1,\"configs\":1,\"s\":1"),
	    MANIFEST_DOCKER_IMAGE },
	{ "signatures deeper down", TYPED(OCI_INDEX, ",\"manifests\":[{\"signatures\":[]}]"),
	    MANIFEST_OCI_INDEX },
	{ "white space around", "\n " TYPED(DOCKER_LIST, "") "\n", MANIFEST_DOCKER_LIST },
	{ "guessed OCI image", "{" V2 "," OCI_CONFIG ",\"layers\":[]}", MANIFEST_OCI_IMAGE },
	{ "guessed Docker image", "{" V2 "," CONFIG ",\"layers\":[]}", MANIFEST_DOCKER_IMAGE },
	{ "guessed artifact", "{" V2 "," CONFIG_OF("application/x") "}", MANIFEST_OCI_IMAGE },
	{ "guessed from a bare config", "{" V2 ",\"config\":{}}", MANIFEST_OCI_IMAGE },
	{ "guessed index", "{" V2 ",\"manifests\":[{}]}", MANIFEST_OCI_INDEX },
};

START_TEST(accepts)
{
	struct manifest m = { MANIFEST_UNSET };
	AUTO(err) e = ERR_INIT;

	row_accepted(
	    accepted[_i].name, manifest_parse(&m, bytes_of_str(accepted[_i].text), &e), &e);
	ck_assert_msg(m.kind == accepted[_i].kind, "%s: kind %d, want %d", accepted[_i].name,
	    (int)m.kind, (int)accepted[_i].kind);
}
END_TEST

START_TEST(names_kinds)
{
	static const struct {
		enum manifest_kind kind;
		const char *type;
		bool list;
	} rows[] = {
		{ MANIFEST_UNSET, "", false },
		{ MANIFEST_DOCKER_IMAGE, DOCKER_IMAGE, false },
		{ MANIFEST_DOCKER_LIST, DOCKER_LIST, true },
		{ MANIFEST_OCI_IMAGE, OCI_IMAGE, false },
		{ MANIFEST_OCI_INDEX, OCI_INDEX, true },
	};
	const char *const *types = manifest_media_types();
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		row_string(
		    rows[i].type, "media type", manifest_media_type(rows[i].kind), rows[i].type);
		ck_assert_msg(manifest_is_list(rows[i].kind) == rows[i].list, "%s", rows[i].type);
	}
	for (n = 0; types[n] != NULL; n++)
		for (i = 0; i < n; i++)
			ck_assert_str_ne(types[i], types[n]);
	ck_assert_uint_eq(n, 4);
}
END_TEST

#define ONE "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define TWO "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define CHILD(digest, platform) "{\"digest\":\"" digest "\",\"platform\":" platform "}"
#define ON(architecture) "{\"os\":\"linux\",\"architecture\":\"" architecture "\"}"
#define LIST(children) TYPED(DOCKER_LIST, ",\"manifests\":[" children "]")

static const struct {
	const char *name, *machine, *text;
	enum errc code;
	const char *part; /* of the error; of what is found, the digest */
} instances[] = {
	{ "no list", "x86_64", TYPED(DOCKER_IMAGE, "," CONFIG), E_UNSUPPORTED, "not a list" },
	{ "an ambiguous list", "x86_64", TYPED(DOCKER_LIST, ",\"layers\":[]"), E_UNSUPPORTED,
	    "ambiguous" },
	{ "no JSON", "x86_64", "<html>", E_INVALID, "not acceptable JSON" },
	{ "an unknown machine", NULL, LIST(CHILD(ONE, ON(""))), E_UNSUPPORTED, "this machine" },
	{ "an empty list", "x86_64", LIST(""), E_UNSUPPORTED, "no manifest is for linux/amd64" },
	{ "no list of manifests", "x86_64", TYPED(OCI_INDEX, ",\"manifests\":{}"), E_UNSUPPORTED,
	    "no manifest is for linux/amd64" },
	{ "another machine's", "x86_64", LIST(CHILD(ONE, ON("arm64"))), E_UNSUPPORTED,
	    "linux/amd64" },
	{ "the kernel's name of it", "x86_64", LIST(CHILD(ONE, ON("x86_64"))), E_UNSUPPORTED,
	    "linux/amd64" },
	{ "another system's", "x86_64",
	    LIST(CHILD(ONE, "{\"os\":\"windows\",\"architecture\":\"amd64\"}")), E_UNSUPPORTED,
	    "linux/amd64" },
	{ "no platform", "x86_64", LIST("{\"digest\":\"" ONE "\"}"), E_UNSUPPORTED, "linux/amd64" },
	{ "a platform that is text", "x86_64", LIST(CHILD(ONE, "\"linux/amd64\"")), E_UNSUPPORTED,
	    "linux/amd64" },
	{ "no system", "x86_64", LIST(CHILD(ONE, "{\"architecture\":\"amd64\"}")), E_UNSUPPORTED,
	    "linux/amd64" },
	{ "no machine", "x86_64", LIST(CHILD(ONE, "{\"os\":\"linux\"}")), E_UNSUPPORTED,
	    "linux/amd64" },
	{ "two for one machine", "x86_64",
	    LIST(CHILD(ONE, ON("amd64")) "," CHILD(TWO, ON("amd64"))), E_UNSUPPORTED,
	    "several manifests are for linux/amd64" },
	{ "an element that is none", "x86_64", LIST("1," CHILD(ONE, ON("amd64"))), E_INVALID,
	    "not an object" },
	{ "no digest", "x86_64", LIST("{\"platform\":" ON("amd64") "}"), E_INVALID, "digest" },
	{ "no such digest", "x86_64", LIST(CHILD("sha256:11", ON("amd64"))), E_INVALID,
	    "manifest list" },
	{ "a path for a digest", "x86_64", LIST(CHILD("sha256:../../../x", ON("amd64"))), E_INVALID,
	    "manifest list" },
	{ "sha512", "x86_64", LIST(CHILD("sha512:" HEX_128, ON("amd64"))), E_UNSUPPORTED,
	    "want sha256" },
	{ "Platform", "x86_64", LIST("{\"digest\":\"" ONE "\",\"Platform\":" ON("amd64") "}"),
	    E_UNSUPPORTED, "ignore case" },
	{ "OS", "x86_64",
	    LIST(CHILD(ONE, "{\"OS\":\"linux\",\"os\":\"x\",\"architecture\":\"amd64\"}")),
	    E_UNSUPPORTED, "ignore case" },

	{ "the first", "x86_64", LIST(CHILD(ONE, ON("amd64")) "," CHILD(TWO, ON("arm64"))), E_NONE,
	    ONE },
	{ "the second", "aarch64", LIST(CHILD(ONE, ON("amd64")) "," CHILD(TWO, ON("arm64"))),
	    E_NONE, TWO },
	{ "ppc64le", "ppc64le", LIST(CHILD(ONE, ON("amd64")) "," CHILD(TWO, ON("ppc64le"))), E_NONE,
	    TWO },
	{ "the same one twice", "x86_64", LIST(CHILD(ONE, ON("amd64")) "," CHILD(ONE, ON("amd64"))),
	    E_NONE, ONE },
	{ "an index that is guessed", "s390x",
	    "{" V2 ",\"manifests\":[" CHILD(ONE, ON("s390x")) "]}", E_NONE, ONE },
};

START_TEST(finds_instances)
{
	struct bytes text = bytes_of_str(instances[_i].text);
	struct digest digest = { "left over" };
	AUTO(err) e = ERR_INIT;
	int r = manifest_instance(&digest, text, instances[_i].machine, &e);

	if (instances[_i].code == E_NONE) {
		row_accepted(instances[_i].name, r, &e);
		row_string(instances[_i].name, "digest", digest.text, instances[_i].part);
		return;
	}
	row_refused(instances[_i].name, r, &e, instances[_i].code, instances[_i].part);
	row_string(instances[_i].name, "digest", digest.text, "");
}
END_TEST

Suite *
manifest_suite(void)
{
	Suite *s = suite_create("manifest");
	TCase *t = tcase_create("manifest");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_test(t, names_kinds);
	tcase_add_loop_test(t, finds_instances, 0, ARRAY_LEN(instances));
	suite_add_tcase(s, t);
	return s;
}
