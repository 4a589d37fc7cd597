/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The payload of an atomic container signature, for those who sign. */
#ifndef RELSIG_FORMATS_PAYLOAD_WRITE_H
#define RELSIG_FORMATS_PAYLOAD_WRITE_H

#include "base/base.h"
#include "base/buf.h"
#include "formats/digest.h"
#include "formats/reference.h"

/*
 * As containers-signature(5) has it and skopeo writes it, with both members of "optional"; what
 * payload_parse reads back is what is given here. name and manifest must be set: a reference that
 * was parsed, not text that nothing could verify. Replaces what out holds.
 */
void payload_write(struct buf *out, const struct reference *name, const struct digest *manifest,
    const char *creator, int64_t timestamp);

#endif
