/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index.json of an OCI image layout (OCI image-spec, image-layout.md): which images it has. */
#ifndef RELSIG_FORMATS_OCI_INDEX_H
#define RELSIG_FORMATS_OCI_INDEX_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"

struct oci_index_entry {
	char *name; /* org.opencontainers.image.ref.name, any text; owned; NULL without one */
	struct digest digest;
};

struct oci_index {
	struct oci_index_entry *v;
	size_t n;
};
#define OCI_INDEX_INIT                                                                             \
	{                                                                                          \
		0                                                                                  \
	}

/* E_INVALID for what is no such index: each manifest in it must have a digest. */
int oci_index_parse(struct oci_index *out, struct bytes raw, struct err *e) RESULT_USED;
/*
 * The digest of the image with a name; or, when name is NULL, of the only one there is.
 * E_NOT_FOUND: no such image. E_INVALID: several, so that each reader may take another one.
 */
int oci_index_find(
    struct digest *out, const struct oci_index *index, const char *name, struct err *e) RESULT_USED;
void oci_index_free(struct oci_index *index);
AUTO_DEFINE(oci_index)

#endif
