/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "trust/identity.h"

#define OWN "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "sha256:1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OWN_512                                                                                    \
	"sha512:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                  \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define REPO "quay.io/openshift-release-dev/ocp-release"

/* Which rule: by the image's name as verify/ has it, or skopeo's exact one. */
enum how { FOR_IMAGE, EXACTLY };

struct row {
	enum how how;
	const char *repository; /* "" for none */
	const char *tag;	/* of the image, for FOR_IMAGE */
	const char *claimed;
};

static void
make(struct identity *out, const struct row *row)
{
	AUTO(reference) reference = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;

	if (row->repository[0] != '\0')
		ck_assert_msg(
		    reference_parse(&reference, row->repository, &e) == 0, "%s", err_msg(&e));
	if (row->how == FOR_IMAGE)
		identity_for_image(out, &reference, row->tag);
	else
		identity_exact(out, &reference);
}

static int
match(const struct row *row, struct err *e)
{
	const struct digest own = { OWN };
	AUTO(identity) identity = IDENTITY_INIT;

	make(&identity, row);
	return identity_match(&identity, row->claimed, &own, e);
}

static const struct {
	struct row row;
	enum errc code;
	const char *part;
} refused[] = {
	/* No rule. */
	{ { FOR_IMAGE, "", NULL, REPO ":4.14.3" }, E_MISMATCH, "want nothing" },
	{ { FOR_IMAGE, "", "4.14.3", REPO ":4.14.3" }, E_MISMATCH, "want nothing" },
	{ { EXACTLY, "", NULL, REPO }, E_MISMATCH, "want nothing" },
	/* The repository with any tag. */
	{ { FOR_IMAGE, REPO, NULL, REPO }, E_MISMATCH, "want " REPO " (any tag)" },
	{ { FOR_IMAGE, REPO, NULL, REPO "@" OTHER }, E_MISMATCH, "signed as " REPO "@" OTHER },
	{ { FOR_IMAGE, REPO, NULL, REPO ":4.14.3@" OTHER }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, NULL, REPO "@" OWN_512 }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, NULL, REPO "-nightly:4.14.3" }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, NULL, REPO "/x:4.14.3" }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, NULL, "quay.io/openshift-release-dev:4.14.3" }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, NULL, "quay.io/openshift-release-dev/ocp-v4.0-art-dev:4.14.3" },
	    E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, NULL, "quay.io:443/openshift-release-dev/ocp-release:4.14.3" },
	    E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, NULL, "evil.example/" REPO ":4.14.3" }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, NULL, "openshift-release-dev/ocp-release:4.14.3" }, E_MISMATCH, "" },
	/* The image's tag, too. */
	{ { FOR_IMAGE, REPO, "4.14.3", REPO ":4.14.4" }, E_MISMATCH,
	    "signed as " REPO ":4.14.4, want " REPO ":4.14.3" },
	{ { FOR_IMAGE, REPO, "4.14.3", REPO ":4.14" }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, "4.14.3", REPO ":4.14.30" }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, "4.14.3-x86_64", REPO ":4.14.3-X86_64" }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, "4.14.3", REPO }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, "4.14.3", REPO "@" OWN }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO, "4.14.3", REPO ":4.14.3@" OWN }, E_MISMATCH, "" },
	/* A tag or a digest in the wanted name outdoes the image's. */
	{ { FOR_IMAGE, REPO ":4.14.3", "4.14.4", REPO ":4.14.4" }, E_MISMATCH,
	    "want " REPO ":4.14.3" },
	{ { FOR_IMAGE, REPO ":4.14.3", NULL, REPO ":4.14.4" }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO "@" OWN, NULL, REPO ":4.14.3" }, E_MISMATCH, "" },
	{ { FOR_IMAGE, REPO "@" OTHER, NULL, REPO "@" OWN }, E_MISMATCH, "" },
	/* Exactly. */
	{ { EXACTLY, REPO, NULL, REPO ":4.14.3" }, E_MISMATCH, "want " REPO },
	{ { EXACTLY, REPO, NULL, REPO "@" OWN }, E_MISMATCH, "" },
	{ { EXACTLY, REPO ":4.14.3", NULL, REPO }, E_MISMATCH, "" },
	{ { EXACTLY, REPO ":4.14.3", NULL, REPO ":4.14.3@" OWN }, E_MISMATCH, "" },
	{ { EXACTLY, REPO ":latest", NULL, REPO }, E_MISMATCH, "" },
	/* No references. */
	{ { FOR_IMAGE, REPO, NULL, "" }, E_INVALID, "the signed docker-reference" },
	{ { FOR_IMAGE, REPO, NULL, "docker://" REPO ":4.14.3" }, E_INVALID, "docker-reference" },
	{ { FOR_IMAGE, REPO, NULL, "https://" REPO ":4.14.3" }, E_INVALID, "docker-reference" },
	{ { FOR_IMAGE, REPO, NULL, REPO ":4.14.3 " }, E_INVALID, "docker-reference" },
	{ { FOR_IMAGE, REPO, NULL, REPO ":" }, E_INVALID, "docker-reference" },
	{ { FOR_IMAGE, REPO, NULL, "quay.io/openshift-release-dev/OCP-release:4.14.3" }, E_INVALID,
	    "lowercase" },
	{ { FOR_IMAGE, REPO, NULL, REPO "@sha256:0123" }, E_INVALID, "docker-reference" },
	{ { EXACTLY, REPO, NULL, "\033[31m" }, E_INVALID, "docker-reference" },
	{ { FOR_IMAGE, "", NULL, "" }, E_INVALID, "docker-reference" },
};

START_TEST(refuses)
{
	AUTO(err) e = ERR_INIT;

	row_refused(refused[_i].row.claimed, match(&refused[_i].row, &e), &e, refused[_i].code,
	    refused[_i].part);
}
END_TEST

static const struct row accepted[] = {
	{ FOR_IMAGE, REPO, NULL, REPO ":4.14.3-x86_64" },
	{ FOR_IMAGE, REPO, NULL, REPO ":anything" },
	{ FOR_IMAGE, REPO, NULL, REPO "@" OWN },
	{ FOR_IMAGE, REPO, NULL, REPO ":4.14.3@" OWN },
	{ FOR_IMAGE, REPO, "4.14.3", REPO ":4.14.3" },
	{ FOR_IMAGE, REPO ":4.14.3", NULL, REPO ":4.14.3" },
	{ FOR_IMAGE, REPO ":4.14.3", "4.14.4", REPO ":4.14.3" },
	{ FOR_IMAGE, REPO "@" OWN, "4.14.4", REPO "@" OWN },
	{ EXACTLY, REPO, NULL, REPO },
	{ EXACTLY, REPO ":4.14.3", NULL, REPO ":4.14.3" },
	{ EXACTLY, REPO "@" OWN, NULL, REPO "@" OWN },
	{ EXACTLY, REPO ":4.14.3@" OTHER, NULL, REPO ":4.14.3@" OTHER },
	/* What is short for Docker Hub, on either side. */
	{ EXACTLY, "busybox:1", NULL, "docker.io/library/busybox:1" },
	{ EXACTLY, "docker.io/library/busybox:1", NULL, "busybox:1" },
	{ EXACTLY, "docker.io/library/busybox:1", NULL, "index.docker.io/busybox:1" },
	{ EXACTLY, "library/busybox", NULL, "docker.io/busybox" },
	{ FOR_IMAGE, "user/name", "1", "docker.io/user/name:1" },
	{ FOR_IMAGE, "registry.example:5000/a/b", NULL, "registry.example:5000/a/b:1" },
};

START_TEST(accepts)
{
	AUTO(err) e = ERR_INIT;

	row_accepted(accepted[_i].claimed, match(&accepted[_i], &e), &e);
}
END_TEST

static const struct {
	struct row row;
	const char *text;
} described[] = {
	{ { FOR_IMAGE, "", NULL, "" }, "nothing" },
	{ { FOR_IMAGE, REPO, NULL, "" }, REPO " (any tag)" },
	{ { FOR_IMAGE, REPO, "4.14.3", "" }, REPO ":4.14.3" },
	{ { EXACTLY, REPO, NULL, "" }, REPO },
	{ { EXACTLY, "busybox", NULL, "" }, "docker.io/library/busybox" },
	{ { EXACTLY, REPO ":1@" OWN, NULL, "" }, REPO ":1@" OWN },
};

START_TEST(describes)
{
	AUTO(identity) identity = IDENTITY_INIT;
	AUTO_STR char *text = NULL;

	make(&identity, &described[_i].row);
	text = identity_describe(&identity);
	row_string(described[_i].text, "the description", text, described[_i].text);
}
END_TEST

/* A rule that is none, and one without its reference, match nothing. */
START_TEST(refuses_half_made_rules)
{
	const struct digest own = { OWN };
	struct identity identity = { .rule = (enum identity_rule)_i };
	AUTO(err) e = ERR_INIT;

	ck_assert_int_eq(identity_match(&identity, REPO ":4.14.3", &own, &e), -1);
	ck_assert_int_eq(identity_match(&identity, REPO "@" OWN, &own, &e), -1);
}
END_TEST

Suite *
identity_suite(void)
{
	Suite *s = suite_create("identity");
	TCase *tc = tcase_create("identity");

	tcase_add_loop_test(tc, refuses, 0, ARRAY_LEN(refused));
	tcase_add_loop_test(tc, refuses_half_made_rules, 0, IDENTITY_ANYTHING + 2);
	tcase_add_loop_test(tc, accepts, 0, ARRAY_LEN(accepted));
	tcase_add_loop_test(tc, describes, 0, ARRAY_LEN(described));
	suite_add_tcase(s, tc);
	return s;
}
