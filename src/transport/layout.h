/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How images lie in a tree of files: where a repository's tags, manifests and blobs are. What is
 * found is a name in the tree, for filetree_read, or a digest that a tag leads to; nothing is
 * judged: what the file holds, its digest shows to whoever reads it.
 */
#ifndef RELSIG_TRANSPORT_LAYOUT_H
#define RELSIG_TRANSPORT_LAYOUT_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"
#include "transport/filetree.h"

struct layout;

/* Each fails with E_NOT_FOUND for what is not there, and otherwise when it cannot be told. */
struct layout_kind {
	const char *word; /* for reports */
	/* tag NULL: the only image there is, which only layouts without repositories know. */
	int (*tag)(struct layout *l, const char *repository, const char *tag, struct digest *out,
	    struct err *e);
	/* A sha256 digest; repository NULL: in any. name is for free(). */
	int (*manifest)(struct layout *l, const char *repository, const struct digest *digest,
	    char **name, struct err *e);
	int (*blob)(struct layout *l, const char *repository, const struct digest *digest,
	    char **name, struct err *e);
	/*
	 * In a repository there is a directory of this name; NULL: there is one repository, "".
	 * Beneath names that begin with the character not_below there is none.
	 */
	const char *marker;
	char not_below;
	/* The repositories' directory, with a slash at its end, in the layout's root; or "". */
	const char *directory;
};

extern const struct layout_kind layout_distribution; /* docker/registry/v2 */
extern const struct layout_kind layout_oc;	     /* v2 of oc */
extern const struct layout_kind layout_oci;	     /* an OCI image layout */
extern const struct layout_kind layout_saved;	     /* of relsig save: layout_save */

/* At root in the tree ("" is the whole of it); the tree is borrowed. Nothing is read yet. */
struct layout *layout_new(const struct layout_kind *kind, struct filetree *tree, const char *root);
void layout_free(struct layout *l);
AUTO_PTR_DEFINE(layout)

const struct layout_kind *layout_kind_of(const struct layout *l);
struct filetree *layout_tree(const struct layout *l);
/* "ROOT/NAME", for free(). */
char *layout_name(const struct layout *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Is there a regular file of this name? E_NOT_FOUND when there is nothing; E_INVALID for all else.
 */
int layout_need_file(const struct layout *l, const char *name, struct err *e) RESULT_USED;

/*
 * All repositories, sorted; looked for once, whoever asks first; borrowed. At most
 * MAX_TREE_DIRECTORIES directories are looked into, E_TOO_LARGE over it.
 */
int layout_repositories(
    struct layout *l, const struct filetree_names **out, struct err *e) RESULT_USED;

#endif
