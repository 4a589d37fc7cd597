/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "transport/fetcher_stream.h"
#include "transport/http_wire.h"

#define PART ((size_t)16 << 10)

static char zeros[PART];

/* Until there is no more credit for a whole part; how many bytes went in. */
static size_t
fill(struct fetcher_stream *s)
{
	size_t n = 0;

	while (fetcher_stream_put(s, zeros, PART) == STREAM_TAKEN)
		n += PART;
	return n;
}

static size_t
take_all(struct fetcher_stream *s)
{
	struct buf body;
	size_t n = 0;

	for (; fetcher_stream_take(s, &body); buf_free(&body)) {
		ck_assert_uint_le(body.n, WIRE_MAX_DATA_BYTES);
		n += body.n;
	}
	return n;
}

START_TEST(stays_within_the_credit)
{
	struct fetcher_stream s;
	AUTO(err) e = ERR_INIT;

	fetcher_stream_init(&s, INT64_MAX);
	fetcher_stream_open(&s);
	ck_assert_uint_eq(fill(&s), WIRE_WINDOW_BYTES);
	ck_assert(s.is_paused);
	/* Whether it was sent makes no difference. */
	ck_assert_uint_eq(take_all(&s), WIRE_WINDOW_BYTES);
	ck_assert_int_eq(fetcher_stream_put(&s, zeros, 1), STREAM_WAITS);
	row_accepted("credit", fetcher_stream_credit(&s, PART + 1, &e), &e);
	ck_assert(!s.is_paused);
	ck_assert_uint_eq(fill(&s), PART);
	ck_assert_int_eq(fetcher_stream_put(&s, zeros, 1), STREAM_TAKEN);
	ck_assert_uint_eq(take_all(&s), PART + 1);
	fetcher_stream_free(&s);
}
END_TEST

START_TEST(refuses_credit_for_nothing)
{
	struct fetcher_stream s;
	AUTO(err) e = ERR_INIT;

	fetcher_stream_init(&s, INT64_MAX);
	fetcher_stream_open(&s);
	row_refused("at first", fetcher_stream_credit(&s, 1, &e), &e, E_INVALID, "more bytes");
	err_free(&e);
	ck_assert_int_eq(fetcher_stream_put(&s, zeros, 7), STREAM_TAKEN);
	row_refused("one over", fetcher_stream_credit(&s, 8, &e), &e, E_INVALID, "more bytes");
	err_free(&e);
	row_accepted("all of it", fetcher_stream_credit(&s, 7, &e), &e);
	fetcher_stream_free(&s);
}
END_TEST

START_TEST(stops_at_the_cap)
{
	struct fetcher_stream s;

	fetcher_stream_init(&s, PART + 5);
	fetcher_stream_open(&s);
	ck_assert_int_eq(fetcher_stream_put(&s, zeros, PART), STREAM_TAKEN);
	ck_assert_int_eq(fetcher_stream_put(&s, zeros, 5), STREAM_TAKEN);
	ck_assert_int_eq(fetcher_stream_put(&s, zeros, 1), STREAM_IS_FULL);
	ck_assert_uint_eq(take_all(&s), PART + 5);
	fetcher_stream_free(&s);
	fetcher_stream_init(&s, 5);
	ck_assert_int_eq(fetcher_stream_put(&s, zeros, PART), STREAM_IS_FULL);
	ck_assert_uint_eq(take_all(&s), 5);
	fetcher_stream_free(&s);
}
END_TEST

/* Only who has room waits for the server. */
START_TEST(counts_time_while_there_is_room)
{
	struct fetcher_stream s;
	AUTO(err) e = ERR_INIT;

	fetcher_stream_init(&s, INT64_MAX);
	fetcher_stream_open(&s);
	ck_assert_int_eq(fetcher_stream_due(&s, 1000), s.heard_ms + 1000);
	fill(&s);
	ck_assert_int_eq(fetcher_stream_due(&s, 1000), INT64_MAX);
	s.heard_ms = 1;
	row_accepted("credit", fetcher_stream_credit(&s, 1, &e), &e);
	ck_assert_int_gt(s.heard_ms, 1);
	ck_assert_int_eq(fetcher_stream_due(&s, 1000), s.heard_ms + 1000);
	s.heard_ms = 1;
	/* More room is no word from the server. */
	row_accepted("credit", fetcher_stream_credit(&s, 1, &e), &e);
	ck_assert_int_eq(s.heard_ms, 1);
	ck_assert_int_eq(fetcher_stream_put(&s, zeros, 3), STREAM_WAITS);
	ck_assert_int_eq(fetcher_stream_due(&s, 1000), INT64_MAX);
	ck_assert_int_eq(fetcher_stream_put(&s, zeros, 2), STREAM_TAKEN);
	ck_assert_int_eq(fetcher_stream_due(&s, 1000), INT64_MAX);
	fetcher_stream_free(&s);
}
END_TEST

Suite *
fetcher_stream_suite(void)
{
	Suite *s = suite_create("fetcher_stream");
	TCase *t = tcase_create("fetcher_stream");

	tcase_add_test(t, stays_within_the_credit);
	tcase_add_test(t, refuses_credit_for_nothing);
	tcase_add_test(t, stops_at_the_cap);
	tcase_add_test(t, counts_time_while_there_is_room);
	suite_add_tcase(s, t);
	return s;
}
