/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/filetree_archive.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "transport/tar_index.h"
#include "transport/tar_reader.h"

/* Nothing of it changes after it was opened: threads need no lock. */
struct archives {
	char *path; /* what to call all of them */
	struct tar_file *files;
	size_t n;
	struct tar_index *index;
	struct deadline deadline;
};

/* A member, found in the index and read again: reader stands before its content. */
struct found {
	const struct tar_node *node; /* NULL: not there */
	const struct tar_file *file; /* NULL for the root */
	struct tar_reader *reader;
	struct tar_member member;
};
#define FOUND_INIT                                                                                 \
	{                                                                                          \
		0                                                                                  \
	}

static void
found_free(struct found *f)
{
	tar_reader_free(f->reader);
	tar_member_free(&f->member);
}
AUTO_DEFINE(found)

static void
free_archives(void *state)
{
	struct archives *a = state;

	for (size_t i = 0; i < a->n; i++)
		tar_file_free(&a->files[i]);
	free(a->files);
	tar_index_free(a->index);
	free(a->path);
	free(a);
}

/* The length of the first parts of a name; SIZE_MAX when it has fewer. */
static size_t
length_of_parts(const char *name, unsigned parts)
{
	size_t n = 0;

	for (; parts > 0; parts--) {
		if (name[n] == '\0')
			return SIZE_MAX;
		n += n > 0;
		n += strcspn(name + n, "/");
	}
	return n;
}

/* Read the header again that a node was made from. */
static int
reread(const struct archives *a, const struct tar_node *node, struct found *out, struct err *e)
{
	bool end;

	out->node = node;
	out->file = &a->files[node->part];
	out->reader = tar_reader_new(out->file, node->block, &a->deadline);
	if (tar_reader_next(out->reader, &out->member, &end, e) != 0)
		return -1;
	if (end || length_of_parts(out->member.name, node->depth) == SIZE_MAX)
		return err_set(e, E_IO, "%s: changed since it was looked through", out->file->path);
	return 0;
}

/*
 * A hard link is the file before it in its archive whose other name it is, as it is to who unpacks
 * it. One to anything else is not read.
 */
static int
type_of_member(const struct archives *a, const struct tar_member *m, size_t part,
    enum filetree_type *out, struct err *e)
{
	const struct tar_node *node = NULL;

	*out = m->type;
	if (m->hard == NULL)
		return 0;
	if (tar_index_find(a->index, m->hard, &node, e) != 0)
		return -1;
	if (node != NULL && node->type == FILETREE_FILE && node->part == part &&
	    node->block < m->block)
		*out = FILETREE_FILE;
	return 0;
}

static int
find_member(const struct archives *a, const char *name, struct found *out, struct err *e)
{
	const struct tar_node *node;
	enum filetree_type type;
	size_t n = strlen(name);
	bool same;

	if (tar_index_find(a->index, name, &node, e) != 0)
		return -1;
	out->node = node;
	if (node == NULL || node->depth == 0)
		return 0;
	if (reread(a, node, out, e) != 0 ||
	    type_of_member(a, &out->member, node->part, &type, e) != 0)
		return -1;
	/* The member's own name, or that of a directory on the way to it. */
	same = strncmp(out->member.name, name, n) == 0 &&
	       (out->member.name[n] == '\0'
		       ? type == (enum filetree_type)node->type
		       : out->member.name[n] == '/' && node->type == FILETREE_DIRECTORY);
	if (!same)
		return err_set(
		    e, E_IO, "%s: %s: changed since it was looked through", out->file->path, name);
	return 0;
}

static enum filetree_type
type_of(const struct found *f)
{
	return f->node != NULL ? (enum filetree_type)f->node->type : FILETREE_ABSENT;
}

/* As find_member, but a hard link's file for it: each leads further to the front. */
static int
find(const struct archives *a, const char *name, struct found *out, struct err *e)
{
	if (find_member(a, name, out, e) != 0)
		return -1;
	while (type_of(out) == FILETREE_FILE && out->member.hard != NULL) {
		AUTO(found) link = *out;

		*out = (struct found)FOUND_INIT;
		if (find_member(a, link.member.hard, out, e) != 0)
			return -1;
	}
	return 0;
}

static int
stat_archives(
    void *state, const char *name, enum filetree_type *type, uint64_t *size, struct err *e)
{
	AUTO(found) f = FOUND_INIT;

	if (find(state, name, &f, e) != 0)
		return -1;
	*type = type_of(&f);
	if (*type == FILETREE_FILE && size != NULL)
		*size = f.member.size;
	return 0;
}

static const char *
path_of(const struct archives *a, const struct found *f)
{
	return f->file != NULL ? f->file->path : a->path;
}

/* What stands there is not what was wanted. */
static int
refuse(const struct archives *a, const struct found *f, const char *name, const char *want,
    struct err *e)
{
	const char *there = "nothing that is read";

	switch (type_of(f)) {
	case FILETREE_ABSENT:
		return err_set(e, E_NOT_FOUND, "%s: %s: no such member", a->path, name);
	case FILETREE_UNSET:
		break;
	case FILETREE_FILE:
		there = "a file";
		break;
	case FILETREE_DIRECTORY:
		there = "a directory";
		break;
	case FILETREE_LINK:
		there = "a symbolic link";
		break;
	case FILETREE_OTHER:
		there = "a sparse file, a device, or a hard link to none";
		break;
	}
	return err_set(e, E_INVALID, "%s: %s: %s, want %s", a->path, name, there, want);
}

static int
read_found(const struct archives *a, const struct found *f, const char *name, size_t max,
    struct buf *out, struct err *e)
{
	if (type_of(f) != FILETREE_FILE)
		return refuse(a, f, name, "a file", e);
	if (f->member.size > max)
		return err_set(
		    e, E_TOO_LARGE, "%s: %s: more than %zu bytes", path_of(a, f), name, max);
	return tar_reader_content(f->reader, &f->member, out, e);
}

static int
read_archives(
    void *state, const char *name, size_t max, struct buf *out, char **where, struct err *e)
{
	const struct archives *a = state;
	AUTO(found) f = FOUND_INIT;
	int result;

	buf_clear(out);
	result = find(a, name, &f, e);
	*where = xasprintf("%s: %s", path_of(a, &f), name);
	return result == 0 ? read_found(a, &f, name, max, out, e) : -1;
}

static void
member_free(void *state)
{
	struct found *f = state;

	found_free(f);
	free(f);
}

static int
member_next(void *state, struct bytes *piece, struct err *e)
{
	struct found *f = state;

	return tar_reader_piece(f->reader, &f->member, piece, e);
}

static int
open_archives(void *state, const char *name, uint64_t max, struct blob **out, struct err *e)
{
	static const struct blob_kind kind = { member_next, member_free };
	const struct archives *a = state;
	struct found *f = xcalloc(1, sizeof(*f));
	int result = find(a, name, f, e);

	if (result == 0 && type_of(f) != FILETREE_FILE)
		result = refuse(a, f, name, "a file", e);
	if (result == 0 && f->member.size > max)
		result = err_set(e, E_TOO_LARGE, "%s: %s: more than %llu bytes", path_of(a, f),
		    name, (unsigned long long)max);
	if (result == 0)
		*out = blob_new(&kind, f, max, xasprintf("%s: %s", path_of(a, f), name));
	else
		member_free(f);
	return result;
}

static int
read_link_archives(void *state, const char *name, char **target, struct err *e)
{
	const struct archives *a = state;
	AUTO(found) f = FOUND_INIT;

	*target = NULL;
	if (find(a, name, &f, e) != 0)
		return -1;
	if (type_of(&f) != FILETREE_LINK || f.member.link == NULL)
		return refuse(a, &f, name, "a symbolic link", e);
	if (strlen(f.member.link) > MAX_LINK_BYTES)
		return err_set(e, E_TOO_LARGE, "%s: %s: a symbolic link of more than %zu bytes",
		    path_of(a, &f), name, MAX_LINK_BYTES);
	*target = steal(&f.member.link);
	return 0;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The last part of a node's own name. */
static int
add_name(const struct archives *a, const struct tar_node *node, struct filetree_names *out,
    struct err *e)
{
	AUTO(found) f = FOUND_INIT;
	size_t from, to;

	if (reread(a, node, &f, e) != 0)
		return -1;
	from = length_of_parts(f.member.name, node->depth - 1u);
	to = length_of_parts(f.member.name, node->depth);
	from += from > 0;
	*LIST_ADD(out->v, out->n) = xstrndup(f.member.name + from, to - from);
	return 0;
}

static int
list_archives(void *state, const char *name, size_t max, struct filetree_names *out, struct err *e)
{
	const struct archives *a = state;
	const struct tar_node *node;
	AUTO(found) f = FOUND_INIT;

	if (find(a, name, &f, e) != 0)
		return -1;
	if (type_of(&f) != FILETREE_DIRECTORY)
		return refuse(a, &f, name, "a directory", e);
	for (uint32_t i = f.node->first; i != 0; i = node->next) {
		node = tar_index_at(a->index, i);
		if (out->n == max)
			return err_set(e, E_TOO_LARGE, "%s: %s: more than %zu names in it", a->path,
			    name, max);
		if (add_name(a, node, out, e) != 0)
			return -1;
	}
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), compare_names);
	return 0;
}

static const struct filetree_kind archives_kind = {
	.stat = stat_archives,
	.read = read_archives,
	.open = open_archives,
	.read_link = read_link_archives,
	.list = list_archives,
	.free = free_archives,
};

/* All members of one archive into the index. */
static int
look_through(struct archives *a, size_t part, struct err *e)
{
	AUTO_PTR(tar_reader) r = tar_reader_new(&a->files[part], 0, &a->deadline);

	for (;;) {
		AUTO(tar_member) m = TAR_MEMBER_INIT;
		struct tar_place place = { .part = (uint16_t)part };
		enum filetree_type type;
		bool end;

		if (tar_reader_next(r, &m, &end, e) != 0)
			return -1;
		if (end)
			return 0;
		place.block = m.block;
		if (type_of_member(a, &m, part, &type, e) != 0 ||
		    tar_index_add(a->index, m.name, type, place, e) != 0)
			return err_wrap(e, "%s", a->files[part].path);
	}
}

static int
open_all(struct archives *a, char *const *paths, size_t n, struct err *e)
{
	if (n == 0 || n > MAX_ARCHIVES)
		return err_set(
		    e, E_TOO_LARGE, "%zu archives, want 1 to %u in one tree", n, MAX_ARCHIVES);
	a->path = n == 1 ? xstrdup(paths[0]) : xasprintf("%s and %zu more", paths[0], n - 1);
	a->index = tar_index_new(MAX_ARCHIVE_NAMES, e);
	if (a->index == NULL)
		return -1;
	a->files = xcalloc(n, sizeof(*a->files));
	for (; a->n < n; a->n++)
		if (tar_file_open(&a->files[a->n], paths[a->n], e) != 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		if (look_through(a, i, e) != 0)
			return -1;
	return 0;
}

int
filetree_open_archives(struct filetree **out, char *const *paths, size_t n,
    const struct deadline *deadline, struct err *e)
{
	struct archives *a = xcalloc(1, sizeof(*a));

	*out = NULL;
	a->deadline = *deadline;
	if (open_all(a, paths, n, e) != 0) {
		free_archives(a);
		return -1;
	}
	*out = filetree_new(&archives_kind, a->path, a);
	return 0;
}
