/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "formats/json.h"
#include "formats/rekor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is signed is canonical: jansson, told to sort and to pack, writes it the same. */
static void
check_canonical(const struct rekor_bundle *b)
{
	AUTO(err) e = ERR_INIT;
	AUTO_JSON json_t *form = json_read(buf_bytes(&b->signed_form), "form", &e);
	AUTO_STR char *again = NULL;

	if (form == NULL)
		abort();
	again = json_dumps(form, JSON_COMPACT | JSON_SORT_KEYS);
	if (again == NULL || !bytes_equal(bytes_of_str(again), buf_bytes(&b->signed_form)))
		abort();
	if (b->promise.n == 0 || b->entry.n == 0 || b->integrated_time < 0 || b->log_index < 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(rekor_bundle) b = REKOR_BUNDLE_INIT;
	AUTO(rekor_entry) entry = REKOR_ENTRY_INIT;
	AUTO(err) e = ERR_INIT;

	if (rekor_bundle_parse(&b, bytes_of(data, size), &e) == 0)
		check_canonical(&b);
	else if (b.signed_form.p != NULL || b.entry.p != NULL || e.code != E_INVALID)
		abort();
	if (rekor_entry_parse(&entry, bytes_of(data, size), &e) == 0) {
		if (entry.signature.n == 0 || entry.public_key.n == 0 ||
		    !digest_is_sha256(&entry.digest))
			abort();
	} else if (entry.signature.p != NULL || digest_is_set(&entry.digest)) {
		abort();
	}
	return 0;
}
