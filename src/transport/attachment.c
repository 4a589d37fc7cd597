/* SPDX-License-Identifier: GPL-3.0-or-later */
/* containers/image, docker/docker_client.go: getSigstoreAttachmentManifest and what calls it. */
#include "transport/attachment.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/manifest.h"
#include "formats/signature_blob.h"
#include "formats/sigstore_manifest.h"

struct attachment {
	struct registry *registry; /* borrowed */
	struct reference tagged;   /* the image that holds the signatures */
	bool looked;		   /* the manifest was read */
	struct sigstore_manifest manifest;
	size_t next; /* the layer to look at */
};

static void
attachment_free(struct attachment *a)
{
	reference_free(&a->tagged);
	sigstore_manifest_free(&a->manifest);
	free(a);
}

static void
free_state(void *state)
{
	attachment_free(state);
}

/* Read the manifest; that there is none is an empty one. */
static int
look(struct attachment *a, char **url, struct err *e)
{
	AUTO(buf) raw = BUF_INIT;

	if (registry_manifest(a->registry, &a->tagged, manifest_media_type(MANIFEST_OCI_IMAGE),
		MAX_MANIFEST_BYTES, &raw, url, e) == 0)
		return sigstore_manifest_parse(&a->manifest, buf_bytes(&raw), e);
	if (e->code != E_NOT_FOUND)
		return -1;
	err_free(e);
	return 0;
}

/* One layer as the blob that a store would have. */
static int
fetch(
    struct attachment *a, struct sigstore_layer *layer, struct buf *blob, char **url, struct err *e)
{
	AUTO(sigstore_signature) s = SIGSTORE_SIGNATURE_INIT;

	if (registry_blob(a->registry, &a->tagged, &layer->digest, MAX_SIGSTORE_PAYLOAD_BYTES,
		&s.payload, url, e) != 0)
		return -1;
	if (s.payload.n != layer->size)
		return err_set(e, E_UNREACHABLE, "GET %s: %zu bytes, the manifest says %llu", *url,
		    s.payload.n, (unsigned long long)layer->size);
	s.media_type = steal(&layer->media_type);
	s.annotations = layer->annotations;
	layer->annotations = (struct sigstore_annotations)SIGSTORE_ANNOTATIONS_INIT;
	signature_blob_add_sigstore(blob, &s);
	return 0;
}

/* The next layer that is a signature, or NULL. */
static struct sigstore_layer *
next_signature(struct attachment *a)
{
	while (a->next < a->manifest.n) {
		struct sigstore_layer *layer = &a->manifest.v[a->next++];

		if (strcmp(layer->media_type, SIGSTORE_SIGNATURE_TYPE) == 0)
			return layer;
	}
	return NULL;
}

static enum store_item
next(void *state, struct buf *blob, char **where, struct err *e)
{
	struct attachment *a = state;
	struct sigstore_layer *layer;
	AUTO_STR char *url = NULL;

	if (!a->looked) {
		a->looked = true;
		if (look(a, &url, e) != 0) {
			*where = url != NULL ? steal(&url) : reference_string(&a->tagged);
			return STORE_FAILED;
		}
	}
	layer = next_signature(a);
	if (layer == NULL)
		return STORE_END;
	if (fetch(a, layer, blob, where, e) == 0)
		return STORE_ITEM;
	if (*where == NULL)
		*where = reference_string(&a->tagged);
	return STORE_FAILED;
}

static const struct store_kind attachments = { next, free_state };

int
attachment_open(struct store_iter **out, struct registry *registry, const struct reference *image,
    const struct digest *digest, struct err *e)
{
	AUTO_STR char *repository = NULL;
	AUTO_STR char *name = NULL;
	struct attachment *a;

	*out = NULL;
	/* A digest becomes a tag: nothing but 64 hex digits may (CVE-2024-3727). */
	if (!digest_is_sha256(digest) || !text_is_lower_hex(bytes_of_str(digest_hex(digest)), 64))
		return err_set(e, E_UNSUPPORTED,
		    "signatures are attached by sha256 digest, not \"%s\"", digest->text);
	a = xcalloc(1, sizeof(*a));
	a->registry = registry;
	repository = reference_repository(image);
	name = xasprintf("%s:sha256-%s.sig", repository, digest_hex(digest));
	if (reference_parse(&a->tagged, name, e) != 0) {
		attachment_free(a);
		return err_wrap(e, "%s", name);
	}
	*out = store_open_kind(&attachments, a);
	return 0;
}
