/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sigstore (cosign) signature of an image, as containers/image knows it: what is signed, and
 * annotations beside it. It is stored as a layer of the image "sha256-HEX.sig"
 * (formats/sigstore_manifest) or in a file (formats/signature_blob).
 */
#ifndef RELSIG_FORMATS_SIGSTORE_SIGNATURE_H
#define RELSIG_FORMATS_SIGSTORE_SIGNATURE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/json.h"

/* The media type of a signature. What has another one is something else, attached beside them. */
#define SIGSTORE_SIGNATURE_TYPE "application/vnd.dev.cosign.simplesigning.v1+json"

#define SIGSTORE_SIGNATURE_ANNOTATION "dev.cosignproject.cosign/signature"
#define SIGSTORE_BUNDLE_ANNOTATION "dev.sigstore.cosign/bundle"
#define SIGSTORE_CERTIFICATE_ANNOTATION "dev.sigstore.cosign/certificate"
#define SIGSTORE_CHAIN_ANNOTATION "dev.sigstore.cosign/chain"

/* Each as it was found, owned; NULL when absent. */
struct sigstore_annotations {
	char *signature;   /* base64 */
	char *bundle;	   /* the Rekor log's promise: formats/rekor */
	char *certificate; /* PEM */
	char *chain;	   /* PEM */
};
#define SIGSTORE_ANNOTATIONS_INIT                                                                  \
	{                                                                                          \
		0                                                                                  \
	}

struct sigstore_signature {
	char *media_type;   /* owned */
	struct buf payload; /* what is signed: untrusted until trust/sigstore proved it */
	struct sigstore_annotations annotations;
};
#define SIGSTORE_SIGNATURE_INIT                                                                    \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * An object whose members are all strings; null, or nothing (NULL), is none. Other annotations are
 * ignored. E_TOO_LARGE: one of ours over MAX_SIGSTORE_ANNOTATION_BYTES. E_INVALID. On failure out
 * is zeroed.
 */
int sigstore_annotations_read(struct sigstore_annotations *out, const json_t *object,
    const char *where, struct err *e) RESULT_USED;
void sigstore_annotations_free(struct sigstore_annotations *a);
AUTO_DEFINE(sigstore_annotations)

/*
 * The base64 of RFC 4648 §4 as Go reads it: line breaks in it are left out. Otherwise strict, in
 * stray bits too, where Go is not.
 */
int sigstore_base64_decode(struct buf *out, const char *text, struct err *e) RESULT_USED;
/*
 * The signature itself: E_INVALID when its annotation is missing, empty or not base64. The media
 * type must be that of signatures: E_UNSUPPORTED.
 */
int sigstore_signature_octets(
    struct buf *out, const struct sigstore_signature *s, struct err *e) RESULT_USED;
void sigstore_signature_free(struct sigstore_signature *s);
AUTO_DEFINE(sigstore_signature)

#endif
