/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signature stores, one iterator over the blobs of one digest:
 *
 *     <STORE>/sha256=<hex>/signature-1, signature-2, ... until the first that is not there
 *     <LOOKASIDE>/<path of the repository>@sha256=<hex>/signature-1, ...
 *
 * over https, http and file. "Not there" is an outcome (404, ENOENT), anything else a failure, so
 * that a broken store never reads as "no more signatures".
 */
#ifndef RELSIG_TRANSPORT_STORE_H
#define RELSIG_TRANSPORT_STORE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/reference.h"
#include "transport/http.h"
#include "transport/store_url.h"

enum store_item {
	STORE_UNSET = 0,
	STORE_ITEM,   /* a blob: untrusted bytes, judged elsewhere */
	STORE_END,    /* no more signatures */
	STORE_FAILED, /* could not look: the error says why. The iterator is at its end */
};

struct store_iter;

/*
 * Look in a store for the signatures of a sha256 digest (another, or none, is E_UNSUPPORTED). Over
 * http the request for signature-1 is on its way when this returns. http is borrowed for the
 * iterator's life; it may be NULL for file stores.
 */
int store_open(struct store_iter **out, const char *url, const struct digest *digest,
    struct http *http, struct err *e) RESULT_USED;
/*
 * The same for a lookaside store of containers-registries.d(5), as containers/image forms its URLs:
 * the path of the image's repository, without the host, is put after the URL's path and a slash.
 * A directory of such a store that is not there means no signatures, and so does the whole store:
 * the default one under /var/lib/containers seldom exists.
 */
int store_open_lookaside(struct store_iter **out, const char *url, const struct reference *image,
    const struct digest *digest, struct http *http, struct err *e) RESULT_USED;
/*
 * The files PREFIX1, PREFIX2, ...: "dir:" layouts have PREFIX ".../signature-". A directory that is
 * not there at all is a failure, as it is for a file store.
 */
struct store_iter *store_open_files(const char *prefix);
/* An iterator over something that is not numbered; state is owned. */
struct store_kind {
	enum store_item (*next)(void *state, struct buf *blob, char **where, struct err *e);
	void (*free)(void *state);
};
struct store_iter *store_open_kind(const struct store_kind *kind, void *state);
/*
 * The next blob, at most MAX_SIGNATURE_BYTES. A store ends after MAX_SIGNATURES_PER_STORE of them;
 * a lookaside store fails with E_TOO_LARGE after MAX_SIGNATURES_PER_LOOKASIDE; a kind of its own
 * may have other caps. where, for free(), is its URL or path; it is set for STORE_ITEM and
 * STORE_FAILED (NULL otherwise).
 */
enum store_item store_next(
    struct store_iter *it, struct buf *blob, char **where, struct err *e) RESULT_USED;
void store_iter_free(struct store_iter *it);
AUTO_PTR_DEFINE(store_iter)

#endif
