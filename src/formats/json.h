/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON from outside, through jansson, strictly: no duplicate keys (after unescaping), no trailing
 * bytes, no BOM, no invalid UTF-8, no NUL in strings, within MAX_JSON_DEPTH and MAX_JSON_VALUES.
 * The json_t dies in the parser that asked for it; what it wants to keep, it copies.
 */
#ifndef RELSIG_FORMATS_JSON_H
#define RELSIG_FORMATS_JSON_H

#include <jansson.h>

#include "base/base.h"
#include "base/err.h"

/*
 * The document as a new reference (json_decref), or NULL with E_INVALID. what names it in messages.
 */
json_t *json_read(struct bytes in, const char *what, struct err *e) RESULT_USED;

/* The string member key of object o, borrowed; NULL with E_INVALID when missing or not a string. */
const char *json_member_string(
    const json_t *o, const char *where, const char *key, struct err *e) RESULT_USED;
/*
 * The object member key of object o, borrowed; NULL with E_INVALID when missing or not an object.
 */
json_t *json_member_object(
    const json_t *o, const char *where, const char *key, struct err *e) RESULT_USED;
/*
 * A value that is what it must be, borrowed; NULL with E_INVALID otherwise, NULL itself ("missing")
 * included. where is the value's own place.
 */
const char *json_as_string(const json_t *value, const char *where, struct err *e) RESULT_USED;
const json_t *json_as_object(const json_t *value, const char *where, struct err *e) RESULT_USED;
const json_t *json_as_array(const json_t *value, const char *where, struct err *e) RESULT_USED;
/*
 * 0 when o is an object and each of its keys is in the NULL-terminated list; E_INVALID otherwise.
 */
int json_only_keys(
    const json_t *o, const char *where, const char *const *keys, struct err *e) RESULT_USED;

/* AUTO_JSON json_t *j = NULL; */
#define AUTO_JSON __attribute__((cleanup(json_auto_)))
static inline void
json_auto_(json_t **j)
{
	json_decref(*j);
}

#endif
