/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What store_tree.c recognises and store_tree_find.c reads; for these two alone. */
#ifndef RELSIG_TRANSPORT_STORE_TREE_PARTS_H
#define RELSIG_TRANSPORT_STORE_TREE_PARTS_H

#include "formats/signature_configmap.h"
#include "transport/store_tree.h"

enum tree_layout {
	TREE_LAYOUT_UNSET = 0,
	TREE_LAYOUT_STORE,
	TREE_LAYOUT_LOOKASIDE,
	TREE_LAYOUT_GRAPH,
	TREE_LAYOUT_OC_MIRROR,
	TREE_LAYOUT_CONFIGMAPS,
};

/* A directory of numbered signatures, or with TREE_LAYOUT_OC_MIRROR a signature. */
struct tree_entry {
	enum tree_layout layout;
	char *name;	 /* in the tree; owned */
	const char *hex; /* of the digest: 64 digits within name */
};

struct store_tree {
	struct filetree *t;   /* borrowed; NULL for ConfigMaps in a file */
	struct filetree *own; /* the same when it is owned, or NULL */
	struct tree_entry *entries;
	size_t n_entries;
	/* Places begin with the file's name. Errors: why there may be more than was read. */
	struct signature_configmaps configmaps;
	size_t configmaps_bytes;
	struct err configmaps_error;
	struct err lookaside_error;
	size_t names_walked; /* in the search for lookaside stores */
	char *layouts;	     /* for a report; owned */
};

#endif
