/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/content_range.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static const char unit[] = "bytes ";

/* Take what stands before the mark off the front of s; false when the mark is not there. */
static bool
take_until(struct bytes *s, char mark, struct bytes *before)
{
	const uint8_t *at = s->n > 0 ? memchr(s->p, mark, s->n) : NULL;

	if (at == NULL)
		return false;
	*before = bytes_of(s->p, (size_t)(at - s->p));
	*s = bytes_of(at + 1, s->n - before->n - 1);
	return true;
}

static bool
is_star(struct bytes s)
{
	return s.n == 1 && s.p[0] == '*';
}

/* "FIRST-LAST" of a whole of that many bytes. */
static bool
read_part(struct bytes s, uint64_t total, uint64_t *first)
{
	struct bytes from;
	uint64_t last;

	return take_until(&s, '-', &from) && text_number(&last, s, 0, total - 1) &&
	       text_number(first, from, 0, last);
}

int
content_range_parse(struct content_range *out, struct bytes value, struct err *e)
{
	const size_t unit_n = sizeof(unit) - 1;
	/* When nobody knows the whole, it may be as large as a number can say. */
	uint64_t first = 0, total = INT64_MAX;
	struct bytes part, rest;
	bool any_total, any_part;

	*out = (struct content_range)CONTENT_RANGE_INIT;
	if (value.n < unit_n || strncasecmp((const char *)value.p, unit, unit_n) != 0)
		return err_set(e, E_INVALID, "Content-Range: not of bytes");
	rest = bytes_of(value.p + unit_n, value.n - unit_n);
	if (!take_until(&rest, '/', &part))
		return err_set(e, E_INVALID, "Content-Range: no total");
	any_total = is_star(rest);
	any_part = is_star(part);
	if (!any_total && !text_number(&total, rest, 0, INT64_MAX))
		return err_set(e, E_INVALID, "Content-Range: the total is no number");
	if (any_part ? any_total : total == 0 || !read_part(part, total, &first))
		return err_set(e, E_INVALID, "Content-Range: no part of the whole");
	out->first = any_part ? -1 : (int64_t)first;
	out->total = any_total ? -1 : (int64_t)total;
	return 0;
}
