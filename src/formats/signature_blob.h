/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a stored signature is (signature-1 of a store or of a "dir:" layout), by how it begins
 * (containers/image internal/signature, FromBlob):
 *
 *     an OpenPGP packet that may begin a signed message     a simple signing signature
 *     "\0simple-signing\n" and such a packet                the same
 *     "\0sigstore-json\n" and JSON                          a sigstore signature
 */
#ifndef RELSIG_FORMATS_SIGNATURE_BLOB_H
#define RELSIG_FORMATS_SIGNATURE_BLOB_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/sigstore_signature.h"

enum signature_blob_kind {
	SIGNATURE_BLOB_UNSET = 0,
	SIGNATURE_BLOB_OPENPGP,
	SIGNATURE_BLOB_SIGSTORE,
};

struct signature_blob {
	enum signature_blob_kind kind;
	struct bytes openpgp;		    /* of OPENPGP: borrowed from the blob */
	struct sigstore_signature sigstore; /* of SIGSTORE: owned */
};
#define SIGNATURE_BLOB_INIT                                                                        \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Which kind, and of a sigstore signature what it is made of: {"mimeType", "payload",
 * "annotations"} and nothing else, no duplicates; the payload in base64. E_INVALID; E_UNSUPPORTED:
 * a kind of its own after the NUL; E_TOO_LARGE as sigstore_annotations_read. On failure out is
 * zeroed.
 */
int signature_blob_parse(struct signature_blob *out, struct bytes blob, struct err *e) RESULT_USED;
/* Append the blob that signature_blob_parse reads as s, less the annotations that it ignores. */
void signature_blob_add_sigstore(struct buf *out, const struct sigstore_signature *s);
void signature_blob_free(struct signature_blob *b);
AUTO_DEFINE(signature_blob)

#endif
