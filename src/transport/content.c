/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/content.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "transport/attachment.h"
#include "transport/layout_dir.h"
#include "transport/mirror_chain.h"

/* Where "oc adm release mirror" and oc-mirror put the release, and where oc-mirror the rest. */
#define RELEASE_IMAGES "release-images"
#define RELEASE "release"

struct content {
	const struct image_name *release;
	const struct source_options *options;
	struct places own;	     /* that the release's name stands for */
	const struct places *places; /* those that are asked; NULL: registries are */
	struct filetree *directory;  /* of a "dir:" release */
	struct err failure;	     /* of opening them: everything fails with it */
};

void
content_at_free(struct content_at *at)
{
	reference_free(&at->image);
	place_found_free(&at->found);
	asked_free(&at->asked);
	*at = (struct content_at)CONTENT_AT_INIT;
}

static int
open_own(struct content *c, const struct layout_kind *kind, const char *path, const char *root)
{
	struct place *place;

	if (place_open_layout(&place, path, kind, root, &c->failure) != 0)
		return -1;
	*LIST_ADD(c->own.v, c->own.n) = place;
	c->places = &c->own;
	return 0;
}

static int
open_kind(struct content *c)
{
	const char *directory = c->options->directory != NULL ? c->options->directory : ".";

	switch (c->release->kind) {
	case IMAGE_REGISTRY:
		c->places = c->options->places;
		return 0;
	case IMAGE_OCI:
		return open_own(c, &layout_oci, c->release->path, "");
	case IMAGE_OC:
		return open_own(c, &layout_oc, directory, "v2");
	case IMAGE_DIR:
		c->places = c->options->places;
		return filetree_open_directory(&c->directory, c->release->path, &c->failure);
	case IMAGE_UNSET:
		break;
	}
	return err_set(&c->failure, E_USAGE, "no release was named");
}

struct content *
content_open(const struct image_name *release, const struct source_options *options)
{
	struct content *c = xcalloc(1, sizeof(*c));

	c->release = release;
	c->options = options;
	/* What fails here fails again, and is told, when something is asked for. */
	if (open_kind(c) != 0)
		c->places = NULL;
	return c;
}

void
content_free(struct content *c)
{
	if (c == NULL)
		return;
	places_free(&c->own);
	filetree_free(c->directory);
	err_free(&c->failure);
	free(c);
}

static int
check_open(const struct content *c, struct err *e)
{
	if (c->failure.code == E_NONE)
		return 0;
	return err_set(e, c->failure.code, "%s", err_msg(&c->failure));
}

/*
 * --- manifests ----------------------------------------------------------------------------------
 */

/* In a "dir:" layout: the image itself, or one of its list. E_NOT_FOUND: another image. */
static int
directory_manifest(struct content *c, const struct digest *digest, struct content_at *at,
    struct buf *out, char **where, struct err *e)
{
	const struct digest none = { 0 };
	const struct digest *const names[] = { digest, &none };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct digest got;

		free(steal(where));
		err_free(e);
		if (layout_dir_manifest(
			c->release->path, names[i], MAX_MANIFEST_BYTES, out, where, e) != 0) {
			if (e->code != E_NOT_FOUND)
				return -1;
			continue;
		}
		if (digest_of_bytes(&got, buf_bytes(out), e) != 0)
			return -1;
		/* Under the digest's own name: who compares says that it is another one. */
		at->directory = digest_equal(&got, digest) || names[i] == digest;
		if (at->directory)
			return 0;
	}
	free(steal(where));
	return err_set(e, E_NOT_FOUND, "%s: %s is not there", c->release->path, digest->text);
}

static int
places_find(struct content *c, const struct reference *image, struct content_at *at,
    struct buf *out, char **where, struct err *e)
{
	const struct place_query query = { .repository = image->path, .digest = image->digest };
	const struct place *by;

	return places_manifest(c->places, &query, out, &at->found, &by, where, e);
}

/* Is the release where the pull specs say that it is? */
static bool
is_at_home(const struct content *c, const struct reference *image)
{
	return c->release->kind != IMAGE_REGISTRY ||
	       strcmp(c->release->reference.domain, image->domain) == 0;
}

/* ".../release" of ".../release-images", for free(); NULL for another path. */
static char *
sibling(const char *path)
{
	size_t n = strlen(path), cut = strlen(RELEASE_IMAGES);

	if (!text_ends_with(path, RELEASE_IMAGES) || (n > cut && path[n - cut - 1] != '/'))
		return NULL;
	return xasprintf("%.*s" RELEASE, (int)(n - cut), path);
}

/* Ask one registry, or the mirrors of one; who gave it goes to at. */
static int
ask(struct content *c, const struct mirrors *mirrors, const struct reference *image,
    struct content_at *at, struct buf *out, char **where, struct err *e)
{
	AUTO_PTR(mirror_chain) chain = mirror_chain_open(mirrors, c->options->registry, image);
	const struct digest none = { 0 };

	if (mirror_chain_manifest(chain, &none, MAX_MANIFEST_BYTES, &at->asked, out, where, e) != 0)
		return -1;
	reference_free(&at->image);
	reference_copy(&at->image, mirror_chain_used(chain));
	return 0;
}

static void
name_beside(
    const struct content *c, char *path, const struct reference *image, struct reference *out)
{
	reference_free(out);
	out->domain = xstrdup(c->release->reference.domain);
	out->path = path;
	out->digest = image->digest;
}

/* Beside a release that is elsewhere than its pull specs say. */
static int
ask_beside(struct content *c, const struct reference *image, struct content_at *at, struct buf *out,
    char **where, struct err *e)
{
	const char *path = c->release->reference.path;
	char *other = sibling(path);
	AUTO(reference) beside = REFERENCE_INIT;

	/* The components are many, and the release is one: first where they would be. */
	if (other != NULL) {
		name_beside(c, other, image, &beside);
		if (ask(c, NULL, &beside, at, out, where, e) == 0)
			return 0;
		if (e->code != E_NOT_FOUND)
			return -1;
		err_free(e);
	}
	name_beside(c, xstrdup(path), image, &beside);
	return ask(c, NULL, &beside, at, out, where, e);
}

static int
registry_find(struct content *c, const struct reference *image, struct content_at *at,
    struct buf *out, char **where, struct err *e)
{
	const struct mirrors *mirrors = c->options->mirrors;
	AUTO(reference) by_digest = REFERENCE_INIT;

	if (!is_at_home(c, image) && (mirrors == NULL || mirrors->n == 0))
		return ask_beside(c, image, at, out, where, e);
	reference_copy(&by_digest, image);
	free(steal(&by_digest.tag));
	return ask(c, mirrors, &by_digest, at, out, where, e);
}

int
content_manifest(struct content *c, const struct reference *image, struct content_at *at,
    struct buf *out, char **where, struct err *e)
{
	*where = NULL;
	buf_clear(out);
	content_at_free(at);
	if (check_open(c, e) != 0)
		return -1;
	if (!digest_is_sha256(&image->digest))
		return err_set(e, E_USAGE, "a manifest that is named by no sha256 digest");
	if (c->directory != NULL) {
		if (directory_manifest(c, &image->digest, at, out, where, e) == 0)
			return 0;
		if (e->code != E_NOT_FOUND || image->domain == NULL)
			return -1;
		err_free(e);
	}
	if (c->places != NULL)
		return places_find(c, image, at, out, where, e);
	if (image->domain == NULL)
		return err_set(e, E_USAGE, "%s: it is in no registry", image->digest.text);
	return registry_find(c, image, at, out, where, e);
}

/*
 * --- what belongs to a manifest -----------------------------------------------------------------
 */

static int
no_manifest(const struct digest *digest, struct err *e)
{
	return err_set(e, E_USAGE, "%s: asked for without its manifest", digest->text);
}

int
content_blob_size(struct content *c, const struct content_at *at, const struct digest *digest,
    uint64_t *size, char **where, struct err *e)
{
	enum filetree_type type;

	*where = NULL;
	*size = 0;
	if (at->directory) {
		const char *hex = digest_hex(digest);

		*where = xasprintf("%s/%s", filetree_path(c->directory), hex);
		if (filetree_stat(c->directory, hex, &type, size, e) != 0)
			return -1;
		if (type == FILETREE_ABSENT)
			return err_set(e, E_NOT_FOUND, "%s: no such file", *where);
		return type == FILETREE_FILE
			   ? 0
			   : err_set(e, E_INVALID, "%s: not a regular file", *where);
	}
	if (at->found.layout != NULL)
		return place_blob_size(&at->found, digest, size, where, e);
	if (!reference_is_set(&at->image))
		return no_manifest(digest, e);
	return registry_blob_size(c->options->registry, &at->image, digest, size, where, e);
}

int
content_blob_open(struct content *c, const struct content_at *at, const struct digest *digest,
    uint64_t max, struct blob **out, struct err *e)
{
	*out = NULL;
	if (at->directory)
		return filetree_open_blob(c->directory, digest_hex(digest), max, out, e);
	if (at->found.layout != NULL)
		return place_blob_open(&at->found, digest, max, out, e);
	if (!reference_is_set(&at->image))
		return no_manifest(digest, e);
	return registry_blob_open(c->options->registry, &at->image, digest, max, out, e);
}

int
content_attachments(struct content *c, const struct content_at *at, const struct digest *digest,
    struct store_iter **out, struct err *e)
{
	*out = NULL;
	if (c->places != NULL && at->found.layout != NULL)
		return places_attachments(out, c->places, at->found.repository, false, digest, e);
	if (reference_is_set(&at->image))
		return attachment_open(out, c->options->registry, &at->image, digest, e);
	if (at->directory)
		return err_set(e, E_NOT_FOUND, "a \"dir:\" layout has no images beside it");
	return no_manifest(digest, e);
}

char *
content_place_name(const struct content *c, const struct content_at *at)
{
	if (at->directory)
		return xstrdup(filetree_path(c->directory));
	if (at->found.layout != NULL)
		return place_pool(&at->found);
	return reference_is_set(&at->image) ? reference_repository(&at->image) : xstrdup("");
}
