/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

/* The length of the well-formed UTF-8 sequence at p (RFC 3629), 0 when there is none. */
static size_t
utf8_length(const uint8_t *p, size_t n, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len, i;
	uint32_t c;

	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	if ((p[0] & 0xe0) == 0xc0)
		len = 2;
	else if ((p[0] & 0xf0) == 0xe0)
		len = 3;
	else if ((p[0] & 0xf8) == 0xf0)
		len = 4;
	else
		return 0;
	if (len > n)
		return 0;
	c = p[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return len;
}

/*
 * C0, DEL, C1, the line separators, and what has no shape of its own but reorders, joins or hides
 * what stands beside it (Unicode's Default_Ignorable_Code_Point, with the interlinear marks).
 */
static bool
is_harmful(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0, 0x1f },
		{ 0x7f, 0x9f },
		{ 0xad, 0xad },
		{ 0x34f, 0x34f },
		{ 0x61c, 0x61c },
		{ 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0x3164, 0x3164 },
		{ 0xfe00, 0xfe0f },
		{ 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb },
		{ 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0fff },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(ranges) && ranges[i].first <= c; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

void
text_escape(struct buf *out, struct bytes s)
{
	size_t i, j, len;
	uint32_t c = 0;

	for (i = 0; i < s.n; i += len) {
		len = utf8_length(s.p + i, s.n - i, &c);
		if (len == 1 && c == '\\') {
			buf_add_str(out, "\\\\");
		} else if (len > 0 && !is_harmful(c)) {
			buf_add(out, s.p + i, len);
		} else {
			if (len == 0)
				len = 1;
			for (j = 0; j < len; j++)
				buf_addf(out, "\\x%02x", s.p[i + j]);
		}
	}
}

char *
text_escaped(const char *s)
{
	AUTO(buf) b = BUF_INIT;

	if (s != NULL)
		text_escape(&b, bytes_of_str(s));
	return buf_steal_str(&b);
}

void
text_html(struct buf *out, const char *s)
{
	AUTO_STR char *escaped = text_escaped(s);

	for (const char *c = escaped; *c != '\0'; c++)
		switch (*c) {
		case '&':
			buf_add_str(out, "&amp;");
			break;
		case '<':
			buf_add_str(out, "&lt;");
			break;
		case '>':
			buf_add_str(out, "&gt;");
			break;
		case '"':
			buf_add_str(out, "&quot;");
			break;
		case '\'':
			buf_add_str(out, "&#39;");
			break;
		default:
			buf_add(out, c, 1);
		}
}

char *
text_hex(const uint8_t *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char *s = xmalloc(2 * n + 1);
	size_t i;

	for (i = 0; i < n; i++) {
		s[2 * i] = digits[p[i] >> 4];
		s[2 * i + 1] = digits[p[i] & 15];
	}
	s[2 * n] = '\0';
	return s;
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
text_unhex(uint8_t *out, size_t n, struct bytes hex)
{
	size_t i;
	int hi, lo;

	if (hex.n != 2 * n)
		return false;
	for (i = 0; i < n; i++) {
		hi = hex_value(hex.p[2 * i]);
		lo = hex_value(hex.p[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

bool
text_is_lower_hex(struct bytes s, size_t n)
{
	size_t i;

	if (s.n != n)
		return false;
	for (i = 0; i < n; i++)
		if (hex_value(s.p[i]) < 0 || (s.p[i] >= 'A' && s.p[i] <= 'F'))
			return false;
	return true;
}

int
text_base64_decode(struct buf *out, struct bytes in, struct err *e)
{
	AUTO_STR char *again = NULL;
	AUTO(buf) raw = BUF_INIT;
	size_t pad = 0;
	int n;

	buf_clear(out);
	if (in.n == 0)
		return 0;
	if (in.n > INT32_MAX)
		return err_set(e, E_TOO_LARGE, "base64: %zu characters", in.n);
	if (in.n % 4 != 0)
		return err_set(e, E_INVALID, "base64: %zu characters, want a multiple of 4", in.n);
	while (pad < 2 && in.p[in.n - 1 - pad] == '=')
		pad++;
	buf_add(&raw, in.p, in.n); /* room: the decoded form is shorter */
	n = EVP_DecodeBlock(raw.p, in.p, (int)in.n);
	if (n < 0 || (size_t)n < pad)
		return err_set(e, E_INVALID, "base64: a character that does not belong there");
	/* EVP_DecodeBlock skips white space at the ends and ignores stray bits: one form only. */
	again = text_base64(bytes_of(raw.p, (size_t)n - pad));
	if (!bytes_equal(bytes_of_str(again), in))
		return err_set(e, E_INVALID, "base64: not in canonical form");
	buf_add(out, raw.p, (size_t)n - pad);
	return 0;
}

char *
text_base64(struct bytes in)
{
	/* OpenSSL counts in int: so many whole groups of three bytes at a time. */
	const size_t most = (size_t)3 << 20;
	unsigned char *s = xmalloc((in.n + 2) / 3 * 4 + 1), *end = s;
	size_t done, n;

	*end = '\0';
	for (done = 0; done < in.n; done += n) {
		n = in.n - done < most ? in.n - done : most;
		end += EVP_EncodeBlock(end, in.p + done, (int)n);
	}
	return (char *)s;
}

bool
text_number(uint64_t *out, struct bytes s, uint64_t min, uint64_t max)
{
	uint64_t v = 0;
	size_t i;

	if (s.n == 0)
		return false;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (v > (UINT64_MAX - (s.p[i] - '0')) / 10)
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}

char *
text_utc(int64_t seconds)
{
	time_t t = (time_t)seconds;
	char s[64];
	struct tm tm;

	/* A time_t of 32 bits may not hold it. */
	if (t != seconds || gmtime_r(&t, &tm) == NULL ||
	    strftime(s, sizeof(s), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return xasprintf("%lld seconds after 1970", (long long)seconds);
	return xstrdup(s);
}

bool
text_starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
text_ends_with(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && strcmp(s + n - m, suffix) == 0;
}
