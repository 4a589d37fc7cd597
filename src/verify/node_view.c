/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/node_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

void
viewed_file_free(struct viewed_file *f)
{
	buf_free(&f->content);
	*f = (struct viewed_file)VIEWED_FILE_INIT;
}

static enum node_view_answer
read_from_configs(const struct machine_configs *configs, const char *path, size_t max,
    struct viewed_file *out, struct err *e)
{
	const struct node_file *f = machine_configs_file(configs, path);

	if (f == NULL) {
		(void)err_set(e, E_NOT_FOUND, "%s: not carried", path);
		return NODE_VIEW_NOT_SHOWN;
	}
	out->mode = f->mode;
	if (f->unreadable != NULL) {
		(void)err_set(e, E_UNSUPPORTED, "%s: %s", path, f->unreadable);
		return NODE_VIEW_UNREADABLE;
	}
	if (!buf_add_max(&out->content, f->contents.p, f->contents.n, max)) {
		(void)err_set(e, E_TOO_LARGE, "%s: more than %zu bytes", path, max);
		return NODE_VIEW_UNREADABLE;
	}
	return NODE_VIEW_READ;
}

static bool
directory_is_there(const char *file)
{
	AUTO_STR char *directory = xstrndup(file, (size_t)(strrchr(file, '/') - file));
	struct stat st;

	return stat(directory, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

enum node_view_answer
node_view_read(
    const struct node_view *v, const char *path, size_t max, struct viewed_file *out, struct err *e)
{
	AUTO_STR char *full = NULL;
	struct stat st;

	*out = (struct viewed_file)VIEWED_FILE_INIT;
	if (v->configs != NULL)
		return read_from_configs(v->configs, path, max, out, e);
	full = xasprintf("%s%s", v->root, path);
	if (file_read(&out->content, full, max, e) != 0) {
		if (e->code != E_NOT_FOUND)
			return NODE_VIEW_UNREADABLE;
		return v->root[0] != '\0' && strchr(full, '/') != NULL && !directory_is_there(full)
			   ? NODE_VIEW_NOT_SHOWN
			   : NODE_VIEW_MISSING;
	}
	if (stat(full, &st) == 0)
		out->mode = st.st_mode & 07777;
	return NODE_VIEW_READ;
}
