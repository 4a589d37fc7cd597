/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/image_references.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "formats/json.h"

#define COMMIT "io.openshift.build.commit.id"
#define SOURCE "io.openshift.build.source-location"

static const char what[] = "image-references";

void
image_references_free(struct image_references *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct release_component *c = &r->v[i];

		free(c->name);
		reference_free(&c->image);
		free(c->pullspec);
		free(c->wrong);
		free(c->commit);
		free(c->source);
	}
	free(r->v);
	free(r->version);
	*r = (struct image_references)IMAGE_REFERENCES_INIT;
}

/* The first reason stays. */
static void
call_wrong(struct release_component *c, const char *why)
{
	if (c->wrong == NULL)
		c->wrong = xstrdup(why);
}

static void
read_pullspec(struct release_component *c)
{
	AUTO(err) why = ERR_INIT;

	if (reference_parse(&c->image, c->pullspec, &why) != 0)
		call_wrong(c, err_msg(&why));
	else if (!digest_is_set(&c->image.digest))
		call_wrong(c, "it names a tag, not a digest, and so any image");
	else if (!digest_is_sha256(&c->image.digest))
		call_wrong(c, "its digest is not sha256");
	else if (c->image.tag != NULL)
		call_wrong(c, "it names a tag beside the digest");
}

static int
read_from(struct release_component *c, const json_t *from, const char *where, struct err *e)
{
	const char *kind, *name;

	if (from == NULL || json_is_null(from)) {
		c->pullspec = xstrdup("");
		call_wrong(c, "it names no image");
		return 0;
	}
	kind = json_member_string(from, where, "kind", e);
	name = kind != NULL ? json_member_string(from, where, "name", e) : NULL;
	if (name == NULL)
		return -1;
	c->pullspec = xstrdup(name);
	if (strcmp(kind, "DockerImage") != 0)
		call_wrong(c, "it is not from a DockerImage");
	read_pullspec(c);
	return 0;
}

static int
read_annotation(
    char **out, const json_t *annotations, const char *where, const char *key, struct err *e)
{
	const char *text;

	if (json_object_get(annotations, key) == NULL)
		return 0;
	text = json_member_string(annotations, where, key, e);
	if (text == NULL)
		return -1;
	*out = text[0] != '\0' ? xstrdup(text) : NULL;
	return 0;
}

static int
read_annotations(
    struct release_component *c, const json_t *annotations, const char *where, struct err *e)
{
	if (annotations == NULL || json_is_null(annotations))
		return 0;
	if (json_as_object(annotations, where, e) == NULL ||
	    read_annotation(&c->commit, annotations, where, COMMIT, e) != 0)
		return -1;
	return read_annotation(&c->source, annotations, where, SOURCE, e);
}

static int
read_tag(struct release_component *c, const json_t *tag, const char *where, struct err *e)
{
	AUTO_STR char *in_from = xasprintf("%s.from", where);
	AUTO_STR char *in_annotations = xasprintf("%s.annotations", where);
	const char *name = json_member_string(tag, where, "name", e);

	if (name == NULL)
		return -1;
	if (name[0] == '\0')
		return err_set(e, E_INVALID, "%s: \"name\" is empty", where);
	c->name = xstrdup(name);
	if (read_from(c, json_object_get(tag, "from"), in_from, e) != 0)
		return -1;
	return read_annotations(c, json_object_get(tag, "annotations"), in_annotations, e);
}

/* qsort is not stable: equal names keep their order by their pull specs, which is an order too. */
static int
compare(const void *a, const void *b)
{
	const struct release_component *one = a, *other = b;
	int names = strcmp(one->name, other->name);

	return names != 0 ? names : strcmp(one->pullspec, other->pullspec);
}

static int
read_tags(struct image_references *out, const json_t *tags, struct err *e)
{
	static const char where[] = "image-references: spec.tags";

	if (json_as_array(tags, where, e) == NULL)
		return -1;
	if (json_array_size(tags) == 0)
		return err_set(e, E_INVALID, "%s: empty", where);
	if (json_array_size(tags) > MAX_RELEASE_COMPONENTS)
		return err_set(e, E_TOO_LARGE, "%s: %zu components, want at most %u", where,
		    json_array_size(tags), MAX_RELEASE_COMPONENTS);
	for (size_t i = 0; i < json_array_size(tags); i++) {
		AUTO_STR char *at = xasprintf("%s[%zu]", where, i);

		if (read_tag(LIST_ADD(out->v, out->n), json_array_get(tags, i), at, e) != 0)
			return -1;
	}
	qsort(out->v, out->n, sizeof(*out->v), compare);
	for (size_t i = 1; i < out->n; i++) {
		if (strcmp(out->v[i - 1].name, out->v[i].name) != 0)
			continue;
		call_wrong(&out->v[i - 1], "another component has the same name");
		call_wrong(&out->v[i], "another component has the same name");
	}
	return 0;
}

static int
read_stream(struct image_references *out, const json_t *document, struct err *e)
{
	const char *kind = json_member_string(document, what, "kind", e);
	const json_t *metadata, *spec;
	const char *version;

	if (kind == NULL)
		return -1;
	if (strcmp(kind, "ImageStream") != 0)
		return err_set(
		    e, E_INVALID, "%s: kind \"%.200s\", want \"ImageStream\"", what, kind);
	metadata = json_member_object(document, what, "metadata", e);
	version = metadata != NULL
		      ? json_member_string(metadata, "image-references: metadata", "name", e)
		      : NULL;
	if (version == NULL)
		return -1;
	if (version[0] == '\0')
		return err_set(e, E_INVALID, "%s: metadata.name is empty", what);
	out->version = xstrdup(version);
	spec = json_member_object(document, what, "spec", e);
	return spec != NULL ? read_tags(out, json_object_get(spec, "tags"), e) : -1;
}

int
image_references_parse(struct image_references *out, struct bytes json, struct err *e)
{
	AUTO_JSON json_t *document = json_read(json, what, e);

	*out = (struct image_references)IMAGE_REFERENCES_INIT;
	if (document != NULL && read_stream(out, document, e) == 0)
		return 0;
	image_references_free(out);
	return -1;
}

const struct release_component *
image_references_find(const struct image_references *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->v[i].name, name) == 0)
			return &r->v[i];
	return NULL;
}
