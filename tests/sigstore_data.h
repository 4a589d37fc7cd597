/* SPDX-License-Identifier: GPL-3.0-or-later */
/* testdata/sigstore (testdata/README): keys, signatures, and what is said of them. */
#ifndef RELSIG_TESTS_SIGSTORE_DATA_H
#define RELSIG_TESTS_SIGSTORE_DATA_H

#include "base/base.h"
#include "base/buf.h"
#include "formats/signature_blob.h"
#include "trust/identity.h"
#include "trust/public_keys.h"
#include "trust/subject.h"

/* A line of keys.txt or signatures.txt: its words, as many as the table has. */
struct sigstore_row {
	char words[4][64];
};
/* The table's lines, for free(); how many is returned. For suites: a table that is not there has 0.
 */
size_t sigstore_rows(struct sigstore_row **out, const char *table, size_t words);

/* The keys of keys/NAME.pem, NAME,NAME: weak ones too. */
void sigstore_keys(struct public_keys *out, const char *names);
/* signatures/NAME. */
void sigstore_blob(struct buf *out, const char *name);
void sigstore_read(struct signature_blob *out, const char *name);
/* What a signature by secret/NAME.pem over text is, with SHA-256. */
void sigstore_sign(struct buf *out, const char *secret, struct bytes text);
/* The sample release: its digest, and its reference with the tag. */
void sigstore_expected(struct subject **subject, struct identity *identity);

#endif
