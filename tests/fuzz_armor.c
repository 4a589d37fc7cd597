/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/text.h"
#include "formats/armor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out of a block, put into armour again, comes out the same. */
static void
check_again(struct bytes data)
{
	AUTO(armor_block) block = ARMOR_BLOCK_INIT;
	AUTO_STR char *base64 = text_base64(data);
	AUTO_STR char *text = xasprintf("-----BEGIN X-----\n\n%s\n-----END X-----\n", base64);
	struct bytes rest = bytes_of_str(text);

	if (!armor_next(&rest, &block) || block.bad != NULL || rest.n != 0 ||
	    !bytes_equal(buf_bytes(&block.data), data))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(armor_block) block = ARMOR_BLOCK_INIT;
	struct bytes rest = bytes_of(data, size);
	size_t before = size;

	for (; armor_next(&rest, &block); before = rest.n) {
		if (rest.n >= before || rest.p + rest.n != data + size)
			abort();
		/* Either it is bad and nothing is kept, or there is something. */
		if ((block.bad != NULL) == (block.data.n > 0))
			abort();
		if (block.bad == NULL)
			check_again(buf_bytes(&block.data));
	}
	return 0;
}
