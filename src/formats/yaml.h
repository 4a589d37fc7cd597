/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * YAML 1.1 from outside, through libyaml, into the tree that JSON is read into: the readers of
 * formats/json serve both, and "oc ... -o yaml" and "-o json" mean the same.
 *
 * Only what such files are honestly written with: mappings with scalar keys, none twice,
 * sequences, scalars of every style, comments. Aliases, anchors, tags and merge keys are refused:
 * with them a few bytes stand for gigabytes, or one place of the text for another. Within
 * MAX_JSON_DEPTH and MAX_JSON_VALUES, UTF-8 without a byte order mark, no NUL.
 *
 * A plain scalar is null (null, ~, nothing), true or false, an integer as Kubernetes' readers take
 * it (12, 0644 and 0o644 octal, 0x1a4) when it fits, else a string; a quoted or block scalar is a
 * string. yes, no, on and off are strings: who wants a truth value says what else it takes.
 */
#ifndef RELSIG_FORMATS_YAML_H
#define RELSIG_FORMATS_YAML_H

#include <jansson.h>

#include "base/base.h"
#include "base/err.h"

/*
 * Every document of the stream, in order, as an array (json_decref); documents of nothing but null
 * are left out, so the array may be empty. NULL with E_INVALID, which names line and column. what
 * names the input in messages.
 */
json_t *yaml_read_all(struct bytes in, const char *what, struct err *e) RESULT_USED;

/* The only document of the stream as a new reference; E_INVALID as well when there is another
 * number of them. */
json_t *yaml_read(struct bytes in, const char *what, struct err *e) RESULT_USED;

#endif
