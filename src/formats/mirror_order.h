/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several lists of mirrors of one source, merged into one. */
#ifndef RELSIG_FORMATS_MIRROR_ORDER_H
#define RELSIG_FORMATS_MIRROR_ORDER_H

#include "base/base.h"
#include "formats/mirrors.h"

struct mirror_order {
	const char **v; /* the array is owned, the names are borrowed */
	size_t n;
};
#define MIRROR_ORDER_INIT                                                                          \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Append the mirrors of a source: those of MIRROR_ANY as they were given, then those of the other
 * use, so that the order within each entry is kept; where entries contradict each other, or say
 * nothing, the alphabet decides. The source itself is where an entry has it, or last. A name of
 * MIRROR_ANY may come again.
 */
void mirror_order_find(
    struct mirror_order *out, const struct mirrors *m, const char *source, enum mirror_use use);
void mirror_order_free(struct mirror_order *o);
AUTO_DEFINE(mirror_order)

/* Is there a mirror that is not the source itself? Otherwise nothing is said about the source. */
bool mirror_set_is_used(const struct mirror_set *s) RESULT_USED;

#endif
