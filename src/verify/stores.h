/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stores of a run, in the order in which they are asked: those on the network, and those in
 * files, which are opened once for all images.
 */
#ifndef RELSIG_VERIFY_STORES_H
#define RELSIG_VERIFY_STORES_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/digest.h"
#include "transport/filetree.h"
#include "transport/http.h"
#include "transport/store.h"
#include "transport/store_tree.h"

struct run_store {
	char *name;		 /* a URL, or a path as it was given; owned */
	struct filetree *tree;	 /* of a directory; or NULL */
	struct store_tree *read; /* of a directory or ConfigMaps; NULL: a URL, or error says why */
	struct err error;	 /* it could not be opened, as each image's report says */
};
struct stores {
	struct run_store *v;
	size_t n;
};
#define STORES_INIT                                                                                \
	{                                                                                          \
		0                                                                                  \
	}
void stores_free(struct stores *s);
AUTO_DEFINE(stores)

/* Is it a path, which stores_add opens as a directory? All else must be a store's URL. */
bool stores_is_path(const char *store) RESULT_USED;
/* A URL, or a directory whose layouts are recognised. */
void stores_add(struct stores *s, const char *name);
/* A file with ConfigMaps, or a directory of such files. */
void stores_add_configmap(struct stores *s, const char *path, const struct deadline *deadline);

/* As store_open. */
int stores_find(struct store_iter **out, const struct run_store *store, const struct digest *digest,
    struct http *http, struct err *e) RESULT_USED;
/* What its directory was recognised as; NULL for a URL, and for what could not be opened. */
const char *stores_layouts(const struct run_store *store);

#endif
