/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where an image's bytes come from: one vtable over registries, "dir:" layouts and a given file. */
#ifndef RELSIG_TRANSPORT_SOURCE_H
#define RELSIG_TRANSPORT_SOURCE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/image_name.h"
#include "formats/mirrors.h"
#include "transport/asked.h"
#include "transport/registry.h"
#include "transport/store.h"

struct source;

struct source_options {
	struct registry *registry; /* borrowed */
	/* --mirror and --mirror-config, for images of registries; borrowed; or NULL. */
	const struct mirrors *mirrors;
	/* --manifest FILE: the manifest is this file, wherever the image is; or NULL. */
	const char *manifest_file;
	struct deadline deadline; /* for reading it */
};

/* Never fails for a parsed image name; nothing is read yet. name and options are borrowed. */
struct source *source_open(const struct image_name *name, const struct source_options *options);
/* The raw manifest, at most MAX_MANIFEST_BYTES, unjudged; where, for free(), is its URL or path. */
int source_manifest(struct source *s, struct buf *out, char **where, struct err *e) RESULT_USED;
/*
 * From now on the image is this one of the list that it was: source_manifest gives its manifest,
 * source_signatures its signatures. A --manifest file was the list's.
 */
void source_select(struct source *s, const struct digest *instance);
/* The signatures that the image itself brings, or NULL when its kind brings none. */
struct store_iter *source_signatures(struct source *s);
/*
 * The sigstore signatures beside the image with this digest, in its registry and in mirrors; out is
 * NULL, with 0, for an image of no registry.
 */
int source_attachments(struct source *s, const struct digest *digest, struct store_iter **out,
    struct err *e) RESULT_USED;
/*
 * The name by which the registry or the mirror knows it that gave the manifest, or the image's own;
 * borrowed; NULL for an image of no registry.
 */
const struct reference *source_reference(const struct source *s);
/* All that was asked for manifests since the start; it is the caller's now. */
void source_take_asked(struct source *s, struct asked *out);
void source_free(struct source *s);
AUTO_PTR_DEFINE(source)

#endif
