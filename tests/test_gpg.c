/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/children.h"
#include "base/limits.h"
#include "fake_gpg.h"
#include "judge.h"
#include "rows.h"
#include "suites.h"
#include "tree.h"
#include "trust/gpg.h"

/*
 * --- which gpg -----------------------------------------------------------------------------------
 */

static const struct {
	const char *name, *probe, *part;
} no_gpg[] = {
	{ "1.4.23", "echo 'gpg (GnuPG) 1.4.23'", "version \"1.4.23\": want GnuPG 2.2.20" },
	{ "2.0.22", "echo 'gpg (GnuPG) 2.0.22'", "\"2.0.22\"" },
	{ "2.1.0", "echo 'gpg (GnuPG) 2.1.0'", "\"2.1.0\"" },
	{ "2.2.19", "echo 'gpg (GnuPG) 2.2.19'", "\"2.2.19\"" },
	{ "3.0.0", "echo 'gpg (GnuPG) 3.0.0'", "\"3.0.0\"" },
	{ "2.2 alone", "echo 'gpg (GnuPG) 2.2'", "\"2.2\"" },
	{ "letters for numbers", "echo 'gpg (GnuPG) 2.x.40'", "\"2.x.40\"" },
	{ "no number between dots", "echo 'gpg (GnuPG) 2..40'", "\"2..40\"" },
	{ "a number that wraps to 2", "echo 'gpg (GnuPG) 4294967298.4.8'", "\"4294967298.4.8\"" },
	{ "words", "echo 'not at all what was asked for'", "gpg" },
	{ "one word", "echo usage", "gpg" },
	{ "an empty line", "echo", "gpg" },
	{ "nothing", "", "gpg" },
	{ "nothing, and exit status 2", "exit 2", "gpg" },
	{ "death", "kill -KILL $$", "gpg" },
	{ "the version on standard error", "echo 'gpg (GnuPG) 2.4.8' >&2", "gpg" },
};

START_TEST(refuses_a_version)
{
	const struct fake_gpg g = { .probe = no_gpg[_i].probe };
	const char *name = no_gpg[_i].name;
	AUTO(answer) a = ANSWER_INIT;

	fake_gpg_ask(&g, &a);
	ck_assert_msg(
	    a.outcome == OUTCOME_UNDECIDED, "%s: outcome %d (%s)", name, (int)a.outcome, a.message);
	row_string(name, "the reason", a.reason, "io-error");
	row_string(name, "the version", a.version, "");
	ck_assert_msg(strstr(a.message, no_gpg[_i].part) != NULL, "%s: %s", name, a.message);
}
END_TEST

static const struct {
	const char *version, *probe;
} good_gpg[] = {
	{ "2.2.20", "echo 'gpg (GnuPG) 2.2.20'" },
	{ "2.2.40", "echo 'gpg (GnuPG) 2.2.40'; echo 'libgcrypt 1.10.1'" },
	{ "2.3.3", "echo 'gpg (GnuPG) 2.3.3'" },
	{ "2.4.5", "echo 'gpg (GnuPG) 2.4.5'; yes | head -c 10000" },
	{ "2.5.12", "echo 'gpg (GnuPG) 2.5.12'" },
	{ "2.5.13-beta2", "echo 'gpg (GnuPG) 2.5.13-beta2'" },
	{ "2.10.0", "echo 'gpg (GnuPG) 2.10.0'" },
	/* The status of the probe is nobody's answer. */
	{ "2.4.8", "echo 'gpg (GnuPG) 2.4.8'; exit 2" },
};

START_TEST(takes_a_version)
{
	const struct fake_gpg g = { .probe = good_gpg[_i].probe };
	const char *name = good_gpg[_i].probe;
	AUTO(answer) a = ANSWER_INIT;

	fake_gpg_ask(&g, &a);
	ck_assert_msg(a.outcome == OUTCOME_PROVEN, "%s: %s (%s)", name, a.reason, a.message);
	row_string(name, "the version", a.version, good_gpg[_i].version);
}
END_TEST

/* The probe is slow to end: its exit status must not be taken for the verification's, nor the
 * reverse. */
START_TEST(tells_the_probe_from_the_verification)
{
	const struct fake_gpg refusing = {
		.probe = "echo 'gpg (GnuPG) 2.4.8'; exec >&-; sleep 0.1; exit 0",
		.verify = "all; exit 2"
	};
	const struct fake_gpg good = { .probe =
					   "echo 'gpg (GnuPG) 2.4.8'; exec >&-; sleep 0.1; exit 2",
		.verify = "all; exit 0" };
	AUTO(answer) a = ANSWER_INIT;

	fake_gpg_ask(&refusing, &a);
	ck_assert_msg(a.outcome == OUTCOME_REFUSED, "%s", a.message);
	ck_assert_str_eq(a.reason, "untrusted-key");
	fake_gpg_ask(&good, &a);
	ck_assert_msg(a.outcome == OUTCOME_PROVEN, "%s", a.message);
}
END_TEST

/* GPGME itself would wait for ever. This takes GPG_TIMEOUT_MS. */
START_TEST(kills_a_probe_that_hangs)
{
	const struct fake_gpg g = { .probe = "exec sleep 1000" };
	AUTO(answer) a = ANSWER_INIT;

	fake_gpg_ask(&g, &a);
	ck_assert_msg(a.outcome == OUTCOME_UNDECIDED, "outcome %d (%s)", (int)a.outcome, a.message);
	ck_assert_str_eq(a.reason, "timed-out");
	ck_assert_msg(strstr(a.message, "did not answer") != NULL, "%s", a.message);
}
END_TEST

/*
 * --- deadlines and floods ------------------------------------------------------------------------
 */

#define CLOSE_ALL "eval \"exec $status>&- $logger>&- $output>&-\"; "

static const struct {
	const char *name, *verify;
} endless[] = {
	{ "says nothing", "exec sleep 1000" },
	{ "says all but ends not", "all; exec sleep 1000" },
	{ "says all, closes all, ends not", "all; " CLOSE_ALL "exec sleep 1000" },
	{ "ignores SIGTERM", "trap '' TERM HUP INT; exec sleep 1000" },
	{ "stops itself", "all; kill -STOP $$" },
	{ "works for ever", "while :; do :; done" },
	{ "talks for ever on standard error", "exec yes >&2" },
	/* GPGME keeps these to itself. */
	{ "reports progress for ever", "all; exec yes '[GNUPG:] PROGRESS x' >/dev/fd/$status" },
	{ "says half a line", "begin; printf '[GNUPG:] NEWS' >/dev/fd/$status; exec sleep 1000" },
};

START_TEST(kills_at_the_deadline)
{
	const char *name = endless[_i].name;
	AUTO(answer) a = ANSWER_INIT;

	for (int deaf = 0; deaf < 2; deaf++) {
		const struct fake_gpg g = {
			.verify = endless[_i].verify, .deaf = deaf != 0, .timeout_ms = 300
		};

		fake_gpg_ask(&g, &a);
		ck_assert_msg(a.outcome == OUTCOME_UNDECIDED, "%s: outcome %d (%s)", name,
		    (int)a.outcome, a.message);
		row_string(name, "the reason", a.reason, "timed-out");
		ck_assert_msg(
		    strstr(a.message, "within 300 ms") != NULL, "%s: %s", name, a.message);
	}
}
END_TEST

#define SUBPACKETS(n) "yes '[GNUPG:] SIG_SUBPACKET x' | head -n " n " >/dev/fd/$status; "

static const struct {
	const char *name, *verify;
	enum outcome outcome;
	const char *reason;
} floods[] = {
	{ "status lines", "all; exec yes '[GNUPG:] SIG_SUBPACKET x' >/dev/fd/$status",
	    OUTCOME_UNDECIDED, "io-error" },
	{ "output", "all; exec yes >/dev/fd/$output", OUTCOME_REFUSED, "bad-signature" },
	{ "output before anything else", "exec yes >/dev/fd/$output", OUTCOME_REFUSED,
	    "bad-signature" },
	/* "all" has six more. */
	{ "1001 status lines that belong", SUBPACKETS("995") "all", OUTCOME_UNDECIDED, "io-error" },
	{ "1000 status lines that belong", SUBPACKETS("994") "all", OUTCOME_PROVEN, "accepted" },
	{ "talk for ever", "all; exec yes x >/dev/fd/$logger", OUTCOME_UNDECIDED, "io-error" },
	{ "talk for ever in large pieces", "exec cat /dev/zero >/dev/fd/$logger", OUTCOME_UNDECIDED,
	    "io-error" },
	{ "talk of more than 2 MB", "exec head -c 3000000 /dev/zero >/dev/fd/$logger",
	    OUTCOME_UNDECIDED, "io-error" },
	{ "1 MB of talk", "yes x | head -c 1000000 >/dev/fd/$logger; all", OUTCOME_PROVEN,
	    "accepted" },
	{ "1 MB of talk on standard error", "yes x | head -c 1000000 >&2; all", OUTCOME_PROVEN,
	    "accepted" },
};

START_TEST(bears_a_flood)
{
	const struct fake_gpg g = { .verify = floods[_i].verify };
	const char *name = floods[_i].name;
	AUTO(answer) a = ANSWER_INIT;

	fake_gpg_ask(&g, &a);
	ck_assert_msg(a.outcome == floods[_i].outcome, "%s: outcome %d, %s (%s)", name,
	    (int)a.outcome, a.reason, a.message);
	row_string(name, "the reason", a.reason, floods[_i].reason);
	ck_assert_msg(
	    strlen(a.message) < 6000, "%s: a message of %zu bytes", name, strlen(a.message));
}
END_TEST

/* It ends before it is done: whatever it has said by then, it is not all. */
static const struct {
	const char *name, *verify, *reason;
	enum outcome outcome;
} halves[] = {
	{ "before anything", "exit 0", "io-error", OUTCOME_UNDECIDED },
	{ "before anything, killed", "kill -KILL $$", "io-error", OUTCOME_UNDECIDED },
	{ "in the output", "say PLAINTEXT 62 0 x; body; exit 2", "io-error", OUTCOME_UNDECIDED },
	{ "after NEWSIG", "begin; sig; exit 0", "io-error", OUTCOME_UNDECIDED },
	{ "after GOODSIG, killed", "begin; sig; good; kill -KILL $$", "io-error",
	    OUTCOME_UNDECIDED },
	{ "after VALIDSIG, killed", "all; kill -KILL $$", "io-error", OUTCOME_UNDECIDED },
	{ "after VALIDSIG, SIGSEGV", "all; kill -SEGV $$", "io-error", OUTCOME_UNDECIDED },
	{ "after GOODSIG", "begin; sig; good; exit 0", "bad-signature", OUTCOME_REFUSED },
	{ "after VALIDSIG, status 2", "all; exit 2", "untrusted-key", OUTCOME_REFUSED },
	{ "in a status line", "begin; sig; good; printf '[GNUPG:] VALIDS' >/dev/fd/$status; exit 0",
	    "bad-signature", OUTCOME_REFUSED },
};

START_TEST(accepts_no_half)
{
	const char *name = halves[_i].name;
	AUTO(answer) a = ANSWER_INIT;

	for (int deaf = 0; deaf < 2; deaf++) {
		const struct fake_gpg g = { .verify = halves[_i].verify, .deaf = deaf != 0 };

		fake_gpg_ask(&g, &a);
		ck_assert_msg(a.outcome == halves[_i].outcome, "%s: outcome %d, %s (%s)", name,
		    (int)a.outcome, a.reason, a.message);
		row_string(name, "the reason", a.reason, halves[_i].reason);
	}
}
END_TEST

/*
 * --- the gpg that is here ------------------------------------------------------------------------
 */

static const struct deadline never = DEADLINE_NEVER;

struct here {
	char *home;
	struct gpg *gpg;
};

/* A home of the test's own, without "verify" in its gpg.conf, so that keys can be exported, too. */
static void
here_open(struct here *h)
{
	AUTO(buf) file = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	testdata_read(&file, "keys/release.gpg");
	tree_write("home/pubring.gpg", buf_bytes(&file));
	h->home = tree_path("home");
	setenv("GNUPGHOME", h->home, 1);
	tree_write_str("home/gpg.conf", "no-autostart\ntrust-model always\nlock-never\nbatch\n");
	ck_assert_msg(children_adopt(&e) == 0, "%s", err_msg(&e));
	ck_assert_msg(gpg_open(&h->gpg, &never, &e) == 0, "%s", err_msg(&e));
}

static void
here_close(struct here *h)
{
	AUTO(pids) left = PIDS_INIT;
	AUTO(err) e = ERR_INIT;

	gpg_free(h->gpg);
	free(h->home);
	unsetenv("GNUPGHOME");
	ck_assert_int_eq(children_list(&left, &e), 0);
	ck_assert_uint_eq(left.n, 0);
}

START_TEST(gives_evidence)
{
	AUTO(gpg_result) r = GPG_RESULT_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct here h;

	here_open(&h);
	testdata_blob(&blob, "flipped-payload");
	ck_assert_msg(
	    gpg_verify(h.gpg, buf_bytes(&blob), 1000, 20000, &r, &e) == 0, "%s", err_msg(&e));
	ck_assert_uint_eq(r.op_error, 0); /* which is why nothing rests on it */
	ck_assert(r.exited);
	ck_assert_int_eq(r.exit_status, 1);
	ck_assert_uint_eq(r.n_signatures, 1);
	ck_assert_uint_ne(r.signatures[0].status, 0);
	testdata_blob(&blob, "gpg-z0");
	ck_assert_int_eq(gpg_verify(h.gpg, buf_bytes(&blob), 1000, 20000, &r, &e), 0);
	ck_assert_int_eq(r.exit_status, 0);
	ck_assert_uint_eq(r.signatures[0].status, 0);
	ck_assert_uint_ge(r.n_status, 4);
	ck_assert_uint_gt(r.output.n, 0);
	ck_assert_ptr_nonnull(strstr(r.diagnostics, "ood signature"));
	here_close(&h);
}
END_TEST

/* A run that was cut short leaves nothing that the next one could trip over. */
START_TEST(goes_on_after_a_cut)
{
	AUTO(gpg_result) r = GPG_RESULT_INIT;
	AUTO(buf) blob = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct here h;

	here_open(&h);
	testdata_blob(&blob, "gpg-z0");
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(gpg_verify(h.gpg, buf_bytes(&blob), 1000, 0, &r, &e), 0);
		ck_assert(r.timed_out);
		ck_assert_int_eq(gpg_verify(h.gpg, buf_bytes(&blob), 10, 20000, &r, &e), 0);
		ck_assert(r.capped);
		ck_assert_uint_le(r.output.n, 10);
		ck_assert_int_eq(gpg_verify(h.gpg, buf_bytes(&blob), 1000, 20000, &r, &e), 0);
		ck_assert(!r.timed_out && !r.capped && r.exited && r.exit_status == 0);
	}
	here_close(&h);
}
END_TEST

START_TEST(exports_what_is_asked_for)
{
	AUTO_STR char *release = testdata_fingerprints("release.asc");
	AUTO_STR char *other = testdata_fingerprints("other.asc");
	const char *const missing[] = { other, NULL };
	const char *const present[] = { other, release, NULL };
	AUTO(certificates) c = CERTIFICATES_INIT;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct here h;

	here_open(&h);
	ck_assert_msg(gpg_export(h.gpg, missing, MAX_KEY_FILE_BYTES, 20000, &out, &e) == 0, "%s",
	    err_msg(&e));
	ck_assert_uint_eq(out.n, 0);
	ck_assert_msg(gpg_export(h.gpg, present, MAX_KEY_FILE_BYTES, 20000, &out, &e) == 0, "%s",
	    err_msg(&e));
	ck_assert_int_eq(certificates_add(&c, buf_bytes(&out), "export", &e), 0);
	ck_assert_uint_eq(c.n, 1);
	ck_assert_str_eq(c.v[0].keys[0].fingerprint, release);
	ck_assert_int_eq(gpg_export(h.gpg, present, 100, 20000, &out, &e), -1);
	ck_assert_int_eq(e.code, E_TOO_LARGE);
	ck_assert_uint_eq(out.n, 0);
	ck_assert_int_eq(gpg_export(h.gpg, present, MAX_KEY_FILE_BYTES, 0, &out, &e), -1);
	ck_assert_int_eq(e.code, E_TIMED_OUT);
	here_close(&h);
}
END_TEST

/* What is built here is run here. */
START_TEST(knows_its_libraries)
{
	struct gpg_library_versions v = gpg_library_versions();

	row_string("gpgme", "version", v.gpgme, v.gpgme_built_with);
	row_string("libgpg-error", "version", v.gpg_error, v.gpg_error_built_with);
	ck_assert_ptr_nonnull(v.gpgme);
	ck_assert_ptr_nonnull(v.gpg_error);
}
END_TEST

Suite *
gpg_suite(void)
{
	Suite *s = suite_create("gpg");
	TCase *fakes = tcase_create("fakes");
	TCase *here = tcase_create("here");

	tcase_add_checked_fixture(fakes, fake_gpg_set_up, fake_gpg_tear_down);
	tcase_add_loop_test(fakes, refuses_a_version, 0, ARRAY_LEN(no_gpg));
	tcase_add_test(fakes, kills_a_probe_that_hangs);
	tcase_add_test(fakes, tells_the_probe_from_the_verification);
	tcase_add_loop_test(fakes, kills_at_the_deadline, 0, ARRAY_LEN(endless));
	tcase_add_loop_test(fakes, accepts_no_half, 0, ARRAY_LEN(halves));
	tcase_add_loop_test(fakes, bears_a_flood, 0, ARRAY_LEN(floods));
	tcase_add_loop_test(fakes, takes_a_version, 0, ARRAY_LEN(good_gpg));
	suite_add_tcase(s, fakes);
	tcase_add_checked_fixture(here, tree_make, tree_remove);
	tcase_add_test(here, gives_evidence);
	tcase_add_test(here, goes_on_after_a_cut);
	tcase_add_test(here, exports_what_is_asked_for);
	tcase_add_test(here, knows_its_libraries);
	suite_add_tcase(s, here);
	return s;
}
