/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "transport/place.h"

int
place_blob(const struct place_found *found, const struct digest *digest, size_t max,
    struct buf *out, char **where, struct err *e)
{
	struct layout *l = found->layout;
	AUTO_STR char *name = NULL;
	struct digest actual;

	*where = NULL;
	if (layout_kind_of(l)->blob(l, found->repository, digest, &name, e) != 0 ||
	    filetree_read(layout_tree(l), name, max, out, where, e) != 0 ||
	    digest_of_bytes(&actual, buf_bytes(out), e) != 0)
		return -1;
	if (digest_equal(&actual, digest))
		return 0;
	buf_clear(out);
	return err_set(e, E_MISMATCH, "%s: it has digest %s", *where, actual.text);
}

int
place_blob_size(const struct place_found *found, const struct digest *digest, uint64_t *size,
    char **where, struct err *e)
{
	struct layout *l = found->layout;
	AUTO_STR char *name = NULL;
	enum filetree_type type;

	*where = NULL;
	if (layout_kind_of(l)->blob(l, found->repository, digest, &name, e) != 0 ||
	    filetree_stat(layout_tree(l), name, &type, size, e) != 0)
		return -1;
	*where = xasprintf("%s/%s", filetree_path(layout_tree(l)), name);
	return 0;
}

int
place_blob_open(const struct place_found *found, const struct digest *digest, uint64_t max,
    struct blob **out, struct err *e)
{
	struct layout *l = found->layout;
	AUTO_STR char *name = NULL;

	*out = NULL;
	if (layout_kind_of(l)->blob(l, found->repository, digest, &name, e) != 0)
		return -1;
	return filetree_open_blob(layout_tree(l), name, max, out, e);
}

char *
place_pool(const struct place_found *found)
{
	const char *path = filetree_path(layout_tree(found->layout));

	return layout_kind_of(found->layout) == &layout_oc
		   ? xasprintf("%s %s", path, found->repository)
		   : xstrdup(path);
}
