/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON that we write, through jansson. Without memory the process ends, as everywhere else: what
 * jansson refuses besides, which is text that is not UTF-8, its caller has dealt with.
 */
#ifndef RELSIG_FORMATS_JSON_WRITE_H
#define RELSIG_FORMATS_JSON_WRITE_H

#include <jansson.h>

#include "base/base.h"
#include "base/buf.h"

/* value is taken over; it may be what a constructor without memory gave. */
void json_put(json_t *o, const char *key, json_t *value);
void json_push(json_t *array, json_t *value);
/* The document, its members sorted, indented by two, and a line break. */
void json_write(struct buf *out, const json_t *document);

#endif
