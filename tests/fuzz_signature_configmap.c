/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/base.h"
#include "base/limits.h"
#include "formats/signature_configmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct signature_configmaps *c)
{
	if (c->n > 0 && c->n_objects == 0)
		abort();
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].place == NULL || !digest_is_sha256(&c->v[i].digest) ||
		    c->v[i].number < -1 || c->v[i].blob.n > MAX_SIGNATURE_BYTES)
			abort();
}

/* What is read is whole; what is read from a file that was named is read from one that was not. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(signature_configmaps) strict = SIGNATURE_CONFIGMAPS_INIT;
	AUTO(signature_configmaps) lenient = SIGNATURE_CONFIGMAPS_INIT;
	struct bytes text = bytes_of(data, size);
	AUTO(err) e = ERR_INIT;
	int result = signature_configmaps_read(&strict, text, "fuzz", OTHER_OBJECTS_REFUSED, &e);

	check(&strict);
	if (result != 0 && (strict.n_objects > 0 || e.code == E_NONE))
		abort();
	err_free(&e);
	if (signature_configmaps_read(&lenient, text, "fuzz", OTHER_OBJECTS_LEFT_OUT, &e) != 0 &&
	    result == 0)
		abort();
	check(&lenient);
	if (result == 0 && lenient.n != strict.n)
		abort();
	return 0;
}
