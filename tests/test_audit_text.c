/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "audit_data.h"
#include "cmd/audit_diff.h"
#include "cmd/audit_text.h"
#include "rows.h"
#include "suites.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define E "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "2222222222222222222222222222222222222222222222222222222222222222"
#define THREES "3333333333333333333333333333333333333333333333333333333333333333"
#define NINES "9999999999999999999999999999999999999999999999999999999999999999"
#define RELEASES "quay.io/openshift-release-dev/ocp-release"
#define COMPONENTS "quay.io/openshift-release-dev/ocp-v4.0-art-dev"

static struct audit_data data;

static void
set_up(void)
{
	audit_data_open(&data, NULL);
}

static void
tear_down(void)
{
	audit_data_close(&data);
}

static struct audit_shown
shown(enum audit_blobs blobs)
{
	return (struct audit_shown){ .report = &data.report, .blobs = blobs };
}

#define IMAGE_LINES                                                                                \
	"  digest:     sha256:" E "\n"                                                             \
	"  signed as:  " RELEASES ":4.99.0-multi\n"                                                \
	"  signed by:  4EDB57D1B2E4C666DD00CE03EE46194CB49E4007 relsig test release "              \
	"<test@relsig.invalid>\n"                                                                  \
	"  signed on:  2020-06-01T00:00:00Z (RSA, SHA-256)\n"                                      \
	"  signature:  file:///store/signature-1\n"                                                \
	"  manifest:   https://mirror.example:5000/v2/ocp/release-images/manifests/4.99.0-multi "  \
	"(1000 bytes, application/vnd.docker.distribution.manifest.list.v2+json)\n"

#define RELEASE_LINES                                                                              \
	"  version:    4.99.0\n"                                                                   \
	"  release:    x86_64: sha256:" A ", by its own signature, key "                           \
	"4EDB57D1B2E4C666DD00CE03EE46194CB49E4007\n"                                               \
	"  release:    aarch64: sha256:" B ", named by the signed list\n"                          \
	"  policy:     x86_64: openshift, in the payload: nodes enforce it\n"                      \
	"  policy:     aarch64: openshift, in the payload: not enforced for TechPreviewNoUpgrade " \
	"alone\n"

#define CONTENTS                                                                                   \
	"  contents:   3 components, of which 2 images; 6 manifests; 2 sigstore signatures "       \
	"verified\n"

START_TEST(tells_what_was_accepted)
{
	const struct audit_shown a = shown(AUDIT_BLOBS_PRESENT);
	AUTO(buf) text = BUF_INIT;

	audit_text(&text, &a, false);
	row_string("accepted", "the text", buf_str(&text),
	    "accepted: 4.99.0-multi\n" IMAGE_LINES RELEASE_LINES CONTENTS
	    "  blobs:      12 of 5.0 GiB, of which the sizes were compared (--blobs=verify reads "
	    "them)\n"
	    "  problems:   none\n");
}
END_TEST

/* For a comparison only the payload is read: there are no numbers to tell. */
START_TEST(tells_a_payload_alone)
{
	struct audit_shown a = shown(AUDIT_BLOBS_NONE);
	AUTO(buf) text = BUF_INIT;

	a.payload_only = true;
	audit_text(&text, &a, false);
	row_string("a payload", "the text", buf_str(&text),
	    "accepted: 4.99.0-multi\n" IMAGE_LINES RELEASE_LINES "  problems:   none\n");
}
END_TEST

START_TEST(tells_every_problem)
{
	const struct audit_shown a = shown(AUDIT_BLOBS_NONE);
	AUTO(buf) text = BUF_INIT;

	audit_data_problem(&data, PROBLEM_MISSING_BLOB, OUTCOME_REFUSED, "arm64", "etcd", '9',
	    "https://mirror.example:5000/v2/ocp/release/blobs/x");
	audit_data_problem(&data, PROBLEM_NO_SIGSTORE, OUTCOME_REFUSED, NULL, NULL, 'e', NULL);
	audit_data_problem(&data, PROBLEM_NO_SIGSTORE, OUTCOME_REFUSED, NULL, "etcd", '2', NULL);
	audit_data_problem(&data, PROBLEM_NO_SIGSTORE, OUTCOME_REFUSED, NULL, "cli", '1', NULL);
	audit_text(&text, &a, false);
	row_string("refused", "the text", buf_str(&text),
	    "refused: 4.99.0-multi: content-missing\n" IMAGE_LINES RELEASE_LINES CONTENTS
	    "  blobs:      12 of 5.0 GiB, which were not looked at (--blobs=none)\n"
	    "  problem:    missing-blob: etcd (aarch64): sha256:" NINES
	    ": got this, want that [https://mirror.example:5000/v2/ocp/release/blobs/x]\n"
	    "  problem:    no-sigstore-signature: the release image: sha256:" E
	    ": got this, want that\n"
	    "  problem:    no-sigstore-signature: etcd: sha256:" TWOS ": got this, want that\n"
	    "  problem:    no-sigstore-signature: cli: sha256:" ONES ": got this, want that\n"
	    "  count:      1 missing-blob\n"
	    "  hint:       the image was not copied whole, or the mirror lost a part: delete it "
	    "there and mirror it again\n"
	    "  count:      3 no-sigstore-signature\n"
	    "  hint:       nodes will refuse the image, as clusters do that update to 4.21 or "
	    "later (\"A signature was required, but no signature exists\"): copy the signature to "
	    "the mirror\n"
	    "              skopeo copy docker://" RELEASES ":sha256-" E
	    ".sig docker://mirror.example:5000/ocp/release-images:sha256-" E ".sig\n"
	    "              and so on, 2 more: --verbose prints them all\n");
}
END_TEST

START_TEST(tells_more_when_asked)
{
	const struct audit_shown a = shown(AUDIT_BLOBS_VERIFY);
	AUTO(buf) text = BUF_INIT;

	audit_data_problem(&data, PROBLEM_BAD_SIGSTORE, OUTCOME_REFUSED, NULL, "cli", '1', NULL);
	audit_data_problem(&data, PROBLEM_BAD_SIGSTORE, OUTCOME_REFUSED, NULL, "etcd", '2', NULL);
	audit_text(&text, &a, true);
	ck_assert_ptr_nonnull(strstr(buf_str(&text),
	    "  component:  etcd (aarch64): accepted sha256:" TWOS
	    " from https://mirror.example:5000/v2/ocp/release/manifests/sha256:" TWOS "\n"));
	ck_assert_ptr_null(strstr(buf_str(&text), "machine-config-operator"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "of which 0 of 0 bytes were read and hashed"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text),
	    "\n              skopeo copy docker://" COMPONENTS ":sha256-" ONES
	    ".sig docker://mirror.example:5000/ocp/release:sha256-" ONES
	    ".sig\n              skopeo copy docker://" COMPONENTS ":sha256-" TWOS ".sig "));
}
END_TEST

/* What was interrupted is never accepted, and by a signal never refused either. */
static const struct {
	const char *name, *headline;
	bool stopped, problem;
} cut_short[] = {
	{ "by a signal", "no verdict: 4.99.0-multi: interrupted\n", true, false },
	{ "by a signal, with a problem", "no verdict: 4.99.0-multi: interrupted\n", true, true },
	{ "by the clock", "no verdict: 4.99.0-multi: timed-out\n", false, false },
	{ "by the clock, with a problem", "refused: 4.99.0-multi: content-missing\n", false, true },
};

START_TEST(tells_that_it_was_cut_short)
{
	struct audit_shown a = shown(AUDIT_BLOBS_PRESENT);
	AUTO(buf) text = BUF_INIT;

	data.report.interrupted = true;
	a.stopped = cut_short[_i].stopped;
	if (cut_short[_i].problem)
		audit_data_problem(
		    &data, PROBLEM_BLOB_SIZE, OUTCOME_REFUSED, NULL, "cli", '1', NULL);
	audit_text(&text, &a, false);
	ck_assert_msg(
	    strncmp(buf_str(&text), cut_short[_i].headline, strlen(cut_short[_i].headline)) == 0,
	    "%s: %s", cut_short[_i].name, buf_str(&text));
	ck_assert_msg(strstr(buf_str(&text),
			  "\n  unfinished: what is not named above was not looked at\n") != NULL,
	    "%s", cut_short[_i].name);
	ck_assert_ptr_null(strstr(buf_str(&text), "problems:   none"));
}
END_TEST

/* Nothing that a terminal obeys, and no line of its own. */
START_TEST(escapes_what_is_from_outside)
{
	struct audit_data hostile;
	struct audit_shown a = { .report = &hostile.report, .blobs = AUDIT_BLOBS_PRESENT };
	AUTO(buf) text = BUF_INIT;

	audit_data_open(&hostile, "\x1b[2Jx\naccepted: all\xe2\x80\xae");
	audit_data_problem(&hostile, PROBLEM_MISSING_BLOB, OUTCOME_REFUSED, "x", "x", '9', "x");
	audit_data_problem(&hostile, PROBLEM_NO_SIGSTORE, OUTCOME_REFUSED, "x", "x", '9', "x");
	audit_text(&text, &a, true);
	audit_text_pullspecs(&text, &hostile.report);
	a.stopped = true;
	audit_text(&text, &a, true);
	ck_assert_ptr_null(strchr(buf_str(&text), '\x1b'));
	ck_assert_ptr_null(strstr(buf_str(&text), "\xe2\x80\xae"));
	ck_assert_ptr_null(strstr(buf_str(&text), "\naccepted: all"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "\\x1b[2Jx\\x0aaccepted: all"));
	audit_data_close(&hostile);
}
END_TEST

#define TABLE                                                                                      \
	"  NAME                    PULL SPEC\n"                                                    \
	"  cli                     " COMPONENTS "@sha256:" ONES "\n"                               \
	"  etcd                    " COMPONENTS "@sha256:" TWOS "\n"                               \
	"  machine-config-operator " COMPONENTS "@sha256:" THREES "\n"

/* As "oc adm release info --pullspecs" has them, to the blank. */
START_TEST(prints_pull_specs)
{
	AUTO(buf) text = BUF_INIT;

	audit_text_pullspecs(&text, &data.report);
	row_string("the same for all", "the text", buf_str(&text), "\nImages:\n" TABLE);
	buf_clear(&text);
	audit_data_component(&data.report.releases[1].references, "pod", '9', NULL);
	audit_text_pullspecs(&text, &data.report);
	row_string("not the same", "the text", buf_str(&text),
	    "\nImages: x86_64\n" TABLE "\nImages: aarch64\n" TABLE
	    "  pod                     " COMPONENTS "@sha256:" NINES "\n");
}
END_TEST

/* A newer release of which one component is another one, one rebuilt, one gone, one new. */
static void
make_newer(struct audit_report *newer, struct audit_release *release)
{
	*release = (struct audit_release){ .references = IMAGE_REFERENCES_INIT };
	release->architecture = data.report.releases[0].architecture;
	release->references.version = xstrdup("4.99.1");
	audit_data_component(&release->references, "cli", '9', "fedcba9876543210");
	audit_data_component(&release->references, "etcd", '9', "0123456789abcdef");
	audit_data_component(&release->references, "pod", '9', NULL);
	*newer = (struct audit_report){ .releases = release, .n_releases = 1 };
	newer->verdict = data.report.verdict;
}

START_TEST(tells_the_difference)
{
	struct audit_release release;
	struct audit_report newer;
	AUTO(buf) text = BUF_INIT;

	make_newer(&newer, &release);
	audit_diff_text(&text, &data.report, &newer);
	row_string("the difference", "the text", buf_str(&text),
	    "4.99.0 -> 4.99.1\n"
	    "  changed:    cli: sha256:" ONES " -> sha256:" NINES
	    ", commit 0123456789abcdef -> fedcba9876543210 of "
	    "https://github.com/openshift/cli\n"
	    "  rebuilt:    etcd: sha256:" TWOS " -> sha256:" NINES
	    ", commit 0123456789abcdef of https://github.com/openshift/etcd\n"
	    "  removed:    machine-config-operator: sha256:" THREES ", commit 0123456789abcdef of "
	    "https://github.com/openshift/machine-config-operator\n"
	    "  added:      pod: sha256:" NINES
	    ", commit not known of https://github.com/openshift/pod\n"
	    "  count:      1 added, 1 removed, 1 changed, 1 rebuilt, 0 the same\n"
	    "  only the old one is for: aarch64\n");
	image_references_free(&release.references);
}
END_TEST

/* Only what was accepted is compared. */
START_TEST(compares_nothing_unverified)
{
	const struct audit_report nothing = AUDIT_REPORT_INIT;
	const struct audit_shown none = { .report = &nothing };
	struct audit_shown a = shown(AUDIT_BLOBS_NONE);

	ck_assert(audit_diff_possible(&a, &a));
	ck_assert(!audit_diff_possible(&a, &none));
	ck_assert(!audit_diff_possible(&none, &a));
	a.stopped = true;
	ck_assert(!audit_diff_possible(&a, &a));
	a.stopped = false;
	audit_data_problem(&data, PROBLEM_VERSION, OUTCOME_REFUSED, "amd64", NULL, 'a', NULL);
	ck_assert(!audit_diff_possible(&a, &a));
}
END_TEST

Suite *
audit_text_suite(void)
{
	Suite *s = suite_create("audit_text");
	TCase *t = tcase_create("audit_text");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, tells_what_was_accepted);
	tcase_add_test(t, tells_a_payload_alone);
	tcase_add_test(t, tells_every_problem);
	tcase_add_test(t, tells_more_when_asked);
	tcase_add_loop_test(t, tells_that_it_was_cut_short, 0, (int)ARRAY_LEN(cut_short));
	tcase_add_test(t, escapes_what_is_from_outside);
	tcase_add_test(t, prints_pull_specs);
	tcase_add_test(t, tells_the_difference);
	tcase_add_test(t, compares_nothing_unverified);
	suite_add_tcase(s, t);
	return s;
}
