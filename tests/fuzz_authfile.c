/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/authfile.h"
#include "formats/credential_helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reference image;
	enum authfile_form form;

	if (!reference_is_set(&image)) {
		AUTO(err) e = ERR_INIT;

		if (reference_parse(&image, "docker.io/library/busybox:1", &e) != 0)
			abort();
	}
	for (form = AUTHFILE_AUTHS; form <= AUTHFILE_DOCKERCFG; form++) {
		AUTO(credentials) c = CREDENTIALS_INIT;
		AUTO(authfile_helper) helper = AUTHFILE_HELPER_INIT;
		AUTO(err) e = ERR_INIT;

		if (authfile_find(&c, &helper, bytes_of(data, size), form, &image, &e) != 0 &&
		    (credentials_are_set(&c) || e.code == E_NONE))
			abort();
		/* A program is run by this name. */
		if (helper.name != NULL &&
		    (credentials_are_set(&c) || !credential_helper_is_name(helper.name)))
			abort();
	}
	return 0;
}
