/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The maker of struct signed_bytes. Only trust/openpgp.c and trust/sigstore.c include this, each in
 * the one place where a signature was verified (tests/test_folders.sh watches over it).
 */
#ifndef RELSIG_TRUST_SIGNED_BYTES_MAKE_H
#define RELSIG_TRUST_SIGNED_BYTES_MAKE_H

#include "trust/signed_bytes.h"

/* payload, which is copied, was signed by a trusted key, in the way that belongs to type. */
struct signed_bytes *signed_bytes_make(enum payload_type type, struct bytes payload);

#endif
