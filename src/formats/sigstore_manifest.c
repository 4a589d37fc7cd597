/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/sigstore_manifest.h"

#include <stdlib.h>

#include "base/limits.h"
#include "formats/manifest_read.h"

static int
read_layer(struct sigstore_layer *out, const json_t *layer, const char *where, struct err *e)
{
	AUTO_STR char *in_annotations = xasprintf("%s.annotations", where);
	const char *type = json_member_string(layer, where, "mediaType", e);

	if (type == NULL || manifest_read_content(&out->digest, &out->size, layer, where, e) != 0)
		return -1;
	out->media_type = xstrdup(type);
	return sigstore_annotations_read(
	    &out->annotations, json_object_get(layer, "annotations"), in_annotations, e);
}

static int
read_layers(struct sigstore_manifest *out, const json_t *layers, struct err *e)
{
	size_t i;

	if (!json_is_array(layers))
		return err_set(
		    e, E_INVALID, "signature manifest: \"layers\" is missing or not an array");
	if (json_array_size(layers) > MAX_SIGSTORE_LAYERS)
		return err_set(e, E_TOO_LARGE, "signature manifest: %zu layers, want at most %u",
		    json_array_size(layers), MAX_SIGSTORE_LAYERS);
	for (i = 0; i < json_array_size(layers); i++) {
		AUTO_STR char *where = xasprintf("signature manifest: layers[%zu]", i);

		if (read_layer(LIST_ADD(out->v, out->n), json_array_get(layers, i), where, e) != 0)
			return -1;
	}
	return 0;
}

/* Who verifies has no use for it: what is wrong with it is passed over. */
static void
read_config(struct sigstore_manifest *out, const json_t *config)
{
	const char *digest = json_string_value(json_object_get(config, "digest"));
	AUTO(err) ignored = ERR_INIT;

	if (digest == NULL || digest_parse(&out->config, bytes_of_str(digest), &ignored) != 0 ||
	    !digest_is_sha256(&out->config))
		out->config = (struct digest){ 0 };
}

int
sigstore_manifest_parse(struct sigstore_manifest *out, struct bytes raw, struct err *e)
{
	AUTO_JSON json_t *document = NULL;
	struct manifest kind;

	*out = (struct sigstore_manifest)SIGSTORE_MANIFEST_INIT;
	if (manifest_parse(&kind, raw, e) != 0)
		return err_wrap(e, "signature manifest");
	if (kind.kind != MANIFEST_OCI_IMAGE)
		return err_set(e, E_UNSUPPORTED, "signature manifest: of type %s, want %s",
		    manifest_media_type(kind.kind), manifest_media_type(MANIFEST_OCI_IMAGE));
	document = json_read(raw, "signature manifest", e);
	if (document != NULL && read_layers(out, json_object_get(document, "layers"), e) == 0) {
		read_config(out, json_object_get(document, "config"));
		return 0;
	}
	sigstore_manifest_free(out);
	return -1;
}

void
sigstore_manifest_free(struct sigstore_manifest *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		free(m->v[i].media_type);
		sigstore_annotations_free(&m->v[i].annotations);
	}
	free(m->v);
	*m = (struct sigstore_manifest)SIGSTORE_MANIFEST_INIT;
}
