/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A temporary directory that a test fills with files. */
#ifndef RELSIG_TESTS_TREE_H
#define RELSIG_TESTS_TREE_H

#include "base/base.h"

/* Make it, empty, as a checked fixture's setup; tree_remove is the teardown. */
void tree_make(void);
void tree_remove(void);
/* Its path with name appended ("" is the directory itself), for free(). */
char *tree_path(const char *name);
/* Write a file, and the directories on the way. */
void tree_write(const char *name, struct bytes content);
void tree_write_str(const char *name, const char *content);
/* A directory; a symbolic link to target. */
void tree_directory(const char *name);
void tree_link(const char *name, const char *target);

#endif
