/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree as YAML, through libyaml, so that every reader of YAML 1.1 and 1.2 reads the same tree:
 * keys in the order in which they were put in; a text plain only where nobody could take it for
 * something else, as a block where it has lines, else in double quotes.
 */
#ifndef RELSIG_FORMATS_YAML_WRITE_H
#define RELSIG_FORMATS_YAML_WRITE_H

#include <jansson.h>

#include "base/base.h"
#include "base/buf.h"

/*
 * Append the document. The tree holds objects, arrays, strings, integers, booleans and null.
 */
void yaml_write(struct buf *out, const json_t *root);

#endif
