/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where an image's bytes come from: one vtable over registries, "dir:" layouts and a given file. */
#ifndef RELSIG_TRANSPORT_SOURCE_H
#define RELSIG_TRANSPORT_SOURCE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/image_name.h"
#include "transport/registry.h"
#include "transport/store.h"

struct source;

struct source_options {
	struct registry *registry; /* borrowed */
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
void source_free(struct source *s);
AUTO_PTR_DEFINE(source)

#endif
