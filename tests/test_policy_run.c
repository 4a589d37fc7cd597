/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which requirements a run needs keys of, and that none of them is trusted by being read. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "verify/policy_run.h"

#define KEYS TEST_SRCDIR "/testdata/keys/"
#define SIGNED_BY(file)                                                                            \
	"{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPath\":\"" KEYS file "\"}"
#define POLICY                                                                                     \
	"{\"default\":[" SIGNED_BY(                                                                \
	    "other.asc") "],\"transports\":{\"docker\":{"                                          \
			 "\"quay.io/a\":[" SIGNED_BY(                                              \
			     "release.asc") "],"                                                   \
					    "\"quay.io/b\":[" SIGNED_BY(                           \
						"nothing.asc") "," SIGNED_BY("release.asc") "],"   \
											    "\"qu" \
											    "ay."  \
											    "io/"  \
											    "c\":" \
											    "[{"   \
											    "\"ty" \
											    "pe\"" \
											    ":\"i" \
											    "nsec" \
											    "ureA" \
											    "ccep" \
											    "tAny" \
											    "thin" \
											    "g\"}" \
											    ",{"   \
											    "\"ty" \
											    "pe\"" \
											    ":\"r" \
											    "ejec" \
											    "t\"}" \
											    "]}}}"

static const struct {
	const char *name;
	const char *images[4];
	size_t requirements, keys; /* that were read; OpenPGP keys in the ring */
} rows[] = {
	{ "no image", { NULL }, 0, 0 },
	{ "names that are none", { "Not//A:Name@", "quay.io/a/x", "" }, 0, 0 },
	{ "a tag and a digest",
	    { "quay.io/a/x:1@sha256:1111111111111111111111111111111111111111111111111111111111111"
	      "111" },
	    0, 0 },
	{ "a directory that is not there", { "dir:/nowhere/at/all" }, 0, 0 },
	{ "one", { "quay.io/a/x:1" }, 1, 1 },
	{ "two of one entry", { "quay.io/a/x:1", "quay.io/a/y:2" }, 1, 1 },
	{ "two entries with one key", { "quay.io/a/x:1", "quay.io/b/y:2" }, 3, 1 },
	{ "two keys", { "quay.io/a/x:1", "quay.io/z:2" }, 2, 2 },
	{ "no keys needed", { "quay.io/c/x:1" }, 2, 0 },
	{ "a directory", { "dir:/" }, 1, 1 },
};

START_TEST(reads_what_is_needed)
{
	struct node_config config = { .root = (char[]){ "" } };
	struct trusted_keys ring = TRUSTED_KEYS_INIT;
	struct policy_run run;
	AUTO(err) e = ERR_INIT;
	char *names[4];
	size_t n = 0;

	row_accepted("the policy", policy_parse(&config.policy, bytes_of_str(POLICY), &e), &e);
	for (; n < ARRAY_LEN(names) && rows[_i].images[n] != NULL; n++)
		names[n] = xstrdup(rows[_i].images[n]);
	row_accepted(rows[_i].name,
	    policy_run_make(&run, &config, names, n, "x86_64", false, &ring, &e), &e);
	ck_assert_msg(run.n == rows[_i].requirements, "%s: %zu requirements", rows[_i].name, run.n);
	ck_assert_msg(ring.certificates.n == rows[_i].keys, "%s: %zu keys", rows[_i].name,
	    ring.certificates.n);
	ck_assert_msg(ring.n_fingerprints == 0, "%s: the ring trusts", rows[_i].name);
	policy_run_free(&run);
	trusted_keys_free(&ring);
	policy_free(&config.policy);
	while (n > 0)
		free(names[--n]);
}
END_TEST

/* Another policy's requirement, or none, has no keys. */
START_TEST(finds_keys)
{
	struct policy_requirement other = { .type = POLICY_SIGNED_BY };
	struct node_config config = { .root = (char[]){ "" } };
	struct trusted_keys ring = TRUSTED_KEYS_INIT;
	char *names[] = { (char[]){ "quay.io/b/x:1" } };
	const struct policy_entry *entry;
	struct policy_run run;
	AUTO(image_name) name = IMAGE_NAME_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("the policy", policy_parse(&config.policy, bytes_of_str(POLICY), &e), &e);
	row_accepted("a run", policy_run_make(&run, &config, names, 1, NULL, false, &ring, &e), &e);
	ck_assert_int_eq(image_name_parse(&name, names[0], NULL, &e), 0);
	entry = policy_run_entry(&run, &name, &e);
	ck_assert_ptr_nonnull(entry);
	ck_assert_ptr_null(policy_run_keys(&run, &other));
	ck_assert_ptr_null(policy_run_keys(&run, NULL));
	ck_assert_ptr_null(policy_run_keys(&run, &config.policy.fallback.v[0]));
	ck_assert_int_eq(policy_run_keys(&run, &entry->v[0])->failure.code, E_IO);
	ck_assert_uint_eq(policy_run_keys(&run, &entry->v[1])->openpgp.n_fingerprints, 1);
	policy_run_free(&run);
	trusted_keys_free(&ring);
	policy_free(&config.policy);
}
END_TEST

Suite *
policy_run_suite(void)
{
	Suite *s = suite_create("policy_run");
	TCase *t = tcase_create("policy_run");

	tcase_add_loop_test(t, reads_what_is_needed, 0, ARRAY_LEN(rows));
	tcase_add_test(t, finds_keys);
	suite_add_tcase(s, t);
	return s;
}
