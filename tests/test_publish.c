/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures are added to a tree, by one and by many at the same time. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/outdir.h"
#include "judge.h"
#include "process.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "verify/publish.h"

#define PLACE "tools/oc@sha256="

enum { WRITERS = 20 };

static struct judge judge;
static struct judged judged; /* with a claim: only what is proven is published */
static struct reference name;
static struct signature_to_publish signature;
static char *hex;

static void
set_up(void)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	tree_make();
	judge_must_open(&judge, NULL);
	testdata_read(&blob, "release/signature-1");
	judge_blob(&judge, buf_bytes(&blob), &judged);
	ck_assert_ptr_nonnull(judged.claim);
	row_accepted("a name", reference_parse(&name, "registry.example.com/tools/oc:1", &e), &e);
	hex = xstrdup(digest_hex(subject_digest(judge.subject)));
	signature = (struct signature_to_publish){ judged.claim, &name,
		subject_digest(judge.subject), bytes_of_str("a signature") };
}

static void
tear_down(void)
{
	judged_free(&judged);
	reference_free(&name);
	judge_must_close(&judge);
	free(steal(&hex));
	tree_remove();
}

static int
publish(enum publish_layout layout, char **where, struct err *e)
{
	const struct deadline never = DEADLINE_NEVER;
	AUTO_STR char *directory = tree_path("store");

	return publish_signature(directory, layout, &signature, &never, where, e);
}

static void
must_publish(const char *row, enum publish_layout layout, unsigned want, const char *front)
{
	AUTO_STR char *suffix = xasprintf("store/%s%s/signature-%u", front, hex, want);
	AUTO_STR char *path = tree_path(suffix);
	AUTO_STR char *where = NULL;
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted(row, publish(layout, &where, &e), &e);
	row_string(row, "where", where, path);
	row_accepted(row, file_read(&got, path, 1000, &e), &e);
	ck_assert_msg(bytes_equal(buf_bytes(&got), signature.blob), "%s: its content", row);
}

static const struct {
	const char *name;
	enum publish_layout layout;
	bool no_proof, no_digest;
} nothing[] = {
	{ "no layout", PUBLISH_UNSET, false, false },
	{ "no proof, store", PUBLISH_STORE, true, false },
	{ "no proof, lookaside", PUBLISH_LOOKASIDE, true, false },
	{ "no digest, store", PUBLISH_STORE, false, true },
	{ "no digest, lookaside", PUBLISH_LOOKASIDE, false, true },
};

START_TEST(publishes_nothing)
{
	const struct digest none = { "" };
	AUTO_STR char *path = tree_path("store");
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	if (nothing[_i].no_proof)
		signature.proof = NULL;
	if (nothing[_i].no_digest)
		signature.manifest = &none;
	row_refused(nothing[_i].name, publish(nothing[_i].layout, &where, &e), &e, E_INVALID,
	    "nothing to publish");
	ck_assert_ptr_null(where);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(takes_the_first_number_that_is_free)
{
	must_publish("store", PUBLISH_STORE, 1, "sha256=");
	must_publish("lookaside", PUBLISH_LOOKASIDE, 1, PLACE);
	must_publish("store, again", PUBLISH_STORE, 2, "sha256=");
	for (unsigned i = 4; i < 6; i++) {
		AUTO_STR char *other = xasprintf("store/" PLACE "%s/signature-%u", hex, i);

		tree_write_str(other, "another's");
	}
	must_publish("a gap", PUBLISH_LOOKASIDE, 2, PLACE);
	must_publish("a gap, again", PUBLISH_LOOKASIDE, 3, PLACE);
	must_publish("after the others", PUBLISH_LOOKASIDE, 6, PLACE);
}
END_TEST

static void
fill(const char *front, unsigned n)
{
	for (unsigned i = 1; i <= n; i++) {
		AUTO_STR char *one = xasprintf("store/%s%s/signature-%u", front, hex, i);

		tree_write_str(one, "another's");
	}
}

static const struct {
	const char *name;
	enum publish_layout layout;
	const char *front;
	unsigned most; /* that a reader sees */
	const char *part;
} caps[] = {
	{ "a store", PUBLISH_STORE, "sha256=", MAX_SIGNATURES_PER_STORE, " has 9 signatures" },
	{ "a lookaside tree", PUBLISH_LOOKASIDE, PLACE, MAX_SIGNATURES_PER_LOOKASIDE,
	    " has 127 signatures" },
};

START_TEST(keeps_the_cap)
{
	AUTO_STR char *after =
	    xasprintf("store/%s%s/signature-%u", caps[_i].front, hex, caps[_i].most + 1);
	AUTO_STR char *path = tree_path(after);
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	fill(caps[_i].front, caps[_i].most - 1);
	must_publish(caps[_i].name, caps[_i].layout, caps[_i].most, caps[_i].front);
	row_refused(
	    caps[_i].name, publish(caps[_i].layout, &where, &e), &e, E_TOO_LARGE, caps[_i].part);
	ck_assert_ptr_null(where);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

/* Others may have had the tree in hand. */
START_TEST(follows_no_link)
{
	AUTO_STR char *elsewhere = tree_path("elsewhere");
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	tree_directory("elsewhere");
	tree_directory("store");
	tree_link("store/tools", "../elsewhere");
	row_refused(
	    "a link on the way", publish(PUBLISH_LOOKASIDE, &where, &e), &e, E_IO, "symbolic link");
	ck_assert_int_eq(rmdir(elsewhere), 0);
}
END_TEST

START_TEST(waits_for_others)
{
	const struct deadline soon = deadline_after(clock_ms(), 200);
	AUTO_STR char *directory = tree_path("store");
	AUTO_PTR(outdir) other = NULL;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("open", outdir_open(&other, directory, &e), &e);
	row_accepted("lock", outdir_lock(other, &soon, &e), &e);
	row_refused("another writes",
	    publish_signature(directory, PUBLISH_STORE, &signature, &soon, &where, &e), &e,
	    E_TIMED_OUT, "another process");
	outdir_free(steal(&other));
	must_publish("it has ended", PUBLISH_STORE, 1, "sha256=");
}
END_TEST

static int
write_one(void *arg)
{
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;

	(void)arg;
	return publish(PUBLISH_LOOKASIDE, &where, &e) == 0 ? 0 : 1;
}

START_TEST(many_at_once_lose_nothing)
{
	pid_t pids[WRITERS];

	for (size_t i = 0; i < WRITERS; i++)
		pids[i] = process_start(write_one, NULL);
	for (size_t i = 0; i < WRITERS; i++)
		ck_assert_int_eq(process_end(pids[i]), 0);
	must_publish("the next", PUBLISH_LOOKASIDE, WRITERS + 1, PLACE);
}
END_TEST

Suite *
publish_suite(void)
{
	Suite *s = suite_create("publish");
	TCase *t = tcase_create("publish");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, publishes_nothing, 0, ARRAY_LEN(nothing));
	tcase_add_loop_test(t, keeps_the_cap, 0, ARRAY_LEN(caps));
	tcase_add_test(t, follows_no_link);
	tcase_add_test(t, waits_for_others);
	tcase_add_test(t, takes_the_first_number_that_is_free);
	tcase_add_test(t, many_at_once_lose_nothing);
	suite_add_tcase(s, t);
	return s;
}
