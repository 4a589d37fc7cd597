/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/release_diff.h"

#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
	[COMPONENT_SAME] = "same",
	[COMPONENT_ADDED] = "added",
	[COMPONENT_REMOVED] = "removed",
	[COMPONENT_CHANGED] = "changed",
	[COMPONENT_REBUILT] = "rebuilt",
};

const char *
component_change_word(enum component_change change)
{
	return words[change];
}

void
release_diff_free(struct release_diff *d)
{
	free(d->v);
	*d = (struct release_diff)RELEASE_DIFF_INIT;
}

static enum component_change
change_of(const struct release_component *old, const struct release_component *new)
{
	if (old == NULL)
		return COMPONENT_ADDED;
	if (new == NULL)
		return COMPONENT_REMOVED;
	/* What is named by no digest is never the same. */
	if (digest_equal(&old->image.digest, &new->image.digest))
		return COMPONENT_SAME;
	if (old->commit != NULL && new->commit != NULL && strcmp(old->commit, new->commit) == 0)
		return COMPONENT_REBUILT;
	return COMPONENT_CHANGED;
}

static void
add(struct release_diff *out, const struct release_component *old,
    const struct release_component *new)
{
	enum component_change change = change_of(old, new);

	*LIST_ADD(out->v, out->n) = (struct component_diff){ change, old, new };
	out->counts[change]++;
}

/* Past the component at i, and others of its name. */
static size_t
next(const struct image_references *r, size_t i)
{
	const char *name = r->v[i].name;

	while (i < r->n && strcmp(r->v[i].name, name) == 0)
		i++;
	return i;
}

void
release_diff_make(struct release_diff *out, const struct image_references *old,
    const struct image_references *new)
{
	size_t i = 0, k = 0;

	*out = (struct release_diff)RELEASE_DIFF_INIT;
	while (i < old->n || k < new->n) {
		int order = i == old->n	  ? 1
			    : k == new->n ? -1
					  : strcmp(old->v[i].name, new->v[k].name);

		add(out, order <= 0 ? &old->v[i] : NULL, order >= 0 ? &new->v[k] : NULL);
		if (order <= 0)
			i = next(old, i);
		if (order >= 0)
			k = next(new, k);
	}
}
