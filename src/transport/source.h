/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where an image's bytes come from: one vtable over registries, layouts on disk, the places of
 * --from, and a given file.
 */
#ifndef RELSIG_TRANSPORT_SOURCE_H
#define RELSIG_TRANSPORT_SOURCE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/image_name.h"
#include "formats/mirrors.h"
#include "transport/asked.h"
#include "transport/places.h"
#include "transport/registry.h"
#include "transport/store.h"

struct source;

struct source_options {
	struct registry *registry; /* borrowed */
	/* --mirror and --mirror-config, for images of registries; borrowed; or NULL. */
	const struct mirrors *mirrors;
	const struct places *places; /* --from: instead of a registry; or NULL */
	const char *directory;	     /* --dir: where "file://" names are looked up; NULL: "." */
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
/*
 * The sigstore signatures beside the image with this digest, in its registry and in mirrors, or in
 * the places that it may be in; out is NULL, with 0, for "dir:".
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
/*
 * The signatures that the image itself brings, or else those that --from has of its digest; NULL
 * when neither may have any.
 */
struct store_iter *source_signatures(struct source *s, const struct digest *digest);
/* The place that gave the last manifest; NULL: it was a registry, a directory, a file. borrowed */
const struct place *source_place(const struct source *s);
/* Is the image on the network, unless --manifest is given? */
bool source_is_remote(const struct source *s) RESULT_USED;
/* Under which digest a place has the last manifest, which its bytes must have; or not set. */
const struct digest *source_digest(const struct source *s);
void source_free(struct source *s);
AUTO_PTR_DEFINE(source)

#endif
