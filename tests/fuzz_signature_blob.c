/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/signature_blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same(const char *a, const char *b)
{
	return a != NULL && b != NULL ? strcmp(a, b) == 0 : a == b;
}

/* What is read, is written, is read as the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(signature_blob) b = SIGNATURE_BLOB_INIT;
	AUTO(signature_blob) again = SIGNATURE_BLOB_INIT;
	const struct sigstore_annotations *x = &b.sigstore.annotations;
	const struct sigstore_annotations *y = &again.sigstore.annotations;
	AUTO(buf) written = BUF_INIT;
	AUTO(buf) octets = BUF_INIT;
	AUTO(err) e = ERR_INIT;

	if (signature_blob_parse(&b, bytes_of(data, size), &e) != 0) {
		if (b.kind != SIGNATURE_BLOB_UNSET || e.code == E_NONE)
			abort();
		return 0;
	}
	if (b.kind == SIGNATURE_BLOB_OPENPGP) {
		if (b.openpgp.n == 0 || b.openpgp.p + b.openpgp.n != data + size)
			abort();
		return 0;
	}
	signature_blob_add_sigstore(&written, &b.sigstore);
	if (b.kind != SIGNATURE_BLOB_SIGSTORE ||
	    signature_blob_parse(&again, buf_bytes(&written), &e) != 0 ||
	    !same(b.sigstore.media_type, again.sigstore.media_type) ||
	    !bytes_equal(buf_bytes(&b.sigstore.payload), buf_bytes(&again.sigstore.payload)) ||
	    !same(x->signature, y->signature) || !same(x->bundle, y->bundle) ||
	    !same(x->certificate, y->certificate) || !same(x->chain, y->chain))
		abort();
	if (sigstore_signature_octets(&octets, &b.sigstore, &e) == 0 && octets.n == 0)
		abort();
	return 0;
}
