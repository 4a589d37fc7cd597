/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "formats/image_name.h"
#include "trust/identity.h"

#define TAG "4.14.3-x86_64"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Our release's names have one spelling each: what matches one is it, letter by letter. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_STR char *claimed = xstrndup(size > 0 ? (const char *)data : "", size);
	const size_t name = strlen(RELEASE_REPOSITORY);
	AUTO(reference) repository = REFERENCE_INIT;
	AUTO(identity) exact = IDENTITY_INIT;
	AUTO(identity) any = IDENTITY_INIT;
	struct identity nothing = IDENTITY_INIT;
	AUTO(err) e = ERR_INIT;
	struct digest d;

	if (digest_of_bytes(&d, bytes_of("abc", 3), &e) != 0 ||
	    reference_parse(&repository, RELEASE_REPOSITORY, &e) != 0)
		abort();
	identity_for_image(&exact, &repository, TAG);
	identity_for_image(&any, &repository, NULL);
	if (identity_match(&nothing, claimed, &d, &e) == 0)
		abort();
	if (identity_match(&exact, claimed, &d, &e) == 0 &&
	    strcmp(claimed, RELEASE_REPOSITORY ":" TAG) != 0)
		abort();
	if (identity_match(&any, claimed, &d, &e) != 0)
		return 0;
	if (strncmp(claimed, RELEASE_REPOSITORY, name) != 0 || strchr(":@", claimed[name]) == NULL)
		abort();
	if (strchr(claimed, '@') != NULL && strcmp(strchr(claimed, '@') + 1, d.text) != 0)
		abort();
	return 0;
}
