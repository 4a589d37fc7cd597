/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A signed list and its files, in the three forms: whatever is left unproven is a failure. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/clock.h"
#include "base/limits.h"
#include "failing.h"
#include "judge.h"
#include "pgp.h"
#include "rows.h"
#include "signer.h"
#include "suites.h"
#include "tree.h"
#include "verify/files.h"

/* Of the bytes "a", "b" and "c", each with LF. */
#define A "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  a"
#define B "0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f  b"
#define C "a3a5e715f0cc574a73c3f9bebb6bc24f32ffd5b67b387244c2c909da779a1478  sub/c"
#define LIST A "\n" B "\n" C "\n"

enum { MAX_NAMES = 3 };

static void
set_up(void)
{
	tree_make();
	tree_write_str("dl/a", "a\n");
	tree_write_str("dl/b", "b\n");
	tree_write_str("dl/sub/c", "c\n");
	tree_write_str("dl/extra", "a\n");
	tree_write_str("outside", "a\n");
}

/*
 * --- signed lists -------------------------------------------------------------------------------
 */

static void
write_opaque(const char *name, const char *list)
{
	AUTO(buf) message = BUF_INIT;
	struct signer s;

	signer_open(&s);
	signer_sign(&s, bytes_of_str(list), &message);
	signer_free(&s);
	tree_write(name, buf_bytes(&message));
}

static void
write_detached(const char *name, const char *list, bool armoured)
{
	AUTO(buf) packet = BUF_INIT;
	AUTO(buf) armour = BUF_INIT;
	struct signer s;

	signer_open(&s);
	signer_sign_detached(&s, 0, bytes_of_str(list), &packet);
	signer_free(&s);
	pgp_add_armor(&armour, "PGP SIGNATURE", buf_bytes(&packet));
	tree_write(name, armoured ? buf_bytes(&armour) : buf_bytes(&packet));
}

static void
write_cleartext(const char *name, const char *list, const char *octets)
{
	AUTO(buf) packet = BUF_INIT;
	AUTO(buf) blob = BUF_INIT;
	struct signer s;

	signer_open(&s);
	signer_sign_detached(&s, 1, bytes_of_str(octets), &packet);
	signer_free(&s);
	buf_add_str(&blob, "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n");
	buf_add_str(&blob, list);
	pgp_add_armor(&blob, "PGP SIGNATURE", buf_bytes(&packet));
	tree_write(name, buf_bytes(&blob));
}

/* What relsig verify-files would come to, with the signer's key or others. */
static void
verify(const struct files_wanted *w, const char *keys, struct files_report *out)
{
	AUTO_PTR(ready) ready = ready_new();
	struct judge j;

	judge_must_open(&j, keys);
	ready_set(ready, NULL);
	files_verify(w, j.openpgp, ready, out);
	judge_must_close(&j);
}

/*
 * --- files --------------------------------------------------------------------------------------
 */

/* The tree is changed before: name has this content, or is removed (NULL). */
struct change {
	const char *name, *content;
};

static const struct row {
	const char *name, *list;
	const char *names[MAX_NAMES]; /* none: --all */
	bool ignore_missing;
	struct change change;
	enum reason reason; /* of the first file that is not accepted */
	size_t accepted, refused, undecided;
} rows[] = {
	{ "a changed file", LIST, { NULL }, false, { "dl/b", "B\n" }, REASON_CONTENT_MISMATCH, 2, 1,
	    0 },
	{ "a file with another byte", LIST, { "a", "b" }, false, { "dl/a", "a\n\n" },
	    REASON_CONTENT_MISMATCH, 1, 1, 0 },
	{ "a file that was cut", LIST, { "a" }, false, { "dl/a", "" }, REASON_CONTENT_MISMATCH, 0,
	    1, 0 },
	{ "a missing file", LIST, { NULL }, false, { "dl/b", NULL }, REASON_CONTENT_MISSING, 2, 1,
	    0 },
	{ "a missing file that is named", LIST, { "a", "b" }, false, { "dl/b", NULL },
	    REASON_CONTENT_MISSING, 1, 1, 0 },
	{ "a changed file, missing ones ignored", LIST, { NULL }, true, { "dl/b", "B\n" },
	    REASON_CONTENT_MISMATCH, 2, 1, 0 },
	{ "no file at all, missing ones ignored", A "x\n", { NULL }, true, { NULL, NULL },
	    REASON_CONTENT_MISSING, 0, 1, 0 },
	{ "a file that is not listed", LIST, { "extra" }, false, { NULL, NULL },
	    REASON_NO_SIGNATURE, 0, 1, 0 },
	{ "one that is neither listed nor there", LIST, { "nothing" }, false, { NULL, NULL },
	    REASON_NO_SIGNATURE, 0, 1, 0 },
	{ "out of the directory", LIST, { "../outside" }, false, { NULL, NULL },
	    REASON_NO_SIGNATURE, 0, 1, 0 },
	{ "out and in again", LIST, { "../dl/a" }, false, { NULL, NULL }, REASON_NO_SIGNATURE, 0, 1,
	    0 },
	{ "the directory itself", LIST, { "sub" }, false, { NULL, NULL }, REASON_NO_SIGNATURE, 0, 1,
	    0 },
	{ "a list with a path out of the directory",
	    "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  ../outside\n",
	    { NULL }, false, { NULL, NULL }, REASON_MALFORMED_PAYLOAD, 0, 1, 0 },
	{ "a list with a line of prose", LIST "the end\n", { "a", "b" }, false, { NULL, NULL },
	    REASON_MALFORMED_PAYLOAD, 0, 2, 0 },
	{ "a list with CR LF", A "\r\n", { "a" }, false, { NULL, NULL }, REASON_MALFORMED_PAYLOAD,
	    0, 1, 0 },
	{ "all files", LIST, { NULL }, false, { NULL, NULL }, REASON_ACCEPTED, 3, 0, 0 },
	{ "all that are there", LIST, { NULL }, true, { "dl/b", NULL }, REASON_ACCEPTED, 2, 0, 0 },
	{ "one, of others nothing is known", LIST, { "a" }, false, { "dl/b", "B\n" },
	    REASON_ACCEPTED, 1, 0, 0 },
	{ "one in a directory", LIST, { "sub/c" }, false, { NULL, NULL }, REASON_ACCEPTED, 1, 0,
	    0 },
	{ "one twice", LIST, { "a", "b", "a" }, false, { NULL, NULL }, REASON_ACCEPTED, 3, 0, 0 },
};

static void
apply(const struct change *change)
{
	AUTO_STR char *path = change->name != NULL ? tree_path(change->name) : NULL;

	if (path != NULL && change->content != NULL)
		tree_write_str(change->name, change->content);
	else if (path != NULL)
		ck_assert_int_eq(unlink(path), 0);
}

static void
must_come_to(const char *name, const struct files_report *r, size_t accepted, size_t refused,
    size_t undecided)
{
	struct tally t = files_tally(r);

	ck_assert_msg(t.accepted == accepted && t.refused == refused && t.undecided == undecided,
	    "%s: %zu accepted, %zu refused, %zu undecided (%s: %s)", name, t.accepted, t.refused,
	    t.undecided, reason_word(verdict_reason(&r->verdict)), verdict_detail(&r->verdict));
	ck_assert_msg(verdict_accepted(&r->verdict) == (tally_exit_status(&t) == 0),
	    "%s: the verdict and the status", name);
}

START_TEST(judges_files)
{
	const struct row *row = &rows[_i];
	AUTO(files_report) r = FILES_REPORT_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO_STR char *sums = tree_path("dl/sums.sig");
	char *names[MAX_NAMES] = { NULL };
	struct files_wanted w = { .sums = sums,
		.names = names,
		.ignore_missing = row->ignore_missing,
		.jobs = 1 + (unsigned)_i % 4,
		.now = JUDGE_NOW };

	for (; w.n_names < MAX_NAMES && row->names[w.n_names] != NULL; w.n_names++) {
		AUTO_STR char *directory = tree_path("dl/");

		names[w.n_names] = xasprintf("%s%s", directory, row->names[w.n_names]);
	}
	w.all = w.n_names == 0;
	write_opaque("dl/sums.sig", row->list);
	apply(&row->change);
	row_accepted(row->name, files_check(&w, &e), &e);
	verify(&w, SIGNER_KEYS, &r);
	ck_assert_int_eq(r.form, SIGNED_OPAQUE);
	must_come_to(row->name, &r, row->accepted, row->refused, row->undecided);
	ck_assert_msg(verdict_reason(&r.verdict) == row->reason, "%s: %s (%s)", row->name,
	    reason_word(verdict_reason(&r.verdict)), verdict_detail(&r.verdict));
	for (size_t i = 0; i < MAX_NAMES; i++)
		free(names[i]);
}
END_TEST

/* What lies there is no regular file. */
START_TEST(follows_no_link)
{
	AUTO_STR char *sums = tree_path("dl/sums.sig");
	AUTO_STR char *a = tree_path("dl/a");
	AUTO_STR char *c = tree_path("dl/sub/c");
	AUTO_STR char *sub = tree_path("dl/sub");
	AUTO(files_report) r = FILES_REPORT_INIT;
	const struct files_wanted w = {
		.sums = sums, .all = true, .ignore_missing = true, .jobs = 2, .now = JUDGE_NOW
	};

	write_opaque("dl/sums.sig", LIST);
	ck_assert_int_eq(unlink(a), 0);
	tree_link("dl/a", "../outside");
	ck_assert_int_eq(unlink(c), 0);
	ck_assert_int_eq(rmdir(sub), 0);
	tree_write_str("elsewhere/c", "c\n");
	tree_link("dl/sub", "../elsewhere");
	verify(&w, SIGNER_KEYS, &r);
	must_come_to("links", &r, 1, 2, 0);
	files_report_free(&r);
	ck_assert_int_eq(unlink(a), 0);
	ck_assert_int_eq(mkfifo(a, 0600), 0);
	verify(&w, SIGNER_KEYS, &r);
	must_come_to("a FIFO", &r, 1, 2, 0);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_CONTENT_MISMATCH);
}
END_TEST

/*
 * --- the list -----------------------------------------------------------------------------------
 */

enum { OPAQUE, CLEARTEXT, DETACHED, DETACHED_ARMOUR, DETACHED_ELSEWHERE };

/* sums_file: --sums-file; text: what is beside a detached signature, NULL for none. */
static const struct {
	const char *name, *keys, *text, *sums_file;
	int written;
	enum signed_form form;
	enum reason reason;
	int status;
} forms[] = {
	{ "opaque, another key", "release.asc", NULL, NULL, OPAQUE, SIGNED_OPAQUE,
	    REASON_UNKNOWN_KEY, 1 },
	{ "cleartext, another key", "release.asc", NULL, NULL, CLEARTEXT, SIGNED_CLEARTEXT,
	    REASON_UNKNOWN_KEY, 1 },
	{ "detached, another key", "release.asc", A "\n", NULL, DETACHED, SIGNED_DETACHED,
	    REASON_UNKNOWN_KEY, 1 },
	{ "detached, no text", SIGNER_KEYS, NULL, NULL, DETACHED, SIGNED_DETACHED, REASON_IO_ERROR,
	    2 },
	{ "detached, another name of the text", SIGNER_KEYS, NULL, NULL, DETACHED_ELSEWHERE,
	    SIGNED_DETACHED, REASON_USAGE, 2 },
	{ "detached, an extra line", SIGNER_KEYS, A "\n" B "\n", NULL, DETACHED, SIGNED_DETACHED,
	    REASON_BAD_SIGNATURE, 1 },
	{ "detached, CR LF in the text", SIGNER_KEYS, A "\r\n", NULL, DETACHED, SIGNED_DETACHED,
	    REASON_BAD_SIGNATURE, 1 },
	{ "detached, no such --sums-file", SIGNER_KEYS, A "\n", "dl/nothing", DETACHED,
	    SIGNED_DETACHED, REASON_IO_ERROR, 2 },
	{ "opaque, with a --sums-file", SIGNER_KEYS, A "\n", "dl/sums", OPAQUE, SIGNED_DETACHED,
	    REASON_NOT_A_SIGNATURE, 1 },
	{ "cleartext, with a --sums-file", SIGNER_KEYS, A "\n", "dl/sums", CLEARTEXT,
	    SIGNED_DETACHED, REASON_NOT_A_SIGNATURE, 1 },
	{ "opaque", SIGNER_KEYS, NULL, NULL, OPAQUE, SIGNED_OPAQUE, REASON_ACCEPTED, 0 },
	{ "opaque, whatever text is beside", SIGNER_KEYS, C "\n", NULL, OPAQUE, SIGNED_OPAQUE,
	    REASON_ACCEPTED, 0 },
	{ "cleartext", SIGNER_KEYS, NULL, NULL, CLEARTEXT, SIGNED_CLEARTEXT, REASON_ACCEPTED, 0 },
	{ "detached", SIGNER_KEYS, A "\n", NULL, DETACHED, SIGNED_DETACHED, REASON_ACCEPTED, 0 },
	{ "detached, armoured", SIGNER_KEYS, A "\n", NULL, DETACHED_ARMOUR, SIGNED_DETACHED,
	    REASON_ACCEPTED, 0 },
	{ "detached, with a --sums-file", SIGNER_KEYS, A "\n", "dl/sums", DETACHED_ELSEWHERE,
	    SIGNED_DETACHED, REASON_ACCEPTED, 0 },
};

static void
write_form(int form, const char *name)
{
	switch (form) {
	case OPAQUE:
		write_opaque(name, A "\n");
		break;
	case CLEARTEXT:
		write_cleartext(name, A "\n", A);
		break;
	case DETACHED_ARMOUR:
		write_detached(name, A "\n", true);
		break;
	default:
		write_detached(name, A "\n", false);
	}
}

START_TEST(judges_forms)
{
	const char *name = forms[_i].name;
	const char *file = forms[_i].written == DETACHED_ELSEWHERE ? "dl/signature" : "dl/sums.gpg";
	AUTO_STR char *sums = tree_path(file);
	AUTO_STR char *text = forms[_i].sums_file != NULL ? tree_path(forms[_i].sums_file) : NULL;
	AUTO(files_report) r = FILES_REPORT_INIT;
	const struct files_wanted w = {
		.sums = sums, .sums_file = text, .all = true, .jobs = 1, .now = JUDGE_NOW
	};
	struct tally t;

	write_form(forms[_i].written, file);
	if (forms[_i].text != NULL)
		tree_write_str("dl/sums", forms[_i].text);
	verify(&w, forms[_i].keys, &r);
	t = files_tally(&r);
	ck_assert_msg(r.form == forms[_i].form, "%s: form %d", name, (int)r.form);
	ck_assert_msg(verdict_reason(&r.verdict) == forms[_i].reason, "%s: %s (%s)", name,
	    reason_word(verdict_reason(&r.verdict)), verdict_detail(&r.verdict));
	ck_assert_msg(
	    tally_exit_status(&t) == forms[_i].status, "%s: %d", name, tally_exit_status(&t));
}
END_TEST

/* So many files, of which the first is there. */
static void
write_long_list(const char *name, size_t n)
{
	AUTO(buf) list = BUF_INIT;

	buf_add_str(&list, A "\n");
	for (size_t i = 1; i < n; i++)
		buf_addf(&list, A "%zu\n", i);
	write_opaque(name, buf_str(&list));
}

START_TEST(has_caps_for_lists)
{
	AUTO_STR char *sums = tree_path("dl/sums.sig");
	AUTO(files_report) r = FILES_REPORT_INIT;
	const struct files_wanted w = {
		.sums = sums, .all = true, .ignore_missing = true, .jobs = 2, .now = JUDGE_NOW
	};

	write_long_list("dl/sums.sig", MAX_SUMS_FILES + 1);
	verify(&w, SIGNER_KEYS, &r);
	must_come_to("one file too many", &r, 0, 1, 0);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_TOO_LARGE);
	files_report_free(&r);
	write_long_list("dl/sums.sig", MAX_SUMS_FILES);
	verify(&w, SIGNER_KEYS, &r);
	must_come_to("as many as may be", &r, 1, 0, 0);
	ck_assert_uint_eq(r.missing, MAX_SUMS_FILES - 1);
}
END_TEST

/* Files are read to their caps: what is over them has no verdict, what is not is judged. */
START_TEST(has_caps_for_what_is_read)
{
	AUTO_STR char *sums = tree_path("dl/sums.sig");
	AUTO_STR char *text = tree_path("dl/sums");
	AUTO(files_report) r = FILES_REPORT_INIT;
	struct files_wanted w = { .sums = sums, .all = true, .jobs = 1, .now = JUDGE_NOW };
	const size_t most = MAX_SUMS_BYTES + MAX_SIGNATURE_BYTES;
	uint8_t *bytes = xcalloc(1, most + 1);

	tree_write("dl/sums.sig", bytes_of(bytes, most + 1));
	verify(&w, SIGNER_KEYS, &r);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_TOO_LARGE);
	must_come_to("SUMS over its cap", &r, 0, 0, 1);
	files_report_free(&r);
	tree_write("dl/sums.sig", bytes_of(bytes, most));
	verify(&w, SIGNER_KEYS, &r);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_NOT_A_SIGNATURE);
	files_report_free(&r);
	w.sums_file = text;
	write_detached("dl/sums.sig", A "\n", false);
	tree_write("dl/sums", bytes_of(bytes, MAX_SUMS_BYTES + 1));
	verify(&w, SIGNER_KEYS, &r);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_TOO_LARGE);
	must_come_to("the text over its cap", &r, 0, 0, 1);
	files_report_free(&r);
	tree_write("dl/sums", bytes_of(bytes, MAX_SUMS_BYTES));
	verify(&w, SIGNER_KEYS, &r);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_BAD_SIGNATURE);
	free(bytes);
}
END_TEST

START_TEST(no_list_no_verdict)
{
	AUTO_STR char *sums = tree_path("dl/nothing");
	AUTO_STR char *a = tree_path("dl/a");
	AUTO_STR char *b = tree_path("dl/b");
	char *names[] = { a, b };
	AUTO(files_report) r = FILES_REPORT_INIT;
	const struct files_wanted w = {
		.sums = sums, .names = names, .n_names = 2, .jobs = 1, .now = JUDGE_NOW
	};

	verify(&w, SIGNER_KEYS, &r);
	must_come_to("no SUMS", &r, 0, 0, 2);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_IO_ERROR);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_int_eq(r.form, SIGNED_FORM_UNSET);
}
END_TEST

/* Nobody waits for the keys longer than they take to fail. */
START_TEST(no_keys_no_verdict)
{
	AUTO_STR char *sums = tree_path("dl/sums.sig");
	AUTO_PTR(ready) ready = ready_new();
	AUTO(files_report) r = FILES_REPORT_INIT;
	AUTO(err) e = ERR_INIT;
	const struct files_wanted w = { .sums = sums, .all = true, .jobs = 1, .now = JUDGE_NOW };
	struct judge j;

	write_opaque("dl/sums.sig", LIST);
	judge_must_open(&j, SIGNER_KEYS);
	(void)err_set(&e, E_UNREACHABLE, "no key");
	ready_set(ready, &e);
	files_verify(&w, j.openpgp, ready, &r);
	judge_must_close(&j);
	must_come_to("no keys", &r, 0, 0, 1);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_UNREACHABLE);
}
END_TEST

START_TEST(the_time_is_over)
{
	AUTO_STR char *sums = tree_path("dl/sums.sig");
	AUTO(files_report) r = FILES_REPORT_INIT;
	const struct files_wanted w = { .sums = sums,
		.all = true,
		.ignore_missing = true,
		.jobs = 1,
		.now = JUDGE_NOW,
		.deadline = deadline_after(clock_ms() - 1000, 1) };

	write_opaque("dl/sums.sig", LIST);
	verify(&w, SIGNER_KEYS, &r);
	must_come_to("over before the list", &r, 0, 0, 1);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_TIMED_OUT);
}
END_TEST

/* ... or while a file is read: of all that ask, one is whoever reads it. */
START_TEST(the_time_is_over_in_a_file)
{
	AUTO_STR char *sums = tree_path("dl/sums.sig");
	AUTO(files_report) r = FILES_REPORT_INIT;
	const struct files_wanted w = { .sums = sums,
		.all = true,
		.ignore_missing = true,
		.jobs = 1,
		.now = JUDGE_NOW,
		.deadline = deadline_after(clock_ms(), 60 * 60 * 1000) };
	bool happened, in_file = false;

	write_opaque("dl/sums.sig", A "\n");
	for (unsigned before = 0; !in_file; before++) {
		files_report_free(&r);
		fail_call("deadline_passed", before);
		verify(&w, SIGNER_KEYS, &r);
		happened = fail_happened();
		ck_assert_msg(happened, "it was asked %u times alone", before);
		in_file = r.outcome == OUTCOME_PROVEN && !verdict_accepted(&r.verdict);
	}
	must_come_to("over in a file", &r, 0, 0, 1);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_TIMED_OUT);
}
END_TEST

/*
 * --- what is wanted -----------------------------------------------------------------------------
 */

static const struct {
	const char *name, *sums;
	const char *file; /* NULL: none */
	bool all, ignore_missing;
	const char *part; /* NULL: it is well */
} wanted[] = {
	{ "nothing", "sums", NULL, false, false, "no FILE is given" },
	{ "missing ones ignored of nothing", "sums", NULL, false, true, "no FILE is given" },
	{ "all and one", "sums", "a", true, false, "exclude each other" },
	{ "missing ones ignored of one", "sums", "a", false, true, "must be there" },
	{ "another directory", "dl/sums", "a", false, false, "not in the directory" },
	{ "the other way round", "sums", "/a", false, false, "not in the directory" },
	{ "a directory that begins alike", "dl/sums", "dl2/a", false, false,
	    "not in the directory" },
	{ "the directory", "dl/sums", "dl/", false, false, "not in the directory" },
	{ "two slashes", "dl/sums", "dl//a", false, false, "not in the directory" },
	{ "nothing at all", "dl/sums", "", false, false, "not in the directory" },
	{ "absolute and not", "/dl/sums", "dl/a", false, false, "not in the directory" },
	{ "one here", "sums", "a", false, false, NULL },
	{ "dots", "./sums", "a", false, false, NULL },
	{ "the other's dots", "dl/sums", ".//./dl/a", false, false, NULL },
	{ "one below", "/dl/sums", "/dl/sub/a", false, false, NULL },
	{ "all", "dl/sums", NULL, true, false, NULL },
	{ "all that are there", "dl/sums", NULL, true, true, NULL },
};

START_TEST(checks_what_is_wanted)
{
	char *name = wanted[_i].file != NULL ? xstrdup(wanted[_i].file) : NULL;
	const struct files_wanted w = { .sums = wanted[_i].sums,
		.names = &name,
		.n_names = name != NULL,
		.all = wanted[_i].all,
		.ignore_missing = wanted[_i].ignore_missing };
	AUTO(err) e = ERR_INIT;
	int r = files_check(&w, &e);

	if (wanted[_i].part != NULL)
		row_refused(wanted[_i].name, r, &e, E_USAGE, wanted[_i].part);
	else
		row_accepted(wanted[_i].name, r, &e);
	free(name);
}
END_TEST

Suite *
files_suite(void)
{
	Suite *s = suite_create("files");
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, set_up, tree_remove);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, judges_files, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, follows_no_link);
	tcase_add_loop_test(tc, judges_forms, 0, ARRAY_LEN(forms));
	tcase_add_test(tc, has_caps_for_lists);
	tcase_add_test(tc, has_caps_for_what_is_read);
	tcase_add_test(tc, no_list_no_verdict);
	tcase_add_test(tc, no_keys_no_verdict);
	tcase_add_test(tc, the_time_is_over);
	tcase_add_test(tc, the_time_is_over_in_a_file);
	tcase_add_loop_test(tc, checks_what_is_wanted, 0, ARRAY_LEN(wanted));
	suite_add_tcase(s, tc);
	return s;
}
