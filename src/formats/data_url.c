/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/data_url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static int
percent_decode(struct buf *out, const char *s, struct err *e)
{
	uint8_t c;

	for (; *s != '\0'; s++) {
		c = (uint8_t)*s;
		if (c == '%') {
			if (strnlen(s, 3) < 3 || !text_unhex(&c, 1, bytes_of(s + 1, 2)))
				return err_set(
				    e, E_INVALID, "data URL: \"%%\" without two hex digits");
			s += 2;
		}
		buf_add_byte(out, c);
	}
	return 0;
}

int
data_url_read(struct buf *out, const char *url, struct err *e)
{
	static const char scheme[] = "data:", base64[] = ";base64";
	AUTO(buf) decoded = BUF_INIT;
	const char *comma;
	size_t n;

	buf_clear(out);
	if (strncasecmp(url, scheme, strlen(scheme)) != 0)
		return err_set(e, E_UNSUPPORTED, "not a data URL: its content is elsewhere");
	comma = strchr(url, ',');
	if (comma == NULL)
		return err_set(e, E_INVALID, "data URL: no comma before the data");
	if (percent_decode(&decoded, comma + 1, e) != 0)
		return -1;
	n = (size_t)(comma - url);
	if (n < strlen(base64) ||
	    strncasecmp(comma - strlen(base64), base64, strlen(base64)) != 0) {
		buf_add(out, decoded.p, decoded.n);
		return 0;
	}
	return text_base64_decode(out, buf_bytes(&decoded), e) == 0 ? 0 : err_wrap(e, "data URL");
}

char *
data_url_of_base64(struct bytes content)
{
	AUTO_STR char *text = text_base64(content);

	return xasprintf("data:text/plain;charset=utf-8;base64,%s", text);
}

char *
data_url_of_text(struct bytes content)
{
	static const char kept[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	AUTO(buf) out = BUF_INIT;

	buf_add_str(&out, "data:,");
	for (size_t i = 0; i < content.n; i++) {
		if (content.p[i] != '\0' && strchr(kept, content.p[i]) != NULL)
			buf_add_byte(&out, content.p[i]);
		else
			buf_addf(&out, "%%%02X", content.p[i]);
	}
	return buf_steal_str(&out);
}
