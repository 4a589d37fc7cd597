/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verify/policy_explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "formats/certificates.h"
#include "trust/identity.h"
#include "trust/public_keys.h"

static void
requirement_free(struct explained_requirement *r)
{
	for (size_t i = 0; i < r->n_keys; i++) {
		free(r->keys[i].source);
		free(r->keys[i].kind);
		free(r->keys[i].fingerprint);
		free(r->keys[i].owner);
	}
	free(r->keys);
	for (size_t i = 0; i < r->n_unreadable; i++)
		free(r->unreadable[i]);
	free(r->unreadable);
	free(r->identity);
}

void
explanation_free(struct explanation *x)
{
	for (size_t i = 0; i < x->n; i++)
		requirement_free(&x->v[i]);
	free(x->v);
	node_stores_free(&x->stores);
	free(x->signatures);
	*x = (struct explanation)EXPLANATION_INIT;
}

/*
 * --- keys ---------------------------------------------------------------------------------------
 */

typedef int key_reader(
    struct explained_requirement *out, const char *source, struct bytes content, struct err *e);

static int
read_openpgp(
    struct explained_requirement *out, const char *source, struct bytes content, struct err *e)
{
	AUTO(certificates) certificates = CERTIFICATES_INIT;

	if (certificates_add(&certificates, content, source, e) != 0)
		return -1;
	for (size_t i = 0; i < certificates.n; i++) {
		const struct certificate *c = &certificates.v[i];

		*LIST_ADD(out->keys, out->n_keys) =
		    (struct explained_key){ .source = xstrdup(source),
			    .kind = xstrdup("OpenPGP"),
			    .fingerprint = xstrdup(c->keys[0].fingerprint),
			    .owner = c->user_id[0] != '\0' ? xstrdup(c->user_id) : NULL };
	}
	return 0;
}

static int
read_public(
    struct explained_requirement *out, const char *source, struct bytes content, struct err *e)
{
	AUTO(public_key) key = PUBLIC_KEY_INIT;
	const char *known;

	/* A weak one is shown as what it is; "verify" is who refuses it. */
	if (public_key_read(&key, content, true, e) != 0)
		return err_wrap(e, "%s", source);
	known = public_key_known_name(key.fingerprint);
	*LIST_ADD(out->keys, out->n_keys) = (struct explained_key){ .source = xstrdup(source),
		.kind = xasprintf("%s %u", public_key_kind_name(key.kind), key.bits),
		.fingerprint = xstrdup(key.fingerprint),
		.owner = known != NULL ? xstrdup(known) : NULL };
	return 0;
}

/* An authority's certificates are said where they are, not read. */
static int
read_nothing(
    struct explained_requirement *out, const char *source, struct bytes content, struct err *e)
{
	(void)content;
	(void)e;
	*LIST_ADD(out->keys, out->n_keys) = (struct explained_key){ .source = xstrdup(source),
		.kind = xstrdup("certificates"),
		.fingerprint = xstrdup("") };
	return 0;
}

static int
read_file(struct explained_requirement *out, const char *path, const struct node_view *view,
    key_reader *read_keys, struct err *e)
{
	AUTO_STR char *full = xasprintf("%s%s", view->root, path);
	AUTO(viewed_file) file = VIEWED_FILE_INIT;

	if (node_view_read(view, path, MAX_KEY_FILE_BYTES, &file, e) != NODE_VIEW_READ)
		return -1;
	return read_keys(out, full, buf_bytes(&file.content), e);
}

static void
read_source(struct explained_requirement *out, const struct policy_source *source,
    const struct node_view *view, key_reader *read_keys)
{
	for (size_t i = 0; i < source->n; i++) {
		AUTO(err) e = ERR_INIT;
		int r = source->kind == POLICY_SOURCE_FILES
			    ? read_file(out, source->paths[i], view, read_keys, &e)
			    : read_keys(out, source->place, buf_bytes(&source->data[i]), &e);

		if (r != 0)
			*LIST_ADD(out->unreadable, out->n_unreadable) = xstrdup(err_msg(&e));
	}
}

static void
read_all_keys(struct explained_requirement *out, const struct node_view *view)
{
	const struct policy_requirement *r = out->requirement;
	size_t n;

	switch (r->type) {
	case POLICY_SIGNED_BY:
		if (r->key_type == POLICY_KEY_GPG_KEYS)
			read_source(out, &r->keys, view, read_openpgp);
		return;
	case POLICY_SIGSTORE_SIGNED:
		read_source(out, &r->keys, view, read_public);
		read_source(out, &r->fulcio.ca, view, read_nothing);
		read_source(out, &r->pki.roots, view, read_nothing);
		read_source(out, &r->pki.intermediates, view, read_nothing);
		n = out->n_keys;
		read_source(out, &r->rekor, view, read_public);
		for (; n < out->n_keys; n++)
			out->keys[n].of_log = true;
		return;
	case POLICY_UNSET:
	case POLICY_INSECURE_ACCEPT_ANYTHING:
	case POLICY_REJECT:
	case POLICY_SIGNED_BASE_LAYER:
		break;
	}
}

/*
 * --- the whole ----------------------------------------------------------------------------------
 */

static void
explain_requirement(struct explanation *x, const struct policy_requirement *r,
    const struct node_view *view, const struct image_name *image)
{
	struct explained_requirement *out = LIST_ADD(x->v, x->n);
	AUTO(identity) identity = IDENTITY_INIT;

	out->requirement = r;
	read_all_keys(out, view);
	if (out->n_unreadable > 0)
		x->complete = false;
	if (r->type != POLICY_SIGNED_BY && r->type != POLICY_SIGSTORE_SIGNED)
		return;
	identity_for_policy(
	    &identity, &r->identity, image->kind == IMAGE_REGISTRY ? &image->reference : NULL);
	out->identity = identity_describe(&identity);
}

/* As the node itself will see it, not where its disk is now. */
static int
find_stores(struct explanation *x, const struct node_config *config, const struct image_name *image,
    struct err *e)
{
	char *url;

	if (node_config_stores(config, &image->reference, &x->stores, e) != 0)
		return -1;
	if (config->root[0] == '\0' || strcmp(x->stores.lookaside, config->default_store) != 0)
		return 0;
	url =
	    xasprintf("file://%s", x->stores.lookaside + strlen("file://") + strlen(config->root));
	free(x->stores.lookaside);
	x->stores.lookaside = url;
	return 0;
}

static int
find_entry(struct explanation *x, const struct node_config *config, const struct image_name *image,
    struct err *e)
{
	switch (image->kind) {
	case IMAGE_REGISTRY:
		x->entry = node_config_entry(config, &image->reference, e);
		x->in_registry = true;
		return x->entry != NULL ? find_stores(x, config, image, e) : -1;
	case IMAGE_DIR:
		x->entry = node_config_entry_of_path(config, "dir", image->path, e);
		x->signatures = xasprintf("%s/signature-", image->path);
		return x->entry != NULL ? 0 : -1;
	case IMAGE_OCI:
	case IMAGE_OC:
		return err_set(
		    e, E_USAGE, "a policy is explained for images of registries and dir: images");
	case IMAGE_UNSET:
		break;
	}
	return err_set(e, E_INVALID, "no image");
}

int
policy_explain(struct explanation *out, const struct node_config *config,
    const struct node_view *keys, const struct image_name *image, struct err *e)
{
	*out = (struct explanation)EXPLANATION_INIT;
	if (find_entry(out, config, image, e) != 0) {
		explanation_free(out);
		return -1;
	}
	out->complete = true;
	for (size_t i = 0; i < out->entry->n; i++)
		explain_requirement(out, &out->entry->v[i], keys, image);
	return 0;
}
