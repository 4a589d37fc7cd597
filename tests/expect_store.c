/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expect_store.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "rows.h"

void
expect_item(struct store_iter *it, const char *content, const char *place)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;
	enum store_item got = store_next(it, &blob, &where, &e);

	ck_assert_msg(got == STORE_ITEM, "%s: %d, %s", place, (int)got, err_msg(&e));
	ck_assert_str_eq(buf_str(&blob), content);
	ck_assert_msg(where != NULL && strstr(where, place) != NULL, "%s: is at %s", place, where);
}

void
expect_end(struct store_iter *it)
{
	int i;

	for (i = 0; i < 3; i++) {
		AUTO(buf) blob = BUF_INIT;
		AUTO_STR char *where = NULL;
		AUTO(err) e = ERR_INIT;

		ck_assert_int_eq(store_next(it, &blob, &where, &e), STORE_END);
		ck_assert_ptr_null(where);
		ck_assert_int_eq(e.code, E_NONE);
		ck_assert_uint_eq(blob.n, 0);
	}
}

void
expect_failure(struct store_iter *it, enum errc code, const char *part)
{
	AUTO(buf) blob = BUF_INIT;
	AUTO_STR char *where = NULL;
	AUTO(err) e = ERR_INIT;
	enum store_item got = store_next(it, &blob, &where, &e);

	ck_assert_msg(got == STORE_FAILED, "%s: %d", part, (int)got);
	row_refused(part, -1, &e, code, part);
	ck_assert_ptr_nonnull(where);
	expect_end(it);
}
