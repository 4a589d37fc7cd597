/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What --from PATH names, and the trees that "oci:" and "file://" images are in: opened once, told
 * what it is, then asked for manifests and signatures. Nothing that comes from it is judged here,
 * and where it could mean two things it is an error.
 */
#ifndef RELSIG_TRANSPORT_PLACE_H
#define RELSIG_TRANSPORT_PLACE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/reference.h"
#include "transport/layout.h"
#include "transport/store.h"

struct place;

/*
 * What is at path (as filetree_open has it), which is recognised: images, signatures, or both.
 * E_UNSUPPORTED: nothing that is known; E_NOT_FOUND; E_IO.
 */
int place_open(struct place **out, const char *path, const struct deadline *deadline,
    struct err *e) RESULT_USED;
/* A directory with one layout at root in it, which is not looked for. E_NOT_FOUND; E_IO. */
int place_open_layout(struct place **out, const char *path, const struct layout_kind *kind,
    const char *root, struct err *e) RESULT_USED;
void place_free(struct place *p);
AUTO_PTR_DEFINE(place)

/* As the user called it, and what it was taken for: "registry storage"; borrowed. */
const char *place_path(const struct place *p);
const char *place_word(const struct place *p);

/* What is asked for. */
struct place_query {
	const char *repository; /* as upstream has it; NULL: the only one there is */
	bool exact;		/* in no other repository */
	const char *tag;	/* asked for when there is one; NULL without repositories: any */
	struct digest digest;	/* else this; sha256 */
};
/* Where something was found. Zeroed: nowhere. */
struct place_found {
	struct layout *layout; /* borrowed from the place */
	char *repository;      /* owned */
	struct digest digest;  /* that a tag led to, or that was asked for */
};
void place_found_free(struct place_found *f);
AUTO_DEFINE(place_found)

/*
 * The raw bytes of a manifest, at most MAX_MANIFEST_BYTES. By digest in any repository; by tag in
 * the repository that is asked for, else in the one where oc-mirror has releases, else in all that
 * have the tag, when they agree. where, for free(), as filetree_read has it. E_NOT_FOUND: not here.
 * E_INVALID: a tag that leads to nothing, or to several images, which are listed.
 */
int place_manifest(struct place *p, const struct place_query *query, struct buf *out,
    struct place_found *found, char **where, struct err *e) RESULT_USED;
/* A blob beside what was found, by its sha256 digest, which is checked. */
int place_blob(const struct place_found *found, const struct digest *digest, size_t max,
    struct buf *out, char **where, struct err *e) RESULT_USED;

/* Is a blob there, and how large? And its bytes, unjudged, at most max. */
int place_blob_size(const struct place_found *found, const struct digest *digest, uint64_t *size,
    char **where, struct err *e) RESULT_USED;
int place_blob_open(const struct place_found *found, const struct digest *digest, uint64_t max,
    struct blob **out, struct err *e) RESULT_USED;
/* Where blobs are the same ones: the place, or one repository of it. For free(). */
char *place_pool(const struct place_found *found);

/* Does it keep signatures at all? */
bool place_brings_signatures(const struct place *p) RESULT_USED;
/*
 * The signatures of a sha256 digest that it keeps, in whichever layouts store_tree_recognise knows
 * or as relsig save keeps them; NULL where it keeps none. p is borrowed for the iterator's life.
 */
int place_signatures(struct store_iter **out, struct place *p, const struct digest *digest,
    struct err *e) RESULT_USED;
/* Is it a folder of relsig save, which has keys (layout_save_key)? */
bool place_is_saved(const struct place *p) RESULT_USED;
struct filetree *place_tree(const struct place *p);

#endif
