/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "audit_data.h"
#include "cmd/audit_words.h"
#include "rows.h"
#include "suites.h"

#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define E "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
#define RELEASES "quay.io/openshift-release-dev/ocp-release"
#define COMPONENTS "quay.io/openshift-release-dev/ocp-v4.0-art-dev"

static const struct {
	uint64_t bytes;
	const char *want;
} sizes[] = {
	{ 0, "0 bytes" },
	{ 1023, "1023 bytes" },
	{ 1024, "1.0 KiB" },
	{ 5368709120, "5.0 GiB" },
	{ UINT64_MAX, "16384.0 PiB" },
};

START_TEST(tells_sizes)
{
	AUTO_STR char *got = audit_size(sizes[_i].bytes);

	row_string(sizes[_i].want, "the size", got, sizes[_i].want);
}
END_TEST

START_TEST(tells_architectures)
{
	row_string("amd64", "its word", audit_architecture("amd64"), "x86_64");
	row_string("arm64", "its word", audit_architecture("arm64"), "aarch64");
	row_string("s390x", "its word", audit_architecture("s390x"), "s390x");
	row_string("riscv64", "its word", audit_architecture("riscv64"), "riscv64");
	row_string("none", "its word", audit_architecture(NULL), NULL);
}
END_TEST

/* Each kind has a word, and something to do about it. */
START_TEST(knows_every_kind)
{
	for (unsigned k = PROBLEM_KINDS_BEGIN; k < PROBLEM_KINDS_END; k++) {
		enum audit_problem_kind kind = (enum audit_problem_kind)k;

		ck_assert_msg(audit_problem_word(kind)[0] != '\0', "%u", k);
		ck_assert_msg(audit_problem_step(kind)[0] != '\0', "%u", k);
	}
	ck_assert_str_eq(audit_problem_step(PROBLEM_UNSET), "");
}
END_TEST

/* component, where it was asked for, and what copies its signature. */
static const struct {
	const char *name, *component, *where, *command;
	enum audit_problem_kind kind;
} commands[] = {
	{ "another problem", "cli", NULL, NULL, PROBLEM_MISSING_BLOB },
	{ "a component that is not there", "none", NULL, NULL, PROBLEM_NO_SIGSTORE },
	{ "missing at its source", "cli",
	    "https://quay.io/v2/openshift-release-dev/ocp-v4.0-art-dev/manifests/x", NULL,
	    PROBLEM_NO_SIGSTORE },
	{ "where the image was", "cli", NULL,
	    "skopeo copy docker://" COMPONENTS ":sha256-" ONES
	    ".sig docker://mirror.example:5000/ocp/release:sha256-" ONES ".sig",
	    PROBLEM_NO_SIGSTORE },
	{ "where it was asked for", "cli", "https://m.example/v2/a/b/manifests/sha256-x.sig",
	    "skopeo copy docker://" COMPONENTS ":sha256-" ONES
	    ".sig docker://m.example/a/b:sha256-" ONES ".sig",
	    PROBLEM_BAD_SIGSTORE },
	{ "the release", NULL, "https://m.example/v2/a/b/manifests/sha256-x.sig",
	    "skopeo copy docker://" RELEASES ":sha256-" ONES
	    ".sig docker://m.example/a/b:sha256-" ONES ".sig",
	    PROBLEM_NO_SIGSTORE },
	/* What would be another command is passed over for the next best. */
	{ "no URL", "cli", "/srv/registry/v2/a/manifests/x",
	    "skopeo copy docker://" COMPONENTS ":sha256-" ONES
	    ".sig docker://mirror.example:5000/ocp/release:sha256-" ONES ".sig",
	    PROBLEM_NO_SIGSTORE },
	{ "for a shell", "cli", "https://m.example/v2/a;reboot;$(reboot)/manifests/x",
	    "skopeo copy docker://" COMPONENTS ":sha256-" ONES
	    ".sig docker://mirror.example:5000/ocp/release:sha256-" ONES ".sig",
	    PROBLEM_NO_SIGSTORE },
	{ "for a shell, the host", "cli", "https://m.example`reboot`/v2/a/manifests/x",
	    "skopeo copy docker://" COMPONENTS ":sha256-" ONES
	    ".sig docker://mirror.example:5000/ocp/release:sha256-" ONES ".sig",
	    PROBLEM_NO_SIGSTORE },
};

START_TEST(tells_commands)
{
	struct audit_data d;
	AUTO_STR char *got = NULL;

	audit_data_open(&d, NULL);
	audit_data_problem(&d, commands[_i].kind, OUTCOME_REFUSED, NULL, commands[_i].component,
	    '1', commands[_i].where);
	got = audit_problem_command(&d.report, &d.report.problems[0]);
	row_string(commands[_i].name, "the command", got, commands[_i].command);
	audit_data_close(&d);
}
END_TEST

/* In a tree there is no name to copy to, and without a verified name none to copy from. */
START_TEST(tells_what_it_knows)
{
	struct audit_data d;
	AUTO_STR char *elsewhere = NULL;
	AUTO_STR char *nothing = NULL;

	audit_data_open(&d, NULL);
	audit_data_problem(&d, PROBLEM_NO_SIGSTORE, OUTCOME_REFUSED, NULL, NULL, 'e', NULL);
	free(d.report.image.manifest_location);
	d.report.image.manifest_location = xstrdup("/srv/oci/index.json");
	elsewhere = audit_problem_command(&d.report, &d.report.problems[0]);
	row_string("in a tree", "the command", elsewhere,
	    "skopeo copy docker://" RELEASES ":sha256-" E
	    ".sig docker://MIRROR/REPOSITORY:sha256-" E ".sig");
	d.report.image.accepted = NULL;
	nothing = audit_problem_command(&d.report, &d.report.problems[0]);
	row_string("not accepted", "the command", nothing, NULL);
	audit_data_close(&d);
}
END_TEST

/* Whatever else it says: what was cut short is no acceptance. */
START_TEST(accepts_only_what_came_to_its_end)
{
	const struct audit_report empty = AUDIT_REPORT_INIT;
	struct audit_data d;
	struct audit_shown a = { .report = &empty };

	ck_assert_int_eq(audit_outcome(&a), OUTCOME_REFUSED);
	a.stopped = true;
	ck_assert_int_eq(audit_outcome(&a), OUTCOME_UNDECIDED);
	audit_data_open(&d, NULL);
	a = (struct audit_shown){ .report = &d.report };
	ck_assert_int_eq(audit_outcome(&a), OUTCOME_PROVEN);
	ck_assert_int_eq(audit_reason(&a), REASON_ACCEPTED);
	d.report.interrupted = true;
	ck_assert_int_eq(audit_outcome(&a), OUTCOME_UNDECIDED);
	ck_assert_int_eq(audit_reason(&a), REASON_TIMED_OUT);
	audit_data_problem(&d, PROBLEM_BLOB_SIZE, OUTCOME_REFUSED, NULL, "cli", '1', NULL);
	ck_assert_int_eq(audit_outcome(&a), OUTCOME_REFUSED);
	ck_assert_int_eq(audit_reason(&a), REASON_CONTENT_MISSING);
	a.stopped = true;
	ck_assert_int_eq(audit_outcome(&a), OUTCOME_UNDECIDED);
	audit_data_close(&d);
}
END_TEST

Suite *
audit_words_suite(void)
{
	Suite *s = suite_create("audit_words");
	TCase *t = tcase_create("audit_words");

	tcase_add_loop_test(t, tells_sizes, 0, (int)ARRAY_LEN(sizes));
	tcase_add_test(t, tells_architectures);
	tcase_add_test(t, knows_every_kind);
	tcase_add_loop_test(t, tells_commands, 0, (int)ARRAY_LEN(commands));
	tcase_add_test(t, tells_what_it_knows);
	tcase_add_test(t, accepts_only_what_came_to_its_end);
	suite_add_tcase(s, t);
	return s;
}
