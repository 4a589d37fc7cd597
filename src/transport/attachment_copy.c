/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/attachment_copy.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "formats/manifest.h"
#include "formats/sigstore_manifest.h"

void
attachment_copy_free(struct attachment_copy *c)
{
	buf_free(&c->manifest);
	for (size_t i = 0; i < c->n; i++)
		buf_free(&c->v[i].content);
	free(c->v);
	*c = (struct attachment_copy)ATTACHMENT_COPY_INIT;
}

static int
add_blob(struct attachment_copy *out, struct registry *registry, const struct reference *tagged,
    const struct digest *digest, struct err *e)
{
	struct attachment_blob *blob;
	AUTO_STR char *url = NULL;

	for (size_t i = 0; i < out->n; i++)
		if (digest_equal(&out->v[i].digest, digest))
			return 0;
	blob = LIST_ADD(out->v, out->n);
	blob->digest = *digest;
	return registry_blob(
	    registry, tagged, digest, MAX_SIGSTORE_PAYLOAD_BYTES, &blob->content, &url, e);
}

static int
fetch(struct attachment_copy *out, struct registry *registry, const struct reference *tagged,
    struct err *e)
{
	AUTO(sigstore_manifest) m = SIGSTORE_MANIFEST_INIT;
	AUTO_STR char *url = NULL;

	if (registry_manifest(registry, tagged, manifest_media_type(MANIFEST_OCI_IMAGE),
		MAX_MANIFEST_BYTES, &out->manifest, &url, e) != 0 ||
	    sigstore_manifest_parse(&m, buf_bytes(&out->manifest), e) != 0)
		return -1;
	if (!digest_is_set(&m.config))
		return err_set(e, E_UNSUPPORTED, "%s: its config has no sha256 digest", url);
	if (add_blob(out, registry, tagged, &m.config, e) != 0)
		return -1;
	for (size_t i = 0; i < m.n; i++)
		if (add_blob(out, registry, tagged, &m.v[i].digest, e) != 0)
			return -1;
	return 0;
}

/* The image that holds the signatures of one with this digest. */
static int
name_it(struct reference *out, const struct reference *image, const struct digest *digest,
    struct err *e)
{
	AUTO_STR char *repository = NULL;
	AUTO_STR char *name = NULL;

	/* A digest becomes a tag: nothing but 64 hex digits may (CVE-2024-3727). */
	if (!digest_is_sha256(digest) || !text_is_lower_hex(bytes_of_str(digest_hex(digest)), 64))
		return err_set(e, E_UNSUPPORTED,
		    "signatures are attached by sha256 digest, not \"%s\"", digest->text);
	repository = reference_repository(image);
	name = xasprintf("%s:sha256-%s.sig", repository, digest_hex(digest));
	return reference_parse(out, name, e) == 0 ? 0 : err_wrap(e, "%s", name);
}

int
attachment_copy(struct attachment_copy *out, struct registry *registry,
    const struct reference *image, const struct digest *digest, struct err *e)
{
	AUTO(reference) tagged = REFERENCE_INIT;

	*out = (struct attachment_copy)ATTACHMENT_COPY_INIT;
	if (name_it(&tagged, image, digest, e) == 0 && fetch(out, registry, &tagged, e) == 0)
		return 0;
	attachment_copy_free(out);
	return -1;
}
