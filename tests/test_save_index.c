/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "formats/save_index.h"
#include "rows.h"
#include "suites.h"

#define ONE "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define TWO "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define SHA512                                                                                     \
	"sha512:"                                                                                  \
	"1111111111111111111111111111111111111111111111111111111111111111"                         \
	"1111111111111111111111111111111111111111111111111111111111111111"
#define ENTRY(name, digest) "{\"relsig-save\":1,\"images\":{\"" name "\":\"" digest "\"}}"

static const struct {
	const char *name, *text;
	enum errc code;
	const char *part;
} refused[] = {
	{ "nothing", "", E_INVALID, "" },
	{ "no object", "[]", E_INVALID, "" },
	{ "no mark", "{\"images\":{}}", E_INVALID, "relsig-save" },
	{ "the mark is text", "{\"relsig-save\":\"1\",\"images\":{}}", E_INVALID, "not a number" },
	{ "another number", "{\"relsig-save\":2,\"images\":{}}", E_UNSUPPORTED, "is 2, want 1" },
	{ "no images", "{\"relsig-save\":1}", E_INVALID, "images" },
	{ "images are a list", "{\"relsig-save\":1,\"images\":[]}", E_INVALID, "images" },
	{ "an unknown key", "{\"relsig-save\":1,\"images\":{},\"x\":1}", E_INVALID, "\"x\"" },
	{ "a key twice", "{\"relsig-save\":1,\"relsig-save\":1,\"images\":{}}", E_INVALID, "" },
	{ "more after it", "{\"relsig-save\":1,\"images\":{}}{}", E_INVALID, "" },
	{ "a number for a digest", "{\"relsig-save\":1,\"images\":{\"a.io/b:1\":1}}", E_INVALID,
	    "a.io/b:1" },
	{ "no digest", ENTRY("a.io/b:1", "1"), E_INVALID, "" },
	{ "upper case", ENTRY("a.io/b:1", "SHA256:1"), E_INVALID, "" },
	{ "another algorithm", ENTRY("a.io/b:1", SHA512), E_INVALID, "want a sha256 digest" },
	{ "no tag", ENTRY("a.io/b", ONE), E_INVALID, "REPOSITORY:TAG" },
	{ "a digest in the name", ENTRY("a.io/b:1@" ONE, ONE), E_INVALID, "REPOSITORY:TAG" },
	{ "a short name", ENTRY("busybox:1", ONE), E_INVALID, "in full" },
	{ "a path", ENTRY("../../etc/passwd", ONE), E_INVALID, "" },
	{ "a name twice",
	    "{\"relsig-save\":1,\"images\":{\"a.io/b:1\":\"" ONE "\",\"a.io/b:1\":\"" TWO "\"}}",
	    E_INVALID, "" },
};

START_TEST(refuses)
{
	AUTO(save_index) index = SAVE_INDEX_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].name, save_index_parse(&index, bytes_of_str(refused[_i].text), &e),
	    &e, refused[_i].code, refused[_i].part);
	ck_assert_ptr_null(index.v);
	ck_assert_uint_eq(index.n, 0);
}
END_TEST

static void
name(struct reference *out, const char *text)
{
	AUTO(err) e = ERR_INIT;

	row_accepted(text, reference_parse(out, text, &e), &e);
}

static int
add(struct save_index *index, const char *image, const char *digest, struct err *e)
{
	AUTO(reference) r = REFERENCE_INIT;
	struct digest d;

	name(&r, image);
	row_accepted(digest, digest_parse(&d, bytes_of_str(digest), e), e);
	return save_index_add(index, &r, &d, e);
}

static int
find(const struct save_index *index, const char *image, struct digest *out, struct err *e)
{
	AUTO(reference) r = REFERENCE_INIT;

	name(&r, image);
	return save_index_find(index, &r, out, e);
}

START_TEST(a_tag_stays_what_it_was)
{
	AUTO(save_index) index = SAVE_INDEX_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("first", add(&index, "a.io/b:1", ONE, &e), &e);
	row_refused("another", add(&index, "a.io/b:1", TWO, &e), &e, E_MISMATCH, "was saved as");
	err_free(&e);
	row_accepted("the same", add(&index, "a.io/b:1@" ONE, ONE, &e), &e);
	row_accepted("another repository", add(&index, "c.io/b:1", TWO, &e), &e);
	row_accepted("another tag", add(&index, "a.io/b:2", TWO, &e), &e);
	ck_assert_uint_eq(index.n, 3);
}
END_TEST

static const struct {
	const char *image, *want; /* a digest; or what the message says */
	enum errc code;
} found[] = {
	{ "a.io/b:3", "no image was saved by the tag 3", E_NOT_FOUND },
	{ "a.io/b@" ONE, "no image was saved", E_NOT_FOUND },
	{ "d.io/b:1", "with several digests", E_INVALID },
	{ "a.io/b:1", ONE, E_NONE },
	{ "c.io/b:1", TWO, E_NONE },
	{ "d.io/b:2", TWO, E_NONE },
	{ "d.io/b:4", ONE, E_NONE },
};

START_TEST(finds)
{
	AUTO(save_index) index = SAVE_INDEX_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest d;
	int r;

	row_accepted("1", add(&index, "a.io/b:1", ONE, &e), &e);
	row_accepted("2", add(&index, "c.io/b:1", TWO, &e), &e);
	row_accepted("3", add(&index, "a.io/b:2", TWO, &e), &e);
	row_accepted("4", add(&index, "a.io/b:4", ONE, &e), &e);
	row_accepted("5", add(&index, "c.io/b:4", ONE, &e), &e);
	r = find(&index, found[_i].image, &d, &e);
	if (found[_i].code == E_NONE) {
		row_accepted(found[_i].image, r, &e);
		row_string(found[_i].image, "digest", d.text, found[_i].want);
		return;
	}
	row_refused(found[_i].image, r, &e, found[_i].code, found[_i].want);
	ck_assert(!digest_is_set(&d));
}
END_TEST

START_TEST(reads_what_it_writes)
{
	AUTO(save_index) index = SAVE_INDEX_INIT, again = SAVE_INDEX_INIT;
	AUTO(buf) text = BUF_INIT, second = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	save_index_write(&text, &index);
	row_accepted("empty", save_index_parse(&again, buf_bytes(&text), &e), &e);
	ck_assert_uint_eq(again.n, 0);
	buf_clear(&text);
	row_accepted("1", add(&index, "z.io/b:1", ONE, &e), &e);
	row_accepted("2", add(&index, "a.io/b:1", TWO, &e), &e);
	save_index_write(&text, &index);
	row_string("sorted", "text", buf_str(&text),
	    "{\n  \"images\": {\n    \"a.io/b:1\": \"" TWO "\",\n    \"z.io/b:1\": \"" ONE
	    "\"\n  },\n  \"relsig-save\": 1\n}\n");
	row_accepted("again", save_index_parse(&again, buf_bytes(&text), &e), &e);
	save_index_write(&second, &again);
	row_string("again", "text", buf_str(&second), buf_str(&text));
}
END_TEST

Suite *
save_index_suite(void)
{
	Suite *s = suite_create("save_index");
	TCase *t = tcase_create("save_index");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_test(t, a_tag_stays_what_it_was);
	tcase_add_loop_test(t, finds, 0, (int)ARRAY_LEN(found));
	tcase_add_test(t, reads_what_it_writes);
	suite_add_tcase(s, t);
	return s;
}
