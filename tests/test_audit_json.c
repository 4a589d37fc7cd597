/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "audit_data.h"
#include "cmd/audit_diff.h"
#include "cmd/audit_json.h"
#include "cmd/report_json.h"
#include "formats/json.h"
#include "rows.h"
#include "suites.h"

static struct audit_data data;
static struct audit_shown shown;

static void
set_up(void)
{
	audit_data_open(&data, NULL);
	shown = (struct audit_shown){ .report = &data.report, .blobs = AUDIT_BLOBS_PRESENT };
}

static void
tear_down(void)
{
	audit_data_close(&data);
}

/* The value at "member.0.member", as JSON; "(nothing)" when there is none. For free(). */
static char *
value_at(const json_t *root, const char *path)
{
	AUTO_STR char *copy = xstrdup(path);
	char *rest = copy, *part, *end;

	while (root != NULL && (part = strsep(&rest, ".")) != NULL) {
		unsigned long i = strtoul(part, &end, 10);

		root = json_is_array(root) && *end == '\0' ? json_array_get(root, i)
							   : json_object_get(root, part);
	}
	return root != NULL ? json_dumps(root, JSON_ENCODE_ANY | JSON_COMPACT)
			    : xstrdup("(nothing)");
}

static void
check_value(const json_t *root, const char *path, const char *want)
{
	AUTO_STR char *got = value_at(root, path);

	row_string(path, "the value", got, want);
}

struct row {
	const char *path, *want;
};

static const struct row good[] = {
	{ "image", "\"4.99.0-multi\"" },
	{ "outcome", "\"accepted\"" },
	{ "reason", "\"accepted\"" },
	{ "detail", "null" },
	{ "interrupted", "false" },
	{ "version", "\"4.99.0\"" },
	{ "blobs", "\"present\"" },
	{ "counts", "{\"components\":2,\"manifests\":6,\"blobs\":12,\"blobs_hashed\":0,"
		    "\"bytes\":5368709120,\"bytes_hashed\":0,\"sigstore\":2,\"problems\":0}" },
	{ "problems", "[]" },
	{ "problem_counts.missing-blob", "0" },
	{ "problem_counts.unreachable", "0" },
	{ "releases.0.architecture", "\"x86_64\"" },
	{ "releases.0.tie", "\"signature\"" },
	{ "releases.0.tie_fingerprint", "\"4EDB57D1B2E4C666DD00CE03EE46194CB49E4007\"" },
	{ "releases.0.version", "\"4.99.0\"" },
	{ "releases.0.metadata_version", "\"4.99.0\"" },
	{ "releases.0.config_version", "\"4.99.0\"" },
	{ "releases.0.advisory", "\"https://access.redhat.com/errata/RHBA-2020:0001\"" },
	{ "releases.0.policies", "[{\"name\":\"openshift\",\"enforced\":true,\"detail\":null}]" },
	{ "releases.0.image.sigstore", "{\"outcome\":\"accepted\",\"fingerprint\":\"5165\"}" },
	{ "releases.1.architecture", "\"aarch64\"" },
	{ "releases.1.tie", "\"membership\"" },
	{ "releases.1.tie_fingerprint", "null" },
	{ "releases.1.policies.0.detail", "\"for TechPreviewNoUpgrade alone\"" },
	{ "releases.0.components.0.name", "\"cli\"" },
	{ "releases.0.components.0.pull_spec",
	    "\"quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:"
	    "1111111111111111111111111111111111111111111111111111111111111111\"" },
	{ "releases.0.components.0.digest",
	    "\"sha256:1111111111111111111111111111111111111111111111111111111111111111\"" },
	{ "releases.0.components.0.commit", "\"0123456789abcdef\"" },
	{ "releases.0.components.0.source", "\"https://github.com/openshift/cli\"" },
	{ "releases.0.components.0.wrong", "null" },
	{ "releases.0.components.0.wanted", "true" },
	{ "releases.0.components.0.image.media_type",
	    "\"application/vnd.docker.distribution.manifest.list.v2+json\"" },
	{ "releases.0.components.0.image.images.0.architecture", "\"aarch64\"" },
	{ "releases.0.components.0.image.images.0.images", "[]" },
	{ "releases.0.components.1.image.images", "[]" },
	{ "releases.0.components.1.image.outcome", "\"accepted\"" },
	{ "releases.0.components.1.image.bytes", "900" },
	{ "releases.0.components.1.image.sigstore", "null" },
	{ "releases.0.components.1.image.blobs.0",
	    "{\"digest\":\"sha256:"
	    "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\",\"size\":2000,"
	    "\"media_type\":\"application/json\",\"outcome\":\"accepted\",\"hashed\":false}" },
	{ "releases.0.components.2.wanted", "false" },
	{ "releases.0.components.2.image", "null" },
};

START_TEST(has_the_evidence)
{
	AUTO_JSON json_t *o = audit_json(&shown);

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		check_value(o, good[i].path, good[i].want);
}
END_TEST

static const struct row bad[] = {
	{ "outcome", "\"refused\"" },
	{ "reason", "\"content-missing\"" },
	{ "detail", "\"got this, want that\"" },
	{ "counts.problems", "2" },
	{ "problem_counts.missing-manifest", "1" },
	{ "problem_counts.bad-sigstore-signature", "1" },
	{ "problem_counts.corrupt-blob", "0" },
	{ "problems.0.kind", "\"missing-manifest\"" },
	{ "problems.0.outcome", "\"refused\"" },
	{ "problems.0.architecture", "\"aarch64\"" },
	{ "problems.0.component", "\"etcd\"" },
	{ "problems.0.digest",
	    "\"sha256:2222222222222222222222222222222222222222222222222222222222222222\"" },
	{ "problems.0.location", "\"https://mirror.example\"" },
	{ "problems.0.detail", "\"got this, want that\"" },
	{ "problems.0.command", "null" },
	{ "problems.1.component", "null" },
	{ "problems.1.command",
	    "\"skopeo copy docker://quay.io/openshift-release-dev/ocp-release:sha256-"
	    "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.sig "
	    "docker://mirror.example:5000/ocp/release-images:sha256-"
	    "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee.sig\"" },
};

START_TEST(has_the_problems)
{
	AUTO_JSON json_t *o = NULL;

	audit_data_problem(&data, PROBLEM_MISSING_MANIFEST, OUTCOME_REFUSED, "arm64", "etcd", '2',
	    "https://mirror.example");
	audit_data_problem(&data, PROBLEM_BAD_SIGSTORE, OUTCOME_REFUSED, NULL, NULL, 'e', NULL);
	o = audit_json(&shown);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		check_value(o, bad[i].path, bad[i].want);
}
END_TEST

START_TEST(says_when_it_was_cut_short)
{
	AUTO_JSON json_t *by_clock = NULL;
	AUTO_JSON json_t *by_signal = NULL;

	data.report.interrupted = true;
	by_clock = audit_json(&shown);
	check_value(by_clock, "outcome", "\"no-verdict\"");
	check_value(by_clock, "reason", "\"timed-out\"");
	check_value(by_clock, "interrupted", "true");
	audit_data_problem(&data, PROBLEM_VERSION, OUTCOME_REFUSED, NULL, NULL, 'e', NULL);
	shown.stopped = true;
	by_signal = audit_json(&shown);
	check_value(by_signal, "outcome", "\"no-verdict\"");
	check_value(by_signal, "interrupted", "true");
}
END_TEST

/* A report of nothing, and one of bytes that are no text: both are documents. */
START_TEST(is_always_a_document)
{
	const struct audit_report nothing = AUDIT_REPORT_INIT;
	const struct audit_shown none = { .report = &nothing };
	struct audit_data hostile;
	AUTO_JSON json_t *empty = audit_json(&none);
	AUTO_JSON json_t *again = NULL;
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	check_value(empty, "outcome", "\"refused\"");
	check_value(empty, "releases", "[]");
	audit_data_open(&hostile, "\xff\x1b\"\\</script>");
	shown.report = &hostile.report;
	report_json_text(&text, audit_json(&shown));
	again = json_read(buf_bytes(&text), "the report", &e);
	ck_assert_msg(again != NULL, "%s", err_msg(&e));
	for (size_t i = 0; i < text.n; i++)
		ck_assert(text.p[i] == '\n' || (text.p[i] >= ' ' && text.p[i] < 0x7f));
	audit_data_close(&hostile);
}
END_TEST

static const struct row same[] = {
	{ "architectures.0.architecture", "\"x86_64\"" },
	{ "architectures.0.old_version", "\"4.99.0\"" },
	{ "architectures.0.new_version", "\"4.99.0\"" },
	{ "architectures.0.counts",
	    "{\"same\":3,\"added\":0,\"removed\":0,\"changed\":0,\"rebuilt\":0}" },
	{ "architectures.1.components.0.name", "\"cli\"" },
	{ "architectures.1.components.0.change", "\"same\"" },
	{ "architectures.1.components.0.old.commit", "\"0123456789abcdef\"" },
	{ "architectures.2", "(nothing)" },
	{ "only_old", "[]" },
	{ "only_new", "[]" },
	{ "old.version", "\"4.99.0\"" },
	{ "new.outcome", "\"accepted\"" },
};

START_TEST(has_the_difference)
{
	AUTO_JSON json_t *o = audit_diff_json(&shown, &shown);

	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		check_value(o, same[i].path, same[i].want);
}
END_TEST

START_TEST(compares_nothing_unverified)
{
	const struct audit_report nothing = AUDIT_REPORT_INIT;
	const struct audit_shown none = { .report = &nothing };
	AUTO_JSON json_t *o = audit_diff_json(&none, &shown);

	check_value(o, "architectures", "[]");
	check_value(o, "old.outcome", "\"refused\"");
}
END_TEST

Suite *
audit_json_suite(void)
{
	Suite *s = suite_create("audit_json");
	TCase *t = tcase_create("audit_json");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, has_the_evidence);
	tcase_add_test(t, has_the_problems);
	tcase_add_test(t, says_when_it_was_cut_short);
	tcase_add_test(t, is_always_a_document);
	tcase_add_test(t, has_the_difference);
	tcase_add_test(t, compares_nothing_unverified);
	suite_add_tcase(s, t);
	return s;
}
