/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "transport/store_tree_parts.h"

/* Where an iterator is: among the entries, then among the ConfigMaps. */
struct search {
	const struct store_tree *s;
	struct digest digest;
	size_t entry;	 /* the one that is read next */
	unsigned number; /* in it, of its next signature */
	size_t configmap;
	size_t found;
};

static bool
is_numbered(enum tree_layout layout)
{
	switch (layout) {
	case TREE_LAYOUT_STORE:
	case TREE_LAYOUT_LOOKASIDE:
	case TREE_LAYOUT_GRAPH:
		return true;
	case TREE_LAYOUT_OC_MIRROR:
	case TREE_LAYOUT_CONFIGMAPS:
	case TREE_LAYOUT_UNSET:
		break;
	}
	return false;
}

/* "PATH: NAME", for what failed before anything was read. */
static char *
place_of(const struct search *f, const char *name)
{
	return xasprintf("%s: %s", filetree_path(f->s->t), name);
}

/* How a store on the network would end: without a word, and a lookaside store with an error. */
static enum store_item
judge_number(const struct search *f, const struct tree_entry *entry, char **where, struct err *e)
{
	if (entry->layout != TREE_LAYOUT_LOOKASIDE)
		return f->number > MAX_SIGNATURES_PER_STORE ? STORE_END : STORE_ITEM;
	if (f->number <= MAX_SIGNATURES_PER_LOOKASIDE)
		return STORE_ITEM;
	*where = place_of(f, entry->name);
	(void)err_set(
	    e, E_TOO_LARGE, "%s: more than %u signatures", *where, MAX_SIGNATURES_PER_LOOKASIDE);
	return STORE_FAILED;
}

static enum store_item
check_directory(const struct search *f, const char *name, char **where, struct err *e)
{
	enum filetree_type type = FILETREE_UNSET;
	int result = filetree_stat(f->s->t, name, &type, NULL, e);

	if (result == 0 && type == FILETREE_DIRECTORY)
		return STORE_ITEM;
	*where = place_of(f, name);
	if (result == 0)
		(void)err_set(
		    e, E_INVALID, "%s: not a directory, and links are not followed", *where);
	return STORE_FAILED;
}

static enum store_item
read_numbered(
    struct search *f, const struct tree_entry *entry, struct buf *blob, char **where, struct err *e)
{
	AUTO_STR char *name = xasprintf("%s/signature-%u", entry->name, f->number);
	enum store_item item = judge_number(f, entry, where, e);

	if (item == STORE_ITEM && f->number == 1)
		item = check_directory(f, entry->name, where, e);
	f->number++;
	if (item != STORE_ITEM ||
	    filetree_read(f->s->t, name, MAX_SIGNATURE_BYTES, blob, where, e) == 0)
		return item;
	if (e->code != E_NOT_FOUND)
		return STORE_FAILED;
	err_free(e);
	free(steal(where));
	return STORE_END;
}

/* STORE_END: none of the entries has more. */
static enum store_item
next_of_entries(struct search *f, struct buf *blob, char **where, struct err *e)
{
	const char *hex = digest_hex(&f->digest);

	for (; f->entry < f->s->n_entries; f->entry++, f->number = 1) {
		const struct tree_entry *entry = &f->s->entries[f->entry];
		enum store_item item;

		if (strcmp(entry->hex, hex) != 0)
			continue;
		if (!is_numbered(entry->layout)) {
			f->entry++;
			return filetree_read(
				   f->s->t, entry->name, MAX_SIGNATURE_BYTES, blob, where, e) == 0
				   ? STORE_ITEM
				   : STORE_FAILED;
		}
		item = read_numbered(f, entry, blob, where, e);
		if (item != STORE_END)
			return item;
	}
	return STORE_END;
}

static enum store_item
next_of_configmaps(struct search *f, struct buf *blob, char **where)
{
	const struct signature_configmaps *all = &f->s->configmaps;

	while (f->configmap < all->n) {
		const struct configmap_signature *signature = &all->v[f->configmap++];

		if (!digest_equal(&signature->digest, &f->digest))
			continue;
		buf_add(blob, signature->blob.p, signature->blob.n);
		*where = xstrdup(signature->place);
		return STORE_ITEM;
	}
	return STORE_END;
}

/* What could not be read when the tree was recognised. */
static enum store_item
tell(const struct search *f, const struct err *why, char **where, struct err *e)
{
	if (why->code == E_NONE)
		return STORE_END;
	(void)err_set(e, why->code, "%s", err_msg(why));
	*where = f->s->t != NULL ? xstrdup(filetree_path(f->s->t)) : xstrdup("");
	return STORE_FAILED;
}

static bool
has_lookaside(const struct store_tree *s)
{
	for (size_t i = 0; i < s->n_entries; i++)
		if (s->entries[i].layout == TREE_LAYOUT_LOOKASIDE)
			return true;
	return false;
}

static enum store_item
search_next(void *state, struct buf *blob, char **where, struct err *e)
{
	struct search *f = state;
	enum store_item item = next_of_entries(f, blob, where, e);

	if (item == STORE_END)
		item = next_of_configmaps(f, blob, where);
	if (item == STORE_ITEM && ++f->found > MAX_SIGNATURES_PER_TREE) {
		buf_clear(blob);
		(void)err_set(e, E_TOO_LARGE, "%s: more than %u signatures of one digest", *where,
		    MAX_SIGNATURES_PER_TREE);
		return STORE_FAILED;
	}
	/* The ways that ended in a link matter only to who has a lookaside store. */
	if (item == STORE_END && has_lookaside(f->s))
		item = tell(f, &f->s->lookaside_error, where, e);
	return item == STORE_END ? tell(f, &f->s->configmaps_error, where, e) : item;
}

static void
search_free(void *state)
{
	free(state);
}

int
store_tree_find(
    struct store_iter **out, const struct store_tree *s, const struct digest *digest, struct err *e)
{
	static const struct store_kind kind = { search_next, search_free };
	struct search *f;

	*out = NULL;
	if (!digest_is_sha256(digest) || !text_is_lower_hex(bytes_of_str(digest_hex(digest)), 64))
		return err_set(e, E_UNSUPPORTED,
		    "signature stores are by sha256 digest, not \"%s\"", digest->text);
	f = xcalloc(1, sizeof(*f));
	*f = (struct search){ .s = s, .digest = *digest, .number = 1 };
	*out = store_open_kind(&kind, f);
	return 0;
}
