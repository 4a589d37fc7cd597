/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/nearest.h"

#include <string.h>

/* Longer words are nobody's slip of the finger. */
enum { MAX_WORD = 63 };

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The row of the table of distances after "before", for the i-th letter of a. */
static void
next_row(size_t *row, const size_t *before, const size_t *before_that, const char *a, size_t i,
    const char *b)
{
	row[0] = i;
	for (size_t j = 1; j <= strlen(b); j++) {
		row[j] =
		    least(before[j - 1] + (a[i - 1] != b[j - 1]), least(before[j], row[j - 1]) + 1);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
			row[j] = least(row[j], before_that[j - 2] + 1);
	}
}

/* Of two words of at most MAX_WORD bytes. */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][MAX_WORD + 1] = { { 0 } };
	size_t n = strlen(a);

	for (size_t j = 0; j <= strlen(b); j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++)
		next_row(rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3], a, i, b);
	return rows[n % 3][strlen(b)];
}

const char *
nearest_word(const char *typed, const char *const *words, size_t n)
{
	size_t length = strlen(typed), best = 2 + length / 4;
	const char *found = NULL;

	for (size_t i = 0; i < n && length <= MAX_WORD; i++) {
		size_t d;

		if (strlen(words[i]) > MAX_WORD)
			continue;
		d = distance(typed, words[i]);
		/* What shares not a letter is not meant. */
		if (d < best && d < strlen(words[i])) {
			best = d;
			found = words[i];
		}
	}
	return found;
}
