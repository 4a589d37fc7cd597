/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/file.h"

static char *root;

void
tree_make(void)
{
	const char *tmp = getenv("TMPDIR");

	root = xasprintf("%s/relsig-test.XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(root));
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
tree_remove(void)
{
	ck_assert_int_eq(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(root);
	root = NULL;
}

char *
tree_path(const char *name)
{
	return xasprintf("%s%s%s", root, name[0] != '\0' ? "/" : "", name);
}

void
tree_directory(const char *name)
{
	AUTO_STR char *path = tree_path(name);
	AUTO(err) e = ERR_INIT;

	ck_assert_msg(file_make_directories(path, 0700, &e) == 0, "%s", err_msg(&e));
}

void
tree_write(const char *name, struct bytes content)
{
	AUTO_STR char *path = tree_path(name);
	AUTO_STR char *parent = xstrdup(name);
	AUTO(err) e = ERR_INIT;
	char *slash = strrchr(parent, '/');

	if (slash != NULL) {
		*slash = '\0';
		tree_directory(parent);
	}
	ck_assert_msg(file_write(path, content, 0600, &e) == 0, "%s", err_msg(&e));
}

void
tree_write_str(const char *name, const char *content)
{
	tree_write(name, bytes_of_str(content));
}

void
tree_link(const char *name, const char *target)
{
	AUTO_STR char *path = tree_path(name);

	ck_assert_int_eq(symlink(target, path), 0);
}
