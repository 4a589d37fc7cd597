/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/filetree.h"

#include <stdlib.h>
#include <string.h>

struct filetree {
	const struct filetree_kind *kind;
	char *path; /* as the user gave it, owned */
	void *state;
};

struct filetree *
filetree_new(const struct filetree_kind *kind, const char *path, void *state)
{
	struct filetree *t = xcalloc(1, sizeof(*t));

	t->kind = kind;
	t->path = xstrdup(path);
	t->state = state;
	return t;
}

void
filetree_free(struct filetree *t)
{
	if (t == NULL)
		return;
	t->kind->free(t->state);
	free(t->path);
	free(t);
}

const char *
filetree_path(const struct filetree *t)
{
	return t->path;
}

void
filetree_names_free(struct filetree_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
	*names = (struct filetree_names)FILETREE_NAMES_INIT;
}

static bool
is_good_part(const char *part, size_t n)
{
	bool dots = (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.');

	return n > 0 && !dots;
}

/* "" is the root, where that makes sense. */
static int
check_name(const struct filetree *t, const char *name, bool root, struct err *e)
{
	const char *part = name;

	if (root && name[0] == '\0')
		return 0;
	for (;;) {
		size_t n = strcspn(part, "/");

		if (!is_good_part(part, n))
			return err_set(e, E_INVALID,
			    "%s: \"%.300s\": a part that is empty, \".\" or \"..\"", t->path, name);
		if (part[n] == '\0')
			return 0;
		part += n + 1;
	}
}

int
filetree_stat(
    struct filetree *t, const char *name, enum filetree_type *type, uint64_t *size, struct err *e)
{
	uint64_t unused;

	*type = FILETREE_UNSET;
	if (size == NULL)
		size = &unused;
	*size = 0;
	if (check_name(t, name, true, e) != 0)
		return -1;
	return t->kind->stat(t->state, name, type, size, e);
}

int
filetree_read(
    struct filetree *t, const char *name, size_t max, struct buf *out, char **where, struct err *e)
{
	*where = NULL;
	buf_clear(out);
	if (check_name(t, name, false, e) == 0 &&
	    t->kind->read(t->state, name, max, out, where, e) == 0)
		return 0;
	buf_clear(out);
	return -1;
}

int
filetree_open_blob(
    struct filetree *t, const char *name, uint64_t max, struct blob **out, struct err *e)
{
	*out = NULL;
	return check_name(t, name, false, e) == 0 ? t->kind->open(t->state, name, max, out, e) : -1;
}

int
filetree_read_link(struct filetree *t, const char *name, char **target, struct err *e)
{
	*target = NULL;
	if (check_name(t, name, false, e) != 0)
		return -1;
	return t->kind->read_link(t->state, name, target, e);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
filetree_list(
    struct filetree *t, const char *name, size_t max, struct filetree_names *out, struct err *e)
{
	*out = (struct filetree_names)FILETREE_NAMES_INIT;
	if (check_name(t, name, true, e) != 0 || t->kind->list(t->state, name, max, out, e) != 0) {
		filetree_names_free(out);
		return -1;
	}
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), compare_names);
	return 0;
}
