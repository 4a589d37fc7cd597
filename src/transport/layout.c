/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/layout.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct layout {
	const struct layout_kind *kind;
	struct filetree *tree; /* borrowed */
	char *root;

	pthread_mutex_t lock; /* over what follows */
	bool listed;
	struct filetree_names repositories;
};

struct layout *
layout_new(const struct layout_kind *kind, struct filetree *tree, const char *root)
{
	struct layout *l = xcalloc(1, sizeof(*l));

	l->kind = kind;
	l->tree = tree;
	l->root = xstrdup(root);
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void
layout_free(struct layout *l)
{
	if (l == NULL)
		return;
	pthread_mutex_destroy(&l->lock);
	filetree_names_free(&l->repositories);
	free(l->root);
	free(l);
}

const struct layout_kind *
layout_kind_of(const struct layout *l)
{
	return l->kind;
}

struct filetree *
layout_tree(const struct layout *l)
{
	return l->tree;
}

char *
layout_name(const struct layout *l, const char *fmt, ...)
{
	AUTO(buf) name = BUF_INIT;
	char *rest = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&rest, fmt, ap) < 0)
		rest = must_have(NULL);
	va_end(ap);
	buf_addf(&name, "%s%s%s", l->root, l->root[0] != '\0' && rest[0] != '\0' ? "/" : "", rest);
	free(rest);
	return xstrdup(buf_str(&name));
}

int
layout_need_file(const struct layout *l, const char *name, struct err *e)
{
	enum filetree_type type;

	if (filetree_stat(l->tree, name, &type, NULL, e) != 0)
		return -1;
	if (type == FILETREE_FILE)
		return 0;
	if (type == FILETREE_ABSENT)
		return err_set(e, E_NOT_FOUND, "%s: no file %s", filetree_path(l->tree), name);
	return err_set(e, E_INVALID, "%s: %s is no regular file", filetree_path(l->tree), name);
}

/* Where repositories are looked for, a list that grows while it is walked. */
struct walk {
	struct filetree_names found, todo;
};
static void
walk_free(struct walk *w)
{
	filetree_names_free(&w->found);
	filetree_names_free(&w->todo);
}
AUTO_DEFINE(walk)

/* The directory of a repository, or of what lies above some; no slash at its end. */
static char *
directory_of(const struct layout *l, const char *path)
{
	char *name = layout_name(l, "%s%s", l->kind->directory, path);
	size_t n = strlen(name);

	if (n > 0 && name[n - 1] == '/')
		name[n - 1] = '\0';
	return name;
}

/* A name as long as a repository's may be at most (containers/image: 255 bytes). */
static int
walk_into(
    const struct layout *l, struct walk *w, const char *above, const char *part, struct err *e)
{
	AUTO_STR char *path = xasprintf("%s%s%s", above, above[0] != '\0' ? "/" : "", part);
	AUTO_STR char *name = directory_of(l, path);
	enum filetree_type type;

	if (part[0] == l->kind->not_below || strlen(path) > MAX_REPOSITORY_BYTES)
		return 0;
	if (filetree_stat(l->tree, name, &type, NULL, e) != 0)
		return -1;
	if (type != FILETREE_DIRECTORY)
		return 0;
	if (w->todo.n >= MAX_TREE_DIRECTORIES)
		return err_set(e, E_TOO_LARGE, "%s/%s: more than %u directories to look into",
		    filetree_path(l->tree), l->root, MAX_TREE_DIRECTORIES);
	*LIST_ADD(w->todo.v, w->todo.n) = steal(&path);
	return 0;
}

static bool
has_name(const struct filetree_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

static int
walk_directory(const struct layout *l, struct walk *w, const char *path, struct err *e)
{
	AUTO_STR char *name = directory_of(l, path);
	AUTO(filetree_names) names = FILETREE_NAMES_INIT;
	bool is_repository;

	if (filetree_list(l->tree, name, MAX_TREE_DIRECTORIES, &names, e) != 0)
		return -1;
	is_repository = path[0] != '\0' && has_name(&names, l->kind->marker);
	if (is_repository)
		*LIST_ADD(w->found.v, w->found.n) = xstrdup(path);
	for (size_t i = 0; i < names.n; i++) {
		/* oc keeps "manifests" and "blobs" where other repositories may lie. */
		bool own = is_repository && (strcmp(names.v[i], "manifests") == 0 ||
						strcmp(names.v[i], "blobs") == 0);

		if (!own && walk_into(l, w, path, names.v[i], e) != 0)
			return -1;
	}
	return 0;
}

static int
walk_all(struct layout *l, struct err *e)
{
	AUTO(walk) w = { FILETREE_NAMES_INIT, FILETREE_NAMES_INIT };

	if (l->kind->marker == NULL) {
		*LIST_ADD(w.found.v, w.found.n) = xstrdup("");
	} else {
		*LIST_ADD(w.todo.v, w.todo.n) = xstrdup("");
		for (size_t i = 0; i < w.todo.n; i++) {
			AUTO_STR char *path = xstrdup(w.todo.v[i]);

			if (walk_directory(l, &w, path, e) != 0)
				return -1;
		}
	}
	l->repositories = w.found;
	w.found = (struct filetree_names)FILETREE_NAMES_INIT;
	l->listed = true;
	return 0;
}

int
layout_repositories(struct layout *l, const struct filetree_names **out, struct err *e)
{
	int r = 0;

	*out = NULL;
	pthread_mutex_lock(&l->lock);
	if (!l->listed)
		r = walk_all(l, e);
	pthread_mutex_unlock(&l->lock);
	if (r == 0)
		*out = &l->repositories;
	return r;
}
