/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/image_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every failure is the user's; every success has what its kind demands. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STR char *text = xstrndup(size > 0 ? (const char *)data : "", size);
	AUTO(image_name) n = IMAGE_NAME_INIT;
	AUTO(err) e = ERR_INIT;

	if (image_name_parse(&n, text, size % 2 == 0 ? "x86_64" : NULL, &e) != 0) {
		if (n.kind != IMAGE_UNSET || e.code != E_USAGE)
			abort();
		return 0;
	}
	if (n.kind == IMAGE_DIR && (n.path == NULL || n.path[0] == '\0'))
		abort();
	if (n.kind == IMAGE_OCI && (n.path == NULL || (n.ref == NULL) != (n.reference.tag == NULL)))
		abort();
	if ((n.kind == IMAGE_REGISTRY || n.kind == IMAGE_OC) && n.reference.tag == NULL &&
	    !digest_is_sha256(&n.reference.digest))
		abort();
	return 0;
}
