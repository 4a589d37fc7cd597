/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/image_references.h"
#include "formats/release_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every component has a name; what is not wrong has a digest; nothing differs from itself. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(image_references) r = IMAGE_REFERENCES_INIT;
	AUTO(release_diff) d = RELEASE_DIFF_INIT;
	AUTO(err) e = ERR_INIT;

	if (image_references_parse(&r, bytes_of(data, size), &e) != 0) {
		if (r.v != NULL || r.version != NULL || e.code == E_NONE)
			abort();
		return 0;
	}
	if (r.n == 0 || r.version[0] == '\0')
		abort();
	for (size_t i = 0; i < r.n; i++)
		if (r.v[i].name[0] == '\0' ||
		    (r.v[i].wrong == NULL && !digest_is_sha256(&r.v[i].image.digest)))
			abort();
	release_diff_make(&d, &r, &r);
	if (d.counts[COMPONENT_ADDED] + d.counts[COMPONENT_REMOVED] > 0)
		abort();
	return 0;
}
