/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The report of an audit to be filed: one HTML page that needs nothing else, no script, no file of
 * another, and is read on a screen and on paper. Every word from outside is written as text.
 */
#ifndef RELSIG_CMD_AUDIT_HTML_H
#define RELSIG_CMD_AUDIT_HTML_H

#include "base/buf.h"
#include "cmd/audit_words.h"
#include "verify/keysearch.h"

/* By what, with what, and when. Everything is borrowed. */
struct audit_html {
	struct audit_shown shown;
	const struct key_search *keys; /* NULL: none were found */
	const char *gpg_version;       /* "" when it is not known */
	int64_t now;		       /* seconds since 1970 */
};

/* Append the whole page. */
void audit_html(struct buf *out, const struct audit_html *page);

#endif
