/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * release-manifests/image-references of a release image: the ImageStream (image.openshift.io/v1)
 * that names every component image of the release. Written by "oc adm release new".
 */
#ifndef RELSIG_FORMATS_IMAGE_REFERENCES_H
#define RELSIG_FORMATS_IMAGE_REFERENCES_H

#include "base/base.h"
#include "base/err.h"
#include "formats/reference.h"

/* A component image: a tag of the ImageStream. */
struct release_component {
	char *name; /* "machine-config-operator"; owned */
	struct reference
	    image;	/* its pull spec, by a sha256 digest and without a tag, if it is right */
	char *pullspec; /* as it is written; owned */
	char *wrong;	/* why it cannot be what it must be ("names a tag, not a digest"); owned; or
			   NULL */
	char *commit;	/* io.openshift.build.commit.id; owned; NULL when absent */
	char *source;	/* io.openshift.build.source-location; owned; NULL when absent */
};

struct image_references {
	char *version;		     /* metadata.name: "4.12.0"; owned */
	struct release_component *v; /* sorted by name, then by pull spec */
	size_t n;
};
#define IMAGE_REFERENCES_INIT                                                                      \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * E_INVALID: not an ImageStream, no metadata.name, no tags, a tag without a name, a member of the
 * wrong type, a key twice in one object. What is wrong with one component only (no image, not
 * from.kind DockerImage, no digest, another algorithm, a name that another component has) is said
 * in its "wrong", so that the others can still be looked at. E_TOO_LARGE over
 * MAX_RELEASE_COMPONENTS.
 */
int image_references_parse(
    struct image_references *out, struct bytes json, struct err *e) RESULT_USED;
/* The component; NULL when there is none of that name. */
const struct release_component *image_references_find(
    const struct image_references *r, const char *name) RESULT_USED;
void image_references_free(struct image_references *r);
AUTO_DEFINE(image_references)

#endif
