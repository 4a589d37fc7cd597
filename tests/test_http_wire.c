/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>

#include "rows.h"
#include "suites.h"
#include "transport/http_wire.h"

#define ROW(name, text, part)                                                                      \
	{                                                                                          \
		name, { (const uint8_t *)(text), sizeof(text) - 1 }, part                          \
	}

/* Heads of a response, byte by byte: tag, length, value. */
#define OUTCOME(x) "\1\0\0\0\4\0\0\0" x
#define STATUS(x) "\3\0\0\0\4\0\0" x
#define RETRY "\4\0\0\0\4\0\0\0\0"

static const struct {
	const char *name;
	struct bytes head;
	const char *part;
} refused_responses[] = {
	ROW("nothing", "", "field 1 is missing"),
	ROW("one byte", "\1", "cut short"),
	ROW("no value", "\1\0\0\0\4", "cut short"),
	ROW("half a value", "\1\0\0\0\4\0\0", "cut short"),
	ROW("a value of 4 GiB", "\1\xff\xff\xff\xff\0\0\0\1", "cut short"),
	ROW("a number of three bytes", "\1\0\0\0\3\0\0\1", "is no number"),
	ROW("a number of five bytes", "\1\0\0\0\5\0\0\0\0\1", "is no number"),
	ROW("a number of no bytes", "\1\0\0\0\0", "is no number"),
	ROW("an unknown outcome", OUTCOME("\11") STATUS("\0\0") RETRY, "field 1 is 9"),
	ROW("no outcome", OUTCOME("\0") STATUS("\0\0") RETRY, "no outcome"),
	ROW("no status", OUTCOME("\1") RETRY, "field 3 is missing"),
	ROW("no retry", OUTCOME("\1") STATUS("\0\xc8"), "field 4 is missing"),
	ROW("status 0 with a response", OUTCOME("\1") STATUS("\0\0") RETRY, "status 0"),
	ROW("status 99", OUTCOME("\1") STATUS("\0\x63") RETRY, "status 99"),
	ROW("status 1000", OUTCOME("\1") STATUS("\3\xe8") RETRY, "field 3 is 1000"),
	ROW("a status with a failure", OUTCOME("\2") STATUS("\0\xc8") RETRY, "status 200"),
	ROW("twice the same", OUTCOME("\1") OUTCOME("\1") STATUS("\0\xc8") RETRY, "out of place"),
	ROW("out of order", STATUS("\0\xc8") OUTCOME("\1") RETRY, "field 1 is missing"),
	ROW("an unknown field", OUTCOME("\1") STATUS("\0\xc8") RETRY "\x0b\0\0\0\1x",
	    "field 11 is unknown"),
	ROW("field 0", "\0\0\0\0\1x" OUTCOME("\1") STATUS("\0\xc8") RETRY, "field 0 is unknown"),
	ROW("a trailing byte", OUTCOME("\1") STATUS("\0\xc8") RETRY "x", "cut short"),
	ROW("a string without NUL", OUTCOME("\1") STATUS("\0\xc8") RETRY "\5\0\0\0\1x",
	    "does not end with NUL"),
	ROW("a string with two", OUTCOME("\1") STATUS("\0\xc8") RETRY "\5\0\0\0\3x\0\0",
	    "NUL in field 5"),
	ROW("a string of nothing", OUTCOME("\1") STATUS("\0\xc8") RETRY "\5\0\0\0\0", "empty"),
	ROW("texts without NUL", OUTCOME("\1") STATUS("\0\xc8") RETRY "\7\0\0\0\3a\0b",
	    "does not end with NUL"),
	ROW("a size of four bytes", OUTCOME("\1") STATUS("\0\xc8") RETRY "\x08\0\0\0\4\0\0\0\1",
	    "field 8 is no number"),
	ROW("a size of no bytes", OUTCOME("\1") STATUS("\0\xc8") RETRY "\x09\0\0\0\0",
	    "field 9 is no number"),
	ROW("a size over the largest",
	    OUTCOME("\1") STATUS("\0\xc8") RETRY "\x0a\0\0\0\x08\x80\0\0\0\0\0\0\0",
	    "field 10 is 9223372036854775808"),
	ROW("texts of nothing", OUTCOME("\1") STATUS("\0\xc8") RETRY "\7\0\0\0\0", "empty"),
};

START_TEST(refuses_responses)
{
	struct wire_response out;
	AUTO(err) e = ERR_INIT;

	row_refused(refused_responses[_i].name,
	    wire_response_decode(&out, refused_responses[_i].head, &e), &e, E_INVALID,
	    refused_responses[_i].part);
}
END_TEST

static const struct {
	const char *name;
	bool is_end;
	struct bytes head;
	const char *part;
} refused_of_streams[] = {
#define CREDIT_ROW(name, text, part)                                                               \
	{                                                                                          \
		name, false, { (const uint8_t *)(text), sizeof(text) - 1 }, part                   \
	}
#define END_ROW(name, text, part)                                                                  \
	{                                                                                          \
		name, true, { (const uint8_t *)(text), sizeof(text) - 1 }, part                    \
	}
	CREDIT_ROW("nothing", "", "field 1 is missing"),
	CREDIT_ROW("credit of nothing", "\1\0\0\0\4\0\0\0\0", "of nothing"),
	CREDIT_ROW("credit over a window", "\1\0\0\0\4\0\x10\0\1", "field 1 is 1048577"),
	CREDIT_ROW("credit twice", "\1\0\0\0\4\0\0\0\1\1\0\0\0\4\0\0\0\1", "out of place"),
	CREDIT_ROW("credit of a byte", "\1\0\0\0\1\1", "is no number"),
	END_ROW("no end", "", "field 1 is missing"),
	END_ROW("an end without an outcome", OUTCOME("\0"), "no outcome"),
	END_ROW("an end with an unknown outcome", OUTCOME("\11"), "field 1 is 9"),
	END_ROW("an end with a status", OUTCOME("\1") STATUS("\0\xc8"), "field 3 is unknown"),
	END_ROW("a message without NUL", OUTCOME("\3") "\2\0\0\0\1x", "does not end with NUL"),
	END_ROW("a trailing byte", OUTCOME("\3") "x", "cut short"),
};

START_TEST(refuses_of_streams)
{
	const char *name = refused_of_streams[_i].name;
	struct wire_credit credit;
	struct wire_end end;
	AUTO(err) e = ERR_INIT;
	int r = refused_of_streams[_i].is_end
		    ? wire_end_decode(&end, refused_of_streams[_i].head, &e)
		    : wire_credit_decode(&credit, refused_of_streams[_i].head, &e);

	row_refused(name, r, &e, E_INVALID, refused_of_streams[_i].part);
}
END_TEST

START_TEST(gives_back_what_is_of_streams)
{
	const struct wire_credit credit = { WIRE_WINDOW_BYTES }, much = { WIRE_WINDOW_BYTES + 1 };
	const struct wire_end end = { WIRE_BROKEN_OFF, "lost" },
			      bad = { WIRE_OUTCOME_LAST + 1, NULL };
	struct wire_credit credit_out;
	struct wire_end end_out;
	AUTO(buf) frame = BUF_INIT;
	AUTO(buf) other = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("credit", wire_credit_encode(&frame, 7, &credit, &e), &e);
	row_accepted("credit",
	    wire_credit_decode(&credit_out,
		bytes_of(frame.p + WIRE_PREFIX_BYTES, frame.n - WIRE_PREFIX_BYTES), &e),
	    &e);
	ck_assert_uint_eq(credit_out.n, WIRE_WINDOW_BYTES);
	row_accepted("end", wire_end_encode(&other, 7, &end, &e), &e);
	row_accepted("end",
	    wire_end_decode(
		&end_out, bytes_of(other.p + WIRE_PREFIX_BYTES, other.n - WIRE_PREFIX_BYTES), &e),
	    &e);
	ck_assert_uint_eq(end_out.outcome, WIRE_BROKEN_OFF);
	row_string("end", "message", end_out.message, "lost");
	row_refused("much", wire_credit_encode(&frame, 7, &much, &e), &e, E_INVALID, "field 1");
	err_free(&e);
	row_refused("bad", wire_end_encode(&frame, 7, &bad, &e), &e, E_INVALID, "field 1");
}
END_TEST

/* Every prefix of a good head is refused: no field may go missing unseen. */
START_TEST(refuses_truncated_requests)
{
	const struct wire_request in = {
		.method = "GET", .url = "http://host/", .key = { (const uint8_t *)"k", 1 }
	};
	struct wire_request out;
	AUTO(buf) frame = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	size_t n, whole;

	row_accepted("the whole", wire_request_encode(&frame, 1, &in, 0, &e), &e);
	whole = frame.n - WIRE_PREFIX_BYTES;
	for (n = 0; n < whole; n++) {
		/* A copy, so that a sanitizer sees a read beyond the end. */
		AUTO(buf) cut = BUF_INIT;
		AUTO(err) why = ERR_INIT;

		buf_add(&cut, frame.p + WIRE_PREFIX_BYTES, n);
		/* The last field may be absent: that is another good head. */
		if (n == whole - 6)
			continue;
		ck_assert_msg(wire_request_decode(&out, buf_bytes(&cut), &why) != 0,
		    "the first %zu of %zu bytes are accepted", n, whole);
	}
	row_accepted("the whole again",
	    wire_request_decode(&out, bytes_of(frame.p + WIRE_PREFIX_BYTES, whole), &e), &e);
}
END_TEST

/* A value of n bytes in one field of a request. */
enum which { URL, HEADERS, AUTHORIZATION, CA, CERTIFICATE, KEY, METHOD };
static const struct {
	const char *name;
	enum which which;
	size_t max;
} caps[] = {
	{ "method", METHOD, WIRE_MAX_WORD_BYTES },
	{ "url", URL, MAX_URL_BYTES },
	{ "headers", HEADERS, MAX_HTTP_HEADER_BYTES },
	{ "authorization", AUTHORIZATION, WIRE_MAX_AUTHORIZATION_BYTES },
	{ "ca", CA, MAX_CERTS_BYTES },
	{ "certificate", CERTIFICATE, MAX_CERTS_BYTES },
	{ "key", KEY, MAX_CERTS_BYTES },
};

/* The value in fill has n bytes before its NUL. */
static void
put_value(struct wire_request *request, enum which which, const struct buf *fill, size_t n)
{
	const char *s = buf_str(fill);

	switch (which) {
	case METHOD:
		request->method = s;
		break;
	case URL:
		request->url = s;
		break;
	case AUTHORIZATION:
		request->authorization = s;
		break;
	case HEADERS:
		/* Its NUL counts. */
		request->headers = bytes_of(fill->p + 1, n);
		break;
	case CA:
		request->ca = bytes_of(fill->p, n);
		break;
	case CERTIFICATE:
		request->certificate = bytes_of(fill->p, n);
		break;
	case KEY:
		request->key = bytes_of(fill->p, n);
		break;
	}
}

static int
encode_value(struct buf *frame, size_t row, size_t n, struct err *e)
{
	struct wire_request in = { .method = "GET", .url = "http://host/" };
	AUTO_STR char *text = xmalloc(n);
	AUTO(buf) fill = BUF_INIT;

	memset(text, 'x', n);
	buf_add(&fill, text, n);
	put_value(&in, caps[row].which, &fill, n);
	return wire_request_encode(frame, 1, &in, 0, e);
}

/* The encoder stops above a cap, and so does the decoder, which trusts no encoder. */
START_TEST(keeps_caps)
{
	const char *name = caps[_i].name;
	struct wire_request out;
	AUTO(buf) frame = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct bytes head;
	size_t i;

	row_refused(
	    name, encode_value(&frame, (size_t)_i, caps[_i].max + 1, &e), &e, E_TOO_LARGE, "bytes");
	err_free(&e);
	buf_clear(&frame);
	row_accepted(name, encode_value(&frame, (size_t)_i, caps[_i].max, &e), &e);
	ck_assert_msg(frame.n <= WIRE_PREFIX_BYTES + WIRE_MAX_REQUEST_HEAD_BYTES,
	    "%s: the head's cap is under its field's", name);
	head = bytes_of(frame.p + WIRE_PREFIX_BYTES, frame.n - WIRE_PREFIX_BYTES);
	row_accepted(name, wire_request_decode(&out, head, &e), &e);

	/* One byte more in the largest field, by hand. */
	for (i = WIRE_PREFIX_BYTES; i + 5 <= frame.n;) {
		size_t n = (size_t)frame.p[i + 1] << 24 | (size_t)frame.p[i + 2] << 16 |
			   (size_t)frame.p[i + 3] << 8 | frame.p[i + 4];
		AUTO(buf) longer = BUF_INIT;

		if (n < caps[_i].max) {
			i += 5 + n;
			continue;
		}
		buf_add(&longer, frame.p + WIRE_PREFIX_BYTES, i - WIRE_PREFIX_BYTES + 1);
		n++;
		buf_add(&longer,
		    (const uint8_t[]){
			(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n },
		    4);
		buf_add_byte(&longer, 'x');
		buf_add(&longer, frame.p + i + 5, frame.n - i - 5);
		row_refused(name, wire_request_decode(&out, buf_bytes(&longer), &e), &e, E_INVALID,
		    "want at most");
		return;
	}
	ck_abort_msg("%s: no such field", name);
}
END_TEST

START_TEST(keeps_numbers)
{
	struct wire_request in = { .method = "GET", .url = "u", .timeout_ms = INT32_MAX };
	struct wire_response response = { .outcome = WIRE_OUTCOME_LAST + 1 };
	AUTO(buf) frame = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("timeout at the cap", wire_request_encode(&frame, 1, &in, 0, &e), &e);
	in.timeout_ms++;
	row_refused("timeout over it", wire_request_encode(&frame, 1, &in, 0, &e), &e, E_INVALID,
	    "field 6");
	in.timeout_ms = 1;
	in.tls_no_verify = 2;
	row_refused(
	    "a flag of 2", wire_request_encode(&frame, 1, &in, 0, &e), &e, E_INVALID, "field 7");
	row_refused("no outcome", wire_response_encode(&frame, 1, &response, 0, &e), &e, E_INVALID,
	    "field 1");
	in.tls_no_verify = 1;
	in.url = NULL;
	row_refused("no URL", wire_request_encode(&frame, 1, &in, 0, &e), &e, E_INVALID,
	    "field 2 is missing");
	in.url = "u";
	in.max_stream = (struct wire_size){ true, (uint64_t)INT64_MAX + 1 };
	row_refused("a stream of 2^63 bytes", wire_request_encode(&frame, 1, &in, 0, &e), &e,
	    E_INVALID, "field 12");
	in.max_stream.known = false;
	row_refused("a body of 4 GiB", wire_request_encode(&frame, 1, &in, (size_t)1 << 32, &e), &e,
	    E_TOO_LARGE, "a body");
}
END_TEST

START_TEST(gives_back_what_was_put_in)
{
	AUTO(buf) headers = BUF_INIT;
	AUTO(buf) frame = BUF_INIT;
	AUTO(buf) again = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct wire_request out;
	struct bytes texts;

	wire_texts_add(&headers, "Accept: a");
	wire_texts_add(&headers, "");
	wire_texts_add(&headers, "X: y");
	const struct wire_request in = {
		.method = "POST",
		.url = "https://host/path?query",
		.headers = buf_bytes(&headers),
		.authorization = "Bearer x",
		.max_body = UINT32_MAX,
		.timeout_ms = 30000,
		.tls_no_verify = 1,
		.ca = bytes_of("ca\0ca", 5),
		.certificate = bytes_of("c", 1),
		.key = bytes_of("k", 1),
		.proxy = "",
		.max_stream = { true, INT64_MAX },
	};

	row_accepted("encode", wire_request_encode(&frame, 7, &in, 3, &e), &e);
	row_accepted("decode",
	    wire_request_decode(
		&out, bytes_of(frame.p + WIRE_PREFIX_BYTES, frame.n - WIRE_PREFIX_BYTES), &e),
	    &e);
	row_string("request", "method", out.method, "POST");
	row_string("request", "url", out.url, in.url);
	row_string("request", "authorization", out.authorization, "Bearer x");
	ck_assert_uint_eq(out.max_body, UINT32_MAX);
	ck_assert_uint_eq(out.timeout_ms, 30000);
	ck_assert_uint_eq(out.tls_no_verify, 1);
	ck_assert(bytes_equal(out.ca, in.ca));
	ck_assert(bytes_equal(out.certificate, in.certificate));
	ck_assert(bytes_equal(out.key, in.key));
	row_string("request", "proxy", out.proxy, "");
	ck_assert(out.max_stream.known && out.max_stream.n == INT64_MAX);
	texts = out.headers;
	row_string("request", "header 1", wire_texts_next(&texts), "Accept: a");
	row_string("request", "header 2", wire_texts_next(&texts), "");
	row_string("request", "header 3", wire_texts_next(&texts), "X: y");
	row_string("request", "header 4", wire_texts_next(&texts), NULL);
	row_accepted("encode again", wire_request_encode(&again, 7, &out, 3, &e), &e);
	ck_assert(bytes_equal(buf_bytes(&frame), buf_bytes(&again)));
}
END_TEST

START_TEST(gives_back_sizes)
{
	const struct wire_response in = {
		.outcome = WIRE_OK,
		.status = 206,
		.url = "u",
		.range_first = { true, 0 },
		.range_total = { true, INT64_MAX },
	};
	struct wire_response out, over = in;
	AUTO(buf) frame = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	row_accepted("encode", wire_response_encode(&frame, 7, &in, 3, &e), &e);
	row_accepted("decode",
	    wire_response_decode(
		&out, bytes_of(frame.p + WIRE_PREFIX_BYTES, frame.n - WIRE_PREFIX_BYTES), &e),
	    &e);
	ck_assert(!out.length.known);
	ck_assert(out.range_first.known && out.range_first.n == 0);
	ck_assert(out.range_total.known && out.range_total.n == INT64_MAX);
	over.range_total.n++;
	row_refused(
	    "over", wire_response_encode(&frame, 7, &over, 3, &e), &e, E_INVALID, "field 10");
}
END_TEST

Suite *
http_wire_suite(void)
{
	Suite *s = suite_create("http_wire");
	TCase *t = tcase_create("refuses");

	tcase_add_loop_test(t, refuses_responses, 0, (int)ARRAY_LEN(refused_responses));
	tcase_add_loop_test(t, refuses_of_streams, 0, (int)ARRAY_LEN(refused_of_streams));
	tcase_add_test(t, refuses_truncated_requests);
	tcase_add_loop_test(t, keeps_caps, 0, (int)ARRAY_LEN(caps));
	tcase_add_test(t, keeps_numbers);
	suite_add_tcase(s, t);
	t = tcase_create("accepts");
	tcase_add_test(t, gives_back_what_was_put_in);
	tcase_add_test(t, gives_back_sizes);
	tcase_add_test(t, gives_back_what_is_of_streams);
	suite_add_tcase(s, t);
	return s;
}
