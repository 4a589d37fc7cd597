/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>

#include "formats/image_config.h"
#include "formats/release_metadata.h"
#include "rows.h"
#include "suites.h"

#define KIND "\"kind\":\"cincinnati-metadata-v0\","
#define META(rest) "{" KIND rest "}"

static const struct {
	const char *name, *text, *part;
} refused[] = {
	{ "nothing", "", "empty" },
	{ "no object", "[]", "not an object" },
	{ "no kind", "{\"version\":\"4\"}", "kind" },
	{ "another kind", "{\"kind\":\"v1\",\"version\":\"4\"}", "cincinnati-metadata-v0" },
	{ "a kind that is a number", "{\"kind\":1,\"version\":\"4\"}", "kind" },
	{ "no version", META("\"x\":1"), "version" },
	{ "an empty version", META("\"version\":\"\""), "empty" },
	{ "a version that is a number", META("\"version\":4.12"), "version" },
	{ "two versions", META("\"version\":\"4\",\"version\":\"5\""), "JSON" },
	{ "previous that is no list", META("\"version\":\"4\",\"previous\":{}"), "previous" },
	{ "metadata that is no object", META("\"version\":\"4\",\"metadata\":[]"), "metadata" },
	{ "a URL that is none", META("\"version\":\"4\",\"metadata\":{\"url\":7}"), "url" },
	{ "something after it", META("\"version\":\"4\"") "x", "JSON" },
};

START_TEST(refuses)
{
	AUTO(release_metadata) m = RELEASE_METADATA_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name,
	    release_metadata_parse(&m, bytes_of_str(refused[_i].text), &e), &e, E_INVALID,
	    refused[_i].part);
	ck_assert_msg(m.version == NULL && m.url == NULL, "something is left");
}
END_TEST

static const struct {
	const char *name, *text, *url;
} read[] = {
	{ "the least", META("\"version\":\"4.12.0\""), NULL },
	{ "nulls", META("\"version\":\"4.12.0\",\"previous\":null,\"metadata\":null"), NULL },
	{ "no URL", META("\"version\":\"4.12.0\",\"previous\":[],\"metadata\":{}"), NULL },
	{ "all of it",
	    META("\"version\":\"4.12.0\",\"previous\":[\"4.11.1\",\"4.11.2\"],"
		 "\"metadata\":{\"url\":\"https://x\",\"y\":1},\"z\":2"),
	    "https://x" },
};

START_TEST(reads)
{
	AUTO(release_metadata) m = RELEASE_METADATA_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(
	    read[_i].name, release_metadata_parse(&m, bytes_of_str(read[_i].text), &e), &e);
	row_string(read[_i].name, "version", m.version, "4.12.0");
	row_string(read[_i].name, "url", m.url, read[_i].url);
}
END_TEST

/*
 * --- configs ------------------------------------------------------------------------------------
 */

#define ON "\"architecture\":\"amd64\",\"os\":\"linux\""
#define LABELS(labels) "{" ON ",\"config\":{\"Labels\":" labels "}}"

static const struct {
	const char *name, *text, *part;
} refused_configs[] = {
	{ "nothing", "", "empty" },
	{ "no object", "7", "config" },
	{ "an array", "[]", "want an object" },
	{ "no architecture", "{\"os\":\"linux\"}", "architecture" },
	{ "no os", "{\"architecture\":\"amd64\"}", "os" },
	{ "an architecture that is null", "{\"architecture\":null,\"os\":\"linux\"}",
	    "architecture" },
	{ "a config of another type", "{" ON ",\"config\":[]}", "config" },
	{ "labels of another type", LABELS("[]"), "Labels" },
	{ "a version of another type", LABELS("{\"io.openshift.release\":4}"),
	    "io.openshift.release" },
	{ "something after it", "{" ON "}x", "JSON" },
};

START_TEST(refuses_configs)
{
	AUTO(image_config) c = IMAGE_CONFIG_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused_configs[_i].name,
	    image_config_parse(&c, bytes_of_str(refused_configs[_i].text), &e), &e, E_INVALID,
	    refused_configs[_i].part);
	ck_assert_msg(c.architecture == NULL && c.os == NULL && c.release_version == NULL,
	    "something is left");
}
END_TEST

static const struct {
	const char *name, *text, *version;
} configs[] = {
	{ "no config", "{" ON "}", NULL },
	{ "a config that is null", "{" ON ",\"config\":null}", NULL },
	{ "no labels", "{" ON ",\"config\":{}}", NULL },
	{ "labels that are null", LABELS("null"), NULL },
	{ "other labels", LABELS("{\"a\":\"b\"}"), NULL },
	{ "a version", LABELS("{\"io.openshift.release\":\"4.12.0\"}"), "4.12.0" },
};

START_TEST(reads_configs)
{
	AUTO(image_config) c = IMAGE_CONFIG_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(
	    configs[_i].name, image_config_parse(&c, bytes_of_str(configs[_i].text), &e), &e);
	row_string(configs[_i].name, "architecture", c.architecture, "amd64");
	row_string(configs[_i].name, "os", c.os, "linux");
	row_string(configs[_i].name, "version", c.release_version, configs[_i].version);
}
END_TEST

Suite *
release_metadata_suite(void)
{
	Suite *s = suite_create("release_metadata");
	TCase *t = tcase_create("release_metadata");

	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, reads, 0, ARRAY_LEN(read));
	tcase_add_loop_test(t, refuses_configs, 0, ARRAY_LEN(refused_configs));
	tcase_add_loop_test(t, reads_configs, 0, ARRAY_LEN(configs));
	suite_add_tcase(s, t);
	return s;
}
