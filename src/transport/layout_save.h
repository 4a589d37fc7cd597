/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folder of "relsig save" (relsig-save(1)), on disk or in an archive. Hostile as any other
 * place: nothing that it says is believed, its keys least of all.
 */
#ifndef RELSIG_TRANSPORT_LAYOUT_SAVE_H
#define RELSIG_TRANSPORT_LAYOUT_SAVE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/reference.h"
#include "transport/filetree.h"
#include "transport/store.h"

/* Is this such a folder? It has the file relsig-save.json. */
int layout_save_is(struct filetree *t, bool *is, struct err *e) RESULT_USED;
/*
 * The digest that an image with a tag had when it was saved: by its very name, or else by its tag
 * in whatever repository. E_NOT_FOUND; E_INVALID: an index that is none, or one in which the tag
 * means several images.
 */
int layout_save_find(struct filetree *t, const struct reference *image, struct digest *out,
    struct err *e) RESULT_USED;
/*
 * The manifest that lies under a digest, at most max bytes, unjudged; where as filetree_read has
 * it. E_NOT_FOUND, also when the image was saved by its digest alone.
 */
int layout_save_manifest(struct filetree *t, const struct digest *digest, size_t max,
    struct buf *out, char **where, struct err *e) RESULT_USED;
/*
 * Its signatures of both kinds, at most MAX_SIGNATURES_PER_LOOKASIDE: more are STORE_FAILED. An
 * image that was not saved has none. E_UNSUPPORTED: a digest other than sha256. t is borrowed for
 * the iterator's life.
 */
int layout_save_signatures(struct store_iter **out, struct filetree *t, const struct digest *digest,
    struct err *e) RESULT_USED;
/*
 * A key by the fingerprint of its primary key (40 upper-case hex digits), as it was when it was
 * saved for the version-th time, from 1: at most MAX_KEY_FILE_BYTES, unjudged. Whether it is
 * trusted, or that key at all, is not for the folder to say. E_NOT_FOUND: there is none, or no
 * more.
 */
int layout_save_key(struct filetree *t, const char *fingerprint, unsigned version, struct buf *out,
    char **where, struct err *e) RESULT_USED;

#endif
