/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "data:" URLs (RFC 2397), in which Ignition files have their contents:
 * data:[<media type>][;<parameter>...][;base64],<data>
 */
#ifndef RELSIG_FORMATS_DATA_URL_H
#define RELSIG_FORMATS_DATA_URL_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * The bytes, into out (cleared first). E_UNSUPPORTED: another scheme; E_INVALID: no comma, a % that
 * is not followed by two hex digits, base64 that is not strict after percent-decoding.
 */
int data_url_read(struct buf *out, const char *url, struct err *e) RESULT_USED;
/* Such a URL of the bytes, in base64 or with every byte but A-Z a-z 0-9 - . _ ~ / percent-encoded;
 * for free(). */
char *data_url_of_base64(struct bytes content);
char *data_url_of_text(struct bytes content);

#endif
