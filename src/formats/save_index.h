/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relsig-save.json, the file by which a folder of "relsig save" is known, and which image of it a
 * tag stood for:
 *
 *     { "relsig-save": 1, "images": { "quay.io/o/ocp-release:4.14.3-x86_64": "sha256:HEX" } }
 *
 * Nobody signed it: what it leads to is verified as if it had been asked for in a registry.
 */
#ifndef RELSIG_FORMATS_SAVE_INDEX_H
#define RELSIG_FORMATS_SAVE_INDEX_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/reference.h"

#define SAVE_INDEX_FILE "relsig-save.json"

struct save_index_entry {
	struct reference image; /* with a tag and no digest */
	struct digest digest;	/* sha256 */
};

struct save_index {
	struct save_index_entry *v;
	size_t n;
};
#define SAVE_INDEX_INIT                                                                            \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * E_INVALID; E_UNSUPPORTED: another number than 1. A name is written in full, as reference_string
 * gives it. On failure out is empty.
 */
int save_index_parse(struct save_index *out, struct bytes text, struct err *e) RESULT_USED;
/*
 * Add a name with a tag; what else it says is left out. It may be there with the same digest;
 * E_MISMATCH with another.
 */
int save_index_add(struct save_index *index, const struct reference *image,
    const struct digest *digest, struct err *e) RESULT_USED;
/*
 * What an image with a tag is: the very name, or else whatever has this tag. E_NOT_FOUND;
 * E_INVALID when two of other repositories have it and differ.
 */
int save_index_find(const struct save_index *index, const struct reference *image,
    struct digest *out, struct err *e) RESULT_USED;
/* Append the file, names sorted. */
void save_index_write(struct buf *out, const struct save_index *index);
void save_index_free(struct save_index *index);
AUTO_DEFINE(save_index)

#endif
