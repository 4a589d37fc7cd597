/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/save_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is written so that it is read as the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(save_index) index = SAVE_INDEX_INIT, again = SAVE_INDEX_INIT;
	AUTO(buf) text = BUF_INIT, second = BUF_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest found;

	if (save_index_parse(&index, bytes_of(data, size), &e) != 0) {
		if (index.v != NULL || index.n != 0)
			abort();
		return 0;
	}
	save_index_write(&text, &index);
	if (save_index_parse(&again, buf_bytes(&text), &e) != 0 || again.n != index.n)
		abort();
	save_index_write(&second, &again);
	if (!bytes_equal(buf_bytes(&text), buf_bytes(&second)))
		abort();
	for (size_t i = 0; i < index.n; i++)
		if (save_index_find(&index, &index.v[i].image, &found, &e) != 0 ||
		    !digest_equal(&found, &index.v[i].digest))
			abort();
	return 0;
}
