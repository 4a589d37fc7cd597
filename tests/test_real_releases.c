/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What real releases name, where it is at hand: $RELSIG_REAL_DATA or ../shared/data beside the
 * source. */
#include <stdlib.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "formats/descriptors.h"
#include "formats/image_config.h"
#include "formats/release_diff.h"
#include "formats/release_metadata.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"

#define RELEASE_4_1 "manifests/ocp-release-4.1.0-rc.9/"
#define CONFIG_4_1 "cf85f02c014c5b46f8aa46242802c16b30a9be16fc0f595d22faf419a1cb731e"

/* False after a skip. */
static bool
read_real(struct buf *out, const char *name)
{
	const char *where = getenv("RELSIG_REAL_DATA");
	AUTO_STR char *path = xasprintf("%s/%s",
	    where != NULL && where[0] != '\0' ? where : TEST_SRCDIR "/../shared/data", name);
	AUTO(err) e = ERR_INIT;

	if (access(path, F_OK) != 0) {
		skip_test(name, "it is not in RELSIG_REAL_DATA or ../shared/data");
		return false;
	}
	ck_assert_msg(file_read(out, path, 1 << 20, &e) == 0, "%s", err_msg(&e));
	return true;
}

/*
 * The counts are those of another program: how many tags; and, of two files, the names in one and
 * not in the other, and of those in both, the ones whose from.name has the same digest, or whose
 * commit.id, where it is not empty, is the same.
 */
static const struct {
	const char *file, *version;
	size_t n;
	size_t counts[COMPONENT_REBUILT + 1]; /* from the row before */
} releases[] = {
	{ "ocp-4.4.6-reserialized.json", "4.4.6", 108, { 0 } },
	{ "ocp-4.8.0-0.ci-2021-05-03-215023.json", "4.8.0-0.ci-2021-05-03-215023", 140,
	    { 0, 38, 6, 102, 0 } },
	{ "ocp-4.10.0-0.nightly-2021-11-14-184249.json", "4.10.0-0.nightly-2021-11-14-184249", 146,
	    { 0, 12, 6, 133, 1 } },
	{ "ocp-4.11.0.json", "4.11.0", 171, { 0, 32, 7, 138, 1 } },
	{ "ocp-4.12.0.json", "4.12.0", 183, { 0, 12, 0, 166, 5 } },
};

static bool
read_release(struct image_references *out, int i)
{
	AUTO_STR char *name = xasprintf("image-references/%s", releases[i].file);
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (!read_real(&text, name))
		return false;
	row_accepted(name, image_references_parse(out, buf_bytes(&text), &e), &e);
	return true;
}

START_TEST(counts_components)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	const struct release_component *c;

	if (!read_release(&r, _i))
		return;
	row_string(releases[_i].file, "version", r.version, releases[_i].version);
	ck_assert_uint_eq(r.n, releases[_i].n);
	for (size_t i = 0; i < r.n; i++)
		row_string(r.v[i].name, "wrong", r.v[i].wrong, NULL);
	c = image_references_find(&r, "machine-config-operator");
	ck_assert_ptr_nonnull(c);
	row_string(releases[_i].file, "source", c->source,
	    "https://github.com/openshift/machine-config-operator");
}
END_TEST

START_TEST(tells_releases_apart)
{
	AUTO(image_references) old = IMAGE_REFERENCES_INIT, new = IMAGE_REFERENCES_INIT;
	AUTO(release_diff) d = RELEASE_DIFF_INIT, none = RELEASE_DIFF_INIT;

	if (!read_release(&old, _i - 1) || !read_release(&new, _i))
		return;
	release_diff_make(&d, &old, &new);
	ck_assert_uint_eq(d.n, releases[_i - 1].n + releases[_i].counts[COMPONENT_ADDED]);
	for (size_t i = 0; i < ARRAY_LEN(d.counts); i++)
		ck_assert_msg(d.counts[i] == releases[_i].counts[i], "%s: %zu are %s, want %zu",
		    releases[_i].file, d.counts[i], component_change_word((enum component_change)i),
		    releases[_i].counts[i]);
	release_diff_make(&none, &new, &new);
	ck_assert_uint_eq(none.counts[COMPONENT_SAME], releases[_i].n);
	ck_assert_uint_eq(none.n, releases[_i].n);
}
END_TEST

START_TEST(reads_metadata)
{
	AUTO(release_metadata) m = RELEASE_METADATA_INIT;
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (!read_real(&text, "image-references/release-metadata-4.12.0.json"))
		return;
	row_accepted("metadata", release_metadata_parse(&m, buf_bytes(&text), &e), &e);
	row_string("metadata", "version", m.version, "4.12.0");
	row_string("metadata", "url", m.url, "https://access.redhat.com/errata/RHSA-2022:7399");
}
END_TEST

START_TEST(reads_a_release_image)
{
	static const uint64_t sizes[] = { 1218, 75851015, 1543, 7771698, 11297433, 341841 };
	AUTO(buf) text = BUF_INIT, config = BUF_INIT;
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(image_config) c = IMAGE_CONFIG_INIT;
	AUTO(err) e = ERR_INIT;

	if (!read_real(&text, RELEASE_4_1 "manifest.json") ||
	    !read_real(&config, RELEASE_4_1 "config-sha256_" CONFIG_4_1))
		return;
	row_accepted("manifest", descriptors_parse(&d, buf_bytes(&text), &e), &e);
	ck_assert_int_eq(d.kind, MANIFEST_DOCKER_IMAGE);
	ck_assert_uint_eq(d.n, ARRAY_LEN(sizes));
	for (size_t i = 0; i < d.n; i++)
		ck_assert_uint_eq(d.v[i].size, sizes[i]);
	row_string("config", "digest", d.v[0].digest.text, "sha256:" CONFIG_4_1);
	ck_assert_uint_eq(buf_bytes(&config).n, d.v[0].size);
	row_accepted("config", image_config_parse(&c, buf_bytes(&config), &e), &e);
	row_string("config", "architecture", c.architecture, "amd64");
	row_string("config", "os", c.os, "linux");
	row_string("config", "version", c.release_version, "4.1.0-rc.9");
}
END_TEST

START_TEST(reads_a_list)
{
	static const char *const architectures[] = { "amd64", "ppc64le", "s390x", "arm64" };
	AUTO(buf) text = BUF_INIT;
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT;

	if (!read_real(&text, "manifests/multi-arch-list-reformatted.json"))
		return;
	row_accepted("list", descriptors_parse(&d, buf_bytes(&text), &e), &e);
	ck_assert_int_eq(d.kind, MANIFEST_DOCKER_LIST);
	ck_assert_uint_eq(d.n, ARRAY_LEN(architectures));
	for (size_t i = 0; i < d.n; i++) {
		row_string("list", "os", d.v[i].os, "linux");
		row_string("list", "architecture", d.v[i].architecture, architectures[i]);
	}
}
END_TEST

Suite *
real_releases_suite(void)
{
	Suite *s = suite_create("real_releases");
	TCase *t = tcase_create("real_releases");

	skip_prepare();
	tcase_add_loop_test(t, counts_components, 0, (int)ARRAY_LEN(releases));
	tcase_add_loop_test(t, tells_releases_apart, 1, (int)ARRAY_LEN(releases));
	tcase_add_test(t, reads_metadata);
	tcase_add_test(t, reads_a_release_image);
	tcase_add_test(t, reads_a_list);
	suite_add_tcase(s, t);
	return s;
}
