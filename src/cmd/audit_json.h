/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of an audit for programs, described in relsig-report(5): "audit" of the document. */
#ifndef RELSIG_CMD_AUDIT_JSON_H
#define RELSIG_CMD_AUDIT_JSON_H

#include <jansson.h>

#include "cmd/audit_words.h"

/* A new reference. */
json_t *audit_json(const struct audit_shown *a);
/* A component as a payload names it, a new reference; null for NULL. */
json_t *audit_json_named(const struct release_component *c);

#endif
