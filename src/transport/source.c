/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/source.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "transport/layout_dir.h"

/* One kind of place. signatures is NULL when images there bring none. */
struct source_kind {
	int (*manifest)(struct source *s, struct buf *out, char **where, struct err *e);
	struct store_iter *(*signatures)(struct source *s);
};

struct source {
	const struct source_kind *kind;
	const struct image_name *name;
	const struct source_options *options;
	struct digest instance; /* of the list; not set: the image itself */
};

static int
registry_kind_manifest(struct source *s, struct buf *out, char **where, struct err *e)
{
	AUTO(reference) image = REFERENCE_INIT;

	reference_copy(&image, &s->name->reference);
	if (digest_is_set(&s->instance)) {
		free(image.tag);
		image.tag = NULL;
		image.digest = s->instance;
	}
	return registry_manifest(
	    s->options->registry, &image, NULL, MAX_MANIFEST_BYTES, out, where, e);
}

static int
dir_kind_manifest(struct source *s, struct buf *out, char **where, struct err *e)
{
	return layout_dir_manifest(s->name->path, &s->instance, MAX_MANIFEST_BYTES, out, where, e);
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
		return err_wrap(e, "--manifest");
	}
	*where = xstrdup(file);
	return 0;
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

void
source_free(struct source *s)
{
	free(s);
}
