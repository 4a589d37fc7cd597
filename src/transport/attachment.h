/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sigstore signatures that a registry, or another place, has beside an image: the layers of the
 * image with the tag "sha256-HEX.sig" in the same repository, HEX being the image's digest.
 * Hostile, as a store is.
 */
#ifndef RELSIG_TRANSPORT_ATTACHMENT_H
#define RELSIG_TRANSPORT_ATTACHMENT_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/reference.h"
#include "transport/registry.h"
#include "transport/store.h"

/*
 * Look for the signatures of a sha256 digest (another, or none, is E_UNSUPPORTED) in the image's
 * repository. Nothing is asked for yet. registry is borrowed for the iterator's life.
 *
 * Each item is a blob as signature_blob_add_sigstore writes it, of a layer whose media type is that
 * of signatures; other layers are left out unread. At most MAX_SIGSTORE_LAYERS of them, each
 * payload at most MAX_SIGSTORE_PAYLOAD_BYTES. STORE_END: there are no more, or there is no such tag
 * (404); all else, a layer that is not there included, is STORE_FAILED.
 */
int attachment_open(struct store_iter **out, struct registry *registry,
    const struct reference *image, const struct digest *digest, struct err *e) RESULT_USED;

/*
 * Whatever else may hold them: each call as registry_manifest and registry_blob have it, of the
 * repository that state stands for. The blob's digest has been checked.
 */
struct attachment_reader {
	int (*manifest)(void *state, const char *tag, struct buf *out, char **where, struct err *e);
	int (*blob)(void *state, const struct digest *digest, size_t max, struct buf *out,
	    char **where, struct err *e);
	void (*free)(void *state);
};
/* The same there. state is owned, and freed after a failure too. */
int attachment_open_reader(struct store_iter **out, const struct attachment_reader *reader,
    void *state, const struct digest *digest, struct err *e) RESULT_USED;

#endif
