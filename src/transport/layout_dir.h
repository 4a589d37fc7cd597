/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The "dir" layout of containers-transports(5): manifest.json, signature-1 ... beside it, and a
 * file "version". Somebody else filled it: only regular files are read, no symbolic links.
 */
#ifndef RELSIG_TRANSPORT_LAYOUT_DIR_H
#define RELSIG_TRANSPORT_LAYOUT_DIR_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/digest.h"
#include "transport/store.h"

/*
 * The image in the directory; or, when the digest is set, the one with it in the list that is
 * there: HEX.manifest.json, HEX.signature-1 and so on.
 */

/*
 * The manifest's raw bytes, at most max, unjudged; where, for free(), is its path. E_NOT_FOUND
 * without the directory or the manifest in it; E_UNSUPPORTED when "version" names another layout
 * than 1.x (it may be absent, as in layouts made by hand).
 */
int layout_dir_manifest(const char *path, const struct digest *instance, size_t max,
    struct buf *out, char **where, struct err *e) RESULT_USED;
/* signature-1, signature-2, ... */
struct store_iter *layout_dir_signatures(const char *path, const struct digest *instance);

#endif
