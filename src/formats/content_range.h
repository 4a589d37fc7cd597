/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content-Range (RFC 9110 §14.4): which part of a whole a server sends, and how large that is. */
#ifndef RELSIG_FORMATS_CONTENT_RANGE_H
#define RELSIG_FORMATS_CONTENT_RANGE_H

#include "base/base.h"
#include "base/err.h"

struct content_range {
	int64_t first; /* of the bytes that come; -1: none do ("*") */
	int64_t total; /* of the whole; -1: not known ("*") */
};
#define CONTENT_RANGE_INIT                                                                         \
	{                                                                                          \
		.first = -1, .total = -1                                                           \
	}

/* A header's value: "bytes FIRST-LAST/TOTAL". E_INVALID, with nothing known, for all else. */
int content_range_parse(struct content_range *out, struct bytes value, struct err *e) RESULT_USED;

#endif
