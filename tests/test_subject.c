/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "base/limits.h"
#include "judge.h"
#include "suites.h"
#include "trust/subject.h"

#define ZERO64 "0000000000000000000000000000000000000000000000000000000000000000"
#define SMALL "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}"

static void
ask(enum outcome want, enum reason reason, const char *row, enum outcome got, enum reason why,
    const struct subject *s, const struct err *e)
{
	ck_assert_msg(
	    got == want, "%s: outcome %d, want %d (%s)", row, (int)got, (int)want, err_msg(e));
	ck_assert_msg(
	    (s != NULL) == (want == OUTCOME_PROVEN), "%s: a subject is made or missing", row);
	if (want != OUTCOME_PROVEN)
		ck_assert_msg(
		    why == reason, "%s: %s, want %s", row, reason_word(why), reason_word(reason));
}

static const struct {
	const char *name, *manifest, *asked;
	enum reason reason;
} refused[] = {
	{ "another digest", SMALL, "sha256:" ZERO64, REASON_MANIFEST_DIGEST_MISMATCH },
	/* Never computed, so it equals nothing. */
	{ "sha512", SMALL, "sha512:" ZERO64 ZERO64, REASON_MANIFEST_DIGEST_MISMATCH },
	{ "empty", "", NULL, REASON_UNSUPPORTED_MANIFEST },
	{ "not JSON", "<html>", NULL, REASON_UNSUPPORTED_MANIFEST },
	{ "schema 1", "{\"schemaVersion\":1,\"name\":\"a\",\"fsLayers\":[]}", NULL,
	    REASON_UNSUPPORTED_MANIFEST },
	{ "signatures",
	    "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
	    "\"signatures\":[]}",
	    NULL, REASON_UNSUPPORTED_MANIFEST },
	/* The digest comes first: nothing is read of bytes that were not asked for. */
	{ "not JSON and another digest", "<html>", "sha256:" ZERO64,
	    REASON_MANIFEST_DIGEST_MISMATCH },
};

START_TEST(refuses)
{
	AUTO_PTR(subject) s = NULL;
	AUTO(err) e = ERR_INIT;
	struct digest asked = { "" };
	enum reason why = REASON_UNSET;
	enum outcome o;

	if (refused[_i].asked != NULL)
		ck_assert_int_eq(digest_parse(&asked, bytes_of_str(refused[_i].asked), &e), 0);
	o = subject_from_manifest(&s, bytes_of_str(refused[_i].manifest), &asked, &why, &e);
	ask(OUTCOME_REFUSED, refused[_i].reason, refused[_i].name, o, why, s, &e);
}
END_TEST

START_TEST(names_both_digests)
{
	AUTO_PTR(subject) s = NULL;
	AUTO(err) e = ERR_INIT;
	struct digest asked = { "sha256:" ZERO64 }, own;
	enum reason why;

	ck_assert_int_eq(digest_of_bytes(&own, bytes_of_str(SMALL), &e), 0);
	ck_assert_int_eq(
	    subject_from_manifest(&s, bytes_of_str(SMALL), &asked, &why, &e), OUTCOME_REFUSED);
	ck_assert_msg(strstr(err_msg(&e), own.text) != NULL, "%s", err_msg(&e));
	ck_assert_msg(strstr(err_msg(&e), asked.text) != NULL, "%s", err_msg(&e));
}
END_TEST

/* The sample manifest with one bit changed, wherever it is. */
START_TEST(refuses_every_changed_byte)
{
	AUTO(buf) raw = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest asked;

	testdata_read(&raw, "release/manifest.json");
	ck_assert_int_eq(digest_of_bytes(&asked, buf_bytes(&raw), &e), 0);
	for (size_t i = 0; i < raw.n; i++) {
		AUTO_PTR(subject) s = NULL;
		enum reason why;

		raw.p[i] ^= (uint8_t)(1u << (i % 8));
		ck_assert_msg(subject_from_manifest(&s, buf_bytes(&raw), &asked, &why, &e) ==
				      OUTCOME_REFUSED &&
				  s == NULL && why == REASON_MANIFEST_DIGEST_MISMATCH,
		    "byte %zu", i);
		raw.p[i] ^= (uint8_t)(1u << (i % 8));
	}
}
END_TEST

START_TEST(takes_the_sample_release)
{
	AUTO_STR char *want = testdata_line("release.txt");
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) raw = BUF_INIT;
	AUTO_PTR(subject) s = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	struct digest asked;
	enum outcome o;
	const char *line;

	testdata_read(&text, "release.txt");
	line = buf_str(&text) + strlen(want) + 1;
	ck_assert_int_eq(digest_parse(&asked, bytes_of(line, strcspn(line, "\n")), &e), 0);
	testdata_read(&raw, "release/manifest.json");
	o = subject_from_manifest(&s, buf_bytes(&raw), &asked, &why, &e);
	ask(OUTCOME_PROVEN, REASON_UNSET, "asked", o, why, s, &e);
	ck_assert(digest_equal(subject_digest(s), &asked));
	ck_assert_int_ne(subject_manifest_kind(s), MANIFEST_UNSET);
	subject_free(s);
	o = subject_from_manifest(&s, buf_bytes(&raw), NULL, &why, &e);
	ask(OUTCOME_PROVEN, REASON_UNSET, "not asked", o, why, s, &e);
	ck_assert(digest_equal(subject_digest(s), &asked));
}
END_TEST

/*
 * What a store hands over at most, and a byte more: the cap is the reader's, all bytes count here.
 */
START_TEST(takes_the_largest)
{
	AUTO(buf) raw = BUF_INIT;
	AUTO_PTR(subject) s = NULL;
	AUTO(err) e = ERR_INIT;
	enum reason why = REASON_UNSET;
	struct digest own;
	enum outcome o;

	buf_add_str(&raw, SMALL);
	while (raw.n < MAX_MANIFEST_BYTES + (size_t)_i)
		buf_add_byte(&raw, ' ');
	ck_assert_int_eq(digest_of_bytes(&own, buf_bytes(&raw), &e), 0);
	o = subject_from_manifest(&s, buf_bytes(&raw), &own, &why, &e);
	ask(OUTCOME_PROVEN, REASON_UNSET, "4 MiB", o, why, s, &e);
	ck_assert(digest_equal(subject_digest(s), &own));
	ck_assert_int_eq(subject_manifest_kind(s), MANIFEST_OCI_INDEX);
}
END_TEST

static const struct {
	const char *name, *digest;
	enum outcome outcome;
} given[] = {
	{ "none", "", OUTCOME_UNDECIDED },
	{ "sha512", "sha512:" ZERO64 ZERO64, OUTCOME_UNDECIDED },
	{ "sha384", "sha384:" ZERO64 "00000000000000000000000000000000", OUTCOME_UNDECIDED },
	{ "sha256", "sha256:" ZERO64, OUTCOME_PROVEN },
};

START_TEST(by_digest_alone)
{
	AUTO_PTR(subject) s = NULL;
	AUTO(err) e = ERR_INIT;
	struct digest d = { "" };
	enum reason why = REASON_UNSET;
	enum outcome o;

	if (given[_i].digest[0] != '\0')
		ck_assert_int_eq(digest_parse(&d, bytes_of_str(given[_i].digest), &e), 0);
	o = subject_from_digest(&s, &d, &why, &e);
	ask(given[_i].outcome, REASON_USAGE, given[_i].name, o, why, s, &e);
	if (s == NULL)
		return;
	ck_assert_str_eq(subject_digest(s)->text, given[_i].digest);
	ck_assert_int_eq(subject_manifest_kind(s), MANIFEST_UNSET);
}
END_TEST

Suite *
subject_suite(void)
{
	Suite *s = suite_create("subject");
	TCase *tc = tcase_create("subject");

	tcase_add_loop_test(tc, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(tc, names_both_digests);
	tcase_add_test(tc, refuses_every_changed_byte);
	tcase_add_loop_test(tc, by_digest_alone, 0, ARRAY_LEN(given));
	tcase_add_test(tc, takes_the_sample_release);
	tcase_add_loop_test(tc, takes_the_largest, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
