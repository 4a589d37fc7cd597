/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/fingerprint.h"

#include <string.h>

int
fingerprint_parse(char out[FINGERPRINT_HEX + 1], const char *text, struct err *e)
{
	char digits[FINGERPRINT_HEX];
	const char *s = text;
	size_t n = 0;

	out[0] = '\0';
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	for (; *s != '\0'; s++) {
		char c = *s;

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			continue;
		if (c >= 'a' && c <= 'f')
			c = (char)(c - 'a' + 'A');
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
			return err_set(e, E_USAGE, "fingerprint \"%s\": not hexadecimal", text);
		if (n < FINGERPRINT_HEX)
			digits[n] = c;
		n++;
	}
	if (n == 8 || n == 16)
		return err_set(e, E_USAGE,
		    "\"%s\" is a key ID, which anybody can imitate: want the "
		    "fingerprint, 40 hexadecimal digits",
		    text);
	if (n != FINGERPRINT_HEX)
		return err_set(
		    e, E_USAGE, "fingerprint \"%s\": %zu hexadecimal digits, want 40", text, n);
	memcpy(out, digits, FINGERPRINT_HEX);
	out[FINGERPRINT_HEX] = '\0';
	return 0;
}
