/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The manifest of the image "sha256-HEX.sig", which holds the sigstore signatures of the image with
 * that digest: each is a layer, with its annotations here. Nobody signed this manifest.
 */
#ifndef RELSIG_FORMATS_SIGSTORE_MANIFEST_H
#define RELSIG_FORMATS_SIGSTORE_MANIFEST_H

#include "base/base.h"
#include "base/err.h"
#include "formats/digest.h"
#include "formats/sigstore_signature.h"

struct sigstore_layer {
	char *media_type; /* owned */
	struct digest digest;
	uint64_t size;
	struct sigstore_annotations annotations;
};

struct sigstore_manifest {
	struct digest config; /* sha256; not set when there is none by such a digest */
	struct sigstore_layer *v;
	size_t n;
};
#define SIGSTORE_MANIFEST_INIT                                                                     \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * The layers of one OCI image manifest, in order. E_UNSUPPORTED: another kind of manifest, and what
 * manifest_parse refuses so; a layer by another digest than sha256. E_TOO_LARGE: more than
 * MAX_SIGSTORE_LAYERS, or as sigstore_annotations_read. E_INVALID. On failure out is zeroed.
 */
int sigstore_manifest_parse(
    struct sigstore_manifest *out, struct bytes raw, struct err *e) RESULT_USED;
void sigstore_manifest_free(struct sigstore_manifest *m);
AUTO_DEFINE(sigstore_manifest)

#endif
