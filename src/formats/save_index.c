/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/save_index.h"

#include <stdlib.h>
#include <string.h>

#include "formats/json.h"
#include "formats/json_write.h"

static const char mark[] = "relsig-save";

void
save_index_free(struct save_index *index)
{
	for (size_t i = 0; i < index->n; i++)
		reference_free(&index->v[i].image);
	free(index->v);
	*index = (struct save_index)SAVE_INDEX_INIT;
}

static int
read_entry(struct save_index *out, const char *name, const json_t *value, struct err *e)
{
	struct save_index_entry *entry = LIST_ADD(out->v, out->n);
	const char *digest = json_as_string(value, name, e);
	AUTO_STR char *full = NULL;

	if (digest == NULL || digest_parse(&entry->digest, bytes_of_str(digest), e) != 0 ||
	    reference_parse(&entry->image, name, e) != 0)
		return -1;
	full = reference_string(&entry->image);
	if (!digest_is_sha256(&entry->digest))
		return err_set(e, E_INVALID, "%s: want a sha256 digest", name);
	if (entry->image.tag == NULL || digest_is_set(&entry->image.digest) ||
	    strcmp(full, name) != 0)
		return err_set(e, E_INVALID, "%s: want REPOSITORY:TAG in full", name);
	return 0;
}

static int
read_document(struct save_index *out, json_t *document, struct err *e)
{
	static const char *const keys[] = { mark, "images", NULL };
	const json_t *version = json_object_get(document, mark);
	const char *name;
	json_t *images, *value;

	if (json_only_keys(document, SAVE_INDEX_FILE, keys, e) != 0)
		return -1;
	if (!json_is_integer(version))
		return err_set(e, E_INVALID, "key \"%s\" is missing or not a number", mark);
	if (json_integer_value(version) != 1)
		return err_set(e, E_UNSUPPORTED, "\"%s\" is %lld, want 1", mark,
		    (long long)json_integer_value(version));
	images = json_member_object(document, SAVE_INDEX_FILE, "images", e);
	if (images == NULL)
		return -1;
	json_object_foreach(images, name, value)
	{
		if (read_entry(out, name, value, e) != 0)
			return -1;
	}
	return 0;
}

int
save_index_parse(struct save_index *out, struct bytes text, struct err *e)
{
	AUTO_JSON json_t *document = json_read(text, SAVE_INDEX_FILE, e);

	*out = (struct save_index)SAVE_INDEX_INIT;
	if (document == NULL)
		return -1;
	if (read_document(out, document, e) == 0)
		return 0;
	save_index_free(out);
	e->code = e->code == E_UNSUPPORTED ? E_UNSUPPORTED : E_INVALID;
	return err_wrap(e, SAVE_INDEX_FILE);
}

static bool
has_tag(const struct save_index_entry *entry, const struct reference *image)
{
	return image->tag != NULL && strcmp(entry->image.tag, image->tag) == 0;
}

static const struct save_index_entry *
find_name(const struct save_index *index, const struct reference *image)
{
	for (size_t i = 0; i < index->n; i++)
		if (has_tag(&index->v[i], image) &&
		    reference_same_repository(&index->v[i].image, image))
			return &index->v[i];
	return NULL;
}

int
save_index_add(struct save_index *index, const struct reference *image, const struct digest *digest,
    struct err *e)
{
	const struct save_index_entry *there = find_name(index, image);
	struct save_index_entry *entry;

	if (there != NULL && !digest_equal(&there->digest, digest))
		return err_set(e, E_MISMATCH,
		    "the tag %s was saved as %s, and is %s now: save it to another directory, or "
		    "name it by its digest",
		    image->tag, there->digest.text, digest->text);
	if (there != NULL)
		return 0;
	entry = LIST_ADD(index->v, index->n);
	reference_copy(&entry->image, image);
	entry->image.digest = (struct digest){ 0 };
	entry->digest = *digest;
	return 0;
}

int
save_index_find(const struct save_index *index, const struct reference *image, struct digest *out,
    struct err *e)
{
	const struct save_index_entry *found = find_name(index, image);

	*out = (struct digest){ 0 };
	for (size_t i = 0; found == NULL && i < index->n; i++) {
		const struct save_index_entry *entry = &index->v[i];

		if (!has_tag(entry, image))
			continue;
		if (digest_is_set(out) && !digest_equal(out, &entry->digest)) {
			*out = (struct digest){ 0 };
			return err_set(e, E_INVALID,
			    "the tag %s is there in several repositories, with several digests",
			    image->tag);
		}
		*out = entry->digest;
	}
	if (found != NULL)
		*out = found->digest;
	if (digest_is_set(out))
		return 0;
	return err_set(e, E_NOT_FOUND, "no image was saved by the tag %s",
	    image->tag != NULL ? image->tag : "\"\"");
}

void
save_index_write(struct buf *out, const struct save_index *index)
{
	AUTO_JSON json_t *document = must_have(json_object());
	json_t *images = must_have(json_object());

	for (size_t i = 0; i < index->n; i++) {
		AUTO_STR char *name = reference_string(&index->v[i].image);

		json_put(images, name, json_string(index->v[i].digest.text));
	}
	json_put(document, mark, json_integer(1));
	json_put(document, "images", images);
	json_write(out, document);
}
