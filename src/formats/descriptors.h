/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a manifest refers to (OCI image-spec descriptor.md, and docker's manifest schema 2): the
 * config and the layers of an image, the images of a list.
 */
#ifndef RELSIG_FORMATS_DESCRIPTORS_H
#define RELSIG_FORMATS_DESCRIPTORS_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/manifest.h"

struct descriptor {
	char *media_type;     /* owned */
	struct digest digest; /* sha256 */
	uint64_t size;
	/* Of an image in a list: Go's words, owned; NULL when absent. */
	char *os, *architecture, *variant;
};

struct descriptors {
	enum manifest_kind kind;
	struct descriptor *v; /* an image: its config, then its layers; a list: its images */
	size_t n;
};
#define DESCRIPTORS_INIT                                                                           \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Everything that the manifest refers to. As manifest_parse, and E_INVALID: no config, no layers
 * array, a size that is missing, negative or no integer; E_UNSUPPORTED: a digest that is not
 * sha256. E_TOO_LARGE over MAX_DESCRIPTORS. An image without layers, and an empty list, are
 * allowed.
 */
int descriptors_parse(struct descriptors *out, struct bytes manifest, struct err *e) RESULT_USED;
void descriptors_free(struct descriptors *d);
AUTO_DEFINE(descriptors)

#endif
