/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>

#include "formats/release_diff.h"
#include "rows.h"
#include "suites.h"

#define ONE "a.io/b@sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define TWO "a.io/b@sha256:2222222222222222222222222222222222222222222222222222222222222222"
/* The same bytes, kept elsewhere. */
#define MOVED "c.io/d@sha256:1111111111111111111111111111111111111111111111111111111111111111"

#define STREAM(tags)                                                                               \
	"{\"kind\":\"ImageStream\",\"metadata\":{\"name\":\"1\"},\"spec\":{\"tags\":[" tags "]}}"
#define TAG(name, image, commit)                                                                   \
	"{\"name\":\"" name "\",\"from\":{\"kind\":\"DockerImage\",\"name\":\"" image "\"},"       \
	"\"annotations\":{\"io.openshift.build.commit.id\":\"" commit "\"}}"
#define OTHER TAG("zebra", ONE, "c")

static void
read_stream(struct image_references *out, const char *text)
{
	AUTO(err) e = ERR_INIT;

	row_accepted(text, image_references_parse(out, bytes_of_str(text), &e), &e);
}

/* What became of "m", beside one that stays. */
static const struct {
	const char *name, *old, *new;
	enum component_change want;
} rows[] = {
	{ "a tag, which may name anything", STREAM(TAG("m", "a.io/b:1", "c") "," OTHER),
	    STREAM(TAG("m", "a.io/b:1", "d") "," OTHER), COMPONENT_CHANGED },
	{ "a tag, of the same commit", STREAM(TAG("m", "a.io/b:1", "c") "," OTHER),
	    STREAM(TAG("m", "a.io/b:1", "c") "," OTHER), COMPONENT_REBUILT },
	{ "a digest for a tag", STREAM(TAG("m", "a.io/b:1", "c") "," OTHER),
	    STREAM(TAG("m", ONE, "d") "," OTHER), COMPONENT_CHANGED },
	{ "another commit", STREAM(TAG("m", ONE, "c") "," OTHER),
	    STREAM(TAG("m", TWO, "d") "," OTHER), COMPONENT_CHANGED },
	{ "no commit", STREAM(TAG("m", ONE, "") "," OTHER), STREAM(TAG("m", TWO, "") "," OTHER),
	    COMPONENT_CHANGED },
	{ "no commit before", STREAM(TAG("m", ONE, "") "," OTHER),
	    STREAM(TAG("m", TWO, "c") "," OTHER), COMPONENT_CHANGED },
	{ "no commit after", STREAM(TAG("m", ONE, "c") "," OTHER),
	    STREAM(TAG("m", TWO, "") "," OTHER), COMPONENT_CHANGED },
	{ "the same commit", STREAM(TAG("m", ONE, "c") "," OTHER),
	    STREAM(TAG("m", TWO, "c") "," OTHER), COMPONENT_REBUILT },
	{ "another commit, the same bytes", STREAM(TAG("m", ONE, "c") "," OTHER),
	    STREAM(TAG("m", ONE, "d") "," OTHER), COMPONENT_SAME },
	{ "moved", STREAM(TAG("m", ONE, "c") "," OTHER), STREAM(TAG("m", MOVED, "c") "," OTHER),
	    COMPONENT_SAME },
	{ "added", STREAM(OTHER), STREAM(TAG("m", ONE, "c") "," OTHER), COMPONENT_ADDED },
	{ "removed", STREAM(TAG("m", ONE, "c") "," OTHER), STREAM(OTHER), COMPONENT_REMOVED },
	{ "twice before: the first counts",
	    STREAM(TAG("m", TWO, "c") "," TAG("m", ONE, "c") "," OTHER),
	    STREAM(TAG("m", ONE, "c") "," OTHER), COMPONENT_SAME },
	{ "twice after", STREAM(TAG("m", ONE, "c") "," OTHER),
	    STREAM(TAG("m", TWO, "c") "," TAG("m", ONE, "c") "," OTHER), COMPONENT_SAME },
};

START_TEST(tells_the_change)
{
	AUTO(image_references) old = IMAGE_REFERENCES_INIT, new = IMAGE_REFERENCES_INIT;
	AUTO(release_diff) d = RELEASE_DIFF_INIT;

	read_stream(&old, rows[_i].old);
	read_stream(&new, rows[_i].new);
	release_diff_make(&d, &old, &new);
	ck_assert_uint_eq(d.n, 2);
	row_string(rows[_i].name, "change", component_change_word(d.v[0].change),
	    component_change_word(rows[_i].want));
	ck_assert_int_eq(d.v[0].old == NULL, rows[_i].want == COMPONENT_ADDED);
	ck_assert_int_eq(d.v[0].new == NULL, rows[_i].want == COMPONENT_REMOVED);
	ck_assert_int_eq(d.v[1].change, COMPONENT_SAME);
	row_string(rows[_i].name, "the other", d.v[1].new->name, "zebra");
	ck_assert_uint_eq(d.counts[rows[_i].want], rows[_i].want == COMPONENT_SAME ? 2 : 1);
}
END_TEST

START_TEST(goes_by_name)
{
	AUTO(image_references) old = IMAGE_REFERENCES_INIT, new = IMAGE_REFERENCES_INIT;
	AUTO(release_diff) d = RELEASE_DIFF_INIT, back = RELEASE_DIFF_INIT;
	static const char *const names[] = { "a", "b", "c", "d", "e" };

	read_stream(&old, STREAM(TAG("d", ONE, "c") "," TAG("b", ONE, "c") "," TAG("a", ONE, "c")));
	read_stream(&new, STREAM(TAG("e", ONE, "c") "," TAG("c", ONE, "c") "," TAG("b", ONE, "c")));
	release_diff_make(&d, &old, &new);
	ck_assert_uint_eq(d.n, ARRAY_LEN(names));
	for (size_t i = 0; i < d.n; i++)
		row_string("by name", "name", (d.v[i].old != NULL ? d.v[i].old : d.v[i].new)->name,
		    names[i]);
	ck_assert_uint_eq(d.counts[COMPONENT_SAME], 1);
	ck_assert_uint_eq(d.counts[COMPONENT_ADDED], 2);
	ck_assert_uint_eq(d.counts[COMPONENT_REMOVED], 2);
	release_diff_make(&back, &new, &old);
	ck_assert_uint_eq(back.n, d.n);
	for (size_t i = 0; i < back.n; i++) {
		ck_assert_ptr_eq(back.v[i].old, d.v[i].new);
		ck_assert_ptr_eq(back.v[i].new, d.v[i].old);
	}
}
END_TEST

START_TEST(has_words)
{
	static const char *const words[] = { "same", "added", "removed", "changed", "rebuilt" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		row_string(
		    words[i], "word", component_change_word((enum component_change)i), words[i]);
}
END_TEST

Suite *
release_diff_suite(void)
{
	Suite *s = suite_create("release_diff");
	TCase *t = tcase_create("release_diff");

	tcase_add_loop_test(t, tells_the_change, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, goes_by_name);
	tcase_add_test(t, has_words);
	suite_add_tcase(s, t);
	return s;
}
