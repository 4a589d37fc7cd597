/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "formats/sigstore_manifest.h"
#include "rows.h"
#include "suites.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "\"digest\":\"sha256:" HEX "\""
#define OCI "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\""
#define TYPE "\"mediaType\":\"" SIGSTORE_SIGNATURE_TYPE "\""
#define LAYER TYPE "," DIGEST ",\"size\":3"
#define CONFIG "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\"}"
#define WITH(members) "{\"schemaVersion\":2," OCI "," CONFIG "," members "}"
#define LAYERS(l) WITH("\"layers\":[" l "]")

static const struct {
	const char *name, *text;
	enum errc code;
	const char *part;
} refused[] = {
	{ "nothing", "", E_INVALID, "signature manifest: manifest: empty" },
	{ "no JSON", "<html>", E_INVALID, "not acceptable JSON" },
	{ "an array", "[]", E_INVALID, "not a JSON object" },
	{ "schema 1", "{\"schemaVersion\":1}", E_UNSUPPORTED, "schema 1" },
	{ "an index",
	    "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
	    "\"manifests\":[]}",
	    E_UNSUPPORTED, "of type application/vnd.oci.image.index.v1+json, want application/" },
	{ "a Docker image",
	    "{\"schemaVersion\":2,\"mediaType\":"
	    "\"application/vnd.docker.distribution.manifest.v2+json\",\"layers\":[]}",
	    E_UNSUPPORTED, "of type application/vnd.docker." },
	{ "an index too", WITH("\"layers\":[],\"manifests\":[]"), E_UNSUPPORTED, "ambiguous" },
	{ "Layers", WITH("\"Layers\":[]"), E_UNSUPPORTED, "ambiguous" },
	{ "no layers", WITH("\"x\":1"), E_INVALID, "\"layers\" is missing" },
	{ "layers null", WITH("\"layers\":null"), E_INVALID, "\"layers\" is missing" },
	{ "layers an object", WITH("\"layers\":{}"), E_INVALID, "\"layers\" is missing" },
	{ "layers twice", WITH("\"layers\":[],\"layers\":[]"), E_INVALID, "duplicate" },
	{ "a layer that is a string", LAYERS("\"x\""), E_INVALID, "layers[0]: not an object" },
	{ "the second layer", LAYERS("{" LAYER "},{}"), E_INVALID,
	    "layers[1]: key \"mediaType\" is missing" },
	{ "no media type", LAYERS("{" DIGEST ",\"size\":3}"), E_INVALID,
	    "key \"mediaType\" is missing" },
	{ "no digest", LAYERS("{" TYPE ",\"size\":3}"), E_INVALID, "key \"digest\" is missing" },
	{ "a path for a digest", LAYERS("{" TYPE ",\"digest\":\"sha256:../../x\",\"size\":3}"),
	    E_INVALID, "layers[0]: digest \"sha256:../../x\"" },
	{ "an upper-case digest",
	    LAYERS("{" TYPE ",\"digest\":\"sha256:"
		   "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\","
		   "\"size\":3}"),
	    E_INVALID, "upper case" },
	{ "sha512", LAYERS("{" TYPE ",\"digest\":\"sha512:" HEX HEX "\",\"size\":3}"),
	    E_UNSUPPORTED, "want sha256" },
	{ "no size", LAYERS("{" TYPE "," DIGEST "}"), E_INVALID, "\"size\" is missing" },
	{ "a negative size", LAYERS("{" TYPE "," DIGEST ",\"size\":-1}"), E_INVALID,
	    "\"size\" is missing or not" },
	{ "a size of text", LAYERS("{" TYPE "," DIGEST ",\"size\":\"3\"}"), E_INVALID,
	    "\"size\" is missing or not" },
	{ "a size that is a real", LAYERS("{" TYPE "," DIGEST ",\"size\":3.0}"), E_INVALID,
	    "\"size\" is missing or not" },
	{ "annotations a list", LAYERS("{" LAYER ",\"annotations\":[]}"), E_INVALID,
	    "layers[0].annotations: not an object" },
	{ "an annotation a number", LAYERS("{" LAYER ",\"annotations\":{\"x\":1}}"), E_INVALID,
	    "layers[0].annotations: \"x\" is not a string" },
	{ "an annotation twice", LAYERS("{" LAYER ",\"annotations\":{\"x\":\"\",\"x\":\"\"}}"),
	    E_INVALID, "duplicate" },
};

START_TEST(refuses)
{
	struct sigstore_manifest m;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name,
	    sigstore_manifest_parse(&m, bytes_of_str(refused[_i].text), &e), &e, refused[_i].code,
	    refused[_i].part);
	ck_assert_msg(m.v == NULL && m.n == 0, "%s: left something behind", refused[_i].name);
}
END_TEST

START_TEST(reads_layers)
{
	static const char text[] = LAYERS("{" LAYER ",\"annotations\":{"
					  "\"dev.cosignproject.cosign/signature\":\"s\","
					  "\"dev.sigstore.cosign/bundle\":\"b\",\"x\":\"y\"}},"
					  "{\"mediaType\":\"other\"," DIGEST
					  ",\"size\":0,\"annotations\":null,\"urls\":[\"u\"]}");
	AUTO(sigstore_manifest) m = SIGSTORE_MANIFEST_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("two", sigstore_manifest_parse(&m, bytes_of_str(text), &e), &e);
	ck_assert_uint_eq(m.n, 2);
	ck_assert_str_eq(m.v[0].media_type, SIGSTORE_SIGNATURE_TYPE);
	ck_assert_str_eq(m.v[0].digest.text, "sha256:" HEX);
	ck_assert_uint_eq(m.v[0].size, 3);
	ck_assert_str_eq(m.v[0].annotations.signature, "s");
	ck_assert_str_eq(m.v[0].annotations.bundle, "b");
	ck_assert_ptr_null(m.v[0].annotations.certificate);
	ck_assert_str_eq(m.v[1].media_type, "other");
	ck_assert_uint_eq(m.v[1].size, 0);
	ck_assert_ptr_null(m.v[1].annotations.signature);
}
END_TEST

static const struct {
	const char *name, *config, *want;
} configs[] = {
	{ "none by a digest", "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\"}", "" },
	{ "a digest that is none",
	    "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"x\"}", "" },
	{ "by another digest",
	    "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha512:" HEX
		HEX "\"}",
	    "" },
	{ "by its digest",
	    "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\"," DIGEST "}",
	    "sha256:" HEX },
};

START_TEST(reads_the_config)
{
	AUTO(sigstore_manifest) m = SIGSTORE_MANIFEST_INIT;
	AUTO_STR char *text = xasprintf(
	    "{\"schemaVersion\":2," OCI ",\"config\":%s,\"layers\":[]}", configs[_i].config);
	AUTO(err) e = ERR_INIT;

	row_accepted(configs[_i].name, sigstore_manifest_parse(&m, bytes_of_str(text), &e), &e);
	row_string(configs[_i].name, "config", m.config.text, configs[_i].want);
}
END_TEST

START_TEST(caps_layers)
{
	AUTO(buf) text = BUF_INIT;
	unsigned n;

	for (n = 0; n <= MAX_SIGSTORE_LAYERS + 1; n += n == 0 ? MAX_SIGSTORE_LAYERS : 1) {
		AUTO(sigstore_manifest) m = SIGSTORE_MANIFEST_INIT;
		AUTO(err) e = ERR_INIT;
		unsigned i;

		buf_clear(&text);
		buf_add_str(&text, "{\"schemaVersion\":2," OCI "," CONFIG ",\"layers\":[");
		for (i = 0; i < n; i++)
			buf_add_str(&text, i == 0 ? "{" LAYER "}" : ",{" LAYER "}");
		buf_add_str(&text, "]}");
		if (n <= MAX_SIGSTORE_LAYERS)
			row_accepted(
			    "layers", sigstore_manifest_parse(&m, buf_bytes(&text), &e), &e);
		else
			row_refused("one too many",
			    sigstore_manifest_parse(&m, buf_bytes(&text), &e), &e, E_TOO_LARGE,
			    "129 layers, want at most 128");
		ck_assert_uint_eq(m.n, n <= MAX_SIGSTORE_LAYERS ? n : 0);
	}
}
END_TEST

Suite *
sigstore_manifest_suite(void)
{
	Suite *s = suite_create("sigstore_manifest");
	TCase *t = tcase_create("sigstore_manifest");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(t, reads_layers);
	tcase_add_loop_test(t, reads_the_config, 0, (int)ARRAY_LEN(configs));
	tcase_add_test(t, caps_layers);
	suite_add_tcase(s, t);
	return s;
}
