/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which components changed between two releases. */
#ifndef RELSIG_FORMATS_RELEASE_DIFF_H
#define RELSIG_FORMATS_RELEASE_DIFF_H

#include "formats/image_references.h"

enum component_change {
	COMPONENT_SAME = 0, /* the same digest */
	COMPONENT_ADDED,
	COMPONENT_REMOVED,
	COMPONENT_CHANGED, /* another digest, and another source commit, or none is known */
	COMPONENT_REBUILT, /* another digest, the same source commit */
};

struct component_diff {
	enum component_change change;
	const struct release_component *old, *new; /* NULL where there is none; borrowed */
};

struct release_diff {
	struct component_diff *v; /* by name; of every component of both */
	size_t n;
	size_t counts[COMPONENT_REBUILT + 1];
};
#define RELEASE_DIFF_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/* Both are borrowed for the diff's life. Of a name that is there twice, the first counts. */
void release_diff_make(struct release_diff *out, const struct image_references *old,
    const struct image_references *new);
/* "same", "added", "removed", "changed", "rebuilt". */
const char *component_change_word(enum component_change change);
void release_diff_free(struct release_diff *d);
AUTO_DEFINE(release_diff)

#endif
