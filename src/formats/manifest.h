/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Image manifests: which kind, and nothing ambiguous. The digest of a manifest is always that of
 * its raw bytes; a manifest from which something would have to be stripped first is refused.
 */
#ifndef RELSIG_FORMATS_MANIFEST_H
#define RELSIG_FORMATS_MANIFEST_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"

enum manifest_kind {
	MANIFEST_UNSET = 0,
	MANIFEST_DOCKER_IMAGE, /* application/vnd.docker.distribution.manifest.v2+json */
	MANIFEST_DOCKER_LIST,  /* application/vnd.docker.distribution.manifest.list.v2+json */
	MANIFEST_OCI_IMAGE,    /* application/vnd.oci.image.manifest.v1+json */
	MANIFEST_OCI_INDEX,    /* application/vnd.oci.image.index.v1+json */
};

struct manifest {
	enum manifest_kind kind;
};

/*
 * What kind of manifest is this? E_UNSUPPORTED: schema 1, a "signatures" member (in any case),
 * members of another kind (CVE-2021-41190), no kind that we know. E_INVALID: not one JSON object,
 * read strictly. Without mediaType the kind is guessed as containers/image does (config.mediaType,
 * manifests).
 */
int manifest_parse(struct manifest *out, struct bytes raw, struct err *e) RESULT_USED;
/*
 * The digest of the one manifest in a list that is for Linux on a machine, which image_machine
 * names (NULL: on none). E_UNSUPPORTED: not a list, or not exactly one such manifest, by a sha256
 * digest: what is ambiguous to one reader is another image to the next. Otherwise as
 * manifest_parse.
 */
int manifest_instance(
    struct digest *out, struct bytes raw, const char *machine, struct err *e) RESULT_USED;
/* The media type, "" for MANIFEST_UNSET. */
const char *manifest_media_type(enum manifest_kind kind);
/* True for the two kinds that list other manifests. */
bool manifest_is_list(enum manifest_kind kind) RESULT_USED;
/* The media types of all kinds, NULL-terminated, in the order an Accept header should give them. */
const char *const *manifest_media_types(void);

#endif
