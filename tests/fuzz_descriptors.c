/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/limits.h"
#include "formats/descriptors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_one(const struct descriptors *d, size_t i)
{
	const struct descriptor *one = &d->v[i];

	if (one->media_type == NULL || !digest_is_sha256(&one->digest) || one->size > INT64_MAX)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(descriptors) d = DESCRIPTORS_INIT;
	AUTO(err) e = ERR_INIT, why = ERR_INIT;
	struct manifest m;

	if (descriptors_parse(&d, bytes_of(data, size), &e) != 0) {
		if (d.kind != MANIFEST_UNSET || d.v != NULL || d.n != 0 || e.code == E_NONE)
			abort();
		return 0;
	}
	/* What is no manifest refers to nothing. */
	if (manifest_parse(&m, bytes_of(data, size), &why) != 0 || m.kind != d.kind)
		abort();
	if (d.n > MAX_DESCRIPTORS || (d.n == 0 && !manifest_is_list(d.kind)))
		abort();
	for (size_t i = 0; i < d.n; i++)
		check_one(&d, i);
	return 0;
}
