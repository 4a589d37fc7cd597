/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A manifest's JSON, for the parsers of what is in it. */
#ifndef RELSIG_FORMATS_MANIFEST_READ_H
#define RELSIG_FORMATS_MANIFEST_READ_H

#include "formats/json.h"
#include "formats/manifest.h"

/*
 * What manifest_parse reads, as it was written: document is a new reference, set after a failure
 * too, or NULL.
 */
int manifest_read(
    struct manifest *out, json_t **document, struct bytes raw, struct err *e) RESULT_USED;

/*
 * The content that a descriptor names; where: what the descriptor is, for errors. E_INVALID: no
 * digest, a size that is missing, negative or no integer; E_UNSUPPORTED: a digest that is not
 * sha256.
 */
int manifest_read_content(struct digest *digest, uint64_t *size, const json_t *descriptor,
    const char *where, struct err *e) RESULT_USED;

#endif
