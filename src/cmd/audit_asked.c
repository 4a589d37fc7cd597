/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/audit_asked.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/image_name.h"

/* Components are asked for by digest; which one does not matter for whose credentials are wanted.
 */
#define ANY_DIGEST "@sha256:0000000000000000000000000000000000000000000000000000000000000000"

/* Where Red Hat publishes components: of OpenShift 4, and of 5. */
static const char *const published[] = {
	"quay.io/openshift-release-dev/ocp-v4.0-art-dev" ANY_DIGEST,
	"quay.io/openshift-release-dev/ocp-v5.0-art-dev" ANY_DIGEST,
};

static void
add(struct audit_asked *a, const char *name)
{
	*LIST_ADD(a->v, a->n) = xstrdup(name);
}

/* ".../release" beside ".../release-images". */
static void
add_sibling(struct audit_asked *a, const struct reference *image)
{
	static const char images[] = "release-images";
	AUTO_STR char *repository = reference_repository(image);
	AUTO_STR char *sibling = NULL;

	if (!text_ends_with(repository, images))
		return;
	repository[strlen(repository) - strlen("-images")] = '\0';
	sibling = xasprintf("%s" ANY_DIGEST, repository);
	add(a, sibling);
}

void
audit_asked_make(struct audit_asked *out, char *const *images, size_t n, bool has_mirrors)
{
	bool at_source = false;

	*out = (struct audit_asked)AUDIT_ASKED_INIT;
	for (size_t i = 0; i < n; i++) {
		AUTO(image_name) name = IMAGE_NAME_INIT;
		AUTO(err) later = ERR_INIT; /* its report says what is wrong with a name */

		add(out, images[i]);
		/* For which machine does not matter here. */
		if (image_name_parse(&name, images[i], "x86_64", &later) != 0 ||
		    name.kind != IMAGE_REGISTRY)
			continue;
		at_source =
		    at_source || has_mirrors || strcmp(name.reference.domain, "quay.io") == 0;
		add_sibling(out, &name.reference);
	}
	for (size_t i = 0; i < ARRAY_LEN(published) && at_source; i++)
		add(out, published[i]);
}

void
audit_asked_free(struct audit_asked *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	*a = (struct audit_asked)AUDIT_ASKED_INIT;
}
