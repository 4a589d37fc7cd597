/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "transport/http_frames.h"

struct admission {
	size_t head, body;
};

static int
admit(void *arg, const struct wire_prefix *p, struct err *e)
{
	const struct admission *most = arg;

	if (p->head_n <= most->head && p->body_n <= most->body)
		return 0;
	return err_set(e, E_TOO_LARGE, "not admitted");
}

/* Put bytes in, at most step at a time; true when they end in a whole frame. */
static bool
feed(struct wire_reader *r, struct bytes in, size_t step, struct err *e)
{
	bool whole = false;
	uint8_t *p;
	size_t n;

	while (in.n > 0) {
		ck_assert_msg(!whole, "bytes after a whole frame");
		n = wire_reader_room(r, &p);
		ck_assert_uint_gt(n, 0);
		if (n > step)
			n = step;
		if (n > in.n)
			n = in.n;
		memcpy(p, in.p, n);
		in.p += n;
		in.n -= n;
		if (wire_reader_got(r, n, &whole, e) != 0)
			return false;
	}
	return whole;
}

START_TEST(reads_frames_in_any_pieces)
{
	const struct wire_hello in = { .version = "1.2.3" };
	struct admission most = { .head = 64, .body = 0 };
	AUTO(wire_reader) r = { .admit = admit, .arg = &most };
	struct wire_hello out;
	AUTO(buf) frame = BUF_INIT;
	AUTO(buf) cancel = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	size_t step;

	row_accepted("encode", wire_hello_encode(&frame, &in, &e), &e);
	wire_cancel_encode(&cancel, UINT64_MAX - 1);
	for (step = 1; step <= frame.n; step++) {
		ck_assert(wire_reader_is_idle(&r));
		ck_assert_msg(
		    feed(&r, buf_bytes(&frame), step, &e), "step %zu: %s", step, err_msg(&e));
		ck_assert_int_eq(r.prefix.type, WIRE_HELLO);
		row_accepted("decode", wire_hello_decode(&out, buf_bytes(&r.head), &e), &e);
		row_string("hello", "version", out.version, "1.2.3");
		wire_reader_next(&r);
		ck_assert_msg(feed(&r, buf_bytes(&cancel), step, &e), "step %zu: no cancel", step);
		ck_assert_int_eq(r.prefix.type, WIRE_CANCEL);
		ck_assert(r.prefix.id == UINT64_MAX - 1);
		wire_reader_next(&r);
	}
}
END_TEST

START_TEST(asks_before_it_takes_memory)
{
	static const uint8_t huge[WIRE_PREFIX_BYTES] = { WIRE_RESPONSE, 0, 0, 0, 0, 0, 0, 0, 1,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t at_cap[WIRE_PREFIX_BYTES] = { WIRE_RESPONSE, 0, 0, 0, 0, 0, 0, 0, 1, 0,
		0, 0, 2, 0, 0, 0, 3 };
	static const uint8_t unknown[WIRE_PREFIX_BYTES] = { WIRE_TYPE_LAST + 1 };
	static const uint8_t unset[WIRE_PREFIX_BYTES] = { WIRE_UNSET };
	struct admission most = { .head = 2, .body = 3 };
	const struct bytes bad[] = { bytes_of(huge, sizeof(huge)),
		bytes_of(unknown, sizeof(unknown)), bytes_of(unset, sizeof(unset)) };
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(wire_reader) r = { .admit = admit, .arg = &most };
		AUTO(err) e = ERR_INIT;

		ck_assert(!feed(&r, bad[i], 64, &e));
		ck_assert_msg(e.code != E_NONE, "prefix %zu is accepted", i);
		ck_assert_ptr_null(r.head.p);
		ck_assert_ptr_null(r.body.p);
	}
	for (i = 0; i < 3; i++) {
		AUTO(wire_reader) r = { .admit = admit, .arg = &most };
		AUTO(err) e = ERR_INIT;

		most.head = i == 1 ? 1 : 2;
		most.body = i == 2 ? 2 : 3;
		ck_assert(!feed(&r, bytes_of(at_cap, sizeof(at_cap)), 64, &e));
		ck_assert_int_eq(e.code, i == 0 ? E_NONE : E_TOO_LARGE);
	}
}
END_TEST

Suite *
http_frames_suite(void)
{
	Suite *s = suite_create("http_frames");
	TCase *t = tcase_create("http_frames");

	tcase_add_test(t, asks_before_it_takes_memory);
	tcase_add_test(t, reads_frames_in_any_pieces);
	suite_add_tcase(s, t);
	return s;
}
