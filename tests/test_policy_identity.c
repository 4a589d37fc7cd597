/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signedIdentity as it is compared. The tables are containers/image's
 * (signature/policy_reference_match_test.go), and a few more rows.
 */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "trust/identity.h"

#define RHEL "registry.access.redhat.com/rhel7/rhel:7.2.3"
#define RHEL_UNTAGGED "registry.access.redhat.com/rhel7/rhel"
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "@sha256:" HEX64
#define DIGEST_2 "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct pair {
	const char *a, *b;
	bool match;
};

/* Either way round, for matchExact and exactReference. */
static const struct pair exact[] = {
	{ "busybox:latest", "busybox:notlatest", false },
	{ "busybox:latest", "notbusybox:latest", false },
	{ "busybox:latest", "hostname/library/busybox:notlatest", false },
	{ "hostname/library/busybox:latest", "busybox:notlatest", false },
	{ "busybox:latest", RHEL, false },
	{ "busybox" DIGEST, "notbusybox" DIGEST, false },
	{ "busybox:latest", "busybox" DIGEST, false },
	{ "busybox" DIGEST, "busybox" DIGEST_2, false },
	{ "busybox", "busybox:latest", false },
	{ "busybox", "busybox" DIGEST, false },
	{ "busybox", "busybox", false },
	{ "busybox:latest" DIGEST, "busybox:latest" DIGEST_2, false },
	{ "busybox:latest" DIGEST, "busybox:notlatest" DIGEST, false },
	{ "busybox:latest" DIGEST, "busybox" DIGEST, false },
	{ "busybox:latest" DIGEST, "busybox:latest", false },
	{ "busybox:latest", "busybox:latest", true },
	{ RHEL, RHEL, true },
	{ "busybox" DIGEST, "busybox" DIGEST, true },
	{ "library/busybox:latest", "busybox:latest", true },
	{ "docker.io/library/busybox:latest", "busybox:latest", true },
	{ "library/busybox" DIGEST, "busybox" DIGEST, true },
	{ "busybox:latest" DIGEST, "busybox:latest" DIGEST, true },
};

/* Either way round, for matchRepository and exactRepository. */
static const struct pair repository[] = {
	{ "busybox:latest", "notbusybox:latest", false },
	{ "hostname/library/busybox:latest", "busybox:notlatest", false },
	{ "busybox:latest", RHEL, false },
	{ "busybox" DIGEST, "notbusybox" DIGEST, false },
	{ RHEL_UNTAGGED "/x:1", RHEL, false },
	{ RHEL_UNTAGGED "2:1", RHEL, false },
	{ "busybox:latest", "busybox:latest", true },
	{ RHEL, RHEL, true },
	{ "busybox" DIGEST, "busybox" DIGEST, true },
	{ "library/busybox:latest", "busybox:latest", true },
	{ "library/busybox" DIGEST, "busybox" DIGEST, true },
	{ "busybox:latest", "busybox:notlatest", true },
	{ RHEL "tagsuffix", RHEL, true },
	{ "busybox:latest", "library/busybox:notlatest", true },
	{ "docker.io/library/busybox:notlatest", "busybox:latest", true },
	{ "busybox:latest", "busybox" DIGEST, true },
	{ "busybox" DIGEST, "busybox" DIGEST_2, true },
	{ "busybox", "busybox:notlatest", true },
	{ RHEL, RHEL_UNTAGGED, true },
	{ "busybox", "busybox" DIGEST, true },
	{ "library/busybox", "busybox", true },
	{ "busybox:latest" DIGEST, "busybox:latest" DIGEST_2, true },
	{ "busybox:latest" DIGEST, "busybox:notlatest" DIGEST, true },
	{ "busybox:latest" DIGEST, "busybox" DIGEST, true },
	{ "busybox:latest" DIGEST, "busybox:latest", true },
};

/* The image, then the signature: for matchRepoDigestOrExact alone. */
static const struct pair repo_digest_or_exact[] = {
	{ "busybox:latest", "busybox:notlatest", false },
	{ RHEL "tagsuffix", RHEL, false },
	{ "busybox:latest", "library/busybox:notlatest", false },
	{ "busybox", "busybox:latest", false },
	{ "busybox:latest", "busybox", false },
	{ "busybox", "busybox" DIGEST, false },
	{ "busybox" DIGEST, "busybox", false },
	{ RHEL, RHEL_UNTAGGED, false },
	{ "busybox", "busybox", false },
	{ "busybox:latest", "busybox" DIGEST, false },
	{ "busybox:latest" DIGEST, "busybox:latest", false },
	{ "busybox:latest" DIGEST, "busybox:notlatest", false },
	{ "busybox:latest", "busybox:latest" DIGEST, false },
	{ "busybox:latest" DIGEST, "busybox:latest" DIGEST_2, false },
	{ "busybox:latest" DIGEST, "busybox:notlatest" DIGEST_2, false },
	{ "busybox" DIGEST, "notbusybox:latest", false },
	{ "busybox" DIGEST, "busybox:latest", true },
	{ "busybox" DIGEST, "busybox" DIGEST_2, true },
	{ "busybox" DIGEST, "busybox:latest" DIGEST_2, true },
};

/* Borrows text, "" for none, as a parsed reference. */
static void
parse(struct reference *out, const char *text)
{
	AUTO(err) e = ERR_INIT;

	*out = (struct reference)REFERENCE_INIT;
	if (text[0] != '\0')
		row_accepted(text, reference_parse(out, text, &e), &e);
}

/* Does the rule, which has the name exact if it wants one, take the claimed name for the image? */
static bool
matches(enum policy_identity_rule rule, const char *named, const char *image, const char *claimed)
{
	const struct digest manifest = { "sha256:" HEX64 };
	AUTO(policy_identity) wanted = POLICY_IDENTITY_INIT;
	AUTO(reference) intended = REFERENCE_INIT;
	AUTO(identity) identity = IDENTITY_INIT;
	AUTO(err) e = ERR_INIT;

	wanted.rule = rule;
	parse(&wanted.reference, named);
	parse(&intended, image);
	identity_for_policy(&identity, &wanted, &intended);
	return identity_match(&identity, claimed, &manifest, &e) == 0;
}

static void
check_pair(enum policy_identity_rule for_image, enum policy_identity_rule named,
    const struct pair *p, const char *a, const char *b)
{
	ck_assert_msg(matches(for_image, "", a, b) == p->match, "image %s, signed %s", a, b);
	/* The image's own name does not matter, nor whether it has one. */
	ck_assert_msg(matches(named, a, "", b) == p->match, "named %s, signed %s", a, b);
	ck_assert_msg(matches(named, a, "other:1", b) == p->match, "named %s, signed %s", a, b);
	ck_assert_msg(!matches(for_image, "", "", b), "no image, signed %s", b);
}

START_TEST(compares_exactly)
{
	const struct pair *p = &exact[_i];

	check_pair(POLICY_IDENTITY_MATCH_EXACT, POLICY_IDENTITY_EXACT_REFERENCE, p, p->a, p->b);
	check_pair(POLICY_IDENTITY_MATCH_EXACT, POLICY_IDENTITY_EXACT_REFERENCE, p, p->b, p->a);
}
END_TEST

START_TEST(compares_repositories)
{
	const struct pair *p = &repository[_i];

	check_pair(
	    POLICY_IDENTITY_MATCH_REPOSITORY, POLICY_IDENTITY_EXACT_REPOSITORY, p, p->a, p->b);
	check_pair(
	    POLICY_IDENTITY_MATCH_REPOSITORY, POLICY_IDENTITY_EXACT_REPOSITORY, p, p->b, p->a);
}
END_TEST

/* As by the rule that it ends in, whether the image is renamed before or not. */
static bool
matches_remapped(
    const char *prefix, const char *signed_prefix, const char *image, const char *claimed)
{
	const struct digest manifest = { "sha256:" HEX64 };
	AUTO(policy_identity) wanted = POLICY_IDENTITY_INIT;
	AUTO(reference) intended = REFERENCE_INIT;
	AUTO(identity) identity = IDENTITY_INIT;
	AUTO(err) e = ERR_INIT;

	wanted.rule = POLICY_IDENTITY_REMAP;
	wanted.prefix = xstrdup(prefix);
	wanted.signed_prefix = xstrdup(signed_prefix);
	parse(&intended, image);
	identity_for_policy(&identity, &wanted, &intended);
	return identity_match(&identity, claimed, &manifest, &e) == 0;
}

static void
check_repo_digest_or_exact(const char *image, const char *claimed, bool match)
{
	AUTO(reference) r = REFERENCE_INIT;
	AUTO_STR char *renamed = NULL;
	AUTO_STR char *whole = NULL;

	ck_assert_msg(
	    matches(POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT, "", image, claimed) == match,
	    "image %s, signed %s", image, claimed);
	ck_assert_msg(matches_remapped("never.example", "not.example", image, claimed) == match,
	    "image %s, signed %s: prefix that is not there", image, claimed);
	parse(&r, image);
	ck_assert(r.domain != NULL);
	whole = reference_string(&r);
	renamed = xasprintf("mirror.example/x/%s", whole + strlen(r.domain) + 1);
	ck_assert_msg(matches_remapped("mirror.example/x", r.domain, renamed, claimed) == match,
	    "image %s, signed %s", renamed, claimed);
}

START_TEST(compares_by_digest_or_exactly)
{
	check_repo_digest_or_exact(
	    repo_digest_or_exact[_i].a, repo_digest_or_exact[_i].b, repo_digest_or_exact[_i].match);
}
END_TEST

/* What is between: all that is exactly the same, nothing of another repository. */
START_TEST(compares_by_digest_or_exactly_between_the_others)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(exact); i++) {
		if (!exact[i].match)
			continue;
		check_repo_digest_or_exact(exact[i].a, exact[i].b, true);
		check_repo_digest_or_exact(exact[i].b, exact[i].a, true);
	}
	for (i = 0; i < ARRAY_LEN(repository); i++) {
		if (repository[i].match)
			continue;
		check_repo_digest_or_exact(repository[i].a, repository[i].b, false);
		check_repo_digest_or_exact(repository[i].b, repository[i].a, false);
	}
}
END_TEST

/* What an image is to be signed as, "" for nothing that could match. */
static const struct {
	const char *prefix, *signed_prefix, *image, *want;
} remapped[] = {
	/* What comes out is no name, or short for another. */
	{ "mirror.example/ns/image", "vendor.example:5000", "mirror.example/ns/image:tag", "" },
	{ "mirror.example/ns/image", "vendor.example:5000", "mirror.example/ns/image" DIGEST, "" },
	{ "mirror.example/ns/image", "notlocalhost", "mirror.example/ns/image:tag", "" },
	{ "docker.io/library/busybox", "busybox", "busybox:latest", "" },
	{ "example.com", "UPPERCASE", "example.com/foo:latest", "" },
	{ "example.com", "index.docker.io", "example.com/library/foo:latest", "" },
	{ "mirror.example", "vendor.example", "mirror.example/image", "" },
	/* Another prefix: the image keeps its name. */
	{ "mirror.example", "vendor.example", "different.com/ns/image:tag",
	    "different.com/ns/image:tag" },
	{ "mirror.example/ns", "vendor.example/vendor-ns", "mirror.example/different-ns/image:tag",
	    "mirror.example/different-ns/image:tag" },
	{ "mirror.example", "vendor.example", "prefixmirror.example/ns/image:tag",
	    "prefixmirror.example/ns/image:tag" },
	{ "example.com:5000", "vendor.example", "example.com:50000/image:1",
	    "example.com:50000/image:1" },
	{ "example.com", "vendor.example", "example.com:5000/image:1", "example.com:5000/image:1" },
	{ "example.com/ns", "vendor.example", "example.com/ns2/image:1",
	    "example.com/ns2/image:1" },
	{ "example.com/ns/image", "vendor.example/x", "example.com/ns/imagee:1",
	    "example.com/ns/imagee:1" },
	{ "example.com/library/busybox", "vendor.example/x", "example.com/library:1",
	    "example.com/library:1" },
	{ "busybox", "example.com/busybox", "busybox:latest", "docker.io/library/busybox:latest" },
	/* The prefix is exchanged, once. */
	{ "mirror.example", "vendor.example", "mirror.example/ns/image:tag",
	    "vendor.example/ns/image:tag" },
	{ "example.com/mirror", "example.com/vendor", "example.com/mirror/image:tag",
	    "example.com/vendor/image:tag" },
	{ "example.com/ns/mirror", "example.com/ns/vendor", "example.com/ns/mirror:tag",
	    "example.com/ns/vendor:tag" },
	{ "m.io", "v.io", "m.io/m.io/m.io:1", "v.io/m.io/m.io:1" },
	{ "docker.io", "other.example/ns", "busybox:1", "other.example/ns/library/busybox:1" },
	{ "docker.io/library", "other.example/ns", "busybox:1", "other.example/ns/busybox:1" },
	{ "docker.io/library/busybox", "other.example/ns/notbusybox", "busybox:1",
	    "other.example/ns/notbusybox:1" },
	{ "mirror.example", "docker.io/library", "mirror.example/busybox:latest",
	    "docker.io/library/busybox:latest" },
	{ "mirror.example", "vendor.example", "mirror.example/image:tag" DIGEST,
	    "vendor.example/image:tag" DIGEST },
	{ "m:5000/vendor", "vendor.example", "m:5000/vendor/a/b:1", "vendor.example/a/b:1" },
};

START_TEST(remaps)
{
	AUTO(policy_identity) rule = POLICY_IDENTITY_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(identity) identity = IDENTITY_INIT;
	AUTO_STR char *got = NULL;
	const char *want = remapped[_i].want;

	rule.rule = POLICY_IDENTITY_REMAP;
	rule.prefix = xstrdup(remapped[_i].prefix);
	rule.signed_prefix = xstrdup(remapped[_i].signed_prefix);
	parse(&image, remapped[_i].image);
	identity_for_policy(&identity, &rule, &image);
	got = identity_describe(&identity);
	if (want[0] == '\0')
		ck_assert_msg(identity.rule == IDENTITY_UNSET && strstr(got, "nothing: ") == got,
		    "%s: %s", remapped[_i].image, got);
	else
		row_string(remapped[_i].image, "what is wanted", got, want);
}
END_TEST

static const struct {
	enum policy_identity_rule rule;
	const char *named, *image, *text;
} described[] = {
	{ POLICY_IDENTITY_UNSET, "a:1", "a:1", "nothing" },
	{ POLICY_IDENTITY_MATCH_EXACT, "", "",
	    "nothing: the signed name is compared with the image's, which has none" },
	{ POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT, "", "",
	    "nothing: the signed name is compared with the image's, which has none" },
	{ POLICY_IDENTITY_MATCH_EXACT, "", "quay.io/a",
	    "nothing: the name to compare with has neither a tag nor a digest" },
	{ POLICY_IDENTITY_EXACT_REFERENCE, "", "quay.io/a:1",
	    "nothing: the name to compare with has neither a tag nor a digest" },
	{ POLICY_IDENTITY_EXACT_REPOSITORY, "", "quay.io/a:1", "nothing" },
	{ POLICY_IDENTITY_REMAP, "", "quay.io/a:1", "nothing: remapIdentity lacks a prefix" },
	{ POLICY_IDENTITY_MATCH_EXACT, "", "quay.io/a:1" DIGEST, "quay.io/a:1" DIGEST },
	{ POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT, "", "quay.io/a:1", "quay.io/a:1" },
	{ POLICY_IDENTITY_MATCH_REPO_DIGEST_OR_EXACT, "", "quay.io/a" DIGEST,
	    "quay.io/a (any tag or digest)" },
	{ POLICY_IDENTITY_MATCH_REPOSITORY, "", "quay.io/a:1" DIGEST,
	    "quay.io/a (any tag or digest, or none)" },
	{ POLICY_IDENTITY_EXACT_REFERENCE, "quay.io/b:1", "quay.io/a:1", "quay.io/b:1" },
	{ POLICY_IDENTITY_EXACT_REPOSITORY, "quay.io/b:1", "quay.io/a:1",
	    "quay.io/b (any tag or digest, or none)" },
};

START_TEST(describes)
{
	AUTO(policy_identity) rule = POLICY_IDENTITY_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(identity) identity = IDENTITY_INIT;
	AUTO_STR char *text = NULL;

	rule.rule = described[_i].rule;
	parse(&rule.reference, described[_i].named);
	parse(&image, described[_i].image);
	identity_for_policy(&identity, &rule, &image);
	text = identity_describe(&identity);
	row_string(policy_identity_word(rule.rule), "the description", text, described[_i].text);
}
END_TEST

/* No rule that lacks something matches, and none takes what is no name. */
START_TEST(refuses_half_made_rules)
{
	const struct digest manifest = { "sha256:" HEX64 };
	struct policy_identity rule = { .rule = (enum policy_identity_rule)_i };
	AUTO(identity) identity = IDENTITY_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO(err) e = ERR_INIT;

	identity_for_policy(&identity, &rule, NULL);
	row_refused("no image", identity_match(&identity, "a:1", &manifest, &e), &e, E_MISMATCH,
	    "signed as a:1, want nothing");
	parse(&image, "a:1");
	identity_free(&identity);
	identity_for_policy(&identity, &rule, &image);
	row_refused("no reference", identity_match(&identity, "", &manifest, &e), &e, E_INVALID,
	    "the signed docker-reference");
	row_refused("another", identity_match(&identity, "b:1", &manifest, &e), &e, E_MISMATCH,
	    "signed as b:1, want ");
}
END_TEST

START_TEST(refuses_half_of_a_remapping)
{
	char half[] = "quay.io";
	struct policy_identity rule = { .rule = POLICY_IDENTITY_REMAP, .prefix = half };
	AUTO(identity) identity = IDENTITY_INIT;
	AUTO(reference) image = REFERENCE_INIT;
	AUTO_STR char *text = NULL;

	parse(&image, "quay.io/a:1");
	identity_for_policy(&identity, &rule, &image);
	text = identity_describe(&identity);
	row_string(
	    "no signed prefix", "the description", text, "nothing: remapIdentity lacks a prefix");
}
END_TEST

Suite *
policy_identity_suite(void)
{
	Suite *s = suite_create("policy_identity");
	TCase *t = tcase_create("policy_identity");

	tcase_add_loop_test(t, refuses_half_made_rules, 0, POLICY_IDENTITY_REMAP + 2);
	tcase_add_loop_test(t, compares_exactly, 0, (int)ARRAY_LEN(exact));
	tcase_add_loop_test(t, compares_repositories, 0, (int)ARRAY_LEN(repository));
	tcase_add_loop_test(
	    t, compares_by_digest_or_exactly, 0, (int)ARRAY_LEN(repo_digest_or_exact));
	tcase_add_test(t, compares_by_digest_or_exactly_between_the_others);
	tcase_add_test(t, refuses_half_of_a_remapping);
	tcase_add_loop_test(t, remaps, 0, (int)ARRAY_LEN(remapped));
	tcase_add_loop_test(t, describes, 0, (int)ARRAY_LEN(described));
	suite_add_tcase(s, t);
	return s;
}
