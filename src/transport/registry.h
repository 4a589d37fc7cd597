/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry protocol (OCI distribution-spec, docker's tokens): manifests and blobs. */
#ifndef RELSIG_TRANSPORT_REGISTRY_H
#define RELSIG_TRANSPORT_REGISTRY_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/reference.h"
#include "transport/blob.h"
#include "transport/credentials.h"
#include "transport/http.h"

/* What one run knows of registries: scheme, challenge, tokens. Shared by threads. */
struct registry;

/* Borrow http and credentials for the registry's life. */
struct registry *registry_new(struct http *http, const struct credential_options *credentials);
void registry_free(struct registry *r);
AUTO_PTR_DEFINE(registry)

/*
 * The raw bytes of a manifest, at most max. Asked for by the reference's tag when it has one,
 * else by its digest; nothing is judged here, but that the registry must call it of this type
 * (NULL: of any): E_UNREACHABLE otherwise. url, for free(), is where it was asked for.
 * E_NOT_FOUND: 404; E_DENIED: the registry wants (other) credentials, or wants them over plain
 * http; E_USAGE: the credentials of this machine cannot be used; E_UNREACHABLE, E_TIMED_OUT,
 * E_TOO_LARGE as http_wait has them, other statuses included.
 */
int registry_manifest(struct registry *r, const struct reference *image, const char *type,
    size_t max, struct buf *out, char **url, struct err *e) RESULT_USED;
/*
 * A blob of the reference's repository, at most max, by its sha256 digest, which is checked:
 * E_UNREACHABLE for another one. Otherwise as registry_manifest.
 */
int registry_blob(struct registry *r, const struct reference *image, const struct digest *digest,
    size_t max, struct buf *out, char **url, struct err *e) RESULT_USED;
/*
 * Is a blob there, and how large is it, as the registry says? HEAD, and where that is not answered
 * in full, GET for its first byte. E_UNSUPPORTED when nobody says a size. Otherwise as
 * registry_manifest.
 */
int registry_blob_size(struct registry *r, const struct reference *image,
    const struct digest *digest, uint64_t *size, char **url, struct err *e) RESULT_USED;
/*
 * A blob of any size, at most max bytes of it, as http_blob_new has it; r outlives it. Nothing is
 * judged: who reads it to the end compares the digest. Otherwise as registry_manifest.
 */
int registry_blob_open(struct registry *r, const struct reference *image,
    const struct digest *digest, uint64_t max, struct blob **out, struct err *e) RESULT_USED;

#endif
