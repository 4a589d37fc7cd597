/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signatures in a tree of files (transport/filetree): which layouts it has is recognised, once, and
 * all of them are read, in this order. FOLDER is the tree, or a folder in it.
 *
 *   signature store     FOLDER/sha256=<hex>/signature-1, ...
 *   lookaside store     FOLDER/<repository>@sha256=<hex>/signature-1, ..., at most four deep
 *   graph data          FOLDER/[[signatures/]sha256/]<hex>/signature-1, ...
 *   oc-mirror           FOLDER/[[working-dir/]signatures/]<tag>-sha256-<hex>
 *   ConfigMaps          *.json, *.yaml, *.yml in FOLDER, and its folders cluster-resources,
 *                       working-dir/cluster-resources, release-signatures, config
 *
 * Numbered signatures end with the first that is not there, and after the number that a store on
 * the network ends with. Of ConfigMaps all are read when the tree is opened; objects of other kinds
 * are left out, and a file that cannot be read fails the layout.
 */
#ifndef RELSIG_TRANSPORT_STORE_TREE_H
#define RELSIG_TRANSPORT_STORE_TREE_H

#include "base/base.h"
#include "base/deadline.h"
#include "base/err.h"
#include "formats/digest.h"
#include "transport/filetree.h"
#include "transport/store.h"

/* Read-only once it is there: several threads may look into it. */
struct store_tree;

/*
 * See which layouts a folder of the tree has ("" is all of it). t is borrowed for the life of out.
 * E_NOT_FOUND when none is found: the message tells what would have been; E_IO, E_TOO_LARGE, ...
 * when one cannot tell.
 */
int store_tree_recognise(
    struct store_tree **out, struct filetree *t, const char *folder, struct err *e) RESULT_USED;
/*
 * --signature-configmap: a file, which is a ConfigMap of signatures or several; or a directory,
 * whose files *.json, *.yaml, *.yml are read, and at least one has some. A file may be a FIFO.
 */
int store_tree_open_configmap(struct store_tree **out, const char *path,
    const struct deadline *deadline, struct err *e) RESULT_USED;

/* The layouts that were recognised, for a report: "signature store, ConfigMaps"; borrowed. */
const char *store_tree_layouts(const struct store_tree *s);

/*
 * The signatures of a sha256 digest (another, or none, is E_UNSUPPORTED), at most
 * MAX_SIGNATURES_PER_TREE of them. s is borrowed for the iterator's life.
 */
int store_tree_find(struct store_iter **out, const struct store_tree *s,
    const struct digest *digest, struct err *e) RESULT_USED;

void store_tree_free(struct store_tree *s);
AUTO_PTR_DEFINE(store_tree)

#endif
