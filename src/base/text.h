/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from outside: escaping it for a terminal, and reading hex, base64 and numbers strictly. */
#ifndef RELSIG_BASE_TEXT_H
#define RELSIG_BASE_TEXT_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Append s so that a terminal shows it and obeys none of it: control characters, DEL, invalid UTF-8
 * and the Unicode controls that reorder or hide text become \xHH (bytes) and backslash itself \\.
 */
void text_escape(struct buf *out, struct bytes s);
/* The same, as a new string for free(). NULL yields "". */
char *text_escaped(const char *s);

/*
 * Append s as text of an HTML page or a quoted attribute's value: as text_escape, and what means
 * something to HTML is written by name. NULL adds nothing.
 */
void text_html(struct buf *out, const char *s);

/* Lower-case hex of n bytes, as a new string for free(). */
char *text_hex(const uint8_t *p, size_t n);
/* Exactly n bytes from exactly 2n hex digits of either case; false otherwise. */
bool text_unhex(uint8_t *out, size_t n, struct bytes hex) RESULT_USED;
/* True when s has only 0-9 and a-f (upper case is not hex here), n of them. */
bool text_is_lower_hex(struct bytes s, size_t n) RESULT_USED;

/* Base64 (RFC 4648 §4, padded) by OpenSSL. Strict: no white space, no junk, canonical padding. */
int text_base64_decode(struct buf *out, struct bytes in, struct err *e) RESULT_USED;
char *text_base64(struct bytes in);

/* A decimal number of digits alone, min <= value <= max; false otherwise. */
bool text_number(uint64_t *out, struct bytes s, uint64_t min, uint64_t max) RESULT_USED;

/* "2024-02-26T10:11:12Z" for seconds since 1970, as a new string for free(). */
char *text_utc(int64_t seconds);

bool text_starts_with(const char *s, const char *prefix) RESULT_USED;
bool text_ends_with(const char *s, const char *suffix) RESULT_USED;

#endif
