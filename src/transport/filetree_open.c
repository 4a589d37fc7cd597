/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/filetree_open.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"
#include "transport/filetree_archive.h"

/* Entries of a directory that parts are looked for in: a folder of files has no more. */
enum { MAX_BESIDE_PARTS = 10000 };

/* The paths of the parts that are in a directory: none where it has more in it than anybody says.
 */
static int
find_parts(struct filetree *t, const char *path, struct filetree_names *out, struct err *e)
{
	AUTO(filetree_names) all = FILETREE_NAMES_INIT;

	if (filetree_list(t, "", MAX_BESIDE_PARTS, &all, e) != 0) {
		if (e->code != E_TOO_LARGE)
			return -1;
		err_free(e);
	}
	for (size_t i = 0; i < all.n; i++)
		if (text_starts_with(all.v[i], "mirror_") && text_ends_with(all.v[i], ".tar"))
			*LIST_ADD(out->v, out->n) = xasprintf("%s/%s", path, all.v[i]);
	return 0;
}

int
filetree_open(struct filetree **out, const char *path, const struct deadline *deadline,
    bool *archives, struct err *e)
{
	AUTO_PTR(filetree) directory = NULL;
	AUTO(filetree_names) parts = FILETREE_NAMES_INIT;
	AUTO_STR char *file = NULL;
	struct stat st;

	*out = NULL;
	*archives = true;
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
		file = xstrdup(path);
		return filetree_open_archives(out, &file, 1, deadline, e);
	}
	if (filetree_open_directory(&directory, path, e) != 0 ||
	    find_parts(directory, path, &parts, e) != 0)
		return -1;
	if (parts.n > 0)
		return filetree_open_archives(out, parts.v, parts.n, deadline, e);
	*archives = false;
	*out = steal(&directory);
	return 0;
}
