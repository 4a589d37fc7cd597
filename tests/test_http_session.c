/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "fake_fetcher.h"
#include "rows.h"
#include "suites.h"
#include "transport/http.h"

#define MAX_BODY 4096
#define URL "http://127.0.0.1:9/x"

/* What a fetcher taken over by a server could try. */
static const struct {
	const char *mode;
	enum errc code;
	const char *part;
} hostile[] = {
	{ "another version", E_UNREACHABLE, "version 0.0.0-other" },
	{ "no greeting", E_UNREACHABLE, "no greeting" },
	{ "a greeting with a body", E_UNREACHABLE, "no greeting" },
	{ "a greeting too long", E_UNREACHABLE, "no greeting" },
	{ "an empty greeting", E_UNREACHABLE, "field 1 is missing" },
	{ "noise", E_UNREACHABLE, "unknown type" },
	{ "ends at once", E_UNREACHABLE, "ended unexpectedly" },
	{ "crashes at once", E_UNREACHABLE, "ended unexpectedly" },
	{ "a second greeting", E_UNREACHABLE, "type 1" },
	{ "a request", E_UNREACHABLE, "type 2" },
	{ "an unknown type", E_UNREACHABLE, "unknown type 99" },
	{ "an unknown id", E_UNREACHABLE, "not made" },
	{ "a body over the cap", E_UNREACHABLE, "4097 bytes, want at most 4096" },
	{ "a body of 4 GiB", E_UNREACHABLE, "4294967295 bytes" },
	{ "a head over the cap", E_UNREACHABLE, "header of" },
	{ "a head of nothing", E_UNREACHABLE, "field 1 is missing" },
	{ "a head of noise", E_UNREACHABLE, "cut short" },
	{ "a body with a failure", E_UNREACHABLE, "a body with a failure" },
	{ "half a prefix", E_UNREACHABLE, "ended unexpectedly" },
	{ "half a head", E_UNREACHABLE, "ended unexpectedly" },
	{ "half a body", E_UNREACHABLE, "ended unexpectedly" },
	{ "crashes", E_UNREACHABLE, "ended unexpectedly" },
	{ "hangs", E_TIMED_OUT, "did not answer" },
};

static struct http *
open_fake(const char *mode)
{
	AUTO_STR char *self = fake_fetcher_path();
	const struct http_options options = { .fetcher = self, .timeout_ms = 20000 };
	struct http_options hasty = options;
	struct http *h = NULL;
	AUTO(err) e = ERR_INIT;

	if (strcmp(mode, "hangs") == 0)
		hasty.timeout_ms = 100;
	fake_fetcher_mode(mode);
	row_accepted(mode, http_open(&h, &hasty, &e), &e);
	return h;
}

static void
no_fake(void)
{
	fake_fetcher_mode(NULL);
}

/* Both what waits and what comes later: a broken session stays broken, and says why. */
START_TEST(distrusts_the_fetcher)
{
	const char *mode = hostile[_i].mode;
	const struct http_request request = { .method = "GET", .url = URL, .max_body = MAX_BODY };
	AUTO_PTR(http) h = open_fake(mode);
	struct http_ticket *first = NULL, *second = NULL;
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(http_response) other = HTTP_RESPONSE_INIT;
	AUTO(http_response) later = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;
	AUTO(err) too = ERR_INIT;
	AUTO(err) after = ERR_INIT;
	int a, b;

	/* The fetcher may be gone before the request is on its way: the same error then. */
	a = http_start(h, &request, &first, &e);
	b = http_start(h, &request, &second, &too);
	if (a == 0)
		a = http_wait(first, &r, &e);
	if (b == 0)
		b = http_wait(second, &other, &too);
	row_refused(mode, a, &e, hostile[_i].code, hostile[_i].part);
	row_refused(mode, b, &too, E_UNREACHABLE, "fetcher");
	row_refused(
	    mode, http_fetch(h, &request, &later, &after), &after, E_UNREACHABLE, "fetcher");
	ck_assert_msg(strstr(err_msg(&e), URL) != NULL, "%s: no URL", mode);
	ck_assert_msg(r.body.n + other.body.n + later.body.n == 0, "%s: bytes came through", mode);
}
END_TEST

static void
expect_said(const char *row, struct http *h, bool started, enum confine_state last)
{
	struct confine_report said = { { CONFINE_IN_EFFECT } };

	ck_assert_msg(http_fetcher_says(h, &said) == started, "%s: started", row);
	ck_assert_msg(said.parts[CONFINE_PARTS - 1] == last, "%s: %s", row,
	    confine_text(said.parts[CONFINE_PARTS - 1]));
	ck_assert_msg((said.parts[0] == CONFINE_UNKNOWN) == (last == CONFINE_UNKNOWN), "%s: %s",
	    row, confine_text(said.parts[0]));
}

/* It is asked before the first request, and after it; one that says nothing has nothing. */
START_TEST(passes_on_what_the_fetcher_says)
{
	static const struct {
		const char *mode;
		enum confine_state last;
	} rows[] = { { "ends at once", CONFINE_UNKNOWN }, { "noise", CONFINE_UNKNOWN },
		{ "another version", CONFINE_UNKNOWN },
		{ "a body at the cap", CONFINE_STATE_LAST } };
	const struct http_request request = { .method = "GET", .url = URL, .max_body = MAX_BODY };
	AUTO_PTR(http) h = open_fake(rows[_i].mode);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	expect_said(rows[_i].mode, h, false, CONFINE_UNKNOWN);
	row_accepted(rows[_i].mode, http_prestart(h, &e), &e);
	expect_said(rows[_i].mode, h, true, rows[_i].last);
	ck_assert_msg((http_fetch(h, &request, &r, &e) == 0) == (rows[_i].last != CONFINE_UNKNOWN),
	    "%s: %s", rows[_i].mode, err_msg(&e));
	expect_said(rows[_i].mode, h, true, rows[_i].last);
}
END_TEST

/* Modes of the fake fetcher, each after "stream: ". */
static const struct {
	const char *mode;
	uint64_t max;
	const char *part;
} hostile_streams[] = {
	{ "a piece before the response", INT64_MAX, "no stream now" },
	{ "an end before the response", INT64_MAX, "no stream now" },
	{ "a body before its stream", INT64_MAX, "a body before its stream" },
	{ "a piece of nothing", INT64_MAX, "a piece of 0 and 0 bytes" },
	{ "a piece with a head", INT64_MAX, "a piece of 1 and 1 bytes" },
	{ "a piece over a frame", INT64_MAX, "a piece of 0 and 262145 bytes" },
	{ "a piece of 4 GiB", INT64_MAX, "4294967295 bytes" },
	{ "more than the credit", INT64_MAX, "a piece of 1 bytes, want at most 0 now" },
	{ "more than the cap", 4096, "more than 4096 bytes" },
	{ "more than the cap in pieces", 4096, "more than 4096 bytes" },
	{ "a piece of another", INT64_MAX, "not made" },
	{ "an end of another", INT64_MAX, "not made" },
	{ "a second response", INT64_MAX, "a second response" },
	{ "a piece after the end", INT64_MAX, "not made" },
	{ "a second end", INT64_MAX, "not made" },
	{ "an end with a body", INT64_MAX, "an end of 9 and 1 bytes" },
	{ "an end too long", INT64_MAX, "an end of" },
	{ "an end of nothing", INT64_MAX, "field 1 is missing" },
	{ "an end without an outcome", INT64_MAX, "no outcome" },
	{ "credit", INT64_MAX, "type 5" },
	{ "crashes", INT64_MAX, "ended unexpectedly" },
};

/*
 * Nothing is taken from the stream, so that no new credit goes out: who waits for another response
 * reads for all, and sees what is wrong.
 */
START_TEST(distrusts_streams)
{
	AUTO_STR char *mode = xasprintf("stream: %s", hostile_streams[_i].mode);
	const struct http_request request = { .method = "GET",
		.url = URL,
		.max_body = MAX_BODY,
		.max_stream = hostile_streams[_i].max };
	AUTO_PTR(http) h = open_fake(mode);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(http_response) other = HTTP_RESPONSE_INIT;
	AUTO(http_response) later = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	AUTO(err) e = ERR_INIT;
	AUTO(err) after = ERR_INIT;
	int result;

	result = http_stream_open(h, &request, &r, &s, &e);
	if (result == 0)
		result = http_fetch(h, &request, &other, &e);
	row_refused(mode, result, &e, E_UNREACHABLE, hostile_streams[_i].part);
	row_refused(
	    mode, http_fetch(h, &request, &later, &after), &after, E_UNREACHABLE, "fetcher");
	ck_assert_msg(other.body.n + later.body.n == 0, "%s: bytes came through", mode);
}
END_TEST

/* Who reads the stream itself learns it, too, and keeps learning it. */
START_TEST(breaks_streams)
{
	static const char *const modes[] = { "stream: a piece with a head", "stream: crashes",
		"stream: a second response", "stream: an end of nothing" };
	const struct http_request request = {
		.method = "GET", .url = URL, .max_stream = INT64_MAX
	};
	AUTO_PTR(http) h = open_fake(modes[_i]);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	struct bytes piece = { .n = 1 };
	AUTO(err) e = ERR_INIT;
	AUTO(err) again = ERR_INIT;
	int result = http_stream_open(h, &request, &r, &s, &e);

	while (result == 0 && piece.n > 0)
		result = http_stream_next(s, &piece, &e);
	row_refused(modes[_i], result, &e, E_UNREACHABLE, URL);
	if (s == NULL)
		return; /* all of it came at once */
	row_refused(modes[_i], http_stream_next(s, &piece, &again), &again, E_UNREACHABLE, URL);
	ck_assert_msg(piece.n == 0, "%s: bytes after the error", modes[_i]);
	ck_assert_msg(!http_stream_broke(s), "%s: another connection does no better", modes[_i]);
}
END_TEST

/* No stream was asked for. */
START_TEST(refuses_a_stream_unasked)
{
	const struct http_request request = { .method = "GET", .url = URL, .max_body = MAX_BODY };
	AUTO_PTR(http) h = open_fake("stream: a second end");
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(http_response) other = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("the response", http_fetch(h, &request, &r, &e), &e);
	row_refused("the rest", http_fetch(h, &request, &other, &e), &e, E_UNREACHABLE, "not made");
}
END_TEST

/* A window of late pieces is what honest fetchers send, too; one byte more is not. */
START_TEST(drops_late_pieces)
{
	const struct http_request request = {
		.method = "GET", .url = URL, .max_body = MAX_BODY, .max_stream = INT64_MAX
	};
	static const struct {
		const char *mode;
		bool is_fine;
	} late[] = { { "stream: late pieces", true }, { "stream: more than the credit", false } };
	AUTO_PTR(http) h = open_fake(late[_i].mode);
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(http_response) other = HTTP_RESPONSE_INIT;
	struct http_stream *s = NULL;
	AUTO(err) e = ERR_INIT;
	int result;

	row_accepted("open", http_stream_open(h, &request, &r, &s, &e), &e);
	http_stream_free(s);
	result = http_fetch(h, &request, &other, &e);
	if (late[_i].is_fine)
		row_accepted(late[_i].mode, result, &e);
	else
		row_refused(late[_i].mode, result, &e, E_UNREACHABLE, "want at most 0 now");
}
END_TEST

START_TEST(takes_many_small_pieces)
{
	const struct http_request request = {
		.method = "GET", .url = URL, .max_stream = INT64_MAX
	};
	AUTO_PTR(http) h = open_fake("stream: many small pieces");
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http_stream) s = NULL;
	struct bytes piece;
	AUTO(err) e = ERR_INIT;
	size_t n = 0;

	row_accepted("open", http_stream_open(h, &request, &r, &s, &e), &e);
	do {
		row_accepted("next", http_stream_next(s, &piece, &e), &e);
		n += piece.n;
	} while (piece.n > 0);
	ck_assert_uint_eq(n, 200000);
}
END_TEST

START_TEST(reports_a_missing_fetcher)
{
	const struct http_options options = { .fetcher = "/nonexistent/relsig-fetch",
		.timeout_ms = 1000 };
	const struct http_request request = { .method = "GET", .url = URL };
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO_PTR(http) h = NULL;
	AUTO(err) e = ERR_INIT;

	row_accepted("opening", http_open(&h, &options, &e), &e);
	row_refused(
	    "fetching", http_fetch(h, &request, &r, &e), &e, E_IO, "/nonexistent/relsig-fetch");
}
END_TEST

START_TEST(refuses_a_second_response)
{
	const struct http_request request = { .method = "GET", .url = URL, .max_body = MAX_BODY };
	AUTO_PTR(http) h = open_fake("the same response twice");
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(http_response) other = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("the first", http_fetch(h, &request, &r, &e), &e);
	row_refused(
	    "the second", http_fetch(h, &request, &other, &e), &e, E_UNREACHABLE, "not made");
}
END_TEST

START_TEST(takes_a_body_at_the_cap)
{
	const struct http_request request = { .method = "GET", .url = URL, .max_body = MAX_BODY };
	AUTO_PTR(http) h = open_fake("a body at the cap");
	AUTO(http_response) r = HTTP_RESPONSE_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("at the cap", http_fetch(h, &request, &r, &e), &e);
	ck_assert_uint_eq(r.body.n, MAX_BODY);
}
END_TEST

/* Tickets that nobody waited for go with the session, whatever the fetcher did. */
START_TEST(frees_what_nobody_waited_for)
{
	const struct http_request request = { .method = "GET", .url = URL, .max_body = MAX_BODY };
	AUTO_PTR(http) h = open_fake("half a body");
	struct http_ticket *t = NULL;
	AUTO(err) e = ERR_INIT;

	if (http_start(h, &request, &t, &e) == 0)
		http_ticket_free(t);
}
END_TEST

Suite *
http_session_suite(void)
{
	Suite *s = suite_create("http_session");
	TCase *t = tcase_create("refuses");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, NULL, no_fake);
	tcase_add_loop_test(t, distrusts_the_fetcher, 0, (int)ARRAY_LEN(hostile));
	tcase_add_loop_test(t, passes_on_what_the_fetcher_says, 0, 4);
	tcase_add_loop_test(t, distrusts_streams, 0, (int)ARRAY_LEN(hostile_streams));
	tcase_add_loop_test(t, breaks_streams, 0, 4);
	tcase_add_test(t, refuses_a_stream_unasked);
	tcase_add_loop_test(t, drops_late_pieces, 0, 2);
	tcase_add_test(t, reports_a_missing_fetcher);
	tcase_add_test(t, refuses_a_second_response);
	suite_add_tcase(s, t);
	t = tcase_create("accepts");
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, NULL, no_fake);
	tcase_add_test(t, takes_a_body_at_the_cap);
	tcase_add_test(t, takes_many_small_pieces);
	tcase_add_test(t, frees_what_nobody_waited_for);
	suite_add_tcase(s, t);
	return s;
}
