/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <check.h>
#include <zlib.h>

#include "base/buf.h"
#include "formats/inflate.h"
#include "rows.h"
#include "suites.h"

static const char text[] = "a text that is long enough long enough long enough to be compressed";

/* text, compressed with zlib's windowBits. */
static void
compress_text(struct buf *out, int window)
{
	uint8_t chunk[512];
	z_stream z = { 0 };

	ck_assert_int_eq(
	    deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (uint8_t *)text;
	z.avail_in = sizeof(text) - 1;
	z.next_out = chunk;
	z.avail_out = sizeof(chunk);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	buf_add(out, chunk, sizeof(chunk) - z.avail_out);
	deflateEnd(&z);
}

static const struct {
	const char *name;
	enum inflate_form form;
	int window;
} forms[] = {
	{ "raw", INFLATE_RAW, -MAX_WBITS },
	{ "zlib", INFLATE_ZLIB, MAX_WBITS },
	{ "gzip", INFLATE_GZIP, MAX_WBITS + 16 },
};

/* One form is not taken for another. */
START_TEST(refuses_other_forms)
{
	const size_t n = ARRAY_LEN(forms);
	AUTO(buf) in = BUF_INIT;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	compress_text(&in, forms[_i].window);
	for (size_t i = 1; i < n; i++)
		row_refused(forms[_i].name,
		    inflate_whole(&out, forms[((size_t)_i + i) % n].form, buf_bytes(&in), 1000, &e),
		    &e, E_INVALID, "damaged or cut off");
	row_refused("no form", inflate_whole(&out, INFLATE_UNSET, buf_bytes(&in), 1000, &e), &e,
	    E_IO, "zlib cannot start");
}
END_TEST

START_TEST(refuses_what_is_not_whole)
{
	AUTO(buf) in = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	compress_text(&in, forms[_i].window);
	for (size_t n = 0; n < in.n; n++) {
		AUTO(buf) out = BUF_INIT;

		row_refused(forms[_i].name,
		    inflate_whole(&out, forms[_i].form, bytes_of(in.p, n), 1000, &e), &e, E_INVALID,
		    "damaged or cut off");
	}
	buf_add_byte(&in, '\0');
	{
		AUTO(buf) out = BUF_INIT;

		row_refused(forms[_i].name,
		    inflate_whole(&out, forms[_i].form, buf_bytes(&in), 1000, &e), &e, E_INVALID,
		    "bytes after the end");
	}
}
END_TEST

START_TEST(inflates_to_the_cap)
{
	const size_t n = sizeof(text) - 1;
	AUTO(buf) in = BUF_INIT;
	AUTO(buf) out = BUF_INIT;
	AUTO(buf) above = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	compress_text(&in, forms[_i].window);
	row_refused(forms[_i].name,
	    inflate_whole(&above, forms[_i].form, buf_bytes(&in), n - 1, &e), &e, E_TOO_LARGE,
	    "inflates to more than");
	err_free(&e);
	row_accepted(
	    forms[_i].name, inflate_whole(&out, forms[_i].form, buf_bytes(&in), n, &e), &e);
	ck_assert_str_eq(buf_str(&out), text);
}
END_TEST

Suite *
inflate_suite(void)
{
	Suite *s = suite_create("inflate");
	TCase *t = tcase_create("inflate");

	tcase_add_loop_test(t, refuses_other_forms, 0, (int)ARRAY_LEN(forms));
	tcase_add_loop_test(t, refuses_what_is_not_whole, 0, (int)ARRAY_LEN(forms));
	tcase_add_loop_test(t, inflates_to_the_cap, 0, (int)ARRAY_LEN(forms));
	suite_add_tcase(s, t);
	return s;
}
