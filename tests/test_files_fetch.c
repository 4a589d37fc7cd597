/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of a signed list that a server has: each whole and right under its name, or not there; and
 * nothing before the list is verified.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/children.h"
#include "base/file.h"
#include "base/text.h"
#include "formats/digest.h"
#include "http_fixture.h"
#include "httpd.h"
#include "httpd_large.h"
#include "judge.h"
#include "rows.h"
#include "signer.h"
#include "suites.h"
#include "tree.h"
#include "verify/files.h"

/* Of the file "a", in the list; it is large enough for more than one piece. */
#define SIZE ((size_t)600000)
#define HALF (SIZE / 2)
#define MOST ((uint64_t)1 << 20)
#define PARTIAL "dl/.a.relsig-partial"
/* Of the bytes "b" and LF. */
#define B "0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f"

enum { MAX_ROUTES = 12 };

static uint8_t content[SIZE + 10];
static struct buf message; /* the signed list */

/*
 * --- a list, and a server -----------------------------------------------------------------------
 */

static void
sign(const char *list)
{
	struct signer s;

	buf_clear(&message);
	signer_open(&s);
	signer_sign(&s, bytes_of_str(list), &message);
	signer_free(&s);
}

static void
set_up(void)
{
	AUTO_STR char *list = NULL;
	struct digest digest;
	AUTO(err) e = ERR_INIT;

	tree_make();
	tree_directory("dl");
	httpd_large_bytes(0, content, sizeof(content));
	row_accepted("digest", digest_of_bytes(&digest, bytes_of(content, SIZE), &e), &e);
	list = xasprintf("%s  a\n" B "  sub/b\n", digest.text + strlen("sha256:"));
	sign(list);
}

static void
tear_down(void)
{
	buf_free(&message);
	tree_remove();
}

/* With the list, "sub/b", and what the test says of "a". */
static struct httpd *
start(const struct httpd_route *of_a, size_t n)
{
	struct httpd_route routes[MAX_ROUTES] = {
		{ .path = "/dl/sums.sig", .body = (const char *)message.p, .body_n = message.n },
		{ .path = "/dl/sub/b", .body = "b\n" },
	};

	ck_assert_uint_lt(n + 2, MAX_ROUTES);
	memcpy(routes + 2, of_a, n * sizeof(*of_a));
	return httpd_start(routes, NULL);
}

/* All keys of a file of testdata/keys. */
static void
read_keys(struct trusted_keys *out, const char *name)
{
	AUTO_STR char *file = xasprintf("keys/%s", name);
	AUTO(buf) text = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	testdata_read(&text, file);
	row_accepted(name, certificates_add(&out->certificates, buf_bytes(&text), name, &e), &e);
	trusted_keys_add_all(out);
}

/* What relsig verify-files --url would come to; w lacks what only a run has. */
static void
verify(struct files_wanted *w, const struct httpd *server, unsigned tries, const char *key_file,
    struct files_report *out)
{
	const struct openpgp_options oo = { .timeout_ms = 20000 };
	AUTO(trusted_keys) keys = TRUSTED_KEYS_INIT; /* openpgp has them in hand */
	AUTO_PTR(ready) ready = ready_new();
	AUTO_PTR(openpgp) openpgp = NULL;
	AUTO_STR char *url = httpd_url(server, "/dl");
	AUTO_STR char *path = tree_path("dl");
	AUTO_PTR(outdir) directory = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("children", children_adopt(&e), &e);
	row_accepted("gpg's home", openpgp_open(&openpgp, &oo, &e), &e);
	read_keys(&keys, key_file);
	ready_set(ready, openpgp_trust(openpgp, &keys, &e) == 0 ? NULL : &e);
	row_accepted("directory", outdir_open(&directory, path, &e), &e);
	w->from.url = url;
	w->from.http = http_fixture_open(6000, tries);
	w->from.directory = directory;
	w->from.max_bytes = MOST;
	w->now = JUDGE_NOW;
	row_accepted("the wanted", files_check(w, &e), &e);
	files_verify(w, openpgp, ready, out);
	http_free(w->from.http);
	unsetenv("GNUPGHOME");
}

/* How often it was asked for. */
static size_t
asked(const struct httpd *server, const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < httpd_count(server); i++)
		n += strcmp(httpd_request(server, i)->path, path) == 0;
	return n;
}

/* How large a file is; -1: it is not there. */
static long
size_of(const char *name)
{
	AUTO_STR char *path = tree_path(name);
	struct stat st;

	return lstat(path, &st) == 0 ? (long)st.st_size : -1;
}

static bool
is_right(const char *name)
{
	AUTO_STR char *path = tree_path(name);
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	return file_read(&got, path, SIZE, &e) == 0 &&
	       bytes_equal(buf_bytes(&got), bytes_of(content, SIZE));
}

/*
 * --- one file -----------------------------------------------------------------------------------
 */

enum there {
	NOTHING = 0,
	RIGHT,	    /* all of the file */
	HALF_RIGHT, /* its first half */
	HALF_WRONG, /* another's */
	TOO_LONG,   /* all of it, and more */
	A_LINK,
	WRONG, /* another file */
};

#define WHOLE                                                                                      \
	{                                                                                          \
		.path = "/dl/a", .behaviour = HTTPD_LARGE, .size = SIZE                            \
	}
#define NO_RANGES                                                                                  \
	{                                                                                          \
		.path = "/dl/a", .behaviour = HTTPD_LARGE_WHOLE, .size = SIZE                      \
	}
#define OTHER                                                                                      \
	{                                                                                          \
		.path = "/dl/a", .body = "other"                                                   \
	}
#define CUT                                                                                        \
	{                                                                                          \
		.path = "/dl/a", .times = 1, .behaviour = HTTPD_LARGE, .size = SIZE, .cut = HALF   \
	}

static const struct row {
	const char *name;
	struct httpd_route routes[2];
	enum there there, partial;
	bool overwrites;
	unsigned tries;
	enum reason reason;
	int status;
	size_t asked;
	uint64_t fetched;
	long left; /* bytes of the hidden file; -1: none */
} rows[] = {
	{ "404", { { 0 } }, NOTHING, NOTHING, false, 2, REASON_CONTENT_MISSING, 1, 1, 0, -1 },
	{ "404, and a part is here", { { 0 } }, NOTHING, HALF_RIGHT, false, 2,
	    REASON_CONTENT_MISSING, 1, 1, 0, HALF },
	{ "403", { { .path = "/dl/a", .status = 403 } }, NOTHING, NOTHING, false, 2,
	    REASON_UNREACHABLE, 2, 1, 0, -1 },
	{ "500", { { .path = "/dl/a", .status = 500 } }, NOTHING, NOTHING, false, 1,
	    REASON_UNREACHABLE, 2, 2, 0, -1 },
	{ "other content", { OTHER }, NOTHING, NOTHING, false, 2, REASON_CONTENT_MISMATCH, 1, 1, 5,
	    -1 },
	{ "other content, and a part is here", { OTHER }, NOTHING, HALF_RIGHT, false, 2,
	    REASON_CONTENT_MISMATCH, 1, 1, 5, -1 },
	{ "nothing", { { .path = "/dl/a" } }, NOTHING, NOTHING, false, 2, REASON_CONTENT_MISMATCH,
	    1, 1, 0, -1 },
	{ "one byte more", { { .path = "/dl/a", .behaviour = HTTPD_LARGE, .size = SIZE + 1 } },
	    NOTHING, NOTHING, false, 2, REASON_CONTENT_MISMATCH, 1, 1, SIZE + 1, -1 },
	{ "one byte more, to go on",
	    { { .path = "/dl/a", .behaviour = HTTPD_LARGE, .size = SIZE + 1 } }, NOTHING,
	    HALF_RIGHT, false, 2, REASON_CONTENT_MISMATCH, 1, 2, SIZE + 1, -1 },
	{ "one byte less", { { .path = "/dl/a", .behaviour = HTTPD_LARGE, .size = SIZE - 1 } },
	    NOTHING, NOTHING, false, 2, REASON_CONTENT_MISMATCH, 1, 1, SIZE - 1, -1 },
	{ "too little of it, what came stays", { CUT }, NOTHING, NOTHING, false, 0,
	    REASON_UNREACHABLE, 2, 1, HALF, HALF },
	{ "another size when it goes on",
	    { CUT, { .path = "/dl/a", .behaviour = HTTPD_LARGE, .size = SIZE + 1 } }, NOTHING,
	    NOTHING, false, 1, REASON_UNREACHABLE, 2, 2, HALF, HALF },
	{ "no end", { { .path = "/dl/a", .behaviour = HTTPD_ENDLESS } }, NOTHING, NOTHING, false, 0,
	    REASON_TOO_LARGE, 2, 1, MOST, -1 },
	{ "too large, as the server says",
	    { { .path = "/dl/a", .behaviour = HTTPD_LARGE, .size = MOST + 1 } }, NOTHING, NOTHING,
	    false, 0, REASON_TOO_LARGE, 2, 1, 0, -1 },
	{ "too large to go on", { { .path = "/dl/a", .behaviour = HTTPD_LARGE, .size = MOST + 1 } },
	    NOTHING, HALF_RIGHT, false, 0, REASON_TOO_LARGE, 2, 1, 0, -1 },
	{ "a redirect to another scheme",
	    { { .path = "/dl/a", .status = 302, .headers = "Location: file:///etc/passwd\r\n" } },
	    NOTHING, NOTHING, false, 0, REASON_UNREACHABLE, 2, 1, 0, -1 },
	{ "another file is there", { WHOLE }, WRONG, NOTHING, false, 0, REASON_CONTENT_MISMATCH, 1,
	    0, 0, -1 },
	{ "a longer file is there", { WHOLE }, TOO_LONG, NOTHING, false, 0, REASON_CONTENT_MISMATCH,
	    1, 0, 0, -1 },
	{ "a link is there", { WHOLE }, A_LINK, NOTHING, false, 0, REASON_CONTENT_MISMATCH, 1, 0, 0,
	    -1 },
	{ "a link is there, --overwrite", { WHOLE }, A_LINK, NOTHING, true, 0,
	    REASON_CONTENT_MISMATCH, 1, 0, 0, -1 },
	{ "another file is there, --overwrite, and the server has another", { OTHER }, WRONG,
	    NOTHING, true, 0, REASON_CONTENT_MISMATCH, 1, 1, 5, -1 },
	{ "the hidden file is a link", { WHOLE }, NOTHING, A_LINK, false, 0, REASON_IO_ERROR, 2, 0,
	    0, 7 },
	{ "fetched", { WHOLE }, NOTHING, NOTHING, false, 0, REASON_ACCEPTED, 0, 1, SIZE, -1 },
	{ "there already", { OTHER }, RIGHT, NOTHING, false, 0, REASON_ACCEPTED, 0, 0, 0, -1 },
	{ "there already, --overwrite", { OTHER }, RIGHT, NOTHING, true, 0, REASON_ACCEPTED, 0, 0,
	    0, -1 },
	{ "another file is replaced", { WHOLE }, WRONG, NOTHING, true, 0, REASON_ACCEPTED, 0, 1,
	    SIZE, -1 },
	{ "gone on with", { WHOLE }, NOTHING, HALF_RIGHT, false, 0, REASON_ACCEPTED, 0, 1,
	    SIZE - HALF, -1 },
	{ "gone on with what was another's: once more", { WHOLE }, NOTHING, HALF_WRONG, false, 0,
	    REASON_ACCEPTED, 0, 2, SIZE, -1 },
	{ "more is here than there is", { WHOLE }, NOTHING, TOO_LONG, false, 0, REASON_ACCEPTED, 0,
	    2, SIZE, -1 },
	{ "all of it came, but for its name", { WHOLE }, NOTHING, RIGHT, false, 0, REASON_ACCEPTED,
	    0, 1, 0, -1 },
	{ "a server that does not go on", { NO_RANGES }, NOTHING, HALF_RIGHT, false, 0,
	    REASON_ACCEPTED, 0, 1, SIZE, -1 },
	{ "the connection broke", { CUT, WHOLE }, NOTHING, NOTHING, false, 1, REASON_ACCEPTED, 0, 2,
	    SIZE, -1 },
	{ "a redirect",
	    { { .path = "/dl/a", .status = 302, .headers = "Location: /other\r\n" },
		{ .path = "/other", .behaviour = HTTPD_LARGE, .size = SIZE } },
	    NOTHING, HALF_RIGHT, false, 0, REASON_ACCEPTED, 0, 1, SIZE - HALF, -1 },
};

static void
put(const char *name, enum there there)
{
	AUTO_STR char *wrong = NULL;

	switch (there) {
	case NOTHING:
		break;
	case RIGHT:
		tree_write(name, bytes_of(content, SIZE));
		break;
	case HALF_RIGHT:
		tree_write(name, bytes_of(content, HALF));
		break;
	case HALF_WRONG:
		wrong = xcalloc(1, HALF);
		tree_write(name, bytes_of(wrong, HALF));
		break;
	case TOO_LONG:
		tree_write(name, bytes_of(content, sizeof(content)));
		break;
	case A_LINK:
		tree_write_str("outside", "mine");
		tree_link(name, "outside");
		break;
	case WRONG:
		tree_write_str(name, "another file");
		break;
	}
}

START_TEST(brings_one_file)
{
	const struct row *row = &rows[_i];
	struct httpd *server = start(row->routes, ARRAY_LEN(row->routes));
	static char name[] = "a";
	char *names[] = { name };
	struct files_wanted w = { .sums = "sums.sig",
		.names = names,
		.n_names = 1,
		.jobs = 1,
		.from = { .overwrites = row->overwrites } };
	AUTO(files_report) r = FILES_REPORT_INIT;
	struct tally t;

	put("dl/a", row->there);
	put(PARTIAL, row->partial);
	verify(&w, server, row->tries, SIGNER_KEYS, &r);
	t = files_tally(&r);
	ck_assert_msg(verdict_reason(&r.verdict) == row->reason, "%s: %s (%s)", row->name,
	    reason_word(verdict_reason(&r.verdict)), verdict_detail(&r.verdict));
	ck_assert_msg(tally_exit_status(&t) == row->status, "%s: status", row->name);
	ck_assert_msg(asked(server, "/dl/a") == row->asked, "%s: asked %zu times", row->name,
	    asked(server, "/dl/a"));
	ck_assert_msg(r.files[0].fetched == row->fetched, "%s: %ju bytes fetched", row->name,
	    (uintmax_t)r.files[0].fetched);
	ck_assert_msg(
	    size_of(PARTIAL) == row->left, "%s: %ld bytes are left", row->name, size_of(PARTIAL));
	ck_assert_msg(is_right("dl/a") == (row->status == 0), "%s: what is there", row->name);
	if (row->status != 0 && row->there == NOTHING)
		ck_assert_msg(size_of("dl/a") == -1, "%s: a file is there", row->name);
	if (row->status != 0 && row->there == WRONG)
		ck_assert_msg(size_of("dl/a") == 12, "%s: what was there has gone", row->name);
	if (size_of("outside") >= 0)
		ck_assert_msg(size_of("outside") == 4, "%s: what a link leads to", row->name);
	httpd_stop(server);
}
END_TEST

/*
 * --- several, and the list ----------------------------------------------------------------------
 */

static const struct httpd_route whole[] = { WHOLE };

START_TEST(brings_all_files_and_the_list)
{
	struct httpd *server = start(whole, 1);
	struct files_wanted w = { .sums = "sums.sig", .all = true, .jobs = 4 };
	AUTO(files_report) r = FILES_REPORT_INIT;
	AUTO_STR char *b = tree_path("dl/sub/b");
	struct stat st;

	verify(&w, server, 0, SIGNER_KEYS, &r);
	ck_assert(verdict_accepted(&r.verdict));
	ck_assert_uint_eq(r.n, 2);
	ck_assert(is_right("dl/a"));
	row_string("the path", "of b", r.files[1].path, b);
	ck_assert_int_eq(stat(b, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0644);
	ck_assert_int_eq(size_of("dl/sums.sig"), (long)message.n);
	files_report_free(&r);
	/* Again, with nothing but what is there now. */
	verify(&w, server, 0, SIGNER_KEYS, &r);
	ck_assert(verdict_accepted(&r.verdict));
	ck_assert_uint_eq(asked(server, "/dl/a"), 1);
	ck_assert_uint_eq(asked(server, "/dl/sub/b"), 1);
	httpd_stop(server);
}
END_TEST

START_TEST(brings_one_file_once)
{
	struct httpd *server = start(whole, 1);
	static char name[] = "a";
	char *names[] = { name, name, name, name };
	struct files_wanted w = { .sums = "sums.sig", .names = names, .n_names = 4, .jobs = 4 };
	AUTO(files_report) r = FILES_REPORT_INIT;

	verify(&w, server, 0, SIGNER_KEYS, &r);
	ck_assert_msg(verdict_accepted(&r.verdict), "%s", verdict_detail(&r.verdict));
	ck_assert_uint_eq(asked(server, "/dl/a"), 1);
	ck_assert(is_right("dl/a"));
	ck_assert_int_eq(size_of(PARTIAL), -1);
	httpd_stop(server);
}
END_TEST

START_TEST(leaves_out_what_the_server_lacks)
{
	struct httpd *server = start(whole, 0);
	struct files_wanted w = {
		.sums = "sums.sig", .all = true, .ignore_missing = true, .jobs = 1
	};
	AUTO(files_report) r = FILES_REPORT_INIT;

	verify(&w, server, 0, SIGNER_KEYS, &r);
	ck_assert(verdict_accepted(&r.verdict));
	ck_assert_uint_eq(r.missing, 1);
	ck_assert_uint_eq(r.n, 1);
	httpd_stop(server);
}
END_TEST

START_TEST(writes_nothing_that_is_not_signed)
{
	struct httpd *server = start(whole, 1);
	struct files_wanted w = { .sums = "sums.sig", .all = true, .jobs = 1 };
	AUTO(files_report) r = FILES_REPORT_INIT;

	verify(&w, server, 0, "release.asc", &r);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_UNKNOWN_KEY);
	ck_assert_int_eq(size_of("dl/sums.sig"), -1);
	ck_assert_int_eq(size_of("dl/a"), -1);
	ck_assert_int_eq(size_of("dl/sub"), -1);
	ck_assert_uint_eq(httpd_count(server), 1);
	httpd_stop(server);
}
END_TEST

START_TEST(asks_for_nothing_that_is_not_listed)
{
	struct httpd *server = start(whole, 1);
	static char outside[] = "../a", other[] = "other";
	char *names[] = { outside, other };
	struct files_wanted w = { .sums = "sums.sig", .names = names, .n_names = 2, .jobs = 2 };
	AUTO(files_report) r = FILES_REPORT_INIT;

	verify(&w, server, 0, SIGNER_KEYS, &r);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_NO_SIGNATURE);
	ck_assert_uint_eq(files_tally(&r).refused, 2);
	ck_assert_uint_eq(httpd_count(server), 1);
	httpd_stop(server);
}
END_TEST

START_TEST(keeps_another_list)
{
	struct httpd *server = start(whole, 1);
	struct files_wanted w = { .sums = "sums.sig", .all = true, .jobs = 1 };
	AUTO(files_report) r = FILES_REPORT_INIT;

	tree_write_str("dl/sums.sig", "of another release");
	verify(&w, server, 0, SIGNER_KEYS, &r);
	ck_assert_int_eq(verdict_reason(&r.verdict), REASON_CONTENT_MISMATCH);
	ck_assert_ptr_nonnull(strstr(r.detail, "--overwrite"));
	ck_assert_int_eq(size_of("dl/sums.sig"), 18);
	ck_assert_uint_eq(httpd_count(server), 1);
	files_report_free(&r);
	w.from.overwrites = true;
	verify(&w, server, 0, SIGNER_KEYS, &r);
	ck_assert(verdict_accepted(&r.verdict));
	ck_assert_int_eq(size_of("dl/sums.sig"), (long)message.n);
	httpd_stop(server);
}
END_TEST

static const struct {
	const char *name;
	struct httpd_route route; /* of "/dl/sums.sig", before the right one */
	enum reason reason;
} lists[] = {
	{ "404", { .path = "/dl/sums.sig", .status = 404 }, REASON_IO_ERROR },
	{ "500", { .path = "/dl/sums.sig", .status = 500 }, REASON_UNREACHABLE },
	{ "no end", { .path = "/dl/sums.sig", .behaviour = HTTPD_ENDLESS }, REASON_TOO_LARGE },
	{ "too little", { .path = "/dl/sums.sig", .behaviour = HTTPD_SHORT, .body = "x" },
	    REASON_UNREACHABLE },
};

START_TEST(no_list_no_verdict)
{
	const struct httpd_route routes[] = { lists[_i].route, { 0 } };
	struct httpd *server = httpd_start(routes, NULL);
	struct files_wanted w = { .sums = "sums.sig", .all = true, .jobs = 1 };
	AUTO(files_report) r = FILES_REPORT_INIT;
	struct tally t;

	verify(&w, server, 0, SIGNER_KEYS, &r);
	t = files_tally(&r);
	ck_assert_msg(verdict_reason(&r.verdict) == lists[_i].reason, "%s: %s (%s)", lists[_i].name,
	    reason_word(verdict_reason(&r.verdict)), verdict_detail(&r.verdict));
	ck_assert_int_eq(tally_exit_status(&t), 2);
	ck_assert_int_eq(size_of("dl/sums.sig"), -1);
	httpd_stop(server);
}
END_TEST

/* Stopped before it begins: nothing is asked for, and nothing is accepted. */
START_TEST(stops_when_it_shall)
{
	static const atomic_bool stop = true;
	struct httpd *server = start(whole, 1);
	struct files_wanted w = { .sums = "sums.sig", .all = true, .jobs = 2, .stop = &stop };
	AUTO(files_report) r = FILES_REPORT_INIT;

	verify(&w, server, 0, SIGNER_KEYS, &r);
	ck_assert_uint_eq(files_tally(&r).undecided, 2);
	ck_assert_str_eq(verdict_detail(&r.verdict), "interrupted");
	ck_assert_uint_eq(httpd_count(server), 1);
	httpd_stop(server);
}
END_TEST

static const struct {
	const char *url, *sums, *sums_file, *part;
} wanted[] = {
	{ "ftp://h/", "sums", NULL, "--url: " },
	{ "https://h/?x", "sums", NULL, "--url: " },
	{ "https://h/", "", NULL, "SUMS: " },
	{ "https://h/", ".", NULL, "SUMS: " },
	{ "https://h/", "..", NULL, "SUMS: " },
	{ "https://h/", ".a.relsig-partial", NULL, "SUMS: " },
	{ "https://h/", "sub/sums", NULL, "SUMS: " },
	{ "https://h/", "/sums", NULL, "SUMS: " },
	{ "https://h/", "sums", "../text", "--sums-file: " },
	{ "https://h/", "sums", "sub/text", "--sums-file: " },
};

START_TEST(wants_names)
{
	const struct files_wanted w = { .sums = wanted[_i].sums,
		.sums_file = wanted[_i].sums_file,
		.from = { .url = wanted[_i].url },
		.all = true };
	AUTO(err) e = ERR_INIT;

	row_refused(wanted[_i].sums, files_check(&w, &e), &e, E_USAGE, wanted[_i].part);
}
END_TEST

Suite *
files_fetch_suite(void)
{
	Suite *s = suite_create("files_fetch");
	TCase *tc = tcase_create("files_fetch");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, wants_names, 0, (int)ARRAY_LEN(wanted));
	tcase_add_test(tc, writes_nothing_that_is_not_signed);
	tcase_add_test(tc, asks_for_nothing_that_is_not_listed);
	tcase_add_loop_test(tc, no_list_no_verdict, 0, (int)ARRAY_LEN(lists));
	tcase_add_test(tc, keeps_another_list);
	tcase_add_test(tc, stops_when_it_shall);
	tcase_add_loop_test(tc, brings_one_file, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(tc, leaves_out_what_the_server_lacks);
	tcase_add_test(tc, brings_one_file_once);
	tcase_add_test(tc, brings_all_files_and_the_list);
	suite_add_tcase(s, tc);
	return s;
}
