/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fetcher's first words: its version, and what it has given up, as it says. Pure: bytes in,
 * struct out.
 */
#ifndef RELSIG_TRANSPORT_HTTP_GREETING_H
#define RELSIG_TRANSPORT_HTTP_GREETING_H

#include "base/base.h"
#include "base/buf.h"
#include "base/confine_report.h"
#include "base/err.h"
#include "transport/http_wire.h"

/* Append the whole frame: prefix and head. */
int http_greeting_write(
    struct buf *out, const struct confine_report *confined, struct err *e) RESULT_USED;
/* E_INVALID unless this is the prefix of a greeting: for a wire_reader's admit. */
int http_greeting_admit(const struct wire_prefix *p, struct err *e) RESULT_USED;
/*
 * The head of one: E_UNREACHABLE when it is of another version, E_INVALID when it is no greeting or
 * does not say of each part either that it is in effect or why it is not.
 */
int http_greeting_read(struct confine_report *out, struct bytes head, struct err *e) RESULT_USED;

#endif
