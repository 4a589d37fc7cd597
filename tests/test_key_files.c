/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Key files as they turn up: those of testdata/keys, and Red Hat's own where they are at hand
 * ($RELSIG_REAL_DATA or ../shared/data beside the source). What is read is compared with what gpg
 * reads.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "formats/certificates.h"
#include "formats/packets.h"
#include "judge.h"
#include "process.h"
#include "rows.h"
#include "skip.h"
#include "suites.h"
#include "tree.h"

#define RELEASE_KEY "567E347AD0044ADE55BA8A5F199E2F91FD431D51"

/* Is the word, "pub" or "sub", the kind of a colon line? */
static bool
is_record(const char *line, const char *word)
{
	return text_starts_with(line, word) && line[strlen(word)] == ':';
}

/* The field of a line of gpg --with-colons, counted from 1; for free(). */
static char *
field(const char *line, unsigned n)
{
	while (--n > 0 && strchr(line, ':') != NULL)
		line = strchr(line, ':') + 1;
	return xstrndup(line, strcspn(line, ":"));
}

/*
 * What gpg sees in a binary keyring: "pub BITS FINGERPRINT" or "sub BITS FINGERPRINT", a line each.
 * Bits are those of RSA and DSA, else 0; "r" follows them when the key is revoked. NULL without
 * gpg.
 */
static char *
gpg_reads(struct bytes ring)
{
	AUTO_STR char *home = tree_path("home");
	AUTO_STR char *file = tree_path("ring.gpg");
	char *argv[] = { (char[]){ "gpg" }, (char[]){ "--homedir" }, home, (char[]){ "--batch" },
		(char[]){ "--no-autostart" }, (char[]){ "--with-colons" },
		(char[]){ "--show-keys" }, file, NULL };
	AUTO(buf) output = BUF_INIT;
	AUTO(buf) list = BUF_INIT;
	char *rest, *line;

	tree_directory("home");
	tree_write("ring.gpg", ring);
	if (process_run(&output, argv) < 0)
		return NULL;
	buf_add_str(&list, "");
	rest = (char *)output.p;
	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		if (is_record(line, "pub") || is_record(line, "sub")) {
			AUTO_STR char *validity = field(line, 2);
			AUTO_STR char *bits = field(line, 3);
			AUTO_STR char *algorithm = field(line, 4);
			bool has_bits = strcmp(algorithm, "1") == 0 || strcmp(algorithm, "17") == 0;

			buf_addf(&list, "%.3s %s%s ", line, has_bits ? bits : "0",
			    strcmp(validity, "r") == 0 ? " r" : "");
		} else if (is_record(line, "fpr")) {
			AUTO_STR char *fingerprint = field(line, 10);

			buf_addf(&list, "%s\n", fingerprint);
		}
	}
	return buf_steal_str(&list);
}

/* The same list for certificates. */
static char *
list_keys(const struct certificates *c)
{
	AUTO(buf) list = BUF_INIT;

	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->v[i].n_keys; k++)
			buf_addf(&list, "%s %u %s\n", k == 0 ? "pub" : "sub", c->v[i].keys[k].bits,
			    c->v[i].keys[k].fingerprint);
	return buf_steal_str(&list);
}

/* Without the marks of revocation, which only gpg knows of. */
static void
drop_revoked(char *list)
{
	char *mark;

	while ((mark = strstr(list, " r ")) != NULL)
		memmove(mark, mark + 2, strlen(mark + 2) + 1);
}

/* gpg finds the same keys, of the same sizes, in what was cut out of the file. */
static void
compare_with_gpg(const char *row, const struct certificates *c)
{
	AUTO_STR char *ours = list_keys(c);
	AUTO_STR char *theirs = NULL;
	AUTO(buf) ring = BUF_INIT;

	for (size_t i = 0; i < c->n; i++)
		buf_add(&ring, c->v[i].raw.p, c->v[i].raw.n);
	theirs = gpg_reads(buf_bytes(&ring));
	if (theirs == NULL) {
		skip_test(row, "gpg cannot be run");
		return;
	}
	drop_revoked(theirs);
	row_string(row, "what gpg reads", theirs, ours);
}

static char *
primaries(const struct certificates *c)
{
	AUTO(buf) list = BUF_INIT;

	for (size_t i = 0; i < c->n; i++)
		buf_addf(&list, "%s%s", i > 0 ? "," : "", c->v[i].keys[0].fingerprint);
	return buf_steal_str(&list);
}

/* keys.txt says "-": refused; "?": found or refused; else the primary keys that are found. */
static void
check_key_file(const char *name)
{
	AUTO_STR char *path = xasprintf("keys/%s", name);
	AUTO_STR char *want = testdata_fingerprints(name);
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO_STR char *got = NULL;
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int r;

	ck_assert_msg(want != NULL, "%s: not in keys.txt", name);
	testdata_read(&file, path);
	r = certificates_add(&c, buf_bytes(&file), name, &e);
	if (strcmp(want, "-") == 0) {
		row_refused(name, r, &e, E_INVALID, name);
		return;
	}
	if (want[0] == '?' && r != 0)
		return;
	row_accepted(name, r, &e);
	got = primaries(&c);
	row_string(name, "the primary keys", got, want[0] == '?' ? want + 1 : want);
	compare_with_gpg(name, &c);
}

START_TEST(reads_every_key_file)
{
	DIR *d = opendir(TEST_SRCDIR "/testdata/keys");
	const struct dirent *entry;
	unsigned n = 0;

	ck_assert_ptr_nonnull(d);
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		check_key_file(entry->d_name);
		n++;
	}
	closedir(d);
	ck_assert_uint_gt(n, 30);
}
END_TEST

static const struct {
	const char *file;
	uint8_t algorithm;
	unsigned bits;
	size_t keys;
	const char *user_id;
} details[] = {
	{ "release.asc", PGP_PK_RSA, 4096, 1, "relsig test release <test@relsig.invalid>" },
	{ "other.asc", PGP_PK_RSA, 3072, 1, "relsig test other <test@relsig.invalid>" },
	{ "rsa1024.asc", PGP_PK_RSA, 1024, 1, "relsig test rsa1024 <test@relsig.invalid>" },
	{ "dsa1024.asc", PGP_PK_DSA, 1024, 1, "relsig test dsa1024 <test@relsig.invalid>" },
	{ "dsa2048.asc", PGP_PK_DSA, 2048, 1, "relsig test dsa2048 <test@relsig.invalid>" },
	{ "ecdsa.asc", PGP_PK_ECDSA, 0, 1, "relsig test ecdsa <test@relsig.invalid>" },
	{ "ed25519.asc", PGP_PK_EDDSA, 0, 1, "relsig test ed25519 <test@relsig.invalid>" },
	{ "subkey.asc", PGP_PK_RSA, 2048, 2, "relsig test subkey <test@relsig.invalid>" },
};

START_TEST(tells_details)
{
	AUTO_STR char *path = xasprintf("keys/%s", details[_i].file);
	const char *name = details[_i].file;
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	testdata_read(&file, path);
	row_accepted(name, certificates_add(&c, buf_bytes(&file), name, &e), &e);
	ck_assert_msg(c.n == 1 && c.v[0].n_keys == details[_i].keys, "%s: keys", name);
	for (size_t k = 0; k < c.v[0].n_keys; k++) {
		ck_assert_msg(
		    c.v[0].keys[k].algorithm == details[_i].algorithm, "%s: algorithm", name);
		ck_assert_msg(c.v[0].keys[k].bits == details[_i].bits, "%s: %u bits", name,
		    c.v[0].keys[k].bits);
	}
	row_string(name, "the user ID", c.v[0].user_id, details[_i].user_id);
}
END_TEST

/* A certificate's revocations (RFC 4880 §5.2.1: class 20, 28, 30), or what else it has. */
static void
add_either(struct buf *out, struct bytes ring, bool revocations)
{
	struct packet p;

	while (packet_next(&ring, &p)) {
		uint8_t class = p.tag == PGP_TAG_SIGNATURE && p.body.n > 1 ? p.body.p[1] : 0;

		if ((class == 0x20 || class == 0x28 || class == 0x30) == revocations)
			buf_add(out, p.whole.p, p.whole.n);
	}
}

/* A revocation that only one of two copies has counts, whichever comes first. */
START_TEST(merges_revocations)
{
	static const char *const files[] = { "revoked.asc", "revokedsub.asc" };
	AUTO_STR char *path = xasprintf("keys/%s", files[_i]);
	AUTO(buf) file = BUF_INIT;
	AUTO(buf) innocent = BUF_INIT;
	AUTO(certificates) whole = CERTIFICATES_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *before = NULL;

	testdata_read(&file, path);
	row_accepted(files[_i], certificates_add(&whole, buf_bytes(&file), "whole", &e), &e);
	add_either(&innocent, buf_bytes(&whole.v[0].raw), false);
	ck_assert_uint_lt(innocent.n, whole.v[0].raw.n);
	before = gpg_reads(buf_bytes(&innocent));
	if (before == NULL) {
		skip_test("merged revocations", "gpg cannot be run");
		return;
	}
	ck_assert_msg(strstr(before, " r ") == NULL, "%s: %s", files[_i], before);
	for (int order = 0; order < 2; order++) {
		AUTO(certificates) c = CERTIFICATES_INIT;
		struct bytes copies[] = { buf_bytes(&innocent), buf_bytes(&whole.v[0].raw) };
		AUTO_STR char *after = NULL;

		for (int i = 0; i < 2; i++)
			row_accepted(
			    files[_i], certificates_add(&c, copies[i ^ order], "copy", &e), &e);
		ck_assert_uint_eq(c.n, 1);
		after = gpg_reads(buf_bytes(&c.v[0].raw));
		ck_assert_msg(
		    after != NULL && strstr(after, " r ") != NULL, "%s: %s", files[_i], after);
	}
}
END_TEST

/* "gpg --import" finds a revocation wherever it stands in a file; so must what gpg gets from us. */
START_TEST(finds_revocations_anywhere)
{
	static const struct {
		const char *path;
		bool first;
	} rows[] = { { "keys/revoked.asc", false }, { "keys/revoked.asc", true },
		{ "keys/revokedsub.asc", false } };
	const char *path = rows[_i].path;
	AUTO(buf) file = BUF_INIT;
	AUTO(buf) moved = BUF_INIT;
	AUTO(certificates) whole = CERTIFICATES_INIT;
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO_STR char *seen = NULL;
	AUTO(err) e = ERR_INIT;

	testdata_read(&file, path);
	row_accepted(path, certificates_add(&whole, buf_bytes(&file), "whole", &e), &e);
	if (!rows[_i].first)
		add_either(&moved, buf_bytes(&whole.v[0].raw), false);
	add_either(&moved, buf_bytes(&whole.v[0].raw), true);
	if (rows[_i].first)
		add_either(&moved, buf_bytes(&whole.v[0].raw), false);
	row_accepted(path, certificates_add(&c, buf_bytes(&moved), "moved", &e), &e);
	seen = gpg_reads(buf_bytes(&c.v[0].raw));
	if (seen == NULL)
		skip_test("revocations anywhere", "gpg cannot be run");
	else
		ck_assert_msg(strstr(seen, " r ") != NULL, "%s: %s", path, seen);
}
END_TEST

/* --- Red Hat's ------------------------------------------------------------------------------- */

static const struct {
	const char *file, *fingerprints, *skipped; /* no fingerprints: refused */
} real[] = {
	{ "distribution-gpg-keys/RPM-GPG-KEY-redhat9-PQC-release", NULL, "a key of version 6" },
	{ "cluster-image-policy-openshift-cosign.pub.pem", NULL, "no public key" },
	{ "distribution-gpg-keys/RPM-GPG-KEY-redhat8-release",
	    RELEASE_KEY ",43A6E49C4A38F4BE9ABF2A5345689C882FA658E0", NULL },
	{ "distribution-gpg-keys/RPM-GPG-KEY-redhat9-release",
	    RELEASE_KEY ",7E4624258C406535D56D6F135054E4A45A6340B3", NULL },
	{ "distribution-gpg-keys/RPM-GPG-KEY-redhat10-release",
	    RELEASE_KEY ",7E4624258C406535D56D6F135054E4A45A6340B3", "a key of version 6" },
	{ "distribution-gpg-keys/RPM-GPG-KEY-redhat10-release-without-PQC",
	    RELEASE_KEY ",7E4624258C406535D56D6F135054E4A45A6340B3", NULL },
	{ "distribution-gpg-keys/RPM-GPG-KEY-redhat10-beta",
	    "B08B659EE86AF623BC90E8DB938A80CAF21541EB", NULL },
	{ "cluster-update-keys/verifier-public-key-redhat-release.asc", RELEASE_KEY, NULL },
	{ "cluster-update-keys/verifier-public-key-openshift-ci.asc",
	    "D04761B116203B0C0859B61628B76E05B923888E", NULL },
	{ "cluster-update-keys/verifier-public-key-openshift-ci-3.asc",
	    "FE526D8F6FEDC123BE219E45CF4B45E2071F0337", NULL },
	{ "cincinnati-graph-data-sha1-selfsig/verifier-public-key-redhat-release.asc", RELEASE_KEY,
	    NULL },
	{ "oc-mirror-v2-default-keyring.asc",
	    RELEASE_KEY ",B08B659EE86AF623BC90E8DB938A80CAF21541EB", NULL },
};

START_TEST(reads_real_key_files)
{
	const char *name = real[_i].file, *where = getenv("RELSIG_REAL_DATA");
	AUTO_STR char *path =
	    xasprintf("%s/keys/%s", where != NULL ? where : TEST_SRCDIR "/../shared/data", name);
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO_STR char *got = NULL;
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int r;

	if (access(path, R_OK) != 0) {
		skip_test(name, "there is no RELSIG_REAL_DATA and no ../shared/data");
		return;
	}
	row_accepted(name, file_read(&file, path, MAX_KEY_FILE_BYTES, &e), &e);
	r = certificates_add(&c, buf_bytes(&file), name, &e);
	ck_assert_msg((c.skipped.n > 0) == (real[_i].skipped != NULL), "%s: skipped", name);
	if (real[_i].skipped != NULL)
		ck_assert_msg(strstr(c.skipped.v[0], real[_i].skipped) != NULL, "%s: %s", name,
		    c.skipped.v[0]);
	if (real[_i].fingerprints == NULL) {
		row_refused(name, r, &e, E_INVALID, real[_i].skipped);
		return;
	}
	row_accepted(name, r, &e);
	got = primaries(&c);
	row_string(name, "the primary keys", got, real[_i].fingerprints);
	compare_with_gpg(name, &c);
}
END_TEST

Suite *
key_files_suite(void)
{
	Suite *s = suite_create("key_files");
	TCase *t = tcase_create("key_files");

	skip_prepare();
	tcase_add_checked_fixture(t, tree_make, tree_remove);
	tcase_add_test(t, reads_every_key_file);
	tcase_add_loop_test(t, tells_details, 0, ARRAY_LEN(details));
	tcase_add_loop_test(t, merges_revocations, 0, 2);
	tcase_add_loop_test(t, finds_revocations_anywhere, 0, 3);
	tcase_add_loop_test(t, reads_real_key_files, 0, ARRAY_LEN(real));
	suite_add_tcase(s, t);
	return s;
}
