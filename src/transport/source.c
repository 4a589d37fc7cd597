/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/source.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "transport/layout_dir.h"
#include "transport/mirror_chain.h"

/* One kind of place. signatures is NULL when images there bring none. */
struct source_kind {
	int (*manifest)(struct source *s, struct buf *out, char **where, struct err *e);
	struct store_iter *(*signatures)(struct source *s);
	/* NULL when none can be attached there. */
	int (*attachments)(
	    struct source *s, const struct digest *digest, struct store_iter **out, struct err *e);
};

struct source {
	const struct source_kind *kind;
	const struct image_name *name;
	const struct source_options *options;
	struct digest instance;	    /* of the list; not set: the image itself */
	struct mirror_chain *chain; /* of the registry kind; else NULL */
	struct asked asked;
	struct places own;	   /* the image's, when it is named by where it lies */
	struct place_found found;  /* where the manifest is, in a place */
	const struct place *place; /* that it is in; or NULL */
};

/*
 * --- a registry ---------------------------------------------------------------------------------
 */

static int
registry_kind_manifest(struct source *s, struct buf *out, char **where, struct err *e)
{
	return mirror_chain_manifest(
	    s->chain, &s->instance, MAX_MANIFEST_BYTES, &s->asked, out, where, e);
}

/* What came of asking the only place that there is. */
static int
note(struct source *s, const char *name, int result, const char *where, const struct err *e)
{
	if (result == 0)
		asked_add_used(&s->asked, name, false, where);
	else
		asked_add_error(&s->asked, name, false, e);
	return result;
}

static int
registry_kind_attachments(
    struct source *s, const struct digest *digest, struct store_iter **out, struct err *e)
{
	return mirror_chain_attachments(s->chain, digest, out, e);
}

/*
 * --- "dir:" -------------------------------------------------------------------------------------
 */

static int
dir_kind_manifest(struct source *s, struct buf *out, char **where, struct err *e)
{
	int r = layout_dir_manifest(s->name->path, &s->instance, MAX_MANIFEST_BYTES, out, where, e);

	return note(s, s->name->given, r, *where, e);
}

static struct store_iter *
dir_kind_signatures(struct source *s)
{
	return layout_dir_signatures(s->name->path, &s->instance);
}

/*
 * --- places: those of --from, or the one that the image's name stands for -----------------------
 */

static int
open_own(struct source *s, struct err *e)
{
	const char *directory = s->options->directory != NULL ? s->options->directory : ".";
	struct place *place;

	if (s->own.n > 0)
		return 0;
	if (s->name->kind == IMAGE_OCI) {
		if (place_open_layout(&place, s->name->path, &layout_oci, "", e) != 0)
			return -1;
	} else if (place_open_layout(&place, directory, &layout_oc, "v2", e) != 0) {
		return err_wrap(e, "--dir");
	}
	*LIST_ADD(s->own.v, s->own.n) = place;
	return 0;
}

/* NULL with an error. */
static const struct places *
places_of(struct source *s, struct err *e)
{
	if (s->name->kind == IMAGE_REGISTRY)
		return s->options->places;
	return open_own(s, e) == 0 ? &s->own : NULL;
}

static int
places_kind_manifest(struct source *s, struct buf *out, char **where, struct err *e)
{
	const struct reference *image = &s->name->reference;
	const struct places *places = places_of(s, e);
	struct place_query query = { .repository = image->path,
		.exact = s->name->kind == IMAGE_OC,
		.tag = s->name->kind == IMAGE_OCI ? s->name->ref : image->tag,
		.digest = image->digest };
	int r;

	if (places == NULL)
		return note(s, s->name->given, -1, NULL, e);
	if (digest_is_set(&s->instance)) {
		query.tag = NULL;
		query.digest = s->instance;
	}
	r = places_manifest(places, &query, out, &s->found, &s->place, where, e);
	return note(s, s->name->given, r, *where, e);
}

static int
places_kind_attachments(
    struct source *s, const struct digest *digest, struct store_iter **out, struct err *e)
{
	const char *repository = s->name->reference.path;
	const struct places *places = places_of(s, e);

	if (places == NULL)
		return -1;
	return places_attachments(out, places, repository != NULL ? repository : "",
	    s->name->kind == IMAGE_OC, digest, e);
}

static const struct source_kind registry_kind = { registry_kind_manifest, NULL,
	registry_kind_attachments };
static const struct source_kind dir_kind = { dir_kind_manifest, dir_kind_signatures, NULL };
static const struct source_kind places_kind = { places_kind_manifest, NULL,
	places_kind_attachments };

static const struct source_kind *
kind_of(enum image_kind kind, const struct source_options *options)
{
	switch (kind) {
	case IMAGE_REGISTRY:
		return options->places != NULL ? &places_kind : &registry_kind;
	case IMAGE_DIR:
		return &dir_kind;
	case IMAGE_OCI:
	case IMAGE_OC:
		return &places_kind;
	case IMAGE_UNSET:
		break;
	}
	return NULL;
}

struct source *
source_open(const struct image_name *name, const struct source_options *options)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->kind = kind_of(name->kind, options);
	s->name = name;
	s->options = options;
	if (s->kind == &registry_kind)
		s->chain = mirror_chain_open(options->mirrors, options->registry, &name->reference);
	return s;
}

int
source_manifest(struct source *s, struct buf *out, char **where, struct err *e)
{
	const char *file = s->options->manifest_file;

	*where = NULL;
	buf_clear(out);
	place_found_free(&s->found);
	s->place = NULL;
	if (s->kind == NULL)
		return err_set(e, E_USAGE, "no image was named");
	if (file == NULL || digest_is_set(&s->instance))
		return s->kind->manifest(s, out, where, e);
	if (file_read_by(out, file, MAX_MANIFEST_BYTES, &s->options->deadline, e) != 0) {
		buf_clear(out);
		return note(s, "--manifest", err_wrap(e, "--manifest"), NULL, e);
	}
	*where = xstrdup(file);
	return note(s, "--manifest", 0, *where, e);
}

void
source_select(struct source *s, const struct digest *instance)
{
	s->instance = *instance;
}

struct store_iter *
source_signatures(struct source *s, const struct digest *digest)
{
	if (s->kind != NULL && s->kind->signatures != NULL)
		return s->kind->signatures(s);
	return places_bring_signatures(s->options->places)
		   ? places_signatures(s->options->places, digest)
		   : NULL;
}

int
source_attachments(
    struct source *s, const struct digest *digest, struct store_iter **out, struct err *e)
{
	*out = NULL;
	if (s->kind == NULL || s->kind->attachments == NULL)
		return 0;
	return s->kind->attachments(s, digest, out, e);
}

const struct digest *
source_digest(const struct source *s)
{
	return &s->found.digest;
}

const struct place *
source_place(const struct source *s)
{
	return s->place;
}

bool
source_is_remote(const struct source *s)
{
	return s->kind == &registry_kind && s->options->manifest_file == NULL;
}

const struct reference *
source_reference(const struct source *s)
{
	return s->chain != NULL ? mirror_chain_used(s->chain) : NULL;
}

void
source_take_asked(struct source *s, struct asked *out)
{
	*out = s->asked;
	s->asked = (struct asked)ASKED_INIT;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	mirror_chain_free(s->chain);
	asked_free(&s->asked);
	place_found_free(&s->found);
	places_free(&s->own);
	free(s);
}
