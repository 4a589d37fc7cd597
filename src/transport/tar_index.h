/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which names the members of tar archives have, and where their headers stand, in 24 bytes a name
 * and without the names: most of them are digests of blobs that nobody asks for. Names are found by
 * a hash under a secret key; what a directory has in it is read again from the headers.
 *
 * A directory on the way to a member is there without a member of its own. A name that is there
 * twice (but for directories), or beneath something that is no directory, is refused: which of the
 * two is meant would be a choice, and another program may choose the other.
 */
#ifndef RELSIG_TRANSPORT_TAR_INDEX_H
#define RELSIG_TRANSPORT_TAR_INDEX_H

#include "base/base.h"
#include "base/err.h"
#include "transport/filetree.h"

/* Where a member's first header stands: a tar archive is made of blocks of 512 bytes. */
struct tar_place {
	uint16_t part; /* which of the archives */
	uint32_t block;
};

/* For a directory without a member of its own, place is that of a member beneath it. */
struct tar_node {
	uint64_t hash;
	uint32_t first; /* of what is in this directory; 0: nothing */
	uint32_t next;	/* in the same directory; 0: none */
	uint32_t block; /* with part: struct tar_place */
	uint16_t part;
	uint8_t depth; /* parts of its name; 0 is the root */
	uint8_t type;  /* enum filetree_type */
};

struct tar_index;

/* At most max names, the directories on the way counted, the root not. */
struct tar_index *tar_index_new(size_t max, struct err *e);
/*
 * name is normalised: parts between single slashes, "" the root. E_INVALID for a name that
 * contradicts what is there; E_TOO_LARGE for one name too many.
 */
int tar_index_add(struct tar_index *t, const char *name, enum filetree_type type,
    struct tar_place place, struct err *e) RESULT_USED;
/* *out is NULL when it is not there; valid until something is added. E_IO when OpenSSL fails. */
int tar_index_find(const struct tar_index *t, const char *name, const struct tar_node **out,
    struct err *e) RESULT_USED;
/* The i-th node, as first and next have it. */
const struct tar_node *tar_index_at(const struct tar_index *t, uint32_t i);
void tar_index_free(struct tar_index *t);
AUTO_PTR_DEFINE(tar_index)

#endif
