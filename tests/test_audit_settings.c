/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "cmd/audit_asked.h"
#include "cmd/audit_settings.h"
#include "rows.h"
#include "suites.h"

enum { MOST_WORDS = 12 };

/* What a command line comes to. */
struct line {
	struct audit_settings a;
	struct verify_settings s;
	char *copy; /* of the words; owned */
};

static void
line_free(struct line *l)
{
	audit_settings_free(&l->a);
	verify_settings_free(&l->s);
	free(l->copy);
}
AUTO_DEFINE(line)

/* "audit" and these words, between blanks. */
static int
read_line(struct line *l, const char *words, struct err *e)
{
	char *argv[MOST_WORDS + 1] = { NULL }, *rest, *word;
	int argc = 0;

	l->copy = xasprintf("audit %s", words);
	for (rest = l->copy; (word = strsep(&rest, " ")) != NULL;) {
		ck_assert_int_lt(argc, MOST_WORDS);
		argv[argc++] = word;
	}
	if (audit_settings_read(&l->a, &l->s, argc, argv, e) != OPTIONS_READ)
		return -1;
	return audit_settings_check(&l->a, &l->s, e);
}

static const struct {
	const char *words, *part;
} refused[] = {
	{ "--json", "want one IMAGE, got 0" },
	{ "4.12.0 4.13.0", "want one IMAGE, got 2" },
	{ "--diff 4.12.0", "--diff wants OLD and NEW, got 1" },
	{ "--diff 4.12.0 4.13.0 4.14.0", "--diff wants OLD and NEW, got 3" },
	{ "--diff --blobs=none a b", "--diff compares what two releases name" },
	{ "--diff --components cli a b", "--diff compares what two releases name" },
	{ "--diff --pullspecs a b", "--diff compares what two releases name" },
	{ "--diff --report x.html a b", "--diff compares what two releases name" },
	{ "--blobs=all a", "--blobs=all: want present, verify or none" },
	{ "--blobs= a", "--blobs=: want present" },
	{ "--arch x86 a", "--arch=x86: want x86_64, aarch64, ppc64le or s390x" },
	{ "--arch multi a", "--arch=multi: want" },
	{ "--arch amd64,,arm64 a", "--arch=amd64,,arm64: an empty word" },
	{ "--arch= a", "--arch=: an empty word" },
	{ "--components cli, a", "--components=cli,: an empty word" },
	{ "--pullspecs --json a", "--pullspecs is for the text report" },
	{ "--pullspecs --quiet a", "--pullspecs is for the text report" },
	{ "--report= a", "--report: a FILE without a name" },
	{ "--json --quiet a", "--json and --quiet exclude each other" },
	{ "--from x --mirror a=b c", "they exclude each other" },
	{ "--fingerprint x a", "give --key too" },
	{ "--jobs 0 a", "--jobs=0: want a number from 1 to 64" },
	/* Those of verify that decide what a signature is. */
	{ "--policy default a", "unknown option --policy" },
	{ "--registries.d x a", "unknown option --registries.d" },
	{ "--require-signed a", "unknown option --require-signed" },
	{ "--require both a", "unknown option --require" },
	{ "--sigstore-key x a", "unknown option --sigstore-key" },
	{ "--cluster-image-policy x a", "unknown option --cluster-image-policy" },
	{ "--manifest x a", "unknown option --manifest" },
	{ "--digest-only a", "unknown option --digest-only" },
	{ "--output x a", "unknown option --output" },
	{ "-o x a", "unknown option -o" },
};

START_TEST(refuses)
{
	AUTO(line) l = { .copy = NULL };
	AUTO(err) e = ERR_INIT;
	int r = read_line(&l, refused[_i].words, &e);

	row_refused(refused[_i].words, r, &e, E_USAGE, refused[_i].part);
}
END_TEST

/* The words of a list with blanks between. For free(). */
static char *
joined(char *const *v, size_t n)
{
	AUTO(buf) b = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i > 0 ? " " : "", v[i]);
	return buf_steal_str(&b);
}

static const struct {
	const char *words;
	enum audit_blobs blobs;
	unsigned jobs;
	const char *architectures, *components;
} accepted[] = {
	{ "4.12.0", AUDIT_BLOBS_PRESENT, 8, "", "" },
	{ "--diff 4.11.0 4.12.0", AUDIT_BLOBS_PRESENT, 8, "", "" },
	{ "--diff --arch x86_64 --json 4.11.0 4.12.0", AUDIT_BLOBS_PRESENT, 8, "amd64", "" },
	{ "--blobs verify -j 2 4.12.0", AUDIT_BLOBS_VERIFY, 2, "", "" },
	{ "--blobs=none 4.12.0", AUDIT_BLOBS_NONE, 8, "", "" },
	{ "--blobs=none --blobs=present a", AUDIT_BLOBS_PRESENT, 8, "", "" },
	{ "--arch x86_64,aarch64 --arch s390x a", AUDIT_BLOBS_PRESENT, 8, "amd64 arm64 s390x", "" },
	{ "--arch amd64,arm64,ppc64le a", AUDIT_BLOBS_PRESENT, 8, "amd64 arm64 ppc64le", "" },
	{ "--components cli,etcd --components pod a", AUDIT_BLOBS_PRESENT, 8, "", "cli etcd pod" },
	{ "--pullspecs --report x.html -v a", AUDIT_BLOBS_PRESENT, 8, "", "" },
	{ "--json --offline --from x --key k a", AUDIT_BLOBS_PRESENT, 8, "", "" },
};

START_TEST(accepts)
{
	const char *row = accepted[_i].words;
	AUTO(line) l = { .copy = NULL };
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *architectures = NULL;
	AUTO_STR char *components = NULL;

	row_accepted(row, read_line(&l, row, &e), &e);
	architectures = joined(l.a.architectures, l.a.n_architectures);
	components = joined(l.a.components, l.a.n_components);
	row_string(row, "--arch", architectures, accepted[_i].architectures);
	row_string(row, "--components", components, accepted[_i].components);
	ck_assert_msg(l.a.blobs == accepted[_i].blobs, "%s: blobs", row);
	ck_assert_msg(l.s.jobs == accepted[_i].jobs, "%s: %u jobs", row, l.s.jobs);
	/* The signature of the release is OpenPGP's. */
	ck_assert_msg(l.s.openpgp && !l.s.sigstore, "%s: which signature", row);
}
END_TEST

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define PUBLISHED                                                                                  \
	" quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:" ZEROS                            \
	" quay.io/openshift-release-dev/ocp-v5.0-art-dev@sha256:" ZEROS

/* Whose credential helpers are asked before anything is known of the release. */
static const struct {
	const char *image;
	bool has_mirrors;
	const char *want;
} asked[] = {
	{ "4.12.0", false, "4.12.0" PUBLISHED },
	{ "4.12.0", true, "4.12.0" PUBLISHED },
	{ "m.example/ocp/release:4.12.0", false, "m.example/ocp/release:4.12.0" },
	{ "m.example/ocp/release:4.12.0", true, "m.example/ocp/release:4.12.0" PUBLISHED },
	{ "m.example/o/release-images:4", false,
	    "m.example/o/release-images:4 m.example/o/release@sha256:" ZEROS },
	{ "m.example/release-images:4", false,
	    "m.example/release-images:4 m.example/release@sha256:" ZEROS },
	{ "oci:x:4.12.0", true, "oci:x:4.12.0" },
	{ "Not//A:Name@", true, "Not//A:Name@" },
};

START_TEST(knows_who_may_be_asked)
{
	AUTO_STR char *image = xstrdup(asked[_i].image);
	AUTO(audit_asked) a = AUDIT_ASKED_INIT;
	AUTO_STR char *got = NULL;

	audit_asked_make(&a, &image, 1, asked[_i].has_mirrors);
	got = joined(a.v, a.n);
	row_string(image, "asked", got, asked[_i].want);
}
END_TEST

Suite *
audit_settings_suite(void)
{
	Suite *s = suite_create("audit_settings");
	TCase *t = tcase_create("audit_settings");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(t, accepts, 0, (int)ARRAY_LEN(accepted));
	tcase_add_loop_test(t, knows_who_may_be_asked, 0, (int)ARRAY_LEN(asked));
	suite_add_tcase(s, t);
	return s;
}
