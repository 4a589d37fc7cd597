/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/armor.h"

#include <string.h>

#include "base/text.h"

/*
 * The next line without its end and without white space at its end; false at the end of the input.
 */
static bool
next_line(struct bytes *rest, struct bytes *line)
{
	const uint8_t *nl;

	if (rest->n == 0)
		return false;
	nl = memchr(rest->p, '\n', rest->n);
	*line = bytes_of(rest->p, nl != NULL ? (size_t)(nl - rest->p) : rest->n);
	rest->p += line->n + (nl != NULL);
	rest->n -= line->n + (nl != NULL);
	while (line->n > 0 && (line->p[line->n - 1] == '\r' || line->p[line->n - 1] == ' ' ||
				  line->p[line->n - 1] == '\t'))
		line->n--;
	return true;
}

/* "-----BEGIN label-----" or "-----END label-----": the label goes to out when out is not NULL. */
static bool
is_border(struct bytes line, const char *word, char *out, size_t out_size)
{
	static const char dashes[] = "-----";
	size_t head = sizeof(dashes) - 1 + strlen(word) + 1, tail = sizeof(dashes) - 1;

	if (line.n <= head + tail || memcmp(line.p, dashes, tail) != 0 ||
	    memcmp(line.p + tail, word, strlen(word)) != 0 || line.p[head - 1] != ' ' ||
	    memcmp(line.p + line.n - tail, dashes, tail) != 0)
		return false;
	if (out != NULL) {
		if (line.n - head - tail >= out_size)
			return false;
		memcpy(out, line.p + head, line.n - head - tail);
		out[line.n - head - tail] = '\0';
	}
	return true;
}

/* RFC 4880 §6.1. */
static uint32_t
crc24(struct bytes b)
{
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < b.n; i++) {
		crc ^= (uint32_t)b.p[i] << 16;
		for (int bit = 0; bit < 8; bit++) {
			crc <<= 1;
			if ((crc & 0x1000000) != 0)
				crc ^= 0x1864cfb;
		}
	}
	return crc & 0xffffff;
}

static bool
checksum_is_right(struct bytes line, struct bytes data)
{
	AUTO(err) e = ERR_INIT;
	AUTO(buf) want = BUF_INIT;
	uint32_t crc = crc24(data);

	return text_base64_decode(&want, bytes_of(line.p + 1, line.n - 1), &e) == 0 &&
	       want.n == 3 &&
	       ((uint32_t)want.p[0] << 16 | (uint32_t)want.p[1] << 8 | want.p[2]) == crc;
}

/* A header is "Key: value" (RFC 4880 §6.2); base64 has no colon. */
static bool
is_header(struct bytes line)
{
	return memchr(line.p, ':', line.n) != NULL;
}

bool
armor_next(struct bytes *rest, struct armor_block *out)
{
	AUTO(buf) base64 = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct bytes line, checksum = { 0 };
	bool in_headers = true;

	armor_block_free(out);
	do {
		if (!next_line(rest, &line))
			return false;
	} while (!is_border(line, "BEGIN", out->label, sizeof(out->label)));
	out->bad = "its end is missing";
	while (next_line(rest, &line)) {
		if (is_border(line, "END", NULL, 0)) {
			out->bad = NULL;
			break;
		}
		if (line.n == 0 || (in_headers && is_header(line)))
			continue;
		in_headers = false;
		if (line.n == 5 && line.p[0] == '=')
			checksum = line;
		else
			buf_add(&base64, line.p, line.n);
	}
	if (out->bad != NULL)
		return true;
	if (text_base64_decode(&out->data, buf_bytes(&base64), &e) != 0)
		out->bad = "its base64 is damaged";
	else if (out->data.n == 0)
		out->bad = "it is empty";
	else if (checksum.n > 0 && !checksum_is_right(checksum, buf_bytes(&out->data)))
		out->bad = "its checksum is wrong";
	if (out->bad != NULL)
		buf_clear(&out->data);
	return true;
}

void
armor_block_free(struct armor_block *b)
{
	buf_free(&b->data);
	*b = (struct armor_block)ARMOR_BLOCK_INIT;
}
