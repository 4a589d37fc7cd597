/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report for programs: one JSON document per run, described in relsig-report(5). */
#ifndef RELSIG_CMD_REPORT_JSON_H
#define RELSIG_CMD_REPORT_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "cmd/confined.h"
#include "trust/verdict.h"
#include "verify/image.h"
#include "verify/keysearch.h"

/* The number goes up when a member changes its meaning or goes away, not when one is added. */
#define REPORT_SCHEMA_VERSION 1

/* What is known of an OpenPGP signature, a new reference. */
json_t *report_json_signature(const struct signature_facts *f);
/* One element of "images", a new reference. */
json_t *report_json_image(const struct image_report *r);
/* One word for it, for programs to compare. */
const char *report_json_outcome(enum outcome o);
/*
 * The whole document, a new reference. images (an array) is taken over. keys may be NULL when none
 * were found. saved_to: the directory of "relsig save" when something was saved, or NULL.
 */
json_t *report_json_document(const char *command, json_t *images, const char *saved_to,
    const struct key_search *keys, const char *gpg_version, const struct confined *confined,
    const struct tally *tally, int64_t now);
/* Append it as text. It is taken over. */
void report_json_text(struct buf *out, json_t *document);

#endif
