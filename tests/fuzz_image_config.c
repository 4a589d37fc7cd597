/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/image_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(image_config) c = IMAGE_CONFIG_INIT;
	AUTO(err) e = ERR_INIT;

	if (image_config_parse(&c, bytes_of(data, size), &e) != 0) {
		if (c.architecture != NULL || c.os != NULL || c.release_version != NULL ||
		    e.code != E_INVALID)
			abort();
		return 0;
	}
	if (c.architecture == NULL || c.os == NULL)
		abort();
	return 0;
}
