/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/verify_helpers.h"

#include <stdlib.h>

#include "base/children.h"
#include "formats/image_name.h"

static bool
asks_registries(const struct verify_settings *s)
{
	if (s->offline)
		return false;
	/* For the manifest, or for a sigstore attachment beside it. */
	return (!s->digest_only && s->manifest == NULL) || s->sigstore ||
	       verify_settings_by_policy(s);
}

void
verify_helpers_ask(const struct credential_options *options, const struct verify_settings *s,
    char *const *names, size_t n, const char *machine)
{
	struct reference *images = NULL;
	size_t n_images = 0;

	for (size_t i = 0; i < n && asks_registries(s); i++) {
		AUTO(image_name) name = IMAGE_NAME_INIT;
		AUTO(err) later = ERR_INIT; /* its report says what is wrong with a name */

		if (image_name_parse(&name, names[i], machine, &later) == 0 &&
		    name.kind == IMAGE_REGISTRY)
			reference_copy(LIST_ADD(images, n_images), &name.reference);
	}
	credentials_ask_helpers(options, images, n_images);
	children_end();
	for (size_t i = 0; i < n_images; i++)
		reference_free(&images[i]);
	free(images);
}
