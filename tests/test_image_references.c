/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/buf.h"
#include "base/limits.h"
#include "formats/image_references.h"
#include "rows.h"
#include "suites.h"

#define HEX_32 "0123456789abcdef0123456789abcdef"
#define ONE "sha256:" HEX_32 HEX_32
#define TWO "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define SHA512 "sha512:" HEX_32 HEX_32 HEX_32 HEX_32
#define REPOSITORY "quay.io/openshift-release-dev/ocp-v4.0-art-dev"

#define STREAM(tags)                                                                               \
	"{\"kind\":\"ImageStream\",\"apiVersion\":\"image.openshift.io/v1\","                      \
	"\"metadata\":{\"name\":\"4.12.0\"},\"spec\":{\"tags\":" tags "}}"
#define FROM(name) "\"from\":{\"kind\":\"DockerImage\",\"name\":\"" name "\"}"
#define TAG(name, from) "{\"name\":\"" name "\"," from "}"
#define GOOD(name) TAG(name, FROM(REPOSITORY "@" ONE))
#define ANNOTATED(annotations)                                                                     \
	STREAM("[{\"name\":\"cli\"," FROM(REPOSITORY "@" ONE) ",\"annotations\":" annotations "}"  \
							      "]")

static const struct {
	const char *name, *text, *part;
} refused[] = {
	{ "nothing", "", "image-references: empty" },
	{ "HTML", "<html>", "not acceptable JSON" },
	{ "an array", "[]", "not an object" },
	{ "two documents", STREAM("[" GOOD("cli") "]") "{}", "not acceptable JSON" },
	{ "no kind", "{\"metadata\":{\"name\":\"4.12.0\"}}", "\"kind\" is missing" },
	{ "another kind", "{\"kind\":\"ImageStreamTag\"}", "want \"ImageStream\"" },
	{ "another case", "{\"kind\":\"imagestream\"}", "want \"ImageStream\"" },
	{ "no metadata", "{\"kind\":\"ImageStream\"}", "\"metadata\" is missing" },
	{ "no version", "{\"kind\":\"ImageStream\",\"metadata\":{}}", "\"name\" is missing" },
	{ "a number for a version", "{\"kind\":\"ImageStream\",\"metadata\":{\"name\":4.12}}",
	    "\"name\" is a number" },
	{ "an empty version", "{\"kind\":\"ImageStream\",\"metadata\":{\"name\":\"\"}}",
	    "metadata.name is empty" },
	{ "no spec", "{\"kind\":\"ImageStream\",\"metadata\":{\"name\":\"1\"}}",
	    "\"spec\" is missing" },
	{ "no tags", "{\"kind\":\"ImageStream\",\"metadata\":{\"name\":\"1\"},\"spec\":{}}",
	    "spec.tags: missing" },
	{ "tags null", STREAM("null"), "spec.tags: null, want an array" },
	{ "tags an object", STREAM("{\"cli\":" GOOD("cli") "}"), "spec.tags: an object" },
	{ "no component", STREAM("[]"), "spec.tags: empty" },
	{ "a tag that is text", STREAM("[" GOOD("cli") ",\"etcd\"]"), "spec.tags[1]: not an" },
	{ "no name", STREAM("[{" FROM(REPOSITORY "@" ONE) "}]"), "\"name\" is missing" },
	{ "a number for a name", STREAM("[{\"name\":1}]"), "spec.tags[0]: \"name\" is a number" },
	{ "an empty name", STREAM("[" GOOD("") "]"), "\"name\" is empty" },
	{ "a key twice in a tag", STREAM("[{\"name\":\"a\",\"name\":\"b\"}]"), "duplicate" },
	{ "from is text", STREAM("[" TAG("cli", "\"from\":\"" ONE "\"") "]"),
	    "spec.tags[0].from: not an object" },
	{ "from nothing", STREAM("[" TAG("cli", "\"from\":{}") "]"), "\"kind\" is missing" },
	{ "from without a name", STREAM("[" TAG("cli", "\"from\":{\"kind\":\"DockerImage\"}") "]"),
	    "\"name\" is missing" },
	{ "annotations are a list", ANNOTATED("[]"), "annotations: an array" },
	{ "a number for a commit", ANNOTATED("{\"io.openshift.build.commit.id\":1}"),
	    "commit.id\" is a number" },
	{ "null for a source", ANNOTATED("{\"io.openshift.build.source-location\":null}"),
	    "source-location\" is null" },
};

START_TEST(refuses)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name,
	    image_references_parse(&r, bytes_of_str(refused[_i].text), &e), &e, E_INVALID,
	    refused[_i].part);
	ck_assert_ptr_null(r.v);
	ck_assert_ptr_null(r.version);
	ck_assert_uint_eq(r.n, 0);
}
END_TEST

/* Said of the one component: the other is as good as it was. */
static const struct {
	const char *from, *part;
} wrong[] = {
	{ "\"importPolicy\":{}", "names no image" },
	{ "\"from\":null", "names no image" },
	{ "\"from\":{\"kind\":\"ImageStreamTag\",\"name\":\"" REPOSITORY "@" ONE "\"}",
	    "not from a DockerImage" },
	{ FROM(""), "" },
	{ FROM("quay.io/A B"), "" },
	{ FROM("docker://" REPOSITORY "@" ONE), "docker://" },
	{ FROM(REPOSITORY), "names a tag, not a digest" },
	{ FROM(REPOSITORY ":4.12.0-x86_64"), "names a tag, not a digest" },
	{ FROM(REPOSITORY "@" SHA512), "is not sha256" },
	{ FROM(REPOSITORY "@sha256:0123"), "" },
	{ FROM(REPOSITORY ":4.12.0@" ONE), "a tag beside the digest" },
	{ FROM(REPOSITORY "@" ONE " "), "" },
};

START_TEST(says_what_is_wrong_with_one)
{
	AUTO_STR char *text =
	    xasprintf(STREAM("[{\"name\":\"zebra\",%s}," GOOD("cli") "]"), wrong[_i].from);
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;
	const struct release_component *c;

	row_accepted(wrong[_i].from, image_references_parse(&r, bytes_of_str(text), &e), &e);
	ck_assert_uint_eq(r.n, 2);
	c = image_references_find(&r, "zebra");
	ck_assert_ptr_nonnull(c);
	ck_assert_msg(c->wrong != NULL, "%s: nothing is wrong", wrong[_i].from);
	ck_assert_msg(strstr(c->wrong, wrong[_i].part) != NULL, "%s: %s", wrong[_i].from, c->wrong);
	ck_assert_ptr_nonnull(c->pullspec);
	c = image_references_find(&r, "cli");
	ck_assert_ptr_nonnull(c);
	row_string(wrong[_i].from, "wrong", c->wrong, NULL);
}
END_TEST

START_TEST(calls_equal_names_wrong)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("twice",
	    image_references_parse(&r,
		bytes_of_str(STREAM("[" TAG("cli", FROM(REPOSITORY "@" TWO)) "," GOOD(
		    "etcd") "," GOOD("cli") "," TAG("cli", FROM(REPOSITORY)) "]")),
		&e),
	    &e);
	ck_assert_uint_eq(r.n, 4);
	/* Whichever way they stood, the order is one. */
	row_string("first", "pullspec", r.v[0].pullspec, REPOSITORY);
	row_string("second", "pullspec", r.v[1].pullspec, REPOSITORY "@" ONE);
	row_string("third", "pullspec", r.v[2].pullspec, REPOSITORY "@" TWO);
	row_string("the first reason stays", "wrong", r.v[0].wrong,
	    "it names a tag, not a digest, and so any image");
	row_string("second", "wrong", r.v[1].wrong, "another component has the same name");
	row_string("third", "wrong", r.v[2].wrong, "another component has the same name");
	row_string("another name", "wrong", r.v[3].wrong, NULL);
	ck_assert_ptr_eq(image_references_find(&r, "cli"), &r.v[0]);
}
END_TEST

START_TEST(reads_what_is_there)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("good",
	    image_references_parse(&r,
		bytes_of_str(STREAM("[" GOOD(
		    "tools") ",{\"name\":\"cli\",\"unknown\":[1],"
			     "\"annotations\":{\"io.openshift.build.commit.id\":\"c0ffee\","
			     "\"io.openshift.build.source-location\":\"https://github.com/"
			     "openshift/oc\"}," FROM(
				 REPOSITORY "@" TWO) "},{\"name\":\"etcd\",\"annotations\":"
						     "null," FROM(REPOSITORY "@" ONE) "}]")),
		&e),
	    &e);
	ck_assert_uint_eq(r.n, 3);
	row_string("good", "version", r.version, "4.12.0");
	row_string("sorted", "name", r.v[0].name, "cli");
	row_string("sorted", "name", r.v[1].name, "etcd");
	row_string("sorted", "name", r.v[2].name, "tools");
	row_string("cli", "commit", r.v[0].commit, "c0ffee");
	row_string("cli", "source", r.v[0].source, "https://github.com/openshift/oc");
	row_string("cli", "digest", r.v[0].image.digest.text, TWO);
	row_string("cli", "pullspec", r.v[0].pullspec, REPOSITORY "@" TWO);
	row_string("cli", "wrong", r.v[0].wrong, NULL);
	row_string("etcd", "commit", r.v[1].commit, NULL);
	row_string("tools", "source", r.v[2].source, NULL);
	ck_assert_ptr_null(image_references_find(&r, "cl"));
	ck_assert_ptr_null(image_references_find(&r, "clip"));
}
END_TEST

/* "oc adm release new" writes empty annotations where an image has no such label. */
START_TEST(takes_an_empty_annotation_for_none)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("empty",
	    image_references_parse(&r,
		bytes_of_str(ANNOTATED("{\"io.openshift.build.commit.id\":\"\","
				       "\"io.openshift.build.source-location\":\"\"}")),
		&e),
	    &e);
	row_string("empty", "commit", r.v[0].commit, NULL);
	row_string("empty", "source", r.v[0].source, NULL);
}
END_TEST

static int
parse_many(struct image_references *r, size_t n, struct err *e)
{
	AUTO(buf) tags = BUF_INIT;
	AUTO_STR char *text = NULL;

	for (size_t i = 0; i < n; i++) {
		AUTO_STR char *tag =
		    xasprintf("%s" TAG("c%zu", FROM(REPOSITORY "@" ONE)), i > 0 ? "," : "", i);

		buf_add(&tags, tag, strlen(tag));
	}
	text = xasprintf(STREAM("[%s]"), buf_str(&tags));
	return image_references_parse(r, bytes_of_str(text), e);
}

START_TEST(keeps_to_the_cap)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("one above", parse_many(&r, MAX_RELEASE_COMPONENTS + 1, &e), &e, E_TOO_LARGE,
	    "want at most 5000");
	ck_assert_uint_eq(r.n, 0);
	err_free(&e);
	row_accepted("at the cap", parse_many(&r, MAX_RELEASE_COMPONENTS, &e), &e);
	ck_assert_uint_eq(r.n, MAX_RELEASE_COMPONENTS);
}
END_TEST

Suite *
image_references_suite(void)
{
	Suite *s = suite_create("image_references");
	TCase *t = tcase_create("image_references");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, says_what_is_wrong_with_one, 0, (int)ARRAY_LEN(wrong));
	tcase_add_test(t, calls_equal_names_wrong);
	tcase_add_test(t, reads_what_is_there);
	tcase_add_test(t, takes_an_empty_annotation_for_none);
	tcase_add_test(t, keeps_to_the_cap);
	suite_add_tcase(s, t);
	return s;
}
