/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user's own gpg, signing: for the process of trust/signing alone. */
#ifndef RELSIG_TRUST_SIGNING_GPG_H
#define RELSIG_TRUST_SIGNING_GPG_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct signing_gpg;

/*
 * Find the secret key with this primary fingerprint in the home directory ($GNUPGHOME or gpg's own
 * for NULL), which may start gpg-agent. passphrase_file: as signing_options has it. E_NOT_FOUND:
 * there is no such key; E_UNSUPPORTED: it cannot sign, or is a subkey; E_IO; errors of the file.
 */
int signing_gpg_open(struct signing_gpg **out, const char *fingerprint, const char *homedir,
    const char *passphrase_file, struct err *e) RESULT_USED;
/* The public half, with what is needed to verify by it. E_IO. */
int signing_gpg_export(struct signing_gpg *g, struct buf *out, struct err *e) RESULT_USED;
/* One binary signed message of these bytes. E_IO. */
int signing_gpg_sign(
    struct signing_gpg *g, struct bytes payload, struct buf *out, struct err *e) RESULT_USED;
/* Wipes the passphrase. NULL is fine. */
void signing_gpg_free(struct signing_gpg *g);
AUTO_PTR_DEFINE(signing_gpg)

#endif
