/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private home of gpg: a temporary directory with a gpg.conf of eleven lines and a pubring.gpg
 * of whole version 4 certificates, and nothing else. No agent, no keyboxd, no trust database:
 * gpg 2.2.20 to 2.5 read just these two files and write nothing.
 */
#ifndef RELSIG_TRUST_GPGHOME_H
#define RELSIG_TRUST_GPGHOME_H

#include "base/base.h"
#include "base/err.h"
#include "formats/certificates.h"

struct gpghome;

/* Make the directory and point GNUPGHOME at it. Before threads: it changes the environment. */
int gpghome_make(struct gpghome **out, struct err *e) RESULT_USED;
/* Write both files. */
int gpghome_fill(
    struct gpghome *h, const struct certificates *certificates, struct err *e) RESULT_USED;
/* Remove it with all that is in it. NULL is fine. */
void gpghome_free(struct gpghome *h);
AUTO_PTR_DEFINE(gpghome)

#endif
