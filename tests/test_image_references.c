/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/file.h"
#include "base/limits.h"
#include "formats/image_references.h"
#include "formats/release_diff.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX2 "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SPEC "quay.io/a/b@sha256:" HEX
#define FROM(spec) "\"from\":{\"kind\":\"DockerImage\",\"name\":\"" spec "\"}"
#define TAG(name, rest) "{\"name\":\"" name "\"," rest "}"
#define GOOD TAG("cli", FROM(SPEC))
#define STREAM(tags)                                                                               \
	"{\"kind\":\"ImageStream\",\"metadata\":{\"name\":\"4.12.0\"},\"spec\":{\"tags\":[" tags   \
	"]}}"

static const struct {
	const char *name, *text, *part;
} refused[] = {
	{ "nothing", "", "empty" },
	{ "no object", "[]", "not an object" },
	{ "no kind", "{}", "kind" },
	{ "another kind", "{\"kind\":\"ImageStreamTag\"}", "want \"ImageStream\"" },
	{ "no metadata", "{\"kind\":\"ImageStream\"}", "metadata" },
	{ "no name", "{\"kind\":\"ImageStream\",\"metadata\":{}}", "name" },
	{ "an empty name", "{\"kind\":\"ImageStream\",\"metadata\":{\"name\":\"\"}}", "empty" },
	{ "no spec", "{\"kind\":\"ImageStream\",\"metadata\":{\"name\":\"4\"}}", "spec" },
	{ "no tags", "{\"kind\":\"ImageStream\",\"metadata\":{\"name\":\"4\"},\"spec\":{}}",
	    "missing" },
	{ "no component", STREAM(""), "empty" },
	{ "a tag that is none", STREAM("7"), "spec.tags[0]" },
	{ "a tag without a name", STREAM("{" FROM(SPEC) "}"), "name" },
	{ "a tag with an empty name", STREAM(TAG("", FROM(SPEC))), "empty" },
	{ "a tag with a name twice", STREAM("{\"name\":\"a\",\"name\":\"b\"," FROM(SPEC) "}"),
	    "JSON" },
	{ "from of another type", STREAM(TAG("a", "\"from\":7")), "from" },
	{ "from without a kind", STREAM(TAG("a", "\"from\":{\"name\":\"x\"}")), "kind" },
	{ "from without a name", STREAM(TAG("a", "\"from\":{\"kind\":\"DockerImage\"}")), "name" },
	{ "annotations of another type", STREAM(TAG("a", "\"annotations\":7," FROM(SPEC))),
	    "annotations" },
	{ "a commit of another type",
	    STREAM(TAG("a", "\"annotations\":{\"io.openshift.build.commit.id\":7}," FROM(SPEC))),
	    "commit.id" },
	{ "a source of another type",
	    STREAM(
		TAG("a", "\"annotations\":{\"io.openshift.build.source-location\":7}," FROM(SPEC))),
	    "source-location" },
	{ "something after it", STREAM(GOOD) "x", "JSON" },
};

START_TEST(refuses)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name,
	    image_references_parse(&r, bytes_of_str(refused[_i].text), &e), &e, E_INVALID,
	    refused[_i].part);
	ck_assert_msg(r.v == NULL && r.n == 0 && r.version == NULL, "something is left");
}
END_TEST

/* What is wrong with one component. */
static const struct {
	const char *name, *tag, *part; /* NULL: nothing */
} components[] = {
	{ "no image", "{\"name\":\"a\"}", "no image" },
	{ "another kind", TAG("a", "\"from\":{\"kind\":\"ImageStreamTag\",\"name\":\"" SPEC "\"}"),
	    "not from a DockerImage" },
	{ "a tag", TAG("a", FROM("quay.io/a/b:latest")), "names a tag" },
	{ "no tag, no digest", TAG("a", FROM("quay.io/a/b")), "names a tag" },
	{ "a tag beside the digest", TAG("a", FROM("quay.io/a/b:1@sha256:" HEX)), "beside" },
	{ "another algorithm", TAG("a", FROM("quay.io/a/b@sha512:" HEX HEX)), "sha256" },
	{ "no pull spec", TAG("a", FROM("quay.io/A B")), "" },
	{ "an empty pull spec", TAG("a", FROM("")), "" },

	{ "as it must be", TAG("a", FROM(SPEC)), NULL },
	{ "annotations are null", TAG("a", "\"annotations\":null," FROM(SPEC)), NULL },
	{ "an empty commit",
	    TAG("a", "\"annotations\":{\"io.openshift.build.commit.id\":\"\"}," FROM(SPEC)), NULL },
};

START_TEST(says_what_is_wrong)
{
	AUTO_STR char *text = xasprintf(STREAM("%s," TAG("z", FROM(SPEC))), components[_i].tag);
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;
	const char *row = components[_i].name, *wrong;

	row_accepted(row, image_references_parse(&r, bytes_of_str(text), &e), &e);
	ck_assert_uint_eq(r.n, 2);
	wrong = r.v[0].wrong;
	if (components[_i].part == NULL)
		row_string(row, "wrong", wrong, NULL);
	else
		ck_assert_msg(wrong != NULL && strstr(wrong, components[_i].part) != NULL,
		    "%s: wrong is \"%s\"", row, wrong);
	row_string(row, "the other one", r.v[1].wrong, NULL);
	row_string(row, "commit", r.v[0].commit, NULL);
}
END_TEST

START_TEST(reads_all_of_it)
{
	static const char text[] = STREAM(TAG("machine-os",
	    "\"annotations\":{\"io.openshift.build.commit.id\":\"c0ffee\","
	    "\"io.openshift.build.source-location\":\"https://x\",\"other\":7}," FROM(
		SPEC)) "," GOOD "," TAG("twice", FROM("quay.io/a/b@sha256:" HEX2)) "," TAG("twice",
	    FROM(SPEC)));
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("all", image_references_parse(&r, bytes_of_str(text), &e), &e);
	row_string("all", "version", r.version, "4.12.0");
	ck_assert_uint_eq(r.n, 4);
	row_string("sorted", "first", r.v[0].name, "cli");
	row_string("sorted", "second", r.v[1].name, "machine-os");
	row_string("all", "commit", r.v[1].commit, "c0ffee");
	row_string("all", "source", r.v[1].source, "https://x");
	row_string("all", "pull spec", r.v[1].pullspec, SPEC);
	row_string("all", "digest", r.v[1].image.digest.text, "sha256:" HEX);
	row_string("twice", "one", r.v[2].wrong, "another component has the same name");
	row_string("twice", "other", r.v[3].wrong, "another component has the same name");
	row_string("twice", "order", r.v[2].pullspec, SPEC);
	ck_assert_ptr_eq(image_references_find(&r, "machine-os"), &r.v[1]);
	ck_assert_ptr_null(image_references_find(&r, "machine"));
}
END_TEST

/* So many components, with names of their own. */
static int
parse_many(unsigned n, struct err *e)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(buf) text = BUF_INIT;
	int result;

	buf_add_str(
	    &text, "{\"kind\":\"ImageStream\",\"metadata\":{\"name\":\"4\"},\"spec\":{\"tags\":[");
	for (unsigned i = 0; i < n; i++)
		buf_addf(&text, "%s" TAG("c%u", FROM(SPEC)), i > 0 ? "," : "", i);
	buf_add_str(&text, "]}}");
	result = image_references_parse(&r, buf_bytes(&text), e);
	ck_assert_uint_eq(r.n, result == 0 ? n : 0);
	return result;
}

START_TEST(has_a_cap)
{
	AUTO(err) e = ERR_INIT;

	row_accepted("at the cap", parse_many(MAX_RELEASE_COMPONENTS, &e), &e);
	row_refused(
	    "above", parse_many(MAX_RELEASE_COMPONENTS + 1, &e), &e, E_TOO_LARGE, "components");
}
END_TEST

/*
 * --- differences --------------------------------------------------------------------------------
 */

#define BUILT(name, hex, commit)                                                                   \
	TAG(name, "\"annotations\":{\"io.openshift.build.commit.id\":\"" commit                    \
		  "\"}," FROM("quay.io/a/b@sha256:" hex))

START_TEST(tells_differences)
{
	static const char old_text[] = STREAM(BUILT("a", HEX, "1") "," BUILT(
	    "b", HEX, "1") "," BUILT("c", HEX, "1") "," BUILT("d", HEX, "1") "," BUILT("d", HEX2,
	    "1") "," BUILT("f", HEX, "") "," TAG("g", FROM("quay.io/a/b:1")));
	static const char new_text[] = STREAM(
	    BUILT("b", HEX, "2") "," BUILT("c", HEX2, "2") "," BUILT("d", HEX2, "1") "," BUILT(
		"e", HEX, "1") "," BUILT("f", HEX2, "") "," TAG("g", FROM("quay.io/a/b:1")));
	static const char *const want[] = { "a removed", "b same", "c changed", "d rebuilt",
		"e added", "f changed", "g changed" };
	AUTO(image_references) old = IMAGE_REFERENCES_INIT, new = IMAGE_REFERENCES_INIT;
	AUTO(release_diff) d = RELEASE_DIFF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("old", image_references_parse(&old, bytes_of_str(old_text), &e), &e);
	row_accepted("new", image_references_parse(&new, bytes_of_str(new_text), &e), &e);
	release_diff_make(&d, &old, &new);
	ck_assert_uint_eq(d.n, ARRAY_LEN(want));
	for (size_t i = 0; i < d.n; i++) {
		const struct release_component *one = d.v[i].old != NULL ? d.v[i].old : d.v[i].new;
		AUTO_STR char *got =
		    xasprintf("%s %s", one->name, component_change_word(d.v[i].change));

		row_string(want[i], "change", got, want[i]);
	}
	ck_assert_uint_eq(d.counts[COMPONENT_CHANGED], 3);
	ck_assert_uint_eq(d.counts[COMPONENT_SAME], 1);
}
END_TEST

/*
 * --- real files ---------------------------------------------------------------------------------
 */

/* What there is, and what changed from the file before: counted with jq and comm. */
static const struct {
	const char *file;
	size_t components, added, removed, same;
} real[] = {
	{ "ocp-4.4.6-reserialized.json", 108, 0, 0, 0 },
	{ "ocp-4.8.0-0.ci-2021-05-03-215023.json", 140, 38, 6, 0 },
	{ "ocp-4.10.0-0.nightly-2021-11-14-184249.json", 146, 12, 6, 0 },
	{ "ocp-4.11.0.json", 171, 32, 7, 0 },
	{ "ocp-4.12.0.json", 183, 12, 0, 0 },
};

/* False: it is not at hand. */
static bool
read_real(const char *file, struct image_references *out)
{
	const char *where = getenv("RELSIG_REAL_DATA");
	AUTO_STR char *path = xasprintf("%s/image-references/%s",
	    where != NULL && where[0] != '\0' ? where : TEST_SRCDIR "/../shared/data", file);
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (file_read(&text, path, MAX_IMAGE_REFERENCES_BYTES, &e) != 0) {
		skip_test(file, "there is no RELSIG_REAL_DATA and no ../shared/data");
		return false;
	}
	row_accepted(file, image_references_parse(out, buf_bytes(&text), &e), &e);
	return true;
}

START_TEST(reads_real_files)
{
	AUTO(image_references) before = IMAGE_REFERENCES_INIT, r = IMAGE_REFERENCES_INIT;
	AUTO(release_diff) d = RELEASE_DIFF_INIT;

	if (!read_real(real[_i].file, &r))
		return;
	ck_assert_uint_eq(r.n, real[_i].components);
	for (size_t i = 0; i < r.n; i++)
		row_string(r.v[i].name, "wrong", r.v[i].wrong, NULL);
	if (_i == 0 || !read_real(real[_i - 1].file, &before))
		return;
	release_diff_make(&d, &before, &r);
	ck_assert_uint_eq(d.counts[COMPONENT_ADDED], real[_i].added);
	ck_assert_uint_eq(d.counts[COMPONENT_REMOVED], real[_i].removed);
	ck_assert_uint_eq(d.counts[COMPONENT_SAME], real[_i].same);
	ck_assert_uint_eq(d.n, real[_i].components + real[_i].removed);
}
END_TEST

Suite *
image_references_suite(void)
{
	Suite *s = suite_create("image_references");
	TCase *t = tcase_create("image_references");

	skip_prepare();
	tcase_add_loop_test(t, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(t, says_what_is_wrong, 0, ARRAY_LEN(components));
	tcase_add_test(t, reads_all_of_it);
	tcase_add_test(t, has_a_cap);
	tcase_add_test(t, tells_differences);
	tcase_add_loop_test(t, reads_real_files, 0, ARRAY_LEN(real));
	suite_add_tcase(s, t);
	return s;
}
