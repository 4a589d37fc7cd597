/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A whole release, made in a registry's storage: what is wrong is found and named, all that is not
 * wrong is still looked at, and nothing but a whole chain is accepted.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "audit_run.h"
#include "base/file.h"
#include "base/text.h"
#include "mutation.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"

static void
cut_short(const struct release_tree *t)
{
	audit_run_harm(&t->blob, HARM_CUT);
}

static void
lengthen(const struct release_tree *t)
{
	audit_run_harm(&t->blob, HARM_LENGTHEN);
}

static void
remove_blob(const struct release_tree *t)
{
	audit_run_harm(&t->blob, HARM_REMOVE);
}

static void
flip_blob(const struct release_tree *t)
{
	audit_run_harm(&t->blob, HARM_FLIP);
}

static void
remove_component(const struct release_tree *t)
{
	audit_run_harm(&t->component[0], HARM_REMOVE);
}

static void
flip_component(const struct release_tree *t)
{
	audit_run_harm(&t->component[0], HARM_FLIP);
}

static void
make_directory_of_component(const struct release_tree *t)
{
	audit_run_harm(&t->component[0], HARM_DIRECTORY);
}

static void
make_directory_of_blob(const struct release_tree *t)
{
	audit_run_harm(&t->blob, HARM_DIRECTORY);
}

static void
remove_component_child(const struct release_tree *t)
{
	audit_run_harm(&t->component_child[1], HARM_REMOVE);
}

static void
flip_child(const struct release_tree *t)
{
	audit_run_harm(&t->child[1], HARM_FLIP);
}

static void
remove_config(const struct release_tree *t)
{
	audit_run_harm(&t->release_config, HARM_REMOVE);
}

static void
flip_layer(const struct release_tree *t)
{
	audit_run_harm(&t->release_layer, HARM_FLIP);
}

static void
make_directory_of_layer(const struct release_tree *t)
{
	audit_run_harm(&t->release_layer, HARM_DIRECTORY);
}

static void
flip_policy_signature(const struct release_tree *t)
{
	audit_run_harm(&t->policy_signature, HARM_FLIP);
}

#define TAG(name, pullspec)                                                                        \
	"{\"name\":\"" name "\",\"from\":{\"kind\":\"DockerImage\",\"name\":\"" pullspec "\"}},"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define REPOSITORY "quay.io/" RELEASE_TREE_COMPONENTS
#define RELEASE "quay.io/" RELEASE_TREE_RELEASE
#define LIST .tree.list = true, .tree.tag = RELEASE_TREE_VERSION "-multi"

static const struct audit_case rows[] = {
	/* What is not accepted without a look at the rest. */
	{ .name = "not signed by that name",
	    .identity = RELEASE ":other",
	    .want = OUTCOME_REFUSED,
	    .reason = REASON_IDENTITY_MISMATCH },
	{ .name = "no such image",
	    .image = RELEASE ":none",
	    .want = OUTCOME_UNDECIDED,
	    .reason = REASON_IO_ERROR },
	{ .name = "no name at all",
	    .image = "/",
	    .want = OUTCOME_UNDECIDED,
	    .reason = REASON_USAGE },
	{ .name = "time is up",
	    .over = true,
	    .want = OUTCOME_UNDECIDED,
	    .reason = REASON_TIMED_OUT },
	{ .name = "stopped",
	    .stopped = true,
	    .want = OUTCOME_UNDECIDED,
	    .reason = REASON_TIMED_OUT },
	/* Manifests. */
	{ .name = "a component is missing",
	    .harm = remove_component,
	    .problems = "missing-manifest first" },
	{ .name = "a manifest is corrupt",
	    .harm = flip_component,
	    .problems = "corrupt-manifest first" },
	{ .name = "a manifest cannot be read",
	    .harm = make_directory_of_component,
	    .want = OUTCOME_UNDECIDED,
	    .reason = REASON_UNREACHABLE,
	    .problems = "unreachable first" },
	{ .name = "a manifest that has two names is missing",
	    .tree.more_tags =
		TAG("a", REPOSITORY "@sha256:" ZEROS) TAG("b", REPOSITORY "@sha256:" ZEROS),
	    .problems = "missing-manifest a; missing-manifest b" },
	{ .name = "an image of a component's list is missing",
	    .tree.component_list = true,
	    .harm = remove_component_child,
	    .problems = "missing-manifest first" },
	{ .name = "a component's list has not what is wanted",
	    .tree.component_list = true,
	    .architectures = { "amd64", "s390x" },
	    .problems = "architecture-mismatch first" },
	/* Blobs. */
	{ .name = "a blob is missing", .harm = remove_blob, .problems = "missing-blob second" },
	{ .name = "a blob is missing, and would be hashed",
	    .harm = remove_blob,
	    .blobs = AUDIT_BLOBS_VERIFY,
	    .problems = "missing-blob second" },
	{ .name = "a blob is cut", .harm = cut_short, .problems = "blob-size second" },
	{ .name = "a blob is cut, and hashed",
	    .harm = cut_short,
	    .blobs = AUDIT_BLOBS_VERIFY,
	    .problems = "blob-size second" },
	{ .name = "a blob is too long", .harm = lengthen, .problems = "blob-size second" },
	{ .name = "a blob is too long, and hashed",
	    .harm = lengthen,
	    .blobs = AUDIT_BLOBS_VERIFY,
	    .problems = "blob-size second" },
	{ .name = "a blob is corrupt",
	    .harm = flip_blob,
	    .blobs = AUDIT_BLOBS_VERIFY,
	    .problems = "corrupt-blob second" },
	{ .name = "a blob cannot be looked at",
	    .harm = make_directory_of_blob,
	    .want = OUTCOME_UNDECIDED,
	    .reason = REASON_UNREACHABLE,
	    .problems = "unreachable second" },
	{ .name = "a blob cannot be read",
	    .harm = make_directory_of_blob,
	    .blobs = AUDIT_BLOBS_VERIFY,
	    .want = OUTCOME_UNDECIDED,
	    .reason = REASON_UNREACHABLE,
	    .problems = "unreachable second" },
	/* The payload. */
	{ .name = "no image-references",
	    .tree.references = "",
	    .problems = "no-image-references -" },
	{ .name = "image-references is none",
	    .tree.references = "{}",
	    .problems = "no-image-references -" },
	{ .name = "no components",
	    .tree.references = "{\"kind\":\"ImageStream\",\"metadata\":"
			       "{\"name\":\"4.99.0\"},\"spec\":{\"tags\":[]}}",
	    .problems = "no-image-references -" },
	{ .name = "no release-metadata", .tree.metadata = "", .problems = "no-release-metadata -" },
	{ .name = "release-metadata is none",
	    .tree.metadata = "{\"kind\":\"x\"}",
	    .problems = "no-release-metadata -" },
	{ .name = "no archive",
	    .tree.raw_layer = "no archive",
	    .problems = "no-image-references -" },
	{ .name = "a whiteout of image-references",
	    .tree.upper = "f:release-manifests/.wh.image-references",
	    .problems = "no-image-references -" },
	{ .name = "a whiteout of all",
	    .tree.upper = "f:release-manifests/.wh..wh..opq",
	    .problems = "no-image-references -; no-release-metadata -" },
	{ .name = "a file instead of the folder",
	    .tree.upper = "f:release-manifests",
	    .problems = "no-image-references -; no-release-metadata -" },
	{ .name = "a link instead of the folder",
	    .tree.upper = "l:release-manifests",
	    .problems = "no-image-references -" },
	{ .name = "a file over image-references",
	    .tree.upper = "f:release-manifests/image-references",
	    .problems = "no-image-references -" },
	{ .name = "a manifest twice in one layer",
	    .tree.upper = "f:release-manifests/a.yaml f:./release-manifests/a.yaml",
	    .problems = "no-image-references -" },
	{ .name = "a manifest that is there and gone",
	    .tree.upper = "f:release-manifests/a.yaml f:release-manifests/.wh.a.yaml",
	    .problems = "no-image-references -" },
	{ .name = "a manifest that is gone and there",
	    .tree.upper = "f:release-manifests/.wh.a.yaml f:release-manifests/a.yaml",
	    .problems = "no-image-references -" },
	{ .name = "a name that some read otherwise",
	    .tree.upper = "f:release-manifests/./image-references",
	    .problems = "no-image-references -" },
	{ .name = "too many manifests",
	    .tree.upper = "p:10001x0",
	    .problems = "no-image-references -" },
	{ .name = "manifests that are too large together",
	    .tree.upper = "p:2x8388609",
	    .problems = "no-image-references -" },
	{ .name = "the config is missing", .harm = remove_config, .problems = "missing-blob -" },
	{ .name = "the layer is corrupt", .harm = flip_layer, .problems = "corrupt-blob -" },
	{ .name = "the layer cannot be read",
	    .harm = make_directory_of_layer,
	    .want = OUTCOME_UNDECIDED,
	    .reason = REASON_UNREACHABLE,
	    .problems = "unreachable -" },
	/* Components. */
	{ .name = "a component by tag",
	    .tree.more_tags = TAG("a", REPOSITORY ":4"),
	    .problems = "bad-component a" },
	{ .name = "two components of one name",
	    .tree.component_name = "first",
	    .problems = "bad-component first; bad-component first" },
	{ .name = "a component of another name",
	    .components = { "first", "third" },
	    .code = E_USAGE },
	/* Versions. */
	{ .name = "another version in release-metadata",
	    .tree.metadata_version = "4.98.0",
	    .problems = "version-mismatch -; version-mismatch -; version-mismatch -; "
			"version-mismatch -" },
	{ .name = "another version in image-references",
	    .tree.references_version = "4.98.0",
	    .problems = "version-mismatch -" },
	{ .name = "another version in the label",
	    .tree.label = "4.98.0",
	    .problems = "version-mismatch -" },
	{ .name = "no label",
	    .tree.label = NULL,
	    .no_label = true,
	    .problems = "version-mismatch -" },
	{ .name = "another version in the tag, and in the signature",
	    .tree.tag = "4.98.0-x86_64",
	    .problems = "version-mismatch -; version-mismatch -" },
	{ .name = "another version in the signature alone",
	    .tree.tag = "4.98.0-x86_64",
	    .identity = RELEASE ":4.98.0-x86_64",
	    .problems = "version-mismatch -" },
	/* Architectures. */
	{ .name = "another architecture in the tag",
	    .tree.tag = RELEASE_TREE_VERSION "-aarch64",
	    .problems = "architecture-mismatch -; architecture-mismatch -" },
	{ .name = "another architecture is wanted",
	    .architectures = { "arm64" },
	    .problems = "architecture-mismatch -" },
	{ .name = "another architecture in the list",
	    LIST,
	    .tree.machine = "amd64",
	    .problems = "architecture-mismatch@arm64 -" },
	{ .name = "the list has not what is wanted",
	    LIST,
	    .architectures = { "s390x" },
	    .problems = "architecture-mismatch -" },
	/* Signatures that nodes demand. */
	{ .name = "no signatures",
	    .tree.sigstore = false,
	    .unsigned_sigstore = true,
	    .problems = "no-sigstore-signature -; no-sigstore-signature first; "
			"no-sigstore-signature second" },
	{ .name = "signatures by another key",
	    .tree.other_sigstore = true,
	    .problems = "bad-sigstore-signature -; bad-sigstore-signature first; "
			"bad-sigstore-signature second" },
	{ .name = "a signature that is not what was attached",
	    .harm = flip_policy_signature,
	    .want = OUTCOME_UNDECIDED,
	    .reason = REASON_UNREACHABLE,
	    .problems = "unreachable -" },
	{ .name = "for the release alone, and none is there",
	    .unsigned_sigstore = true,
	    .tree.policy = RELEASE_TREE_POLICY(RELEASE_TREE_MANAGED, RELEASE),
	    .problems = "no-sigstore-signature -" },
	{ .name = "a policy that is none",
	    .tree.policy = "kind: ClusterImagePolicy\n",
	    .problems = "bad-cluster-image-policy -" },
	{ .name = "a policy with certificates",
	    .problems = "bad-sigstore-signature -",
	    .tree.policy = "apiVersion: config.openshift.io/v1\nkind: ClusterImagePolicy\n"
			   "metadata:\n  name: p\n  annotations: {" RELEASE_TREE_MANAGED "}\n"
			   "spec:\n  scopes: [" RELEASE "]\n  policy:\n    rootOfTrust:\n"
			   "      policyType: PKI\n      pki: {caRootsData: a2V5, "
			   "pkiCertificateSubject: {email: e}}\n" },
	/* Lists. */
	{ .name = "an image of the list is corrupt",
	    LIST,
	    .harm = flip_child,
	    .problems = "corrupt-manifest@arm64 -" },

	{ .name = "a component of all images of the list is missing",
	    LIST,
	    .harm = remove_component,
	    .problems = "missing-manifest first" },

	/* And what is as it should be. */
	{ .name = "all",
	    .want = OUTCOME_PROVEN,
	    .counts = { 3, 8, 2, .components = 2, .sigstore = 3 } },
	{ .name = "all, hashed",
	    .want = OUTCOME_PROVEN,
	    .blobs = AUDIT_BLOBS_VERIFY,
	    .counts = { 3, 8, 8, .components = 2, .sigstore = 3 } },
	{ .name = "no blobs",
	    .want = OUTCOME_PROVEN,
	    .blobs = AUDIT_BLOBS_NONE,
	    .harm = remove_blob,
	    .counts = { 3, 2, 2, .components = 2, .sigstore = 3 } },
	{ .name = "a corrupt blob that was not hashed",
	    .want = OUTCOME_PROVEN,
	    .harm = flip_blob,
	    .counts = { 3, 8, 2, .components = 2, .sigstore = 3 } },
	{ .name = "one component",
	    .want = OUTCOME_PROVEN,
	    .components = { "second" },
	    .harm = remove_component,
	    .counts = { 2, 6, 2, .components = 1, .sigstore = 2 } },
	{ .name = "a component's list",
	    .want = OUTCOME_PROVEN,
	    .tree.component_list = true,
	    .counts = { 5, 10, 2, .components = 2, .sigstore = 4 } },
	{ .name = "one image of a component's list",
	    .want = OUTCOME_PROVEN,
	    .tree.component_list = true,
	    .architectures = { "amd64" },
	    .harm = remove_component_child,
	    .counts = { 4, 8, 2, .components = 2, .sigstore = 3 } },
	{ .name = "a list of releases",
	    LIST,
	    .want = OUTCOME_PROVEN,
	    .tie = TIE_MEMBERSHIP,
	    .counts = { 5, 9, 3, .components = 2, .sigstore = 4 } },
	{ .name = "a list of releases that are signed",
	    LIST,
	    .want = OUTCOME_PROVEN,
	    .tree.children_signed = true,
	    .tie = TIE_SIGNATURE,
	    .counts = { 5, 9, 3, .components = 2, .sigstore = 4 } },
	{ .name = "one of a list",
	    LIST,
	    .want = OUTCOME_PROVEN,
	    .architectures = { "amd64" },
	    .harm = flip_child,
	    .tie = TIE_MEMBERSHIP,
	    .counts = { 4, 8, 2, .components = 2, .sigstore = 3 } },
	{ .name = "no policy",
	    .want = OUTCOME_PROVEN,
	    .unsigned_sigstore = true,
	    .no_policy = true,
	    .counts = { 3, 8, 2, .components = 2 } },
	{ .name = "a policy of another feature set",
	    .want = OUTCOME_PROVEN,
	    .unsigned_sigstore = true,
	    .counts = { 3, 8, 2, .components = 2 },
	    .tree.policy = RELEASE_TREE_POLICY(RELEASE_TREE_MANAGED
		", release.openshift.io/feature-set: TechPreviewNoUpgrade",
		RELEASE) },
	{ .name = "an upper layer with something else",
	    .want = OUTCOME_PROVEN,
	    .tree.upper = "f:release-manifests-not/.wh.image-references",
	    .counts = { 3, 9, 3, .components = 2, .sigstore = 3 } },
	{ .name = "as many manifests as may be",
	    .want = OUTCOME_PROVEN,
	    .tree.upper = "p:10000x0",
	    .counts = { 3, 9, 3, .components = 2, .sigstore = 3 } },
	{ .name = "manifests as large as may be",
	    .want = OUTCOME_PROVEN,
	    .tree.upper = "p:2x8388608",
	    .counts = { 3, 9, 3, .components = 2, .sigstore = 3 } },
	{ .name = "two names of one image",
	    .want = OUTCOME_PROVEN,
	    .twice = true,
	    .counts = { 3, 8, 2, .components = 2, .sigstore = 3 } },
	{ .name = "the oldest tags",
	    .want = OUTCOME_PROVEN,
	    .tree.tag = RELEASE_TREE_VERSION,
	    .counts = { 3, 8, 2, .components = 2, .sigstore = 3 } },
};

START_TEST(judges)
{
	audit_case_run(&rows[_i]);
}
END_TEST

/*
 * --- every file and every byte ------------------------------------------------------------------
 */

/* What is looked for: blobs, and the files by which they are found. */
static struct {
	char **v;
	size_t n;
} files;

static void
note_file(const char *path)
{
	*LIST_ADD(files.v, files.n) = xstrdup(path);
}

static int
note_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_F)
		note_file(path);
	return 0;
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
find_files(void)
{
	AUTO_STR char *root = tree_path("docker");

	files.v = NULL;
	files.n = 0;
	ck_assert_int_eq(nftw(root, note_entry, 8, FTW_PHYS), 0);
	ck_assert_ptr_nonnull(files.v);
	qsort(files.v, files.n, sizeof(*files.v), compare_paths);
}

static void
free_files(void)
{
	for (size_t i = 0; i < files.n; i++)
		free(files.v[i]);
	free(files.v);
}

static bool
is_accepted(const struct audit_case *c, const struct release_tree *t)
{
	AUTO(audit_report) r = AUDIT_REPORT_INIT;
	AUTO(err) e = ERR_INIT;

	return audit_case_audit(c, t, NULL, &r, &e) == 0 && verdict_accepted(&r.verdict);
}

/* An image that holds signatures is no part of the chain: what counts is what is signed in it. */
static bool
is_attachment(const struct release_tree *t, const char *path)
{
	for (size_t i = 0; i < t->n_attachments; i++) {
		AUTO_STR char *name = release_tree_data(&t->attachments[i]);

		if (text_ends_with(path, name))
			return true;
	}
	return false;
}

static void
without_it(const struct audit_case *c, const struct release_tree *t, const char *path)
{
	AUTO_STR char *aside = xasprintf("%s.aside", path);

	ck_assert_int_eq(rename(path, aside), 0);
	ck_assert_msg(!is_accepted(c, t), "%s is not there", path);
	ck_assert_int_eq(rename(aside, path), 0);
}

static void
with_another_byte(const struct audit_case *c, const struct release_tree *t, const char *path)
{
	AUTO(buf) content = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_eq(file_read(&content, path, 1 << 20, &e), 0);
	for (size_t i = 0; i < content.n; i += mutation_few() ? 13 : 1) {
		const uint8_t flipped = content.p[i] ^ (uint8_t)(1U << i % 8);

		ck_assert_int_eq(pwrite(fd, &flipped, 1, (off_t)i), 1);
		ck_assert_msg(!is_accepted(c, t), "%s: byte %zu is another", path, i);
		ck_assert_int_eq(pwrite(fd, &content.p[i], 1, (off_t)i), 1);
	}
	close(fd);
}

/* Revisions are looked for by their names, where they are looked for at all. */
static bool
is_relevant(const char *path)
{
	return text_ends_with(path, "/data") || strstr(path, "/tags/") != NULL;
}

enum { PARTS = 8 };

START_TEST(each_file_and_each_byte_counts)
{
	static const struct audit_case all = {
		.name = "all", .jobs = 1, .blobs = AUDIT_BLOBS_VERIFY
	};
	struct release_tree t;

	audit_case_write(&all, &t);
	find_files();
	ck_assert(is_accepted(&all, &t));
	for (size_t i = (size_t)_i; i < files.n; i += PARTS) {
		if (!is_relevant(files.v[i]))
			continue;
		without_it(&all, &t, files.v[i]);
		if (!is_attachment(&t, files.v[i]))
			with_another_byte(&all, &t, files.v[i]);
	}
	ck_assert(is_accepted(&all, &t));
	free_files();
}
END_TEST

/* Whatever the threads do, the report is the same. */
START_TEST(reports_in_order)
{
	static const unsigned jobs[] = { 1, 2, 8, 8, 8 };
	AUTO_STR char *first = NULL;
	struct release_tree t;

	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		const struct audit_case c = { .name = "order",
			.jobs = jobs[i],
			.unsigned_sigstore = true,
			.tree.component_list = true,
			LIST };
		AUTO(audit_report) r = AUDIT_REPORT_INIT;
		AUTO_STR char *text = NULL;
		AUTO(err) e = ERR_INIT;

		audit_case_write(&c, &t);
		flip_component(&t);
		ck_assert_int_eq(audit_case_audit(&c, &t, NULL, &r, &e), 0);
		text = audit_run_problems(&r, true);
		if (first == NULL)
			first = steal(&text);
		else
			row_string("order", "the problems", text, first);
	}
}
END_TEST

Suite *
audit_suite(void)
{
	Suite *s = suite_create("audit");
	TCase *t = tcase_create("audit");

	tcase_add_checked_fixture(t, audit_run_set_up, audit_run_tear_down);
	tcase_add_loop_test(t, judges, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, reports_in_order);
	suite_add_tcase(s, t);
	t = tcase_create("each byte");
	tcase_add_checked_fixture(t, audit_run_set_up, audit_run_tear_down);
	tcase_set_timeout(t, 300);
	tcase_set_tags(t, "mutation");
	tcase_add_loop_test(t, each_file_and_each_byte_counts, 0, PARTS);
	suite_add_tcase(s, t);
	return s;
}
