/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "formats/registriesd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Two files, apart at the first NUL. What is found was written somewhere, and is not empty. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const scopes[] = { "h:5000/a:t", "h:5000/a", "h:5000", "h", "*.x" };
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	size_t first = nul != NULL ? (size_t)(nul - data) : size;
	AUTO(registriesd) r = REGISTRIESD_INIT;
	AUTO(err) e = ERR_INIT;
	struct registriesd_choice c;

	if (registriesd_add(&r, "a", bytes_of(data, first), &e) != 0 && r.n > 0)
		abort();
	if (nul != NULL && registriesd_add(&r, "b", bytes_of(nul + 1, size - first - 1), &e) != 0 &&
	    e.code != E_INVALID && e.code != E_TOO_LARGE)
		abort();
	registriesd_find(&r, scopes, ARRAY_LEN(scopes), &c);
	if ((c.url != NULL) != (c.url_from != NULL) || (c.url != NULL && c.url[0] == '\0') ||
	    (c.attachments && c.attachments_from == NULL))
		abort();
	return 0;
}
