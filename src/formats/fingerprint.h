/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fingerprints of OpenPGP version 4 keys (RFC 4880 §12.2). */
#ifndef RELSIG_FORMATS_FINGERPRINT_H
#define RELSIG_FORMATS_FINGERPRINT_H

#include "base/base.h"
#include "base/err.h"

#define FINGERPRINT_HEX 40 /* digits, upper-case, without the NUL */

/*
 * A fingerprint as people write it: 40 hex digits of either case, white space anywhere, "0x" before
 * it. E_USAGE otherwise; a key ID (8 or 16 digits) is refused with the reason.
 */
int fingerprint_parse(char out[FINGERPRINT_HEX + 1], const char *text, struct err *e) RESULT_USED;

#endif
