/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/registriesd_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void
registriesd_files_free(struct registriesd_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->v[i]);
	free(f->v);
	*f = (struct registriesd_files)REGISTRIESD_FILES_INIT;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
registriesd_files_list(struct registriesd_files *out, const char *directory, struct err *e)
{
	DIR *d = opendir(directory);
	struct dirent *entry;

	if (d == NULL)
		return err_sys(e, errno == ENOENT ? E_NOT_FOUND : E_IO, "%s", directory);
	errno = 0;
	while ((entry = readdir(d)) != NULL) {
		if (text_ends_with(entry->d_name, ".yaml"))
			*LIST_ADD(out->v, out->n) = xasprintf("%s/%s", directory, entry->d_name);
		errno = 0;
	}
	if (errno != 0) {
		(void)err_sys(e, E_IO, "%s", directory);
		closedir(d);
		return -1;
	}
	closedir(d);
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), compare_names);
	return 0;
}
