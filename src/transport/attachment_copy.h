/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The image "sha256-HEX.sig" that a registry has beside an image, whole, for who carries it to
 * another registry. Nobody signed it as a whole: what is in it is as hostile as where it came from.
 */
#ifndef RELSIG_TRANSPORT_ATTACHMENT_COPY_H
#define RELSIG_TRANSPORT_ATTACHMENT_COPY_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/reference.h"
#include "transport/registry.h"

struct attachment_blob {
	struct digest digest;
	struct buf content; /* of that digest */
};

/* Everything is owned. */
struct attachment_copy {
	struct buf manifest;
	struct attachment_blob *v; /* its config and its layers, each once */
	size_t n;
};
#define ATTACHMENT_COPY_INIT                                                                       \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Fetch it, each blob at most MAX_SIGSTORE_PAYLOAD_BYTES. Errors as attachment_open, registry_blob
 * and sigstore_manifest_parse have them; E_UNSUPPORTED: without a config. On failure out is empty.
 */
int attachment_copy(struct attachment_copy *out, struct registry *registry,
    const struct reference *image, const struct digest *digest, struct err *e) RESULT_USED;
void attachment_copy_free(struct attachment_copy *c);
AUTO_DEFINE(attachment_copy)

#endif
