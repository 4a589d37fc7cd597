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
};

struct source {
	const struct source_kind *kind;
	const struct image_name *name;
	const struct source_options *options;
	struct digest instance;	    /* of the list; not set: the image itself */
	struct mirror_chain *chain; /* of IMAGE_REGISTRY; else NULL */
	struct asked asked;
};

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

static const struct source_kind registry_kind = { registry_kind_manifest, NULL };
static const struct source_kind dir_kind = { dir_kind_manifest, dir_kind_signatures };

static const struct source_kind *
kind_of(enum image_kind kind)
{
	switch (kind) {
	case IMAGE_REGISTRY:
		return &registry_kind;
	case IMAGE_DIR:
		return &dir_kind;
	case IMAGE_UNSET:
		break;
	}
	return NULL;
}

struct source *
source_open(const struct image_name *name, const struct source_options *options)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->kind = kind_of(name->kind);
	s->name = name;
	s->options = options;
	if (name->kind == IMAGE_REGISTRY)
		s->chain = mirror_chain_open(options->mirrors, options->registry, &name->reference);
	return s;
}

int
source_manifest(struct source *s, struct buf *out, char **where, struct err *e)
{
	const char *file = s->options->manifest_file;

	*where = NULL;
	buf_clear(out);
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
source_signatures(struct source *s)
{
	if (s->kind == NULL || s->kind->signatures == NULL)
		return NULL;
	return s->kind->signatures(s);
}

int
source_attachments(
    struct source *s, const struct digest *digest, struct store_iter **out, struct err *e)
{
	*out = NULL;
	return s->chain != NULL ? mirror_chain_attachments(s->chain, digest, out, e) : 0;
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
	free(s);
}
