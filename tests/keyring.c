/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "keyring.h"

#include <stdio.h>

#include <check.h>

#include "formats/packets.h"
#include "pgp.h"

static void
add_word(struct buf *out, char letter, unsigned n)
{
	AUTO(buf) body = BUF_INIT;

	buf_addf(&body, "%c rest", (char)n);
	switch (letter) {
	case 'K':
		pgp_add_key(out, PGP_TAG_PUBLIC_KEY, n);
		break;
	case 'B':
		pgp_add_key(out, PGP_TAG_PUBLIC_SUBKEY, n);
		break;
	case 'P':
		pgp_add_key(out, PGP_TAG_SECRET_KEY, n);
		break;
	case 'Q':
		pgp_add_key(out, PGP_TAG_SECRET_SUBKEY, n);
		break;
	case 'U':
		pgp_add_user_id(out, n);
		break;
	case 'A':
		pgp_add(out, PGP_TAG_USER_ATTRIBUTE, buf_bytes(&body));
		break;
	case 'S':
		pgp_add_signature(out, n);
		break;
	case 'M':
		pgp_add(out, PGP_TAG_PUBLIC_KEY, buf_bytes(&body));
		break;
	case 'N':
		pgp_add(out, PGP_TAG_PUBLIC_SUBKEY, buf_bytes(&body));
		break;
	case 'V':
		pgp_add(out, PGP_TAG_SIGNATURE, buf_bytes(&body));
		break;
	case 'X':
		pgp_add(out, (uint8_t)n, buf_bytes(&body));
		break;
	case 'E':
		pgp_add(out, PGP_TAG_PUBLIC_KEY, bytes_of(NULL, 0));
		break;
	case 'J':
		buf_add_byte(out, 0x01);
		break;
	default:
		ck_abort_msg("no such word: %c", letter);
	}
}

void
keyring_add(struct buf *out, const char *words)
{
	char letter;
	unsigned n;
	int used;

	while (sscanf(words, " %c%u%n", &letter, &n, &used) == 2) {
		add_word(out, letter, n);
		words += used;
	}
	ck_assert_msg(words[0] == '\0', "words that are none: %s", words);
}

void
keyring_add_many(struct buf *out, char letter, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		add_word(out, letter, 100 + i);
}
