/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/inflate.h"

#include <zlib.h>

/* zlib's windowBits; 0 is none of them. */
static int
window_bits(enum inflate_form form)
{
	switch (form) {
	case INFLATE_UNSET:
		break;
	case INFLATE_RAW:
		return -MAX_WBITS;
	case INFLATE_ZLIB:
		return MAX_WBITS;
	case INFLATE_GZIP:
		return MAX_WBITS + 16;
	}
	return 1; /* a window that no stream has: zlib refuses it */
}

int
inflate_whole(struct buf *out, enum inflate_form form, struct bytes in, size_t max, struct err *e)
{
	uint8_t chunk[8192];
	z_stream z = { 0 };
	int r;

	if (inflateInit2(&z, window_bits(form)) != Z_OK)
		return err_set(e, E_IO, "zlib cannot start");
	z.next_in = (uint8_t *)in.p;
	z.avail_in = (unsigned)in.n;
	do {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		r = inflate(&z, Z_NO_FLUSH);
		if (!buf_add_max(out, chunk, sizeof(chunk) - z.avail_out, max)) {
			inflateEnd(&z);
			return err_set(e, E_TOO_LARGE, "inflates to more than %zu bytes", max);
		}
	} while (r == Z_OK);
	inflateEnd(&z);
	if (r != Z_STREAM_END)
		return err_set(e, E_INVALID, "compressed data that is damaged or cut off");
	if (z.avail_in != 0)
		return err_set(e, E_INVALID, "bytes after the end of the compressed data");
	return 0;
}
