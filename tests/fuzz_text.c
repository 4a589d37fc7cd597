/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing that a terminal obeys is left, and the text can be had back. */
static void
check_escape(struct bytes in)
{
	AUTO(buf) out = BUF_INIT;
	AUTO(buf) back = BUF_INIT;
	uint8_t c;

	text_escape(&out, in);
	for (size_t i = 0; i < out.n; i++) {
		c = out.p[i];
		if (c < ' ' || c == 0x7f || (c == 0xc2 && out.p[i + 1] < 0xa0))
			abort();
		if (c == '\\' && out.p[++i] == 'x') {
			if (!text_unhex(&c, 1, bytes_of(out.p + i + 1, 2)))
				abort();
			i += 2;
		}
		buf_add_byte(&back, c);
	}
	if (!bytes_equal(buf_bytes(&back), in))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STR char *text = xstrndup(size > 0 ? (const char *)data : "", size);
	struct bytes in = bytes_of(data, size);
	AUTO_STR char *base64 = NULL;
	AUTO(buf) out = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	char digits[21];
	uint64_t number;

	check_escape(in);
	if (text_base64_decode(&out, in, &e) == 0) {
		base64 = text_base64(buf_bytes(&out));
		if (!bytes_equal(bytes_of_str(base64), in))
			abort();
	}
	if (text_number(&number, in, 0, UINT64_MAX)) {
		(void)snprintf(digits, sizeof(digits), "%ju", (uintmax_t)number);
		if (strcmp(text + strspn(text, "0"), number > 0 ? digits : "") != 0)
			abort();
	}
	return 0;
}
