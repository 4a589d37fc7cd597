/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "transport/http_greeting.h"

#define OURS RELSIG_VERSION
#define PARTS(text)                                                                                \
	{                                                                                          \
		(const uint8_t *)(text), sizeof(text) - 1                                          \
	}

static const struct {
	const char *name;
	struct wire_hello hello;
	enum errc code;
	const char *part;
} refused[] = {
	{ "another version", { "0.0.0-other", PARTS("\1\1\1\1\1") }, E_UNREACHABLE,
	    "version 0.0.0-other" },
	{ "another version, which says more", { "9.0", PARTS("\1\1\1\1\1\1\1\1\1") }, E_UNREACHABLE,
	    "version 9.0" },
	{ "another version, which says less", { "0.0.9", { NULL, 0 } }, E_UNREACHABLE,
	    "version 0.0.9" },
	{ "nothing said", { OURS, { NULL, 0 } }, E_INVALID, "of 0 restrictions" },
	{ "a part too few", { OURS, PARTS("\1\1\1\1") }, E_INVALID, "of 4 restrictions" },
	{ "a part too many", { OURS, PARTS("\1\1\1\1\1\1") }, E_INVALID, "of 6 restrictions" },
	{ "not known", { OURS, PARTS("\1\1\1\1\0") }, E_INVALID, "restriction 4 is 0" },
	{ "one more than there is", { OURS, PARTS("\1\1\x9\1\1") }, E_INVALID,
	    "restriction 2 is 9" },
	{ "far more", { OURS, PARTS("\xff\1\1\1\1") }, E_INVALID, "restriction 0 is 255" },
};

static bool
is_unknown(const struct confine_report *r)
{
	for (size_t i = 0; i < CONFINE_PARTS; i++)
		if (r->parts[i] != CONFINE_UNKNOWN)
			return false;
	return true;
}

START_TEST(refuses)
{
	const char *name = refused[_i].name;
	struct confine_report got = { { CONFINE_IN_EFFECT } };
	AUTO(buf) frame = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct bytes head;

	row_accepted(name, wire_hello_encode(&frame, &refused[_i].hello, &e), &e);
	head = bytes_of(frame.p + WIRE_PREFIX_BYTES, frame.n - WIRE_PREFIX_BYTES);
	row_refused(
	    name, http_greeting_read(&got, head, &e), &e, refused[_i].code, refused[_i].part);
	ck_assert_msg(is_unknown(&got), "%s: something is left of it", name);
}
END_TEST

START_TEST(refuses_what_is_none)
{
	struct confine_report got;
	AUTO(err) e = ERR_INIT;

	row_refused("nothing", http_greeting_read(&got, bytes_of("", 0), &e), &e, E_INVALID,
	    "field 1 is missing");
	row_refused("noise", http_greeting_read(&got, bytes_of_str("\1\1\1\1\1\1\1"), &e), &e,
	    E_INVALID, "cut short");
	ck_assert(is_unknown(&got));
}
END_TEST

#define MOST (WIRE_MAX_WORD_BYTES + WIRE_MAX_PARTS + WIRE_MAX_FRAMING_BYTES)

static const struct {
	const char *name;
	struct wire_prefix prefix;
	bool admitted;
} prefixes[] = {
	{ "a response", { WIRE_RESPONSE, 0, 8, 0 }, false },
	{ "a request", { WIRE_REQUEST, 0, 8, 0 }, false },
	{ "an id", { WIRE_HELLO, 1, 8, 0 }, false },
	{ "a body", { WIRE_HELLO, 0, 8, 1 }, false },
	{ "a byte too many", { WIRE_HELLO, 0, MOST + 1, 0 }, false },
	{ "4 GiB", { WIRE_HELLO, 0, UINT32_MAX, 0 }, false },
	{ "as many bytes as there may be", { WIRE_HELLO, 0, MOST, 0 }, true },
	{ "none", { WIRE_HELLO, 0, 0, 0 }, true },
};

START_TEST(admits)
{
	AUTO(err) e = ERR_INIT;
	int r = http_greeting_admit(&prefixes[_i].prefix, &e);

	if (prefixes[_i].admitted)
		row_accepted(prefixes[_i].name, r, &e);
	else
		row_refused(prefixes[_i].name, r, &e, E_INVALID, "no greeting");
}
END_TEST

/* Each state in each part comes out as it went in. */
START_TEST(says_what_was_said)
{
	for (int state = CONFINE_IN_EFFECT; state <= CONFINE_STATE_LAST; state++) {
		struct confine_report in, out;
		AUTO(buf) frame = BUF_INIT;
		AUTO(err) e = ERR_INIT;

		for (int i = 0; i < CONFINE_PARTS; i++)
			in.parts[i] = (enum confine_state)(1 + (state + i) % CONFINE_STATE_LAST);
		row_accepted("writing", http_greeting_write(&frame, &in, &e), &e);
		row_accepted("reading",
		    http_greeting_read(&out,
			bytes_of(frame.p + WIRE_PREFIX_BYTES, frame.n - WIRE_PREFIX_BYTES), &e),
		    &e);
		ck_assert_mem_eq(&in, &out, sizeof(in));
	}
}
END_TEST

Suite *
http_greeting_suite(void)
{
	Suite *s = suite_create("http_greeting");
	TCase *t = tcase_create("greetings");

	tcase_add_loop_test(t, refuses, 0, (int)ARRAY_LEN(refused));
	tcase_add_test(t, refuses_what_is_none);
	tcase_add_loop_test(t, admits, 0, (int)ARRAY_LEN(prefixes));
	tcase_add_test(t, says_what_was_said);
	suite_add_tcase(s, t);
	return s;
}
