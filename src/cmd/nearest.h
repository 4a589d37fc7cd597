/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was meant by a word that is mistyped. Pure. */
#ifndef RELSIG_CMD_NEAREST_H
#define RELSIG_CMD_NEAREST_H

#include "base/base.h"

/*
 * The word of the list that differs least from the typed one: by a letter too many, too few, wrong
 * or changed with its neighbour, and one more of these for every four letters. The first of
 * several; NULL when none is so near.
 */
const char *nearest_word(const char *typed, const char *const *words, size_t n);

#endif
