/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/credential_helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An answer is a user with a password, a token, nothing, or an error; what says "none" is no
 * answer. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes answer = bytes_of(data, size);
	AUTO_STR char *name = xstrndup(size > 0 ? (const char *)data : "", size);
	AUTO(credentials) c = CREDENTIALS_INIT;
	AUTO(err) e = ERR_INIT;

	if (credential_helper_is_name(name) && strpbrk(name, "/ \n") != NULL)
		abort();
	if (credential_helper_read(&c, answer, "registry.local", &e) != 0) {
		if (credentials_are_set(&c) || e.code == E_NONE)
			abort();
		return 0;
	}
	if (credential_helper_has_none(answer) || (c.username != NULL) != (c.password != NULL) ||
	    (c.username != NULL && (c.identity_token != NULL || strchr(c.username, ':') != NULL)))
		abort();
	return 0;
}
