/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "formats/packets.h"

enum { DIGEST_HEX = 2 * SUMS_DIGEST_BYTES };

static const char bsd_head[] = "SHA256 (";
static const char bsd_middle[] = ") = ";

/* One line, taken apart; nothing is unescaped yet. */
struct line {
	struct bytes hex, name;
	bool escaped;
};

static bool
take_text(struct bytes *rest, const char *text)
{
	struct bytes want = bytes_of_str(text), got = *rest, head;

	if (!bytes_take(&got, want.n, &head) || !bytes_equal(head, want))
		return false;
	*rest = got;
	return true;
}

/* NAME may hold anything, also what stands behind it: the digest is found from the end. */
static bool
split_bsd(struct bytes rest, struct line *out)
{
	size_t tail = sizeof(bsd_middle) - 1 + DIGEST_HEX;
	struct bytes end;

	if (rest.n < tail)
		return false;
	out->name = bytes_of(rest.p, rest.n - tail);
	end = bytes_of(rest.p + out->name.n, tail);
	if (!take_text(&end, bsd_middle))
		return false;
	out->hex = end;
	return true;
}

static bool
split_line(struct bytes rest, struct line *out)
{
	out->escaped = take_text(&rest, "\\");
	if (take_text(&rest, bsd_head))
		return split_bsd(rest, out);
	if (!bytes_take(&rest, DIGEST_HEX, &out->hex))
		return false;
	if (!take_text(&rest, "  ") && !take_text(&rest, " *"))
		return false;
	out->name = rest;
	return true;
}

/* In a line of text: what a terminal or an editor shows otherwise than as itself, sha256sum either
 * escapes or never meets. */
static bool
has_control(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] < ' ' || b.p[i] == 0x7f)
			return true;
	return false;
}

/* What sha256sum escapes: backslash, LF and, since coreutils 9.0, CR. */
static bool
unescape(struct buf *out, struct bytes name)
{
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];

		if (c == '\\') {
			if (++i == name.n)
				return false;
			if (name.p[i] == 'n')
				c = '\n';
			else if (name.p[i] == 'r')
				c = '\r';
			else if (name.p[i] != '\\')
				return false;
		}
		buf_add_byte(out, c);
	}
	return true;
}

/* Beneath the directory: a/b, not /a, a//b, a/, ./a or ../a. */
static bool
stays_beneath(const char *path)
{
	const char *part = path;

	for (;;) {
		size_t n = strcspn(part, "/");

		if (n == 0 || (n == 1 && part[0] == '.') ||
		    (n == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		if (part[n] == '\0')
			return true;
		part += n + 1;
	}
}

static int
bad_line(struct err *e, size_t number, const char *what)
{
	return err_set(e, E_INVALID, "line %zu of the list of sums %s", number, what);
}

static int
read_line(struct sums *out, struct bytes text, size_t number, struct err *e)
{
	AUTO(buf) name = BUF_INIT;
	struct sums_entry entry;
	struct line line;

	if (has_control(text))
		return bad_line(e, number, "has a control character (are its lines' ends CR LF?)");
	if (!split_line(text, &line) || !text_unhex(entry.digest, SUMS_DIGEST_BYTES, line.hex))
		return bad_line(e, number, "is not a SHA-256 sum and a name");
	if (!line.escaped)
		buf_add(&name, line.name.p, line.name.n);
	else if (!unescape(&name, line.name))
		return bad_line(e, number, "has a name with an escape that sha256sum never writes");
	if (!stays_beneath(buf_str(&name)))
		return bad_line(e, number, "names a path that is empty or leads elsewhere");
	entry.name = buf_steal_str(&name);
	*LIST_ADD(out->v, out->n) = entry;
	return 0;
}

static int
read_lines(struct sums *out, struct bytes text, size_t max_entries, struct err *e)
{
	for (size_t number = 1; text.n > 0; number++) {
		const uint8_t *nl = memchr(text.p, '\n', text.n);
		struct bytes line = bytes_of(text.p, nl != NULL ? (size_t)(nl - text.p) : text.n);

		if (number > max_entries)
			return err_set(
			    e, E_TOO_LARGE, "more than %zu files in the list of sums", max_entries);
		if (read_line(out, line, number, e) != 0)
			return -1;
		text.p += line.n + (nl != NULL);
		text.n -= line.n + (nl != NULL);
	}
	return out->n > 0 ? 0 : err_set(e, E_INVALID, "the list of sums is empty");
}

static int
by_name(const void *a, const void *b)
{
	const struct sums_entry *one = a, *other = b;

	return strcmp(one->name, other->name);
}

static int
put_in_order(struct sums *s, struct err *e)
{
	qsort(s->v, s->n, sizeof(s->v[0]), by_name);
	for (size_t i = 1; i < s->n; i++)
		if (by_name(&s->v[i - 1], &s->v[i]) == 0)
			return err_set(
			    e, E_INVALID, "the list of sums names \"%s\" twice", s->v[i].name);
	return 0;
}

int
sums_parse(struct sums *out, struct bytes text, size_t max_entries, struct err *e)
{
	*out = (struct sums)SUMS_INIT;
	if (read_lines(out, text, max_entries, e) == 0 && put_in_order(out, e) == 0)
		return 0;
	sums_free(out);
	return -1;
}

static int
name_of_entry(const void *name, const void *entry)
{
	return strcmp(name, ((const struct sums_entry *)entry)->name);
}

const struct sums_entry *
sums_find(const struct sums *s, const char *name)
{
	if (s->n == 0)
		return NULL;
	return bsearch(name, s->v, s->n, sizeof(s->v[0]), name_of_entry);
}

void
sums_free(struct sums *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].name);
	free(s->v);
	*s = (struct sums)SUMS_INIT;
}
