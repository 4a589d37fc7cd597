/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ASCII armour of OpenPGP (RFC 4880 §6), for key files only: signatures in armour are refused. */
#ifndef RELSIG_FORMATS_ARMOR_H
#define RELSIG_FORMATS_ARMOR_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct armor_block {
	char label[64];	 /* "PGP PUBLIC KEY BLOCK" */
	struct buf data; /* decoded; empty when damaged */
	const char *bad; /* what is wrong with the block, or NULL; a constant */
};
#define ARMOR_BLOCK_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * The next block of a file that may have prose before, between and after blocks, CRLF lines, armour
 * headers, no blank line after them and no checksum. False when there is no further block. The
 * base64 is OpenSSL's; a checksum (CRC-24) that is there must be right.
 */
bool armor_next(struct bytes *rest, struct armor_block *out) RESULT_USED;
void armor_block_free(struct armor_block *b);
AUTO_DEFINE(armor_block)

#endif
