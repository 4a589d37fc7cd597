/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/base.h"
#include "formats/challenge.h"
#include "formats/registry_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STR char *token = NULL;
	AUTO_STR char *text = NULL;
	AUTO(err) e = ERR_INIT;
	const char *s;

	token = token_parse(bytes_of(data, size), &e);
	if (token == NULL && e.code == E_NONE)
		abort();
	for (s = token; s != NULL && *s != '\0'; s++)
		if (*s <= ' ' || *s > '~')
			abort();
	text = registry_error_text(bytes_of(data, size));
	for (s = text; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			abort();
	return 0;
}
