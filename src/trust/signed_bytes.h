/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes that a trusted key signed: the proof that trust/claim wants. Opaque, and without a maker
 * here: trust/signed_bytes_make.h has it, for those who verify signatures and for nobody else.
 */
#ifndef RELSIG_TRUST_SIGNED_BYTES_H
#define RELSIG_TRUST_SIGNED_BYTES_H

#include "base/base.h"
#include "formats/payload.h"

struct signed_bytes;

/* What was signed: not a byte more or less. Borrowed. */
struct bytes signed_bytes_payload(const struct signed_bytes *s);
/*
 * What such a signature may sign: a payload of one kind of signature never counts under another,
 * whoever holds the key.
 */
enum payload_type signed_bytes_type(const struct signed_bytes *s);
void signed_bytes_free(struct signed_bytes *s);
AUTO_PTR_DEFINE(signed_bytes)

#endif
