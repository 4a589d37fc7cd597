/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes out of a store's iterator next. */
#ifndef RELSIG_TESTS_EXPECT_STORE_H
#define RELSIG_TESTS_EXPECT_STORE_H

#include "transport/store.h"

/* The next item is a blob of this content, from a place with this in its name. */
void expect_item(struct store_iter *it, const char *content, const char *place);
/* Nothing more comes, however often one asks. */
void expect_end(struct store_iter *it);
/* Looking fails with this error, and then the iterator is at its end. */
void expect_failure(struct store_iter *it, enum errc code, const char *part);

#endif
