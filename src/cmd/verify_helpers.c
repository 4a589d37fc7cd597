/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/verify_helpers.h"

#include <stdlib.h>

#include "base/children.h"
#include "formats/image_name.h"

static bool
asks_registries(const struct verify_settings *s)
{
	if (s->offline || s->from.n > 0)
		return false;
	/* For the manifest, or for a sigstore attachment beside it. */
	return (!s->digest_only && s->manifest == NULL) || s->sigstore ||
	       verify_settings_by_policy(s);
}

struct references {
	struct reference *v; /* owned; the elements too */
	size_t n;
};

/* Everywhere where the image may be asked for. */
static void
add_places(struct references *out, const struct reference *image, const struct mirrors *mirrors)
{
	AUTO(mirror_places) places = MIRROR_PLACES_INIT;
	AUTO(err) later = ERR_INIT; /* its report says what is wrong with a mirror's name */

	if (mirror_places_find(&places, mirrors, image, &later) != 0)
		return;
	for (size_t i = 0; i < places.n; i++)
		if (places.v[i].forbidden == NULL)
			reference_copy(LIST_ADD(out->v, out->n), &places.v[i].image);
}

void
verify_helpers_ask(const struct credential_options *options, const struct verify_settings *s,
    char *const *names, size_t n, const struct mirrors *mirrors, const char *machine)
{
	struct references images = { NULL, 0 };

	for (size_t i = 0; i < n && asks_registries(s); i++) {
		AUTO(image_name) name = IMAGE_NAME_INIT;
		AUTO(err) later = ERR_INIT; /* its report says what is wrong with a name */

		if (image_name_parse(&name, names[i], machine, &later) == 0 &&
		    name.kind == IMAGE_REGISTRY)
			add_places(&images, &name.reference, mirrors);
	}
	credentials_ask_helpers(options, images.v, images.n);
	children_end();
	for (size_t i = 0; i < images.n; i++)
		reference_free(&images.v[i]);
	free(images.v);
}
