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
	const struct attachment_reader *reader;
	void *state; /* of the reader; owned */
	char *tag;   /* of the image that holds the signatures; owned */
	bool looked; /* the manifest was read */
	struct sigstore_manifest manifest;
	size_t next; /* the layer to look at */
};

static void
attachment_free(struct attachment *a)
{
	a->reader->free(a->state);
	free(a->tag);
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

	if (a->reader->manifest(a->state, a->tag, &raw, url, e) == 0)
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

	if (a->reader->blob(
		a->state, &layer->digest, MAX_SIGSTORE_PAYLOAD_BYTES, &s.payload, url, e) != 0)
		return -1;
	if (s.payload.n != layer->size)
		return err_set(e, E_UNREACHABLE, "%s: %zu bytes, the manifest says %llu", *url,
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
			*where = url != NULL ? steal(&url) : xstrdup(a->tag);
			return STORE_FAILED;
		}
	}
	layer = next_signature(a);
	if (layer == NULL)
		return STORE_END;
	if (fetch(a, layer, blob, where, e) == 0)
		return STORE_ITEM;
	if (*where == NULL)
		*where = xstrdup(a->tag);
	return STORE_FAILED;
}

static const struct store_kind attachments = { next, free_state };

int
attachment_open_reader(struct store_iter **out, const struct attachment_reader *reader, void *state,
    const struct digest *digest, struct err *e)
{
	struct attachment *a;

	*out = NULL;
	/* A digest becomes a tag: nothing but 64 hex digits may (CVE-2024-3727). */
	if (!digest_is_sha256(digest) || !text_is_lower_hex(bytes_of_str(digest_hex(digest)), 64)) {
		reader->free(state);
		return err_set(e, E_UNSUPPORTED,
		    "signatures are attached by sha256 digest, not \"%s\"", digest->text);
	}
	a = xcalloc(1, sizeof(*a));
	a->reader = reader;
	a->state = state;
	a->tag = xasprintf("sha256-%s.sig", digest_hex(digest));
	*out = store_open_kind(&attachments, a);
	return 0;
}

/*
 * --- in a registry ------------------------------------------------------------------------------
 */

struct in_registry {
	struct registry *registry; /* borrowed */
	struct reference image;	   /* without tag and digest */
};

static int
registry_reader_manifest(void *state, const char *tag, struct buf *out, char **url, struct err *e)
{
	struct in_registry *r = state;

	free(r->image.tag);
	r->image.tag = xstrdup(tag);
	if (registry_manifest(r->registry, &r->image, manifest_media_type(MANIFEST_OCI_IMAGE),
		MAX_MANIFEST_BYTES, out, url, e) == 0)
		return 0;
	if (*url == NULL)
		*url = reference_string(&r->image);
	return -1;
}

static int
registry_reader_blob(void *state, const struct digest *digest, size_t max, struct buf *out,
    char **url, struct err *e)
{
	struct in_registry *r = state;

	return registry_blob(r->registry, &r->image, digest, max, out, url, e);
}

static void
registry_reader_free(void *state)
{
	struct in_registry *r = state;

	reference_free(&r->image);
	free(r);
}

static const struct attachment_reader registry_reader = { registry_reader_manifest,
	registry_reader_blob, registry_reader_free };

int
attachment_open(struct store_iter **out, struct registry *registry, const struct reference *image,
    const struct digest *digest, struct err *e)
{
	AUTO_STR char *repository = reference_repository(image);
	struct in_registry *r = xcalloc(1, sizeof(*r));

	*out = NULL;
	r->registry = registry;
	if (reference_parse(&r->image, repository, e) != 0) {
		registry_reader_free(r);
		return err_wrap(e, "%s: sha256-HEX.sig", repository);
	}
	return attachment_open_reader(out, &registry_reader, r, digest, e);
}
