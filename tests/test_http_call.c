/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "transport/http_call.h"

#define CAP ((uint64_t)3 << 20)
#define CRUMBS ((size_t)300000)

enum phase { AWAITED, STREAMS, OVER, NOT_A_STREAM };

static const struct {
	const char *name;
	enum phase phase;
	struct wire_prefix prefix;
	const char *part; /* NULL: it may come */
} rows[] = {
	{ "a piece before the response", AWAITED, { WIRE_DATA, 1, 0, 1 }, "no stream now" },
	{ "an end before the response", AWAITED, { WIRE_END, 1, 9, 0 }, "no stream now" },
	{ "a greeting", AWAITED, { WIRE_HELLO, 1, 9, 0 }, "type 1" },
	{ "a request", AWAITED, { WIRE_REQUEST, 1, 9, 0 }, "type 2" },
	{ "a cancellation", AWAITED, { WIRE_CANCEL, 1, 0, 0 }, "type 3" },
	{ "credit", STREAMS, { WIRE_CREDIT, 1, 9, 0 }, "type 5" },
	{ "a long head", AWAITED, { WIRE_RESPONSE, 1, WIRE_MAX_RESPONSE_HEAD_BYTES + 1, 0 },
	    "header of" },
	{ "a long body", AWAITED, { WIRE_RESPONSE, 1, 9, 5 }, "5 bytes, want at most 4" },
	{ "a second response", STREAMS, { WIRE_RESPONSE, 1, 9, 0 }, "a second response" },
	{ "a piece of nothing", STREAMS, { WIRE_DATA, 1, 0, 0 }, "0 and 0 bytes" },
	{ "a piece with a head", STREAMS, { WIRE_DATA, 1, 1, 1 }, "1 and 1 bytes" },
	{ "a large piece", STREAMS, { WIRE_DATA, 1, 0, WIRE_MAX_DATA_BYTES + 1 }, "a piece of" },
	{ "an end with a body", STREAMS, { WIRE_END, 1, 9, 1 }, "9 and 1 bytes" },
	{ "a long end", STREAMS, { WIRE_END, 1, WIRE_MAX_END_HEAD_BYTES + 1, 0 }, "an end of" },
	{ "a piece after the end", OVER, { WIRE_DATA, 1, 0, 1 }, "no stream now" },
	{ "a second end", OVER, { WIRE_END, 1, 9, 0 }, "no stream now" },
	{ "a response after the end", OVER, { WIRE_RESPONSE, 1, 9, 0 }, "a second response" },
	{ "a piece of what is no stream", NOT_A_STREAM, { WIRE_DATA, 1, 0, 1 }, "no stream now" },
	{ "an end of what is no stream", NOT_A_STREAM, { WIRE_END, 1, 9, 0 }, "no stream now" },

	{ "a response", AWAITED, { WIRE_RESPONSE, 1, WIRE_MAX_RESPONSE_HEAD_BYTES, 4 }, NULL },
	{ "a piece", STREAMS, { WIRE_DATA, 1, 0, WIRE_MAX_DATA_BYTES }, NULL },
	{ "an end", STREAMS, { WIRE_END, 1, WIRE_MAX_END_HEAD_BYTES, 0 }, NULL },
};

static int
respond(struct http_call *c, unsigned status, size_t body_n, struct err *e)
{
	const struct wire_response w = { .outcome = status > 0 ? WIRE_OK : WIRE_UNREACHABLE,
		.status = status,
		.url = status > 0 ? "u" : NULL };
	AUTO(buf) frame = BUF_INIT;
	AUTO(buf) body = BUF_INIT;

	while (body.n < body_n)
		buf_add_byte(&body, 'x');
	row_accepted("encode", wire_response_encode(&frame, 1, &w, 0, e), e);
	return http_call_take(c, WIRE_RESPONSE,
	    bytes_of(frame.p + WIRE_PREFIX_BYTES, frame.n - WIRE_PREFIX_BYTES), &body, e);
}

static int
end(struct http_call *c, enum wire_outcome outcome, struct err *e)
{
	const struct wire_end w = { .outcome = outcome, .message = "why" };
	AUTO(buf) frame = BUF_INIT;
	AUTO(buf) none = BUF_INIT;

	row_accepted("encode", wire_end_encode(&frame, 1, &w, e), e);
	return http_call_take(c, WIRE_END,
	    bytes_of(frame.p + WIRE_PREFIX_BYTES, frame.n - WIRE_PREFIX_BYTES), &none, e);
}

/* -1: not admitted. */
static int
piece(struct http_call *c, char fill, size_t n, struct err *e)
{
	const struct wire_prefix p = { WIRE_DATA, 1, 0, (uint32_t)n };
	AUTO(buf) body = BUF_INIT;
	char block[4096];
	int r;

	memset(block, fill, n < sizeof(block) ? n : sizeof(block));
	if (http_call_admit(c, &p, e) != 0)
		return -1;
	while (body.n < n)
		buf_add(&body, block, n - body.n < sizeof(block) ? n - body.n : sizeof(block));
	r = http_call_take(c, WIRE_DATA, bytes_of(NULL, 0), &body, e);
	/* Not for each crumb: Check writes a message whenever it is asked. */
	if (body.n > 0 && r == 0 && n >= 4096)
		ck_assert(c->abandoned);
	return r;
}

static struct http_call *
make(enum phase phase)
{
	const struct http_caps caps = {
		.body = 4, .is_stream = phase != NOT_A_STREAM, .stream = CAP
	};
	struct http_call *c = http_call_new(1, &caps);
	AUTO(err) e = ERR_INIT;

	if (phase != AWAITED)
		row_accepted("response", respond(c, 200, 0, &e), &e);
	if (phase == OVER)
		row_accepted("end", end(c, WIRE_OK, &e), &e);
	return c;
}

START_TEST(admits)
{
	const char *name = rows[_i].name;
	struct http_call *c = make(rows[_i].phase);
	AUTO(err) e = ERR_INIT;
	int r = http_call_admit(c, &rows[_i].prefix, &e);

	if (rows[_i].part != NULL)
		row_refused(name, r, &e, E_INVALID, rows[_i].part);
	else
		row_accepted(name, r, &e);
	http_call_free(c);
}
END_TEST

START_TEST(refuses_what_frames_say)
{
	static const uint8_t unset[] = { 1, 0, 0, 0, 4, 0, 0, 0, 0 };
	struct http_call *c = make(AWAITED);
	struct http_call *open = make(STREAMS);
	AUTO(buf) none = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_refused("a body", respond(c, 200, 1, &e), &e, E_INVALID, "a body before its stream");
	err_free(&e);
	row_refused("an end of nothing",
	    http_call_take(open, WIRE_END, bytes_of(NULL, 0), &none, &e), &e, E_INVALID,
	    "field 1 is missing");
	err_free(&e);
	row_refused("no outcome",
	    http_call_take(open, WIRE_END, bytes_of(unset, sizeof(unset)), &none, &e), &e,
	    E_INVALID, "no outcome");
	http_call_free(c);
	http_call_free(open);
}
END_TEST

/* No more than the window is under way, whatever was read before. */
START_TEST(keeps_the_window)
{
	struct http_call *c = make(STREAMS);
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int i;

	for (i = 0; i < 4; i++)
		row_accepted("in the window", piece(c, 'a', WIRE_MAX_DATA_BYTES, &e), &e);
	row_refused("over it", piece(c, 'a', 1, &e), &e, E_INVALID, "want at most 0 now");
	err_free(&e);
	ck_assert(http_call_piece(c, &got));
	ck_assert_uint_eq(got.n, WIRE_MAX_DATA_BYTES);
	row_refused("taken, not used up", piece(c, 'a', 1, &e), &e, E_INVALID, "at most 0 now");
	err_free(&e);
	ck_assert_uint_eq(http_call_consume(c, got.n - 1), 0);
	row_refused("too little used up", piece(c, 'a', 1, &e), &e, E_INVALID, "at most 0 now");
	err_free(&e);
	ck_assert_uint_eq(http_call_consume(c, 1), WIRE_MAX_DATA_BYTES);
	row_accepted("used up", piece(c, 'a', WIRE_MAX_DATA_BYTES, &e), &e);
	row_refused("over it again", piece(c, 'a', 1, &e), &e, E_INVALID, "at most 0 now");
	http_call_free(c);
}
END_TEST

START_TEST(keeps_the_cap)
{
	struct http_call *c = make(STREAMS);
	AUTO(err) e = ERR_INIT;
	uint64_t n;

	for (n = 0; n < CAP; n += WIRE_MAX_DATA_BYTES) {
		AUTO(buf) got = BUF_INIT;

		row_accepted("under the cap", piece(c, 'a', WIRE_MAX_DATA_BYTES, &e), &e);
		ck_assert(http_call_piece(c, &got));
		ck_assert_uint_eq(http_call_consume(c, got.n), got.n);
	}
	row_refused("over it", piece(c, 'a', 1, &e), &e, E_INVALID, "more than 3145728 bytes");
	http_call_free(c);
}
END_TEST

/* What comes in crumbs comes out in order, and takes no more memory than its bytes. */
START_TEST(gathers_small_pieces)
{
	struct http_call *c = make(STREAMS);
	AUTO(buf) want = BUF_INIT;
	AUTO(buf) all = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct buf got;
	size_t i, pieces = 0;

	for (i = 0; i < CRUMBS; i++) {
		buf_add_byte(&want, (uint8_t)('a' + i % 26));
		if (piece(c, (char)want.p[i], 1, &e) != 0)
			row_accepted("crumb", -1, &e);
	}
	for (i = 0; i < 4096; i++)
		buf_add_byte(&want, 'A');
	buf_add_byte(&want, 'B');
	row_accepted("piece", piece(c, 'A', 4096, &e), &e);
	row_accepted("crumb", piece(c, 'B', 1, &e), &e);
	for (; http_call_piece(c, &got); pieces++) {
		buf_add(&all, got.p, got.n);
		buf_free(&got);
	}
	ck_assert_uint_eq(all.n, CRUMBS + 4097);
	ck_assert_uint_le(pieces, 4);
	ck_assert(bytes_equal(buf_bytes(&all), buf_bytes(&want)));
	http_call_free(c);
}
END_TEST

START_TEST(ends)
{
	static const struct {
		const char *name;
		unsigned status;
		bool has_stream;
	} ends_of[] = { { "a failure", 0, false }, { "199", 199, false }, { "200", 200, true },
		{ "299", 299, true }, { "300", 300, false }, { "404", 404, false } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends_of); i++) {
		struct http_call *c = make(AWAITED);
		AUTO(buf) got = BUF_INIT;
		AUTO(err) e = ERR_INIT;

		row_accepted(ends_of[i].name, respond(c, ends_of[i].status, 0, &e), &e);
		ck_assert_msg(c->has_stream == ends_of[i].has_stream, "%s", ends_of[i].name);
		if (c->has_stream) {
			row_accepted("a piece", piece(c, 'a', 4, &e), &e);
			row_accepted("an end", end(c, WIRE_BROKEN_OFF, &e), &e);
			ck_assert_int_eq(c->end.outcome, WIRE_BROKEN_OFF);
			row_string("an end", "message", c->end.message, "why");
			/* What came before is still there; no credit goes out any more. */
			ck_assert(http_call_piece(c, &got));
			ck_assert_uint_eq(http_call_consume(c, WIRE_WINDOW_BYTES), 0);
		}
		ck_assert_int_eq(c->state, HTTP_CALL_OVER);
		http_call_free(c);
	}
}
END_TEST

START_TEST(drops_what_nobody_wants)
{
	struct http_call *c = make(STREAMS);
	AUTO(buf) got = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	int i;

	row_accepted("before", piece(c, 'a', WIRE_MAX_DATA_BYTES, &e), &e);
	http_call_abandon(c);
	for (i = 0; i < 3; i++)
		row_accepted("after", piece(c, 'a', WIRE_MAX_DATA_BYTES, &e), &e);
	ck_assert(!http_call_piece(c, &got));
	row_refused("over", piece(c, 'a', 1, &e), &e, E_INVALID, "at most 0 now");
	http_call_free(c);
	http_call_free(NULL);
}
END_TEST

Suite *
http_call_suite(void)
{
	Suite *s = suite_create("http_call");
	TCase *t = tcase_create("http_call");

	tcase_add_loop_test(t, admits, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(t, refuses_what_frames_say);
	tcase_add_test(t, keeps_the_window);
	tcase_add_test(t, keeps_the_cap);
	tcase_add_test(t, gathers_small_pieces);
	tcase_add_test(t, ends);
	tcase_add_test(t, drops_what_nobody_wants);
	suite_add_tcase(s, t);
	return s;
}
