/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "judge.h"
#include "suites.h"
#include "trust/claim.h"

#define ZERO_DIGEST "sha256:0000000000000000000000000000000000000000000000000000000000000000"

static struct judge judge;

static void
set_up(void)
{
	judge_must_open(&judge, NULL);
}

static void
tear_down(void)
{
	judge_must_close(&judge);
}

/* The signed bytes of a case of the corpus, truly verified. */
static void
sign(const char *name, struct signed_bytes **out)
{
	AUTO(signature_facts) facts = SIGNATURE_FACTS_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;

	testdata_blob(&blob, name);
	ck_assert_msg(openpgp_verify(judge.openpgp, buf_bytes(&blob), JUDGE_NOW, out, &facts, &why,
			  &e) == OUTCOME_PROVEN,
	    "%s: %s", name, err_msg(&e));
}

enum { WRONG_DIGEST = 1, WRONG_NAME = 2 };

static const struct {
	const char *name;
	int wrong; /* what else than the corpus says is wanted */
	enum payload_optional optional;
	enum reason reason;
	const char *part;
} rows[] = {
	/* In order: the payload's form, then its digest, then its name. */
	{ "payload-not-json", 0, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, REASON_MALFORMED_PAYLOAD,
	    "the signed payload" },
	{ "payload-extra-critical", WRONG_DIGEST | WRONG_NAME, PAYLOAD_OPTIONAL_MAY_BE_ABSENT,
	    REASON_MALFORMED_PAYLOAD, "critical" },
	{ "payload-trailing", WRONG_DIGEST | WRONG_NAME, PAYLOAD_OPTIONAL_MAY_BE_ABSENT,
	    REASON_MALFORMED_PAYLOAD, "the signed payload" },
	{ "payload-other-digest", 0, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, REASON_SIGNED_DIGEST_MISMATCH,
	    "signed for the digest" },
	{ "payload-other-digest", WRONG_NAME, PAYLOAD_OPTIONAL_MAY_BE_ABSENT,
	    REASON_SIGNED_DIGEST_MISMATCH, ", want sha256:" },
	{ "payload-other-tag", WRONG_DIGEST, PAYLOAD_OPTIONAL_MAY_BE_ABSENT,
	    REASON_SIGNED_DIGEST_MISMATCH, "want " ZERO_DIGEST },
	{ "gpg-z0", WRONG_DIGEST, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, REASON_SIGNED_DIGEST_MISMATCH,
	    "" },
	{ "payload-other-tag", 0, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, REASON_IDENTITY_MISMATCH,
	    ":4.98.0-x86_64, want " },
	{ "payload-other-repository", 0, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, REASON_IDENTITY_MISMATCH,
	    "" },
	{ "payload-reference-url", 0, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, REASON_IDENTITY_MISMATCH,
	    "" },
	{ "gpg-z0", WRONG_NAME, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, REASON_IDENTITY_MISMATCH,
	    "want nothing" },
	{ "payload-optional-absent", 0, PAYLOAD_OPTIONAL_REQUIRED, REASON_MALFORMED_PAYLOAD,
	    "optional" },
	{ "payload-optional-null", 0, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, REASON_MALFORMED_PAYLOAD,
	    "optional" },
	{ "payload-optional-absent", 0, PAYLOAD_OPTIONAL_MAY_BE_ABSENT, REASON_ACCEPTED, "" },
	{ "payload-optional-empty", 0, PAYLOAD_OPTIONAL_REQUIRED, REASON_ACCEPTED, "" },
	{ "gpg-z0", 0, PAYLOAD_OPTIONAL_REQUIRED, REASON_ACCEPTED, "" },
};

START_TEST(judges)
{
	struct expectation expected = {
		.subject = judge.subject, .identity = &judge.identity, .optional = rows[_i].optional
	};
	struct digest zero = { ZERO_DIGEST };
	struct identity nobody = IDENTITY_INIT;
	AUTO_PTR(signed_bytes) bytes = NULL;
	AUTO_PTR(subject) other = NULL;
	AUTO_PTR(claim) claim = NULL;
	AUTO(payload) seen = PAYLOAD_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;
	enum outcome o;

	ck_assert_int_eq(subject_from_digest(&other, &zero, &why, &e), OUTCOME_PROVEN);
	if (rows[_i].wrong & WRONG_DIGEST)
		expected.subject = other;
	if (rows[_i].wrong & WRONG_NAME)
		expected.identity = &nobody;
	sign(rows[_i].name, &bytes);
	o = claim_make(&claim, bytes, &expected, &seen, &why, &e);
	if (rows[_i].reason == REASON_ACCEPTED) {
		ck_assert_msg(
		    o == OUTCOME_PROVEN && claim != NULL, "%s: %s", rows[_i].name, err_msg(&e));
		return;
	}
	ck_assert_msg(o == OUTCOME_REFUSED, "%s: outcome %d", rows[_i].name, (int)o);
	ck_assert_msg(claim == NULL, "%s: a claim is made", rows[_i].name);
	ck_assert_msg(why == rows[_i].reason, "%s: %s, want %s", rows[_i].name, reason_word(why),
	    reason_word(rows[_i].reason));
	ck_assert_msg(strstr(err_msg(&e), rows[_i].part) != NULL, "%s: \"%s\" lacks \"%s\"",
	    rows[_i].name, err_msg(&e), rows[_i].part);
}
END_TEST

/* For reports: what an authentic payload says is known although it is refused. */
START_TEST(shows_what_was_signed)
{
	const struct expectation expected = { .subject = judge.subject,
		.identity = &judge.identity,
		.optional = PAYLOAD_OPTIONAL_MAY_BE_ABSENT };
	AUTO_PTR(signed_bytes) other = NULL;
	AUTO_PTR(signed_bytes) broken = NULL;
	AUTO_PTR(claim) claim = NULL;
	AUTO(payload) seen = PAYLOAD_INIT;
	AUTO(err) e = ERR_INIT;
	enum reason why;

	sign("payload-other-tag", &other);
	ck_assert_int_eq(claim_make(&claim, other, &expected, &seen, &why, &e), OUTCOME_REFUSED);
	ck_assert_str_eq(
	    seen.claimed_reference, "quay.io/openshift-release-dev/ocp-release:4.98.0-x86_64");
	ck_assert(digest_equal(&seen.claimed_digest, subject_digest(judge.subject)));
	sign("payload-cut", &broken);
	ck_assert_int_eq(claim_make(&claim, broken, &expected, &seen, &why, &e), OUTCOME_REFUSED);
	ck_assert_ptr_null(seen.claimed_reference);
}
END_TEST

Suite *
claim_suite(void)
{
	Suite *s = suite_create("claim");
	TCase *tc = tcase_create("claim");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, judges, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, shows_what_was_signed);
	suite_add_tcase(s, tc);
	return s;
}
